package mail

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mailbind/shared/binding"
	"mailbind/shared/golden"
)

func TestMailsAreAsTheGoldensShowThem(t *testing.T) {
	for _, s := range samples {
		for _, locale := range locales {
			c, err := testWords.Render(s.letter(locale))
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, s.name+"."+locale+".txt.golden", "Subject: "+c.Subject+"\n\n"+c.Text)
			golden.Check(t, s.name+"."+locale+".html.golden", c.HTML)
		}
	}
}

// A notice goes out in place of every verify mail that may not, also where no holder can be named: the
// asker would learn from its absence.
func TestNoticeWithoutAnAccountClaimsNoneAndGoesOut(t *testing.T) {
	for _, locale := range locales {
		l := testLetter(binding.KindNotice, locale)
		l.Label, l.Ref = "", ""
		c, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		words := languageFor(locale)
		for _, claim := range []string{words.Account + words.Colon, words.Notice.StaysYours, words.Notice.Subject} {
			if strings.Contains(c.Subject+c.Text, claim) {
				t.Errorf("%s: says %q", locale, claim)
			}
		}
	}
}

func TestCodeAndTokenStandOnlyWhereTheyMust(t *testing.T) {
	eachMail(t, func(t *testing.T, l binding.Letter, c Content) {
		wantCode, wantText, wantHTML := 0, 0, 0
		switch {
		case l.Kind == binding.KindVerify:
			wantCode, wantText, wantHTML = 1, 2, 4 // two links, each as target and as text
		case l.Kind == binding.KindBound:
			wantText, wantHTML = 1, 2
		case l.Kind == binding.KindReconfirm:
			wantCode, wantText, wantHTML = 1, 1, 2
		case l.Kind == binding.KindRecover && l.Paused == binding.NotPaused:
			wantCode, wantText, wantHTML = 1, 1, 2
		}
		for _, part := range []struct {
			name, body string
			tokens     int
		}{{"subject", c.Subject, 0}, {"text", c.Text, wantText}, {"html", c.HTML, wantHTML}} {
			codes := wantCode
			if part.name == "subject" {
				codes = 0
			}
			if n := strings.Count(part.body, testCode); n != codes {
				t.Errorf("%s: code stands %d times, want %d", part.name, n, codes)
			}
			if n := strings.Count(part.body, testToken); n != part.tokens {
				t.Errorf("%s: token stands %d times, want %d", part.name, n, part.tokens)
			}
		}
		for line := range strings.Lines(c.Text) {
			line = strings.TrimSuffix(line, "\n")
			if strings.Contains(line, testCode) && line != testCode {
				t.Errorf("the code shares its line: %q", line)
			}
			if strings.Contains(line, testToken) && !slices.Contains(testLinks, line) {
				t.Errorf("a link shares its line: %q", line)
			}
		}
	})
}

// A lock screen shows the first words of a mail to whoever holds the phone.
func TestPreviewOfTheMailHoldsNoSecret(t *testing.T) {
	const preview = 160 // characters; what mail apps show is less
	eachMail(t, func(t *testing.T, l binding.Letter, c Content) {
		for part, body := range map[string]string{"text": c.Text, "html": shownText(t, c.HTML)} {
			runes := []rune(strings.Join(strings.Fields(body), " "))
			start := string(runes[:min(preview, len(runes))])
			if c.Language == "zh-CN" {
				start = string(runes[:min(preview/2, len(runes))]) // twice as wide
			}
			if strings.Contains(start, testCode) || strings.Contains(start, testToken[:20]) {
				t.Errorf("%s: the preview shows a secret: %q", part, start)
			}
		}
	})
}

func TestNoticeLinksNowhere(t *testing.T) {
	for _, locale := range locales {
		c, err := testWords.Render(testLetter(binding.KindNotice, locale))
		if err != nil {
			t.Fatal(err)
		}
		for part, body := range map[string]string{"text": c.Text, "html": c.HTML} {
			for _, sign := range []string{"://", "mailto:", "href", "www.", "@"} {
				if part == "html" && sign == "@" {
					body = body[strings.Index(body, "<body"):] // @media in the head
				}
				if strings.Contains(body, sign) {
					t.Errorf("%s %s: holds %q", locale, part, sign)
				}
			}
		}
	}
}

func TestSubjectsFitAndSayNothingOfTheAccount(t *testing.T) {
	long := testWords
	long.Platform = strings.Repeat("W", MaxPlatform)
	if err := long.Check(); err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		for _, locale := range locales {
			c, err := long.Render(s.letter(locale))
			if err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(c.Subject); n > 78 || n == 0 {
				t.Errorf("%s %s: subject has %d characters", s.name, locale, n)
			}
			for _, user := range []string{"李", "7QK2", testCode, testToken} {
				if strings.Contains(c.Subject, user) {
					t.Errorf("%s %s: subject %q holds %q", s.name, locale, c.Subject, user)
				}
			}
		}
	}
}

func TestPartsAreUTF8WithLinesThatSMTPCarries(t *testing.T) {
	words := testWords
	words.BaseURL = "https://" + strings.Repeat("b", 32)
	for _, s := range samples {
		for _, locale := range locales {
			l := s.letter(locale)
			if l.Token != "" {
				l.Token = strings.Repeat("t", 520) // the worst token
			}
			c, err := words.Render(l)
			if err != nil {
				t.Fatal(err)
			}
			for part, body := range map[string]string{"text": c.Text, "html": c.HTML} {
				if !utf8.ValidString(body) || strings.ContainsAny(body, "\r\x00") {
					t.Errorf("%s %s %s: not plain UTF-8 with \\n", s.name, locale, part)
				}
				for line := range strings.Lines(body) {
					if len(line) > 998 { // RFC 5322, section 2.1.1; octets, as the mail may go out as 8bit
						t.Errorf("%s %s %s: a line has %d octets: %.80s…", s.name, locale, part, len(line), line)
					}
				}
			}
		}
	}
}

func TestValidityIsSaidFromTheLetter(t *testing.T) {
	for _, tt := range []struct {
		locale string
		life   time.Duration
		want   []string
	}{
		{"en", 24 * time.Hour, []string{"24 hours", "23 November 2026, 08:15 UTC"}},
		{"en", 24*time.Hour - 40*time.Second, []string{"24 hours"}},
		{"en", 90 * time.Minute, []string{"90 minutes"}},
		{"en", 20 * time.Second, []string{"1 minute,"}},
		{"zh-CN", 24 * time.Hour, []string{"24 小时", "2026年11月23日 16:15（北京时间）"}},
		{"zh-CN", 45 * time.Minute, []string{"45 分钟"}},
	} {
		l := testLetter(binding.KindVerify, tt.locale)
		l.Expires = l.At.Add(tt.life)
		c, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(c.Text, want) || !strings.Contains(c.HTML, want) {
				t.Errorf("%s, %v: %q is not said", tt.locale, tt.life, want)
			}
		}
	}
	l := testLetter(binding.KindVerify, "en")
	l.At = time.Time{}
	c, err := testWords.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Text, "until 23 November 2026, 08:15 UTC") || strings.Contains(c.Text, "hours") {
		t.Errorf("without a time of sending: %s", c.Text)
	}
}

func TestObjectionEndsThirtyDaysAfterBinding(t *testing.T) {
	for locale, want := range map[string]string{"en": "by 22 December 2026.", "zh-CN": "在2026年12月22日前"} {
		c, err := testWords.Render(testLetter(binding.KindBound, locale))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.Text, want) {
			t.Errorf("%s: want %q in %s", locale, want, c.Text)
		}
	}
}

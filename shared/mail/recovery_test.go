package mail

import (
	"net/mail"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// A mailbox in doubt may be read by a stranger: what it is told must not depend on the account at all.
func TestTheMailToADoubtedMailboxNamesNoAccount(t *testing.T) {
	for _, locale := range locales {
		l := testLetter(binding.KindRecover, locale)
		pausedBy(binding.PausedRisk)(&l)
		one, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		l.Label, l.Ref, l.At = "Another shop", "Z9Z9", l.At.Add(9*time.Hour)
		other, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		if one != other {
			t.Errorf("%s: the mail tells accounts apart", locale)
		}
		if words := languageFor(locale); strings.Contains(one.Text, words.Account+words.Colon) || strings.Contains(one.Text, "•••") {
			t.Errorf("%s: the mail names an account: %s", locale, one.Text)
		}
	}
}

func TestPausedAndChangedMailsBringNothingToGetInBy(t *testing.T) {
	for _, locale := range locales {
		changed := testLetter(binding.KindChanged, locale)
		changed.Code, changed.Token = testCode, testToken // a mailer's mistake stays out of the mail
		held, doubted := testLetter(binding.KindRecover, locale), testLetter(binding.KindRecover, locale)
		pausedBy(binding.PausedHold)(&held)
		pausedBy(binding.PausedRisk)(&doubted)
		for _, l := range []binding.Letter{held, doubted, changed} {
			c, err := testWords.Render(l)
			if err != nil {
				t.Fatal(err)
			}
			for part, body := range map[string]string{"subject": c.Subject, "text": c.Text, "html": c.HTML} {
				for _, way := range []string{testCode, testToken[:12], testWords.BaseURL, "?t="} {
					if strings.Contains(body, way) {
						t.Errorf("%s %q %s %s: holds %q", l.Kind, l.Paused, locale, part, way)
					}
				}
			}
			for _, said := range []string{languageFor(locale).OnlySupport, testWords.Support} {
				if strings.Count(c.Text, said) != 1 {
					t.Errorf("%s %q %s: want %q once in %s", l.Kind, l.Paused, locale, said, c.Text)
				}
			}
		}
	}
}

// The newest mail stays usable until after the next may be sent, so its life follows their spacing.
func TestARecoveryMailSaysHowLongItWorks(t *testing.T) {
	for _, tt := range []struct {
		locale string
		life   time.Duration
		want   string
	}{
		{"en", 30 * time.Minute, "work for 30 minutes, until 22 November 2026, 08:45 UTC."},
		{"en", 40 * time.Minute, "work for 40 minutes, until 22 November 2026, 08:55 UTC."},
		{"en", 130 * time.Minute, "work for 2 hours, until 22 November 2026, 10:25 UTC."},
		{"zh-CN", 30 * time.Minute, "30 分钟内有效，截止时间为2026年11月22日 16:45（北京时间）。"},
		{"zh-CN", 130 * time.Minute, "2 小时内有效，截止时间为2026年11月22日 18:25（北京时间）。"},
	} {
		l := testLetter(binding.KindRecover, tt.locale)
		l.Expires = l.At.Add(tt.life)
		c, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.Text, tt.want) || !strings.Contains(c.HTML, tt.want) {
			t.Errorf("%s, %v: %q is not said in %s", tt.locale, tt.life, tt.want, c.Text)
		}
	}
	for locale, want := range map[string]string{"en": "work until 22 November 2026, 08:45 UTC.", "zh-CN": "有效期至2026年11月22日 16:45（北京时间）。"} {
		l := testLetter(binding.KindRecover, locale)
		l.At = time.Time{}
		c, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.Text, want) {
			t.Errorf("%s: %q is not said in %s", locale, want, c.Text)
		}
	}
}

func TestAChangedMailSaysWhenInTheReadersTime(t *testing.T) {
	for locale, want := range map[string]string{"en": "Changed on: 22 November 2026, 08:15 UTC\n", "zh-CN": "修改时间：2026年11月22日 16:15（北京时间）\n"} {
		c, err := testWords.Render(testLetter(binding.KindChanged, locale))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.Text, want) {
			t.Errorf("%s: want %q in %s", locale, want, c.Text)
		}
	}
}

func TestSupportByMailIsShownAsAnAddress(t *testing.T) {
	words := testWords
	words.Support = "mailto:help@shop.example"
	for _, s := range samples {
		c, err := words.Render(s.letter("en"))
		if err != nil {
			t.Fatal(err)
		}
		if s.kind == binding.KindNotice {
			continue // links nowhere
		}
		if strings.Contains(c.Text, "mailto:") || !strings.Contains(c.Text, "help@shop.example\n") {
			t.Errorf("%s: support in the text is not an address: %s", s.name, c.Text)
		}
		if strings.Contains(shownText(t, c.HTML), "mailto:") || !strings.Contains(c.HTML, `href="mailto:help@shop.example"`) {
			t.Errorf("%s: support in the html is not a link that shows an address", s.name)
		}
	}
}

const sinceHeader = "Require-Recipient-Valid-Since"

// sentSince gives the values of the header in what is sent of l.
func sentSince(t *testing.T, l binding.Letter) (values []string) {
	t.Helper()
	api := &recorder{}
	if err := testSender(api).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	for _, h := range api.inputs[0].Content.Simple.Headers {
		if *h.Name == sinceHeader {
			values = append(values, *h.Value)
		}
	}
	return values
}

// RFC 7293, section 3: addr-spec, semicolon, date-time. SES takes 870 printable ASCII characters.
func TestAMailboxThatChangedHandsIsToBeRefusedByItsHost(t *testing.T) {
	long := strings.Repeat("l", 64) + "@" + strings.Repeat(strings.Repeat("d", 61)+".", 2) + strings.Repeat("d", 57) + ".example"
	for _, to := range []string{testTo, "o'brien+{x}=y#&*$?^|~/_-@mail.example", long} {
		l := sendable(t, samples[0], "en")
		parsed, err := address.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		l.To, l.Since = parsed, testSince
		got := sentSince(t, l)
		if want := to + "; Wed, 04 Mar 2026 15:50:09 +0000"; len(got) != 1 || got[0] != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		addr, date, _ := strings.Cut(got[0], ";")
		if a, err := mail.ParseAddress(addr); err != nil || a.Address != to || a.Name != "" {
			t.Errorf("%q is read as %v, %v", addr, a, err)
		}
		if at, err := mail.ParseDate(strings.TrimSpace(date)); err != nil || !at.Equal(testSince.Truncate(time.Second)) {
			t.Errorf("%q is read as %v, %v", date, at, err)
		}
		if strings.ContainsFunc(got[0], func(r rune) bool { return r < ' ' || r > '~' }) || len(got[0]) > 870 {
			t.Errorf("SES does not take %q", got[0])
		}
	}
	for _, s := range samples {
		l := sendable(t, s, "en")
		want := 0
		if s.kind == binding.KindRecover || s.kind == binding.KindChanged {
			want = 1
		}
		if got := sentSince(t, l); len(got) != want {
			t.Errorf("%s: %d headers, want %d", s.name, len(got), want)
		}
		l.Since = time.Time{}
		if got := sentSince(t, l); len(got) != 0 {
			t.Errorf("%s: header %q without a time", s.name, got)
		}
	}
}

func TestTheRealClientSendsTheHeaderAsItIs(t *testing.T) {
	w := &wire{status: 200, body: `{"MessageId":"x"}`}
	l := sendable(t, sample{kind: binding.KindRecover}, "en")
	if err := testSender(w.client()).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if want := `{"Name":"` + sinceHeader + `","Value":"` + testTo + `; Wed, 04 Mar 2026 15:50:09 +0000"}`; !strings.Contains(string(w.sent), want) {
		t.Errorf("%s is not in the request: %.400s", want, w.sent)
	}
}

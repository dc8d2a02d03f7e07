package binding_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mailbind/shared/binding"
)

func TestBindingTakesARecentSignIn(t *testing.T) {
	reauth := &binding.Refusal{Reason: binding.ErrReauthRequired}
	for name, v := range map[string]struct {
		ago    time.Duration
		none   bool
		scopes []string
		scope  string
		within time.Duration
		want   *binding.Refusal
	}{
		"just now":              {within: 10 * time.Minute},
		"to the second":         {ago: 10 * time.Minute, within: 10 * time.Minute},
		"too long ago":          {ago: 10*time.Minute + time.Second, within: 10 * time.Minute, want: reauth},
		"not said":              {none: true, within: 10 * time.Minute, want: reauth},
		"a clock a minute off":  {ago: -time.Minute, within: 10 * time.Minute},
		"in the future":         {ago: -time.Minute - time.Second, within: 10 * time.Minute, want: reauth},
		"switched off":          {none: true},
		"by the scope":          {none: true, within: 10 * time.Minute, scope: "bind", scopes: []string{"openid", "bind"}},
		"by a part of the name": {none: true, within: 10 * time.Minute, scope: "bind", scopes: []string{"binder", "bin"}, want: reauth},
		"no scope is set up":    {none: true, within: 10 * time.Minute, scopes: []string{"", "bind"}, want: reauth},
		"another's scope":       {ago: time.Hour, within: 10 * time.Minute, scope: "bind", scopes: []string{"openid"}, want: reauth},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.service.RecentLogin, w.service.BindScope = v.within, v.scope
			s := w.session("li")
			s.SignedIn, s.Scopes = w.now.Add(-v.ago), v.scopes
			if v.none {
				s.SignedIn = time.Time{}
			}
			_, err := w.service.Bind(w.ctx, s, "li@qq.com", false, w.now)
			if v.want == nil {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			w.refused(err, *v.want)
			if len(w.calls) != 0 {
				t.Errorf("the store was called: %v", w.calls)
			}
		})
	}
}

// Only binding is for ever. What follows on a claim that a fresh sign-in made takes any session.
func TestOnlyBindAsksForARecentSignIn(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.after(time.Minute)
	old := binding.Session{Who: w.session("li").Who}
	if _, err := w.service.Status(w.ctx, old, w.now); err != nil {
		t.Errorf("status: %v", err)
	}
	if _, err := w.service.Resend(w.ctx, old, w.now); err != nil {
		t.Errorf("resend: %v", err)
	}
	if _, err := w.service.VerifyCode(w.ctx, old, letter.Code, w.request(), w.now); err != nil {
		t.Errorf("code: %v", err)
	}
}

func TestParseLabelTakesNamesAndNothingThatCouldCarryAMessage(t *testing.T) {
	for claim, want := range map[string]string{
		"李记灯饰":                             "李记灯饰",
		"li_ming-88":                       "li_ming-88",
		"  Li Ming ":                       "Li Ming",
		"Zoe\u0308":                        "Zoë",    // NFC
		"नमस्ते":                           "नमस्ते", // marks are not counted
		strings.Repeat("李", 16):            strings.Repeat("李", 16),
		strings.Repeat("李", 17):            "",
		strings.Repeat("a", 16):            strings.Repeat("a", 16),
		strings.Repeat("a", 17):            "",
		"e" + strings.Repeat("\u0325", 24): "", // 49 bytes
		"":                                 "",
		"   ":                              "",
		"\u0301a":                          "", // a mark without its letter
		" \u0301a":                         "",
		"\u0301":                           "",
		"evil.com":                         "",
		"li@qq.com":                        "",
		"a/b":                              "",
		"a:b":                              "",
		"<b>":                              "",
		"a\nb":                             "",
		"a\u00a0b":                         "",
		"a\u200bb":                         "", // zero width space
		"a\u202eb":                         "", // right-to-left override
		"\u3164\u3164":                     "", // Hangul fillers: letters that show as nothing
		"a\u034fb":                         "", // combining grapheme joiner
		"☎88":                              "",
		"１２３":                              "１２３",
		"a\xff":                            "",
		strings.Repeat(" ", 193):           "",
	} {
		if got := binding.ParseLabel(claim); got != want {
			t.Errorf("ParseLabel(%q) = %q, want %q", claim, got, want)
		}
	}
}

func TestParseLocaleTakesTagsOnly(t *testing.T) {
	for claim, want := range map[string]string{
		"zh-CN": "zh-CN", "zh_CN": "zh_CN", "zh-Hant-TW": "zh-Hant-TW", "de-1996": "de-1996", "": "",
		"zh CN": "", "zh-CN,en;q=0.8": "", "ч": "", "en\r\nBcc: a": "", "z\x00": "",
		strings.Repeat("a", 35): strings.Repeat("a", 35), strings.Repeat("a", 36): "",
	} {
		if got := binding.ParseLocale(claim); got != want {
			t.Errorf("ParseLocale(%q) = %q, want %q", claim, got, want)
		}
	}
}

func FuzzParseLabel(f *testing.F) {
	for _, s := range []string{"李记灯饰", " a ", "\u0301a", "a\u0301\u0301", "evil.com", "\xff", "\u3164", "ﷺ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, claim string) {
		label := binding.ParseLabel(claim)
		if again := binding.ParseLabel(label); again != label {
			t.Errorf("ParseLabel(%q) = %q, which parses to %q", claim, label, again)
		}
		if !utf8.ValidString(label) || !norm.NFC.IsNormalString(label) || len(label) > 48 || strings.ContainsAny(label, "./:@<>\"'&%\r\n\t\x00") {
			t.Errorf("ParseLabel(%q) = %q", claim, label)
		}
	})
}

func FuzzParseLocale(f *testing.F) {
	for _, s := range []string{"zh-CN", "en_US", "en;q=1", "\xff", "١"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, claim string) {
		tag := binding.ParseLocale(claim)
		if tag != "" && tag != claim || len(tag) > 35 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			t.Errorf("ParseLocale(%q) = %q", claim, tag)
		}
	})
}

package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestRenderRefusesLettersThatCannotBeWritten(t *testing.T) {
	for name, spoil := range map[string]func(*binding.Letter){
		"unknown kind":     func(l *binding.Letter) { l.Kind = "offer" },
		"no code":          func(l *binding.Letter) { l.Code = "" },
		"code of words":    func(l *binding.Letter) { l.Code = "evil.com" },
		"no token":         func(l *binding.Letter) { l.Token = "" },
		"token with a way": func(l *binding.Letter) { l.Token = "a&u=https://evil.example" },
		"token with quote": func(l *binding.Letter) { l.Token = `a"onclick="x` },
		"no reference":     func(l *binding.Letter) { l.Ref = "" },
		"reference link":   func(l *binding.Letter) { l.Ref = "a.cn" },
		"no expiry":        func(l *binding.Letter) { l.Expires = time.Time{} },
	} {
		l := testLetter(binding.KindVerify, "en")
		spoil(&l)
		if c, err := testWords.Render(l); err == nil {
			t.Errorf("%s: rendered %q", name, c.Subject)
		}
	}
}

func TestRenderRefusesLettersOfRecoveryThatCannotBeWritten(t *testing.T) {
	paused := func(p binding.Pause, then func(*binding.Letter)) func(*binding.Letter) {
		return func(l *binding.Letter) {
			pausedBy(p)(l)
			then(l)
		}
	}
	for name, spoil := range map[string]func(*binding.Letter){
		"no code":            func(l *binding.Letter) { l.Code = "" },
		"no token":           func(l *binding.Letter) { l.Token = "" },
		"token with a way":   func(l *binding.Letter) { l.Token = "a&u=b" },
		"no expiry":          func(l *binding.Letter) { l.Expires = time.Time{} },
		"no reference":       func(l *binding.Letter) { l.Ref = "" },
		"unknown pause":      func(l *binding.Letter) { l.Paused = "for lunch" },
		"paused, unknown":    paused("for lunch", func(*binding.Letter) {}),
		"hold with a code":   paused(binding.PausedHold, func(l *binding.Letter) { l.Code = testCode }),
		"hold with a token":  paused(binding.PausedHold, func(l *binding.Letter) { l.Token = testToken }),
		"risk with a code":   paused(binding.PausedRisk, func(l *binding.Letter) { l.Code = testCode }),
		"risk with a token":  paused(binding.PausedRisk, func(l *binding.Letter) { l.Token = testToken }),
		"changed, no time":   func(l *binding.Letter) { *l = testLetter(binding.KindChanged, "en"); l.At = time.Time{} },
		"changed, nameless":  func(l *binding.Letter) { *l = testLetter(binding.KindChanged, "en"); l.Ref = "" },
		"changed and paused": func(l *binding.Letter) { *l = testLetter(binding.KindChanged, "en"); l.Paused = "for lunch" },
	} {
		l := testLetter(binding.KindRecover, "en")
		spoil(&l)
		c, err := testWords.Render(l)
		if !errors.Is(err, ErrLetter) {
			t.Errorf("%s: rendered %q, %v", name, c.Subject, err)
			continue
		}
		for _, value := range []string{testCode, testToken, "lunch"} {
			if strings.Contains(err.Error(), value) {
				t.Errorf("%s: the error quotes %q: %s", name, value, err)
			}
		}
	}
}

func TestCheckNamesEverySettingThatCannotBeUsed(t *testing.T) {
	if err := testWords.Check(); err != nil {
		t.Error(err)
	}
	if err := (Words{BaseURL: "http://127.0.0.1:8080", Platform: "集市", Support: "mailto:help@shop.example"}).Check(); err != nil {
		t.Error(err)
	}
	err := Words{BaseURL: "http://shop.example/", Platform: "a\nb", Support: "javascript:alert(1)"}.Check()
	for _, want := range []string{"base URL", "platform", "support"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name the %s", err, want)
		}
	}
	for _, platform := range []string{"", "<b>", "{ref}", "https://x", strings.Repeat("x", MaxPlatform+1)} {
		w := testWords
		w.Platform = platform
		if w.Check() == nil {
			t.Errorf("platform %q is taken", platform)
		}
	}
}

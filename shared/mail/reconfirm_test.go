package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestRenderRefusesLettersOfConfirmationThatCannotBeWritten(t *testing.T) {
	for name, spoil := range map[string]func(*binding.Letter){
		"no code":          func(l *binding.Letter) { l.Code = "" },
		"code of words":    func(l *binding.Letter) { l.Code = "evil.com" },
		"no token":         func(l *binding.Letter) { l.Token = "" },
		"token with a way": func(l *binding.Letter) { l.Token = "a&u=b" },
		"no expiry":        func(l *binding.Letter) { l.Expires = time.Time{} },
		"no reference":     func(l *binding.Letter) { l.Ref = "" },
		"paused":           func(l *binding.Letter) { l.Paused = binding.PausedRisk },
	} {
		l := testLetter(binding.KindReconfirm, "en")
		spoil(&l)
		if c, err := testWords.Render(l); !errors.Is(err, ErrLetter) {
			t.Errorf("%s: rendered %q, %v", name, c.Subject, err)
		}
	}
}

// The code counts in the account's session alone, so no link of the mail may lead to where one is typed.
func TestAMailOfConfirmationOpensNothingButTheObjection(t *testing.T) {
	for _, locale := range locales {
		c, err := testWords.Render(testLetter(binding.KindReconfirm, locale))
		if err != nil {
			t.Fatal(err)
		}
		for part, body := range map[string]string{"text": c.Text, "html": c.HTML} {
			for _, way := range []string{"/verify?", "/reset?", "/recover"} {
				if strings.Contains(body, way) {
					t.Errorf("%s %s: leads to %s", locale, part, way)
				}
			}
		}
		words := languageFor(locale).Reconfirm
		own, foreign, link := strings.Index(c.Text, words.NotAsked), strings.Index(c.Text, words.NotYours), strings.Index(c.Text, "/deny?t=")
		if own < 0 || foreign < own || link < foreign {
			t.Errorf("%s: the objection is not offered to a stranger alone: %s", locale, c.Text)
		}
	}
}

// A host that keeps mail back from a mailbox which changed hands must not keep this one back.
func TestAMailOfConfirmationReachesWhoeverReadsTheMailboxNow(t *testing.T) {
	l := sendable(t, sample{kind: binding.KindReconfirm}, "en")
	l.Since = testSince // a mailer's mistake stays out of the mail
	if got := sentSince(t, l); len(got) != 0 {
		t.Errorf("header %q", got)
	}
	api := &recorder{}
	if err := testSender(api).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if set := *api.inputs[0].ConfigurationSetName; set != testSender(nil).RecoverSet {
		t.Errorf("sent with %s: an earlier mark as spam would keep it back", set)
	}
}

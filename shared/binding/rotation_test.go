package binding_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// rotated is a world where an instance with the new key opened a claim of li, and the instance that
// answers read its secrets just before the rotation.
func rotated(t *testing.T) (*world, binding.Status, binding.Letter) {
	w := newWorld(t)
	w.after(time.Hour)
	stale := w.keyring()
	w.secrets = token.Secrets{Current: secretTwo, Previous: secretOne}
	fresh := w.keyring()
	w.service.Keys, w.mailer.Keys = fresh, fresh
	st, letter := w.pending("li", "li@qq.com")
	w.service.Keys, w.mailer.Keys = stale, stale
	w.after(30 * time.Second)
	return w, st, letter
}

func TestAKeyThatIsUnknownJustNowIsNoVerdict(t *testing.T) {
	w, st, letter := rotated(t)
	before := w.row("li")
	busy := binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: 30 * time.Second}
	w.calls = nil
	w.refused(errOf(w.link(letter.Token, st.Check)), busy)
	w.refused(errOf(w.token("li", letter.Token)), busy)
	w.refused(errOf(w.deny(letter.Token)), busy)
	w.refused(errOf(w.undo(letter.Token)), busy)
	if len(w.calls) != 0 {
		t.Errorf("a link of an unknown key called the store: %v", w.calls)
	}
	w.refused(errOf(w.status("li")), busy)
	w.refused(errOf(w.bind("li", "li@qq.com")), busy)
	w.refused(errOf(w.code("li", letter.Code)), busy)
	w.refused(errOf(w.code("li", wrong(letter.Code))), busy)
	after := w.row("li")
	if after.Tries != before.Tries || after.TriesToday != before.TriesToday || after.LinkTries != before.LinkTries {
		t.Errorf("charged: %+v, was %+v", after, before)
	}
	w.after(30 * time.Second) // the secrets may be read again
	w.same("status", w.ok(w.status("li")).Check, st.Check)
	w.ok(w.link(letter.Token, st.Check))
}

func TestAStaleMailerSendsNothingAndLosesNothing(t *testing.T) {
	w, _, letter := rotated(t)
	w.after(30 * time.Second)
	w.ok(w.resend("li"))
	w.mailer.Keys = brokenKeys{hold: 20 * time.Second}
	order := w.stream[0]
	if _, err := w.mailer.Deliver(w.ctx, order, w.now); err == nil || len(w.post.letters) != 1 {
		t.Errorf("delivered without its key: %v, %d letters", err, len(w.post.letters))
	}
	w.mailer.Keys = w.keyring()
	if again := w.mail(binding.KindVerify); again.Code != letter.Code {
		t.Error("the code changed")
	}
}

func TestOldKeysEndWhatTheyBegan(t *testing.T) {
	for _, how := range []string{"link", "code", "token", "deny"} {
		w := newWorld(t)
		st, letter := w.pending("li", "li@qq.com")
		w.secrets = token.Secrets{Current: secretTwo, Previous: secretOne}
		w.after(time.Minute)
		fresh := w.keyring()
		w.service.Keys, w.mailer.Keys = fresh, fresh
		if got := w.ok(w.resend("li")); got.Check != st.Check {
			t.Errorf("the number changed from %s to %s", st.Check, got.Check)
		}
		if again := w.mail(binding.KindVerify); again.Code != letter.Code {
			t.Errorf("the code changed from %s to %s", letter.Code, again.Code)
		}
		switch how {
		case "link":
			w.ok(w.link(letter.Token, st.Check))
		case "code":
			w.ok(w.code("li", letter.Code))
		case "token":
			w.ok(w.token("li", letter.Token))
		case "deny":
			w.okDeny(w.deny(letter.Token))
			w.okDeny(w.undo(letter.Token))
		}
	}
}

// A key that was withdrawn ends what it began: links are none of ours, the claim shows as over, and a
// code costs no try.
func TestAWithdrawnKeyEndsItsChallenges(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.secrets = token.Secrets{Current: secretTwo}
	fresh := w.keyring()
	w.service.Keys, w.mailer.Keys = fresh, fresh
	invalid := binding.Refusal{Reason: binding.ErrInvalidToken}
	ask := func(op func() error) error {
		w.after(token.HoldOff)
		return op()
	}
	w.refused(ask(func() error { return errOf(w.link(letter.Token, st.Check)) }), invalid)
	w.refused(ask(func() error { return errOf(w.token("li", letter.Token)) }), invalid)
	w.refused(ask(func() error { return errOf(w.deny(letter.Token)) }), invalid)
	w.refused(ask(func() error { return errOf(w.undo(letter.Token)) }), invalid)
	w.refused(ask(func() error { return errOf(w.code("li", letter.Code)) }), invalid)
	if row := w.row("li"); row.Tries != 0 || row.TriesToday != 0 {
		t.Errorf("charged %d of the code, %d of the day", row.Tries, row.TriesToday)
	}
	w.after(token.HoldOff)
	if got := w.ok(w.status("li")); got.State != binding.Expired || got.Check != "" {
		t.Errorf("the claim is %+v", got)
	}
	w.after(token.HoldOff)
	w.pending("li", "li@163.com")
}

func TestTroubleReadingTheSecretsIsAnOutage(t *testing.T) {
	w, st, letter := rotated(t)
	w.service.Keys = brokenKeys{}
	for name, err := range map[string]error{
		"status": errOf(w.status("li")), "link": errOf(w.link(letter.Token, st.Check)), "code": errOf(w.code("li", letter.Code)),
	} {
		if _, told := errors.AsType[*binding.Refusal](err); told || !errors.Is(err, errSecrets) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if row := w.row("li"); row.Tries != 0 {
		t.Errorf("charged %d", row.Tries)
	}
}

var errSecrets = errors.New("secrets unreadable")

// brokenKeys know no key: the secrets cannot be read, or not yet again.
type brokenKeys struct{ hold time.Duration }

func (k brokenKeys) Current() *token.Key { panic("no key is asked to seal") }

func (k brokenKeys) Find(context.Context, token.KeyID, time.Time) (*token.Key, error) {
	if k.hold > 0 {
		return nil, &token.HoldOffError{RetryAfter: k.hold}
	}
	return nil, errSecrets
}

// withdrawnKeys know that a key is gone for good.
type withdrawnKeys struct{}

func (withdrawnKeys) Current() *token.Key { panic("no key is asked to seal") }

func (withdrawnKeys) Find(context.Context, token.KeyID, time.Time) (*token.Key, error) {
	return nil, token.ErrUnknownKey
}

package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// confirming is a bound account whose confirmation mail has arrived.
func (w *world) confirming(sub string) (binding.Status, binding.Letter) {
	w.t.Helper()
	st := w.ok(w.reconfirm(sub))
	return st, w.mail(binding.KindReconfirm)
}

func TestAnOwnerConfirmsTheMailboxWithACodeInTheSession(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(400 * day)
	if st := w.ok(w.status("li")); st.Health != "ok" || st.HealthNext != "review" {
		t.Errorf("after a year: %+v", st)
	}
	w.calls = nil
	st, letter := w.confirming("li")
	w.same("store calls", w.calls, []string{"Reconfirm", "Load", "Finish"})
	if st.State != binding.Bound || st.Mail.Fate != "queued" || !st.ExpiresAt.Equal(w.now.Add(day)) || !st.ResendAt.Equal(w.now.Add(time.Minute)) {
		t.Errorf("the answer is %+v, %+v", st, st.Mail)
	}
	if got := w.ok(w.status("li")).Mail; got.Fate != "sent" || got.Next != "check-inbox" {
		t.Errorf("the mail is %+v", got)
	}
	w.after(time.Minute)
	w.calls = nil
	w.refused(errOf(w.code("li", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.same("store calls of a wrong code", w.calls, []string{"ChargeCode"})
	w.calls = nil
	event := w.row("li").Event
	st = w.ok(w.code("li", letter.Code))
	w.same("store calls of a right code", w.calls, []string{"ChargeCode", "Confirm"})
	if st.HealthNext != "" || !st.ProvedAt.Equal(w.now) || !st.BoundAt.Equal(noon) || st.Mail != nil || !st.ExpiresAt.IsZero() {
		t.Errorf("confirmed: %+v", st)
	}
	row := w.row("li")
	if row.Event != event || !row.TTL.IsZero() || row.Tries != 0 {
		t.Errorf("the row is %+v", row)
	}
	w.same("again", w.ok(w.code("li", letter.Code)), st)
	w.same("the row", w.row("li"), row)
	w.ok(w.reconfirm("li")) // no cooldown is left of it
}

// The mail that confirms binds nothing, and says "not me" to who reads the mailbox now.
func TestTheLinkOfAConfirmationOnlySaysNotMe(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(400 * day)
	_, letter := w.confirming("li")
	w.refused(errOf(w.token("li", letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
	w.after(29 * day)
	if got := w.okDeny(w.deny(letter.Token)); !got.Bound {
		t.Errorf("the answer is %+v", got)
	}
	if st := w.ok(w.status("li")); st.Health != "disowned" {
		t.Errorf("the status is %+v", st)
	}
}

func TestNobodyUnboundConfirms(t *testing.T) {
	w := newWorld(t)
	w.refused(errOf(w.reconfirm("li")), binding.Refusal{Reason: binding.ErrNothingPending})
	_, letter := w.pending("li", "li@qq.com")
	w.refused(errOf(w.reconfirm("li")), binding.Refusal{Reason: binding.ErrNothingPending})
	w.okDeny(w.deny(letter.Token))
	w.refused(errOf(w.reconfirm("li")), binding.Refusal{Reason: binding.ErrNothingPending})
}

// The code of the first mail goes on working when it is sent again: mails overtake each other.
func TestAskingAgainSendsTheSameCode(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	_, first := w.confirming("li")
	w.after(time.Minute - time.Second)
	w.refused(errOf(w.reconfirm("li")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: time.Second})
	w.after(time.Second)
	w.calls = nil
	_, second := w.confirming("li")
	w.same("store calls", w.calls, []string{"Reconfirm", "Reconfirm", "Load", "Finish"})
	if first.Code != second.Code {
		t.Errorf("codes %s, then %s", first.Code, second.Code)
	}
	for range binding.TriesPerCode {
		w.refused(errOf(w.code("li", wrong(first.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4 - w.row("li").Tries + 1})
	}
	w.refused(errOf(w.code("li", first.Code)), binding.Refusal{Reason: binding.ErrTriesExhausted})
	w.after(time.Minute)
	_, third := w.confirming("li")
	if third.Code == first.Code {
		t.Error("a spent code is mailed again")
	}
	w.ok(w.code("li", third.Code))
}

func TestConfirmationsHaveTheDaysSendsAndAreLateLikeOthers(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com") // the first send of the day
	w.ok(w.reconfirm("li"))
	w.ok(w.reconfirm("li")) // on its way already: nothing is ordered twice
	w.after(binding.LateAfter)
	if got := w.ok(w.status("li")).Mail; got.Reason != "late" || got.Next != "resend" {
		t.Errorf("the mail is %+v", got)
	}
	w.ok(w.reconfirm("li")) // late: uncharged
	w.deliver()
	for range binding.SendsPerDay - 2 {
		w.after(time.Minute)
		w.confirming("li")
	}
	w.after(time.Minute)
	err := errOf(w.reconfirm("li"))
	if got, _ := errors.AsType[*binding.Refusal](err); got == nil || got.Reason != binding.ErrDailyLimit {
		t.Errorf("the day's sends are over: %v", err)
	}
}

func TestAConfirmationEndsAfterADay(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	_, letter := w.confirming("li")
	w.after(day)
	if st := w.ok(w.status("li")); st.Mail != nil || !st.ExpiresAt.IsZero() {
		t.Errorf("the status is %+v", st)
	}
	w.refused(errOf(w.code("li", letter.Code)), binding.Refusal{Reason: binding.ErrExpired})
	_, next := w.confirming("li")
	if next.Code == letter.Code {
		t.Error("the code outlived its day")
	}
	w.ok(w.code("li", next.Code))
}

// Nothing but this address is bound, so a mailbox that took no mail yesterday may be asked again today.
func TestAConfirmationIsMailedAgainToAMailboxThatTookNone(t *testing.T) {
	for _, why := range []binding.Why{binding.WhyUnknown, binding.WhyNoMail, binding.WhySuppressed, binding.WhyOwnerChanged} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		_, letter := w.confirming("li")
		w.after(time.Minute)
		w.reported(letter, binding.Bounced, why)
		if got := w.ok(w.status("li")).Mail; got.Fate != "bounced" || got.Next != "resend" {
			t.Errorf("%s: the mail is %+v", why, got)
		}
		_, letter = w.confirming("li")
		w.after(time.Second)
		w.ok(w.code("li", letter.Code))
	}
}

// A mail that fell due and was not sent before its day ended is not sent after it.
func TestAConfirmationThatIsOverIsNotMailed(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ok(w.reconfirm("li"))
	w.after(day)
	if letters := w.deliver(); len(letters) != 0 {
		t.Errorf("these went out: %+v", letters)
	}
}

// After the token key was rotated, or withdrawn, asking again begins anew: the open one's code may be dead.
func TestAConfirmationGoesOnUnderANewKey(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	_, old := w.confirming("li")
	w.secrets.Current = secretTwo
	w.service.Keys, w.mailer.Keys = w.keyring(), w.keyring()
	w.after(2 * time.Minute) // past the time in which a new key is not asked for again
	w.refused(errOf(w.code("li", old.Code)), binding.Refusal{Reason: binding.ErrInvalidToken})
	if row := w.row("li"); row.Tries != 0 {
		t.Errorf("a code of a withdrawn key cost %d tries", row.Tries)
	}
	w.after(time.Minute)
	_, letter := w.confirming("li")
	w.ok(w.code("li", letter.Code))
}

// A code that binds confirms nothing, and the other way round, though both lie in one row.
func TestCodesOfBindingAndConfirmingAreNotEachOthers(t *testing.T) {
	w := newWorld(t)
	verify, _ := w.bound("li", "li@qq.com")
	_, letter := w.confirming("li")
	if verify.Code == letter.Code {
		t.Fatal("one code for both")
	}
	w.refused(errOf(w.code("li", verify.Code)), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.ok(w.code("li", letter.Code))
}

func TestALostAnswerOfAConfirmationIsFoundAgain(t *testing.T) {
	for _, step := range []string{"Reconfirm", "Confirm", "ChargeCode"} {
		w := newWorld(t)
		verify, receipt := w.bound("li", "li@qq.com")
		_ = verify
		w.okDeny(w.deny(receipt.Token))
		var letter binding.Letter
		if step != "Reconfirm" {
			_, letter = w.confirming("li")
		}
		lost := errors.New("no answer")
		w.tap = func(s string, call func() error) error {
			err := call()
			if s == step && err == nil {
				w.tap = nil
				return lost
			}
			return err
		}
		if step == "Reconfirm" {
			if err := errOf(w.reconfirm("li")); !errors.Is(err, lost) {
				t.Fatalf("%s: %v", step, err)
			}
			w.ok(w.reconfirm("li"))
			w.mail(binding.KindReconfirm)
			continue
		}
		if err := errOf(w.code("li", letter.Code)); !errors.Is(err, lost) {
			t.Fatalf("%s: %v", step, err)
		}
		st := w.ok(w.code("li", letter.Code))
		if st.Health != "ok" || w.row("li").Event == "" {
			t.Errorf("%s: again it is %+v", step, st)
		}
	}
}

// An outage of ours costs the person no try.
func TestAnOutageWhileConfirmingCostsNoTry(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	_, letter := w.confirming("li")
	w.tap = func(s string, call func() error) error {
		if s == "Confirm" {
			return errors.New("the table does not answer")
		}
		return call()
	}
	for range 2 * binding.TriesPerCode {
		if _, told := errors.AsType[*binding.Refusal](errOf(w.code("li", letter.Code))); told {
			t.Fatal("an outage is told as a refusal")
		}
	}
	w.tap = nil
	w.ok(w.code("li", letter.Code))
}

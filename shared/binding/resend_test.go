package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestResendCarriesTheSameCodeAndALinkThatWorks(t *testing.T) {
	w := newWorld(t)
	st, first := w.pending("li", "li@qq.com")
	w.after(time.Minute)
	w.calls = nil
	got := w.ok(w.resend("li"))
	w.same("store calls", w.calls, []string{"Requeue"})
	want := st
	want.ResendAt = noon.Add(2 * time.Minute)
	w.same("status", got, want)
	second := w.mail(binding.KindVerify)
	if second.Code != first.Code || !second.Expires.Equal(first.Expires) || second.Tag == first.Tag {
		t.Errorf("the second letter is %+v, the first %+v", second, first)
	}
	w.ok(w.link(first.Token, st.Check)) // of any mail of the challenge
}

func TestResendRefusals(t *testing.T) {
	w := newWorld(t)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrNothingPending})
	_, letter := w.pending("li", "li@qq.com")
	w.after(20 * time.Second)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: 40 * time.Second})
	w.okDeny(w.deny(letter.Token))
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30 * 24 * time.Hour})
	w.after(30 * 24 * time.Hour)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrNothingPending})
	w.pending("li", "li@qq.com")
	w.after(24 * time.Hour)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrExpired})
}

func TestResendOnceBoundIsSuccessWithoutMail(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.same("answer", w.ok(w.resend("li")), w.ok(w.status("li")))
	if letters := w.deliver(); len(letters) != 0 {
		t.Errorf("mailed %+v", letters)
	}
}

func TestResendStopsAtTheDaysSends(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "li@qq.com")
	for range binding.SendsPerDay - 1 {
		w.after(time.Minute)
		w.ok(w.resend("li"))
		w.deliver() // the mailbox's own budget holds the last two
	}
	w.after(time.Minute)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrDailyLimit, RetryAfter: 12*time.Hour - 5*time.Minute})
}

func TestResendIsRefusedForADeadMailbox(t *testing.T) {
	for _, why := range []binding.Why{binding.WhyUnknown, binding.WhyNoMail, binding.WhySuppressed} {
		w := newWorld(t)
		w.ok(w.bind("li", "li@qq.com"))
		w.ended(binding.Bounced, why)
		w.after(time.Hour)
		w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrMailboxRefused, Detail: string(why)})
	}
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	w.ended(binding.Bounced, "mailbox-full")
	w.after(time.Hour)
	w.ok(w.resend("li"))
}

func TestResendOrdersNothingTwiceUntilTheMailIsLate(t *testing.T) {
	w := newWorld(t)
	first := w.ok(w.bind("li", "li@qq.com"))
	sends := w.row("li").SendsToday
	w.after(14 * time.Minute)
	w.same("while it is on its way", w.ok(w.resend("li")), first)
	if n := len(w.stream); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
	w.after(time.Minute)
	w.calls = nil
	if st := w.ok(w.resend("li")); st.Mail.Reason != "" || !st.ResendAt.Equal(w.now.Add(time.Minute)) {
		t.Errorf("ordered again: %+v", st)
	}
	w.same("store calls", w.calls, []string{"Requeue", "Requeue"})
	if got := w.row("li").SendsToday; got != sends {
		t.Errorf("a late mail that was ordered again was charged: %d sends, had %d", got, sends)
	}
	w.mail(binding.KindVerify) // the old order finds nothing due
}

func TestResendRenewsASpentCodeAndKeepsTheLink(t *testing.T) {
	w := newWorld(t)
	st, first := w.pending("li", "li@qq.com")
	for left := binding.TriesPerCode - 1; left >= 0; left-- {
		w.refused(errOf(w.code("li", wrong(first.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: left})
	}
	w.refused(errOf(w.code("li", first.Code)), binding.Refusal{Reason: binding.ErrTriesExhausted})
	w.after(time.Minute)
	w.calls = nil
	w.ok(w.resend("li"))
	w.same("store calls", w.calls, []string{"Requeue", "Requeue"})
	second := w.mail(binding.KindVerify)
	if second.Code == first.Code {
		t.Error("the spent code was mailed again")
	}
	w.refused(errOf(w.code("li", first.Code)), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.ok(w.link(first.Token, st.Check))
}

// Between the refusal of one form and the next, the mailer may finish: the row then calls for the
// first form again, and that is no outage.
func TestResendFollowsARowThatMovesOn(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	w.after(time.Hour)
	order := w.stream[0]
	w.tap = func(step string, call func() error) error {
		err := call()
		if _, refused := errors.AsType[*binding.Refused](err); refused && len(w.calls) == 2 {
			if _, err := w.mailer.Deliver(w.ctx, order, w.now); err != nil {
				t.Fatal(err)
			}
		}
		return err
	}
	if st := w.ok(w.resend("li")); st.Mail.Fate != "queued" {
		t.Errorf("resend gave %+v", st)
	}
	if n := w.row("li").SendsToday; n != 2 {
		t.Errorf("%d sends are charged, want 2", n)
	}
}

// The first mail was late and came, its code was guessed at until its tries were spent: what is mailed next, while
// the second is late too, must carry a code that works.
func TestALateMailWithASpentCodeIsMailedWithANewOne(t *testing.T) {
	w := newWorld(t)
	_, first := w.pending("li", "li@qq.com")
	w.after(time.Minute)
	w.ok(w.resend("li"))
	for range binding.TriesPerCode {
		w.code("li", wrong(first.Code))
	}
	w.after(binding.LateAfter)
	w.stream = nil // the late order's record is still on its way
	sends := w.row("li").SendsToday
	w.ok(w.resend("li"))
	next := w.mail(binding.KindVerify)
	if next.Code == first.Code || w.row("li").SendsToday != sends {
		t.Errorf("mailed %s after %s; %d sends, %d before", next.Code, first.Code, w.row("li").SendsToday, sends)
	}
	w.ok(w.code("li", next.Code))

	w.ok(w.reconfirm("li"))
	confirm := w.stream[len(w.stream)-1]
	w.stream = nil
	row := w.row("li")
	for range binding.TriesPerCode {
		w.code("li", "ZZZZ-ZZZZ")
	}
	w.after(binding.LateAfter)
	w.ok(w.reconfirm("li"))
	letter := w.mail(binding.KindReconfirm)
	w.ok(w.code("li", letter.Code))
	if row.Due[binding.KindReconfirm] != confirm.Send {
		t.Error("the first order was another")
	}
}

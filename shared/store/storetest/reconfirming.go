package storetest

import (
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

func (w *world) reconfirmation(o binding.Opening, f binding.RequeueForm, after time.Duration) binding.Reconfirmation {
	return binding.Reconfirmation{Account: o.Account, Form: f, Challenge: id(), Key: o.Key, Send: id(), Now: w.now.Add(after)}
}

// confirming is a bound account with an open confirmation, its mail due. The Opening's challenge is the
// confirmation's.
func (w *world) confirming() binding.Opening {
	w.t.Helper()
	o := w.boundTo()
	q := w.reconfirmation(o, binding.Afresh, 0)
	w.must(w.Reconfirm(w.ctx, q))
	o.Challenge, o.Send = q.Challenge, q.Send
	return o
}

// mailed ends the mail of a confirmation.
func (w *world) mailed(o binding.Opening) {
	w.t.Helper()
	order := w.order(o)
	order.Kind = binding.KindReconfirm
	if err := w.Finish(w.ctx, binding.Finish{Order: order, Now: w.now}); err != nil {
		w.t.Fatal(err)
	}
}

// spend charges all tries of a code.
func (w *world) spend(o binding.Opening, op string) (c binding.Claim) {
	w.t.Helper()
	for i := range binding.TriesPerCode {
		c = w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint(op, i))))
	}
	return c
}

func (w *world) ask(q binding.Reconfirmation) error {
	_, err := w.Reconfirm(w.ctx, q)
	return err
}

// onlyBound: a confirmation is of a bound account, in no form of any other.
func (w *world) onlyBound(f binding.RequeueForm) {
	w.t.Helper()
	for state, o := range w.inEachState() {
		if state == binding.Bound {
			continue
		}
		switch f {
		case binding.SameCode:
			w.sent(o)
		case binding.NewCode:
			if state == binding.Pending {
				w.sent(o)
				w.spend(o, "r")
			}
		}
		before := w.read(o.Account)
		after := time.Hour
		if f == binding.Afresh {
			after = binding.ChallengeLife // nothing is open any more
		}
		w.refused("who is not bound", w.ask(w.reconfirmation(o, f, after)))
		w.whole("not bound", o.Account, before)
	}
	ghost := w.reconfirmation(binding.Opening{Account: w.account()}, f, 0)
	w.refused("no row", w.ask(ghost))
	w.whole("a confirmation", ghost.Account, binding.Claim{})
}

func reconfirmAfresh(t *testing.T, w *world) {
	o := w.claimed()
	w.sent(o)
	if err := w.Tell(w.ctx, binding.News{Account: o.Account, Send: o.Send, Fate: binding.Bounced, Why: binding.WhyUnknown, At: w.now}); err != nil {
		t.Fatal(err)
	}
	if err := w.Bind(w.ctx, w.binding(o)); err != nil {
		t.Fatal(err)
	}
	want := w.read(o.Account)
	q := w.reconfirmation(o, binding.Afresh, 0)
	got := w.must(w.Reconfirm(w.ctx, q)) // a fate is no obstacle: the mailbox may live again
	want.Confirming, want.Key, want.Send, want.SendsToday = q.Challenge, q.Key, q.Send, 2
	want.Opened, want.Expires, want.ResendAt = w.now, w.now.Add(24*time.Hour), w.now.Add(time.Minute)
	want.AcceptedAt, want.Fate, want.Why, want.FateAt = time.Time{}, binding.Queued, "", time.Time{}
	want.Due[binding.KindReconfirm] = q.Send
	w.whole("asked", o.Account, want)
	if got.Confirming != q.Challenge || got.Due[binding.KindReconfirm] != q.Send {
		t.Errorf("Reconfirm gave %+v", got)
	}
	if old := w.refused("one that is open", w.ask(w.reconfirmation(o, binding.Afresh, time.Hour))); old.Confirming != q.Challenge {
		t.Errorf("the refusal shows %+v", old)
	}
	rotated := w.reconfirmation(o, binding.Afresh, binding.CooldownSame-time.Second)
	rotated.Key = token.KeyID{5, 6, 7, 8}
	w.refused("the cooldown", w.ask(rotated))
	w.whole("asked again", o.Account, want)
	rotated.Now = w.now.Add(binding.CooldownSame)
	w.must(w.Reconfirm(w.ctx, rotated)) // under another key

	over := w.confirming()
	w.spend(over, "r")
	w.refused("one that is open for a second more", w.ask(w.reconfirmation(over, binding.Afresh, binding.ChallengeLife-time.Second)))
	q = w.reconfirmation(over, binding.Afresh, binding.ChallengeLife)
	if c := w.must(w.Reconfirm(w.ctx, q)); c.Confirming != q.Challenge || c.Tries != 0 || c.CodesUsed != 0 || c.Challenge == q.Challenge {
		t.Errorf("after one that is over: %+v", c)
	}
	w.onlyBound(binding.Afresh)
}

func reconfirmSame(t *testing.T, w *world) {
	o := w.confirming()
	w.refused("a mail that is due", w.ask(w.reconfirmation(o, binding.SameCode, time.Hour)))
	w.mailed(o)
	w.must(w.ChargeCode(w.ctx, w.try(o, "r1")))
	want := w.read(o.Account)
	if want.AcceptedAt.IsZero() || len(want.Due) != 1 {
		t.Fatalf("the mail was sent: %+v", want)
	}
	w.refused("the cooldown", w.ask(w.reconfirmation(o, binding.SameCode, binding.CooldownSame-time.Second)))
	w.refused("one that is over", w.ask(w.reconfirmation(o, binding.SameCode, binding.ChallengeLife)))
	w.whole("refused", o.Account, want)
	q := w.reconfirmation(o, binding.SameCode, binding.CooldownSame)
	w.must(w.Reconfirm(w.ctx, q))
	want.Send, want.SendsToday, want.ResendAt, want.AcceptedAt = q.Send, 3, q.Now.Add(time.Minute), time.Time{}
	want.Due[binding.KindReconfirm] = q.Send
	w.whole("the same code again", o.Account, want)

	spent := w.confirming()
	w.mailed(spent)
	w.spend(spent, "r")
	w.refused("a spent code", w.ask(w.reconfirmation(spent, binding.SameCode, time.Hour)))
	w.refused("none was asked for", w.ask(w.reconfirmation(w.boundTo(), binding.SameCode, time.Hour)))
	w.onlyBound(binding.SameCode)
}

func reconfirmNewCode(t *testing.T, w *world) {
	o := w.confirming()
	due := w.spend(o, "r")
	w.refused("a mail that is due", w.ask(w.reconfirmation(o, binding.NewCode, time.Hour)))
	w.whole("refused", o.Account, due)
	w.mailed(o)
	want := w.read(o.Account)
	w.refused("the cooldown", w.ask(w.reconfirmation(o, binding.NewCode, binding.CooldownSame-time.Second)))
	w.refused("one that is over", w.ask(w.reconfirmation(o, binding.NewCode, binding.ChallengeLife)))
	q := w.reconfirmation(o, binding.NewCode, binding.CooldownSame)
	w.must(w.Reconfirm(w.ctx, q))
	want.Send, want.SendsToday, want.ResendAt, want.AcceptedAt = q.Send, 3, q.Now.Add(time.Minute), time.Time{}
	want.CodesUsed, want.Tries = 1, 0
	want.Due[binding.KindReconfirm] = q.Send
	w.whole("a new code", o.Account, want)
	if want.TriesToday != binding.TriesPerCode {
		t.Errorf("%d tries of the day: a new code refills none", want.TriesToday)
	}

	left := w.confirming()
	w.mailed(left)
	w.refused("a code with tries left", w.ask(w.reconfirmation(left, binding.NewCode, time.Hour)))
	w.refused("none was asked for", w.ask(w.reconfirmation(w.boundTo(), binding.NewCode, time.Hour)))
	w.onlyBound(binding.NewCode)
}

func reconfirmOverdue(_ *testing.T, w *world) {
	o := w.confirming()
	want := w.read(o.Account)
	w.refused("not late yet", w.ask(w.reconfirmation(o, binding.Overdue, binding.LateAfter-time.Second)))
	w.refused("one that is over, its mail still due", w.ask(w.reconfirmation(o, binding.Overdue, binding.ChallengeLife)))
	w.whole("refused", o.Account, want)
	q := w.reconfirmation(o, binding.Overdue, binding.LateAfter)
	w.must(w.Reconfirm(w.ctx, q))
	want.Send, want.ResendAt = q.Send, q.Now.Add(time.Minute)
	want.Due[binding.KindReconfirm] = q.Send
	w.whole("late", o.Account, want)

	sent := w.confirming()
	w.mailed(sent)
	w.refused("what was sent", w.ask(w.reconfirmation(sent, binding.Overdue, time.Hour)))
	w.refused("none was asked for", w.ask(w.reconfirmation(w.boundTo(), binding.Overdue, time.Hour)))
	spent := w.confirming()
	w.spend(spent, "r")
	w.refused("a spent code", w.ask(w.reconfirmation(spent, binding.Overdue, time.Hour)))
	w.onlyBound(binding.Overdue)
}

func reconfirmOverdueNewCode(_ *testing.T, w *world) {
	o := w.confirming()
	w.refused("a code with tries left", w.ask(w.reconfirmation(o, binding.OverdueNewCode, time.Hour)))
	want := w.spend(o, "r")
	w.refused("not late yet", w.ask(w.reconfirmation(o, binding.OverdueNewCode, binding.LateAfter-time.Second)))
	w.refused("one that is over, its mail still due", w.ask(w.reconfirmation(o, binding.OverdueNewCode, binding.ChallengeLife)))
	w.whole("refused", o.Account, want)
	q := w.reconfirmation(o, binding.OverdueNewCode, binding.LateAfter)
	w.must(w.Reconfirm(w.ctx, q))
	want.Send, want.ResendAt, want.CodesUsed, want.Tries = q.Send, q.Now.Add(time.Minute), 1, 0
	want.Due[binding.KindReconfirm] = q.Send
	w.whole("late, and spent", o.Account, want)

	sent := w.confirming()
	w.spend(sent, "r")
	w.mailed(sent)
	w.refused("what was sent", w.ask(w.reconfirmation(sent, binding.OverdueNewCode, time.Hour)))
	w.refused("none was asked for", w.ask(w.reconfirmation(w.boundTo(), binding.OverdueNewCode, time.Hour)))
	w.onlyBound(binding.OverdueNewCode)
}

// reconfirmDays: the day's sends are one count, of all three forms that are charged, and of the claim before.
func reconfirmDays(t *testing.T, w *world) {
	w.now = midnight(w.now).Add(-3 * time.Hour)
	for form, last := range map[string]binding.RequeueForm{"afresh": binding.Afresh, "same": binding.SameCode, "new": binding.NewCode} {
		o := w.confirming() // two sends of the day
		at := w.now
		for i := 2; i < binding.SendsPerDay; i++ {
			w.mailed(o)
			at = at.Add(binding.CooldownSame)
			q := w.reconfirmation(o, binding.SameCode, at.Sub(w.now))
			if c := w.must(w.Reconfirm(w.ctx, q)); c.SendsToday != i+1 {
				t.Errorf("%s: send %d counts %d", form, i+1, c.SendsToday)
			}
			o.Send = q.Send
		}
		w.mailed(o)
		q := w.reconfirmation(o, last, time.Hour)
		switch last {
		case binding.Afresh:
			q.Key = token.KeyID{5, 6, 7, 8}
		case binding.NewCode:
			w.spend(o, "r")
		}
		w.refused(form+": a send over the day's cap", w.ask(q))
		q.Now = midnight(w.now)
		if c := w.must(w.Reconfirm(w.ctx, q)); c.SendsToday != 1 {
			t.Errorf("%s: the first of the next day counts %d", form, c.SendsToday)
		}
	}
}

package storetest

import (
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// deniedOnce is a claim that was denied through an older link of the same address and undone through
// it: nothing is denied any more, and the claim is still over.
func (w *world) deniedOnce() binding.Opening {
	w.t.Helper()
	o := w.claimed()
	d := w.denial(o)
	d.Challenge = id()
	if err := w.Deny(w.ctx, d); err != nil {
		w.t.Fatal(err)
	}
	w.refused("the older link", w.Undo(w.ctx, d))
	if err := w.UndoMoved(w.ctx, d); err != nil {
		w.t.Fatal(err)
	}
	return o
}

func openAfterUndo(t *testing.T, w *world) {
	o := w.deniedOnce()
	if c := w.read(o.Account); c.State != binding.Denied || len(c.Denied) != 0 {
		t.Fatalf("state %s, denied %v", c.State, c.Denied)
	}
	n := w.opening(o.Account, o.Address, o.EmailKey)
	n.Now = w.now.Add(binding.CooldownSame - time.Second)
	_, err := w.Open(w.ctx, n)
	w.refused("the cooldown of the same address", err)
	n.Now = w.now.Add(binding.CooldownSame)
	if c := w.must(w.Open(w.ctx, n)); c.State != binding.Pending || c.Challenge != n.Challenge {
		t.Errorf("opened anew: %+v", c)
	}
}

// spent is a claim whose mail was sent and whose code has no tries left.
func (w *world) spent() binding.Opening {
	w.t.Helper()
	o := w.claimed()
	w.sent(o)
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i))))
	}
	return o
}

func requeueNewCodeRefuses(t *testing.T, w *world) {
	newCode := func(o binding.Opening, after time.Duration) (binding.Claim, error) {
		return w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: w.now.Add(after)})
	}
	o := w.spent()
	_, err := newCode(o, binding.CooldownSame-time.Second)
	w.refused("the cooldown", err)
	_, err = newCode(o, binding.ChallengeLife)
	w.refused("a claim that is over", err)

	denied := w.spent()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		t.Fatal(err)
	}
	_, err = newCode(denied, time.Hour)
	w.refused("a denied claim", err)

	due := w.claimed()
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(due, fmt.Sprint("r", i))))
	}
	_, err = newCode(due, binding.CooldownSame)
	w.refused("a mail that is due already", err)

	full := w.claimed()
	w.sent(full)
	for i := 1; i < binding.SendsPerDay; i++ {
		full.Send = w.must(w.Requeue(w.ctx, binding.Requeue{Account: full.Account, Send: id(), Now: w.now.Add(time.Duration(i) * time.Minute)})).Send
		w.sent(full)
	}
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(full, fmt.Sprint("r", i))))
	}
	_, err = newCode(full, time.Hour)
	w.refused("the day's sends", err)

	for why, ok := range map[binding.Why]bool{binding.WhyNoMail: false, binding.WhyUnknown: false, binding.WhySuppressed: false, binding.WhyHeld: true, "": true} {
		for fate := binding.NotSent; fate <= binding.Complained; fate++ {
			o := w.claimed()
			for i := range binding.TriesPerCode {
				w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i))))
			}
			w.sent(o)
			if err := w.Tell(w.ctx, binding.News{Account: o.Account, Send: o.Send, Fate: fate, Why: why, At: w.now}); err != nil {
				t.Fatal(err)
			}
			if _, err := newCode(o, time.Hour); (err == nil) != (ok || fate == binding.NotSent) { // a mail that did not go may go
				t.Errorf("a new code after %s, %q: %v", fate, why, err)
			}
		}
	}
}

// requeueDays: sends are counted by UTC day in both charged forms, and the first of a day may be a requeue.
func requeueDays(t *testing.T, w *world) {
	w.now = midnight(w.now).Add(-10 * time.Minute)
	for _, form := range []binding.RequeueForm{binding.SameCode, binding.NewCode} {
		o := w.claimed()
		if form == binding.NewCode {
			o = w.spent()
		} else {
			w.sent(o)
		}
		again := func(now time.Time) (binding.Claim, error) {
			return w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: form, Send: id(), Now: now})
		}
		now := w.now
		for i := 1; i < binding.SendsPerDay; i++ {
			now = now.Add(binding.CooldownSame)
			c := w.must(again(now))
			if c.SendsToday != i+1 {
				t.Errorf("form %d: send %d counts %d", form, i+1, c.SendsToday)
			}
			o.Send = c.Send
			w.sent(o)
			if form == binding.NewCode {
				for j := range binding.TriesPerCode {
					w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i, "/", j))))
				}
			}
			if form == binding.NewCode && i == binding.TriesPerDay/binding.TriesPerCode-1 {
				break // the day's tries end before its sends
			}
		}
		if form == binding.SameCode {
			_, err := again(now.Add(binding.CooldownSame))
			w.refused("a send over the day's cap", err)
		}
		if c := w.must(again(w.now.Add(15 * time.Minute))); c.SendsToday != 1 {
			t.Errorf("form %d: the first send of the next day counts %d", form, c.SendsToday)
		}
	}
}

func requeueOverdueRefuses(_ *testing.T, w *world) {
	o := w.claimed()
	late := binding.Requeue{Account: o.Account, Form: binding.Overdue, Send: id(), Now: w.now.Add(binding.ChallengeLife)}
	_, err := w.Requeue(w.ctx, late)
	w.refused("a claim that is over, its mail still due", err)
}

// giveBackRenewed: a refund of what was reset meanwhile would be one guess too many.
func giveBackRenewed(t *testing.T, w *world) {
	o := w.claimed()
	w.sent(o)
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i))))
	}
	last := w.try(o, fmt.Sprint("r", binding.TriesPerCode-1))
	w.now = w.now.Add(time.Minute)
	w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: w.now}))
	if err := w.GiveBack(w.ctx, last, true); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Tries != 0 || c.TriesToday != binding.TriesPerCode {
		t.Errorf("after a new code %d tries, %d today", c.Tries, c.TriesToday)
	}

	o = w.claimed()
	w.must(w.ChargeNumber(w.ctx, w.try(o, "r9")))
	a, ek := w.mailbox()
	w.now = w.now.Add(time.Minute)
	w.open(o.Account, a, ek)
	if err := w.GiveBack(w.ctx, w.try(o, "r9"), false); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.LinkTries != 0 {
		t.Errorf("after a new claim %d link tries", c.LinkTries)
	}
}

// giveBackLate: what was charged yesterday counts no more today, and a counter never falls below zero.
func giveBackLate(t *testing.T, w *world) {
	o := w.claimed()
	w.must(w.ChargeCode(w.ctx, w.try(o, "r1")))
	late := w.try(o, "r1")
	late.Now = midnight(w.now)
	if err := w.GiveBack(w.ctx, late, true); err != nil {
		t.Fatal(err)
	}
	c := w.must(w.Claim(w.ctx, o.Account, late.Now))
	if c.TriesToday != 0 || c.Tries != 1 {
		t.Errorf("given back a day later: %d tries, %d today", c.Tries, c.TriesToday)
	}
}

// disputeElsewhere: a dispute and its undoing are about one address, whatever the risk.
func disputeElsewhere(t *testing.T, w *world) {
	o := w.boundTo()
	d := w.denial(o)
	if err := w.Dispute(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	foreign := d
	foreign.EmailKey, foreign.Disowned = id(), true
	w.refused("undoing for another address", w.UndoDispute(w.ctx, foreign))
	w.refused("disputing another address", w.Dispute(w.ctx, foreign))
	if c := w.read(o.Account); c.Risk != binding.Disowned || !c.DisputedAt.Equal(w.now) {
		t.Errorf("the row is %+v", c)
	}
}

// finishVerdict: the mailer's verdict ends its own order too, and no other.
func finishVerdict(t *testing.T, w *world) {
	o := w.claimed()
	f := binding.Finish{Order: w.order(o), Fate: binding.NotSent, Why: binding.WhyHeld, Now: w.now}
	f.Order.Send = id()
	if err := w.Finish(w.ctx, f); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Due[binding.KindVerify] != o.Send || c.Fate != binding.Queued || c.Why != "" {
		t.Errorf("another order's verdict left %+v", c)
	}
}

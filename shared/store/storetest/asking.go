package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

func openWrites(t *testing.T, w *world) {
	k := w.account()
	if c := w.read(k); !reflect.DeepEqual(c, binding.Claim{}) {
		t.Errorf("an account without a row reads as %+v", c)
	}
	a, ek := w.mailbox()
	o := w.opening(k, a, ek)
	got := w.must(w.Open(w.ctx, o))
	want := binding.Claim{
		Account: k, State: binding.Pending, Who: o.Who, Address: a, EmailKey: ek, Canon: address.CanonVersion,
		Challenge: o.Challenge, Key: o.Key, Opened: w.now, Expires: w.now.Add(24 * time.Hour), ResendAt: w.now.Add(time.Minute),
		SendsToday: 1, Denied: map[address.EmailKey]time.Time{}, Due: map[binding.Kind]binding.SendID{binding.KindVerify: o.Send},
		Send: o.Send, TTL: w.now.Add(40 * 24 * time.Hour),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Open gave\n%+v, want\n%+v", got, want)
	}
	if got := w.read(k); !reflect.DeepEqual(got, want) {
		t.Errorf("the row is\n%+v, want\n%+v", got, want)
	}
}

func openRefuses(t *testing.T, w *world) {
	o := w.claimed()
	other, otherKey := w.mailbox()
	try := func(what string, after time.Duration, a address.Address, ek address.EmailKey) binding.Claim {
		t.Helper()
		n := w.opening(o.Account, a, ek)
		n.Now = w.now.Add(after)
		_, err := w.Open(w.ctx, n)
		return w.refused(what, err)
	}
	if old := try("the same claim again", 2*time.Minute, o.Address, o.EmailKey); old.Challenge != o.Challenge || old.State != binding.Pending {
		t.Errorf("the refusal shows %+v", old)
	}
	try("another address at once", 9*time.Second, other, otherKey)
	if c := w.read(o.Account); c.Challenge != o.Challenge || c.SendsToday != 1 {
		t.Errorf("refused openings left %+v", c)
	}

	bound := w.boundTo()
	for _, ek := range []address.EmailKey{bound.EmailKey, otherKey} {
		n := w.opening(bound.Account, other, ek)
		n.Now = w.now.Add(48 * time.Hour)
		_, err := w.Open(w.ctx, n)
		if old := w.refused("an account that is bound", err); old.State != binding.Bound || old.EmailKey != bound.EmailKey {
			t.Errorf("the refusal shows %+v", old)
		}
	}

	if err := w.Deny(w.ctx, w.denial(o)); err != nil {
		t.Fatal(err)
	}
	try("a denied address", 29*24*time.Hour, o.Address, o.EmailKey)
	n := w.opening(o.Account, o.Address, o.EmailKey)
	n.Now = w.now.Add(30 * 24 * time.Hour)
	w.must(w.Open(w.ctx, n))
}

func openSupersedes(t *testing.T, w *world) {
	o := w.claimed()
	w.must(w.ChargeCode(w.ctx, w.try(o, "r1/code")))
	w.must(w.ChargeNumber(w.ctx, w.try(o, "r2/number")))
	w.sent(o)
	a, ek := w.mailbox()
	w.now = w.now.Add(10 * time.Second)
	n := w.opening(o.Account, a, ek)
	c := w.must(w.Open(w.ctx, n))
	if c.Challenge != n.Challenge || c.EmailKey != ek || c.Address != a || c.Tries != 0 || c.LinkTries != 0 || !c.AcceptedAt.IsZero() {
		t.Errorf("the new claim is %+v", c)
	}
	if c.SendsToday != 2 || c.TriesToday != 1 {
		t.Errorf("the day's counters are %d sends, %d tries, want 2 and 1: they are never refilled", c.SendsToday, c.TriesToday)
	}
	w.now = w.now.Add(24 * time.Hour) // the same address again once the claim is over
	w.open(o.Account, a, ek)
}

func openDays(t *testing.T, w *world) {
	k := w.account()
	w.now = midnight(w.now).Add(time.Hour)
	last := w.now
	for i := range binding.SendsPerDay {
		a, ek := w.mailbox()
		last = w.now.Add(time.Duration(i) * time.Minute)
		o := w.opening(k, a, ek)
		o.Now = last
		w.must(w.Open(w.ctx, o))
	}
	a, ek := w.mailbox()
	o := w.opening(k, a, ek)
	o.Now = last.Add(time.Hour)
	_, err := w.Open(w.ctx, o)
	if old := w.refused("a send over the day's cap", err); old.SendsToday != binding.SendsPerDay {
		t.Errorf("the refusal shows %d sends", old.SendsToday)
	}
	o.Now = midnight(w.now).Add(24 * time.Hour)
	if c := w.must(w.Open(w.ctx, o)); c.SendsToday != 1 {
		t.Errorf("the next day starts with %d sends", c.SendsToday)
	}
}

func midnight(t time.Time) time.Time { return time.Unix((binding.Day(t)+1)*86400, 0).UTC() }

func requeue(t *testing.T, w *world) {
	o := w.claimed()
	q := func(after time.Duration) (binding.Claim, error) {
		return w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: w.now.Add(after)})
	}
	_, err := q(61 * time.Second)
	w.refused("a mail that is due already", err)
	w.sent(o)
	_, err = q(59 * time.Second)
	if old := w.refused("the cooldown", err); old.AcceptedAt.IsZero() {
		t.Error("the refusal does not show that the mail was sent")
	}
	c := w.must(q(60 * time.Second))
	if c.Challenge != o.Challenge || c.CodesUsed != 0 || c.SendsToday != 2 || !c.AcceptedAt.IsZero() || c.Send == o.Send {
		t.Errorf("the requeued claim is %+v", c)
	}
	if c.Due[binding.KindVerify] != c.Send || !c.ResendAt.Equal(w.now.Add(2*time.Minute)) || !c.Expires.Equal(w.now.Add(24*time.Hour)) {
		t.Errorf("due %x, send %x, resend at %v, expires %v", c.Due[binding.KindVerify], c.Send, c.ResendAt, c.Expires)
	}
	for _, o := range []binding.Opening{{Account: w.account()}, w.boundTo()} {
		_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: w.now.Add(time.Hour)})
		w.refused("nothing pending", err)
	}
	late := w.claimed()
	w.sent(late)
	_, err = w.Requeue(w.ctx, binding.Requeue{Account: late.Account, Send: id(), Now: w.now.Add(24 * time.Hour)})
	w.refused("a claim that is over", err)

	denied := w.claimed()
	w.sent(denied)
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Requeue(w.ctx, binding.Requeue{Account: denied.Account, Send: id(), Now: w.now.Add(time.Hour)})
	w.refused("a denied claim", err)

	dead := w.claimed()
	w.sent(dead)
	if err := w.Tell(w.ctx, binding.News{Account: dead.Account, Send: dead.Send, Fate: binding.Bounced, Why: binding.WhyNoMail, At: w.now}); err != nil {
		t.Fatal(err)
	}
	_, err = w.Requeue(w.ctx, binding.Requeue{Account: dead.Account, Send: id(), Now: w.now.Add(time.Hour)})
	w.refused("a mailbox that takes no mail", err)
	for _, why := range []binding.Why{binding.WhyHeld, binding.WhyNoMail} { // a domain may be asked for again
		held := w.claimed()
		if err := w.Finish(w.ctx, binding.Finish{Order: w.order(held), Fate: binding.NotSent, Why: why, Now: w.now}); err != nil {
			t.Fatal(err)
		}
		w.must(w.Requeue(w.ctx, binding.Requeue{Account: held.Account, Send: id(), Now: w.now.Add(time.Hour)}))
	}
}

func requeueNewCode(t *testing.T, w *world) {
	o := w.claimed()
	w.sent(o)
	later := w.now.Add(time.Minute)
	_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: later})
	w.refused("a code with tries left", err)
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i))))
	}
	_, err = w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: later})
	if old := w.refused("the same code when it is spent", err); old.Tries != binding.TriesPerCode {
		t.Errorf("the refusal shows %d tries", old.Tries)
	}
	c := w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: later}))
	if c.CodesUsed != 1 || c.Tries != 0 || c.Challenge != o.Challenge || c.TriesToday != binding.TriesPerCode {
		t.Errorf("the new code: %+v", c)
	}
}

func requeueOverdue(t *testing.T, w *world) {
	o := w.claimed()
	for i := range 10 { // more often than the day's sends allow
		w.now = w.now.Add(binding.LateAfter - time.Second)
		_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.Overdue, Send: id(), Now: w.now})
		w.refused("a mail that is not late yet", err)
		w.now = w.now.Add(time.Second)
		c := w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.Overdue, Send: id(), Now: w.now}))
		if c.SendsToday > 1 || c.Due[binding.KindVerify] == o.Send {
			t.Fatalf("overdue send %d: %d sends charged, due %x", i, c.SendsToday, c.Due)
		}
	}
	sent := w.claimed()
	w.sent(sent)
	_, err := w.Requeue(w.ctx, binding.Requeue{Account: sent.Account, Form: binding.Overdue, Send: id(), Now: w.now.Add(time.Hour)})
	w.refused("overdue when nothing is due", err)
	spent := w.claimed()
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(spent, fmt.Sprint("r", i))))
	}
	_, err = w.Requeue(w.ctx, binding.Requeue{Account: spent.Account, Form: binding.Overdue, Send: id(), Now: w.now.Add(time.Hour)})
	w.refused("a spent code", err)
}

// requeueOverdueNewCode: a mail that is late may be of a code that others have spent meanwhile.
func requeueOverdueNewCode(_ *testing.T, w *world) {
	ask := func(o binding.Opening, after time.Duration) (binding.Claim, error) {
		return w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.OverdueNewCode, Send: id(), Now: w.now.Add(after)})
	}
	refused := func(what string, o binding.Opening, after time.Duration) {
		w.t.Helper()
		before := w.read(o.Account)
		_, err := ask(o, after)
		w.refused(what, err)
		w.whole(what, o.Account, before)
	}
	o := w.claimed()
	refused("a code with tries left", o, time.Hour)
	for i := range binding.TriesPerCode {
		w.must(w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", i))))
	}
	refused("a mail that is not late yet", o, binding.LateAfter-time.Second)
	refused("a claim that is over", o, binding.ChallengeLife)
	want := w.read(o.Account)
	c := w.must(ask(o, binding.LateAfter))
	late := w.now.Add(binding.LateAfter)
	want.CodesUsed, want.Tries, want.Send, want.ResendAt, want.TTL = 1, 0, c.Send, late.Add(binding.CooldownSame), late.Add(binding.RowLife)
	want.Due[binding.KindVerify] = c.Send
	w.whole("late, and spent", o.Account, want)
	refused("what was sent", w.spent(), time.Hour)
	denied := w.claimed()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		w.t.Fatal(err)
	}
	refused("a denied claim", denied, time.Hour)
	refused("who is bound", w.boundTo(), time.Hour)
}

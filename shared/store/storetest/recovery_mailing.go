package storetest

import (
	"reflect"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func recall(t *testing.T, w *recoveries) {
	owner := w.boundTo()
	read := func() (recovery.Challenge, binding.Holder) {
		t.Helper()
		c, h, err := w.Recall(w.ctx, owner.EmailKey, w.now)
		if err != nil {
			t.Fatal(err)
		}
		return c, h
	}
	if c, h := read(); !reflect.DeepEqual(c, recovery.Challenge{}) || h != (binding.Holder{Owner: owner.Account, Bound: true}) {
		t.Errorf("an owner who never asked: %+v, %+v", c, h)
	}
	b := w.rung(owner.EmailKey)
	if c, h := read(); c.Due != b.Send || h.Owner != owner.Account {
		t.Errorf("an owner who asked: %+v, %+v", c, h)
	}
	claim, err := w.Owner(w.ctx, owner.Account, w.now)
	if want := w.read(owner.Account); err != nil || !reflect.DeepEqual(claim, want) {
		t.Errorf("the owner is\n%+v, %v, want\n%+v", claim, err, want)
	}
	if claim, err := w.Owner(w.ctx, w.account(), w.now); err != nil || !reflect.DeepEqual(claim, binding.Claim{}) {
		t.Errorf("an account without a row: %+v, %v", claim, err)
	}
	_, ek := w.mailbox()
	w.rung(ek)
	if c, h, err := w.Recall(w.ctx, ek, w.now); err != nil || c.EmailKey != ek || h != (binding.Holder{}) {
		t.Errorf("an address that is nobody's: %+v, %+v, %v", c, h, err)
	}
}

func renew(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	b := w.rung(ek)
	o := w.opening(b, w.account())
	got := w.done(w.Renew(w.ctx, o))
	want := recovery.Challenge{
		EmailKey: ek, Due: b.Send, AskedAt: w.now, ID: o.Challenge, Key: o.Key, CodedAt: w.now, Opened: w.now, Expires: o.Expires, Owner: o.Owner,
		Event: o.Event, TTL: w.now.Add(binding.RowLife),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Renew gave\n%+v, want\n%+v", got, want)
	}
	if got := w.row(ek); !reflect.DeepEqual(got, want) {
		t.Errorf("the row is\n%+v, want\n%+v", got, want)
	}
	// One that was guessed at, presented and redeemed gives way without a trace but the day's tries.
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r1/code")))
	w.done(w.Present(w.ctx, w.presentation(o, "r2/present")))
	w.ok(w.Redeem(w.ctx, w.redemption(o)))
	w.now = w.now.Add(time.Minute)
	b = w.rung(ek)
	n := w.opening(b, binding.AccountKey{})
	n.Seen = o.Challenge
	got = w.done(w.Renew(w.ctx, n))
	want = recovery.Challenge{
		EmailKey: ek, Due: b.Send, AskedAt: w.now, ID: n.Challenge, Key: n.Key, CodedAt: w.now, Opened: w.now, Expires: n.Expires, TriesToday: 1,
		Event: n.Event, TTL: w.now.Add(binding.RowLife),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Renew of a used challenge gave\n%+v, want\n%+v", got, want)
	}
	w.settled(n, time.Minute)
	w.now = w.now.Add(time.Minute)
	third := w.opening(w.rung(ek), w.account())
	third.Seen, third.Previous = n.Challenge, n.Challenge
	if c := w.done(w.Renew(w.ctx, third)); c.ID != third.Challenge || c.Previous != n.Challenge || c.Rung != 1 || c.MailedAt.IsZero() {
		t.Errorf("Renew with a previous challenge gave %+v", c)
	}
}

func renewRefuses(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	b := w.rung(ek)
	first := w.opening(b, w.account())
	spoilt := first
	spoilt.Seen = id()
	_, err := w.Renew(w.ctx, spoilt)
	if old := w.no("a challenge seen where none is", err); old.Due != b.Send {
		t.Errorf("the refusal shows %+v", old)
	}
	w.done(w.Renew(w.ctx, first))
	next := w.opening(b, w.account())
	for what, seen := range map[string]binding.ChallengeID{"no challenge seen where one is": {}, "another challenge seen": id()} {
		next.Seen = seen
		_, err = w.Renew(w.ctx, next)
		if old := w.no(what, err); old.ID != first.Challenge {
			t.Errorf("%s: the refusal shows %+v", what, old)
		}
	}
	next.Seen, next.Send = first.Challenge, id()
	_, err = w.Renew(w.ctx, next)
	w.no("another mail", err)
	w.settled(first, time.Minute)
	next.Send = b.Send
	_, err = w.Renew(w.ctx, next)
	w.no("no mail due", err)
	if c := w.row(ek); c.ID != first.Challenge || c.Owner != first.Owner {
		t.Errorf("refused openings left %+v", c)
	}
}

func extend(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	for i := range binding.TriesPerCode {
		w.done(w.ChargeGuess(w.ctx, w.guess(ek, string(rune('a'+i)))))
	}
	w.settled(o, time.Minute)
	w.now = w.now.Add(time.Minute)
	b := w.rung(ek)
	before := w.row(ek)
	x := recovery.Extension{EmailKey: ek, Send: b.Send, Challenge: o.Challenge, Owner: o.Owner, Expires: w.now.Add(time.Hour), Now: w.now}
	want := before
	want.Expires = x.Expires
	if got := w.done(w.Extend(w.ctx, x)); !reflect.DeepEqual(got, want) {
		t.Errorf("Extend gave\n%+v, want\n%+v", got, want)
	}
	x.NewCode, x.Owner, x.Event = true, w.account(), "recovery.held/r2"
	want.CodesUsed, want.CodedAt, want.Tries, want.Owner, want.Event = 1, w.now, 0, x.Owner, x.Event
	if got := w.done(w.Extend(w.ctx, x)); !reflect.DeepEqual(got, want) {
		t.Errorf("Extend with a new code gave\n%+v, want\n%+v", got, want)
	}
	if got := w.row(ek); !reflect.DeepEqual(got, want) {
		t.Errorf("the row is\n%+v, want\n%+v", got, want)
	}
}

func extendRefuses(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	good := recovery.Extension{EmailKey: ek, Send: o.Send, Challenge: o.Challenge, NewCode: true, Owner: w.account(), Expires: w.now.Add(time.Hour), Event: "e", Now: w.now}
	before := w.row(ek)
	for what, spoil := range map[string]func(*recovery.Extension){
		"another mail":      func(x *recovery.Extension) { x.Send = id() },
		"another challenge": func(x *recovery.Extension) { x.Challenge = id() },
		"another code":      func(x *recovery.Extension) { x.CodesUsed = 1 },
	} {
		x := good
		spoil(&x)
		_, err := w.Extend(w.ctx, x)
		if old := w.no(what, err); !reflect.DeepEqual(old, before) {
			t.Errorf("%s: the refusal shows %+v", what, old)
		}
	}
	w.done(w.Extend(w.ctx, good))
	_, err := w.Extend(w.ctx, good)
	w.no("the code before", err)
	w.settled(o, 0)
	good.CodesUsed = 1
	_, err = w.Extend(w.ctx, good)
	w.no("no mail due", err)

	used := w.opened(w.boundTo().EmailKey, w.account())
	w.ok(w.Redeem(w.ctx, w.redemption(used)))
	b := w.rung(used.EmailKey)
	_, err = w.Extend(w.ctx, recovery.Extension{EmailKey: b.EmailKey, Send: b.Send, Challenge: used.Challenge, Expires: w.now.Add(time.Hour), Now: w.now})
	if old := w.no("a used challenge", err); old.UsedAt.IsZero() {
		t.Errorf("the refusal shows %+v", old)
	}
}

func settle(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	before := w.row(ek)
	s := recovery.Settlement{EmailKey: ek, Send: o.Send, Booked: true, Rung: 3, ResendAt: w.now.Add(30 * time.Minute), Now: w.now.Add(time.Second)}
	stale := s
	stale.Send = id()
	w.ok(w.Settle(w.ctx, stale))
	if c := w.row(ek); !reflect.DeepEqual(c, before) {
		t.Errorf("another mail's end left\n%+v, want\n%+v", c, before)
	}
	w.ok(w.Settle(w.ctx, s))
	want := before
	want.Due, want.Rung, want.ResendAt, want.MailedAt = binding.SendID{}, 3, s.ResendAt, s.Now
	if c := w.row(ek); !reflect.DeepEqual(c, want) {
		t.Errorf("the row is\n%+v, want\n%+v", c, want)
	}
	w.now = s.ResendAt
	newer := w.rung(ek)
	s.Rung, s.Now = 4, w.now
	w.ok(w.Settle(w.ctx, s))
	want.Due, want.AskedAt, want.TTL = newer.Send, newer.Now, newer.Now.Add(binding.RowLife)
	if c := w.row(ek); !reflect.DeepEqual(c, want) {
		t.Errorf("the end of an older mail took the newer bell with it:\n%+v, want\n%+v", c, want)
	}
	w.ok(w.Settle(w.ctx, recovery.Settlement{EmailKey: ek, Send: newer.Send, Rung: 9, ResendAt: w.now.Add(time.Hour), Now: w.now}))
	want.Due = binding.SendID{}
	if c := w.row(ek); !reflect.DeepEqual(c, want) {
		t.Errorf("a mail that did not go out is booked:\n%+v, want\n%+v", c, want)
	}
}

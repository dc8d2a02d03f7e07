package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func numbers(t *testing.T, w *world) {
	o := w.claimed()
	for i := range binding.LinkTries {
		c := w.must(w.ChargeNumber(w.ctx, w.try(o, fmt.Sprint("r", i))))
		if c.LinkTries != i+1 {
			t.Errorf("charge %d counts %d", i+1, c.LinkTries)
		}
	}
	_, err := w.ChargeNumber(w.ctx, w.try(o, "r9"))
	if old := w.refused("a fourth number", err); old.LinkTries != binding.LinkTries {
		t.Errorf("the refusal shows %d tries", old.LinkTries)
	}
	o = w.claimed()
	w.must(w.ChargeNumber(w.ctx, w.try(o, "r1")))
	_, err = w.ChargeNumber(w.ctx, w.try(o, "r1"))
	if old := w.refused("the same call again", err); old.Op != "r1" || old.LinkTries != 1 {
		t.Errorf("the refusal shows op %q and %d tries", old.Op, old.LinkTries)
	}
	foreign := w.try(o, "r2")
	foreign.Challenge = id()
	_, err = w.ChargeNumber(w.ctx, foreign)
	w.refused("another challenge", err)
	late := w.try(o, "r3")
	late.Now = w.now.Add(24 * time.Hour)
	_, err = w.ChargeNumber(w.ctx, late)
	w.refused("a challenge that is over", err)
	_, err = w.ChargeNumber(w.ctx, binding.Try{Account: w.account(), Op: "r", Now: w.now})
	w.refused("no row", err)
	_, err = w.ChargeNumber(w.ctx, w.try(w.boundTo(), "r"))
	w.refused("a bound row", err)
	denied := w.claimed()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		t.Fatal(err)
	}
	_, err = w.ChargeNumber(w.ctx, w.try(denied, "r"))
	w.refused("a denied row", err)
	if c := w.read(o.Account); c.LinkTries != 1 || c.Tries != 0 {
		t.Errorf("refused charges left %d link tries, %d tries", c.LinkTries, c.Tries)
	}
}

func codes(t *testing.T, w *world) {
	w.now = midnight(w.now).Add(time.Hour)
	o := w.claimed()
	w.sent(o)
	charge := func(n int) (binding.Claim, error) { return w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("r", n))) }
	n := 0
	for round := range binding.TriesPerDay / binding.TriesPerCode {
		for i := range binding.TriesPerCode {
			n++
			if c := w.must(charge(n)); c.Tries != i+1 || c.TriesToday != n {
				t.Errorf("charge %d counts %d and %d today", n, c.Tries, c.TriesToday)
			}
		}
		_, err := charge(1000 + n)
		w.refused("a code that is spent", err)
		w.now = w.now.Add(time.Minute)
		c := w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: w.now}))
		if c.CodesUsed != round+1 {
			t.Errorf("after %d spent codes cn is %d", round+1, c.CodesUsed)
		}
		o.Send = c.Send
		w.sent(o)
	}
	_, err := charge(2000)
	if old := w.refused("the day's tries", err); old.TriesToday != binding.TriesPerDay || old.Tries != 0 {
		t.Errorf("the refusal shows %d tries, %d today", old.Tries, old.TriesToday)
	}

	fresh := w.claimed()
	w.must(w.ChargeCode(w.ctx, w.try(fresh, "same")))
	_, err = w.ChargeCode(w.ctx, w.try(fresh, "same"))
	if old := w.refused("the same call again", err); old.Op != "same" || old.Tries != 1 {
		t.Errorf("the refusal shows op %q and %d tries", old.Op, old.Tries)
	}
	late := w.try(fresh, "late")
	late.Now = w.now.Add(24 * time.Hour)
	_, err = w.ChargeCode(w.ctx, late)
	w.refused("a code that is over", err)
	_, err = w.ChargeCode(w.ctx, binding.Try{Account: w.account(), Op: "r", Now: w.now})
	w.refused("no row", err)
	_, err = w.ChargeCode(w.ctx, w.try(w.boundTo(), "r"))
	if old := w.refused("a bound row with no confirmation open", err); old.State != binding.Bound {
		t.Errorf("the refusal shows state %q", old.State)
	}
	denied := w.claimed()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		t.Fatal(err)
	}
	_, err = w.ChargeCode(w.ctx, w.try(denied, "r"))
	w.refused("a denied row", err)
}

func giveBack(t *testing.T, w *world) {
	o := w.claimed()
	w.must(w.ChargeCode(w.ctx, w.try(o, "r1")))
	w.must(w.ChargeNumber(w.ctx, w.try(o, "r2")))
	for range 2 { // a second giving back, or one of an older charge, changes nothing
		for _, g := range []struct {
			op   string
			code bool
		}{{"r2", false}, {"r1", true}} {
			if err := w.GiveBack(w.ctx, w.try(o, g.op), g.code); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c := w.read(o.Account); c.LinkTries != 0 || c.Tries != 1 || c.TriesToday != 1 || c.Op != "" {
		t.Errorf("after giving back the number: %d link tries, %d tries, %d today, op %q", c.LinkTries, c.Tries, c.TriesToday, c.Op)
	}
	w.must(w.ChargeCode(w.ctx, w.try(o, "r3")))
	if err := w.GiveBack(w.ctx, w.try(o, "r3"), true); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Tries != 1 || c.TriesToday != 1 {
		t.Errorf("after giving back the code: %d tries, %d today", c.Tries, c.TriesToday)
	}
	w.must(w.ChargeCode(w.ctx, w.try(o, "r4")))
	if err := w.Bind(w.ctx, w.binding(o)); err != nil {
		t.Fatal(err)
	}
	before := w.read(o.Account)
	for _, code := range []bool{true, false} {
		if err := w.GiveBack(w.ctx, w.try(o, "r4"), code); err != nil {
			t.Fatal(err)
		}
	}
	if after := w.read(o.Account); after.Tries != 0 || after.LinkTries != 0 || after.TriesToday != before.TriesToday {
		t.Errorf("a charge that was followed by binding was given back: %+v", after)
	}
	if err := w.GiveBack(w.ctx, binding.Try{Account: w.account(), Op: "r", Now: w.now}, true); err != nil {
		t.Errorf("no row: %v", err)
	}
}

func bindOnce(t *testing.T, w *world) {
	o := w.claimed()
	w.sent(o)
	w.must(w.ChargeCode(w.ctx, w.try(o, "r1")))
	b := w.binding(o)
	if err := w.Bind(w.ctx, b); err != nil {
		t.Fatal(err)
	}
	c := w.read(o.Account)
	if c.State != binding.Bound || c.Address != o.Address || c.EmailKey != o.EmailKey || !c.BoundAt.Equal(w.now) || !c.ProvedAt.Equal(w.now) {
		t.Errorf("the row is %+v", c)
	}
	if c.Event != b.Event || c.Due[binding.KindBound] != b.Send || len(c.Due) != 1 {
		t.Errorf("event %q, due %x", c.Event, c.Due)
	}
	if !c.TTL.IsZero() || !c.Expires.IsZero() || !c.ResendAt.IsZero() || c.Tries != 0 || c.LinkTries != 0 {
		t.Errorf("left over: ttl %v, expires %v, resend at %v, %d tries, %d link tries", c.TTL, c.Expires, c.ResendAt, c.Tries, c.LinkTries)
	}
	if c.SendsToday != 1 || c.TriesToday != 1 {
		t.Errorf("the day's counters are %d and %d, want 1 and 1", c.SendsToday, c.TriesToday)
	}
	_, holder, err := w.Load(w.ctx, o.Account, o.EmailKey, w.now)
	if err != nil || holder != (binding.Holder{Owner: o.Account, Bound: true}) {
		t.Errorf("the holder is %+v, %v", holder, err)
	}
	again := w.binding(o)
	r := w.bindRefused("binding again", w.Bind(w.ctx, again))
	if r.Old.State != binding.Bound || r.Old.EmailKey != o.EmailKey {
		t.Errorf("the refusal shows %+v", r.Old)
	}
}

func (w *world) bindRefused(what string, err error) *binding.BindRefused {
	w.t.Helper()
	r, ok := errors.AsType[*binding.BindRefused](err)
	if !ok {
		w.t.Fatalf("%s: %v, want a refusal", what, err)
	}
	return r
}

func bindRefuses(t *testing.T, w *world) {
	owner := w.boundTo()
	rival := w.open(w.account(), owner.Address, owner.EmailKey)
	r := w.bindRefused("an address that is bound", w.Bind(w.ctx, w.binding(rival)))
	if !r.EmailTaken || r.Owner != owner.Account || r.AccountHas {
		t.Errorf("the refusal is %+v", r)
	}
	for what, spoil := range map[string]func(*binding.Binding){
		"another challenge":        func(b *binding.Binding) { b.Challenge = id() },
		"another address":          func(b *binding.Binding) { b.EmailKey = id() },
		"a challenge that is over": func(b *binding.Binding) { b.Now = w.now.Add(24 * time.Hour) },
		"no row":                   func(b *binding.Binding) { b.Account = w.account() },
	} {
		o := w.claimed()
		b := w.binding(o)
		spoil(&b)
		r := w.bindRefused(what, w.Bind(w.ctx, b))
		if r.EmailTaken || r.AccountHas || r.Owner != (binding.AccountKey{}) {
			t.Errorf("%s: the refusal is %+v", what, r)
		}
		if want := what != "no row"; (r.Old.State == binding.Pending) != want {
			t.Errorf("%s: the refusal shows state %q", what, r.Old.State)
		}
		if c := w.read(o.Account); c.State != binding.Pending {
			t.Errorf("%s: the row is %q", what, c.State)
		}
		if _, h, err := w.Load(w.ctx, b.Account, b.EmailKey, w.now); err != nil || h.Bound {
			t.Errorf("%s: half a binding is left: %+v, %v", what, h, err)
		}
	}
	denied := w.claimed()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		t.Fatal(err)
	}
	if r := w.bindRefused("a denied claim", w.Bind(w.ctx, w.binding(denied))); r.Old.State != binding.Denied {
		t.Errorf("the refusal shows %+v", r.Old)
	}
}

func bindReleased(t *testing.T, w *world) {
	old := w.boundTo()
	w.Release(t, old.Account, old.EmailKey, w.now.Add(time.Hour))
	next := w.open(w.account(), old.Address, old.EmailKey)
	r := w.bindRefused("an address in quarantine", w.Bind(w.ctx, w.binding(next)))
	if !r.EmailTaken || r.Owner != (binding.AccountKey{}) {
		t.Errorf("the refusal is %+v", r)
	}
	w.now = w.now.Add(time.Hour)
	if err := w.Bind(w.ctx, w.binding(next)); err != nil {
		t.Errorf("once the quarantine is over: %v", err)
	}
	third := w.open(w.account(), old.Address, old.EmailKey)
	if r := w.bindRefused("an address bound anew", w.Bind(w.ctx, w.binding(third))); r.Owner != next.Account {
		t.Errorf("the owner is %x, want %x", r.Owner, next.Account)
	}
}

func race(t *testing.T, w *world) {
	const racers = 40
	a, ek := w.mailbox()
	opens := make([]binding.Opening, racers)
	for i := range opens {
		opens[i] = w.open(w.account(), a, ek)
	}
	errs := make([]error, racers)
	var wg sync.WaitGroup
	for i, o := range opens {
		wg.Go(func() { errs[i] = w.Bind(w.ctx, w.binding(o)) })
	}
	wg.Wait()
	var winner binding.AccountKey
	won := 0
	for i, err := range errs {
		if err == nil {
			winner, won = opens[i].Account, won+1
		}
	}
	if won != 1 {
		t.Fatalf("%d accounts bound one address", won)
	}
	for i, err := range errs {
		if err != nil {
			if r := w.bindRefused("a loser", err); !r.EmailTaken || r.Owner != winner {
				t.Errorf("loser %d: %+v", i, r)
			}
			if c := w.read(opens[i].Account); c.State != binding.Pending {
				t.Errorf("loser %d is %q", i, c.State)
			}
		}
	}

	o := w.claimed()
	charged := make(chan int, racers)
	for i := range racers {
		wg.Go(func() {
			if c, err := w.ChargeCode(w.ctx, w.try(o, fmt.Sprint("race", i))); err == nil {
				charged <- c.Tries
			}
		})
	}
	wg.Wait()
	close(charged)
	seen := map[int]bool{}
	for n := range charged {
		seen[n] = true
	}
	if len(seen) != binding.TriesPerCode {
		t.Errorf("%d parallel codes were charged as %v, want 1 to %d once each", racers, seen, binding.TriesPerCode)
	}
}

package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// recoveryWriters calls every method of recovery that writes, about one address, challenge and account. It is
// the list that ghosts and recoveryPermanent go through; a method that is added to an interface belongs here.
func (w *recoveries) recoveryWriters(o recovery.Opening, k binding.AccountKey, now time.Time) map[string]func() {
	ignore := func(error) {} // refused or not: what counts is what is left
	t := recovery.Try{EmailKey: o.EmailKey, Challenge: o.Challenge, Op: fmt.Sprintf("%x", id()), Now: now}
	m := recovery.Meter{Name: k.String() + "#1", Burst: 5, Every: time.Minute}
	c := w.change(o)
	c.Account, c.Version, c.Now = k, now.UnixMilli(), now
	first := c
	first.First, first.Version, first.Request = true, c.Version+1, fmt.Sprintf("%x", id())
	p := w.password(k, now.Add(time.Second))
	told := w.password(k, now.Add(2*time.Second))
	told.Bound, told.EmailKey = true, o.EmailKey
	cred, _ := w.Credential(w.ctx, k)
	again := w.opening(recovery.Bell{EmailKey: o.EmailKey, Send: o.Send}, k)
	again.Seen = o.Challenge
	return map[string]func(){
		"CountCaller":       func() { _, _, err := w.CountCaller(w.ctx, recovery.CallerKey(k), now); ignore(err) },
		"Ring":              func() { ignore(w.Ring(w.ctx, recovery.Bell{EmailKey: o.EmailKey, Send: id(), Now: now})) },
		"ChargeGuess":       func() { _, err := w.ChargeGuess(w.ctx, t); ignore(err) },
		"GiveBackGuess":     func() { ignore(w.GiveBackGuess(w.ctx, t)) },
		"Present":           func() { _, err := w.Present(w.ctx, t); ignore(err) },
		"GiveBackPresented": func() { ignore(w.GiveBackPresented(w.ctx, t)) },
		"Change":            func() { ignore(w.Change(w.ctx, c)) },
		"Change first":      func() { ignore(w.Change(w.ctx, first)) },
		"Redeem": func() {
			ignore(w.Redeem(w.ctx, recovery.Redemption{EmailKey: o.EmailKey, Challenge: o.Challenge, Account: k, Key: id(), Event: "e", Now: now}))
		},
		"Spend":       func() { _, err := w.Spend(w.ctx, m, now); ignore(err) },
		"Refill":      func() { ignore(w.Refill(w.ctx, m, false, now)) },
		"Refill full": func() { ignore(w.Refill(w.ctx, m, true, now)) },
		"Touch": func() {
			_, err := w.Touch(w.ctx, recovery.Touch{Account: k, Version: cred.Version, OldHash: cred.Hash, Hash: hash(), Clients: [][16]byte{id()}})
			ignore(err)
		},
		"Put":       func() { ignore(w.Put(w.ctx, p)) },
		"Put bound": func() { ignore(w.Put(w.ctx, told)) },
		"Hold":      func() { _, err := w.Hold(w.ctx, k, now.Add(time.Hour)); ignore(err) },
		"Hold ends": func() { _, err := w.Hold(w.ctx, k, time.Time{}); ignore(err) },
		"Void":      func() { ignore(w.Void(w.ctx, o.EmailKey, now)) },
		"Renew":     func() { _, err := w.Renew(w.ctx, again); ignore(err) },
		"Extend": func() {
			_, err := w.Extend(w.ctx, recovery.Extension{EmailKey: o.EmailKey, Send: o.Send, Challenge: o.Challenge, Owner: k, Expires: now.Add(time.Hour), Now: now})
			ignore(err)
		},
		"Settle": func() {
			ignore(w.Settle(w.ctx, recovery.Settlement{EmailKey: o.EmailKey, Send: o.Send, Booked: true, Rung: 1, ResendAt: now, Now: now}))
		},
	}
}

// ghosts: a step about an address or account that is not there leaves nothing, so that no row is without its
// life; but the bell, and a password that the platform sets: of an account that is bound, it makes the row that
// says that nothing mailed before holds a way in.
func ghosts(t *testing.T, w *recoveries) {
	for name := range w.recoveryWriters(recovery.Opening{}, w.account(), w.now) {
		_, ek := w.mailbox()
		k := w.account()
		o := w.opening(recovery.Bell{EmailKey: ek, Send: id()}, k)
		w.recoveryWriters(o, k, w.now)[name]()
		if c := w.row(ek); (c.EmailKey == ek) != (name == "Ring") || !reflect.DeepEqual(c, recovery.Challenge{}) && c.TTL.IsZero() {
			t.Errorf("%s left %+v", name, c)
		}
		if c := w.read(k); !reflect.DeepEqual(c, binding.Claim{}) {
			t.Errorf("%s left the account %+v", name, c)
		}
		if c := w.credential(k); (c.Hash != "") != (name == "Put") {
			t.Errorf("%s left the credential %+v", name, c)
		}
		b := w.boundTo()
		w.recoveryWriters(w.opening(recovery.Bell{EmailKey: b.EmailKey, Send: id()}, b.Account), b.Account, w.now)[name]()
		makes := name == "Ring" || name == "Put bound"
		if c := w.row(b.EmailKey); (c.EmailKey == b.EmailKey) != makes || makes && c.TTL.Before(w.now.Add(binding.RowLife)) ||
			c.ID != (binding.ChallengeID{}) || !makes && !reflect.DeepEqual(c, recovery.Challenge{}) {
			t.Errorf("%s left of a bound address that nobody asked for %+v", name, c)
		}
		known := w.forgotten()
		w.recoveryWriters(known, known.Owner, w.now.Add(time.Minute))[name]()
		if c := w.row(known.EmailKey); c.TTL.Before(w.now.Add(binding.RowLife)) {
			t.Errorf("%s left a row that ends at %v", name, c.TTL)
		}
		if c := w.read(known.Owner); !c.TTL.IsZero() {
			t.Errorf("%s left a ttl on a bound row", name)
		}
	}
}

// recoveryPermanent holds P3 over every step of recovery: with the owner's own challenge, with that of another
// address and with another account's.
func recoveryPermanent(t *testing.T, w *recoveries) {
	for name := range w.recoveryWriters(recovery.Opening{}, w.account(), w.now) {
		owner := w.forgotten()
		type kept struct {
			state   binding.State
			who     binding.Who
			address address.Address
			key     address.EmailKey
			bound   time.Time
			proved  time.Time
			risk    binding.Risk
			holder  binding.Holder
		}
		look := func() kept {
			t.Helper()
			c := w.read(owner.Owner)
			_, h, err := w.Recall(w.ctx, owner.EmailKey, w.now)
			w.ok(err)
			return kept{c.State, c.Who, c.Address, c.EmailKey, c.BoundAt, c.ProvedAt, c.Risk, h}
		}
		before := look()
		if before.state != binding.Bound || before.holder.Owner != owner.Owner {
			t.Fatalf("not bound: %+v", before)
		}
		_, ek := w.mailbox()
		foreign := w.opened(ek, owner.Owner)
		rival := w.account()
		for _, later := range []time.Duration{time.Minute, 366 * 24 * time.Hour} {
			w.recoveryWriters(owner, rival, w.now.Add(later))[name]()
			w.recoveryWriters(foreign, owner.Owner, w.now.Add(later))[name]()
			w.recoveryWriters(owner, owner.Owner, w.now.Add(later))[name]()
			if after := look(); after != before {
				t.Errorf("%s after %v changed the binding\nfrom %+v\nto   %+v", name, later, before, after)
			}
		}
	}
}

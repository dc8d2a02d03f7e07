package storetest

import (
	"fmt"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// writers calls every method that writes, about one account, challenge and address. It is the list
// that permanent and lives go through; a method that is added to an interface belongs here.
func (w *world) writers(o binding.Opening, now time.Time) map[string]func() {
	ignore := func(error) {} // refused or not: what counts is what is left
	d := binding.Denial{Account: o.Account, EmailKey: o.EmailKey, Challenge: o.Challenge, Event: "e", Said: now, Now: now}
	t := binding.Try{Account: o.Account, Challenge: o.Challenge, Op: fmt.Sprintf("%x", id()), Now: now}
	open := w.opening(o.Account, o.Address, o.EmailKey)
	open.Now = now
	b := w.binding(o)
	b.Now = now
	order := binding.Order{Account: o.Account, EmailKey: o.EmailKey, Kind: binding.KindBound}
	c, _ := w.Claim(w.ctx, o.Account, now)
	order.Send = c.Due[binding.KindBound]
	return w.andReports(o, c, now, map[string]func(){
		"Open": func() { _, err := w.Open(w.ctx, open); ignore(err) },
		"Requeue": func() {
			_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: now})
			ignore(err)
		},
		"Requeue new": func() {
			_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.NewCode, Send: id(), Now: now})
			ignore(err)
		},
		"Requeue late": func() {
			_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.Overdue, Send: id(), Now: now})
			ignore(err)
		},
		"Requeue late new": func() {
			_, err := w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Form: binding.OverdueNewCode, Send: id(), Now: now})
			ignore(err)
		},
		"ChargeNumber": func() { _, err := w.ChargeNumber(w.ctx, t); ignore(err) },
		"ChargeCode":   func() { _, err := w.ChargeCode(w.ctx, t); ignore(err) },
		"GiveBack":     func() { ignore(w.GiveBack(w.ctx, t, true)); ignore(w.GiveBack(w.ctx, t, false)) },
		"Bind":         func() { ignore(w.Bind(w.ctx, b)) },
		"Deny":         func() { ignore(w.Deny(w.ctx, d)) },
		"DenyMoved":    func() { ignore(w.DenyMoved(w.ctx, d)) },
		"Dispute":      func() { ignore(w.Dispute(w.ctx, d)) },
		"Undo":         func() { ignore(w.Undo(w.ctx, d)) },
		"UndoMoved":    func() { ignore(w.UndoMoved(w.ctx, d)) },
		"UndoDispute":  func() { ignore(w.UndoDispute(w.ctx, d)) },
		"UndoDispute disowned": func() {
			n := d
			n.Disowned, n.Signs = true, c.Signs
			ignore(w.UndoDispute(w.ctx, n))
		},
		"DisputeOnly": func() { ignore(w.DisputeOnly(w.ctx, d)) },
		"Book": func() {
			_, err := w.Book(w.ctx, binding.Booking{Account: o.Account, Send: id(), Now: now})
			ignore(err)
		},
		"Finish": func() { ignore(w.Finish(w.ctx, binding.Finish{Order: order, Now: now})) },
		"Finish ended": func() {
			ignore(w.Finish(w.ctx, binding.Finish{Order: order, Fate: binding.NotSent, Why: binding.WhyHeld, Ended: []address.EmailKey{o.EmailKey}, Now: now}))
		},
	})
}

// andReports adds what writes by what the provider reports, and what a confirmation takes.
func (w *world) andReports(o binding.Opening, c binding.Claim, now time.Time, all map[string]func()) map[string]func() {
	ignore := func(error) {}
	for form, name := range map[binding.RequeueForm]string{binding.Afresh: "Reconfirm", binding.SameCode: "Reconfirm same", binding.NewCode: "Reconfirm new", binding.Overdue: "Reconfirm late", binding.OverdueNewCode: "Reconfirm late new"} {
		all[name] = func() {
			_, err := w.Reconfirm(w.ctx, binding.Reconfirmation{Account: o.Account, Form: form, Challenge: id(), Key: o.Key, Send: id(), Now: now})
			ignore(err)
		}
	}
	for name, doubted := range map[string]bool{"Confirm": false, "Confirm doubted": true} {
		all[name] = func() {
			row, _ := w.Claim(w.ctx, o.Account, now)
			ignore(w.confirmed(binding.Confirmation{Account: o.Account, Challenge: row.Confirming, Doubted: doubted, Event: "e", Now: now}))
		}
	}
	all["Tell"] = func() {
		ignore(w.Tell(w.ctx, binding.News{Account: o.Account, Send: c.Send, Fate: binding.Bounced, Why: binding.WhyUnknown, At: now}))
	}
	all["Observe"] = func() {
		_, err := w.Observe(w.ctx, binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: now, Sign: sign(now, binding.SignGone)})
		ignore(err)
	}
	all["Judge"] = func() {
		row, _ := w.Claim(w.ctx, o.Account, now)
		ignore(w.Judge(w.ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: row.Signs, Event: "e",
			Standing: binding.Standing{Risk: binding.Broken, Since: now}, Was: binding.Standing{Risk: row.Risk, Since: row.RiskSince}}))
	}
	return all
}

// permanent holds P3 over every writer: by the owner's own account with other addresses, by other
// accounts with the owner's address, today and in a year.
func permanent(t *testing.T, w *world) {
	owner := w.boundTo()
	type kept struct {
		state   binding.State
		address address.Address
		key     address.EmailKey
		bound   time.Time
		holder  binding.Holder
	}
	look := func() kept {
		t.Helper()
		c, h, err := w.Load(w.ctx, owner.Account, owner.EmailKey, w.now)
		if err != nil {
			t.Fatal(err)
		}
		return kept{c.State, c.Address, c.EmailKey, c.BoundAt, h}
	}
	before := look()
	if before.state != binding.Bound || before.holder.Owner != owner.Account {
		t.Fatalf("not bound: %+v", before)
	}
	for _, later := range []time.Duration{0, time.Hour, 41 * 24 * time.Hour, 366 * 24 * time.Hour} {
		own := owner
		elsewhere := owner
		elsewhere.Address, elsewhere.EmailKey = w.mailbox()
		elsewhere.Challenge = id()
		w.now = w.now.Add(time.Minute)
		rival := w.open(w.account(), owner.Address, owner.EmailKey)
		for who, o := range map[string]binding.Opening{"own": own, "own, elsewhere": elsewhere, "a rival": rival} {
			for name, write := range w.writers(o, w.now.Add(later)) {
				write()
				if after := look(); after != before {
					t.Fatalf("%s by %s after %v changed the binding\nfrom %+v\nto   %+v", name, who, later, before, after)
				}
			}
		}
	}
}

// lives: a bound row that keeps a ttl is deleted by the table itself, which no condition stops.
func lives(t *testing.T, w *world) {
	bound := w.boundTo()
	elsewhere := bound
	elsewhere.Address, elsewhere.EmailKey = w.mailbox()
	elsewhere.Challenge = id()
	for _, o := range []binding.Opening{bound, elsewhere} {
		for name, write := range w.writers(o, w.now.Add(time.Minute)) {
			write()
			if c := w.read(bound.Account); !c.TTL.IsZero() {
				t.Errorf("%s left a ttl on a bound row", name)
			}
		}
	}
	o := w.claimed()
	for name, write := range w.writers(o, w.now.Add(time.Minute)) {
		if name == "Bind" {
			continue
		}
		write()
		c := w.read(o.Account)
		if c.TTL.Before(w.now.Add(binding.DeniedFor + 24*time.Hour)) {
			t.Errorf("%s left a ttl of %v on an unbound row: it would forget its denials and counters", name, c.TTL)
		}
	}
}

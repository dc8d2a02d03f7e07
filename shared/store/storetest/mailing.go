package storetest

import (
	"sync"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

func load(t *testing.T, w *world) {
	o := w.claimed()
	c, h, err := w.Load(w.ctx, o.Account, o.EmailKey, w.now)
	if err != nil || c.Challenge != o.Challenge || c.Address != o.Address || c.Who != o.Who || h != (binding.Holder{}) {
		t.Errorf("Load of a claim: %+v, %+v, %v", c, h, err)
	}
	owner := w.boundTo()
	c, h, err = w.Load(w.ctx, o.Account, owner.EmailKey, w.now)
	if err != nil || c.Challenge != o.Challenge || h != (binding.Holder{Owner: owner.Account, Bound: true}) {
		t.Errorf("Load of another's address: %+v, %+v, %v", c, h, err)
	}
	c, h, err = w.Load(w.ctx, w.account(), id(), w.now)
	if err != nil || c.State != binding.None || h.Bound {
		t.Errorf("Load of nothing: %+v, %+v, %v", c, h, err)
	}
	until := w.now.Add(time.Hour)
	w.Release(t, owner.Account, owner.EmailKey, until)
	_, h, err = w.Load(w.ctx, o.Account, owner.EmailKey, w.now)
	if err != nil || h != (binding.Holder{Released: until, Bound: true}) {
		t.Errorf("Load of a released address: %+v, %v", h, err)
	}
}

func book(t *testing.T, w *world) {
	inbox := address.InboxKey(id())
	var first []binding.Booking
	booked := func(b binding.Booking) bool {
		t.Helper()
		ok, err := w.Book(w.ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	mails := 0
	for range 5 {
		k := w.account()
		for i := range 5 {
			b := binding.Booking{Inbox: inbox, Account: k, Send: id(), Now: w.now}
			ok := booked(b)
			if want := i < binding.InboxPerAccount && mails < binding.InboxPerDay; ok != want {
				t.Errorf("mail %d of an account, %d of the mailbox: %v, want %v", i+1, mails+1, ok, want)
			}
			if ok {
				mails++
				first = append(first, b)
			}
		}
	}
	for _, b := range first {
		if !booked(b) {
			t.Error("a mail that was counted is refused when it is booked again")
		}
	}
	b := binding.Booking{Inbox: inbox, Account: w.account(), Send: id(), Now: midnight(w.now)}
	if !booked(b) {
		t.Error("the next day starts full")
	}
	b.Inbox, b.Now = id(), w.now
	if !booked(b) {
		t.Error("another mailbox starts full")
	}

	var mu sync.Mutex
	var wg sync.WaitGroup
	crowd, taken := address.InboxKey(id()), 0
	for range 30 {
		b := binding.Booking{Inbox: crowd, Account: w.account(), Send: id(), Now: w.now}
		wg.Go(func() {
			if ok, err := w.Book(w.ctx, b); err == nil && ok {
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if taken != binding.InboxPerDay {
		t.Errorf("30 accounts at once booked %d mails, want %d", taken, binding.InboxPerDay)
	}
}

func finish(t *testing.T, w *world) {
	o := w.claimed()
	done := binding.Finish{Order: w.order(o), Now: w.now}
	stale := done
	stale.Order.Send = id()
	if err := w.Finish(w.ctx, stale); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Due[binding.KindVerify] != o.Send || !c.AcceptedAt.IsZero() {
		t.Errorf("another order's end left due %x, accepted at %v", c.Due, c.AcceptedAt)
	}
	for _, f := range []binding.Finish{done, done, stale} {
		if err := w.Finish(w.ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	if c := w.read(o.Account); len(c.Due) != 0 || !c.AcceptedAt.Equal(w.now) || c.Fate != binding.Queued {
		t.Errorf("finished: %+v", c)
	}
	newer := w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: w.now.Add(time.Minute)}))
	if err := w.Finish(w.ctx, done); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Due[binding.KindVerify] != newer.Send || !c.AcceptedAt.IsZero() {
		t.Errorf("the end of an older order took the newer one with it: due %x, accepted at %v", c.Due, c.AcceptedAt)
	}

	o = w.claimed()
	end := binding.Finish{Order: w.order(o), Fate: binding.NotSent, Why: binding.WhyHeld, Now: w.now}
	if err := w.Finish(w.ctx, end); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); len(c.Due) != 0 || c.Fate != binding.NotSent || c.Why != binding.WhyHeld || !c.FateAt.Equal(w.now) || !c.AcceptedAt.IsZero() {
		t.Errorf("ended: %+v", c)
	}

	bound := w.claimed()
	b := w.binding(bound)
	if err := w.Bind(w.ctx, b); err != nil {
		t.Fatal(err)
	}
	receipt := binding.Order{Account: bound.Account, EmailKey: bound.EmailKey, Kind: binding.KindBound, Send: b.Send}
	if err := w.Finish(w.ctx, binding.Finish{Order: w.order(bound), Now: w.now}); err != nil { // the verify mail, too late
		t.Fatal(err)
	}
	if c := w.read(bound.Account); c.Due[binding.KindBound] != b.Send || !c.AcceptedAt.IsZero() {
		t.Errorf("a late verify mail ended the receipt: %+v", c)
	}
	if err := w.Finish(w.ctx, binding.Finish{Order: receipt, Fate: binding.NotSent, Why: binding.WhyContentRefused, Now: w.now}); err != nil {
		t.Fatal(err)
	}
	if c := w.read(bound.Account); len(c.Due) != 0 || c.Fate != binding.Queued || !c.TTL.IsZero() {
		t.Errorf("the receipt's end told something of the verify mail: %+v", c)
	}

	ghost := binding.Order{Account: w.account(), Kind: binding.KindVerify, Send: id()}
	if err := w.Finish(w.ctx, binding.Finish{Order: ghost, Now: w.now}); err != nil {
		t.Fatal(err)
	}
	if c := w.read(ghost.Account); c.State != binding.None || !c.AcceptedAt.IsZero() {
		t.Errorf("finishing made a row: %+v", c)
	}
}

func finishDenials(t *testing.T, w *world) {
	start := w.now
	moved := w.claimed()
	if err := w.Deny(w.ctx, w.denial(moved)); err != nil {
		t.Fatal(err)
	}
	w.now = start.Add(31 * 24 * time.Hour)
	a, ek := w.mailbox()
	next := w.open(moved.Account, a, ek)
	f := binding.Finish{Order: w.order(next), Ended: []address.EmailKey{moved.EmailKey}, Now: w.now}
	if err := w.Finish(w.ctx, f); err != nil {
		t.Fatal(err)
	}
	if c := w.read(moved.Account); len(c.Denied) != 0 || len(c.Due) != 0 {
		t.Errorf("the ended denial stays: %+v", c)
	}

	w.now = w.now.Add(time.Minute)
	q := w.must(w.Requeue(w.ctx, binding.Requeue{Account: next.Account, Send: id(), Now: w.now}))
	renewed := w.denial(moved)
	if err := w.DenyMoved(w.ctx, renewed); err != nil {
		t.Fatal(err)
	}
	f.Order.Send, f.Now = q.Send, w.now
	if err := w.Finish(w.ctx, f); err != nil {
		t.Fatal(err)
	}
	if c := w.read(moved.Account); c.Denied[moved.EmailKey].IsZero() || len(c.Due) != 0 {
		t.Errorf("a denial that was renewed meanwhile is forgotten: %+v", c)
	}
}

// finishMany: an order ends however many denials are over. An account that annoyed many people and
// then waited must not have its next mail sent again and again.
func finishMany(t *testing.T, w *world) {
	o := w.claimed()
	var ended []address.EmailKey
	for range 120 {
		d := w.denial(o)
		d.EmailKey = id()
		ended = append(ended, d.EmailKey)
		if err := w.DenyMoved(w.ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	w.now = w.now.Add(binding.DeniedFor)
	left := len(ended)
	for left > 0 {
		a, ek := w.mailbox()
		next := w.open(o.Account, a, ek)
		if err := w.Finish(w.ctx, binding.Finish{Order: w.order(next), Ended: ended, Now: w.now}); err != nil {
			t.Fatalf("%d ended denials: %v", len(ended), err)
		}
		c := w.read(o.Account)
		if len(c.Due) != 0 || len(c.Denied) >= left {
			t.Fatalf("due %x, %d of %d ended denials left", c.Due, len(c.Denied), left)
		}
		left, ended = len(c.Denied), nil
		for ek := range c.Denied {
			ended = append(ended, ek)
		}
		w.now = w.now.Add(24 * time.Hour)
	}
}

package storetest

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

func deny(t *testing.T, w *world) {
	o := w.claimed()
	if err := w.Deny(w.ctx, w.denial(o)); err != nil {
		t.Fatal(err)
	}
	c := w.read(o.Account)
	if c.State != binding.Denied || !c.Denied[o.EmailKey].Equal(w.now.Add(30*24*time.Hour)) || len(c.Due) != 0 || c.Event != "binding.denied/r1" {
		t.Errorf("the row is %+v", c)
	}
	if c.SendsToday != 1 || !c.TTL.After(c.Denied[o.EmailKey]) {
		t.Errorf("%d sends today, ttl %v: the row must outlive its denial", c.SendsToday, c.TTL)
	}

	moved := w.claimed()
	a, ek := w.mailbox()
	w.now = w.now.Add(time.Minute)
	next := w.open(moved.Account, a, ek)
	d := w.denial(moved)
	if old := w.refused("the address of an older claim", w.Deny(w.ctx, d)); old.EmailKey != ek {
		t.Errorf("the refusal shows %+v", old)
	}
	if err := w.DenyMoved(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	c = w.read(moved.Account)
	if c.State != binding.Pending || c.Challenge != next.Challenge || c.Denied[moved.EmailKey].IsZero() || c.Due[binding.KindVerify] != next.Send {
		t.Errorf("a denial of an older address left %+v", c)
	}
	w.refused("DenyMoved of the address that is claimed", w.DenyMoved(w.ctx, w.denial(next)))

	ghost := binding.Denial{Account: w.account(), EmailKey: ek, Said: w.now, Now: w.now, Event: "e"}
	w.refused("no row", w.Deny(w.ctx, ghost))
	w.refused("no row", w.DenyMoved(w.ctx, ghost))
	if c := w.read(ghost.Account); c.State != binding.None || !c.TTL.IsZero() {
		t.Errorf("a denial made a row: %+v", c)
	}
}

func undo(t *testing.T, w *world) {
	o := w.claimed()
	d := w.denial(o)
	w.refused("undoing what was not denied", w.Undo(w.ctx, d))
	if err := w.Deny(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	late := d
	late.Now = w.now.Add(24 * time.Hour)
	w.refused("a day later", w.Undo(w.ctx, late))
	foreign := d
	foreign.Challenge = id()
	w.refused("another challenge", w.Undo(w.ctx, foreign))
	d.Now = w.now.Add(24*time.Hour - time.Second)
	if err := w.Undo(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.State != binding.Pending || len(c.Denied) != 0 || c.Challenge != o.Challenge {
		t.Errorf("undone: %+v", c)
	}
	if err := w.Bind(w.ctx, w.binding(o)); err != nil {
		t.Errorf("an undone claim does not bind: %v", err)
	}

	moved := w.claimed()
	dm := w.denial(moved)
	if err := w.Deny(w.ctx, dm); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	a, ek := w.mailbox()
	next := w.open(moved.Account, a, ek)
	w.refused("a claim that moved on", w.Undo(w.ctx, dm))
	late = dm
	late.Now = dm.Now.Add(24 * time.Hour)
	w.refused("a day later", w.UndoMoved(w.ctx, late))
	if err := w.UndoMoved(w.ctx, dm); err != nil {
		t.Fatal(err)
	}
	if c := w.read(moved.Account); c.State != binding.Pending || c.Challenge != next.Challenge || len(c.Denied) != 0 {
		t.Errorf("undone after moving on: %+v", c)
	}
	w.refused("undoing twice", w.UndoMoved(w.ctx, dm))
	w.refused("no row", w.UndoMoved(w.ctx, binding.Denial{Account: w.account(), EmailKey: ek, Now: w.now}))
}

func dispute(t *testing.T, w *world) {
	o := w.boundTo()
	d := w.denial(o)
	d.Event = "binding.disputed/r2"
	w.refused("denying what is bound", w.Deny(w.ctx, d))
	w.refused("denying what is bound", w.DenyMoved(w.ctx, d))
	another := d
	another.EmailKey = id()
	w.refused("denying another address to who is bound", w.DenyMoved(w.ctx, another))
	foreign := d
	foreign.EmailKey = id()
	w.refused("another address", w.Dispute(w.ctx, foreign))
	if err := w.Dispute(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	c := w.read(o.Account)
	if c.State != binding.Bound || c.Risk != binding.Disowned || !c.RiskSince.Equal(w.now) || !c.DisputedAt.Equal(w.now) || c.Event != d.Event || !c.TTL.IsZero() {
		t.Errorf("disputed: %+v", c)
	}
	again := d
	again.Now, again.Event = w.now.Add(time.Hour), "binding.disputed/r3"
	w.refused("disputing what is disowned", w.Dispute(w.ctx, again))
	d.Disowned = true
	lesser := w.boundTo()
	w.doubts()["a risk"](lesser)
	if err := w.Dispute(w.ctx, w.denial(lesser)); err != nil {
		t.Errorf("a risk that is less: %v", err)
	}
	if c := w.read(lesser.Account); c.Risk != binding.Disowned || c.DisputedAt != w.now {
		t.Errorf("disowned, it was in doubt before: %+v", c)
	}
	late := d
	late.Now = w.now.Add(24 * time.Hour)
	w.refused("undoing a day later", w.UndoDispute(w.ctx, late))
	d.Event = "binding.well/r4"
	if err := w.UndoDispute(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	if c := w.read(o.Account); c.Risk != binding.NoRisk || !c.DisputedAt.IsZero() || !c.RiskSince.IsZero() || c.Event != d.Event || c.State != binding.Bound {
		t.Errorf("undone: %+v", c)
	}
	w.refused("undoing twice", w.UndoDispute(w.ctx, d))
	pending := w.claimed()
	w.refused("disputing a claim", w.Dispute(w.ctx, w.denial(pending)))
	w.refused("disputing nothing", w.Dispute(w.ctx, binding.Denial{Account: w.account(), EmailKey: id(), Event: "e", Now: w.now}))
}

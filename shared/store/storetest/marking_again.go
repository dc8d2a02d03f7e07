package storetest

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

// denialAt is "not me" of that time from now.
func (w *world) denialAt(o binding.Opening, after time.Duration) binding.Denial {
	d := w.denial(o)
	d.Said, d.Now = w.now.Add(after), w.now.Add(after)
	return d
}

// denyOnce: a denial within a day of the last is none, and makes no fact; and what became of the mail stays, for
// its reports come in any order.
func denyOnce(t *testing.T, w *world) {
	o := w.claimed()
	n := binding.News{Account: o.Account, Send: o.Send, Fate: binding.Delivered, Why: binding.WhyNone, At: w.now}
	if err := w.Tell(w.ctx, n); err != nil {
		t.Fatal(err)
	}
	want := w.read(o.Account)
	d := w.denial(o)
	if err := w.Deny(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	want.State, want.Event = binding.Denied, d.Event
	want.Denied[o.EmailKey] = w.now.Add(binding.DeniedFor)
	delete(want.Due, binding.KindVerify)
	w.whole("denied", o.Account, want)
	for _, after := range []time.Duration{0, time.Hour, 24*time.Hour - time.Second} {
		again := w.denialAt(o, after)
		again.Event = "binding.denied/r2"
		if old := w.refused("denying again within a day", w.Deny(w.ctx, again)); old.Denied[o.EmailKey] != want.Denied[o.EmailKey] {
			t.Errorf("the refusal shows %+v", old)
		}
		w.whole("denied again", o.Account, want)
	}
	again := w.denialAt(o, 24*time.Hour)
	again.Event = "binding.denied/r2"
	if err := w.Deny(w.ctx, again); err != nil {
		t.Fatal(err)
	}
	want.Event, want.Denied[o.EmailKey], want.TTL = again.Event, again.Now.Add(binding.DeniedFor), again.Now.Add(binding.RowLife)
	w.whole("denied a day later", o.Account, want)

	undone := w.deniedOnce() // denied still, and no denial stands
	if err := w.Deny(w.ctx, w.denial(undone)); err != nil {
		t.Errorf("a claim whose denial was forgotten: %v", err)
	}
}

// takenBack: a complaint that is told late does not deny again what somebody said was them after all. Of the same
// second, "not me" has the last word.
func takenBack(t *testing.T, w *world) {
	told := func(d binding.Denial) binding.Denial { // a complaint is told an hour after it was made
		d.Now = d.Said.Add(time.Hour)
		return d
	}
	o := w.claimed()
	if err := w.Deny(w.ctx, w.denial(o)); err != nil {
		t.Fatal(err)
	}
	if err := w.Undo(w.ctx, w.denialAt(o, time.Minute)); err != nil {
		t.Fatal(err)
	}
	want := w.read(o.Account)
	if want.UndoneAt != w.now.Add(time.Minute) || want.Undone != o.EmailKey {
		t.Errorf("taken back at %v", want.UndoneAt)
	}
	w.refused("denied before it was taken back", w.Deny(w.ctx, told(w.denialAt(o, time.Minute-time.Second))))
	w.whole("refused", o.Account, want)
	if err := w.Deny(w.ctx, told(w.denialAt(o, time.Minute))); err != nil {
		t.Errorf("denied since: %v", err)
	}
	if c := w.read(o.Account); c.Denied[o.EmailKey] != w.now.Add(time.Minute+time.Hour+binding.DeniedFor) {
		t.Errorf("denied until %v, want it from when it was told", c.Denied)
	}

	moved := w.claimed()
	if err := w.Deny(w.ctx, w.denial(moved)); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Minute)
	a, ek := w.mailbox()
	w.open(moved.Account, a, ek)
	if err := w.UndoMoved(w.ctx, w.denial(moved)); err != nil {
		t.Fatal(err)
	}
	want = w.read(moved.Account)
	if want.UndoneAt != w.now || want.Undone != moved.EmailKey || len(want.Denied) != 0 {
		t.Errorf("taken back: %+v", want)
	}
	w.refused("denied before it was taken back, and moved on", w.DenyMoved(w.ctx, told(w.denialAt(moved, -time.Second))))
	w.whole("refused", moved.Account, want)
	if err := w.DenyMoved(w.ctx, told(w.denial(moved))); err != nil {
		t.Errorf("denied since, and moved on: %v", err)
	}
	want = w.read(moved.Account)
	for _, after := range []time.Duration{0, time.Minute, time.Hour - time.Second} {
		w.refused("kept away for longer", w.DenyMoved(w.ctx, w.denialAt(moved, after)))
	}
	if err := w.DenyMoved(w.ctx, w.denialAt(moved, time.Hour)); err != nil {
		t.Errorf("kept away as long: %v", err) // a repeated write whose answer was lost
	}
	w.whole("refused, or as it is", moved.Account, want)
	other := told(w.denialAt(moved, -time.Second))
	_, other.EmailKey = w.mailbox()
	if err := w.DenyMoved(w.ctx, other); err != nil {
		t.Errorf("another mailbox's word, which nobody took back: %v", err)
	}
	want.Denied[other.EmailKey], want.TTL = other.Now.Add(binding.DeniedFor), other.Now.Add(binding.RowLife)
	w.whole("of another mailbox", moved.Account, want)
	if err := w.DenyMoved(w.ctx, w.denialAt(moved, time.Hour+time.Second)); err != nil {
		t.Errorf("kept away for longer: %v", err)
	}
	if c := w.read(moved.Account); c.Denied[moved.EmailKey] != w.now.Add(time.Hour+time.Second+binding.DeniedFor) {
		t.Errorf("kept away until %v", c.Denied)
	}

	bound := w.boundTo()
	if err := w.DisputeOnly(w.ctx, w.denialAt(bound, time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := w.UndoDispute(w.ctx, w.denialAt(bound, time.Minute)); err != nil {
		t.Fatal(err)
	}
	want = w.read(bound.Account)
	w.refused("disputed before it was taken back", w.DisputeOnly(w.ctx, told(w.denialAt(bound, time.Minute-time.Second))))
	w.whole("refused", bound.Account, want)
	if err := w.DisputeOnly(w.ctx, told(w.denialAt(bound, time.Minute))); err != nil {
		t.Errorf("disputed since: %v", err)
	}
	if c := w.read(bound.Account); c.DisputedAt != w.now.Add(time.Minute+time.Hour) {
		t.Errorf("disputed at %v, want when it was told", c.DisputedAt)
	}
}

// disputeOnly: a complaint about a binding disputes it, once, and puts the mailbox in no doubt.
func disputeOnly(t *testing.T, w *world) {
	o := w.boundTo()
	want := w.read(o.Account)
	d := w.denialAt(o, time.Second)
	d.Event = "binding.disputed/complaint/r2"
	same := w.denial(o)
	same.Now = d.Now
	w.refused("of the second in which it was proved", w.DisputeOnly(w.ctx, same))
	foreign := d
	foreign.EmailKey = id()
	w.refused("another address", w.DisputeOnly(w.ctx, foreign))
	w.whole("refused", o.Account, want)
	if err := w.DisputeOnly(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	want.DisputedAt, want.Event = d.Now, d.Event
	w.whole("disputed", o.Account, want)
	again := w.denialAt(o, time.Hour)
	again.Event = "binding.disputed/complaint/r3"
	if old := w.refused("a second complaint", w.DisputeOnly(w.ctx, again)); old.DisputedAt != d.Now {
		t.Errorf("the refusal shows %+v", old)
	}
	w.whole("disputed again", o.Account, want)
	press := w.denialAt(o, 2*time.Hour)
	press.Event = "binding.disputed/not-me/r4"
	if err := w.Dispute(w.ctx, press); err != nil {
		t.Fatal(err)
	}
	want.DisputedAt, want.Risk, want.RiskSince, want.Event = press.Now, binding.Disowned, press.Now, press.Event
	w.whole("and disowned", o.Account, want)
	for state, o := range w.inEachState() {
		if state != binding.Bound {
			before := w.read(o.Account)
			w.refused("who is not bound", w.DisputeOnly(w.ctx, w.denialAt(o, time.Second)))
			w.whole("not bound", o.Account, before)
		}
	}
	ghost := binding.Opening{Account: w.account()}
	w.refused("no row", w.DisputeOnly(w.ctx, w.denialAt(ghost, time.Second)))
	w.whole("a dispute", ghost.Account, binding.Claim{})
}

// undoDispute: a dispute that is taken back leaves the mailbox as its signs have it, and not one that came between
// out of the account.
func undoDispute(t *testing.T, w *world) {
	standing := binding.Standing{Risk: binding.MailBounced, Since: w.now}
	for what, v := range map[string]struct {
		signs   []binding.Sign
		restore binding.Standing
	}{
		"no signs":         {nil, binding.Standing{}},
		"signs of no risk": {[]binding.Sign{sign(w.now, binding.SignAlive), sign(w.now.Add(time.Hour), binding.SignAlive)}, binding.Standing{}},
		"signs of a risk":  {[]binding.Sign{sign(w.now, binding.SignGone), sign(w.now.Add(time.Hour), binding.SignFull)}, standing},
	} {
		o := w.boundTo()
		w.saw(o, v.signs...)
		want := w.read(o.Account)
		if err := w.Dispute(w.ctx, w.denial(o)); err != nil {
			t.Fatal(err)
		}
		disowned := w.read(o.Account)
		d := w.denialAt(o, time.Minute)
		d.Disowned, d.Restore, d.Event = true, v.restore, "binding.well/undone/r9"
		for i := len(v.signs); i > 0; i-- { // in any order
			d.Signs = append(d.Signs, v.signs[i-1])
		}
		for blunder, bend := range map[string]func(*binding.Denial){
			"a sign more on the row":     func(d *binding.Denial) { d.Signs = d.Signs[:max(0, len(d.Signs)-1)] },
			"a sign less on the row":     func(d *binding.Denial) { d.Signs = append(d.Signs, sign(w.now.Add(2*time.Hour), binding.SignAlive)) },
			"signs where none were seen": func(d *binding.Denial) { d.Signs = nil },
			"another address":            func(d *binding.Denial) { d.EmailKey = id() },
			"not seen as disowned":       func(d *binding.Denial) { d.Disowned = false },
			"a day later":                func(d *binding.Denial) { d.Now = w.now.Add(24 * time.Hour) },
		} {
			bent := d
			bent.Signs = append([]binding.Sign(nil), d.Signs...)
			if bend(&bent); len(v.signs) == 0 && (blunder == "a sign more on the row" || blunder == "signs where none were seen") {
				continue
			}
			w.refused(blunder, w.UndoDispute(w.ctx, bent))
			w.whole(what+", "+blunder, o.Account, disowned)
		}
		if err := w.UndoDispute(w.ctx, d); err != nil {
			t.Fatal(err)
		}
		want.Risk, want.RiskSince, want.UndoneAt, want.Undone, want.Event = v.restore.Risk, v.restore.Since, d.Now, d.EmailKey, d.Event
		w.whole(what, o.Account, want)
	}

	for what, doubt := range map[string]func(binding.Opening){"no risk": func(binding.Opening) {}, "a risk": w.doubts()["a risk"]} {
		o := w.boundTo()
		doubt(o)
		want := w.read(o.Account)
		d := w.denialAt(o, time.Minute)
		d.Signs, d.Event, d.Restore = want.Signs, "binding.well/undone/r9", standing
		w.refused("what was not disputed", w.UndoDispute(w.ctx, d))
		if err := w.DisputeOnly(w.ctx, w.denialAt(o, time.Second)); err != nil {
			t.Fatal(err)
		}
		disputed := w.read(o.Account)
		for blunder, bend := range map[string]func(*binding.Denial){
			"seen as disowned":           func(d *binding.Denial) { d.Disowned = true },
			"seen as disowned, and well": func(d *binding.Denial) { d.Disowned, d.Restore = true, binding.Standing{} },
			"another address":            func(d *binding.Denial) { d.EmailKey = id() },
			"a sign less on the row":     func(d *binding.Denial) { d.Signs = []binding.Sign{sign(w.now.Add(2*time.Hour), binding.SignAlive)} },
			"a day later":                func(d *binding.Denial) { d.Now = w.now.Add(24*time.Hour + time.Second) },
		} {
			bent := d
			bend(&bent)
			w.refused(blunder, w.UndoDispute(w.ctx, bent))
			w.whole(what+", "+blunder, o.Account, disputed)
		}
		if what == "a risk" {
			unseen := d
			unseen.Signs = nil
			w.refused("signs where none were seen", w.UndoDispute(w.ctx, unseen))
		}
		if err := w.UndoDispute(w.ctx, d); err != nil {
			t.Fatal(err)
		}
		want.UndoneAt, want.Undone, want.Event = d.Now, d.EmailKey, d.Event
		w.whole("a complaint taken back, beside "+what, o.Account, want) // the risk is not its own
	}
}

package storetest

import (
	"slices"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// A bend shows a step another row, or another input, than there is. What it gives is called after the step, if it
// is not nil.
type bend[T any] func(m *Memory, in *T) (after func())

// bent is a Memory with one step bent.
type bent struct {
	*Memory
	tell        bend[binding.News]
	observe     bend[binding.Observation]
	judge       bend[binding.Verdict]
	reconfirm   bend[binding.Reconfirmation]
	confirm     bend[binding.Confirmation]
	charge      bend[binding.Try]
	deny        bend[binding.Denial]
	denyMoved   bend[binding.Denial]
	dispute     bend[binding.Denial]
	disputeOnly bend[binding.Denial]
	undo        bend[binding.Denial]
	undoMoved   bend[binding.Denial]
	undoDispute bend[binding.Denial]
}

func (b bent) on(m *Memory) BindingStore {
	b.Memory = m
	return b
}

func (f bend[T]) around(m *Memory, in *T, step func()) {
	var after func()
	if f != nil {
		after = f(m, in)
	}
	if step(); after != nil {
		after()
	}
}

func (b bent) Tell(c ctx, n binding.News) (err error) {
	b.tell.around(b.Memory, &n, func() { err = b.Memory.Tell(c, n) })
	return err
}

func (b bent) Observe(c ctx, o binding.Observation) (out binding.Claim, err error) {
	b.observe.around(b.Memory, &o, func() { out, err = b.Memory.Observe(c, o) })
	return out, err
}

func (b bent) Judge(c ctx, v binding.Verdict) (err error) {
	b.judge.around(b.Memory, &v, func() { err = b.Memory.Judge(c, v) })
	return err
}

func (b bent) Reconfirm(c ctx, q binding.Reconfirmation) (out binding.Claim, err error) {
	b.reconfirm.around(b.Memory, &q, func() { out, err = b.Memory.Reconfirm(c, q) })
	return out, err
}

func (b bent) Confirm(c ctx, n binding.Confirmation) (out binding.Claim, err error) {
	b.confirm.around(b.Memory, &n, func() { out, err = b.Memory.Confirm(c, n) })
	return out, err
}

func (b bent) ChargeCode(c ctx, t binding.Try) (out binding.Claim, err error) {
	b.charge.around(b.Memory, &t, func() { out, err = b.Memory.ChargeCode(c, t) })
	return out, err
}

func (b bent) Deny(c ctx, d binding.Denial) (err error) {
	b.deny.around(b.Memory, &d, func() { err = b.Memory.Deny(c, d) })
	return err
}

func (b bent) DenyMoved(c ctx, d binding.Denial) (err error) {
	b.denyMoved.around(b.Memory, &d, func() { err = b.Memory.DenyMoved(c, d) })
	return err
}

func (b bent) Dispute(c ctx, d binding.Denial) (err error) {
	b.dispute.around(b.Memory, &d, func() { err = b.Memory.Dispute(c, d) })
	return err
}

func (b bent) DisputeOnly(c ctx, d binding.Denial) (err error) {
	b.disputeOnly.around(b.Memory, &d, func() { err = b.Memory.DisputeOnly(c, d) })
	return err
}

func (b bent) Undo(c ctx, d binding.Denial) (err error) {
	b.undo.around(b.Memory, &d, func() { err = b.Memory.Undo(c, d) })
	return err
}

func (b bent) UndoMoved(c ctx, d binding.Denial) (err error) {
	b.undoMoved.around(b.Memory, &d, func() { err = b.Memory.UndoMoved(c, d) })
	return err
}

func (b bent) UndoDispute(c ctx, d binding.Denial) (err error) {
	b.undoDispute.around(b.Memory, &d, func() { err = b.Memory.UndoDispute(c, d) })
	return err
}

// show has a step see a field so, and puts back what the step left alone.
func show[T comparable](m *Memory, k binding.AccountKey, field func(*row) *T, shown func(T) T) (after func()) {
	var was, now T
	m.edit(k, func(r *row) {
		was, now = *field(r), shown(*field(r))
		*field(r) = now
	})
	return func() {
		m.edit(k, func(r *row) {
			if *field(r) == now {
				*field(r) = was
			}
		})
	}
}

// becomes shows a field as that value.
func becomes[T comparable](v T) func(T) T { return func(T) T { return v } }

// The fields that conditions look at.
func stateOf(r *row) *binding.State     { return &r.State }
func provedAt(r *row) *time.Time        { return &r.ProvedAt }
func undoneAt(r *row) *time.Time        { return &r.UndoneAt }
func undoneOf(r *row) *address.EmailKey { return &r.Undone }
func disputedAt(r *row) *time.Time      { return &r.DisputedAt }
func resendAt(r *row) *time.Time        { return &r.ResendAt }
func expiresAt(r *row) *time.Time       { return &r.Expires }
func fateAt(r *row) *time.Time          { return &r.FateAt }
func triesOf(r *row) *int               { return &r.Tries }
func riskOf(r *row) *binding.Risk       { return &r.Risk }
func fateOf(r *row) *binding.Fate       { return &r.Fate }
func keyOf(r *row) *address.EmailKey    { return &r.EmailKey }
func unboundAs(s binding.State) binding.State {
	if s == binding.Bound {
		return binding.Pending
	}
	return s
}

// peek is the row as it is, empty if there is none.
func (m *Memory) peek(k binding.AccountKey) (out row) {
	m.edit(k, func(r *row) { out = *r })
	return out
}

// livesOn leaves a life on the row after a step.
func livesOn(k binding.AccountKey, m *Memory) func() {
	return func() { m.edit(k, func(r *row) { r.TTL = r.Opened.Add(binding.RowLife) }) }
}

// noSuch refuses a step: it is about an account that is none.
func noSuch(k *binding.AccountKey) func() {
	*k = id()
	return nil
}

// sameOrder says that lists of signs are equal in their order too.
func sameOrder(a, b []binding.Sign) bool { return slices.Equal(a, b) }

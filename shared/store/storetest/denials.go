package storetest

import (
	"context"
	"time"

	"mailbind/shared/binding"
)

// Deny ends an unbound claim on this address.
func (m *Memory) Deny(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		again := r.State == binding.Denied && r.Denied[d.EmailKey].After(binding.UndoLine(d.Now))
		return r.EmailKey == d.EmailKey && r.State != binding.Bound && !again && !r.undone(d)
	}, func(r *row) {
		r.State, r.Event = binding.Denied, d.Event
		r.Denied[d.EmailKey], r.TTL = sec(d.Now.Add(binding.DeniedFor)), sec(d.Now.Add(binding.RowLife))
		delete(r.Due, binding.KindVerify)
	})
}

// DenyMoved remembers the denial alone.
func (m *Memory) DenyMoved(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.EmailKey != d.EmailKey && r.State != binding.Bound && !r.undone(d) &&
			!r.Denied[d.EmailKey].After(sec(d.Now.Add(binding.DeniedFor)))
	}, func(r *row) {
		r.Denied[d.EmailKey], r.TTL = sec(d.Now.Add(binding.DeniedFor)), sec(d.Now.Add(binding.RowLife))
	})
}

// Dispute marks a binding of this address, and disowns it.
func (m *Memory) Dispute(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.State == binding.Bound && r.EmailKey == d.EmailKey && r.Risk != binding.Disowned
	}, func(r *row) {
		r.DisputedAt, r.Event = sec(d.Now), d.Event
		r.Risk, r.RiskSince = binding.Disowned, sec(d.Now)
	})
}

// DisputeOnly marks a binding of this address.
func (m *Memory) DisputeOnly(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.State == binding.Bound && r.EmailKey == d.EmailKey && r.DisputedAt.IsZero() &&
			r.ProvedAt.Before(sec(d.When())) && !r.undone(d)
	}, func(r *row) { r.DisputedAt, r.Event = sec(d.Now), d.Event })
}

// Undo makes a denied claim pending again.
func (m *Memory) Undo(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.EmailKey == d.EmailKey && r.Challenge == d.Challenge && r.State == binding.Denied &&
			r.Denied[d.EmailKey].After(binding.UndoLine(d.Now))
	}, func(r *row) {
		r.State, r.UndoneAt, r.Undone = binding.Pending, sec(d.Now), d.EmailKey
		delete(r.Denied, d.EmailKey)
	})
}

// UndoMoved forgets the denial alone.
func (m *Memory) UndoMoved(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool { return r.Denied[d.EmailKey].After(binding.UndoLine(d.Now)) }, func(r *row) {
		delete(r.Denied, d.EmailKey)
		r.UndoneAt, r.Undone = sec(d.Now), d.EmailKey
	})
}

// UndoDispute takes back a dispute.
func (m *Memory) UndoDispute(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.State == binding.Bound && r.EmailKey == d.EmailKey && r.DisputedAt.After(sec(d.Now.Add(-binding.UndoFor))) &&
			(r.Risk == binding.Disowned) == d.Disowned && sameSigns(r.Signs, d.Signs)
	}, func(r *row) {
		r.Event, r.DisputedAt, r.UndoneAt, r.Undone = d.Event, time.Time{}, sec(d.Now), d.EmailKey
		if d.Disowned {
			r.stand(d.Restore)
		}
	})
}

// undone says whether "not me" about that address was taken back since it was said.
func (r *row) undone(d binding.Denial) bool {
	return r.Undone == d.EmailKey && r.UndoneAt.After(sec(d.When()))
}

func (m *Memory) denial(d binding.Denial, ok func(*row) bool, do func(*row)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(d.Account, d.Now)
	if r == nil || !ok(r) {
		return refused(r, d.Now)
	}
	do(r)
	return nil
}

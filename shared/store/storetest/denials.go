package storetest

import (
	"context"
	"time"

	"mailbind/shared/binding"
)

// Deny ends an unbound claim on this address.
func (m *Memory) Deny(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool { return r.EmailKey == d.EmailKey && r.State != binding.Bound }, func(r *row) {
		r.State, r.Event = binding.Denied, d.Event
		r.Denied[d.EmailKey], r.TTL = sec(d.Now.Add(binding.DeniedFor)), sec(d.Now.Add(binding.RowLife))
		delete(r.Due, binding.KindVerify)
		r.Fate, r.FateAt, r.Why = 0, time.Time{}, ""
	})
}

// DenyMoved remembers the denial alone.
func (m *Memory) DenyMoved(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool { return r.EmailKey != d.EmailKey && r.State != binding.Bound }, func(r *row) {
		r.Denied[d.EmailKey], r.TTL = sec(d.Now.Add(binding.DeniedFor)), sec(d.Now.Add(binding.RowLife))
	})
}

// Dispute marks a binding of this address.
func (m *Memory) Dispute(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.State == binding.Bound && r.EmailKey == d.EmailKey && r.Risk.Holds() == d.Risky
	}, func(r *row) {
		r.DisputedAt, r.Event = sec(d.Now), d.Event
		if !d.Risky {
			r.Risk, r.RiskSince = binding.Disowned, sec(d.Now)
		}
	})
}

// Undo makes a denied claim pending again.
func (m *Memory) Undo(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.EmailKey == d.EmailKey && r.Challenge == d.Challenge && r.State == binding.Denied &&
			r.Denied[d.EmailKey].After(binding.UndoLine(d.Now))
	}, func(r *row) {
		r.State = binding.Pending
		delete(r.Denied, d.EmailKey)
	})
}

// UndoMoved forgets the denial alone.
func (m *Memory) UndoMoved(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool { return r.Denied[d.EmailKey].After(binding.UndoLine(d.Now)) }, func(r *row) {
		delete(r.Denied, d.EmailKey)
	})
}

// UndoDispute takes back a dispute.
func (m *Memory) UndoDispute(_ context.Context, d binding.Denial) error {
	return m.denial(d, func(r *row) bool {
		return r.State == binding.Bound && r.EmailKey == d.EmailKey && r.Risk == binding.Disowned &&
			r.RiskSince.After(d.Now.Add(-binding.UndoFor))
	}, func(r *row) {
		r.Event, r.DisputedAt, r.Risk, r.RiskSince = d.Event, time.Time{}, "", time.Time{}
	})
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

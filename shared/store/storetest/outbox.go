package storetest

import (
	"context"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// Load reads an account's row and who holds the address.
func (m *Memory) Load(_ context.Context, k binding.AccountKey, ek address.EmailKey, now time.Time) (binding.Claim, binding.Holder, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(k, now).seen(now), m.emails[ek], nil
}

// Book counts a mail against its mailbox.
func (m *Memory) Book(_ context.Context, b binding.Booking) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := inboxDay{b.Inbox, binding.Day(b.Now)}
	if _, booked := m.inboxes[at][b.Send]; booked {
		return true, nil
	}
	mine := 0
	for _, k := range m.inboxes[at] {
		if k == b.Account {
			mine++
		}
	}
	if len(m.inboxes[at]) >= binding.InboxPerDay || mine >= binding.InboxPerAccount {
		return false, nil
	}
	if m.inboxes == nil {
		m.inboxes = map[inboxDay]map[binding.SendID]binding.AccountKey{}
	}
	if m.inboxes[at] == nil {
		m.inboxes[at] = map[binding.SendID]binding.AccountKey{}
	}
	m.inboxes[at][b.Send] = b.Account
	return true, nil
}

// Finish ends an order.
func (m *Memory) Finish(_ context.Context, f binding.Finish) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(f.Order.Account, f.Now)
	if r == nil || !r.due(f.Order) {
		return nil
	}
	delete(r.Due, f.Order.Kind)
	for _, ek := range f.Ended {
		if !r.Denied[ek].After(f.Now) {
			delete(r.Denied, ek)
		}
	}
	switch {
	case f.Order.Kind != binding.KindVerify && f.Order.Kind != binding.KindReconfirm: // a receipt tells nothing of the verify mail
	case f.Fate == binding.Queued:
		r.AcceptedAt = sec(f.Now)
	case r.Fate < f.Fate:
		r.Fate, r.FateAt, r.Why = f.Fate, sec(f.Now), f.Why
	}
	return nil
}

// due says whether the order is the one that the row waits for.
func (r *row) due(o binding.Order) bool {
	s, ok := r.Due[o.Kind]
	return ok && s == o.Send
}

// Release plays the operator's tool for tests: both rows of a binding stand released at that time.
func (m *Memory) Release(_ *testing.T, k binding.AccountKey, ek address.EmailKey, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.emails[ek] = binding.Holder{Released: sec(at), Bound: true}
	delete(m.bound, k)
}

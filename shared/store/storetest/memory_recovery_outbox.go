package storetest

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// Recall reads the row of an address and who holds it.
func (m *Memory) Recall(_ context.Context, ek address.EmailKey, now time.Time) (recovery.Challenge, binding.Holder, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.challenge(ek, now).seen(now), m.emails[ek], nil
}

// Owner reads the account that an address is bound to.
func (m *Memory) Owner(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error) {
	return m.Claim(ctx, k, now)
}

// Renew opens a challenge in place of the one that was read.
func (m *Memory) Renew(_ context.Context, o recovery.Opening) (recovery.Challenge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(o.EmailKey, o.Now)
	if c == nil || c.Due != o.Send || o.Send == (binding.SendID{}) || c.ID != o.Seen {
		return recovery.Challenge{}, notNow(c, o.Now)
	}
	c.ID, c.Previous, c.Key, c.CodesUsed = o.Challenge, o.Previous, o.Key, 0
	c.CodedAt, c.Opened, c.Expires, c.Owner, c.Event = sec(o.Now), sec(o.Now), sec(o.Expires), o.Owner, o.Event
	c.Tries, c.Presented, c.Op, c.PresentOp, c.UsedAt, c.UsedBy = 0, 0, "", "", time.Time{}, [16]byte{}
	return c.seen(o.Now), nil
}

// Extend mails the living challenge once more.
func (m *Memory) Extend(_ context.Context, e recovery.Extension) (recovery.Challenge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(e.EmailKey, e.Now)
	if c == nil || c.Due != e.Send || e.Send == (binding.SendID{}) || c.ID != e.Challenge || c.CodesUsed != e.CodesUsed || !c.UsedAt.IsZero() {
		return recovery.Challenge{}, notNow(c, e.Now)
	}
	c.Expires, c.Owner = sec(e.Expires), e.Owner
	if e.NewCode {
		c.CodesUsed, c.CodedAt, c.Tries = c.CodesUsed+1, sec(e.Now), 0
	}
	if e.Event != "" {
		c.Event = e.Event
	}
	return c.seen(e.Now), nil
}

// Settle takes an order off the row.
func (m *Memory) Settle(_ context.Context, s recovery.Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(s.EmailKey, s.Now)
	if c == nil || c.Due != s.Send {
		return nil
	}
	c.Due = binding.SendID{}
	if s.Booked {
		c.Rung, c.ResendAt, c.MailedAt = s.Rung, sec(s.ResendAt), sec(s.Now)
	}
	return nil
}

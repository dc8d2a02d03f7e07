package storetest

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// Redeem uses a challenge up for the platform.
func (m *Memory) Redeem(_ context.Context, n recovery.Redemption) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(n.EmailKey, n.Now)
	if c == nil || !c.Takes(n.Challenge, n.Now) || !c.UsedAt.IsZero() || c.Owner != n.Account {
		return notNow(c, n.Now)
	}
	c.end(n.Now)
	c.UsedBy, c.Event = n.Key, n.Event
	return nil
}

// Void ends what was mailed to an address.
func (m *Memory) Void(_ context.Context, ek address.EmailKey, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.challenge(ek, now); c != nil {
		c.end(now)
	}
	return nil
}

// Spend takes one try from a meter.
func (m *Memory) Spend(_ context.Context, n recovery.Meter, now time.Time) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now = sec(now)
	full := m.recoveries.meters[n.Name]
	if full.Before(now) {
		full = now
	}
	if line := now.Add(time.Duration(n.Burst-1) * n.Every); full.After(line) {
		return full.Sub(line), nil
	}
	if m.recoveries.meters == nil {
		m.recoveries.meters = map[string]time.Time{}
	}
	m.recoveries.meters[n.Name] = full.Add(n.Every)
	return 0, nil
}

// Refill gives tries back.
func (m *Memory) Refill(_ context.Context, n recovery.Meter, full bool, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, running := m.recoveries.meters[n.Name]
	switch {
	case !running:
	case full, !at.After(now):
		delete(m.recoveries.meters, n.Name)
	default:
		m.recoveries.meters[n.Name] = at.Add(-n.Every)
	}
	return nil
}

// Touch writes what a right password teaches.
func (m *Memory) Touch(_ context.Context, t recovery.Touch) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.credential(t.Account)
	if c.Hash == "" || c.Version != t.Version || c.Hash != t.OldHash {
		return false, nil
	}
	c.Hash, c.Clients = t.Hash, t.Clients
	m.keep(t.Account, c)
	return true, nil
}

// Put writes a password that the platform sets.
func (m *Memory) Put(_ context.Context, p recovery.Put) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, old := m.get(p.Account, p.Now), m.credential(p.Account)
	out := &recovery.ChangeRefused{}
	if old.Version >= p.Version || p.If != nil && old.Version != *p.If {
		out.CredentialFalse, out.Credential = true, old
	}
	if p.Bound && (r == nil || r.State != binding.Bound) {
		out.AccountFalse, out.Account = true, r.seen(p.Now)
	}
	if out.CredentialFalse || out.AccountFalse {
		return out
	}
	old.Hash, old.Version, old.ChangedAt, old.Challenge = p.Hash, p.Version, sec(p.Now), binding.ChallengeID{}
	m.keep(p.Account, old)
	if p.Bound {
		r.changed(p.Send, p.Changed, p.Now)
		c := m.row(p.EmailKey, p.Now)
		c.end(p.Now)
		c.TTL = sec(p.Now.Add(binding.RowLife))
	}
	return nil
}

// Hold pauses recovery of a bound account.
func (m *Memory) Hold(_ context.Context, k binding.AccountKey, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.accounts[k]
	if r == nil || r.State != binding.Bound {
		return false, nil
	}
	r.Hold = time.Time{}
	if !until.IsZero() {
		r.Hold = sec(until)
	}
	return true, nil
}

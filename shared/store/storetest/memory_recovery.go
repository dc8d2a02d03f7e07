package storetest

import (
	"context"
	"slices"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

var (
	_ recovery.Store         = (*Memory)(nil)
	_ recovery.Outbox        = (*Memory)(nil)
	_ recovery.PlatformStore = (*Memory)(nil)
)

// recoveryRows is what Memory keeps for recovery, beside the accounts.
type recoveryRows struct {
	challenges  map[address.EmailKey]*challenge
	credentials map[binding.AccountKey]recovery.Credential
	callers     map[callerHour]*callerCount
	meters      map[string]time.Time // when each is full again
}

// challenge is the row of an address with its counters by day.
type challenge struct {
	recovery.Challenge
	tries map[int64]int
}

type callerHour struct {
	caller recovery.CallerKey
	hour   int64
}

type callerCount struct {
	hour    int
	minutes [60]int
}

func (c *challenge) seen(now time.Time) recovery.Challenge {
	if c == nil {
		return recovery.Challenge{}
	}
	out := c.Challenge
	out.TriesToday = c.tries[binding.Day(now)]
	return out
}

func (m *Memory) challenge(ek address.EmailKey, now time.Time) *challenge {
	c := m.recoveries.challenges[ek]
	if c != nil && !c.TTL.IsZero() && c.TTL.Before(now) {
		delete(m.recoveries.challenges, ek)
		return nil
	}
	return c
}

// row gives the row of an address, which is made where there is none.
func (m *Memory) row(ek address.EmailKey, now time.Time) *challenge {
	if c := m.challenge(ek, now); c != nil {
		return c
	}
	if m.recoveries.challenges == nil {
		m.recoveries.challenges = map[address.EmailKey]*challenge{}
	}
	c := &challenge{tries: map[int64]int{}}
	c.EmailKey, c.TTL = ek, sec(now.Add(binding.RowLife))
	m.recoveries.challenges[ek] = c
	return c
}

func notNow(c *challenge, now time.Time) error { return &recovery.Refused{Old: c.seen(now)} }

// CountCaller counts a request of a network.
func (m *Memory) CountCaller(_ context.Context, k recovery.CallerKey, now time.Time) (recovery.Usage, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := callerHour{k, now.Unix() / 3600}
	if m.recoveries.callers == nil {
		m.recoveries.callers = map[callerHour]*callerCount{}
	}
	if m.recoveries.callers[at] == nil {
		m.recoveries.callers[at] = &callerCount{}
	}
	n := m.recoveries.callers[at]
	minute := &n.minutes[now.Unix()/60%60]
	ok := *minute < recovery.CallerPerMinute && n.hour < recovery.CallerPerHour
	if ok {
		*minute++
		n.hour++
	}
	return recovery.Usage{Minute: *minute, Hour: n.hour}, ok, nil
}

// Ring makes a recovery mail due.
func (m *Memory) Ring(_ context.Context, b recovery.Bell) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(b.EmailKey, b.Now)
	if c != nil {
		due := c.Due != binding.SendID{}
		if c.ResendAt.After(b.Now) || due && c.AskedAt.After(sec(b.Now.Add(-recovery.FreshFor))) {
			return nil
		}
	}
	c = m.row(b.EmailKey, b.Now)
	c.Due, c.AskedAt, c.TTL = b.Send, sec(b.Now), sec(b.Now.Add(binding.RowLife))
	return nil
}

// ChargeGuess charges one try of the code.
func (m *Memory) ChargeGuess(_ context.Context, t recovery.Try) (recovery.Challenge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, day := m.challenge(t.EmailKey, t.Now), binding.Day(t.Now)
	if c == nil || !c.Alive(t.Now) || !c.UsedAt.IsZero() || c.Tries >= binding.TriesPerCode || c.tries[day] >= binding.TriesPerDay || c.Op == t.Op {
		return recovery.Challenge{}, notNow(c, t.Now)
	}
	c.Op, c.Tries = t.Op, c.Tries+1
	for d := day - 7; d < day; d++ {
		delete(c.tries, d)
	}
	c.tries[day]++
	return c.seen(t.Now), nil
}

// GiveBackGuess undoes a charge.
func (m *Memory) GiveBackGuess(_ context.Context, t recovery.Try) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, day := m.challenge(t.EmailKey, t.Now), binding.Day(t.Now)
	if c == nil || c.Op != t.Op || c.Tries == 0 || c.tries[day] == 0 {
		return nil
	}
	c.Op, c.Tries = "", c.Tries-1
	c.tries[day]--
	return nil
}

// Present counts that a link or grant is presented.
func (m *Memory) Present(_ context.Context, t recovery.Try) (recovery.Challenge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.challenge(t.EmailKey, t.Now)
	if c == nil || !c.Takes(t.Challenge, t.Now) || c.Presented >= recovery.Presentations || c.PresentOp == t.Op {
		return recovery.Challenge{}, notNow(c, t.Now)
	}
	c.PresentOp, c.Presented = t.Op, c.Presented+1
	return c.seen(t.Now), nil
}

// GiveBackPresented undoes a count.
func (m *Memory) GiveBackPresented(_ context.Context, t recovery.Try) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.challenge(t.EmailKey, t.Now); c != nil && c.PresentOp == t.Op && c.Presented > 0 {
		c.PresentOp, c.Presented = "", c.Presented-1
	}
	return nil
}

// Credential reads an account's credential.
func (m *Memory) Credential(_ context.Context, k binding.AccountKey) (recovery.Credential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.credential(k), nil
}

func (m *Memory) credential(k binding.AccountKey) recovery.Credential {
	c := m.recoveries.credentials[k]
	c.Clients = slices.Clone(c.Clients)
	return c
}

func (m *Memory) keep(k binding.AccountKey, c recovery.Credential) {
	if m.recoveries.credentials == nil {
		m.recoveries.credentials = map[binding.AccountKey]recovery.Credential{}
	}
	c.Clients = slices.Clone(c.Clients)
	m.recoveries.credentials[k] = c
}

// Change is the transaction that ends a recovery with a new password.
func (m *Memory) Change(_ context.Context, n recovery.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, r, old := m.challenge(n.EmailKey, n.Now), m.get(n.Account, n.Now), m.credential(n.Account)
	out := &recovery.ChangeRefused{}
	if c == nil || !c.Takes(n.Challenge, n.Now) || !c.UsedAt.IsZero() {
		out.ChallengeFalse, out.Challenge = true, c.seen(n.Now)
	}
	if old.Version >= n.Version || old.Hash == "" && !n.First {
		out.CredentialFalse, out.Credential = true, old
	}
	if r == nil || r.State != binding.Bound || r.EmailKey != n.EmailKey || r.Hold.After(n.Now) || r.Risk.Holds() {
		out.AccountFalse, out.Account = true, r.seen(n.Now)
	}
	if out.ChallengeFalse || out.CredentialFalse || out.AccountFalse {
		return out
	}
	c.end(n.Now)
	c.Event = n.Finished
	old.Hash, old.Version, old.ChangedAt, old.Challenge = n.Hash, n.Version, sec(n.Now), n.Challenge
	m.keep(n.Account, old)
	r.changed(n.Send, n.Changed, n.Now)
	return nil
}

// changed makes the mail about a new password due.
func (r *row) changed(s binding.SendID, event string, now time.Time) {
	r.Due[binding.KindChanged], r.ChangedAt, r.Event = s, sec(now), event
}

// end uses a challenge up, and lets the bell be heard at once.
func (c *challenge) end(now time.Time) {
	c.UsedAt, c.UsedBy, c.Due, c.ResendAt = sec(now), [16]byte{}, binding.SendID{}, time.Time{}
}

// Unuse and Fall damage a row on purpose, for tests that must notice a store which forgets a rule: a used
// challenge is as if nobody had used it, a credential's version is one lower.
func (m *Memory) Unuse(ek address.EmailKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.recoveries.challenges[ek]; c != nil {
		c.UsedAt, c.UsedBy = time.Time{}, [16]byte{}
	}
}

// Fall lowers a credential's version.
func (m *Memory) Fall(k binding.AccountKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.credential(k); c.Version > 0 {
		c.Version--
		m.keep(k, c)
	}
}

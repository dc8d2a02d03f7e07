// Package storetest holds a Store in memory for tests, and the contract that it and the DynamoDB
// store both pass. The memory store is a second writing of every condition, in Go: where the two
// disagree, one of them misreads the rules.
package storetest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// Memory is a binding.Store, binding.Outbox and binding.Reports. Its zero value is empty and ready; one lock makes
// every method one atomic step.
type Memory struct {
	mu       sync.Mutex
	accounts map[binding.AccountKey]*row
	emails   map[address.EmailKey]binding.Holder
	bound    map[binding.AccountKey]address.EmailKey
	inboxes  map[inboxDay]map[binding.SendID]binding.AccountKey

	recoveries recoveryRows
}

var _ BindingStore = (*Memory)(nil)

// row is an account's row with its counters by day.
type row struct {
	binding.Claim
	sends, tries map[int64]int
}

type inboxDay struct {
	inbox address.InboxKey
	day   int64
}

// seen is the row as a step at that time reads it; a copy.
func (r *row) seen(now time.Time) binding.Claim {
	if r == nil {
		return binding.Claim{}
	}
	c := r.Claim
	c.Denied, c.Due, c.Signs = maps.Clone(r.Denied), maps.Clone(r.Due), slices.Clone(r.Signs)
	c.SendsToday, c.TriesToday = r.sends[binding.Day(now)], r.tries[binding.Day(now)]
	return c
}

// get gives the row, nil if there is none or its life is over.
func (m *Memory) get(k binding.AccountKey, now time.Time) *row {
	r := m.accounts[k]
	if r != nil && !r.TTL.IsZero() && r.TTL.Before(now) {
		delete(m.accounts, k)
		return nil
	}
	return r
}

func refused(r *row, now time.Time) error { return &binding.Refused{Old: r.seen(now)} }

func denied(r *row, ek address.EmailKey, now time.Time) bool { return r.Denied[ek].After(now) }

// Claim reads the row.
func (m *Memory) Claim(_ context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(k, now).seen(now), nil
}

// Open starts a challenge.
func (m *Memory) Open(_ context.Context, o binding.Opening) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(o.Account, o.Now)
	if r != nil {
		same := r.EmailKey == o.EmailKey
		from := r.ResendAt
		if !same {
			from = from.Add(binding.CooldownOther - binding.CooldownSame)
		}
		switch {
		case r.State == binding.Bound,
			denied(r, o.EmailKey, o.Now),
			same && r.State == binding.Pending && r.Alive(o.Now),
			from.After(o.Now),
			r.sends[binding.Day(o.Now)] >= binding.SendsPerDay:
			return binding.Claim{}, refused(r, o.Now)
		}
	}
	if m.accounts == nil {
		m.accounts = map[binding.AccountKey]*row{}
	}
	if r == nil {
		r = &row{sends: map[int64]int{}, tries: map[int64]int{}}
		r.Denied, r.Due = map[address.EmailKey]time.Time{}, map[binding.Kind]binding.SendID{}
		m.accounts[o.Account] = r
	}
	r.Account, r.State, r.Who = o.Account, binding.Pending, o.Who
	r.Address, r.EmailKey, r.Canon = o.Address, o.EmailKey, address.CanonVersion
	r.Challenge, r.Key, r.CodesUsed = o.Challenge, o.Key, 0
	r.Opened, r.Expires, r.ResendAt = sec(o.Now), sec(o.Now.Add(binding.ChallengeLife)), sec(o.Now.Add(binding.CooldownSame))
	r.Tries, r.LinkTries = 0, 0
	r.order(o.Send, o.Now)
	r.sends[binding.Day(o.Now)]++
	return r.seen(o.Now), nil
}

// order makes a verify mail due and forgets the fate of the one before.
func (r *row) order(s binding.SendID, now time.Time) {
	r.newest(binding.KindVerify, s)
	r.TTL = sec(now.Add(binding.RowLife))
	r.forgetDays(now)
}

// newest makes a mail due that the account holder waits for.
func (r *row) newest(k binding.Kind, s binding.SendID) {
	r.Due[k], r.Send = s, s
	r.AcceptedAt, r.Fate, r.FateAt, r.Why = time.Time{}, 0, time.Time{}, ""
}

// forgetDays drops counters of days that are over.
func (r *row) forgetDays(now time.Time) {
	for d := binding.Day(now) - 7; d < binding.Day(now); d++ {
		delete(r.sends, d)
		delete(r.tries, d)
	}
}

// Requeue orders one more mail of the living challenge.
func (m *Memory) Requeue(_ context.Context, q binding.Requeue) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(q.Account, q.Now)
	if r == nil || r.State != binding.Pending || !r.Alive(q.Now) {
		return binding.Claim{}, refused(r, q.Now)
	}
	_, due := r.Due[binding.KindVerify]
	late, spent := due && !r.ResendAt.After(binding.LateLine(q.Now)), r.Tries >= binding.TriesPerCode
	free := !due && !r.ResendAt.After(q.Now) && r.sends[binding.Day(q.Now)] < binding.SendsPerDay && !(r.Why.Dead() && r.Fate > binding.NotSent)
	ok := false
	switch q.Form {
	case binding.SameCode:
		ok = free && !spent
	case binding.NewCode:
		ok = free && spent
	case binding.Overdue:
		ok = late && !spent
	case binding.OverdueNewCode:
		ok = late && spent
	}
	if !ok {
		return binding.Claim{}, refused(r, q.Now)
	}
	if spent {
		r.CodesUsed, r.Tries = r.CodesUsed+1, 0
	}
	if !late {
		r.sends[binding.Day(q.Now)]++
	}
	r.ResendAt = sec(q.Now.Add(binding.CooldownSame))
	r.order(q.Send, q.Now)
	return r.seen(q.Now), nil
}

// ChargeNumber charges one try of the check number.
func (m *Memory) ChargeNumber(_ context.Context, t binding.Try) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(t.Account, t.Now)
	if r == nil || r.State != binding.Pending || r.Challenge != t.Challenge || !r.Alive(t.Now) ||
		r.LinkTries >= binding.LinkTries || r.Op == t.Op {
		return binding.Claim{}, refused(r, t.Now)
	}
	r.LinkTries, r.Op, r.TTL = r.LinkTries+1, t.Op, sec(t.Now.Add(binding.RowLife))
	return r.seen(t.Now), nil
}

// ChargeCode charges one try of the code.
func (m *Memory) ChargeCode(_ context.Context, t binding.Try) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(t.Account, t.Now)
	if r == nil || r.State != binding.Pending && r.State != binding.Bound || !r.Alive(t.Now) ||
		r.Tries >= binding.TriesPerCode || r.tries[binding.Day(t.Now)] >= binding.TriesPerDay || r.Op == t.Op {
		return binding.Claim{}, refused(r, t.Now)
	}
	r.Tries, r.Op = r.Tries+1, t.Op
	r.forgetDays(t.Now)
	r.tries[binding.Day(t.Now)]++
	return r.seen(t.Now), nil
}

// GiveBack undoes a charge.
func (m *Memory) GiveBack(_ context.Context, t binding.Try, code bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(t.Account, t.Now)
	switch {
	case r == nil || r.Op != t.Op || r.State == binding.Bound && !code:
		return nil // it counts no more
	case code && (r.Tries == 0 || r.tries[binding.Day(t.Now)] == 0), !code && r.LinkTries == 0:
		return nil // of a code or claim that was followed by another, or of a day that is over
	case code:
		r.Tries--
		r.tries[binding.Day(t.Now)]--
	default:
		r.LinkTries--
	}
	r.Op = ""
	return nil
}

// Bind is the transaction.
func (m *Memory) Bind(_ context.Context, b binding.Binding) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(b.Account, b.Now)
	holder := m.emails[b.EmailKey]
	_, has := m.bound[b.Account]
	taken := holder.Bound && (holder.Released.IsZero() || holder.Released.After(b.Now))
	ok := r != nil && r.State == binding.Pending && r.Challenge == b.Challenge && r.EmailKey == b.EmailKey &&
		r.Alive(b.Now) && !denied(r, b.EmailKey, b.Now)
	if !ok || taken || has {
		out := &binding.BindRefused{EmailTaken: taken, AccountHas: has}
		if !ok {
			out.Old = r.seen(b.Now)
		}
		if taken {
			out.Owner = holder.Owner
		}
		return out
	}
	if m.emails == nil {
		m.emails, m.bound = map[address.EmailKey]binding.Holder{}, map[binding.AccountKey]address.EmailKey{}
	}
	m.emails[b.EmailKey] = binding.Holder{Owner: b.Account, Bound: true}
	m.bound[b.Account] = b.EmailKey
	r.State, r.BoundAt, r.ProvedAt, r.Event = binding.Bound, sec(b.Now), sec(b.Now), b.Event
	r.Due[binding.KindBound] = b.Send
	delete(r.Due, binding.KindVerify)
	r.Expires, r.ResendAt, r.Tries, r.LinkTries, r.TTL = time.Time{}, time.Time{}, 0, 0, time.Time{}
	r.forgetDays(b.Now)
	return nil
}

// sec is a time as tables hold it.
func sec(t time.Time) time.Time { return time.Unix(t.Unix(), 0).UTC() }

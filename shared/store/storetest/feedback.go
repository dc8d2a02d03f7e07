package storetest

import (
	"context"
	"slices"
	"time"

	"mailbind/shared/binding"
)

// Tell takes news of the newest send.
func (m *Memory) Tell(_ context.Context, n binding.News) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(n.Account, n.At)
	if r == nil || r.Send != n.Send || !outranks(n, r.Claim) {
		return refused(r, n.At)
	}
	r.Fate, r.FateAt, r.Why = n.Fate, sec(n.At), n.Why
	return nil
}

// outranks says whether news has the last word over what a row was told.
func outranks(n binding.News, old binding.Claim) bool {
	switch at := sec(n.At); {
	case n.Fate != old.Fate:
		return n.Fate > old.Fate
	case !at.Equal(old.FateAt):
		return at.After(old.FateAt)
	}
	return n.Why > old.Why
}

// Observe adds a sign.
func (m *Memory) Observe(_ context.Context, o binding.Observation) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := sec(o.Sign.At)
	r := m.get(o.Account, at)
	if r == nil || r.State != binding.Bound || r.EmailKey != o.EmailKey || r.ProvedAt.After(sec(o.Mailed)) {
		return binding.Claim{}, refused(r, at)
	}
	if s := (binding.Sign{At: at, Kind: o.Sign.Kind, Mail: o.Sign.Mail}); !slices.Contains(r.Signs, s) {
		if len(r.Signs) >= binding.MaxSigns {
			return binding.Claim{}, refused(r, at)
		}
		r.Signs = append(slices.Clone(r.Signs), s)
		binding.SortSigns(r.Signs)
	}
	return r.seen(at), nil
}

// Judge writes a verdict.
func (m *Memory) Judge(_ context.Context, v binding.Verdict) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.accounts[v.Account]
	if r == nil || r.State != binding.Bound || r.EmailKey != v.EmailKey || !sameSigns(r.Signs, v.Signs) ||
		(binding.Standing{Risk: r.Risk, Since: r.RiskSince}) != v.Was {
		return refused(r, time.Time{})
	}
	r.stand(v.Standing)
	if r.Signs = slices.DeleteFunc(slices.Clone(r.Signs), func(s binding.Sign) bool { return slices.Contains(v.Drop, s) }); len(r.Signs) == 0 {
		r.Signs = nil
	}
	if v.Event != "" {
		r.Event = v.Event
	}
	return nil
}

// stand gives the row a standing.
func (r *row) stand(s binding.Standing) {
	r.Risk, r.RiskSince = s.Risk, time.Time{}
	if s.Risk != binding.NoRisk {
		r.RiskSince = sec(s.Since)
	}
}

// sameSigns says whether two lists hold the same signs, in any order.
func sameSigns(a, b []binding.Sign) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s binding.Sign) bool { return !slices.Contains(b, s) })
}

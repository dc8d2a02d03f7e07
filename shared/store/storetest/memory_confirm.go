package storetest

import (
	"context"
	"time"

	"mailbind/shared/binding"
)

// Reconfirm orders a mail that has the bound mailbox confirmed.
func (m *Memory) Reconfirm(_ context.Context, q binding.Reconfirmation) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(q.Account, q.Now)
	if r == nil || r.State != binding.Bound {
		return binding.Claim{}, refused(r, q.Now)
	}
	_, due := r.Due[binding.KindReconfirm]
	open, spent := r.Alive(q.Now), r.Tries >= binding.TriesPerCode
	late := due && !r.ResendAt.After(binding.LateLine(q.Now))
	free := !r.ResendAt.After(q.Now) && r.sends[binding.Day(q.Now)] < binding.SendsPerDay
	ok := false
	switch q.Form {
	case binding.Afresh:
		ok = free && (!open || r.Key != q.Key)
	case binding.SameCode:
		ok = free && open && !due && !spent
	case binding.NewCode:
		ok = free && open && !due && spent
	case binding.Overdue:
		ok = open && late && !spent
	case binding.OverdueNewCode:
		ok = open && late && spent
	}
	if !ok {
		return binding.Claim{}, refused(r, q.Now)
	}
	switch q.Form {
	case binding.Afresh:
		r.Confirming, r.Key, r.CodesUsed, r.Tries = q.Challenge, q.Key, 0, 0
		r.Opened, r.Expires = sec(q.Now), sec(q.Now.Add(binding.ChallengeLife))
	case binding.NewCode, binding.OverdueNewCode:
		r.CodesUsed, r.Tries = r.CodesUsed+1, 0
	}
	if q.Form != binding.Overdue && q.Form != binding.OverdueNewCode {
		r.sends[binding.Day(q.Now)]++
	}
	r.ResendAt = sec(q.Now.Add(binding.CooldownSame))
	r.newest(binding.KindReconfirm, q.Send)
	r.forgetDays(q.Now)
	return r.seen(q.Now), nil
}

// Confirm ends the open confirmation.
func (m *Memory) Confirm(_ context.Context, c binding.Confirmation) (binding.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(c.Account, c.Now)
	if r == nil || r.State != binding.Bound || r.Confirming != c.Challenge || !r.Alive(c.Now) ||
		c.Doubted != (r.Risk != binding.NoRisk || !r.DisputedAt.IsZero()) {
		return binding.Claim{}, refused(r, c.Now)
	}
	if c.Doubted {
		r.Event = c.Event
	}
	r.ProvedAt = sec(c.Now)
	r.Risk, r.RiskSince, r.Signs, r.DisputedAt = binding.NoRisk, time.Time{}, nil, time.Time{}
	r.Expires, r.ResendAt, r.Tries = time.Time{}, time.Time{}, 0
	delete(r.Due, binding.KindReconfirm)
	r.forgetDays(c.Now)
	return r.seen(c.Now), nil
}

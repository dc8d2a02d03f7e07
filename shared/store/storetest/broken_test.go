package storetest

import (
	"context"
	"errors"
	"maps"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// Each of the stores below breaks one rule of the contract and is a Memory otherwise.

// edit changes a row behind the contract's back.
func (m *Memory) edit(k binding.AccountKey, do func(*row)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.accounts[k]; r != nil {
		do(r)
	}
}

// around shows a step the row changed, and undoes the change of what the step left alone.
func around[T comparable](m *Memory, k binding.AccountKey, field func(*row) *T, shown T, call func() error) error {
	var was T
	m.edit(k, func(r *row) { was, *field(r) = *field(r), shown })
	err := call()
	m.edit(k, func(r *row) {
		if *field(r) == shown {
			*field(r) = was
		}
	})
	return err
}

type ctx = context.Context

type losesWho struct{ *Memory }

func (b losesWho) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	o.Who.Locale = ""
	return b.Memory.Open(c, o)
}

type opensDenied struct{ *Memory }

func (b opensDenied) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	b.edit(o.Account, func(r *row) { delete(r.Denied, o.EmailKey) })
	return b.Memory.Open(c, o)
}

type opensAtOnce struct{ *Memory }

func (b opensAtOnce) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	b.edit(o.Account, func(r *row) { r.ResendAt = time.Time{} })
	return b.Memory.Open(c, o)
}

type opensBound struct{ *Memory }

func (b opensBound) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	b.edit(o.Account, func(r *row) { r.State = binding.Denied })
	return b.Memory.Open(c, o)
}

type refillsByOpening struct{ *Memory }

func (b refillsByOpening) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	b.edit(o.Account, func(r *row) { clear(r.sends); clear(r.tries) })
	return b.Memory.Open(c, o)
}

type keepsTheFate struct{ *Memory }

func (b keepsTheFate) Open(c ctx, o binding.Opening) (binding.Claim, error) {
	var was time.Time
	b.edit(o.Account, func(r *row) { was = r.AcceptedAt })
	claim, err := b.Memory.Open(c, o)
	if err == nil {
		b.edit(o.Account, func(r *row) { r.AcceptedAt = was })
		claim.AcceptedAt = was
	}
	return claim, err
}

type requeuesTwice struct{ *Memory }

func (b requeuesTwice) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	if q.Form != binding.Overdue {
		b.edit(q.Account, func(r *row) { delete(r.Due, binding.KindVerify) })
	}
	return b.Memory.Requeue(c, q)
}

type requeuesToTheDead struct{ *Memory }

func (b requeuesToTheDead) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	b.edit(q.Account, func(r *row) { r.Why = "" })
	return b.Memory.Requeue(c, q)
}

type chargesOverdue struct{ *Memory }

func (b chargesOverdue) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	if q.Form == binding.Overdue {
		b.edit(q.Account, func(r *row) { r.sends[binding.Day(q.Now)]++ })
	}
	return b.Memory.Requeue(c, q)
}

type refillsByNewCode struct{ *Memory }

func (b refillsByNewCode) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	if q.Form == binding.NewCode {
		b.edit(q.Account, func(r *row) { clear(r.tries) })
	}
	return b.Memory.Requeue(c, q)
}

type keepsTheSpentCode struct{ *Memory }

func (b keepsTheSpentCode) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	claim, err := b.Memory.Requeue(c, q)
	if err == nil && q.Form == binding.NewCode {
		b.edit(q.Account, func(r *row) { r.CodesUsed-- })
		claim.CodesUsed--
	}
	return claim, err
}

type freeNumbers struct{ *Memory }

func (b freeNumbers) ChargeNumber(c ctx, t binding.Try) (binding.Claim, error) {
	claim, err := b.Memory.ChargeNumber(c, t)
	if err == nil {
		b.edit(t.Account, func(r *row) { r.LinkTries = 0 })
	}
	return claim, err
}

type freeCodes struct{ *Memory }

func (b freeCodes) ChargeCode(c ctx, t binding.Try) (binding.Claim, error) {
	claim, err := b.Memory.ChargeCode(c, t)
	if err == nil {
		b.edit(t.Account, func(r *row) { r.Tries = 0 })
	}
	return claim, err
}

type forgetsTheCall struct{ *Memory }

func (b forgetsTheCall) ChargeCode(c ctx, t binding.Try) (binding.Claim, error) {
	b.edit(t.Account, func(r *row) { r.Op = "" })
	return b.Memory.ChargeCode(c, t)
}

type givesTwice struct{ *Memory }

func (b givesTwice) GiveBack(c ctx, t binding.Try, code bool) error {
	b.edit(t.Account, func(r *row) {
		if r.State != binding.Bound {
			r.Op = t.Op
		}
	})
	return b.Memory.GiveBack(c, t, code)
}

type bindsDenied struct{ *Memory }

func (b bindsDenied) Bind(c ctx, n binding.Binding) error {
	b.edit(n.Account, func(r *row) {
		if r.State == binding.Denied {
			r.State = binding.Pending
			clear(r.Denied)
		}
	})
	return b.Memory.Bind(c, n)
}

type bindsExpired struct{ *Memory }

func (b bindsExpired) Bind(c ctx, n binding.Binding) error {
	return around(b.Memory, n.Account, func(r *row) *time.Time { return &r.Expires }, n.Now.Add(time.Hour), func() error { return b.Memory.Bind(c, n) })
}

type bindsSuperseded struct{ *Memory }

func (b bindsSuperseded) Bind(c ctx, n binding.Binding) error {
	b.edit(n.Account, func(r *row) { n.Challenge = r.Challenge })
	return b.Memory.Bind(c, n)
}

type bindsQuarantined struct{ *Memory }

func (b bindsQuarantined) Bind(c ctx, n binding.Binding) error {
	b.mu.Lock()
	if !b.emails[n.EmailKey].Released.IsZero() {
		delete(b.emails, n.EmailKey)
	}
	b.mu.Unlock()
	return b.Memory.Bind(c, n)
}

type bindsByHalves struct{ *Memory }

func (b bindsByHalves) Bind(c ctx, n binding.Binding) error {
	err := b.Memory.Bind(c, n)
	if r, ok := errors.AsType[*binding.BindRefused](err); ok && !r.EmailTaken {
		b.mu.Lock()
		if b.emails == nil {
			b.emails = map[address.EmailKey]binding.Holder{}
		}
		b.emails[n.EmailKey] = binding.Holder{Owner: n.Account, Bound: true}
		b.mu.Unlock()
	}
	return err
}

type bindsEachInTurn struct{ *Memory }

// Bind looks first and writes later: whoever comes between is overwritten.
func (b bindsEachInTurn) Bind(c ctx, n binding.Binding) error {
	b.mu.Lock()
	was := maps.Clone(b.emails)
	b.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
	b.mu.Lock()
	if h, taken := was[n.EmailKey]; taken {
		b.emails[n.EmailKey] = h
	} else {
		delete(b.emails, n.EmailKey)
	}
	b.mu.Unlock()
	return b.Memory.Bind(c, n)
}

type leavesALife struct{ *Memory }

func (b leavesALife) ChargeCode(c ctx, t binding.Try) (binding.Claim, error) {
	b.edit(t.Account, func(r *row) { r.TTL = t.Now.Add(binding.RowLife) })
	return b.Memory.ChargeCode(c, t)
}

type bindsForAWhile struct{ *Memory }

func (b bindsForAWhile) Bind(c ctx, n binding.Binding) error {
	err := b.Memory.Bind(c, n)
	if err == nil {
		b.edit(n.Account, func(r *row) { r.TTL = n.Now.Add(binding.RowLife) })
	}
	return err
}

package binding_test

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// A tap sees every call of the store under its name, and decides whether, how often and with what
// answer it happens. Calling call twice is a client that repeats a call whose answer was lost.
type tap func(step string, call func() error) error

// tapped is the world's memory behind its tap.
type tapped struct{ *world }

var (
	_ binding.Store   = tapped{}
	_ binding.Outbox  = tapped{}
	_ binding.Reports = tapped{}
)

func (s tapped) pass(step string, call func() error) error {
	s.calls = append(s.calls, step)
	if s.tap == nil {
		return call()
	}
	return s.tap(step, call)
}

// row passes a call that gives a row: none with an error.
func (s tapped) claim(step string, call func() (binding.Claim, error)) (c binding.Claim, err error) {
	err = s.pass(step, func() (err error) { c, err = call(); return err })
	if err != nil {
		return binding.Claim{}, err
	}
	return c, nil
}

func (s tapped) Claim(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error) {
	return s.claim("Claim", func() (binding.Claim, error) { return s.memory.Claim(ctx, k, now) })
}

func (s tapped) Open(ctx context.Context, o binding.Opening) (binding.Claim, error) {
	return s.claim("Open", func() (binding.Claim, error) { return s.memory.Open(ctx, o) })
}

func (s tapped) Requeue(ctx context.Context, r binding.Requeue) (binding.Claim, error) {
	return s.claim("Requeue", func() (binding.Claim, error) { return s.memory.Requeue(ctx, r) })
}

func (s tapped) Reconfirm(ctx context.Context, r binding.Reconfirmation) (binding.Claim, error) {
	return s.claim("Reconfirm", func() (binding.Claim, error) { return s.memory.Reconfirm(ctx, r) })
}

func (s tapped) Confirm(ctx context.Context, c binding.Confirmation) (binding.Claim, error) {
	return s.claim("Confirm", func() (binding.Claim, error) { return s.memory.Confirm(ctx, c) })
}

func (s tapped) Tell(ctx context.Context, n binding.News) error {
	return s.pass("Tell", func() error { return s.memory.Tell(ctx, n) })
}

func (s tapped) Observe(ctx context.Context, o binding.Observation) (binding.Claim, error) {
	return s.claim("Observe", func() (binding.Claim, error) { return s.memory.Observe(ctx, o) })
}

func (s tapped) Judge(ctx context.Context, v binding.Verdict) error {
	return s.pass("Judge", func() error { return s.memory.Judge(ctx, v) })
}

func (s tapped) DisputeOnly(ctx context.Context, d binding.Denial) error {
	return s.pass("DisputeOnly", func() error { return s.memory.DisputeOnly(ctx, d) })
}

func (s tapped) ChargeNumber(ctx context.Context, t binding.Try) (binding.Claim, error) {
	return s.claim("ChargeNumber", func() (binding.Claim, error) { return s.memory.ChargeNumber(ctx, t) })
}

func (s tapped) ChargeCode(ctx context.Context, t binding.Try) (binding.Claim, error) {
	return s.claim("ChargeCode", func() (binding.Claim, error) { return s.memory.ChargeCode(ctx, t) })
}

func (s tapped) GiveBack(ctx context.Context, t binding.Try, code bool) error {
	return s.pass("GiveBack", func() error {
		if err := ctx.Err(); err != nil {
			return err // as a real client answers
		}
		return s.memory.GiveBack(ctx, t, code)
	})
}

func (s tapped) Bind(ctx context.Context, b binding.Binding) error {
	return s.pass("Bind", func() error { return s.memory.Bind(ctx, b) })
}

func (s tapped) Deny(ctx context.Context, d binding.Denial) error {
	return s.pass("Deny", func() error { return s.memory.Deny(ctx, d) })
}

func (s tapped) DenyMoved(ctx context.Context, d binding.Denial) error {
	return s.pass("DenyMoved", func() error { return s.memory.DenyMoved(ctx, d) })
}

func (s tapped) Dispute(ctx context.Context, d binding.Denial) error {
	return s.pass("Dispute", func() error { return s.memory.Dispute(ctx, d) })
}

func (s tapped) Undo(ctx context.Context, d binding.Denial) error {
	return s.pass("Undo", func() error { return s.memory.Undo(ctx, d) })
}

func (s tapped) UndoMoved(ctx context.Context, d binding.Denial) error {
	return s.pass("UndoMoved", func() error { return s.memory.UndoMoved(ctx, d) })
}

func (s tapped) UndoDispute(ctx context.Context, d binding.Denial) error {
	return s.pass("UndoDispute", func() error { return s.memory.UndoDispute(ctx, d) })
}

func (s tapped) Load(ctx context.Context, k binding.AccountKey, ek address.EmailKey, now time.Time) (c binding.Claim, h binding.Holder, err error) {
	err = s.pass("Load", func() (err error) { c, h, err = s.memory.Load(ctx, k, ek, now); return err })
	if err != nil {
		return binding.Claim{}, binding.Holder{}, err
	}
	return c, h, nil
}

func (s tapped) Book(ctx context.Context, b binding.Booking) (ok bool, err error) {
	err = s.pass("Book", func() (err error) { ok, err = s.memory.Book(ctx, b); return err })
	return ok && err == nil, err
}

func (s tapped) Finish(ctx context.Context, f binding.Finish) error {
	return s.pass("Finish", func() error { return s.memory.Finish(ctx, f) })
}

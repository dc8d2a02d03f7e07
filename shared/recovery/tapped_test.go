package recovery_test

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// tapped is the world's store with an ear on it: each call is noted by its step, and the world's tap, if there
// is one, decides whether and how often it happens.
type tapped struct{ w *world }

var (
	_ recovery.Store         = tapped{}
	_ recovery.Outbox        = tapped{}
	_ recovery.PlatformStore = tapped{}
)

func (t tapped) do(step string, call func() error) error {
	t.w.calls = append(t.w.calls, step)
	if t.w.tap != nil {
		return t.w.tap(step, call)
	}
	return call()
}

func (t tapped) CountCaller(ctx context.Context, k recovery.CallerKey, now time.Time) (u recovery.Usage, ok bool, err error) {
	err = t.do("count caller", func() error { u, ok, err = t.w.memory.CountCaller(ctx, k, now); return err })
	return u, ok, err
}

func (t tapped) Ring(ctx context.Context, b recovery.Bell) error {
	return t.do("ring", func() error { return t.w.memory.Ring(ctx, b) })
}

func (t tapped) ChargeGuess(ctx context.Context, y recovery.Try) (c recovery.Challenge, err error) {
	err = t.do("charge guess", func() error { c, err = t.w.memory.ChargeGuess(ctx, y); return err })
	return c, err
}

func (t tapped) GiveBackGuess(ctx context.Context, y recovery.Try) error {
	return t.do("give back guess", func() error { return t.w.memory.GiveBackGuess(ctx, y) })
}

func (t tapped) Present(ctx context.Context, y recovery.Try) (c recovery.Challenge, err error) {
	err = t.do("present", func() error { c, err = t.w.memory.Present(ctx, y); return err })
	return c, err
}

func (t tapped) GiveBackPresented(ctx context.Context, y recovery.Try) error {
	return t.do("give back presented", func() error { return t.w.memory.GiveBackPresented(ctx, y) })
}

func (t tapped) Credential(ctx context.Context, k binding.AccountKey) (c recovery.Credential, err error) {
	err = t.do("credential", func() error { c, err = t.w.memory.Credential(ctx, k); return err })
	return c, err
}

func (t tapped) Change(ctx context.Context, c recovery.Change) error {
	return t.do("change", func() error { return t.w.memory.Change(ctx, c) })
}

func (t tapped) Claim(ctx context.Context, k binding.AccountKey, now time.Time) (c binding.Claim, err error) {
	err = t.do("claim", func() error { c, err = t.w.memory.Claim(ctx, k, now); return err })
	return c, err
}

func (t tapped) Redeem(ctx context.Context, r recovery.Redemption) error {
	return t.do("redeem", func() error { return t.w.memory.Redeem(ctx, r) })
}

func (t tapped) Spend(ctx context.Context, m recovery.Meter, now time.Time) (wait time.Duration, err error) {
	err = t.do("spend", func() error { wait, err = t.w.memory.Spend(ctx, m, now); return err })
	return wait, err
}

func (t tapped) Refill(ctx context.Context, m recovery.Meter, full bool, now time.Time) error {
	return t.do("refill", func() error { return t.w.memory.Refill(ctx, m, full, now) })
}

func (t tapped) Touch(ctx context.Context, u recovery.Touch) (ok bool, err error) {
	err = t.do("touch", func() error { ok, err = t.w.memory.Touch(ctx, u); return err })
	return ok, err
}

func (t tapped) Put(ctx context.Context, p recovery.Put) error {
	return t.do("put", func() error { return t.w.memory.Put(ctx, p) })
}

func (t tapped) Hold(ctx context.Context, k binding.AccountKey, until time.Time) (ok bool, err error) {
	err = t.do("hold", func() error { ok, err = t.w.memory.Hold(ctx, k, until); return err })
	return ok, err
}

func (t tapped) Void(ctx context.Context, ek address.EmailKey, now time.Time) error {
	return t.do("void", func() error { return t.w.memory.Void(ctx, ek, now) })
}

func (t tapped) Recall(ctx context.Context, ek address.EmailKey, now time.Time) (c recovery.Challenge, h binding.Holder, err error) {
	err = t.do("recall", func() error { c, h, err = t.w.memory.Recall(ctx, ek, now); return err })
	return c, h, err
}

func (t tapped) Owner(ctx context.Context, k binding.AccountKey, now time.Time) (c binding.Claim, err error) {
	err = t.do("owner", func() error { c, err = t.w.memory.Owner(ctx, k, now); return err })
	return c, err
}

func (t tapped) Renew(ctx context.Context, o recovery.Opening) (c recovery.Challenge, err error) {
	err = t.do("renew", func() error { c, err = t.w.memory.Renew(ctx, o); return err })
	return c, err
}

func (t tapped) Extend(ctx context.Context, e recovery.Extension) (c recovery.Challenge, err error) {
	err = t.do("extend", func() error { c, err = t.w.memory.Extend(ctx, e); return err })
	return c, err
}

func (t tapped) Settle(ctx context.Context, s recovery.Settlement) error {
	return t.do("settle", func() error { return t.w.memory.Settle(ctx, s) })
}

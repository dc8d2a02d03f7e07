package storetest

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// asIs runs a step and puts the fields that keep names back as they were before it.
func (m *Memory) asIs(ek address.EmailKey, step func() error, keep func(now *challenge, was recovery.Challenge)) error {
	var was recovery.Challenge
	m.editAsked(ek, func(c *challenge) { was = c.Challenge })
	err := step()
	if err == nil {
		m.editAsked(ek, func(c *challenge) { keep(c, was) })
	}
	return err
}

// What an end may forget.
func staysDeaf(c *challenge, was recovery.Challenge)     { c.ResendAt = was.ResendAt }
func staysDue(c *challenge, was recovery.Challenge)      { c.Due = was.Due }
func staysAlive(c *challenge, was recovery.Challenge)    { c.UsedAt = was.UsedAt }
func staysRedeemed(c *challenge, was recovery.Challenge) { c.UsedBy = was.UsedBy }
func keepsItsLife(c *challenge, was recovery.Challenge) {
	if !was.TTL.IsZero() {
		c.TTL = was.TTL
	}
}

type forgetsAtChange struct {
	*Memory
	keep func(*challenge, recovery.Challenge)
}

func (b forgetsAtChange) Change(c ctx, n recovery.Change) error {
	return b.asIs(n.EmailKey, func() error { return b.Memory.Change(c, n) }, b.keep)
}

type forgetsAtRedeem struct {
	*Memory
	keep func(*challenge, recovery.Challenge)
}

func (b forgetsAtRedeem) Redeem(c ctx, r recovery.Redemption) error {
	return b.asIs(r.EmailKey, func() error { return b.Memory.Redeem(c, r) }, b.keep)
}

type forgetsAtPut struct {
	*Memory
	keep func(*challenge, recovery.Challenge)
}

func (b forgetsAtPut) Put(c ctx, p recovery.Put) error {
	return b.asIs(p.EmailKey, func() error { return b.Memory.Put(c, p) }, b.keep)
}

type forgetsAtVoid struct {
	*Memory
	keep func(*challenge, recovery.Challenge)
}

func (b forgetsAtVoid) Void(c ctx, ek address.EmailKey, now time.Time) error {
	return b.asIs(ek, func() error { return b.Memory.Void(c, ek, now) }, b.keep)
}

type voidsGhosts struct{ *Memory }

func (b voidsGhosts) Void(c ctx, ek address.EmailKey, now time.Time) error {
	b.mu.Lock()
	b.row(ek, now)
	b.mu.Unlock()
	return b.Memory.Void(c, ek, now)
}

type voidsOnce struct{ *Memory }

// Void leaves what is used: then a mail that is due goes out.
func (b voidsOnce) Void(c ctx, ek address.EmailKey, now time.Time) error {
	used := false
	b.editAsked(ek, func(c *challenge) { used = !c.UsedAt.IsZero() })
	if used {
		return nil
	}
	return b.Memory.Void(c, ek, now)
}

type putsNoRow struct{ *Memory }

// Put ends what there is, and of an address that nobody asked for keeps nothing.
func (b putsNoRow) Put(c ctx, p recovery.Put) error {
	b.mu.Lock()
	_, was := b.recoveries.challenges[p.EmailKey]
	b.mu.Unlock()
	err := b.Memory.Put(c, p)
	if !was {
		b.mu.Lock()
		delete(b.recoveries.challenges, p.EmailKey)
		b.mu.Unlock()
	}
	return err
}

type putsForEver struct{ *Memory }

func (b putsForEver) Put(c ctx, p recovery.Put) error {
	err := b.Memory.Put(c, p)
	b.editAsked(p.EmailKey, func(c *challenge) { c.TTL = time.Time{} })
	return err
}

type putsAndEndsAnyway struct{ *Memory }

// Put ends what was mailed, be the password set or not.
func (b putsAndEndsAnyway) Put(c ctx, p recovery.Put) error {
	err := b.Memory.Put(c, p)
	b.editAsked(p.EmailKey, func(c *challenge) { c.end(p.Now) })
	return err
}

type putsInto struct{ *Memory }

// Put leaves a challenge of nobody's that is alive, so that the next mail goes on with it.
func (b putsInto) Put(c ctx, p recovery.Put) error {
	err := b.Memory.Put(c, p)
	b.editAsked(p.EmailKey, func(c *challenge) {
		if c.ID == (binding.ChallengeID{}) {
			c.ID = id()
		}
	})
	return err
}

type renewsAlive struct{ *Memory }

// Renew opens nothing in place of what ended.
func (b renewsAlive) Renew(c ctx, o recovery.Opening) (recovery.Challenge, error) {
	used := false
	b.editAsked(o.EmailKey, func(c *challenge) { used = !c.UsedAt.IsZero() })
	if used {
		o.Seen = id()
	}
	return b.Memory.Renew(c, o)
}

type oneOp struct{ *Memory }

// ChargeGuess takes the name of the newest presentation for its own.
func (b oneOp) ChargeGuess(c ctx, t recovery.Try) (recovery.Challenge, error) {
	out, err := b.Memory.ChargeGuess(c, t)
	if err == nil {
		b.editAsked(t.EmailKey, func(c *challenge) { c.PresentOp = c.Op })
		out.PresentOp = out.Op
	}
	return out, err
}

type onePresentOp struct{ *Memory }

// Present takes the name of the newest guess for its own.
func (b onePresentOp) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	out, err := b.Memory.Present(c, t)
	if err == nil {
		b.editAsked(t.EmailKey, func(c *challenge) { c.Op = c.PresentOp })
		out.Op = out.PresentOp
	}
	return out, err
}

type keepsThePresentation struct{ *Memory }

func (b keepsThePresentation) Renew(c ctx, o recovery.Opening) (out recovery.Challenge, err error) {
	err = b.asIs(o.EmailKey, func() error { out, err = b.Memory.Renew(c, o); return err },
		func(c *challenge, was recovery.Challenge) { c.PresentOp, out.PresentOp = was.PresentOp, was.PresentOp })
	return out, err
}

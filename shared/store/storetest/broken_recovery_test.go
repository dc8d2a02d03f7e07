package storetest

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// Each of the stores below breaks one rule of recovery's contract and is a Memory otherwise.

// editAsked changes the row of an address behind the contract's back.
func (m *Memory) editAsked(ek address.EmailKey, do func(*challenge)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.recoveries.challenges[ek]; c != nil {
		do(c)
	}
}

// aroundAsked shows a step the row changed, and undoes the change of what the step left alone.
func aroundAsked[T comparable](m *Memory, ek address.EmailKey, field func(*challenge) *T, shown T, call func()) {
	var was T
	m.editAsked(ek, func(c *challenge) { was, *field(c) = *field(c), shown })
	call()
	m.editAsked(ek, func(c *challenge) {
		if *field(c) == shown {
			*field(c) = was
		}
	})
}

func usedAt(c *challenge) *time.Time   { return &c.UsedAt }
func expires(c *challenge) *time.Time  { return &c.Expires }
func openedAt(c *challenge) *time.Time { return &c.Opened }

type ringsForAWhile struct{ *Memory }

func (b ringsForAWhile) Ring(c ctx, l recovery.Bell) error {
	err := b.Memory.Ring(c, l)
	b.editAsked(l.EmailKey, func(c *challenge) { c.TTL = l.Now.Add(time.Hour) })
	return err
}

type ringsAgain struct{ *Memory }

func (b ringsAgain) Ring(c ctx, l recovery.Bell) error {
	b.editAsked(l.EmailKey, func(c *challenge) { c.Due = binding.SendID{} })
	return b.Memory.Ring(c, l)
}

type deafForEver struct{ *Memory }

func (b deafForEver) Ring(c ctx, l recovery.Bell) error {
	deaf := false
	b.editAsked(l.EmailKey, func(c *challenge) { deaf = c.Due != binding.SendID{} })
	if deaf {
		return nil
	}
	return b.Memory.Ring(c, l)
}

type ringsAtOnce struct{ *Memory }

func (b ringsAtOnce) Ring(c ctx, l recovery.Bell) error {
	b.editAsked(l.EmailKey, func(c *challenge) { c.ResendAt = time.Time{} })
	return b.Memory.Ring(c, l)
}

type countsNoHours struct{ *Memory }

func (b countsNoHours) CountCaller(c ctx, k recovery.CallerKey, now time.Time) (recovery.Usage, bool, error) {
	u, ok, err := b.Memory.CountCaller(c, k, now)
	return u, ok || u.Minute < recovery.CallerPerMinute, err
}

type countsNoMinutes struct{ *Memory }

func (b countsNoMinutes) CountCaller(c ctx, k recovery.CallerKey, now time.Time) (recovery.Usage, bool, error) {
	u, ok, err := b.Memory.CountCaller(c, k, now)
	return u, ok || u.Hour < recovery.CallerPerHour, err
}

type freeGuesses struct{ *Memory }

func (b freeGuesses) ChargeGuess(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) { c.Tries = 0 })
	return b.Memory.ChargeGuess(c, t)
}

type refillsTheDay struct{ *Memory }

func (b refillsTheDay) Extend(c ctx, x recovery.Extension) (recovery.Challenge, error) {
	if x.NewCode {
		b.editAsked(x.EmailKey, func(c *challenge) { clear(c.tries) })
	}
	return b.Memory.Extend(c, x)
}

type guessesUsed struct{ *Memory }

func (b guessesUsed) ChargeGuess(c ctx, t recovery.Try) (out recovery.Challenge, err error) {
	aroundAsked(b.Memory, t.EmailKey, usedAt, time.Time{}, func() { out, err = b.Memory.ChargeGuess(c, t) })
	return out, err
}

type guessesOver struct{ *Memory }

func (b guessesOver) ChargeGuess(c ctx, t recovery.Try) (out recovery.Challenge, err error) {
	aroundAsked(b.Memory, t.EmailKey, expires, t.Now.Add(time.Hour), func() { out, err = b.Memory.ChargeGuess(c, t) })
	return out, err
}

type forgetsTheGuess struct{ *Memory }

func (b forgetsTheGuess) ChargeGuess(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) { c.Op = "" })
	return b.Memory.ChargeGuess(c, t)
}

type givesGuessesTwice struct{ *Memory }

func (b givesGuessesTwice) GiveBackGuess(c ctx, t recovery.Try) error {
	b.editAsked(t.EmailKey, func(c *challenge) { c.Op = t.Op })
	return b.Memory.GiveBackGuess(c, t)
}

type freePresentations struct{ *Memory }

func (b freePresentations) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) { c.Presented = min(c.Presented, recovery.Presentations-1) })
	return b.Memory.Present(c, t)
}

type forgetsThePresentation struct{ *Memory }

func (b forgetsThePresentation) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) { c.PresentOp = "" })
	return b.Memory.Present(c, t)
}

type presentsUnused struct{ *Memory }

func (b presentsUnused) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) {
		if !c.UsedAt.IsZero() {
			t.Challenge = binding.ChallengeID{}
		}
	})
	return b.Memory.Present(c, t)
}

type presentsAlive struct{ *Memory }

func (b presentsAlive) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) {
		if !c.Alive(t.Now) {
			t.Challenge = binding.ChallengeID{}
		}
	})
	return b.Memory.Present(c, t)
}

type presentsOver struct{ *Memory }

func (b presentsOver) Present(c ctx, t recovery.Try) (out recovery.Challenge, err error) {
	aroundAsked(b.Memory, t.EmailKey, expires, t.Now.Add(time.Hour), func() { out, err = b.Memory.Present(c, t) })
	return out, err
}

type presentsPrevious struct{ *Memory }

func (b presentsPrevious) Present(c ctx, t recovery.Try) (out recovery.Challenge, err error) {
	aroundAsked(b.Memory, t.EmailKey, openedAt, t.Now, func() { out, err = b.Memory.Present(c, t) })
	return out, err
}

type presentsNewest struct{ *Memory }

func (b presentsNewest) Present(c ctx, t recovery.Try) (recovery.Challenge, error) {
	b.editAsked(t.EmailKey, func(c *challenge) { c.Previous = binding.ChallengeID{} })
	return b.Memory.Present(c, t)
}

type givesPresentationsTwice struct{ *Memory }

func (b givesPresentationsTwice) GiveBackPresented(c ctx, t recovery.Try) error {
	b.editAsked(t.EmailKey, func(c *challenge) { c.PresentOp = t.Op })
	return b.Memory.GiveBackPresented(c, t)
}

type redeemsTwice struct{ *Memory }

func (b redeemsTwice) Redeem(c ctx, r recovery.Redemption) error {
	b.Unuse(r.EmailKey)
	return b.Memory.Redeem(c, r)
}

type redeemsForAny struct{ *Memory }

func (b redeemsForAny) Redeem(c ctx, r recovery.Redemption) error {
	b.editAsked(r.EmailKey, func(c *challenge) { r.Account = c.Owner })
	return b.Memory.Redeem(c, r)
}

type redeemsOver struct{ *Memory }

func (b redeemsOver) Redeem(c ctx, r recovery.Redemption) (err error) {
	aroundAsked(b.Memory, r.EmailKey, expires, r.Now.Add(time.Hour), func() { err = b.Memory.Redeem(c, r) })
	return err
}

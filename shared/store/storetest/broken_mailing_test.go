package storetest

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

type recallsNobody struct{ *Memory }

func (b recallsNobody) Recall(c ctx, ek address.EmailKey, now time.Time) (recovery.Challenge, binding.Holder, error) {
	row, _, err := b.Memory.Recall(c, ek, now)
	return row, binding.Holder{}, err
}

type keepsTheTries struct{ *Memory }

func (b keepsTheTries) Renew(c ctx, o recovery.Opening) (recovery.Challenge, error) {
	tries := 0
	b.editAsked(o.EmailKey, func(c *challenge) { tries = c.Tries })
	out, err := b.Memory.Renew(c, o)
	if err == nil {
		b.editAsked(o.EmailKey, func(c *challenge) { c.Tries = tries })
		out.Tries = tries
	}
	return out, err
}

type keepsTheUse struct{ *Memory }

func (b keepsTheUse) Renew(c ctx, o recovery.Opening) (out recovery.Challenge, err error) {
	var by [16]byte
	b.editAsked(o.EmailKey, func(c *challenge) { by = c.UsedBy })
	if out, err = b.Memory.Renew(c, o); err == nil {
		b.editAsked(o.EmailKey, func(c *challenge) { c.UsedBy = by })
		out.UsedBy = by
	}
	return out, err
}

type renewsAny struct{ *Memory }

func (b renewsAny) Renew(c ctx, o recovery.Opening) (recovery.Challenge, error) {
	b.editAsked(o.EmailKey, func(c *challenge) { o.Seen = c.ID })
	return b.Memory.Renew(c, o)
}

type renewsUndue struct{ *Memory }

func (b renewsUndue) Renew(c ctx, o recovery.Opening) (recovery.Challenge, error) {
	b.editAsked(o.EmailKey, func(c *challenge) {
		if c.Due == (binding.SendID{}) {
			c.Due = o.Send
		}
	})
	return b.Memory.Renew(c, o)
}

type keepsTheGuess struct{ *Memory }

func (b keepsTheGuess) Extend(c ctx, x recovery.Extension) (recovery.Challenge, error) {
	out, err := b.Memory.Extend(c, x)
	if err == nil && x.NewCode {
		b.editAsked(x.EmailKey, func(c *challenge) { c.CodesUsed-- })
		out.CodesUsed--
	}
	return out, err
}

type keepsTheCodesTime struct{ *Memory }

func (b keepsTheCodesTime) Renew(c ctx, o recovery.Opening) (out recovery.Challenge, err error) {
	err = b.asIs(o.EmailKey, func() error { out, err = b.Memory.Renew(c, o); return err },
		func(c *challenge, was recovery.Challenge) { c.CodedAt, out.CodedAt = was.CodedAt, was.CodedAt })
	return out, err
}

func (b keepsTheCodesTime) Extend(c ctx, x recovery.Extension) (out recovery.Challenge, err error) {
	err = b.asIs(x.EmailKey, func() error { out, err = b.Memory.Extend(c, x); return err },
		func(c *challenge, was recovery.Challenge) { c.CodedAt, out.CodedAt = was.CodedAt, was.CodedAt })
	return out, err
}

type makesOldCodesNew struct{ *Memory }

func (b makesOldCodesNew) Extend(c ctx, x recovery.Extension) (recovery.Challenge, error) {
	out, err := b.Memory.Extend(c, x)
	if err == nil {
		b.editAsked(x.EmailKey, func(c *challenge) { c.CodedAt = sec(x.Now) })
		out.CodedAt = sec(x.Now)
	}
	return out, err
}

type extendsAny struct{ *Memory }

func (b extendsAny) Extend(c ctx, x recovery.Extension) (recovery.Challenge, error) {
	b.editAsked(x.EmailKey, func(c *challenge) { x.CodesUsed = c.CodesUsed })
	return b.Memory.Extend(c, x)
}

type extendsUsed struct{ *Memory }

func (b extendsUsed) Extend(c ctx, x recovery.Extension) (out recovery.Challenge, err error) {
	aroundAsked(b.Memory, x.EmailKey, usedAt, time.Time{}, func() { out, err = b.Memory.Extend(c, x) })
	return out, err
}

type settlesAny struct{ *Memory }

func (b settlesAny) Settle(c ctx, s recovery.Settlement) error {
	b.editAsked(s.EmailKey, func(c *challenge) { s.Send = c.Due })
	return b.Memory.Settle(c, s)
}

type booksUnsent struct{ *Memory }

func (b booksUnsent) Settle(c ctx, s recovery.Settlement) error {
	s.Booked = true
	return b.Memory.Settle(c, s)
}

type settlesGhosts struct{ *Memory }

func (b settlesGhosts) Settle(c ctx, s recovery.Settlement) error {
	b.mu.Lock()
	if b.recoveries.challenges == nil {
		b.recoveries.challenges = map[address.EmailKey]*challenge{}
	}
	if b.recoveries.challenges[s.EmailKey] == nil {
		b.recoveries.challenges[s.EmailKey] = &challenge{Challenge: recovery.Challenge{EmailKey: s.EmailKey, MailedAt: s.Now}}
	}
	b.mu.Unlock()
	return b.Memory.Settle(c, s)
}

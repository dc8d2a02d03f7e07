package recovery

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// ProveCode takes the code of a mail, typed beside the address, and gives a grant. The try is charged
// before anything is compared, and whether the address is anybody's is looked at last: a right code for an
// address that nobody holds went into no mail. Wrong codes do not hurt the link of the same mail. One
// round trip; none for what is no address or no code.
func (s *Service) ProveCode(ctx context.Context, email, typed string, req binding.Request, now time.Time) (Grant, error) {
	addr, err := parse(email)
	if err != nil {
		return Grant{}, err
	}
	code, ok := token.ParseCode(typed)
	if !ok {
		return Grant{}, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "code"}
	}
	t := Try{EmailKey: s.Names.Email(addr), Op: string(req) + "/code", Now: now}
	c, err := s.Store.ChargeGuess(ctx, t)
	if r, ok := errors.AsType[*Refused](err); ok {
		if r.Old.Op != t.Op { // else it is our own charge, its answer lost
			return Grant{}, refused()
		}
		c = r.Old
	} else if err != nil {
		s.giveBackGuess(ctx, t)
		return Grant{}, outage("charge guess", err)
	}
	key, err := s.Keys.Find(ctx, c.Key, now)
	if errors.Is(err, token.ErrUnknownKey) {
		return Grant{}, refused()
	}
	if err != nil {
		s.giveBackGuess(ctx, t)
		return Grant{}, keyError(err)
	}
	right := token.Equal(code, key.Code(token.Recover, t.EmailKey, c.ID, c.CodesUsed))
	if !right || c.Owner == (binding.AccountKey{}) {
		return Grant{}, refused()
	}
	return grant(Link{Key: key, Account: c.Owner, Challenge: c.ID, Address: addr}, now), nil
}

// ProveLink takes the link of a mail, beside the address, and gives a grant: what a link allows, in the
// form that the platform redeems. It asks no table; whether the challenge is still good shows when the
// grant is used.
func (s *Service) ProveLink(ctx context.Context, text, email string, now time.Time) (Grant, error) {
	l, err := s.openFor(ctx, text, email, now)
	if err != nil {
		return Grant{}, err
	}
	return grant(l, now), nil
}

// giveBackGuess undoes a charge after an outage that was ours, be it that of the charge itself. When it
// fails too, one try is lost, and the outage that is reported is the first one.
func (s *Service) giveBackGuess(ctx context.Context, t Try) {
	_ = s.Store.GiveBackGuess(context.WithoutCancel(ctx), t)
}

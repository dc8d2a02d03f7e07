package recovery

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/binding"
)

// A Redeemed is what the platform learns for a grant (host mode).
type Redeemed struct {
	Subject  string // the account, as the platform itself names it
	Issuer   string
	Ref      string
	ProvedAt time.Time // when somebody showed that they read the bound mailbox
}

// Redeem gives the platform the account that a grant is for, once: with the same key it may ask again, for
// its answer may have been lost. key is the platform's own name of this redemption, 1 to 255 bytes. A grant
// whose account is held, in doubt or no longer bound is refused, and spent all the same. Round trips: 2;
// a forged, foreign or expired grant 0.
//
// The account is read before the write, so that the write can say in the same row what the platform is told
// of it; a pause that begins in between begins after this redemption.
func (p *Platform) Redeem(ctx context.Context, text, key string, req binding.Request, now time.Time) (Redeemed, error) {
	if len(key) < 1 || len(key) > 255 {
		return Redeemed{}, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "key"}
	}
	l, err := OpenGrant(ctx, p.Keys, text, now)
	if err != nil {
		return Redeemed{}, err
	}
	ek := p.Names.Email(l.Address)
	c, err := p.Store.Claim(ctx, l.Account, now)
	if err != nil {
		return Redeemed{}, outage("account", err)
	}
	fits := c.State == binding.Bound && c.EmailKey == ek && pause(c, now) == binding.NotPaused
	mine := p.Names.Data.Index("redeem/1", key, text)
	r := Redemption{EmailKey: ek, Challenge: l.Challenge, Account: l.Account, Key: mine, Event: Finished.fact(string(req)), Now: now}
	if !fits { // nobody's key: what is spent so is never a repetition
		r.Key, r.Event = [16]byte{}, Held.fact(string(req))
	}
	err = p.Store.Redeem(ctx, r)
	if refusal, ok := errors.AsType[*Refused](err); ok {
		if old := refusal.Old; old.UsedBy != mine || !old.Takes(r.Challenge, now) || old.Owner != r.Account {
			return Redeemed{}, refused()
		}
	} else if err != nil {
		return Redeemed{}, outage("redeem", err)
	}
	if !fits {
		return Redeemed{}, refused()
	}
	return Redeemed{Subject: c.Who.Subject, Issuer: c.Who.Issuer, Ref: l.Account.Ref(), ProvedAt: l.Expires.Add(-GrantLife)}, nil
}

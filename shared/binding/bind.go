package binding

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/address"
)

// Bind is an account holder's wish to bind an address. Nothing is bound, and nobody else is kept from
// the address: a challenge is opened and its mail is due, in one write. Whether the address is bound
// elsewhere is not looked at here, so the answer cannot tell (P8).
//
// The same address again, while it is pending or bound, sends nothing and gives the same answer.
// One round trip; none when the address or the sign-in is refused.
func (s *Service) Bind(ctx context.Context, who Session, email string, asTyped bool, now time.Time) (Status, error) {
	if !who.recent(now, s.RecentLogin, s.BindScope) {
		return Status{}, &Refusal{Reason: ErrReauthRequired}
	}
	addr, err := s.acceptable(email, asTyped)
	if err != nil {
		return Status{}, err
	}
	o := Opening{
		Account: s.Names.Account(who.Subject), Who: who.Who,
		Address: addr, EmailKey: s.Names.Email(addr),
		Challenge: random(), Key: s.Keys.Current().ID(), Send: random(), Now: now,
	}
	claim, err := s.Store.Open(ctx, o)
	if refused, ok := errors.AsType[*Refused](err); ok {
		claim, err = o.explain(refused.Old)
		if err != nil {
			return Status{}, err
		}
	} else if err != nil {
		return Status{}, outage("open", err)
	}
	return s.status(ctx, o.Account, claim, now)
}

// acceptable parses what was typed and holds it against the rules that are for binding alone: whoever
// is bound may be recovered under any address.
func (s *Service) acceptable(email string, asTyped bool) (address.Address, error) {
	addr, err := address.Parse(email)
	if err != nil {
		why, _ := errors.AsType[*address.Error](err)
		refusal := &Refusal{Reason: ErrInvalidAddress, Detail: string(why.Reason)}
		if meant, ok := address.Repair(email); ok {
			refusal.Suggestion = meant.String()
		}
		return addr, refusal
	}
	if !s.TestDomains && address.SpecialUse(addr) {
		return addr, &Refusal{Reason: ErrInvalidAddress, Detail: "special-use-domain"}
	}
	if address.Within(addr, s.OwnDomains) {
		return addr, &Refusal{Reason: ErrInvalidAddress, Detail: "own-domain"}
	}
	if better, ok := address.Suggest(addr); ok && !asTyped {
		return addr, &Refusal{Reason: ErrLikelyTypo, Suggestion: better.String()}
	}
	// After the suggestion: slips of large providers are registered by those who throw mailboxes away.
	if s.Disposable != nil && s.Disposable(addr) {
		return addr, &Refusal{Reason: ErrDisposable}
	}
	return addr, nil
}

// explain finds why the row refused the opening. A claim that is already what was asked for is no
// refusal: its row is the answer.
func (o Opening) explain(old Claim) (Claim, error) {
	same := old.EmailKey == o.EmailKey
	until, denied := old.deniedUntil(o.EmailKey, o.Now)
	switch {
	case old.Challenge == o.Challenge: // our own write, its answer lost
		return old, nil
	case old.State == Bound && same:
		return old, nil
	case old.State == Bound:
		return Claim{}, &Refusal{Reason: ErrAlreadyBound}
	case denied:
		return Claim{}, &Refusal{Reason: ErrAddressDenied, RetryAfter: until.Sub(o.Now)}
	case old.State == Pending && same && old.Alive(o.Now):
		return old, nil
	}
	from := old.ResendAt
	if !same {
		from = from.Add(CooldownOther - CooldownSame)
	}
	switch {
	case from.After(o.Now):
		return Claim{}, &Refusal{Reason: ErrCooldown, RetryAfter: from.Sub(o.Now)}
	case old.SendsToday >= SendsPerDay:
		return Claim{}, &Refusal{Reason: ErrDailyLimit, RetryAfter: untilTomorrow(o.Now)}
	}
	return Claim{}, unexplained("open")
}

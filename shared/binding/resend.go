package binding

import (
	"context"
	"errors"
	"time"
)

// Resend has the mail of the living challenge sent again: the same link, and the same code unless
// its tries are spent. What is due already is not ordered twice, unless it is late; then it is ordered
// again at no charge (P6). One round trip, two in these two cases.
func (s *Service) Resend(ctx context.Context, who Session, now time.Time) (Status, error) {
	r := Requeue{Account: s.Names.Account(who.Subject), Send: random(), Now: now}
	claim, err := s.Store.Requeue(ctx, r)
	for range 2 { // a third form is called for only if the row moved on meanwhile
		refused, ok := errors.AsType[*Refused](err)
		if !ok || r.better(refused.Old) == r.Form {
			break
		}
		r.Form = r.better(refused.Old)
		claim, err = s.Store.Requeue(ctx, r)
	}
	if refused, ok := errors.AsType[*Refused](err); ok {
		claim, err = r.explain(refused.Old)
		if err != nil {
			return Status{}, err
		}
	} else if err != nil {
		return Status{}, outage("requeue", err)
	}
	return s.status(ctx, r.Account, claim, now)
}

// better is the form that the row calls for; the one it refused if none would do.
func (r Requeue) better(old Claim) RequeueForm {
	switch {
	case old.State != Pending || !old.Alive(r.Now) || old.Send == r.Send:
		return r.Form
	}
	return old.again(r.Now)
}

// again is the form in which a living challenge is mailed once more.
func (c Claim) again(now time.Time) RequeueForm {
	switch late, spent := c.late(now), c.Tries >= TriesPerCode; {
	case late && spent:
		return OverdueNewCode
	case late:
		return Overdue
	case spent:
		return NewCode
	}
	return SameCode
}

// dead says that a mail came back for good: another one would too. One that was not sent, because its domain
// seemed to take no mail, may be asked for again: asking the name servers again costs nobody anything.
func (c Claim) dead() bool { return c.Why.Dead() && c.Fate > NotSent }

// explain finds why the row refused. A mail that is on its way already is no refusal.
func (r Requeue) explain(old Claim) (Claim, error) {
	_, due := old.Due[KindVerify]
	until, denied := old.deniedUntil(old.EmailKey, r.Now)
	switch {
	case old.Send == r.Send: // our own write, its answer lost
		return old, nil
	case old.State == Bound:
		return old, nil
	case denied:
		return Claim{}, &Refusal{Reason: ErrAddressDenied, RetryAfter: until.Sub(r.Now)}
	case old.State != Pending:
		return Claim{}, &Refusal{Reason: ErrNothingPending}
	case !old.Alive(r.Now):
		return Claim{}, &Refusal{Reason: ErrExpired}
	case due && !old.late(r.Now):
		return old, nil
	case old.dead():
		return Claim{}, &Refusal{Reason: ErrMailboxRefused, Detail: string(old.Why)}
	case old.ResendAt.After(r.Now):
		return Claim{}, &Refusal{Reason: ErrCooldown, RetryAfter: old.ResendAt.Sub(r.Now)}
	case old.SendsToday >= SendsPerDay:
		return Claim{}, &Refusal{Reason: ErrDailyLimit, RetryAfter: untilTomorrow(r.Now)}
	}
	return Claim{}, unexplained("requeue")
}

package binding

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/token"
)

// Reconfirm has a mail sent to the bound mailbox, with a code that its owner types in the account's session
// (VerifyCode): a doubt about the mailbox ends so, and nothing else ends those that hold recovery. Asking
// again, while it is open, sends the same code again, unless its tries are spent. It changes nothing of the
// binding. One round trip, two when a confirmation is open already.
func (s *Service) Reconfirm(ctx context.Context, who Session, now time.Time) (Status, error) {
	r := Reconfirmation{Account: s.Names.Account(who.Subject), Form: Afresh,
		Challenge: random(), Key: s.Keys.Current().ID(), Send: random(), Now: now}
	claim, err := s.Store.Reconfirm(ctx, r)
	for range 2 { // a third form is called for only if the row moved on meanwhile
		refused, ok := errors.AsType[*Refused](err)
		if !ok {
			break
		}
		better := r.better(refused.Old)
		if better == r.Form {
			break
		}
		r.Form = better
		claim, err = s.Store.Reconfirm(ctx, r)
	}
	if refused, ok := errors.AsType[*Refused](err); ok {
		claim, err = r.explain(refused.Old)
		if err != nil {
			return Status{}, err
		}
	} else if err != nil {
		return Status{}, outage("reconfirm", err)
	}
	return s.status(ctx, r.Account, claim, now)
}

// better is the form that the row calls for; the one it refused if none would do.
func (r Reconfirmation) better(old Claim) RequeueForm {
	switch {
	case old.State != Bound || old.Send == r.Send:
		return r.Form
	case !old.confirming(r.Now) || old.Key != r.Key: // the key was rotated, or withdrawn with every code of it
		return Afresh
	}
	return old.again(r.Now)
}

// confirming says whether a confirmation is open and alive.
func (c Claim) confirming(now time.Time) bool {
	return c.State == Bound && c.Confirming != (ChallengeID{}) && c.Alive(now)
}

// explain finds why the row refused. A mail that is on its way already is no refusal.
func (r Reconfirmation) explain(old Claim) (Claim, error) {
	switch {
	case old.State != Bound:
		return Claim{}, &Refusal{Reason: ErrNothingPending}
	case old.Send == r.Send: // our own write, its answer lost
		return old, nil
	case old.due() && old.confirming(r.Now) && !old.late(r.Now):
		return old, nil
	case old.ResendAt.After(r.Now):
		return Claim{}, &Refusal{Reason: ErrCooldown, RetryAfter: old.ResendAt.Sub(r.Now)}
	case old.SendsToday >= SendsPerDay:
		return Claim{}, &Refusal{Reason: ErrDailyLimit, RetryAfter: untilTomorrow(r.Now)}
	}
	return Claim{}, unexplained("reconfirm")
}

// confirm ends the confirmation whose code was found right.
func (s *Service) confirm(ctx context.Context, claim Claim, req Request, now time.Time) (Claim, error) {
	c := Confirmation{Account: claim.Account, Challenge: claim.Confirming, Doubted: claim.doubted(),
		Event: "binding.well/confirmed/" + string(req), Now: now}
	for range 3 { // a doubt may come or go meanwhile
		after, err := s.Store.Confirm(ctx, c)
		if err == nil {
			return after, nil
		}
		refused, ok := errors.AsType[*Refused](err)
		if !ok {
			return Claim{}, outage("confirm", err)
		}
		switch old := refused.Old; {
		case old.State != Bound || old.Confirming != c.Challenge:
			return Claim{}, &Refusal{Reason: ErrSuperseded}
		case old.Expires.IsZero(): // done already, perhaps by us with the answer lost
			return old, nil
		case !old.Alive(now):
			return Claim{}, &Refusal{Reason: ErrExpired}
		case old.doubted() == c.Doubted:
			return Claim{}, unexplained("confirm")
		default:
			c.Doubted = old.doubted()
		}
	}
	return Claim{}, &Refusal{Reason: ErrUnavailable, RetryAfter: time.Second}
}

// doubted says whether a confirmation ends something that others were told of.
func (c Claim) doubted() bool { return c.Risk != NoRisk || !c.DisputedAt.IsZero() }

// code is the one that the row's holder was mailed last.
func (c Claim) code(key *token.Key) string {
	if c.State == Bound {
		return key.Code(token.Reconfirm, c.Account, c.Confirming, c.CodesUsed)
	}
	return key.Code(token.Verify, c.Account, c.Challenge, c.CodesUsed)
}

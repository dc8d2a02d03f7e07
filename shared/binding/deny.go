package binding

import (
	"context"
	"errors"
	"time"
)

// A DenyResult tells what "not me", or its undoing, came to.
type DenyResult struct {
	Link
	Bound bool // the address is bound for ever: the platform is told, nothing is unbound
}

// Deny is "this was not me", pressed by whoever reads the mailbox. It goes by the address and not by
// the challenge: a later claim of the same account on it ends too, and the account is kept away from
// it for DeniedFor. Bound already: the binding is disputed and an event tells the platform (P5).
// Pressing again is the same success. One round trip, two when the claim moved on or is bound.
func (s *Service) Deny(ctx context.Context, text string, req Request, now time.Time) (DenyResult, error) {
	l, err := OpenDenyLink(ctx, s.Keys, text, now)
	if err != nil {
		return DenyResult{}, err
	}
	d := Denial{Account: l.Account, EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge,
		Event: "binding.denied/" + string(req), Now: now}
	out := DenyResult{Link: l}
	step := s.Store.Deny
	for range 4 { // each refusal shows the row, and the row names the step; it can move on only so often
		err := step(ctx, d)
		if err == nil {
			return out, nil
		}
		refused, ok := errors.AsType[*Refused](err)
		if !ok {
			return out, outage("deny", err)
		}
		switch old := refused.Old; {
		case old.State == None: // erased: a row outlives every link that names it
			return out, nil
		case old.State == Bound && old.EmailKey != d.EmailKey:
			return out, nil // that account cannot bind this address any more
		case old.State == Bound:
			out.Bound = true
			if !old.DisputedAt.IsZero() && old.Risk.Holds() {
				return out, nil
			}
			d.Risky, d.Event = old.Risk.Holds(), "binding.disputed/"+string(req)
			step = s.Store.Dispute
		case old.EmailKey != d.EmailKey:
			step = s.Store.DenyMoved
		default:
			step = s.Store.Deny
		}
	}
	return out, &Refusal{Reason: ErrUnavailable, RetryAfter: time.Second}
}

// UndoDeny takes "not me" back within UndoFor: a scanner pressed it, or a colleague did. Undoing
// again, or what was never denied, is success.
func (s *Service) UndoDeny(ctx context.Context, text string, req Request, now time.Time) (DenyResult, error) {
	l, err := OpenDenyLink(ctx, s.Keys, text, now)
	if err != nil {
		return DenyResult{}, err
	}
	d := Denial{Account: l.Account, EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge,
		Event: "binding.well/" + string(req), Now: now}
	out := DenyResult{Link: l}
	step := s.Store.Undo
	for range 4 {
		err := step(ctx, d)
		if err == nil {
			return out, nil
		}
		refused, ok := errors.AsType[*Refused](err)
		if !ok {
			return out, outage("undo", err)
		}
		old := refused.Old
		until, denied := old.Denied[d.EmailKey]
		out.Bound = old.State == Bound && old.EmailKey == d.EmailKey
		switch {
		case old.State == None, old.State == Bound && (!out.Bound || old.DisputedAt.IsZero()):
			return out, nil
		case out.Bound:
			if old.Risk != Disowned || !old.RiskSince.After(now.Add(-UndoFor)) {
				return out, &Refusal{Reason: ErrExpired}
			}
			step = s.Store.UndoDispute
		case !denied:
			return out, nil
		case !until.After(undoLine(now)):
			return out, &Refusal{Reason: ErrExpired}
		default:
			step = s.Store.UndoMoved
			if old.State == Denied && old.EmailKey == d.EmailKey {
				// The denial went by the address, so its undoing revives the claim that it ended, be it
				// a later one than the link's own.
				d.Challenge, step = old.Challenge, s.Store.Undo
			}
		}
	}
	return out, &Refusal{Reason: ErrUnavailable, RetryAfter: time.Second}
}

// undoLine: a denial that ends after it is younger than UndoFor.
func undoLine(now time.Time) time.Time { return now.Add(DeniedFor - UndoFor) }

// UndoLine is undoLine for the store's condition.
func UndoLine(now time.Time) time.Time { return undoLine(now) }

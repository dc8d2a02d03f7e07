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
// Pressing again is the same success. One round trip, two when the claim moved on or is bound. A complaint
// does the same, but that it never disowns what is bound (Feedback). A link from before a confirmation says so
// too: whoever reads the mailbox may always object, and only its owner's code ends it.
func (s *Service) Deny(ctx context.Context, text string, req Request, now time.Time) (DenyResult, error) {
	l, err := OpenDenyLink(ctx, s.Keys, text, now)
	if err != nil {
		return DenyResult{}, err
	}
	d := Denial{Account: l.Account, EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge,
		Event: "binding.denied/not-me/" + string(req), Now: now}
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
		switch old := refused.Old; d.next(old) {
		case nextDone:
			return out, nil
		case nextBound:
			out.Bound = true
			if old.Risk == Disowned {
				return out, nil
			}
			d.Event = "binding.disputed/not-me/" + string(req)
			step = s.Store.Dispute
		case nextMoved:
			step = s.Store.DenyMoved
		case nextHere:
			step = s.Store.Deny
		}
	}
	return out, &Refusal{Reason: ErrUnavailable, RetryAfter: time.Second}
}

// nextDenial is where a row that refused a denial leads to.
type nextDenial int

const (
	nextDone  nextDenial = iota // there is nothing more to deny
	nextHere                    // the claim on this address is to be ended
	nextMoved                   // the row claims another address by now
	nextBound                   // the address is bound: it can be disputed
)

// next names the step that the row calls for.
func (d Denial) next(old Claim) nextDenial {
	switch {
	case old.State == None: // erased: a row outlives every link that names it
		return nextDone
	case old.State == Bound && old.EmailKey != d.EmailKey: // that account cannot bind this address any more
		return nextDone
	case old.State == Bound:
		return nextBound
	case old.EmailKey != d.EmailKey && old.Denied[d.EmailKey].After(d.until()): // kept away for longer already
		return nextDone
	case old.EmailKey != d.EmailKey:
		return nextMoved
	case old.denied(d): // pressed a moment ago, or the provider was faster to tell of it
		return nextDone
	}
	return nextHere
}

// denied says whether the denial stands already, and is younger than a day.
func (c Claim) denied(d Denial) bool {
	return c.State == Denied && c.EmailKey == d.EmailKey && c.Denied[d.EmailKey].After(undoLine(d.Now))
}

// UndoDeny takes "not me" back within UndoFor: a scanner pressed it, or a colleague did. Undoing
// again, or what was never denied, is success.
func (s *Service) UndoDeny(ctx context.Context, text string, req Request, now time.Time) (DenyResult, error) {
	l, err := OpenDenyLink(ctx, s.Keys, text, now)
	if err != nil {
		return DenyResult{}, err
	}
	d := Denial{Account: l.Account, EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge, Now: now}
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
			if !old.DisputedAt.After(now.Add(-UndoFor)) {
				return out, &Refusal{Reason: ErrExpired}
			}
			d.undone(old, req)
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

// undone fills in what stands once a dispute is taken back: what the mailbox's own signs come to, or the risk
// that is there beside the dispute.
func (d *Denial) undone(old Claim, req Request) {
	d.Disowned, d.Signs, d.Restore = old.Risk == Disowned, old.Signs, Standing{old.Risk, old.RiskSince}
	if d.Disowned {
		d.Restore = Judge(old.Signs)
	}
	d.Event = "binding.well/undone/" + string(req)
	if d.Restore.Risk != NoRisk {
		d.Event = "binding.at_risk/" + string(d.Restore.Risk) + "/" + string(req)
	}
}

// undoLine: a denial that ends after it is younger than UndoFor.
func undoLine(now time.Time) time.Time { return now.Add(DeniedFor - UndoFor) }

// UndoLine is undoLine for the store's condition.
func UndoLine(now time.Time) time.Time { return undoLine(now) }

package binding

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/token"
)

// A Request names one call, for what must not count twice: 1 to 36 random characters that the caller
// cannot choose (the gateway's request id).
type Request string

// VerifyLink answers a mail's link together with the check number that only the asker's session
// shows. Neither alone binds: a stranger who owns a mistyped mailbox has no number, and a scanner that
// presses buttons has none either (P4, P11). The number is charged before it is compared (P9).
// Round trips: wrong 1, right 2; a forged, foreign or expired link 0.
func (s *Service) VerifyLink(ctx context.Context, text, typed string, req Request, now time.Time) (Status, error) {
	l, err := OpenLink(ctx, s.Keys, text, now)
	if err != nil {
		return Status{}, err
	}
	number, ok := token.ParseNumber(typed)
	if !ok {
		return Status{}, &Refusal{Reason: ErrMalformed, Detail: "check"}
	}
	ek := s.Names.Email(l.Address)
	t := Try{Account: l.Account, Challenge: l.Challenge, Op: string(req) + "/number", Now: now}
	claim, err := s.Store.ChargeNumber(ctx, t)
	if refused, ok := errors.AsType[*Refused](err); ok {
		claim = refused.Old
		done, err := t.explain(claim, claim.EmailKey == ek)
		if err != nil {
			return Status{}, err
		}
		if done {
			return proven(l.Account, claim), nil
		}
	} else if err != nil {
		s.giveBack(ctx, t, false)
		return Status{}, outage("charge number", err)
	}
	if !token.Equal(number, l.Key.Number(l.Account, l.Challenge)) {
		return Status{}, &Refusal{Reason: ErrCheckMismatch, TriesLeft: LinkTries - claim.LinkTries}
	}
	claim, err = s.bind(ctx, claim, Link{Account: l.Account, Challenge: l.Challenge, Address: l.Address}, req, now)
	if err != nil {
		if ours(err) {
			s.giveBack(ctx, t, false)
		}
		return Status{}, err
	}
	return proven(l.Account, claim), nil
}

// VerifyCode answers with the code of the mail, typed in the account's own session: that of a claim, or of
// a bound account's confirmation. Round trips: wrong 1, right 2.
func (s *Service) VerifyCode(ctx context.Context, who Session, typed string, req Request, now time.Time) (Status, error) {
	code, ok := token.ParseCode(typed)
	if !ok {
		return Status{}, &Refusal{Reason: ErrMalformed, Detail: "code"}
	}
	account := s.Names.Account(who.Subject)
	t := Try{Account: account, Op: string(req) + "/code", Now: now}
	claim, err := s.Store.ChargeCode(ctx, t)
	if refused, ok := errors.AsType[*Refused](err); ok {
		claim = refused.Old
		done, err := t.explainCode(claim)
		if err != nil {
			return Status{}, err
		}
		if done {
			return s.status(ctx, account, claim, now)
		}
	} else if err != nil {
		s.giveBack(ctx, t, true)
		return Status{}, outage("charge code", err)
	}
	key, err := s.Keys.Find(ctx, claim.Key, now)
	if err != nil {
		s.giveBack(ctx, t, true)
		if errors.Is(err, token.ErrUnknownKey) {
			return Status{}, &Refusal{Reason: ErrInvalidToken}
		}
		return Status{}, keyError(err)
	}
	if !token.Equal(code, claim.code(key)) {
		return Status{}, &Refusal{Reason: ErrWrongCode, TriesLeft: claim.triesLeft()}
	}
	if claim.State == Bound { // the charge's own row says what the code was for
		claim, err = s.confirm(ctx, claim, req, now)
	} else {
		claim, err = s.bind(ctx, claim, Link{Account: account, Challenge: claim.Challenge, Address: claim.Address}, req, now)
	}
	if err != nil {
		if ours(err) {
			s.giveBack(ctx, t, true)
		}
		return Status{}, err
	}
	return s.status(ctx, account, claim, now)
}

// VerifyToken answers with the link's token sent by the account's own session: an app that catches
// the link itself. The JWT proves the session and the token the mailbox, so no number is asked and
// nothing is charged. One round trip; none for another account's token.
func (s *Service) VerifyToken(ctx context.Context, who Session, text string, req Request, now time.Time) (Status, error) {
	l, err := OpenLink(ctx, s.Keys, text, now)
	if err != nil {
		return Status{}, err
	}
	account := s.Names.Account(who.Subject)
	if l.Account != account {
		return Status{}, &Refusal{Reason: ErrInvalidToken}
	}
	claim, err := s.bind(ctx, Claim{}, l, req, now)
	if err != nil {
		return Status{}, err
	}
	return s.status(ctx, account, claim, now)
}

// bind runs the transaction for a proof that was found right. It gives the row as bound.
func (s *Service) bind(ctx context.Context, claim Claim, l Link, req Request, now time.Time) (Claim, error) {
	b := Binding{
		Account: l.Account, Address: l.Address, EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge,
		Send: random(), Event: "binding.bound/" + string(req), Request: string(req), Now: now,
	}
	err := s.Store.Bind(ctx, b)
	if refused, ok := errors.AsType[*BindRefused](err); ok {
		return s.notBound(ctx, b, refused)
	}
	if err != nil {
		return Claim{}, outage("bind", err)
	}
	at := time.Unix(now.Unix(), 0).UTC()
	claim.State, claim.Address, claim.EmailKey, claim.BoundAt, claim.ProvedAt = Bound, b.Address, b.EmailKey, at, at
	return claim, nil
}

// notBound explains a refused transaction. Where the refusal tells of a binding of this account and not
// of its row, the row is read: only it says whether that binding is the one asked for.
func (s *Service) notBound(ctx context.Context, b Binding, r *BindRefused) (Claim, error) {
	if r.Old.State == None && (r.AccountHas || r.EmailTaken && r.Owner == b.Account) {
		old, err := s.Store.Claim(ctx, b.Account, b.Now)
		if err != nil {
			return Claim{}, outage("claim", err)
		}
		r.Old = old
	}
	return b.explain(r)
}

// explain finds why the transaction was refused, or that it is done already. It must be right even
// if only one of several reasons is told.
func (b Binding) explain(r *BindRefused) (Claim, error) {
	old := r.Old
	_, denied := old.deniedUntil(b.EmailKey, b.Now)
	switch {
	case old.State == Bound && old.EmailKey == b.EmailKey:
		return old, nil // done already, perhaps by us with the answer lost
	case r.EmailTaken && r.Owner == b.Account:
		old.State, old.Address = Bound, b.Address
		return old, nil
	case old.State == Bound:
		return Claim{}, &Refusal{Reason: ErrAlreadyBound}
	case old.State != None && denied:
		return Claim{}, &Refusal{Reason: ErrAddressDenied}
	case old.State != None && old.Challenge != b.Challenge:
		return Claim{}, &Refusal{Reason: ErrSuperseded}
	case old.State == Denied:
		return Claim{}, &Refusal{Reason: ErrAddressDenied}
	case old.State == Pending && !old.Alive(b.Now):
		return Claim{}, &Refusal{Reason: ErrExpired}
	case r.EmailTaken:
		return Claim{}, &Refusal{Reason: ErrAddressTaken} // told to nobody but who proved the mailbox
	case r.AccountHas:
		return Claim{}, &Refusal{Reason: ErrAlreadyBound}
	case old.State == None:
		return Claim{}, &Refusal{Reason: ErrExpired} // the row's life is over
	}
	return Claim{}, unexplained("bind")
}

// explain finds why a number was not charged. done: the address is bound to this account already.
// No error and not done: this very call charged it before, and its answer was lost.
func (t Try) explain(old Claim, same bool) (done bool, err error) {
	_, denied := old.deniedUntil(old.EmailKey, t.Now)
	switch {
	case old.Op == t.Op:
		return false, nil
	case old.State == Bound && same:
		return true, nil
	case old.State == Bound:
		return false, &Refusal{Reason: ErrAlreadyBound}
	case old.State == None:
		return false, &Refusal{Reason: ErrExpired}
	case same && (denied || old.State == Denied):
		return false, &Refusal{Reason: ErrAddressDenied}
	case old.Challenge != t.Challenge:
		return false, &Refusal{Reason: ErrSuperseded}
	case !old.Alive(t.Now):
		return false, &Refusal{Reason: ErrExpired}
	case old.LinkTries >= LinkTries:
		return false, &Refusal{Reason: ErrTriesExhausted}
	}
	return false, unexplained("charge number")
}

// explainCode is explain for a code, which names no challenge.
func (t Try) explainCode(old Claim) (done bool, err error) {
	_, denied := old.deniedUntil(old.EmailKey, t.Now)
	switch {
	case old.State == Bound && old.Expires.IsZero(): // nothing to confirm: it is done, or was never asked for
		return true, nil
	case old.Op == t.Op:
		return false, nil
	case old.State != Bound && denied:
		return false, &Refusal{Reason: ErrAddressDenied}
	case old.State == None, old.State == Denied:
		return false, &Refusal{Reason: ErrNothingPending}
	case !old.Alive(t.Now):
		return false, &Refusal{Reason: ErrExpired}
	case old.Tries >= TriesPerCode:
		return false, &Refusal{Reason: ErrTriesExhausted}
	case old.TriesToday >= TriesPerDay:
		return false, &Refusal{Reason: ErrDailyLimit, RetryAfter: untilTomorrow(t.Now)}
	}
	return false, unexplained("charge code")
}

// triesLeft is how many more wrong codes this code, and this day, allow.
func (c Claim) triesLeft() int {
	return max(0, min(TriesPerCode-c.Tries, TriesPerDay-c.TriesToday))
}

// ours says whether an error was no fault of the person's: it must not cost them a try.
func ours(err error) bool {
	_, refused := errors.AsType[*Refusal](err)
	return !refused || errors.Is(err, ErrUnavailable)
}

// giveBack undoes a charge after an outage that was ours, be it that of the charge itself, which may have
// happened. When it fails too, the person has lost one
// try and the outage that is reported is the first one.
func (s *Service) giveBack(ctx context.Context, t Try, code bool) {
	_ = s.Store.GiveBack(context.WithoutCancel(ctx), t, code)
}

// proven is what a mailbox owner without a session is told: that it is bound, and to whom by its
// reference. The account's health is not theirs to know.
func proven(account AccountKey, c Claim) Status {
	return Status{State: Bound, Ref: account.Ref(), Address: c.Address.Masked(), BoundAt: c.BoundAt}
}

package binding

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// Keys are the token keys (token.Keyring).
type Keys interface {
	// Current is the key that new challenges are made with.
	Current() *token.Key
	// Find gives the key of an id: token.ErrUnknownKey, *token.HoldOffError, or an outage.
	Find(ctx context.Context, id token.KeyID, now time.Time) (*token.Key, error)
}

// A Service answers account holders and mailbox owners: one method a request, one file a use case.
// Time comes with the request; it is read once, at the edge.
type Service struct {
	Store Store
	Names Names
	Keys  Keys

	// RecentLogin is how long ago a person may have signed in to bind an address; 0: any time.
	RecentLogin time.Duration
	// BindScope is a scope that stands for a recent sign-in; "": none does.
	BindScope string
	// OwnDomains are the operator's own mail domains: nobody's account.
	OwnDomains []string
	// Disposable says that an address is at a service for mailboxes that are thrown away: nobody's for ever.
	// nil: none is refused.
	Disposable func(address.Address) bool
	// TestDomains allows special-use domains and the mailbox simulator (local stage only).
	TestDomains bool
}

// A Status is what an account holder may know of the own claim. Every answer carries it, so that a
// retried request ends where the first one did.
type Status struct {
	State      State // None, Pending, Expired, Bound or Denied
	Ref        string
	Address    string // whole while pending or expired, masked once bound, else empty
	Check      string // while pending: the check number
	ExpiresAt  time.Time
	ResendAt   time.Time
	BoundAt    time.Time
	ProvedAt   time.Time   // once bound: when the mailbox was last proved to be the holder's
	Mail       *MailStatus // of the newest verify mail, while pending or expired; once bound, of the open confirmation's; nil: none
	Health     string      // once bound: ok, disputed, or the risk
	HealthNext string      // what to do about it: see healthNext
	DeniedBy   string      // while denied: not-me, or complaint
	DeniedTill time.Time   // and until when the account is kept away from the address
}

// A MailStatus is what became of a mail, in words that a program can read.
type MailStatus struct {
	Fate    string // queued, sent, delayed, delivered, bounced, complained, not-sent
	Reason  string // one of Why; empty: none
	Next    string // what to do: see next
	At      time.Time
	Support string // where there is little left to do: what to tell support, ref-ref
}

// status describes a row as it is now. The zero Claim is an account without one.
func (s *Service) status(ctx context.Context, account AccountKey, c Claim, now time.Time) (Status, error) {
	st := Status{State: c.State, Ref: account.Ref()}
	switch c.State {
	case Pending:
		st.Address, st.ExpiresAt, st.ResendAt = c.Address.Display(), c.Expires, c.ResendAt
		st.Mail = c.mail(now, false)
		if !c.Alive(now) {
			return c.over(st, now), nil
		}
		key, err := s.Keys.Find(ctx, c.Key, now)
		if errors.Is(err, token.ErrUnknownKey) { // withdrawn: no code or link of this challenge works any more
			return c.over(st, now), nil
		}
		if err != nil {
			return Status{}, keyError(err)
		}
		st.Check = key.Number(account, c.Challenge)
	case Denied:
		until, denied := c.deniedUntil(c.EmailKey, now)
		if !denied {
			st.State = None // the denial is over, and with it all that there was
			break
		}
		st.DeniedBy, st.DeniedTill = "not-me", until
		if _, cause, _ := strings.Cut(c.Event, "/"); strings.HasPrefix(cause, "complaint/") {
			st.DeniedBy = "complaint"
		}
	case Bound:
		st.Address, st.BoundAt, st.ProvedAt = c.Address.Masked(), c.BoundAt, c.ProvedAt
		st.Health = c.health()
		st.HealthNext = c.healthNext(now)
		if c.confirming(now) {
			st.ExpiresAt, st.ResendAt, st.Mail = c.Expires, c.ResendAt, c.mail(now, false)
		}
	}
	return st, nil
}

// over is the status of a claim that can no longer be proven.
func (c Claim) over(st Status, now time.Time) Status {
	st.State, st.Mail = Expired, c.mail(now, true)
	return st
}

func (c Claim) health() string {
	switch {
	case c.Risk != NoRisk:
		return string(c.Risk)
	case !c.DisputedAt.IsZero():
		return "disputed"
	}
	return "ok"
}

// healthNext is the one thing to do about a bound mailbox: confirm (Reconfirm, then the code), make-room;
// review, a confirmation too, where a year went by since the last one; empty: nothing.
func (c Claim) healthNext(now time.Time) string {
	switch {
	case c.Risk == MailboxFull && c.DisputedAt.IsZero():
		return "make-room"
	case c.doubted():
		return "confirm"
	case !c.ProvedAt.IsZero() && !now.Before(c.ProvedAt.Add(ReviewAfter)):
		return "review"
	}
	return ""
}

// mail tells the newest send's fate. What the mailer has not finished is queued, or late.
func (c Claim) mail(now time.Time, over bool) *MailStatus {
	if c.Send == (SendID{}) {
		return nil
	}
	m := MailStatus{Reason: string(c.Why), At: c.FateAt}
	fate := c.Fate
	if fate == Queued && !c.AcceptedAt.IsZero() {
		fate, m.At = Sent, c.AcceptedAt
	}
	switch {
	case fate == Queued && !c.due(): // "not me" took the order off, and was undone
		fate = NotSent
	case fate == Queued && c.late(now):
		m.Reason = string(WhyLate)
	}
	m.Fate = fate.String()
	m.Next = next(fate, Why(m.Reason), over)
	if m.Next == "other-address" && c.State == Bound { // there is no other, and the mailbox may live again
		m.Next = "resend"
	}
	if m.Reason != "" || fate == NotSent || fate >= GaveUp && fate != Delivered {
		m.Support = c.Account.Ref() + "-" + c.Send.Ref()
	}
	return &m
}

var fates = [...]string{"queued", "not-sent", "sent", "delayed", "bounced", "delivered", "bounced", "complained"}

// String is the fate's word in answers.
func (f Fate) String() string {
	if f < 0 || int(f) >= len(fates) {
		return fmt.Sprintf("fate-%d", int(f))
	}
	return fates[f]
}

// next is the one thing to do about a mail: wait, check-inbox, check-spam, resend, other-address,
// try-tomorrow or contact-support; bind-again once the claim is over. A code that did arrive may be typed
// whatever is said here.
func next(f Fate, w Why, over bool) string {
	switch {
	case over:
		return "bind-again"
	case w.Dead(), w == WhyOwnerChanged:
		return "other-address"
	case w == WhyHeld:
		return "try-tomorrow"
	case w == WhyContentRefused:
		return "contact-support"
	case w == WhyLate, f == NotSent, f == GaveUp, f == Bounced, f == Complained:
		return "resend"
	case f == Delivered:
		return "check-spam"
	case f == Sent:
		return "check-inbox"
	}
	return "wait"
}

// keyError tells what to answer when a token key is not at hand: come back, or an outage.
func keyError(err error) error {
	if hold, ok := errors.AsType[*token.HoldOffError](err); ok {
		return &Refusal{Reason: ErrUnavailable, RetryAfter: hold.RetryAfter}
	}
	return fmt.Errorf("binding: token key: %w", err)
}

// outage names the step that failed; *Conflict becomes the refusal that asks to come back.
func outage(step string, err error) error {
	if _, ok := errors.AsType[*Conflict](err); ok {
		return &Refusal{Reason: ErrUnavailable, RetryAfter: 2 * time.Second}
	}
	return fmt.Errorf("binding: %s: %w", step, err)
}

// unexplained is a false condition that no rule accounts for: an outage, never a verdict.
func unexplained(step string) error {
	return fmt.Errorf("binding: %s: refused by a condition that the row does not explain", step)
}

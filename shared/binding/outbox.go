package binding

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// A Mailer ends orders: it sends the mail that is due, or says why it will not be sent. It reads
// nothing from the stream record but names, and decides by the row as it is now: a record may come
// late, twice, or after the row has moved on.
type Mailer struct {
	Outbox Outbox
	Sender Sender
	Names  Names
	Keys   Keys

	// Domains says whether a domain takes mail; nil: nobody asks. It is for verify mails and what goes in
	// their place: whoever is bound is written to.
	Domains Domains
	// HoldVerify is the operator's switch, for when bounces or complaints rise: verify mails, and notices in
	// their place, are held. No other mail is.
	HoldVerify bool
}

// Domains looks at where mail of a domain goes.
type Domains interface {
	// Accepts is false only for a domain, in A-labels, that surely takes no mail. Whatever cannot be found
	// out in a moment is true: a name server in trouble must not cost anybody a mail.
	Accepts(ctx context.Context, domain string) bool
}

// An Outcome is what became of an order, for counting.
type Outcome string

// The outcomes.
const (
	OutcomeSent     Outcome = "sent"
	OutcomeHeld     Outcome = "held"      // over the mailbox's budget, or by the operator
	OutcomeNoDomain Outcome = "no-domain" // its domain takes no mail
	OutcomeRefused  Outcome = "refused"   // by the provider, for the mail's content
	OutcomeBroken   Outcome = "broken"    // the row cannot be mailed whatever is done: its key or address does not fit
	OutcomeSkipped  Outcome = "skipped"   // no longer due or no longer wanted
)

// Deliver ends one order. An error is an outage: nothing is lost, the mail stays due, and the order
// is to be delivered again. A mail that the provider took before such an outage goes out twice, with
// the same code and link.
func (m *Mailer) Deliver(ctx context.Context, o Order, now time.Time) (Outcome, error) {
	row, holder, err := m.Outbox.Load(ctx, o.Account, o.EmailKey, now)
	if err != nil {
		return "", fmt.Errorf("binding: deliver: load: %w", err)
	}
	if due, ok := row.Due[o.Kind]; !ok || due != o.Send || !wanted(o.Kind, row, now) {
		return OutcomeSkipped, nil
	}
	end := func(out Outcome, fate Fate, why Why) (Outcome, error) {
		f := Finish{Order: o, Fate: fate, Why: why, Ended: row.endedDenials(now), Now: now}
		if err := m.Outbox.Finish(ctx, f); err != nil {
			return "", fmt.Errorf("binding: deliver: finish %s: %w", out, err)
		}
		return out, nil
	}
	letter, err := m.write(ctx, o, row, holder, now)
	if errors.Is(err, errUnmailable) {
		return end(OutcomeBroken, NotSent, WhyTemporary)
	}
	if err != nil {
		return "", err
	}
	if o.Kind == KindVerify {
		// None of this looks at who holds the address, nor at the notice's own words: what is said of a mail that
		// is not sent is the same for a free address and a taken one (P8).
		switch ok, err := m.book(ctx, o, row, now); {
		case err != nil:
			return "", fmt.Errorf("binding: deliver: book: %w", err)
		case !ok:
			return end(OutcomeHeld, NotSent, WhyHeld)
		case m.Domains != nil && !m.Domains.Accepts(ctx, row.Address.Domain()):
			return end(OutcomeNoDomain, NotSent, WhyNoMail)
		}
	}
	err = m.Sender.Send(ctx, letter)
	if errors.Is(err, ErrMailRefused) {
		return end(OutcomeRefused, NotSent, WhyContentRefused)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSend, err)
	}
	return end(OutcomeSent, Queued, WhyNone)
}

// book counts the mail against its mailbox; false: it is not to be sent.
func (m *Mailer) book(ctx context.Context, o Order, row Claim, now time.Time) (bool, error) {
	if m.HoldVerify {
		return false, nil
	}
	return m.Outbox.Book(ctx, Booking{Inbox: m.Names.Inbox(row.Address), Account: o.Account, Send: o.Send, Now: now})
}

// wanted says whether the mail still makes sense for the row.
func wanted(k Kind, row Claim, now time.Time) bool {
	switch k {
	case KindVerify:
		return row.State == Pending && row.Alive(now)
	case KindBound, KindChanged:
		return row.State == Bound
	case KindReconfirm:
		return row.confirming(now)
	}
	return false
}

// errUnmailable is a row whose own content makes a mail impossible for ever.
var errUnmailable = errors.New("binding: the row cannot be mailed")

// write makes the letter. Where the address is bound elsewhere, the owner's notice takes the place of
// the verify mail, under the same tag: what the asker may see of the one is what he would see of the
// other.
func (m *Mailer) write(ctx context.Context, o Order, row Claim, holder Holder, now time.Time) (Letter, error) {
	if m.Names.Email(row.Address) != row.EmailKey {
		return Letter{}, errUnmailable // never mail what the key does not vouch for
	}
	l := Letter{Kind: o.Kind, To: row.Address, Locale: row.Who.Locale, Label: row.Who.Label, Ref: o.Account.Ref(),
		Tag: Tag{Kind: o.Kind, Account: o.Account, EmailKey: o.EmailKey, Send: o.Send}.Seal(m.Names.Data)}
	if o.Kind == KindChanged { // it carries no token, and a key that was withdrawn must not silence it
		l.At, l.Since = row.ChangedAt, row.ProvedAt
		return l, nil
	}
	// Also a notice, which needs no key, waits for it: the asker of a free address waits too (P8).
	key, err := m.Keys.Find(ctx, row.Key, now)
	if errors.Is(err, token.ErrUnknownKey) {
		return Letter{}, errUnmailable
	}
	if err != nil {
		return Letter{}, fmt.Errorf("binding: deliver: token key: %w", err)
	}
	if o.Kind == KindVerify && holder.elsewhere(o.Account, now) {
		return m.notice(ctx, l, o, holder, now)
	}
	link := Link{Key: key, Account: o.Account, Challenge: row.Challenge, Address: row.Address, Label: row.Who.Label}
	switch o.Kind {
	case KindVerify:
		link.Expires, l.Expires, l.At = row.Expires, row.Expires, now
		l.Code = token.FormatCode(row.code(key))
	case KindBound:
		// The receipt's token ended when it was bound: it binds nothing, and says "not me" for DenyGrace.
		link.Expires, l.At = row.BoundAt, row.BoundAt
	case KindReconfirm:
		// So does this one's: who reads the mailbox now may say that the account is not theirs.
		link.Expires, l.Expires, l.At = row.Opened, row.Expires, now
		l.Code = token.FormatCode(row.code(key))
	}
	l.Token = link.Seal()
	return l, nil
}

// notice turns the letter into the one for who holds the address: to their stored address, in their
// language, naming their own account. In quarantine nobody holds it, and the asker's words are used.
func (m *Mailer) notice(ctx context.Context, l Letter, o Order, holder Holder, now time.Time) (Letter, error) {
	l.Kind, l.At, l.Label, l.Ref = KindNotice, now, "", ""
	if holder.Owner == (AccountKey{}) {
		return l, nil
	}
	owner, _, err := m.Outbox.Load(ctx, holder.Owner, o.EmailKey, now)
	if err != nil {
		return Letter{}, fmt.Errorf("binding: deliver: load owner: %w", err)
	}
	if owner.State == Bound && m.Names.Email(owner.Address) == o.EmailKey {
		l.To, l.Locale, l.Label, l.Ref = owner.Address, owner.Who.Locale, owner.Who.Label, holder.Owner.Ref()
	}
	return l, nil
}

// endedDenials are the denials that are over: each would cost every later write of the row.
func (c Claim) endedDenials(now time.Time) []address.EmailKey {
	var ended []address.EmailKey
	for ek, until := range c.Denied {
		if !until.After(now) {
			ended = append(ended, ek)
		}
	}
	return ended
}

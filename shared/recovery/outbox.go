package recovery

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// An Order is a stream record of table recoveries that says a mail is due.
type Order struct {
	EmailKey address.EmailKey
	Send     binding.SendID
}

// A Mailer ends orders of recovery: it finds out whose the address is, opens or extends its challenge, and
// mails the owner. For an address that is bound to nobody it writes the same and mails nobody.
type Mailer struct {
	Outbox Outbox
	Sender binding.Sender
	Names  binding.Names
	Keys   binding.Keys
}

// OutcomeNobody is an order for an address that is bound to nobody.
const OutcomeNobody binding.Outcome = "nobody"

// OutcomeLate is an order that nobody waits for any more.
const OutcomeLate binding.Outcome = "late"

// Deliver ends what is due for the address, which may be a newer order than this one: its own record then
// finds nothing. A newer bell must not starve a slow mailer. An error is an outage: the mail stays due,
// and the order is to be delivered again. Round trips: known 4, unknown 3.
func (m *Mailer) Deliver(ctx context.Context, o Order, now time.Time) (binding.Outcome, error) {
	for range 3 { // a refused step shows that the row moved on; it can do so only so often
		c, holder, err := m.Outbox.Recall(ctx, o.EmailKey, now)
		if err != nil {
			return "", fmt.Errorf("recovery: deliver: recall: %w", err)
		}
		if c.Due == (binding.SendID{}) {
			return binding.OutcomeSkipped, nil
		}
		if !c.AskedAt.After(now.Add(-FreshFor)) {
			return m.settle(ctx, Settlement{EmailKey: o.EmailKey, Send: c.Due, Now: now}, OutcomeLate)
		}
		owner, err := m.owner(ctx, o.EmailKey, holder, now)
		if err != nil {
			return "", err
		}
		outcome, err := m.mail(ctx, c, owner, now)
		if _, moved := errors.AsType[*Refused](err); !moved {
			return outcome, err
		}
	}
	return "", unexplained("deliver")
}

// owner gives the account that the address is bound to; the zero Claim: nobody's. A row whose address its
// key does not vouch for is nobody's either: never mail what the key does not vouch for.
func (m *Mailer) owner(ctx context.Context, ek address.EmailKey, h binding.Holder, now time.Time) (binding.Claim, error) {
	if !h.Bound || !h.Released.IsZero() || h.Owner == (binding.AccountKey{}) {
		return binding.Claim{}, nil
	}
	c, err := m.Outbox.Owner(ctx, h.Owner, now)
	if err != nil {
		return binding.Claim{}, fmt.Errorf("recovery: deliver: owner: %w", err)
	}
	if c.State != binding.Bound || c.EmailKey != ek || m.Names.Email(c.Address) != ek {
		return binding.Claim{}, nil
	}
	return c, nil
}

// mail writes the challenge, sends, and settles; the same writes for nobody. *Refused: read again.
func (m *Mailer) mail(ctx context.Context, c Challenge, owner binding.Claim, now time.Time) (binding.Outcome, error) {
	done := Settlement{EmailKey: c.EmailKey, Send: c.Due, Booked: true, Rung: c.rung(now), Now: now}
	done.ResendAt = now.Add(spacing[done.Rung-1])
	until := now.Add(MailLife)
	if next := done.ResendAt.Add(Overlap); next.After(until) {
		until = next
	}
	paused := pause(owner, now)
	if paused == binding.PausedHold && owner.Hold.Before(done.ResendAt) {
		done.ResendAt = owner.Hold // this mail holds no way in: the owner may ask as soon as there is one again
	}
	key, row, err := m.challenge(ctx, c, owner.Account, paused, until, now)
	if err != nil {
		return "", err
	}
	if owner.State == binding.None {
		return m.settle(ctx, done, OutcomeNobody)
	}
	if owner.Risk == binding.Broken && done.Rung > 1 && binding.Day(c.MailedAt) == binding.Day(now) {
		// No such mailbox, and the mail would hold no way in: one a day tells whoever may be there after all. A
		// stranger who asks on and on for dead mailboxes must not ruin the name that all mails go out under.
		return m.settle(ctx, done, binding.OutcomeHeld)
	}
	l := binding.Letter{
		Kind: binding.KindRecover, To: owner.Address, Locale: owner.Who.Locale, Label: owner.Who.Label, Ref: owner.Account.Ref(),
		At: now, Paused: paused, Since: owner.ProvedAt,
		Tag: binding.Tag{Kind: binding.KindRecover, Account: owner.Account, EmailKey: c.EmailKey, Send: c.Due}.Seal(m.Names.Data),
	}
	if paused == binding.NotPaused {
		l.Expires = until
		l.Code = token.FormatCode(key.Code(token.Recover, c.EmailKey, row.ID, row.CodesUsed))
		l.Token = Link{Key: key, Account: owner.Account, Challenge: row.ID, Address: owner.Address, Expires: until}.Seal()
	}
	err = m.Sender.Send(ctx, l)
	if errors.Is(err, binding.ErrMailRefused) { // only a mail that went out is booked: the next may be asked for at once
		return m.settle(ctx, Settlement{EmailKey: c.EmailKey, Send: c.Due, Now: now}, binding.OutcomeRefused)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", binding.ErrSend, err)
	}
	return m.settle(ctx, done, binding.OutcomeSent)
}

// pause says whether the account's recovery is held, by the platform or by a doubt about the mailbox.
func pause(owner binding.Claim, now time.Time) binding.Pause {
	switch {
	case owner.Hold.After(now):
		return binding.PausedHold
	case owner.Risk.Holds():
		return binding.PausedRisk
	}
	return binding.NotPaused
}

// challenge opens a new challenge, or goes on with the living one and with its code, unless the code's
// tries are spent. It gives the key that the challenge is made with, and its row.
func (m *Mailer) challenge(ctx context.Context, c Challenge, owner binding.AccountKey, paused binding.Pause, until, now time.Time) (*token.Key, Challenge, error) {
	fact := Started
	if paused != binding.NotPaused {
		fact = Held
	}
	event := fact.fact(hex.EncodeToString(c.Due[:]))
	if !c.over(now) {
		key, err := m.Keys.Find(ctx, c.Key, now)
		if err != nil && !errors.Is(err, token.ErrUnknownKey) {
			return nil, c, fmt.Errorf("recovery: deliver: token key: %w", err)
		}
		if err == nil {
			e := Extension{EmailKey: c.EmailKey, Send: c.Due, Challenge: c.ID, CodesUsed: c.CodesUsed, NewCode: c.codeOver(),
				Owner: owner, Expires: until, Now: now}
			if c.Expires.After(until) {
				e.Expires = c.Expires
			}
			if c.Owner != owner || !strings.HasPrefix(c.Event, string(fact)+"/") {
				e.Event = event
			}
			row, err := m.Outbox.Extend(ctx, e)
			return key, row, step("extend", err)
		}
		// The key was withdrawn, and with it every code and link of this challenge.
	}
	key := m.Keys.Current()
	n := Opening{EmailKey: c.EmailKey, Send: c.Due, Seen: c.ID, Challenge: binding.NewChallenge(), Key: key.ID(), Owner: owner, Expires: until, Event: event, Now: now}
	if c.UsedAt.IsZero() && c.Presented < Presentations {
		n.Previous = c.ID
	}
	row, err := m.Outbox.Renew(ctx, n)
	return key, row, step("renew", err)
}

func (m *Mailer) settle(ctx context.Context, s Settlement, out binding.Outcome) (binding.Outcome, error) {
	if err := m.Outbox.Settle(ctx, s); err != nil {
		return "", fmt.Errorf("recovery: deliver: settle %s: %w", out, err)
	}
	return out, nil
}

// step names an outage and lets a refusal be one.
func step(name string, err error) error {
	if _, ok := errors.AsType[*Refused](err); ok || err == nil {
		return err
	}
	return fmt.Errorf("recovery: deliver: %s: %w", name, err)
}

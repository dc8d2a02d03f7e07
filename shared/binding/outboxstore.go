package binding

import (
	"context"
	"time"

	"mailbind/shared/address"
)

// An Order is a stream record that says a mail is due: the account's row after a write in which
// due_<kind> was new.
type Order struct {
	Account  AccountKey
	EmailKey address.EmailKey // of the row in that record
	Kind     Kind
	Send     SendID
}

// A Holder is who an address is bound to. The zero Holder: nobody.
type Holder struct {
	Owner    AccountKey // zero in quarantine
	Released time.Time  // a released address stays taken until then; zero: not released
	Bound    bool       // a row is there
}

// elsewhere says whether the address is taken by somebody who is not this account.
func (h Holder) elsewhere(k AccountKey, now time.Time) bool {
	switch {
	case !h.Bound:
		return false
	case !h.Released.IsZero():
		return h.Released.After(now)
	}
	return h.Owner != k
}

// A Booking is one mail that a mailbox is to receive because an account asked.
type Booking struct {
	Inbox   address.InboxKey
	Account AccountKey
	Send    SendID
	Now     time.Time
}

// A Finish ends an order. The zero Fate means that the provider took the mail; otherwise it is the
// mailer's own verdict.
type Finish struct {
	Order Order
	Fate  Fate
	Why   Why
	Ended []address.EmailKey // denials that are over and may be forgotten
	Now   time.Time
}

// Outbox is what the mailer needs of the store.
type Outbox interface {
	// Load reads the account's row and who holds the address, consistently, in one round trip.
	Load(ctx context.Context, k AccountKey, ek address.EmailKey, now time.Time) (Claim, Holder, error)
	// Book counts the mail against the mailbox's day and the account's share of it; false: over a
	// cap, nothing counted. Booking one send again counts once.
	Book(ctx context.Context, b Booking) (bool, error)
	// Finish takes the order off the row, if it is still the one that is due; a newer order stays.
	// A verdict is written only where no higher fate stands, and only for a mail that an account asked for:
	// a receipt says nothing of the verify mail.
	Finish(ctx context.Context, f Finish) error
}

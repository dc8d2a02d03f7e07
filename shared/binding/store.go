package binding

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// A Refused says that a step's condition was false and nothing was written. Old is the row at that
// instant, the zero Claim if there is none; whoever asked explains it. A step whose own answer was
// lost on the way is refused too: Old then holds what it wrote.
type Refused struct{ Old Claim }

func (*Refused) Error() string { return "binding: condition false" }

// A BindRefused is the refusal of the transaction. Refused.Old is the account's row if its condition
// was among the false ones, else the zero Claim; EmailTaken says that the address is bound, to Owner
// (zero: in quarantine); AccountHas says that this account has a binding already.
type BindRefused struct {
	Refused
	EmailTaken bool
	Owner      AccountKey
	AccountHas bool
}

func (*BindRefused) Error() string { return "binding: not bound" }

// A Conflict says that the table stayed busy through the store's bounded retries: nothing is known to
// be wrong, and asking again helps.
type Conflict struct{ Cause error }

func (e *Conflict) Error() string { return "binding: the store is busy: " + e.Cause.Error() }
func (e *Conflict) Unwrap() error { return e.Cause }

// Claims is what asking needs. Every method is one atomic step on one row and one round trip. An
// error other than *Refused is an outage, and the step may have happened.
type Claims interface {
	// Claim reads the row, consistently. The zero Claim is an account without one.
	Claim(ctx context.Context, k AccountKey, now time.Time) (Claim, error)
	// Open starts a challenge and makes its mail due, unless the account is bound, kept away from the
	// address, has this very claim alive, has to wait, or has spent the day's sends. It gives the new row.
	Open(ctx context.Context, o Opening) (Claim, error)
	// Requeue makes one more mail of the living challenge due, in one of four forms.
	Requeue(ctx context.Context, r Requeue) (Claim, error)
	// Reconfirm makes a mail due with which a bound account's holder confirms the mailbox, in one of five
	// forms. What became of earlier mails to it is no condition: it may live again.
	Reconfirm(ctx context.Context, r Reconfirmation) (Claim, error)
}

// An Opening is what Open writes.
type Opening struct {
	Account   AccountKey
	Who       Who
	Address   address.Address
	EmailKey  address.EmailKey
	Challenge ChallengeID
	Key       token.KeyID
	Send      SendID
	Now       time.Time
}

// RequeueForm says which mail Requeue orders.
type RequeueForm int

const (
	// SameCode: the code has tries left, the cooldown is over, a send is left today, nothing is due.
	SameCode RequeueForm = iota
	// NewCode: the code's tries are spent; otherwise as SameCode. The link stays.
	NewCode
	// Overdue: what is due is late; uncharged. The code has tries left.
	Overdue
	// OverdueNewCode: as Overdue, where the tries of the code are spent.
	OverdueNewCode
	// Afresh, for Reconfirm alone: no confirmation is open and alive; a new one, with a code of its own.
	Afresh
)

// A Requeue is what Requeue writes.
type Requeue struct {
	Account AccountKey
	Form    RequeueForm
	Send    SendID
	Now     time.Time
}

// A Reconfirmation is what Reconfirm writes. Challenge and Key are for the form Afresh.
type Reconfirmation struct {
	Account   AccountKey
	Form      RequeueForm
	Challenge ChallengeID
	Key       token.KeyID
	Send      SendID
	Now       time.Time
}

// Proofs is what verifying needs: charges before comparisons, and the one transaction.
type Proofs interface {
	// ChargeNumber charges one try of the link's check number, if the challenge is pending and alive
	// and a try is left. It gives the row after the charge.
	ChargeNumber(ctx context.Context, t Try) (Claim, error)
	// ChargeCode charges one try of the code, of the challenge and of the day, if one is open and
	// alive and tries are left. Try.Challenge is not looked at: a code names none.
	ChargeCode(ctx context.Context, t Try) (Claim, error)
	// GiveBack undoes the charge of this very Op, if it is still the newest and still counts: after an
	// outage a right code must not have cost a try.
	GiveBack(ctx context.Context, t Try, code bool) error
	// Bind is the transaction: account pending -> bound, and both rows of the binding put, all or
	// nothing. It is the only writer of bindings. Refusals are *BindRefused.
	Bind(ctx context.Context, b Binding) error
	// Confirm ends the open confirmation: the mailbox is proved anew, and every doubt about it is over. It
	// is done only if there is a doubt, or none, as Confirmation.Doubted says, because a doubt's end is a fact.
	Confirm(ctx context.Context, c Confirmation) (Claim, error)
}

// A Confirmation is what Confirm writes. Event is for a row in doubt.
type Confirmation struct {
	Account   AccountKey
	Challenge ChallengeID
	Doubted   bool
	Event     string
	Now       time.Time
}

// A Try is one attempt. Op names it, so that a lost answer is not charged twice.
type Try struct {
	Account   AccountKey
	Challenge ChallengeID
	Op        string
	Now       time.Time
}

// A Binding is what Bind writes. Request is the ClientRequestToken: 1 to 36 characters, random.
type Binding struct {
	Account   AccountKey
	Address   address.Address
	EmailKey  address.EmailKey
	Challenge ChallengeID
	Send      SendID // the receipt
	Event     string
	Request   string
	Now       time.Time
}

// Denials is what "not me" and its undoing need.
type Denials interface {
	// Deny ends an unbound claim on this very address and keeps the account away from it, unless that was
	// done within the last day, or taken back since Denial.Said.
	Deny(ctx context.Context, d Denial) error
	// DenyMoved keeps the account away from an address that its row no longer claims, unless taken back since,
	// or kept away for longer already.
	DenyMoved(ctx context.Context, d Denial) error
	// Dispute marks a binding of this address as disputed and disowned, unless it is disowned already.
	Dispute(ctx context.Context, d Denial) error
	// DisputeOnly marks it as disputed and no more, unless it is, or was confirmed or taken back since Denial.Said.
	DisputeOnly(ctx context.Context, d Denial) error
	// Undo makes a denied claim pending again, if it was denied within UndoFor and is still the same.
	Undo(ctx context.Context, d Denial) error
	// UndoMoved forgets the denial alone, if it is younger than UndoFor.
	UndoMoved(ctx context.Context, d Denial) error
	// UndoDispute takes back a dispute younger than UndoFor. If the row is disowned, as Denial.Disowned says,
	// the standing that its signs give takes that risk's place; the signs must be those seen.
	UndoDispute(ctx context.Context, d Denial) error
}

// A Denial is "not me", pressed or reported by the provider as a complaint, or its undoing, about one account
// and address.
type Denial struct {
	Account   AccountKey
	EmailKey  address.EmailKey
	Challenge ChallengeID
	Disowned  bool     // UndoDispute: the row is
	Restore   Standing // UndoDispute: in its place
	Signs     []Sign   // UndoDispute: that Restore was made of
	Event     string
	Said      time.Time // of a complaint: when the person said so; zero: Now
	Now       time.Time // when we were told
}

// When is when the person said so.
func (d Denial) When() time.Time {
	if d.Said.IsZero() {
		return d.Now
	}
	return d.Said
}

// until is how long the account is kept away.
func (d Denial) until() time.Time { return time.Unix(d.Now.Add(DeniedFor).Unix(), 0).UTC() }

// Store is all three.
type Store interface {
	Claims
	Proofs
	Denials
}

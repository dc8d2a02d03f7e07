package binding

import (
	"context"
	"time"

	"mailbind/shared/address"
)

// News is what was reported of one send.
type News struct {
	Account AccountKey
	Send    SendID
	Fate    Fate
	Why     Why
	At      time.Time // when it happened
}

// An Observation is a sign of the mailbox that an account is bound to.
type Observation struct {
	Account  AccountKey
	EmailKey address.EmailKey
	Mailed   time.Time // when the mail was sent that the sign is of
	Sign     Sign
}

// A Verdict is what the signs of a bound mailbox come to.
type Verdict struct {
	Account  AccountKey
	EmailKey address.EmailKey
	Signs    []Sign // that it was made of
	Drop     []Sign // that say nothing any more
	Standing Standing
	Was      Standing // that it takes the place of
	Event    string   // empty: the standing's risk stays
}

// Reports is what feedback needs of the store. Refusals are *Refused.
type Reports interface {
	// Tell takes news of the newest send, if it is still that one and the news outranks what was told before:
	// by fate, then by time, then by reason, so that reports in any order come to the same.
	Tell(ctx context.Context, n News) error
	// Observe adds a sign to the row of an account bound to this address, if the mailbox was not proved since
	// the mail was sent and the row holds fewer than MaxSigns. It gives the row after; adding a sign that is
	// there is no refusal.
	Observe(ctx context.Context, o Observation) (Claim, error)
	// Judge writes the verdict, if the signs and the standing are still those.
	Judge(ctx context.Context, v Verdict) error
	// Deny, DenyMoved and DisputeOnly are those of Denials.
	Deny(ctx context.Context, d Denial) error
	DenyMoved(ctx context.Context, d Denial) error
	DisputeOnly(ctx context.Context, d Denial) error
}

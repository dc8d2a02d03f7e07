package recovery

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// A Refused says that a step's condition was false and nothing was written. Old is the row at that
// instant, the zero Challenge if there is none.
type Refused struct{ Old Challenge }

func (*Refused) Error() string { return "recovery: condition false" }

// Bells is what asking needs. Both are single writes and never one transaction: strangers' requests would
// cancel the owner's, and a refused one would give the caller's charge back.
type Bells interface {
	// CountCaller counts a request of that network, unless its minute or hour is full: then false, and what
	// is counted there.
	CountCaller(ctx context.Context, k CallerKey, now time.Time) (Usage, bool, error)
	// Ring makes a recovery mail due for that address, be it bound, known or not: one shape of write. The bell
	// is deaf, which is no error, until ResendAt, and while a mail is due that is younger than FreshFor.
	Ring(ctx context.Context, b Bell) error
}

// A Usage is what one network asked for.
type Usage struct{ Minute, Hour int }

// A Bell is what Ring writes.
type Bell struct {
	EmailKey address.EmailKey
	Send     binding.SendID
	Now      time.Time
}

// Proofs is what redeeming a code and setting a password need of the row of an address. Each is one write.
type Proofs interface {
	// ChargeGuess charges one try of the code, of the challenge and of the day, if the challenge is alive,
	// unused and has tries left. It gives the row after the charge.
	ChargeGuess(ctx context.Context, t Try) (Challenge, error)
	// GiveBackGuess undoes the charge of this very Op, if it is still the newest and still counts.
	GiveBackGuess(ctx context.Context, t Try) error
	// Present counts that a link or grant of Try.Challenge is presented with a password, if the row takes it
	// (Challenge.Takes) and has been presented fewer than Presentations times; also of a used challenge, so
	// that a repeated success can be told. It gives the row after the count.
	Present(ctx context.Context, t Try) (Challenge, error)
	// GiveBackPresented undoes the count of this very Op, if it is still the newest.
	GiveBackPresented(ctx context.Context, t Try) error
}

// A Try is one attempt. Op names it, so that a lost answer is not charged twice.
type Try struct {
	EmailKey  address.EmailKey
	Challenge binding.ChallengeID // Present only: a code names none
	Op        string
	Now       time.Time
}

// Changes is what a new password needs.
type Changes interface {
	// Credential reads an account's credential, consistently. The zero Credential is an account without one.
	Credential(ctx context.Context, k binding.AccountKey) (Credential, error)
	// Change is the transaction that ends a recovery with a new password: the challenge used, the credential
	// new, the account told; all or nothing. The bell is heard at once: the mails before hold no way in now. Refusals are *ChangeRefused.
	Change(ctx context.Context, c Change) error
}

// A Change is what Change writes.
type Change struct {
	EmailKey  address.EmailKey
	Challenge binding.ChallengeID
	Account   binding.AccountKey
	Hash      string
	Version   int64          // milliseconds; written only if it is higher than the one that is there
	First     bool           // an account without a password may get one
	Send      binding.SendID // of the mail that tells the owner
	Finished  string         // the fact in the row of the address
	Changed   string         // the fact in the account's row
	Request   string         // ClientRequestToken: 1 to 36 characters, random
	Now       time.Time
}

// A ChangeRefused tells which parts of the transaction were false, each with its row at that instant. While
// other transactions are under way it may be only one of several.
type ChangeRefused struct {
	ChallengeFalse, CredentialFalse, AccountFalse bool

	Challenge  Challenge
	Credential Credential
	Account    binding.Claim
}

func (*ChangeRefused) Error() string { return "recovery: password not changed" }

// Grants is what redeeming a grant for the platform needs (host mode).
type Grants interface {
	// Claim reads an account's row, consistently.
	Claim(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error)
	// Redeem uses a challenge up for the platform, if the row takes it, it belongs to that account and nobody
	// used it. The bell is heard at once, as after Change. A refusal shows the row: used by the same key it is a repetition.
	Redeem(ctx context.Context, r Redemption) error
}

// A Redemption is what Redeem writes.
type Redemption struct {
	EmailKey  address.EmailKey
	Challenge binding.ChallengeID
	Account   binding.AccountKey
	Key       [16]byte // the platform's name of this redemption, hashed
	Event     string
	Now       time.Time
}

// Passwords is what the platform's own calls need beside reading.
type Passwords interface {
	Claim(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error)
	Credential(ctx context.Context, k binding.AccountKey) (Credential, error)
	// Spend takes one try from a meter, or says how long until it has one.
	Spend(ctx context.Context, m Meter, now time.Time) (wait time.Duration, err error)
	// Refill gives one try back to a meter, or with full all of them.
	Refill(ctx context.Context, m Meter, full bool, now time.Time) error
	// Touch writes what a right password teaches, if the credential is still of that version and hash: the hash
	// made anew, the clients it was right on. False: it is another by now, and nothing was written.
	Touch(ctx context.Context, t Touch) (bool, error)
	// Put writes a password that the platform sets; with Bound the account is told, and what recovery mailed to it
	// ends, in the same transaction.
	// Refusals are *ChangeRefused.
	Put(ctx context.Context, p Put) error
	// Hold pauses recovery of a bound account until then; the zero time ends the pause. False: it is not bound.
	Hold(ctx context.Context, k binding.AccountKey, until time.Time) (bool, error)
	// Void ends what was mailed to an address, if anything was: the challenge is used, by nobody's key, no mail is
	// due, and the bell is heard at once.
	Void(ctx context.Context, ek address.EmailKey, now time.Time) error
}

// A Meter holds Burst tries and gains one every Every: what fails must wait for, and no more. Its state is
// the time at which it would be full again (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
type Meter struct {
	Name  string // of its row
	Burst int
	Every time.Duration // whole seconds
}

// A Touch is what Touch writes. Hash is the old one if only clients change.
type Touch struct {
	Account       binding.AccountKey
	Version       int64
	OldHash, Hash string
	Clients       [][16]byte
}

// A Put is what Put writes.
type Put struct {
	Account binding.AccountKey
	Hash    string
	Version int64
	If      *int64 // the version that must be there; 0: none; nil: any lower one
	Bound   bool
	// EmailKey is the address of a bound account: what was mailed to it ends in the same transaction (Void).
	EmailKey address.EmailKey
	Send     binding.SendID
	Changed  string
	Request  string
	Now      time.Time
}

// Store is all that requests need.
type Store interface {
	Bells
	Proofs
	Changes
}

// Outbox is what the mailer needs for the mails of recovery.
type Outbox interface {
	// Recall reads the row of an address and who holds it, consistently, in one round trip.
	Recall(ctx context.Context, ek address.EmailKey, now time.Time) (Challenge, binding.Holder, error)
	// Owner reads the account that an address is bound to, consistently.
	Owner(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error)
	// Renew opens a challenge in place of the one that was read, if the mail is still due and no other came
	// meanwhile. It gives the new row.
	Renew(ctx context.Context, o Opening) (Challenge, error)
	// Extend mails the living challenge that was read once more, if the mail is still due and challenge and
	// code are still those. It gives the new row.
	Extend(ctx context.Context, e Extension) (Challenge, error)
	// Settle takes the order off the row, if it is still the one that is due, and books the spacing of a mail
	// that went out.
	Settle(ctx context.Context, s Settlement) error
}

// An Opening is what Renew writes.
type Opening struct {
	EmailKey  address.EmailKey
	Send      binding.SendID
	Seen      binding.ChallengeID // the challenge that was read; zero: none
	Challenge binding.ChallengeID
	Previous  binding.ChallengeID // zero: the old one ends
	Key       token.KeyID
	Owner     binding.AccountKey
	Expires   time.Time
	Event     string
	Now       time.Time
}

// An Extension is what Extend writes.
type Extension struct {
	EmailKey  address.EmailKey
	Send      binding.SendID
	Challenge binding.ChallengeID
	CodesUsed int  // as read
	NewCode   bool // the tries of the code are spent
	Owner     binding.AccountKey
	Expires   time.Time
	Event     string // "": no new fact
	Now       time.Time
}

// A Settlement is what Settle writes.
type Settlement struct {
	EmailKey address.EmailKey
	Send     binding.SendID
	Booked   bool // a mail went out, or would have, were the address bound
	Rung     int
	ResendAt time.Time
	Now      time.Time
}

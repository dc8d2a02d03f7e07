package recovery

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// A Challenge is the row of one address in table recoveries: what was asked for, what was mailed and what
// became of it. It has the same shape for addresses that are bound and for those that nobody knows. The zero
// Challenge is an address that nobody asked for. Times are whole seconds; the zero time is absence.
type Challenge struct {
	EmailKey address.EmailKey

	// The bell and its spacing.
	Due      binding.SendID // the mail that is due; zero: none
	AskedAt  time.Time      // when the bell was rung last
	MailedAt time.Time      // when the provider took the newest mail
	Rung     int            // the step of the spacing that mail stood on
	ResendAt time.Time      // the bell is deaf until then

	// The challenge that the mailer opened.
	ID        binding.ChallengeID
	Previous  binding.ChallengeID // the one before, whose link goes on for GrantLife after Opened; zero: none
	Key       token.KeyID
	CodesUsed int
	CodedAt   time.Time // when the current code went into a mail for the first time
	Opened    time.Time
	Expires   time.Time
	Owner     binding.AccountKey // of the address when it was mailed; zero: nobody

	Tries      int    // of the current code
	TriesToday int    // in the UTC day of the step that read the row
	Presented  int    // how often a link or grant came with a password
	Op         string // the newest charge of a code
	PresentOp  string // the newest count of a presentation
	UsedAt     time.Time
	UsedBy     [16]byte // host mode: the platform's key of that redemption, hashed

	Event string // the newest fact: type/request
	TTL   time.Time
}

// Alive says whether code and link can still be answered.
func (c Challenge) Alive(now time.Time) bool { return c.Expires.After(now) }

// Takes says whether the row takes a link or grant of that challenge, as far as challenge and time go.
func (c Challenge) Takes(id binding.ChallengeID, now time.Time) bool {
	if !c.Expires.After(now.Add(-GrantLife)) || id == (binding.ChallengeID{}) {
		return false
	}
	return c.ID == id || c.Previous == id && c.Opened.After(now.Add(-GrantLife))
}

// over says whether the next mail must open a new challenge.
func (c Challenge) over(now time.Time) bool {
	return c.ID == (binding.ChallengeID{}) || !c.Expires.After(now.Add(-GrantLife)) || !c.Opened.After(now.Add(-ChallengeAge)) ||
		!c.UsedAt.IsZero() || c.Presented >= Presentations
}

// codeOver says whether the next mail must carry a new code: the old one's tries are spent, or it is so old
// that strangers who go on asking would keep alive what somebody once read. A link ends by itself.
// The order's own time decides, so that an order which is delivered again finds the code that it mailed.
func (c Challenge) codeOver() bool {
	return c.Tries >= binding.TriesPerCode || !c.CodedAt.After(c.AskedAt.Add(-MailLife))
}

// A Credential is what is kept of an account's password. The zero Credential is an account without one.
type Credential struct {
	Hash      string // PHC string
	Version   int64  // milliseconds since 1970 when it was changed; only ever rises
	ChangedAt time.Time
	Challenge binding.ChallengeID // that brought it; zero: the platform set it
	Clients   [][16]byte          // the clients that it was right on, the newest first
}

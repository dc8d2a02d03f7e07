package binding

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// A State is where an account stands. The empty state is an account without a row.
//
//	none -> pending -> bound | denied
//	pending -> pending   by another address; the old challenge is superseded
//	denied  -> pending   by another address, by undo, or when the denial is over
//	bound   -> nothing
type State string

// The states. Expired is never stored: it is a pending claim whose time is over.
const (
	None    State = ""
	Pending State = "pending"
	Bound   State = "bound"
	Denied  State = "denied"
	Expired State = "expired"
)

// A Fate is what became of a send, as a rank: it only ever rises, so duplicates and any order of
// reports converge.
type Fate int

// The fates. Queued is the absence of one; Sent is told by AcceptedAt too. GaveUp is a bounce that may be
// none: an automatic answer to a mail that did arrive comes back under the same name (SES: Transient,
// General), so a delivery outranks it.
const (
	Queued     Fate = 0
	NotSent    Fate = 1
	Sent       Fate = 2
	Delayed    Fate = 3
	GaveUp     Fate = 4
	Delivered  Fate = 5
	Bounced    Fate = 6
	Complained Fate = 7
)

// A Why is the reason of a fate, in our own words and never the remote server's text.
type Why string

// The reasons.
const (
	WhyNone           Why = ""
	WhyHeld           Why = "held"            // over the mailbox's budget of the day, or by the operator's switch
	WhyContentRefused Why = "content-refused" // a provider, ours or theirs, refuses what is in the mail
	WhyTemporary      Why = "temporary"
	WhyLate           Why = "late" // derived when read, never stored
	WhyUnknown        Why = "mailbox-unknown"
	WhyNoMail         Why = "domain-accepts-no-mail"
	WhySuppressed     Why = "suppressed" // the provider keeps mail from this mailbox, for what came back from it before
	WhyFull           Why = "mailbox-full"
	WhySpam           Why = "refused-as-spam"
	WhyOwnerChanged   Why = "owner-changed" // RFC 7293: somebody else has the mailbox now
)

// Dead says that mail to this mailbox is useless: asking again is refused.
func (w Why) Dead() bool { return w == WhyUnknown || w == WhyNoMail || w == WhySuppressed }

// A Risk is a doubt about a bound mailbox.
type Risk string

// The risks. Of the first three mail is still tried: MailBounced and MailboxFull end by a delivery or a
// confirmation, MailComplained by a confirmation. Broken, OwnerChanged and Disowned hold recovery until a
// code is typed in the session: a mailbox that was given to somebody else takes mail again, and must not
// inherit the account.
const (
	NoRisk         Risk = ""
	MailBounced    Risk = "bounced"
	MailboxFull    Risk = "full"
	MailComplained Risk = "complained"
	Broken         Risk = "broken"
	OwnerChanged   Risk = "owner-changed"
	Disowned       Risk = "disowned"
)

// Holds says whether the risk ends only by a confirmation in the session.
func (r Risk) Holds() bool { return r == Broken || r == OwnerChanged || r == Disowned }

// A Claim is one account's row: its wish to bind an address, or what became of it. The zero Claim is
// an account without one. Times are whole seconds; the zero time is absence.
type Claim struct {
	Account   AccountKey
	State     State
	Who       Who
	Address   address.Address
	EmailKey  address.EmailKey
	Canon     int // version of the canonical form that EmailKey was made with
	Challenge ChallengeID
	Key       token.KeyID // the token key of this challenge
	CodesUsed int         // how many codes of this challenge were spent before the current one
	Opened    time.Time
	Expires   time.Time
	ResendAt  time.Time

	SendsToday int // in the UTC day of the step that read the row
	TriesToday int
	Tries      int // of the current code
	LinkTries  int
	Op         string                         // the newest charge
	Denied     map[address.EmailKey]time.Time // until when, ended ones included

	Due        map[Kind]SendID
	Send       SendID // the newest send
	AcceptedAt time.Time
	Fate       Fate
	FateAt     time.Time
	Why        Why

	BoundAt    time.Time
	ProvedAt   time.Time
	Confirming ChallengeID // the newest confirmation asked for; it is open while Expires says so
	DisputedAt time.Time
	UndoneAt   time.Time        // when "not me" was taken back last
	Undone     address.EmailKey // about which address: a late complaint about it is void
	Risk       Risk
	RiskSince  time.Time
	Signs      []Sign    // of a bound mailbox since it was proved, in the order of their times
	Hold       time.Time // the platform paused recovery until then
	ChangedAt  time.Time // when the account's password was changed

	Event string // the newest fact: type[/cause]/request id
	TTL   time.Time
}

// Alive says whether the challenge can still be answered. Lives are half-open.
func (c Claim) Alive(now time.Time) bool { return c.Expires.After(now) }

// deniedUntil says until when this account is kept away from the address; false: it is not.
func (c Claim) deniedUntil(ek address.EmailKey, now time.Time) (time.Time, bool) {
	until, ok := c.Denied[ek]
	return until, ok && until.After(now)
}

// asked is the kind of mail that the account holder waits for.
func (c Claim) asked() Kind {
	if c.State == Bound {
		return KindReconfirm
	}
	return KindVerify
}

// due says whether the mail that the account holder waits for is not yet sent.
func (c Claim) due() bool {
	_, due := c.Due[c.asked()]
	return due
}

// late says whether it was ordered more than LateAfter ago.
func (c Claim) late(now time.Time) bool { return c.due() && !c.ResendAt.After(lateLine(now)) }

// lateLine is the newest resend_at of an order that is late: every order books resend_at one
// cooldown after itself.
func lateLine(now time.Time) time.Time { return now.Add(CooldownSame - LateAfter) }

// LateLine is lateLine for the store's condition.
func LateLine(now time.Time) time.Time { return lateLine(now) }

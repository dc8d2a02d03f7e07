package binding

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/address"
)

// Kind names a mail. It is also the suffix of the attribute due_<kind> that makes one due.
type Kind string

const (
	// KindVerify carries the code and the link to the mailbox that a claim names.
	KindVerify Kind = "verify"
	// KindNotice goes in place of KindVerify when the address is bound to another account, so that
	// what the asker sees of the mail is the same (P8). It is never due by itself.
	KindNotice Kind = "notice"
	// KindBound is the receipt after binding; its link says "this was not me" for 30 days and binds nothing.
	KindBound Kind = "bound"
	// KindRecover brings the owner of a bound address back in: code and link, or why there are none (Letter.Paused).
	KindRecover Kind = "recover"
	// KindReconfirm asks the owner of a bound address to confirm it: its code is typed in the session, and its
	// link says "this was not me" and binds nothing.
	KindReconfirm Kind = "reconfirm"
	// KindChanged tells the owner that the account's password was changed.
	KindChanged Kind = "changed"
)

// A Pause is why a recovery mail brings no code and no link.
type Pause string

const (
	NotPaused  Pause = ""
	PausedHold Pause = "hold" // the platform paused recovery: its support knows why
	PausedRisk Pause = "risk" // the mailbox is in doubt: its owner signs in and confirms the address there
)

// A Letter is one mail before it has words: all that rendering and delivery need, and nothing else.
type Letter struct {
	Kind    Kind
	To      address.Address // the stored address, never what somebody typed just now
	Locale  string          // BCP 47 tag from the account's own session; empty or unknown: the default language
	Label   string          // the account's label, whole; mails show it masked; may be empty
	Ref     string          // the account's reference, 4 symbols
	Code    string          // KindVerify, KindReconfirm, KindRecover: as shown, ABCD-EFGH; empty when paused
	Token   string          // KindVerify, KindBound, KindReconfirm, KindRecover: the sealed token that the links carry; empty when paused
	Expires time.Time       // KindVerify, KindReconfirm, KindRecover: code and link end here
	At      time.Time       // KindVerify, KindReconfirm, KindRecover: now, so that the mail can say for how long; KindBound: when it was bound; KindNotice: when somebody asked; KindChanged: when it was changed
	Paused  Pause           // KindRecover
	Since   time.Time       // KindRecover, KindChanged: the mailbox was last proven to be the account's then (RFC 7293)
	Tag     string          // sealed value of the SES message tag, [A-Za-z0-9_-]{1,256}
}

// ErrMailRefused says that the mail provider refuses this very mail for what it is (SES
// MessageRejected): sending it again is useless. Every other error of a Sender is an outage,
// and the mail stays due.
var ErrMailRefused = errors.New("binding: the mail provider refused the mail")

// ErrSend marks an outage as the mail provider's.
var ErrSend = errors.New("binding: the mail could not be handed over")

// A Sender turns a letter into a mail and hands it to the provider. A nil error means that the
// provider took it. It may be called twice for one letter: a lost answer is an outage.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}

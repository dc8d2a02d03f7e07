// Package event is what the platform is told: the events, their schemas, and how they reach EventBridge.
//
// # What an event is
//
// A write that makes a fact names it in the row (ev), in the same write, so no fact is lost and none is told
// that did not happen: the account's row, or that of the address that recovery was asked for, where it is
// its owner's fact. The name is the type, its cause where the type has causes, and the request or the mail
// that made it, with slashes between. The tables' streams show it to function events, which
// publishes it here: at least once, in no promised order, and under an id that is the same however often
// it comes. Consumers drop an id that they have seen, and where order matters they compare the times or
// ask.
//
// An entry has the source [Source], the type as its detail type, and as its detail the [Event]. The account
// is the platform's own id of it. There is no address, label, code or token in an event, nor a hash of any:
// events are kept by archives, queues and logs that are not ours (P12).
//
// # Schemas
//
// schema/ has a JSON Schema (draft 2020-12) for each type. A schema says what there is and leaves room:
// members and causes may be added, and a consumer ignores what it does not know. The examples of a cause are
// all that there are today. A member never goes, nor
// changes what it means; that would be a new type.
package event

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbind/shared/binding"
)

// Source is the source of every entry. It is no setting: permissions and the platform's own rules name it.
// Stacks that share an AWS account and Region are told apart by their event buses.
const Source = "mailbind"

// A Type is an event's type, and its entry's detail type.
type Type string

const (
	// Bound: the account has its address, for ever.
	Bound Type = "binding.bound"
	// Denied: the mailbox's owner said that it was not them; the claim is over and the address was not bound.
	Denied Type = "binding.denied"
	// Disputed: the owner of the mailbox objects to the binding. It stays; said by the button (not-me), recovery is held.
	Disputed Type = "binding.disputed"
	// AtRisk: mail to the bound mailbox says that it may not be the owner's way back for long, or is none already. It
	// takes the place of an earlier AtRisk. Broken and owner-changed hold recovery.
	AtRisk Type = "binding.at_risk"
	// Well: a doubt about the binding is over.
	Well Type = "binding.well"

	// RecoveryStarted: somebody wants back into the account, and a mail with code and link is on its way to its owner.
	RecoveryStarted Type = "recovery.started"
	// RecoveryHeld: somebody wants back into the account, and its recovery is paused or its mailbox in doubt.
	RecoveryHeld Type = "recovery.held"
	// RecoveryFinished: the owner is back: a new password is set, or the platform redeemed the grant.
	RecoveryFinished Type = "recovery.finished"
	// PasswordChanged: the account has a new password. Sessions that began under an older Event.Version are to end.
	PasswordChanged Type = "credential.changed"
)

// causes are why an event of a type came to be; none: there is only one way, or it does not matter.
var causes = map[Type][]string{
	Bound:    nil,
	Denied:   {"not-me", "complaint"},
	Disputed: {"not-me", "complaint"},
	AtRisk:   {"bounced", "full", "complained", "broken", "owner-changed"},
	Well:     {"undone", "delivered", "confirmed"},

	RecoveryStarted: nil, RecoveryHeld: nil, RecoveryFinished: nil, PasswordChanged: nil,
}

// An Event is the detail of an entry. See the schema of its type.
type Event struct {
	ID      string    `json:"id"`
	Type    Type      `json:"type"`
	At      time.Time `json:"at"` // whole seconds, UTC
	Account string    `json:"account"`
	Issuer  string    `json:"issuer"`
	Ref     string    `json:"ref"`
	Cause   string    `json:"cause,omitempty"`
	Version int64     `json:"version,omitempty"` // PasswordChanged: of the credential, milliseconds since 1970
}

// ErrUnknown is a fact that this package has no type for, or whose account cannot be named.
var ErrUnknown = errors.New("event: no event of ours")

// New makes the event of a fact. name is the attribute ev of the row: type/cause/request for the types that have
// causes, type/request/version for PasswordChanged, type/request for all others. The error quotes nothing of it.
func New(name string, account binding.AccountKey, who binding.Who, at time.Time) (Event, error) {
	kind, request, _ := strings.Cut(name, "/")
	e := Event{ID: id(account, name), Type: Type(kind), At: time.Unix(at.Unix(), 0).UTC(), Account: who.Subject, Issuer: who.Issuer, Ref: account.Ref()}
	all, known := causes[e.Type]
	switch {
	case len(all) > 0:
		e.Cause, request, _ = strings.Cut(request, "/")
		known = slices.Contains(all, e.Cause)
	case e.Type == PasswordChanged:
		request, e.Version = versioned(request)
		known = e.Version > 0
	}
	if !known || request == "" {
		return Event{}, fmt.Errorf("%w: its name", ErrUnknown)
	}
	if who.Subject == "" {
		return Event{}, fmt.Errorf("%w: no account", ErrUnknown)
	}
	return e, nil
}

// versioned takes the version off a name; 0: there is none. A request is the gateway's word and may hold
// slashes itself.
func versioned(name string) (request string, version int64) {
	last := strings.LastIndexByte(name, '/')
	if last < 0 {
		return name, 0
	}
	version, err := strconv.ParseInt(name[last+1:], 10, 64)
	if err != nil {
		return name, 0
	}
	return name[:last], version
}

// id names a fact: the same for the same write, and for no other. A request is the gateway's word, so the
// account stands with it.
func id(account binding.AccountKey, name string) string {
	sum := sha256.Sum256(append(append([]byte("event/1/"), account[:]...), name...))
	return hex.EncodeToString(sum[:16])
}

// Detail is the event as JSON: an entry's detail.
func (e Event) Detail() string {
	text, err := json.Marshal(e)
	if err != nil {
		panic("event: internal error: " + err.Error()) // texts always encode, and so does a record's time
	}
	return string(text)
}

//go:embed schema/*.json
var schemas embed.FS

// Schema is the JSON Schema of a type's detail; nil: no such type.
func Schema(t Type) []byte {
	if _, known := causes[t]; !known {
		return nil
	}
	text, err := schemas.ReadFile("schema/" + string(t) + ".json")
	if err != nil {
		panic("event: internal error: " + err.Error())
	}
	return text
}

package address

import (
	"encoding/base64"
	"log/slog"
	"strings"
)

// An Address is a parsed address. The zero value is no address; every other value comes from Parse.
// Two values are == when they are spelled alike; whether they are one identity is what EmailKey and
// Canonical tell.
type Address struct {
	local  string // as given, ASCII
	domain string // A-labels in lower case
}

// IsZero reports whether a is no address.
func (a Address) IsZero() bool { return a == Address{} }

// String is the form that mail is sent to: the local part in the case in which it was given, since its
// host may mind (RFC 5321 section 2.4), and the domain as A-labels. Empty for no address. At most 254
// bytes, all of them in !-~. Parse takes it back to the same value.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.local + "@" + a.domain
}

// Local is what is before the @, in the case in which it was given.
func (a Address) Local() string { return a.local }

// Domain is what is after the @, as A-labels in lower case.
func (a Address) Domain() string { return a.domain }

// CanonVersion is the version of the canonical form, which every row found by an EmailKey carries.
// It rises when any address that Parse takes gets another canonical form than before; rows of the
// former version are then found by a second look-up.
const CanonVersion = 1

// Canonical is the form under which spellings are one identity: ASCII-lowercase local part @ A-labels.
// Parse takes it, and its canonical form is itself.
func (a Address) Canonical() string {
	if a.IsZero() {
		return ""
	}
	return lower(a.local) + "@" + a.domain
}

// LogValue keeps addresses out of logs, also where one is handed to slog by mistake.
func (a Address) LogValue() slog.Value { return slog.StringValue("[address]") }

// An Indexer makes the keyed hash that names a row: the first 16 bytes of HMAC-SHA256 over the label
// and the parts, each led by its length. token.DataKey is one.
type Indexer interface {
	Index(label string, parts ...string) [16]byte
}

// An EmailKey names an address by its identity, without showing it.
type EmailKey [16]byte

// An InboxKey names the mailbox that an address most likely leads to, for budgets.
type InboxKey [16]byte

// EmailKey is the keyed hash of the canonical form. It panics for no address, which as a key would be
// one that all accounts share.
func (a Address) EmailKey(ix Indexer) EmailKey { return ix.Index("email/1", must(a.Canonical())) }

// InboxKey is the keyed hash of the folded form. It panics for no address.
func (a Address) InboxKey(ix Indexer) InboxKey { return ix.Index("inbox/1", must(a.Folded())) }

func must(form string) string {
	if form == "" {
		panic("address: internal error: key of no address")
	}
	return form
}

// String is the key in base64url without padding: 22 characters.
func (k EmailKey) String() string { return base64.RawURLEncoding.EncodeToString(k[:]) }

// String is the key in base64url without padding: 22 characters.
func (k InboxKey) String() string { return base64.RawURLEncoding.EncodeToString(k[:]) }

// lower maps A-Z and nothing else. strings.ToLower would do the same to ASCII, which is all that gets
// here; this one cannot do more.
func lower(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return 'A' <= r && r <= 'Z' }) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

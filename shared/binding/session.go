package binding

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Who is what mailbind keeps, sealed, about the account holder: to write to them in their language,
// and to name them to the platform in its own words.
type Who struct {
	Issuer  string
	Subject string
	Label   string // see ParseLabel
	Locale  string // BCP 47 tag; empty: unknown
}

// A Session is a signed-in account holder, as the gateway checked the JWT.
type Session struct {
	Who
	SignedIn time.Time // claim auth_time; zero: the token does not say
	Scopes   []string
}

// recent says whether the person proved who they are just now: a borrowed phone or a leaked token
// must not bind somebody else's mailbox for ever.
func (s Session) recent(now time.Time, within time.Duration, scope string) bool {
	switch {
	case within == 0:
		return true
	case scope != "" && slices.Contains(s.Scopes, scope):
		return true
	case s.SignedIn.IsZero() || s.SignedIn.After(now.Add(time.Minute)):
		return false
	}
	return now.Sub(s.SignedIn) <= within
}

// ParseLabel takes the one configured JWT claim that names the account to people. It gives "" for
// whatever could carry a message or an address into mail that we sign: only letters, marks, digits,
// space, _ and -, at most 16 characters (marks not counted) and 48 bytes of NFC; no mark in front, which
// would sit on a letter of ours, and no letter that shows as nothing.
func ParseLabel(claim string) string {
	if len(claim) > 4*maxLabelBytes || !utf8.ValidString(claim) {
		return ""
	}
	label := strings.Trim(norm.NFC.String(claim), " ")
	runes := 0
	for _, r := range label {
		switch {
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), runes == 0 && unicode.Is(unicode.M, r):
			return ""
		case unicode.Is(unicode.M, r):
			continue
		case r == ' ', r == '_', r == '-', unicode.IsLetter(r), unicode.IsDigit(r):
			runes++
		default:
			return ""
		}
	}
	if runes == 0 || runes > maxLabelRunes || len(label) > maxLabelBytes {
		return ""
	}
	return label
}

// ParseLocale takes a BCP 47 tag of at most 35 characters (RFC 5646 section 4.4.1), "" for anything else.
func ParseLocale(claim string) string {
	if len(claim) > 35 {
		return ""
	}
	for _, r := range claim {
		if r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_') {
			return ""
		}
	}
	return claim
}

package password

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mailbind/shared/password/internal/list"
)

// A Reason is one rule that a password breaks. The words are part of the API, so they are never renamed.
type Reason string

// The reasons, in the order in which Check gives them.
const (
	// NotText: the bytes are not valid UTF-8.
	NotText Reason = "not-text"
	// TooLong: more than 256 code points.
	TooLong Reason = "too-long"
	// TooShort: fewer than 15 code points, as SP 800-63B-4 section 3.1.1.2 asks of a password that is the only factor.
	TooShort Reason = "too-short"
	// Common: it is on the list of common and breached passwords, or is one of them repeated, mirrored,
	// respelt, or padded with digits, punctuation, years, sequences.
	Common Reason = "common"
	// Pattern: it repeats or mirrors something shorter than 15 code points, or is made of sequences, dates and
	// walks over a keyboard, but for three characters at most.
	Pattern Reason = "pattern"
	// Personal: it is made of the platform's name or hosts, or of what is known of the person, also
	// repeated or padded.
	Personal Reason = "personal"
)

// The limits of a password in its NFC form. 256 code points are at most 1024 bytes.
const (
	MinLen = 15  // code points
	MaxLen = 256 // code points
	// maxTyped, in bytes, is beyond every spelling of MaxLen code points: NFC triples no string's bytes
	// when it is undone (https://www.unicode.org/reports/tr15/, table 1), so 3072 could be meant.
	maxTyped = 4096
)

// Normal gives the NFC form of a typed password that is to be compared and not judged; false: it can be
// no password, since its bytes are not UTF-8 or it has more than 256 code points. Nothing but NFC is done
// to it (SP 800-63B-4 section 3.1.1.2): no trimming, no folding, no cutting.
func Normal(typed string) (string, bool) {
	normal, reason := normalise(typed)
	return normal, reason == ""
}

func normalise(typed string) (string, Reason) {
	if len(typed) > maxTyped {
		return "", TooLong
	}
	if !utf8.ValidString(typed) {
		return "", NotText
	}
	normal := norm.NFC.String(typed)
	if utf8.RuneCountInString(normal) > MaxLen {
		return "", TooLong
	}
	return normal, ""
}

// A Policy is what holds for one deployment: the platform's name as people know it, and its hosts, such as
// that of the base URL.
type Policy struct {
	Platform string
	Hosts    []string
}

// Check gives the form of a new password to hash, and the rules that it breaks (nil: none). words are what is
// known of the person: the address as typed or stored, whose parts are derived here, the account's label.
//
// The form is empty for NotText and TooLong. A password that has not the length is not judged any further.
// The whole password is compared, and not what it contains: a long phrase with a common word in it passes.
func (p Policy) Check(typed string, words ...string) (normal string, reasons []Reason) {
	normal, reason := normalise(typed)
	if reason != "" {
		return "", []Reason{reason}
	}
	if utf8.RuneCountInString(normal) < MinLen {
		return normal, []Reason{TooShort}
	}
	t := newText(list.Fold(normal))
	if t.common() {
		reasons = append(reasons, Common)
	}
	if t.pattern() {
		reasons = append(reasons, Pattern)
	}
	if t.personal(p.known(words)) {
		reasons = append(reasons, Personal)
	}
	return normal, reasons
}

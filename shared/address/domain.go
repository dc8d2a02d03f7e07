package address

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// profile is UTS 46, non-transitional (ß stays ß), with all its checks: STD3 characters, hyphens
// (also in the third and fourth place of ASCII), joiners in context, and the Bidi rule (RFC 5893). Lengths are
// checked here, to be told apart from faults of syntax. It maps, as every lookup profile does; what
// it mapped beyond letter case and NFC is refused by faithful.
var profile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(true),
	idna.ValidateLabels(true),
	idna.CheckHyphens(true),
	idna.CheckJoiners(true),
	idna.BidiRule(),
)

const acePrefix = "xn--"

// ParseDomain reads a domain name by the same rules as the domain of an address, and gives it as
// A-labels in lower case: for the operator's own domains in the configuration. Its error is always an
// *Error.
func ParseDomain(s string) (string, error) {
	switch {
	case !utf8.ValidString(s):
		return "", &Error{NotUTF8}
	case len(s) > maxInput:
		return "", &Error{TooLong}
	}
	domain, why := parseDomain(s)
	if why != "" {
		return "", &Error{why}
	}
	return domain, nil
}

// parseDomain gives the A-labels of a name, in lower case, or what is wrong with it.
func parseDomain(s string) (string, Reason) {
	if why := checkName(s); why != "" {
		return "", why
	}
	fault := DomainSyntax
	if !isASCII(s) || strings.Contains(lower(s), acePrefix) {
		fault = IDNSyntax
	}
	if strings.ContainsAny(s, "\u200c\u200d") {
		fault = InvisibleCharacter // joiners belong in some names (RFC 5892 appendix A), not in this one
	}
	// After an error the value is only good for showing; idna documents that it returns one.
	name, err := profile.ToASCII(s)
	if err != nil {
		return "", fault
	}
	if strings.Count(name, ".") != strings.Count(s, ".") {
		return "", fault
	}
	given, last := s, ""
	for label := range strings.SplitSeq(name, ".") {
		var g string
		g, given, _ = strings.Cut(given, ".")
		if len(label) > maxLabel {
			return "", DomainTooLong
		}
		if !letterDigitHyphen(label) || !faithful(g, label) {
			return "", fault
		}
		last = label
	}
	switch {
	case len(name) > maxDomain:
		return "", DomainTooLong
	case last == name:
		return "", DomainTooShort
	case strings.Trim(last, "0123456789") == "":
		return "", DomainSyntax // an IPv4 address, or a name that programs take for one
	case len(last) < 2:
		return "", DomainTooShort
	}
	return name, ""
}

// checkName finds what is wrong with a name whatever IDNA says.
func checkName(s string) Reason {
	if s == "" {
		return DomainTooShort
	}
	label := 0
	for _, r := range s {
		switch {
		case r == '.':
			if label == 0 {
				return DomainSyntax
			}
			label = 0
			continue
		case invisible(r) && r != '\u200c' && r != '\u200d':
			return InvisibleCharacter
		case r < utf8.RuneSelf && !ldh(lowerByte(byte(r))):
			return DomainSyntax
		}
		label++
	}
	if label == 0 {
		return DomainSyntax // a dot at the end: the root is implied in mail (RFC 5321 section 2.3.5)
	}
	return ""
}

// faithful reports whether an A-label, or a plain label, is the given one and nothing that it was
// mapped to. idna finds part of this itself, which part depends on its version.
func faithful(given, label string) bool {
	if isASCII(given) {
		if lower(given) != label {
			return false
		}
	} else if !strings.HasPrefix(label, acePrefix) {
		return false // such as the Kelvin sign, which even NFC turns into a K
	}
	if !strings.HasPrefix(label, acePrefix) {
		return true
	}
	u, err := profile.ToUnicode(label)
	if err != nil || u == "" || isASCII(u) || !registrable(u) {
		return false
	}
	if back, err := profile.ToASCII(u); err != nil || back != label {
		return false
	}
	return isASCII(given) || plainFold(given) == u
}

// plainFold is the only difference that a domain's spelling may have: letter case, one rune for one,
// and composition.
func plainFold(s string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
}

// letterDigitHyphen reports whether s is a label of RFC 1123 section 2.1, in lower case.
func letterDigitHyphen(s string) bool {
	for i := range len(s) {
		if !ldh(s[i]) {
			return false
		}
	}
	return s != "" && s[0] != '-' && s[len(s)-1] != '-'
}

func ldh(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' }

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

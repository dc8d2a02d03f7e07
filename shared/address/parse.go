package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in bytes. RFC 5321 section 4.5.3.1 gives 64 and 256 for a path with its angle brackets,
// which leaves 254 for the address (RFC 3696 errata 1003 and 1690); RFC 1035 section 2.3.4 gives 63
// for a label and 253 for a name in text.
const (
	maxInput   = 512
	maxLocal   = 64
	maxLabel   = 63
	maxDomain  = 253
	maxAddress = 254
)

// Parse reads an address exactly as it is given. Its error is always an *Error.
func Parse(s string) (Address, error) {
	refuse := func(why Reason) (Address, error) { return Address{}, &Error{why} }
	switch {
	case !utf8.ValidString(s):
		return refuse(NotUTF8)
	case s == "":
		return refuse(Empty)
	case len(s) > maxInput:
		return refuse(TooLong)
	}
	local, name, found := strings.Cut(s, "@")
	if !found {
		return refuse(NoAtSign)
	}
	if strings.Contains(name, "@") {
		return refuse(SeveralAtSigns)
	}
	if why := checkLocal(local); why != "" {
		return refuse(why)
	}
	domain, why := parseDomain(name)
	if why != "" {
		return refuse(why)
	}
	if len(local)+1+len(domain) > maxAddress {
		return refuse(TooLong)
	}
	return Address{local: local, domain: domain}, nil
}

// checkLocal says what is wrong with a local part, or nothing.
func checkLocal(s string) Reason {
	if s == "" {
		return LocalSyntax
	}
	if len(s) > maxLocal {
		return LocalTooLong
	}
	ascii := true
	for _, r := range s {
		switch {
		case invisible(r):
			return InvisibleCharacter
		case r >= utf8.RuneSelf:
			ascii = false // a reason only if nothing simpler is wrong, as in a display name
		case !atext(byte(r)) && r != '.':
			return LocalSyntax
		}
	}
	if !ascii {
		return SMTPUTF8Unsupported
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") || strings.Contains(s, "=?") {
		return LocalSyntax
	}
	return ""
}

// atext reports whether c is atext (RFC 5322 section 3.2.3) other than % ! and backtick.
func atext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("#$&'*+-/=?^_{|}~", c) >= 0
}

// invisible reports whether r leaves no mark of its own: spaces, controls, format characters,
// noncharacters.
func invisible(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }

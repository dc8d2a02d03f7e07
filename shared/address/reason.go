package address

// A Reason says in one word why a string is no address. The words are part of the API: a caller sees
// them as the reason of the problem invalid-address, so they are never renamed.
type Reason string

// The reasons, in the order in which the rules are tried.
const (
	// NotUTF8: the bytes are not valid UTF-8.
	NotUTF8 Reason = "not-utf8"
	// Empty: there is nothing.
	Empty Reason = "empty"
	// TooLong: more than 254 bytes as it would be sent (RFC 5321 section 4.5.3.1.3, RFC 3696 erratum
	// 1690), or more than 512 bytes as it was given.
	TooLong Reason = "too-long"
	// NoAtSign: there is no @. A full-width @ is none.
	NoAtSign Reason = "no-at-sign"
	// SeveralAtSigns: there is more than one @, such as in a list of addresses.
	SeveralAtSigns Reason = "several-at-signs"
	// InvisibleCharacter: there is a space, a line break, a control or another character that cannot
	// be seen, often a stowaway of copy and paste.
	InvisibleCharacter Reason = "invisible-character"
	// LocalTooLong: there are more than 64 bytes before the @ (RFC 5321 section 4.5.3.1.1).
	LocalTooLong Reason = "local-too-long"
	// LocalSyntax: what is before the @ is empty, has a character that no plain address has (such as
	// < " ( , : %), or a dot at an edge or beside another dot (RFC 5321 section 4.1.2, Dot-string).
	LocalSyntax Reason = "local-syntax"
	// SMTPUTF8Unsupported: there are letters outside ASCII before the @. Such addresses exist
	// (RFC 6531), but we cannot send to them.
	SMTPUTF8Unsupported Reason = "smtputf8-unsupported"
	// DomainTooShort: what is after the @ is no full domain name: it needs a dot, and an ending of at
	// least two characters.
	DomainTooShort Reason = "domain-too-short"
	// DomainTooLong: a label has more than 63 bytes or the domain more than 253, counted as A-labels
	// (RFC 1035 section 2.3.4).
	DomainTooLong Reason = "domain-too-long"
	// DomainSyntax: the domain has a character that no domain name has, an empty label, a hyphen at an
	// edge of a label, or is an IP address.
	DomainSyntax Reason = "domain-syntax"
	// IDNSyntax: the domain is written outside ASCII, or in A-labels (xn--), in a way that IDNA
	// (RFC 5891, UTS 46) forbids or that stands for another spelling, such as full-width letters.
	IDNSyntax Reason = "idn-syntax"
)

// An Error is the refusal of Parse. It never holds the text that was refused.
type Error struct{ Reason Reason }

func (e *Error) Error() string { return "address: " + string(e.Reason) }

package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Repair gives the address that a text which Parse refuses was most likely meant to be, where only an
// input method or the clipboard stands in between: full-width letters and signs (ａ＠ｑｑ。ｃｏｍ),
// spaces around it or around the @, characters without width inside, mailto: or angle brackets, a full
// stop at the end, a comma for the one dot of the domain. Like Suggest it is a question to ask, never
// a correction to make, and for the moment of binding only.
func Repair(s string) (Address, bool) {
	if _, err := Parse(s); err == nil || len(s) > maxInput || !utf8.ValidString(s) {
		return Address{}, false
	}
	s = strings.TrimSpace(strings.Map(narrow, s))
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if inner, ok := strings.CutPrefix(s, "<"); ok {
		s = strings.TrimSuffix(inner, ">")
	}
	local, domain, _ := strings.Cut(strings.TrimRight(s, ".,; "), "@")
	local, domain = strings.TrimSpace(local), strings.TrimSpace(domain)
	if !strings.Contains(domain, ".") {
		domain = strings.Replace(domain, ",", ".", 1)
	}
	a, err := Parse(local + "@" + domain)
	return a, err == nil
}

// narrow gives the ASCII character for its full-width form (U+FF01 to U+FF5E), the dot for the full
// stops that UTS 46 section 2.3 names, the space for other spaces, and nothing for what has no width.
func narrow(r rune) rune {
	switch {
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	case r == '。' || r == '｡':
		return '.'
	case r == '，' || r == '、':
		return ','
	case r == '﹫':
		return '@'
	case r != '\n' && r != '\r' && unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

package list

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the letters by which passwords are compared: small, without accents, width, ligatures and
// invisible characters. It is for comparing only; what is hashed stays as it was typed.
func Fold(s string) []rune {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if ascii {
		return []rune(strings.ToLower(s))
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.In(r, unicode.Mn, unicode.Cf) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return []rune(norm.NFC.String(b.String()))
}

// Plain undoes the usual substitutions of one folded letter. It maps both sides of a comparison, so what
// stands for two letters (1 for i and l) makes those two one.
func Plain(r rune) rune {
	switch r {
	case '@', '4':
		return 'a'
	case '3':
		return 'e'
	case '1', '!', '|', 'l':
		return 'i'
	case '0':
		return 'o'
	case '5', '$':
		return 's'
	case '7', '+':
		return 't'
	}
	return r
}

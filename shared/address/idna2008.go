package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// registrable reports whether a U-label could have been registered under IDNA2008. UTS 46 and with it
// golang.org/x/net/idna also let pass what only IDNA2003 allowed: dashes that look like hyphens,
// drawn lines that look like slashes, hearts. No such name is a standard one, so no such address is.
func registrable(label string) bool {
	runes := []rune(label)
	if len(runes) > 3 && runes[2] == '-' && runes[3] == '-' {
		return false // RFC 5891 section 4.2.3.1, in characters; idna counts bytes
	}
	for i, r := range runes {
		if r >= utf8.RuneSelf && !permitted(runes, i) {
			return false
		}
	}
	return true
}

// permitted is what RFC 5892 adds to the checks of UTS 46: no character but letters, marks and decimal
// digits (section 2.1), with the exceptions (2.6), without old Hangul jamo (2.9), and those that
// depend on their neighbours (appendix A.3 to A.9; idna checks the joiners, A.1 and A.2).
func permitted(label []rune, i int) bool {
	next := func(d int) rune {
		if i+d < 0 || i+d >= len(label) {
			return 0
		}
		return label[i+d]
	}
	switch r := label[i]; {
	case r == '\u200c' || r == '\u200d':
		return true
	case r == '\u00b7': // middle dot: Catalan l·l
		return next(-1) == 'l' && next(1) == 'l'
	case r == '\u0375': // Greek numeral sign
		return unicode.Is(unicode.Greek, next(1))
	case r == '\u05f3' || r == '\u05f4': // Hebrew geresh and gershayim
		return unicode.Is(unicode.Hebrew, next(-1))
	case r == '\u30fb': // Katakana middle dot
		return strings.ContainsFunc(string(label), func(r rune) bool {
			return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
		})
	case 0x660 <= r && r <= 0x669: // Arabic-Indic digits of two kinds do not mix
		return !strings.ContainsFunc(string(label), func(r rune) bool { return 0x6f0 <= r && r <= 0x6f9 })
	case 0x6f0 <= r && r <= 0x6f9:
		return !strings.ContainsFunc(string(label), func(r rune) bool { return 0x660 <= r && r <= 0x669 })
	case strings.ContainsRune("\u06fd\u06fe\u0f0b\u3007", r):
		return true
	case strings.ContainsRune("\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b", r):
		return false
	case 0x1100 <= r && r <= 0x11ff, 0xa960 <= r && r <= 0xa97f, 0xd7b0 <= r && r <= 0xd7ff:
		return false
	default:
		return unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm, unicode.Mn, unicode.Mc, unicode.Nd)
	}
}

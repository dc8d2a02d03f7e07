package mail

import (
	"strings"
	"unicode"
)

// maxMarks bounds the combining marks kept with the first letter: enough for every living script,
// too few to climb over the lines around it.
const maxMarks = 4

// mask shortens an account's label to its first letter or digit, so that nobody can write to a
// stranger through our mails: "李明的小店" becomes "李•••". A label without letter and digit gives "".
// Nothing else of the label gets through, whatever it holds and however long it is, and the length of
// the mask does not depend on it.
func mask(label string) string {
	var first strings.Builder
	marks := 0
	for _, r := range label {
		switch {
		case first.Len() == 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			first.WriteRune(r)
		case first.Len() == 0:
			// Not yet at something that may be shown.
		case unicode.IsMark(r) && marks < maxMarks:
			first.WriteRune(r)
			marks++
		default:
			return first.String() + "•••"
		}
	}
	if first.Len() == 0 {
		return ""
	}
	return first.String() + "•••"
}

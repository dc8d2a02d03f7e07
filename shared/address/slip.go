package address

import "strings"

// A slipKind is what one slip of the keyboard did. The four are the edits of the Damerau-Levenshtein
// distance (optimal string alignment).
type slipKind int

const (
	none     slipKind = iota // equal, or more than one slip
	dropped                  // a character is missing
	added                    // there is one too many, such as a doubled one
	replaced                 // one is another
	swapped                  // two neighbours changed places
)

// oneSlip says which single slip leads from want to typed.
func oneSlip(typed, want string) slipKind {
	kind, _ := slip(typed, want)
	return kind
}

// slip says which single slip leads from want to typed, and at which byte of typed (of want, for a
// dropped one) it is seen first.
func slip(typed, want string) (slipKind, int) {
	at := 0
	for at < len(typed) && at < len(want) && typed[at] == want[at] {
		at++
	}
	t, w := typed[at:], want[at:]
	switch len(t) - len(w) {
	case -1:
		if t == w[1:] {
			return dropped, at
		}
	case 1:
		if t[1:] == w {
			return added, at
		}
	case 0:
		switch {
		case t == "":
			return none, 0
		case t[1:] == w[1:]:
			return replaced, at
		case len(t) > 1 && t[0] == w[1] && t[1] == w[0] && t[2:] == w[2:]:
			return swapped, at
		}
	}
	return none, 0
}

// confusable reports whether a finger or an eye takes one character for the other: neighbours on the
// QWERTY keyboard, look-alikes, and vowels that sound alike.
func confusable(a, b byte) bool {
	for _, group := range []string{"aeiou", "il1", "o0", "s5", "nm", "vw"} {
		if strings.IndexByte(group, a) >= 0 && strings.IndexByte(group, b) >= 0 {
			return true
		}
	}
	ra, ca := key(a)
	rb, cb := key(b)
	if ra < 0 || rb < 0 {
		return false
	}
	switch ra - rb {
	case 0:
		return ca-cb == 1 || cb-ca == 1
	case 1: // a lies below b, half a key to the right
		return cb == ca || cb == ca+1
	case -1:
		return ca == cb || ca == cb+1
	}
	return false
}

// key is the row and column of a key.
func key(c byte) (row, column int) {
	for row, keys := range []string{"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"} {
		if column := strings.IndexByte(keys, c); column >= 0 {
			return row, column
		}
	}
	return -1, -1
}

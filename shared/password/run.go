package password

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The shortest run, in characters: qwe, 321, aaa; and the longest that is followed: what goes on is another.
const (
	minRun = 3
	maxRun = 40
)

// runs gives for each position the length of the longest run that starts there, 0 for none. Whatever is
// left of a run when its end is cut off is a run too, down to minRun. plain leaves out what only wanders over
// letters.
func runs(word []rune) (longest, plain []int) {
	keys := make([]place, len(word))
	for i, r := range word {
		keys[i] = key(r)
	}
	longest, plain = make([]int, len(word)), make([]int, len(word))
	for i := range word {
		word, keys := word[i:min(len(word), i+maxRun)], keys[i:min(len(word), i+maxRun)]
		n := max(steps(word), lines(keys))
		if n < minRun {
			n = 0
		}
		walk := wander(keys)
		longest[i], plain[i] = max(n, walk, other(word), date(word)), max(n, other(word), date(word))
		if slices.ContainsFunc(word[:walk], isDigit) {
			plain[i] = longest[i]
		}
	}
	return longest, plain
}

// steps is the length of a sequence of letters or digits with one step throughout: none (aaa), one (cba, 890),
// for digits two as well (246). Any other character can only be repeated.
func steps(word []rune) int {
	if len(word) < minRun {
		return 0
	}
	step := word[1] - word[0]
	digits := isDigit(word[0])
	if digits && (step == 9 || step == -9) {
		step /= -9
	}
	if step != 0 && !unicode.IsLetter(word[0]) && !digits || step < -2 || step > 2 || !digits && (step < -1 || step > 1) {
		return 0
	}
	n := 1
	for n < len(word) {
		next := word[n-1] + step
		if digits && (step == 1 || step == -1) {
			next = (next-'0'+10)%10 + '0'
		}
		if word[n] != next || digits != isDigit(word[n]) {
			break
		}
		n++
	}
	return n
}

// A place is a key's: row and column of a keyboard, the rows shifted so that the keys of one finger stand
// under each other. The zero place is no key.
type place struct{ row, col int8 }

// rows are the keys of the US layout, unshifted and shifted; a space is a gap.
const (
	rows    = "`1234567890-=  qwertyuiop[]\\ asdfghjkl;'   zxcvbnm,./"
	shifted = "~!@#$%^&*()_+            {}|          :\"          <>?"
	perRow  = 14
)

// key is the place of a folded character; the zero place if it is on no key.
func key(r rune) place {
	if r == ' ' || r >= 0x80 {
		return place{}
	}
	at := strings.IndexByte(rows, byte(r))
	if at < 0 {
		at = strings.IndexByte(shifted, byte(r))
	}
	if at < 0 {
		return place{}
	}
	return place{int8(at/perRow + 1), int8(at % perRow)}
}

// lines is the length of a straight line over the keyboard: a row or a column either way.
func lines(keys []place) int {
	if len(keys) < minRun || keys[0] == (place{}) || keys[1] == (place{}) {
		return 0
	}
	down, right := keys[1].row-keys[0].row, keys[1].col-keys[0].col
	if down < -1 || down > 1 || right < -1 || right > 1 || down == 0 && right == 0 {
		return 0
	}
	n := 1
	for n < len(keys) && keys[n] == (place{keys[n-1].row + down, keys[n-1].col + right}) {
		n++
	}
	return n
}

// wander is the length of a walk from key to neighbouring key in any direction (1q2w3e4r): shorter than
// minWander it is none, since words such as "were" and "pool" walk a little too.
func wander(keys []place) int {
	n := 1
	for n < len(keys) && keys[n] != (place{}) && keys[n-1] != (place{}) && near(keys[n-1], keys[n]) {
		n++
	}
	if n < minWander {
		return 0
	}
	return n
}

const minWander = 6

// near says whether two keys touch or are one. Of the row below, a key touches those to its left and under it.
func near(a, b place) bool {
	down, right := b.row-a.row, b.col-a.col
	switch down {
	case 0:
		return -1 <= right && right <= 1
	case 1:
		return right == -1 || right == 0
	case -1:
		return right == 0 || right == 1
	}
	return false
}

// otherLines are lines that the US layout has not: the digits' block, AZERTY, QWERTZ, the Russian layout; then
// the same backwards.
const otherLines = "1470 2580 369 159 357 azertyuiop qsdfghjklm wxcvbn qwertzuiop yxcvbnm йцукенгшщзхъ фывапролджэ ячсмитьбю " +
	"0741 0852 963 951 753 poiuytreza mlkjhgfdsq nbvcxw poiuztrewq mnbvcxy ъхзщшгнекуцй эждлорпавыф юбьтимсчя "

// other is the length of a part of one of those lines.
func other(word []rune) int {
	if len(word) < minRun {
		return 0
	}
	var buf [minRun * utf8.UTFMax]byte
	start := buf[:0]
	for _, r := range word[:minRun] {
		if r == ' ' {
			return 0
		}
		start = utf8.AppendRune(start, r)
	}
	longest := 0
	for lines := otherLines; ; {
		at := strings.Index(lines, string(start))
		if at < 0 {
			return longest
		}
		lines = lines[at:]
		n := 0
		for _, r := range lines {
			if n == len(word) || r == ' ' || word[n] != r {
				break
			}
			n++
		}
		longest = max(longest, n)
		lines = lines[1:]
	}
}

// date is 8 for a day written 19991231, 4 for a year of the last or this century, 0 for neither. The cut
// forms of a date that runs allows (199912) are taken for dates as well.
func date(word []rune) int {
	number := func(from, to int) int {
		n := 0
		for _, r := range word[from:to] {
			n = 10*n + int(r-'0')
		}
		return n
	}
	digits := 0
	for digits < min(8, len(word)) && isDigit(word[digits]) {
		digits++
	}
	if digits < 4 || number(0, 2) != 19 && number(0, 2) != 20 {
		return 0
	}
	if digits == 8 && 1 <= number(4, 6) && number(4, 6) <= 12 && 1 <= number(6, 8) && number(6, 8) <= 31 {
		return 8
	}
	return 4
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// isMark says whether a character is punctuation, a space or one of ASCII's symbols. Emoji are none: they are
// chosen like words.
func isMark(r rune) bool {
	return unicode.IsPunct(r) || unicode.IsSpace(r) || unicode.IsControl(r) || r < 0x80 && unicode.IsSymbol(r)
}

// isPadding says whether a character is what people put at the ends of a word to reach a length.
func isPadding(r rune) bool { return unicode.IsDigit(r) || isMark(r) }

package password

import (
	_ "embed" // the list
	"unicode"

	"mailbind/shared/password/internal/list"
)

//go:embed data/list.bin
var listData string

// listed says whether the word with this hash is on the list of common and breached passwords, which is searched
// where it lies in the binary. There is no variable for the set, so that a program that only hashes is linked
// without the list.
func listed(h list.Hash) bool {
	s, err := list.Open(listData)
	if err != nil {
		panic("password: internal error: " + err.Error())
	}
	return s.Has(h)
}

// Lengths in letters or, where there are none, in code points.
const (
	minCore  = 4  // shorter words of the list are not told from chance
	minInner = 6  // the same for words with padding at both ends, and for numbers
	maxCore  = 40 // longer words are only compared as they are
	// maxLefts bounds the places in a long padding at which a word may start.
	maxLefts = 16
	maxMarks = 2
)

// common says whether the password is a word of the list, or what people make of one.
func (t *text) common() bool {
	return listed(list.Of(t.r)) || t.core() || t.unrolled(2) || t.squeezed()
}

// core says whether a word of the list, forwards or backwards, is all that is left of the password without
// padding.
func (t *text) core() bool {
	lefts := 0
	for from := len(t.r); from >= 0; from-- {
		if !t.left[from] || from > 0 && lefts >= maxLefts {
			continue
		}
		lefts++
		h, letters := list.NewHash(), 0
		for to := from + 1; to <= min(len(t.r), from+maxCore); to++ {
			h = h.Add(t.r[to-1])
			letters += weight(t.r[to-1])
			if t.mayPad(from, to, letters) && (listed(h) || listed(list.Of(reverse(t.r[from:to])))) {
				return true
			}
		}
	}
	return false
}

// mayPad says whether what is around a word may be taken for padding. A word with enough letters may have any
// around it. One with fewer, such as 5201314, only what is predictable by itself, or many a random
// number would hold some word of the list.
func (t *text) mayPad(from, to, letters int) bool {
	whole := from == 0 && to == len(t.r)
	switch {
	case !t.right[to] || max(letters, to-from) < minCore:
		return false
	case whole || letters >= minInner || letters >= minCore && (from == 0 || to == len(t.r)):
		return true
	}
	return (letters > 0 || to-from >= minInner) && t.leftStrict[from] && t.rightStrict[to]
}

// weight is how many letters of an alphabet a character counts for: one of Chinese, Japanese or Korean is
// a syllable or a word.
func weight(r rune) int {
	switch {
	case !unicode.IsLetter(r):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return 2
	}
	return 1
}

// unrolled says whether the password, or what is left of it without padding, is a common word said again
// and again, or a word and its mirror image; the word itself may be made so, up to depth times.
func (t *text) unrolled(depth int) bool {
	if depth == 0 {
		return false
	}
	bare := t.bare()
	for _, word := range [][]rune{t.r, bare, unmarked(t.r), unmarked(bare)} {
		if unit := repeated(word); len(unit) < len(word) {
			if u := newText(unit); u.core() || u.unrolled(depth-1) {
				return true
			}
		}
		if len(word) >= 2*minCore-1 && mirrored(word) {
			if newText(word[:(len(word)+1)/2]).core() || newText(word[:len(word)/2]).core() {
				return true
			}
		}
	}
	return false
}

// squeezed says whether the password is on the list but for marks between the letters (a saying with its
// spaces), or has its length from them (p.a.s.s.w.o.r.d) and is common without. Many different marks are
// no separators.
func (t *text) squeezed() bool {
	word, kinds := unmarked(t.r), map[rune]bool{}
	for _, r := range t.r {
		if isMark(r) {
			kinds[r] = true
		}
	}
	switch {
	case len(kinds) == 0 || len(kinds) > maxMarks:
		return false
	case len(word) >= MinLen:
		return listed(list.Of(word))
	}
	u := newText(word)
	return u.core() || u.unrolled(1)
}

// bare is the password without the padding at its ends; empty if it is all padding.
func (t *text) bare() []rune {
	from, to := 0, len(t.r)
	for i := range t.left {
		if t.left[i] {
			from = i
		}
	}
	for i := len(t.r); i >= from; i-- {
		if t.right[i] {
			to = i
		}
	}
	return t.r[from:to]
}

// unmarked is a word without its punctuation and spaces.
func unmarked(word []rune) []rune {
	var kept []rune
	for _, r := range word {
		if !isMark(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

package password

import (
	"slices"
	"strings"
	"unicode"

	"mailbind/shared/password/internal/list"
)

// The shortest words of a person or a platform that are looked for, in code points: letters, digits (such as
// a number before the @), and those that may stand beside a common word.
const (
	minName   = 3
	minNumber = 5
	minBeside = 4

	maxOddLetters = 2
	maxWords      = 100 // an address has no more parts of three letters
)

// known gives the folded words that a password must not be made of: the platform's name, its hosts and
// the person's words, and their parts.
func (p Policy) known(words []string) (all [][]rune) {
	add := func(s string) {
		word := unmarked(list.Fold(s))
		long := len(word) >= minName && slices.ContainsFunc(word, unicode.IsLetter) || len(word) >= minNumber
		if long && len(all) < maxWords && !slices.ContainsFunc(all, func(w []rune) bool { return slices.Equal(w, word) }) {
			all = append(all, word)
		}
	}
	name := func(s string) {
		add(s)
		for _, part := range strings.FieldsFunc(s, isMark) {
			add(part)
			for _, piece := range strings.FieldsFunc(part, unicode.IsDigit) {
				add(piece)
			}
			for _, piece := range strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsDigit(r) }) {
				add(piece)
			}
		}
	}
	host := func(s string) {
		add(s)
		labels := strings.Split(s, ".")
		for i, label := range labels {
			if i == 0 && label == "www" || i > 0 && i >= len(labels)-2 && len(label) <= 3 || i > 0 && i == len(labels)-1 {
				continue // no name of anybody: www, com, co.uk
			}
			name(label)
		}
	}
	name(p.Platform)
	for _, h := range p.Hosts {
		host(h)
	}
	for _, w := range words {
		if at := strings.LastIndexByte(w, '@'); at >= 0 {
			add(w)
			name(w[:at])
			host(w[at+1:])
			continue
		}
		name(w)
	}
	return all
}

// personal says whether the password is made of these words, with nothing but padding beside them, or of one of
// them and a word of the list.
func (t *text) personal(words [][]rune) bool {
	if len(words) == 0 {
		return false
	}
	return t.tiled(words) || beside(unmarked(t.bare()), words)
}

// tiled says whether the letters of the password belong to the words, all but two of them (qq before a number).
// The words must fill half of the password, or what passes for one would be found in many a long number; words
// with letters and nothing but padding beside them need not.
func (t *text) tiled(words [][]rune) bool {
	n := len(t.r)
	// most[odd][i]: of all ways to lay out what is before i and leave out odd characters, the most that belong
	// to words, and lettered for each word with letters; less than 0 if there is no way.
	var most [maxOddLetters + 1][]int
	for odd := range most {
		most[odd] = make([]int, n+1)
		for i := range most[odd] {
			most[odd][i] = -1
		}
	}
	most[0][0] = 0
	ways := bothWays(words)
	used := make([]int, len(ways))
	for i := range n {
		for k, w := range ways {
			used[k] = match(t.r[i:], w.word)
		}
		for odd := range most {
			sum := most[odd][i]
			if sum < 0 {
				continue
			}
			reach := func(odd, to, sum int) { most[odd][to] = max(most[odd][to], sum) }
			if isPadding(t.r[i]) {
				reach(odd, i+1, sum)
			} else if odd < maxOddLetters {
				reach(odd+1, i+1, sum)
			}
			for k := minRun; k <= t.plain[i]; k++ {
				reach(odd, i+k, sum)
			}
			for k, w := range ways {
				if used[k] > 0 {
					reach(odd, i+used[k], sum+w.worth)
				}
			}
		}
	}
	solid := len(unmarked(t.r))
	for odd, m := range most {
		if m[n] > 0 && (odd == 0 && m[n] >= lettered || 2*(m[n]%lettered) >= solid) {
			return true
		}
	}
	return false
}

// lettered is more than the characters of any password.
const lettered = 1 << 10

// A way is a word as it may lie in a password, and what it counts for there.
type way struct {
	word  []rune
	worth int
}

func bothWays(words [][]rune) (all []way) {
	for _, word := range words {
		worth := len(word)
		if slices.ContainsFunc(word, unicode.IsLetter) {
			worth += lettered
		}
		all = append(all, way{word, worth}, way{reverse(word), worth})
	}
	return all
}

// match gives how many characters at the start of text are the word in any of the usual spellings; marks
// between its letters are passed over. 0: they are not the word.
func match(text, word []rune) int {
	i := 0
	for k, w := range word {
		for k > 0 && i < len(text) && isMark(text[i]) && list.Plain(text[i]) != list.Plain(w) {
			i++
		}
		if i == len(text) || list.Plain(text[i]) != list.Plain(w) {
			return 0
		}
		i++
	}
	return i
}

// beside says whether what is left without padding is one of the words and a word of the list.
func beside(bare []rune, words [][]rune) bool {
	for _, word := range words {
		if len(word) < minBeside || len(bare) < len(word)+minCore {
			continue
		}
		if n := match(bare, word); n > 0 && listed(list.Of(bare[n:])) {
			return true
		}
		rest := bare[:len(bare)-len(word)]
		if match(bare[len(rest):], word) > 0 && listed(list.Of(rest)) {
			return true
		}
	}
	return false
}

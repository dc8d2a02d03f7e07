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
)

// known gives the folded words that a password must not be made of: the platform's name, its hosts and
// the person's words, and their parts.
func (p Policy) known(words []string) (all [][]rune) {
	add := func(s string) {
		word := unmarked(list.Fold(s))
		long := len(word) >= minName && slices.ContainsFunc(word, unicode.IsLetter) || len(word) >= minNumber
		if long && !slices.ContainsFunc(all, func(w []rune) bool { return slices.Equal(w, word) }) {
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

// tiled says whether the letters of the password all belong to the words. Numbers among the words must
// fill half of it, or one would be found in many a long number.
func (t *text) tiled(words [][]rune) bool {
	const none = -1
	n := len(t.r)
	most := make([]int, n+1) // of all ways to lay out what is before i: the most characters that belong to words
	for i := 1; i <= n; i++ {
		most[i] = none
	}
	named := false // a word with letters was laid somewhere
	reach := func(to, sum int) { most[to] = max(most[to], sum) }
	for i := range n {
		if most[i] == none {
			continue
		}
		if isPadding(t.r[i]) {
			reach(i+1, most[i])
		}
		for k := minRun; k <= t.run[i]; k++ {
			reach(i+k, most[i])
		}
		for _, word := range words {
			if used := match(t.r[i:], word); used > 0 {
				reach(i+used, most[i]+used)
				named = named || slices.ContainsFunc(word, unicode.IsLetter)
			}
		}
	}
	return most[n] > 0 && (named || 2*most[n] >= len(unmarked(t.r)))
}

// match gives how many characters at the start of text are the word, either way round and in any of the usual
// spellings; marks between the letters are passed over. 0: they are not the word.
func match(text, word []rune) int {
	if n := matchOne(text, word); n > 0 {
		return n
	}
	return matchOne(text, reverse(word))
}

func matchOne(text, word []rune) int {
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
		if n := matchOne(bare, word); n > 0 && listed.Has(list.Of(bare[n:])) {
			return true
		}
		rest := bare[:len(bare)-len(word)]
		if matchOne(bare[len(rest):], word) > 0 && listed.Has(list.Of(rest)) {
			return true
		}
	}
	return false
}

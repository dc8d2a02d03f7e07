package password

import "slices"

// A text is a folded password with what its ends are padded with.
type text struct {
	r []rune
	// run is, for each position, how long the longest sequence, repetition, walk, year or date is that
	// starts there; 0 for none. plain leaves out walks that turn and have no digit: "dress" is one.
	run, plain []int
	// left[i] says that all before i is padding, right[i] that all from i on is. strict leaves single
	// digits and punctuation out: what is left is predictable whatever stands between.
	left, right             []bool
	leftStrict, rightStrict []bool
}

func newText(r []rune) *text {
	n := len(r)
	run, plain := runs(r)
	t := &text{r: r, run: run, plain: plain, left: make([]bool, n+1), right: make([]bool, n+1),
		leftStrict: make([]bool, n+1), rightStrict: make([]bool, n+1)}
	t.left[0], t.leftStrict[0], t.right[n], t.rightStrict[n] = true, true, true, true
	for i := range n {
		t.left[i+1] = t.left[i+1] || t.left[i] && isPadding(r[i])
		t.leftStrict[i+1] = t.leftStrict[i+1] || t.leftStrict[i] && isMark(r[i])
		for k := minRun; k <= t.plain[i]; k++ {
			t.left[i+k] = t.left[i+k] || t.left[i]
			t.leftStrict[i+k] = t.leftStrict[i+k] || t.leftStrict[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		t.right[i] = t.right[i+1] && isPadding(r[i])
		t.rightStrict[i] = t.rightStrict[i+1] && isMark(r[i])
		for k := minRun; k <= t.plain[i]; k++ {
			t.right[i] = t.right[i] || t.right[i+k]
			t.rightStrict[i] = t.rightStrict[i] || t.rightStrict[i+k]
		}
	}
	return t
}

// How many characters a password made of runs may have beside them and still be one; a number has many runs by
// chance.
const (
	maxOdd       = 3
	maxOddNumber = 1
)

// pattern says whether the password is predictable by its form alone.
func (t *text) pattern() bool {
	if unit := repeated(t.r); len(unit) < min(MinLen, len(t.r)) {
		return true
	}
	if len(t.r) < 2*MinLen && mirrored(t.r) {
		return true
	}
	if odd := t.odd(); odd <= maxOddNumber || odd <= maxOdd && slices.ContainsFunc(t.r, func(r rune) bool { return !isDigit(r) }) {
		return true
	}
	var even, odd []rune // a1b2c3d4: two sequences in turn
	for i, r := range t.r {
		if i%2 == 0 {
			even = append(even, r)
		} else {
			odd = append(odd, r)
		}
	}
	return newText(even).odd() <= 1 && newText(odd).odd() <= 1
}

// odd is the least number of characters that are left when the rest is laid out in runs.
func (t *text) odd() int {
	least := make([]int, len(t.r)+1) // least[i]: from i on
	for i := len(t.r) - 1; i >= 0; i-- {
		least[i] = least[i+1] + 1
		for k := minRun; k <= t.run[i]; k++ {
			least[i] = min(least[i], least[i+k])
		}
	}
	return least[0]
}

// repeated gives the shortest unit that, said again and again, makes the word; the word itself if there is
// none. The last unit may lack its last letter, such as a separator.
func repeated(word []rune) []rune {
	border := make([]int, len(word)+1) // Knuth, Morris, Pratt: the longest border of each prefix
	border[0] = -1
	for i, k := 0, -1; i < len(word); i++ {
		for k >= 0 && word[i] != word[k] {
			k = border[k]
		}
		k++
		border[i+1] = k
	}
	if period := len(word) - border[len(word)]; len(word) > 0 && period > 0 && len(word) >= 2*period-1 && period < len(word) {
		return word[:period]
	}
	return word
}

func mirrored(word []rune) bool {
	for i := range len(word) / 2 {
		if word[i] != word[len(word)-1-i] {
			return false
		}
	}
	return true
}

func reverse(word []rune) []rune {
	back := slices.Clone(word)
	slices.Reverse(back)
	return back
}

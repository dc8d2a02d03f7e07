package password

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLengthIsCountedInCodePointsAfterNFC(t *testing.T) {
	ascii := "kD7!wq"
	emoji := "🐳🌵🎈🍕🚲🎻🦔🌋🧦🪁🍋🛶🎲🦩🧊"
	composed, split := "réçêñü ôîâàù ÿö", "re\u0301c\u0327e\u0302n\u0303u\u0308 o\u0302i\u0302a\u0302a\u0300u\u0300 y\u0308o\u0308"
	// fill gives n code points without a pattern.
	fill := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteRune(rune(0x4e00 + i*i*7%5000))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, typed string
		want        []Reason
	}{
		{"nothing", "", []Reason{TooShort}},
		{"6", ascii, []Reason{TooShort}},
		{"14", "kD7!wqZp0vLxQm", []Reason{TooShort}},
		{"15", "kD7!wqZp0vLxQmB", nil},
		{"14 emoji of 56 bytes", emoji[:14*4], []Reason{TooShort}},
		{"15 emoji", emoji, nil},
		{"14 letters, all with marks of their own", split[:len(split)-3], []Reason{TooShort}},
		{"15 letters, 13 with marks of their own", split, nil},
		{"15 composed letters", composed, nil},
		{"14 Chinese", fill(14), []Reason{TooShort}},
		{"15 Chinese", fill(15), nil},
		{"64", fill(64), nil},
		{"256", fill(256), nil},
		{"256 of 4 bytes", strings.Repeat(emoji, 18)[:4*256], []Reason{}},
		{"257", fill(257), []Reason{TooLong}},
		{"257 of ASCII", strings.Repeat("a", 257), []Reason{TooLong}},
		{"256 once composed", strings.Repeat(split+"~", 16), nil},
		{"257 once composed", strings.Repeat(split+"~", 16) + "x", []Reason{TooLong}},
		{"a megabyte", strings.Repeat("a", 1<<20), []Reason{TooLong}},
		{"spaces around are kept and counted", "  kD7!wqZp0vL  ", nil},
		{"a zero byte", "kD7!wqZ\x00p0vLxQm", nil},
		{"not UTF-8", "kD7!wqZp0vLxQmB\xff", []Reason{NotText}},
		{"not UTF-8, and short", "\xff", []Reason{NotText}},
		{"a surrogate", "kD7!wqZp0vLxQmB\xed\xa0\x80", []Reason{NotText}},
	} {
		normal, reasons := Policy{}.Check(c.typed)
		bounds := slices.DeleteFunc(reasons, func(r Reason) bool { return r == Pattern })
		if !slices.Equal(bounds, c.want) {
			t.Errorf("%s: %v, not %v", c.name, reasons, c.want)
		}
		form, ok := Normal(c.typed)
		if refused := slices.Contains(c.want, TooLong) || slices.Contains(c.want, NotText); ok == refused || refused != (normal == "" && c.typed != "") {
			t.Errorf("%s: Normal says %v, Check gave %d bytes", c.name, ok, len(normal))
		}
		if form != normal {
			t.Errorf("%s: Normal and Check give two forms", c.name)
		}
	}
}

func TestOnlyNFCIsDone(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"é", "caf\u00e9", "cafe\u0301"},
		{"Å and the angstrom sign", "\u00c5", "\u212b"},
		{"Hangul", "\ud55c", "\u1112\u1161\u11ab"},
	} {
		if a, _ := Normal(c.a); a != c.a {
			t.Errorf("%s: NFC is changed", c.name)
		}
		if b, ok := Normal(c.b); b != c.a || !ok {
			t.Errorf("%s: two spellings stay two passwords", c.name)
		}
	}
	for _, s := range []string{"\ufb01ne", "ＡＢＣ", " a ", "a\tb\r\n", "A", "ſ", "²", "a\u200bb", "a\x00"} {
		if n, ok := Normal(s); n != s || !ok {
			t.Errorf("%q became %q", s, n)
		}
	}
}

func TestThereAreNoRulesOfComposition(t *testing.T) {
	for _, s := range []string{"onlysmallplumsandgoats", "ONLYBIGPLUMSANDGOATS", "83916501749286037", "только русские буквы", "七只蓝色大象在屋顶上打麻将到天亮"} {
		if _, reasons := (Policy{}).Check(s); reasons != nil {
			t.Errorf("%q: %v", s, reasons)
		}
	}
}

func TestReasonsComeTogetherInOrder(t *testing.T) {
	_, reasons := Policy{Platform: "qwerty"}.Check("qwertyqwertyqwerty")
	if want := []Reason{Common, Pattern, Personal}; !slices.Equal(reasons, want) {
		t.Errorf("%v, not %v", reasons, want)
	}
}

func TestWhatIsKnownOfOnePersonIsTakenFromAnother(t *testing.T) {
	const s = "winterbourne.2026"
	if _, reasons := deployment.Check(s, "winterbourne@shop.example"); !slices.Equal(reasons, []Reason{Personal}) {
		t.Errorf("of the person: %v", reasons)
	}
	if _, reasons := deployment.Check(s, person...); reasons != nil {
		t.Errorf("of nobody: %v", reasons)
	}
	if _, reasons := (Policy{}).Check(s, "", "@", "a@", "@b", "..", "\xff@\xff"); reasons != nil {
		t.Errorf("of empty words: %v", reasons)
	}
	number := "839165017"
	if _, reasons := (Policy{}).Check("qq"+number+number, number+"@mail.example"); !slices.Contains(reasons, Personal) {
		t.Errorf("the number of the address twice: %v", reasons)
	}
	if _, reasons := (Policy{}).Check("4702839165017286", "65017@mail.example"); reasons != nil {
		t.Errorf("a long number that happens to hold a short one: %v", reasons)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range good() {
		f.Add(s, "alice@shop.example")
	}
	for _, all := range bad {
		for _, s := range strings.Fields(all) {
			f.Add(s, "5201314@shop.example")
		}
	}
	for _, s := range []string{"", "\xff", strings.Repeat("a", 256), strings.Repeat("1a", 128), strings.Repeat("a\u0301", 256), strings.Repeat("\u0301", 300), "İstanbul'da on beş"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, s, word string) {
		normal, reasons := Policy{Platform: word, Hosts: []string{word}}.Check(s, word, "x@"+word)
		form, ok := Normal(s)
		if form != normal {
			t.Fatalf("Check gives %q, Normal %q", normal, form)
		}
		if again, still := Normal(form); ok && (again != form || !still) {
			t.Errorf("%q has the form %q, which has the form %q, %v", s, form, again, still)
		}
		n := utf8.RuneCountInString(form)
		if ok && (n > MaxLen || len(form) > 1024) || slices.Contains(reasons, TooShort) != (ok && n < MinLen) || !ok && len(reasons) != 1 {
			t.Errorf("%q: %d code points, %d bytes, %v", s, n, len(form), reasons)
		}
		if !ok {
			return
		}
		h := hasher()
		if right, stale, err := h.Verify(h.Hash(normal), form); !right || stale || err != nil {
			t.Errorf("%q is not verified: %v, %v, %v", s, right, stale, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	h := hasher()
	phc := h.Hash("a plain sentence")
	for _, s := range []string{phc, phc[1:], phc + "=", strings.Replace(phc, "m=64", "m=65", 1), strings.Replace(phc, "p=1", "p=4", 1), head, "$$$$$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parse(s)
		if err != nil {
			return
		}
		if r.String() != s || r.heavy() {
			t.Fatalf("%q is taken", s)
		}
		if r.Memory > 1024 || r.Time > 2 {
			return // right, and slow
		}
		if ok, _, err := h.Verify(s, "another sentence"); ok || err != nil && err != ErrKey {
			t.Errorf("%q: %v, %v", s, ok, err)
		}
	})
}

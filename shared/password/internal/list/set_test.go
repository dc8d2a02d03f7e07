package list

import (
	"strconv"
	"testing"
)

func TestASetHasItsMembersAndHardlyAnythingElse(t *testing.T) {
	const n = 50_000
	var hashes []Hash
	word := func(i int) []rune { return []rune("word" + strconv.Itoa(i*9)) }
	for i := range n {
		hashes = append(hashes, Of(word(i)))
	}
	hashes = append(hashes, hashes[:100]...) // twice is once
	s, err := Open(string(Build(hashes)))
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() > n || s.Len() < n-5 {
		t.Errorf("%d members of %d", s.Len(), n)
	}
	for i := range n {
		if !s.Has(Of(word(i))) {
			t.Fatalf("%s is missing", string(word(i)))
		}
	}
	wrong := 0
	for i := range 1_000_000 { // a million strangers, at odds of 50,000 to 2^40 each
		if s.Has(Of([]rune("other" + strconv.Itoa(i)))) {
			wrong++
		}
	}
	if wrong > 3 {
		t.Errorf("%d strangers are members", wrong)
	}
}

func TestOpenTakesOnlyWholeSets(t *testing.T) {
	data := string(Build([]Hash{Of([]rune("one")), Of([]rune("two"))}))
	for name, s := range map[string]string{"nothing": "", "cut": data[:len(data)-1], "longer": data + "x", "another format": "x" + data[1:]} {
		if _, err := Open(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if s, err := Open(string(Build(nil))); err != nil || s.Len() != 0 || s.Has(Of([]rune("one"))) {
		t.Errorf("the empty set: %d, %v", s.Len(), err)
	}
}

func TestFoldAndPlainMakeSpellingsOne(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"Password", "password"}, {"p@$$w0rd", "password"}, {"ｐａｓｓ", "pass"}, {"ﬁne", "fine"}, {"pässwörd", "password"}, {"pa\u200bss", "pass"},
		{"ПАРОЛЬ", "пароль"}, {"7h3", "the"}, {"1ov3", "love"}, {"ΠΣ", "πσ"}, {"비밀", "비밀"},
	} {
		if Of(Fold(c.a)) != Of(Fold(c.b)) {
			t.Errorf("%q and %q stay two", c.a, c.b)
		}
	}
	if Of(Fold("password")) == Of(Fold("passwords")) || Of(Fold("ab")) == Of(Fold("ba")) {
		t.Error("two words are one")
	}
	if n := len(Fold("비밀번호")); n != 4 {
		t.Errorf("four syllables became %d letters", n)
	}
}

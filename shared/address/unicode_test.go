package address

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// No character outside ASCII, at any place, makes an address that is also written without it: the
// case-folding and compatibility mappings under which mail for one person reached another.
func TestNoCharacterOutsideASCIIAltersAnothersKey(t *testing.T) {
	type owner struct{ folded string }
	owners := map[string]owner{}
	taken := 0
	for r := rune(utf8.RuneSelf); r <= utf8.MaxRune; r++ {
		if 0xd800 <= r && r <= 0xdfff {
			continue // surrogates are not characters; no valid UTF-8 holds them
		}
		c := string(r)
		if a, err := Parse("a" + c + "b@example.com"); err == nil {
			t.Fatalf("%U in a local part is taken as %s", r, a)
		}
		for _, label := range []string{c, "a" + c + "b"} {
			a, err := Parse("a@" + label + ".com")
			if err != nil {
				continue
			}
			taken++
			form := a.Canonical()
			if !strings.HasPrefix(form, "a@xn--") || !strings.HasSuffix(form, ".com") || !isASCII(form) {
				t.Fatalf("%U in a domain is taken as %q", r, form)
			}
			// Only letter case and composition may bring two labels together.
			if o, ok := owners[form]; ok && o.folded != plainFold(label) {
				t.Fatalf("%U has the key of %+q", r, o.folded)
			}
			owners[form] = owner{plainFold(label)}
		}
	}
	if taken < 100_000 {
		t.Errorf("only %d labels were taken: the loop shows little", taken)
	}
	t.Logf("%d labels taken, %d keys", taken, len(owners))
}

func TestEveryASCIICharacterIsWhereTheGrammarHasIt(t *testing.T) {
	const local = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#$&'*+-/=?^_{|}~."
	const domain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
	for c := range rune(utf8.RuneSelf) {
		s := string(c)
		if got, want := reason(t, "x"+s+"y@example.com") == "", strings.Contains(local, s); got != want {
			t.Errorf("%q in a local part: taken %v, want %v", s, got, want)
		}
		if got, want := reason(t, "x@x"+s+"y.com") == "", strings.Contains(domain, s); got != want {
			t.Errorf("%q in a domain: taken %v, want %v", s, got, want)
		}
	}
}

// The identity folds the bytes A-Z and nothing else.
func TestIdentityFoldsASCIICaseOnly(t *testing.T) {
	for c := byte(0x21); c < 0x7f; c++ {
		a, err := Parse("x" + string(c) + "y@example.com")
		if err != nil {
			continue
		}
		want := a.Local()
		if 'A' <= c && c <= 'Z' {
			want = "x" + string(c+32) + "y"
		}
		if got := a.Canonical(); got != want+"@example.com" {
			t.Errorf("Canonical of %s = %s", a, got)
		}
	}
}

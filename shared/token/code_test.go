package token

import (
	"strings"
	"testing"
)

func TestACodeBelongsToOnePurposeOwnerChallengeAndCount(t *testing.T) {
	k := mustKey(t, secretA, prod)
	owner, cid := [16]byte{1}, [16]byte{2}
	code := k.Code(Verify, owner, cid, 0)
	for name, other := range map[string]string{
		"purpose":   k.Code("recover", owner, cid, 0),
		"owner":     k.Code(Verify, cid, cid, 0),
		"challenge": k.Code(Verify, owner, owner, 0),
		"count":     k.Code(Verify, owner, cid, 1),
		"key":       mustKey(t, secretB, prod).Code(Verify, owner, cid, 0),
		"epoch":     mustKey(t, secretA, Scope{"prod", 1}).Code(Verify, owner, cid, 0),
		"stage":     mustKey(t, secretA, Scope{"dev", 0}).Code(Verify, owner, cid, 0),
	} {
		if Equal(code, other) {
			t.Errorf("another %s gives the same code", name)
		}
	}
	if again := k.Code(Verify, owner, cid, 0); again != code {
		t.Errorf("the same challenge gave %s and %s: a re-sent mail must carry the same code", code, again)
	}
}

// Each of the 32 symbols comes equally often at each place: chi-square with 31 degrees of freedom
// stays under 80 with a probability of more than 0.9999 (and the codes are a fixed function here).
func TestCodesAreUniform(t *testing.T) {
	k := mustKey(t, secretA, prod)
	const n = 100_000
	var seen [CodeLen][256]int
	for i := range n {
		code := k.Code(Verify, [16]byte{1}, [16]byte{byte(i), byte(i >> 8), byte(i >> 16)}, 0)
		for place := range CodeLen {
			seen[place][code[place]]++
		}
	}
	want := float64(n) / float64(len(alphabet))
	for place := range CodeLen {
		var chi float64
		for _, symbol := range []byte(alphabet) {
			d := float64(seen[place][symbol]) - want
			chi += d * d / want
		}
		if chi > 80 {
			t.Errorf("place %d: chi-square %.1f over 31 degrees of freedom", place, chi)
		}
	}
}

func TestParseCodeForgivesWhatPeopleType(t *testing.T) {
	const want = "0A1B2C3D"
	for _, typed := range []string{"0A1B2C3D", "0A1B-2C3D", "oaib-2c3d", "O A L B 2 C 3 D", " 0a1b2c3d ", "０Ａ１Ｂ－２Ｃ３Ｄ", "0A1B\u30002C3D"} {
		if got, ok := ParseCode(typed); !ok || got != want {
			t.Errorf("ParseCode(%q) = %q, %v, want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", "0A1B2C3", "0A1B2C3D4", "0A1B2C3U", "0A1B2C3\u00e9", "０Ａ", strings.Repeat(" ", 40), "0A1B_2C3D", "0A1B\n2C3D"} {
		if got, ok := ParseCode(typed); ok {
			t.Errorf("ParseCode(%q) = %q, want refusal", typed, got)
		}
	}
}

func TestFormattedCodesParse(t *testing.T) {
	k := mustKey(t, secretA, prod)
	for i := range 1000 {
		code := k.Code(Verify, [16]byte{}, [16]byte{byte(i), byte(i >> 8)}, 0)
		if got, ok := ParseCode(FormatCode(code)); !ok || got != code {
			t.Fatalf("ParseCode(FormatCode(%q)) = %q, %v", code, got, ok)
		}
	}
}

func TestANumberBelongsToOneAccountAndChallenge(t *testing.T) {
	k := mustKey(t, secretA, prod)
	seen := map[string]int{}
	for i := range 20_000 {
		n := k.Number([16]byte{1}, [16]byte{byte(i), byte(i >> 8)})
		if got, ok := ParseNumber(n); !ok || got != n {
			t.Fatalf("Number gave %q", n)
		}
		seen[n]++
	}
	if len(seen) < 8000 { // 10,000 (1 - e^-2) = 8,647 are expected
		t.Errorf("20,000 challenges gave only %d numbers", len(seen))
	}
	if k.Number([16]byte{1}, [16]byte{5}) == k.Number([16]byte{2}, [16]byte{5}) && k.Number([16]byte{1}, [16]byte{6}) == k.Number([16]byte{2}, [16]byte{6}) {
		t.Error("two accounts have the same numbers")
	}
}

func TestParseNumberForgivesWhatPeopleType(t *testing.T) {
	for _, typed := range []string{"0042", " 0042 ", "00 42", "００４２"} {
		if got, ok := ParseNumber(typed); !ok || got != "0042" {
			t.Errorf("ParseNumber(%q) = %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "42", "00420", "004a", "-042", "0x42", "٤٢٤٢", strings.Repeat(" ", 33)} {
		if got, ok := ParseNumber(typed); ok {
			t.Errorf("ParseNumber(%q) = %q, want refusal", typed, got)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"ABCD-EFGH", "o0il", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := ParseCode(s)
		if !ok {
			return
		}
		if again, ok := ParseCode(code); !ok || again != code || len(code) != CodeLen {
			t.Errorf("ParseCode(%q) = %q, which parses to %q", s, code, again)
		}
	})
}

package address

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// testIndex is token.DataKey's Index under a fixed key.
type testIndex string

func (k testIndex) Index(label string, parts ...string) [16]byte {
	h := hmac.New(sha256.New, []byte(k))
	for _, p := range append([]string{label}, parts...) {
		h.Write(binary.BigEndian.AppendUint16(nil, uint16(len(p))))
		h.Write([]byte(p))
	}
	return [16]byte(h.Sum(nil)[:16])
}

const index testIndex = "a key for tests only"

func mustParse(t testing.TB, s string) Address {
	t.Helper()
	a, err := Parse(s)
	if err != nil {
		t.Fatalf("Parse(%+q): %v", s, err)
	}
	return a
}

// reason is why Parse refuses s, or empty.
func reason(t testing.TB, s string) Reason {
	t.Helper()
	a, err := Parse(s)
	if err == nil {
		return ""
	}
	if a != (Address{}) {
		t.Fatalf("Parse(%+q) refuses and gives %+q", s, a)
	}
	var refusal *Error
	if !errors.As(err, &refusal) {
		t.Fatalf("Parse(%+q) fails with a %T", s, err)
	}
	return refusal.Reason
}

// A line of a corpus: quoted strings and bare words.
type line struct {
	at     string
	fields []string
}

// readCorpus gives the groups of lines of a file, parted by empty lines.
func readCorpus(t testing.TB, name string) [][]line {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	groups := [][]line{nil}
	for i, s := range strings.Split(string(text), "\n") {
		at := name + ":" + strconv.Itoa(i+1)
		switch {
		case strings.HasPrefix(s, "#"):
		case strings.TrimSpace(s) == "":
			if len(groups[len(groups)-1]) > 0 {
				groups = append(groups, nil)
			}
		default:
			groups[len(groups)-1] = append(groups[len(groups)-1], line{at, splitLine(t, at, s)})
		}
	}
	if len(groups[len(groups)-1]) == 0 {
		groups = groups[:len(groups)-1]
	}
	if len(groups) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return groups
}

func splitLine(t testing.TB, at, s string) (fields []string) {
	t.Helper()
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != '"' {
			word, rest, _ := strings.Cut(s, " ")
			fields, s = append(fields, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		plain, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		fields, s = append(fields, plain), s[len(quoted):]
	}
	return fields
}

func allLines(groups [][]line) (all []line) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

func TestParseTakesTheCorpus(t *testing.T) {
	for _, l := range allLines(readCorpus(t, "accept.txt")) {
		want := l.fields[len(l.fields)-1]
		a, err := Parse(l.fields[0])
		if err != nil {
			t.Errorf("%s: Parse(%+q): %v", l.at, l.fields[0], err)
		} else if a.String() != want {
			t.Errorf("%s: Parse(%+q) = %+q, want %+q", l.at, l.fields[0], a, want)
		}
	}
}

func TestParseRefusesTheCorpusWithItsReason(t *testing.T) {
	for _, l := range allLines(readCorpus(t, "reject.txt")) {
		if len(l.fields) != 2 {
			t.Fatalf("%s: want a text and a reason", l.at)
		}
		if got := reason(t, l.fields[0]); got != Reason(l.fields[1]) {
			t.Errorf("%s: Parse(%+q) gives reason %q, want %q", l.at, l.fields[0], got, l.fields[1])
		}
	}
}

func TestSpellingsOfOneIdentityHaveOneKey(t *testing.T) {
	for _, g := range readCorpus(t, "collide.txt") {
		first := mustParse(t, g[0].fields[0])
		for _, l := range g {
			if a := mustParse(t, l.fields[0]); a.EmailKey(index) != first.EmailKey(index) {
				t.Errorf("%s: %+q is %s, but %+q is %s", l.at, l.fields[0], a.Canonical(), g[0].fields[0], first.Canonical())
			}
		}
		if len(g) < 2 {
			t.Errorf("%s: a group of one proves nothing", g[0].at)
		}
	}
}

func TestDifferentPeopleHaveDifferentKeys(t *testing.T) {
	for _, g := range readCorpus(t, "apart.txt") {
		seen := map[EmailKey]string{}
		for _, l := range g {
			key := mustParse(t, l.fields[0]).EmailKey(index)
			if other, ok := seen[key]; ok {
				t.Errorf("%s: %+q has the key of %+q", l.at, l.fields[0], other)
			}
			seen[key] = l.fields[0]
		}
		if len(g) < 2 {
			t.Errorf("%s: a group of one proves nothing", g[0].at)
		}
	}
}

func TestSpacesAreNotTrimmed(t *testing.T) {
	for _, l := range allLines(readCorpus(t, "accept.txt")) {
		for _, s := range []string{" ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\ufeff"} {
			if got := reason(t, s+l.fields[0]); got != InvisibleCharacter {
				t.Errorf("%+q before %+q: reason %q", s, l.fields[0], got)
			}
			if got := reason(t, l.fields[0]+s); got != InvisibleCharacter {
				t.Errorf("%+q after %+q: reason %q", s, l.fields[0], got)
			}
		}
	}
}

func TestNoAddressHasNoFormAndNoKey(t *testing.T) {
	var a Address
	if s := a.String() + a.Canonical() + a.Folded() + a.Display() + a.Masked() + a.Local() + a.Domain(); s != "" || !a.IsZero() {
		t.Errorf("no address shows as %q", s)
	}
	if _, ok := Suggest(a); ok || SpecialUse(a) {
		t.Error("something is said of no address")
	}
	for name, key := range map[string]func(){
		"email": func() { a.EmailKey(index) },
		"inbox": func() { a.InboxKey(index) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no address has an %s key", name)
				}
			}()
			key()
		}()
	}
}

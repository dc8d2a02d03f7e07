package password

import (
	"errors"
	"strings"
	"testing"
)

const (
	someSalt = "MDEyMzQ1Njc4OWFiY2RlZg"
	someTag  = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
)

func TestOnlyOurOwnStringsAreParsed(t *testing.T) {
	good := "$argon2id$v=19$m=64,t=1,p=1,keyid=0a1b2c3d$" + someSalt + "$" + someTag
	if r, err := parse(good); err != nil || r.String() != good {
		t.Fatalf("parse = %+v, %v", r, err)
	}
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in %q", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	h := hasher()
	h.Pepper = func([]byte) []byte { t.Error("work for a malformed string"); return nil }
	for name, phc := range map[string]string{
		"empty":                  "",
		"a dollar":               "$",
		"only dollars":           "$$$$$$",
		"argon2i":                swap("argon2id", "argon2i"),
		"bcrypt":                 "$2b$12$" + strings.Repeat("a", 53),
		"no version":             swap("$v=19", ""),
		"an older version":       swap("v=19", "v=16"),
		"no key id":              swap(",keyid=0a1b2c3d", ""),
		"an empty key id":        swap("keyid=0a1b2c3d", "keyid="),
		"a key id in capitals":   swap("0a1b2c3d", "0A1B2C3D"),
		"a long key id":          swap("0a1b2c3d", "0123456789abcdefg"),
		"another order":          swap("m=64,t=1", "t=1,m=64"),
		"one name twice":         swap("m=64", "m=m=64"),
		"no name":                swap("m=64", "64"),
		"a sign":                 swap("m=64", "m=+64"),
		"a leading zero":         swap("m=64", "m=064"),
		"a space":                swap("m=64", "m= 64"),
		"hexadecimal":            swap("m=64", "m=0x40"),
		"negative":               swap("m=64", "m=-64"),
		"no memory":              swap("m=64", "m=0"),
		"less than 8 blocks":     swap("m=64", "m=7"),
		"no pass":                swap("t=1", "t=0"),
		"no lane":                swap("p=1", "p=0"),
		"lanes beyond a byte":    swap("p=1", "p=257"),
		"too many lanes":         swap("p=1", "p=5"),
		"too many passes":        swap("t=1", "t=17"),
		"too much memory":        swap("m=64", "m=262145"),
		"4 TiB":                  swap("m=64", "m=4294967295"),
		"beyond 32 bits":         swap("m=64", "m=4294967360"),
		"too much of both":       swap("m=64,t=1", "m=262144,t=5"),
		"one more setting":       swap(",keyid", ",data=AAAA,keyid"),
		"a short salt":           swap(someSalt, someSalt[:20]),
		"a long salt":            swap(someSalt, someSalt+"AA"),
		"no salt":                swap(someSalt, ""),
		"a short tag":            swap(someTag, someTag[:40]),
		"a long tag":             swap(someTag, someTag+"AAAA"),
		"no tag":                 swap("$"+someTag, ""),
		"padded":                 good + "=",
		"stray bits":             swap(someTag, someTag[:42]+"Z"),
		"a line break":           good + "\n",
		"a line break inside":    swap(someTag, someTag[:4]+"\n"+someTag[4:]),
		"base64url":              swap(someSalt, "__"+someSalt[2:]),
		"one more field":         good + "$",
		"text in front":          "x" + good,
		"a zero byte at the end": good + "\x00",
		"very long":              good + strings.Repeat("A", 1<<20),
	} {
		if ok, stale, err := h.Verify(phc, "a plain sentence"); ok || stale || !errors.Is(err, ErrHash) {
			t.Errorf("%s: Verify = %v, %v, %v", name, ok, stale, err)
		}
	}
}

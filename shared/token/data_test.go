package token

import (
	"bytes"
	"encoding/hex"
	"errors"
	"regexp"
	"testing"
)

func mustData(t testing.TB, secret []byte) *DataKey {
	t.Helper()
	d, err := NewDataKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestIndexTellsEveryLabelAndListOfPartsApart(t *testing.T) {
	d := mustData(t, secretA)
	seen := map[[16]byte]string{}
	for name, parts := range map[string][]string{
		"email": {"email/1", "a@b.com"}, "inbox": {"inbox/1", "a@b.com"}, "joined": {"email/1a@b.com"},
		"split": {"email/1", "a@", "b.com"}, "none": {"email/1"}, "empty": {"email/1", ""}, "order": {"a@b.com", "email/1"},
	} {
		k := d.Index(parts[0], parts[1:]...)
		if other, taken := seen[k]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
	}
	if d.Index("email/1", "a@b.com") == mustData(t, secretB).Index("email/1", "a@b.com") {
		t.Error("two data keys give one index")
	}
}

func TestSealedValuesOpenOnlyInTheirPlace(t *testing.T) {
	d := mustData(t, secretA)
	place := Place{"accounts", "row", "addr"}
	sealed := d.SealAtRest(place, []byte("a@b.com"))
	if plain, err := d.OpenAtRest(place, sealed); err != nil || string(plain) != "a@b.com" {
		t.Fatalf("OpenAtRest = %q, %v", plain, err)
	}
	if again := d.SealAtRest(place, []byte("a@b.com")); bytes.Equal(again, sealed) {
		t.Error("two seals of one address are equal: the tables would show equal addresses")
	}
	for _, p := range []Place{{"bindings", "row", "addr"}, {"accounts", "other", "addr"}, {"accounts", "row", "who"}, {"accounts", "rowaddr", ""}} {
		if _, err := d.OpenAtRest(p, sealed); !errors.Is(err, ErrInvalid) {
			t.Errorf("moved to %v it opens: %v", p, err)
		}
	}
	for i := range sealed {
		sealed[i] ^= 1
		if _, err := d.OpenAtRest(place, sealed); !errors.Is(err, ErrInvalid) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		sealed[i] ^= 1
	}
	if _, err := d.OpenAtRest(place, nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("empty: %v", err)
	}
}

func TestTagsFitWhatSESAllows(t *testing.T) {
	d := mustData(t, secretA)
	allowed := regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	for n := range 150 {
		tag := d.SealTag(bytes.Repeat([]byte{0xfb}, n))
		if !allowed.MatchString(tag) {
			t.Fatalf("a tag of %d bytes is %q", n, tag)
		}
		if plain, err := d.OpenTag(tag); err != nil || len(plain) != n {
			t.Fatalf("OpenTag = %d bytes, %v, want %d", len(plain), err, n)
		}
	}
	if _, err := mustData(t, secretB).OpenTag(d.SealTag([]byte("x"))); !errors.Is(err, ErrInvalid) {
		t.Errorf("another key's tag: %v", err)
	}
}

func TestFingerprintTellsDataKeysApart(t *testing.T) {
	a, b := mustData(t, secretA), mustData(t, secretB)
	if a.Fingerprint() == b.Fingerprint() || a.ID() == b.ID() {
		t.Error("two data keys look the same")
	}
	if a.Fingerprint() != mustData(t, secretA).Fingerprint() {
		t.Error("one data key looks different at each start")
	}
}

// The values below may never change: every row of every table is named by them.
func TestIndexAndFingerprintAreForEver(t *testing.T) {
	d := mustData(t, secretA)
	index := d.Index("email/1", "li.ming@example.com")
	for _, v := range []struct{ name, got, want string }{
		{"index", hex.EncodeToString(index[:]), "09ba92933a40cc2c6a4e224dd4e53d05"},
		{"fingerprint", d.Fingerprint(), "e3ab6e6728ad163924aa27470380e4d3"},
		{"id", d.ID().String(), "ffe054fe"},
	} {
		if v.got != v.want {
			t.Errorf("%s is %s, want %s", v.name, v.got, v.want)
		}
	}
}

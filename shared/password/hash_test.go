package password

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
)

// light is too little work to keep a password, and enough to test with.
var light = Params{Memory: 64, Time: 1, Threads: 1}

func pepper(secret string) func([]byte) []byte {
	return func(b []byte) []byte {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write(b)
		return h.Sum(nil)
	}
}

func hasher() Hasher { return Hasher{Pepper: pepper("one"), KeyID: "0a1b2c3d", Params: light} }

func TestVerifyTakesOnlyThePasswordThatWasHashed(t *testing.T) {
	h := hasher()
	long := strings.Repeat("x", 199)
	first := strings.Repeat("y", 72)
	for _, c := range []struct {
		name, hashed, tried string
		ok                  bool
	}{
		{"the same", "a plain sentence", "a plain sentence", true},
		{"200 characters", long + "1", long + "1", true},
		{"200 characters, the last one another", long + "1", long + "2", false},
		{"what follows bcrypt's 72 bytes is another", first + "1", first + "2", false},
		{"cut at 72 bytes", first + "1", first, false},
		{"a space at the end", "a plain sentence ", "a plain sentence", false},
		{"a space in front", " a plain sentence", "a plain sentence", false},
		{"another case", "A plain sentence", "a plain sentence", false},
		{"what follows a zero byte is another", "a plain\x00sentence", "a plain\x00Sentence", false},
		{"composed and decomposed", "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301", true},
		{"the ligature fi and f, i", "a \ufb01ne sentence", "a fine sentence", false},
		{"full width", "ａ plain sentence", "a plain sentence", false},
	} {
		hashed, ok1 := Normal(c.hashed)
		tried, ok2 := Normal(c.tried)
		if !ok1 || !ok2 {
			t.Fatalf("%s: no passwords", c.name)
		}
		if ok, stale, err := h.Verify(h.Hash(hashed), tried); ok != c.ok || stale || err != nil {
			t.Errorf("%s: Verify = %v, %v, %v", c.name, ok, stale, err)
		}
	}
}

func TestAHashSaysHowItWasMadeAndIsNeverTheSame(t *testing.T) {
	h := hasher()
	h.Params = Floor
	a, b := h.Hash("a plain sentence"), h.Hash("a plain sentence")
	if a == b {
		t.Error("two accounts with one password show it")
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1,keyid=0a1b2c3d$"; !strings.HasPrefix(a, want) {
		t.Errorf("%s does not start with %s", a, want)
	}
	r, err := parse(a)
	if err != nil || len(r.salt) != 16 || len(r.tag) != 32 || r.Params != Floor {
		t.Errorf("parse = %+v, %v", r, err)
	}
	if strings.Contains(a, b64.EncodeToString(make([]byte, 16))) {
		t.Error("the salt is empty")
	}
}

// TestTheTagIsArgon2idUnderThePepper holds what is stored to a value that another implementation gave:
// argon2-cffi 25.1.0, hash_secret_raw(b"a plain sentence", b"0123456789abcdef", 2, 64, 1, 32, Type.ID).
func TestTheTagIsArgon2idUnderThePepper(t *testing.T) {
	var inner []byte
	h := Hasher{Pepper: func(b []byte) []byte { inner = b; return pepper("one")(b) }}
	tag := h.tag(Params{Memory: 64, Time: 2, Threads: 1}, []byte("0123456789abcdef"), "a plain sentence")
	if got := b64.EncodeToString(inner); got != "3WmgJcHfus7oKxPGHGJZuFr80sB20Lsw7WOh4J02gkM" {
		t.Errorf("argon2id gave %s", got)
	}
	if string(tag) != string(pepper("one")(inner)) {
		t.Error("what is stored is not the pepper's")
	}
}

func TestAnotherPepperOrKeyIDDoesNotVerify(t *testing.T) {
	h := hasher()
	phc := h.Hash("a plain sentence")
	flipped := h
	flipped.Pepper = pepper("another")
	if ok, stale, err := flipped.Verify(phc, "a plain sentence"); ok || stale || err != nil {
		t.Errorf("under another pepper: %v, %v, %v", ok, stale, err)
	}
	renamed := h
	renamed.KeyID = "ffffffff"
	renamed.Pepper = func([]byte) []byte { t.Error("work for a hash that cannot be checked"); return nil }
	if ok, stale, err := renamed.Verify(phc, "a plain sentence"); ok || stale || !errors.Is(err, ErrKey) {
		t.Errorf("under another key id: %v, %v, %v", ok, stale, err)
	}
}

func TestOtherParametersMakeAHashStale(t *testing.T) {
	h := hasher()
	phc := h.Hash("a plain sentence")
	for _, p := range []Params{{128, 1, 1}, {64, 2, 1}, {64, 1, 2}} {
		now := h
		now.Params = p
		if ok, stale, err := now.Verify(phc, "a plain sentence"); !ok || !stale || err != nil {
			t.Errorf("%+v: %v, %v, %v", p, ok, stale, err)
		}
		if ok, stale, err := now.Verify(phc, "another sentence"); ok || stale || err != nil {
			t.Errorf("%+v, wrong password: %v, %v, %v", p, ok, stale, err)
		}
		if ok, stale, err := now.Verify(now.Hash("a plain sentence"), "a plain sentence"); !ok || stale || err != nil {
			t.Errorf("%+v, hashed again: %v, %v, %v", p, ok, stale, err)
		}
	}
}

func TestTheFloorAndTheBoundsHold(t *testing.T) {
	for _, c := range []struct {
		p    Params
		want error
	}{
		{Params{19456, 2, 1}, nil},
		{Params{19455, 2, 1}, ErrWeak},
		{Params{19456, 1, 1}, ErrWeak},
		{Params{47104, 1, 1}, ErrWeak},
		{Params{19456, 2, 0}, ErrWeak},
		{Params{}, ErrWeak},
		{Params{65536, 16, 4}, nil},
		{Params{262144, 4, 1}, nil},
		{Params{262144, 5, 1}, ErrHeavy},
		{Params{262145, 2, 1}, ErrHeavy},
		{Params{19456, 17, 1}, ErrHeavy},
		{Params{19456, 2, 5}, ErrHeavy},
		{Params{1<<32 - 1, 1<<32 - 1, 255}, ErrHeavy},
	} {
		if err := c.p.Check(); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, not %v", c.p, err, c.want)
		}
	}
}

func TestDummyDoesTheWorkOfOneHash(t *testing.T) {
	n := 0
	h := hasher()
	h.Pepper = func(b []byte) []byte { n++; return pepper("one")(b) }
	h.Dummy("a plain sentence")
	if n != 1 {
		t.Errorf("%d hashes", n)
	}
}

package token

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

var (
	secretA = []byte(strings.Repeat("a", 64))
	secretB = []byte(strings.Repeat("b", 64))
	secretC = []byte(strings.Repeat("c", 64))
	prod    = Scope{Stage: "prod"}
	noon    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func mustKey(t testing.TB, secret []byte, s Scope) *Key {
	t.Helper()
	k, err := NewKey(secret, s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sample() Claims {
	return Claims{Account: [16]byte{1, 2, 3}, Challenge: [16]byte{9, 8, 7}, Expires: noon.Add(24 * time.Hour),
		Address: "li.ming@example.com", Label: "李记灯饰"}
}

func TestOpenGivesBackWhatWasSealed(t *testing.T) {
	k := mustKey(t, secretA, prod)
	for _, c := range []Claims{sample(), {Expires: noon.Add(1)}, {Expires: noon.Add(time.Second), Address: strings.Repeat("x", 254), Label: strings.Repeat("灯", 16)}} {
		c.Expires = c.Expires.Truncate(time.Second).Add(time.Second)
		got, err := k.Open(Verify, k.Seal(Verify, c), noon)
		if err != nil || got != c {
			t.Errorf("Open(Seal(%+v)) = %+v, %v", c, got, err)
		}
	}
}

func TestTokensAreShortEnoughForMailApps(t *testing.T) {
	k := mustKey(t, secretA, prod)
	typical := k.Seal(Verify, Claims{Address: strings.Repeat("a", 25), Label: strings.Repeat("l", 12)})
	if n := 40 + len("/verify?t=") + len(typical); n >= 220 {
		t.Errorf("a typical link has %d characters, want < 220", n)
	}
	worst := k.Seal(Verify, Claims{Address: strings.Repeat("a", 254), Label: strings.Repeat("l", 48)})
	if n := 40 + len("/verify?t=") + len(worst); n >= 560+50 || len(worst) >= 560 {
		t.Errorf("the worst token has %d characters, its link %d", len(worst), n)
	}
	if len(worst) > maxToken {
		t.Errorf("the worst token has %d characters, more than are decoded (%d)", len(worst), maxToken)
	}
}

func TestOpenRefusesEveryChangedBit(t *testing.T) {
	k := mustKey(t, secretA, prod)
	text := k.Seal(Verify, sample())
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if _, err := k.Open(Verify, base64.RawURLEncoding.EncodeToString(raw), noon); !errors.Is(err, ErrInvalid) {
				t.Fatalf("byte %d bit %d changed: %v, want ErrInvalid", i, bit, err)
			}
			raw[i] ^= 1 << bit
		}
	}
}

func TestOpenRefusesOtherSpellings(t *testing.T) {
	k := mustKey(t, secretA, prod)
	text := k.Seal(Verify, sample())
	for name, s := range map[string]string{
		"empty": "", "cut": text[:len(text)-1], "half": text[:len(text)/2], "padded": text + "=", "space": " " + text,
		"newline": text + "\n", "twice": text + text, "standard alphabet": "+" + text[1:], "long": strings.Repeat("A", 100_000),
		"head only": text[:8],
	} {
		if _, err := k.Open(Verify, s, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	// The last symbol may hold bits that no byte uses: another spelling of the same bytes is refused.
	if rest := len(text) % 4; rest == 2 || rest == 3 {
		for _, c := range base64url {
			s := text[:len(text)-1] + string(c)
			if _, err := k.Open(Verify, s, noon); s != text && err == nil {
				t.Errorf("a second spelling ending in %q opens", c)
			}
		}
	}
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func TestATokenIsGoodForOnePurposeStageEpochAndKey(t *testing.T) {
	text := mustKey(t, secretA, prod).Seal(Verify, sample())
	for name, open := range map[string]func() (Claims, error){
		"purpose": func() (Claims, error) { return mustKey(t, secretA, prod).Open("recover", text, noon) },
		"stage":   func() (Claims, error) { return mustKey(t, secretA, Scope{Stage: "staging"}).Open(Verify, text, noon) },
		"epoch":   func() (Claims, error) { return mustKey(t, secretA, Scope{"prod", 1}).Open(Verify, text, noon) },
		"key":     func() (Claims, error) { return mustKey(t, secretB, prod).Open(Verify, text, noon) },
	} {
		if c, err := open(); !errors.Is(err, ErrInvalid) || c != (Claims{}) {
			t.Errorf("under another %s: %+v, %v, want ErrInvalid and nothing else", name, c, err)
		}
	}
}

func TestLivesAreHalfOpen(t *testing.T) {
	k := mustKey(t, secretA, prod)
	c := sample()
	text := k.Seal(Verify, c)
	if _, err := k.Open(Verify, text, c.Expires.Add(-time.Nanosecond)); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	got, err := k.Open(Verify, text, c.Expires)
	if !errors.Is(err, ErrExpired) || got != c {
		t.Errorf("at its end: %+v, %v, want the claims and ErrExpired", got, err)
	}
}

func TestKeyOfReadsOnlyTheHead(t *testing.T) {
	k := mustKey(t, secretA, prod)
	id, err := KeyOf(k.Seal(Verify, sample()))
	if err != nil || id != k.ID() {
		t.Errorf("KeyOf = %v, %v, want %v", id, err, k.ID())
	}
	if back, err := ParseKeyID(id.String()); err != nil || back != id {
		t.Errorf("ParseKeyID(%q) = %v, %v", id.String(), back, err)
	}
	for _, s := range []string{"", "AQ", "AgAAAAA", "zzzz zzz"} {
		if _, err := KeyOf(s); !errors.Is(err, ErrInvalid) {
			t.Errorf("KeyOf(%q): %v, want ErrInvalid", s, err)
		}
	}
	for _, s := range []string{"", "1234567", "123456789", "1234567g"} {
		if _, err := ParseKeyID(s); err == nil {
			t.Errorf("ParseKeyID(%q) took it", s)
		}
	}
}

func TestShortSecretsAreRefused(t *testing.T) {
	if _, err := NewKey(secretA[:42], prod); !errors.Is(err, ErrSecret) {
		t.Errorf("NewKey: %v", err)
	}
	if _, err := NewDataKey(nil); !errors.Is(err, ErrSecret) {
		t.Errorf("NewDataKey: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	k := mustKey(f, secretA, prod)
	f.Add(k.Seal(Verify, sample()))
	f.Add(k.Seal("recover", sample()))
	f.Add("")
	f.Add("AYl8")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := k.Open(Verify, s, noon)
		if err != nil {
			return
		}
		if c.Expires.Before(noon) || len(c.Address) > 255 {
			t.Errorf("Open took %q: %+v", s, c)
		}
	})
}

func FuzzParseClaims(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 38))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, ok := parseClaims(b)
		if ok && len(c.Address)+len(c.Label)+38 != len(b) {
			t.Errorf("parseClaims(%x) left bytes unread: %+v", b, c)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	k := mustKey(b, secretA, prod)
	text := k.Seal(Verify, sample())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open(Verify, text, noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k := mustKey(b, secretA, prod)
	b.ReportAllocs()
	for b.Loop() {
		k.Seal(Verify, sample())
	}
}

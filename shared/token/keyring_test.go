package token

import (
	"context"
	"errors"
	"testing"
	"time"
)

// store is a secret store whose content a test rotates.
type store struct {
	Secrets
	reads int
	err   error
}

func (s *store) load(context.Context) (Secrets, error) {
	s.reads++
	return s.Secrets, s.err
}

func mustRing(t *testing.T, s *store, now time.Time) *Keyring {
	t.Helper()
	r, err := NewKeyring(context.Background(), prod, s.load, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRotationNeverMeetsAnInstanceThatCannotOpen(t *testing.T) {
	ctx := context.Background()
	a, b := mustKey(t, secretA, prod), mustKey(t, secretB, prod)
	s := &store{Secrets: Secrets{Current: secretA}}
	stale := mustRing(t, s, noon)

	s.Secrets = Secrets{Current: secretA, Pending: secretB} // step 1: the new key opens everywhere first
	fresh := mustRing(t, s, noon)
	if fresh.Current().ID() != a.ID() {
		t.Error("a pending key seals")
	}
	s.Secrets = Secrets{Current: secretB, Previous: secretA} // step 2: it seals
	newest := mustRing(t, s, noon)

	for name, ring := range map[string]*Keyring{"stale": stale, "fresh": fresh, "newest": newest} {
		for _, k := range []*Key{a, b} {
			if got, err := ring.Find(ctx, k.ID(), noon.Add(2*time.Minute)); err != nil || got.ID() != k.ID() {
				t.Errorf("%s instance, key %v: %v", name, k.ID(), err)
			}
		}
	}
	if stale.Current().ID() != b.ID() {
		t.Error("a stale instance that has read the new secrets still seals with the old one")
	}
	s.Secrets = Secrets{Current: secretC, Previous: secretB} // the next rotation ends the first key
	if _, err := mustRing(t, s, noon).Find(ctx, a.ID(), noon.Add(2*time.Minute)); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a key two rotations old: %v, want ErrUnknownKey", err)
	}
}

func TestForgedKeyIDsReadTheSecretsOnceAMinute(t *testing.T) {
	ctx := context.Background()
	s := &store{Secrets: Secrets{Current: secretA}}
	r := mustRing(t, s, noon)
	forged := KeyID{0xde, 0xad, 0xbe, 0xef}

	var hold *HoldOffError
	if _, err := r.Find(ctx, forged, noon.Add(10*time.Second)); !errors.As(err, &hold) || hold.RetryAfter != 50*time.Second {
		t.Errorf("ten seconds after a reading: %v, want to come back in 50 s", err)
	}
	now := noon.Add(HoldOff)
	if _, err := r.Find(ctx, forged, now); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a minute later: %v, want ErrUnknownKey", err)
	}
	for i := range 1000 {
		if _, err := r.Find(ctx, KeyID{byte(i), byte(i >> 8)}, now.Add(30*time.Second)); !errors.As(err, &hold) {
			t.Fatalf("forged id %d: %v, want a hold-off", i, err)
		}
	}
	if s.reads != 2 {
		t.Errorf("the secrets were read %d times, want 2", s.reads)
	}
	if _, err := r.Find(ctx, r.Current().ID(), now); err != nil {
		t.Errorf("the current key during the hold-off: %v", err)
	}
}

func TestAFailedReadingKeepsTheKeys(t *testing.T) {
	ctx := context.Background()
	s := &store{Secrets: Secrets{Current: secretA}}
	r := mustRing(t, s, noon)
	s.err = errors.New("secret store down")
	if _, err := r.Find(ctx, KeyID{1}, noon.Add(2*time.Minute)); !errors.Is(err, s.err) {
		t.Errorf("while the secret store is down: %v", err)
	}
	var hold *HoldOffError
	if _, err := r.Find(ctx, KeyID{1}, noon.Add(2*time.Minute+time.Second)); !errors.As(err, &hold) {
		t.Errorf("right after: %v, want a hold-off", err)
	}
	if k := r.Current(); k == nil || k.ID() != mustKey(t, secretA, prod).ID() {
		t.Error("the keys are gone")
	}
}

func TestAKeyringNeedsACurrentSecret(t *testing.T) {
	for _, s := range []Secrets{{}, {Pending: secretA}, {Current: secretA, Previous: []byte("short")}} {
		if _, err := NewKeyring(context.Background(), prod, (&store{Secrets: s}).load, noon); !errors.Is(err, ErrSecret) {
			t.Errorf("%+v: %v, want ErrSecret", s, err)
		}
	}
}

// A text is opened under the key that it names; what is none of ours, or under a key that is gone, is told alike.
func TestOpenFindsTheKeyThatATextNames(t *testing.T) {
	ctx := context.Background()
	a, b := mustKey(t, secretA, prod), mustKey(t, secretB, prod)
	s := &store{Secrets: Secrets{Current: secretB, Previous: secretA}}
	ring := mustRing(t, s, noon)
	claims := Claims{Account: [16]byte{1}, Challenge: [16]byte{2}, Address: "li@example.com", Expires: noon.Add(time.Hour)}
	for _, k := range []*Key{a, b} {
		text := k.Seal(Recover, claims)
		if key, got, err := Open(ctx, ring, Recover, text, noon); err != nil || key.ID() != k.ID() || got != claims {
			t.Errorf("key %v: %+v, %v", k.ID(), got, err)
		}
		if _, _, err := Open(ctx, ring, Grant, text, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("another purpose: %v", err)
		}
		if _, got, err := Open(ctx, ring, Recover, text, noon.Add(time.Hour)); !errors.Is(err, ErrExpired) || got != claims {
			t.Errorf("its time is over: %+v, %v", got, err)
		}
	}
	gone := mustKey(t, []byte("another secret that no keyring has, of the length they have"), prod).Seal(Recover, claims)
	var hold *HoldOffError
	if _, _, err := Open(ctx, ring, Recover, gone, noon.Add(time.Second)); !errors.As(err, &hold) {
		t.Errorf("a key that may exist: %v", err)
	}
	if _, _, err := Open(ctx, ring, Recover, gone, noon.Add(HoldOff)); !errors.Is(err, ErrInvalid) {
		t.Errorf("a key that is gone: %v", err)
	}
	for _, text := range []string{"", "nonsense", gone[:4]} {
		if _, _, err := Open(ctx, ring, Recover, text, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

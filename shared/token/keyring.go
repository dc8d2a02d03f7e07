package token

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Secrets are the token secrets as the secret store holds them now. Previous and Pending may be nil.
type Secrets struct{ Current, Previous, Pending []byte }

// A Loader reads the token secrets anew.
type Loader func(context.Context) (Secrets, error)

// ErrUnknownKey says that no key of that id exists now, by a fresh reading of the secrets.
var ErrUnknownKey = errors.New("token: unknown key")

// HoldOff is how long a Keyring waits between two readings of the secrets.
const HoldOff = time.Minute

// A HoldOffError says that a key is unknown, and that the secrets were read too short a time ago to
// read them again: a forged key id must not become a flood of readings. The key may exist.
type HoldOffError struct{ RetryAfter time.Duration }

func (e *HoldOffError) Error() string { return "token: unknown key, secrets read moments ago" }

// A Keyring holds the token keys of one process. It is safe for concurrent use.
type Keyring struct {
	load  Loader
	scope Scope

	mu      sync.Mutex
	read    time.Time // when the secrets were last asked for
	current *Key
	keys    map[KeyID]*Key
}

// NewKeyring reads the secrets for the first time.
func NewKeyring(ctx context.Context, s Scope, load Loader, now time.Time) (*Keyring, error) {
	r := &Keyring{load: load, scope: s}
	if err := r.reload(ctx, now); err != nil {
		return nil, err
	}
	return r, nil
}

// Current is the key that new challenges and tokens are made with.
func (r *Keyring) Current() *Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.current
}

// Find gives the key of that id. An unknown id makes it read the secrets again, at most once in
// HoldOff: still unknown is ErrUnknownKey, too soon to ask is *HoldOffError, and any other error is
// that of the reading.
func (r *Keyring) Find(ctx context.Context, id KeyID, now time.Time) (*Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock() // held while reading: instances serve one request at a time, and one reading is wanted
	if k := r.keys[id]; k != nil {
		return k, nil
	}
	if wait := r.read.Add(HoldOff).Sub(now); wait > 0 {
		return nil, &HoldOffError{RetryAfter: wait}
	}
	if err := r.reload(ctx, now); err != nil {
		return nil, err
	}
	if k := r.keys[id]; k != nil {
		return k, nil
	}
	return nil, ErrUnknownKey
}

// A Finder gives keys by their ids; *Keyring.
type Finder interface {
	Find(ctx context.Context, id KeyID, now time.Time) (*Key, error)
}

// Open opens a text under the key that it names, and gives that key too: ErrInvalid for what is none of ours or
// under a key that there is no more, ErrExpired with the claims of one whose time is over, else what finding the
// key comes to.
func Open(ctx context.Context, keys Finder, p Purpose, text string, now time.Time) (*Key, Claims, error) {
	id, err := KeyOf(text)
	if err != nil {
		return nil, Claims{}, err
	}
	key, err := keys.Find(ctx, id, now)
	if errors.Is(err, ErrUnknownKey) {
		return nil, Claims{}, ErrInvalid
	}
	if err != nil {
		return nil, Claims{}, err
	}
	claims, err := key.Open(p, text, now)
	return key, claims, err
}

func (r *Keyring) reload(ctx context.Context, now time.Time) error {
	r.read = now // also when it fails: a secret store in trouble is not helped by asking more
	s, err := r.load(ctx)
	if err != nil {
		return fmt.Errorf("token: read the secrets: %w", err)
	}
	current, err := NewKey(s.Current, r.scope)
	if err != nil {
		return fmt.Errorf("token: current secret: %w", err)
	}
	keys := map[KeyID]*Key{current.id: current}
	for _, secret := range [][]byte{s.Previous, s.Pending} {
		if secret == nil {
			continue
		}
		k, err := NewKey(secret, r.scope)
		if err != nil {
			return fmt.Errorf("token: previous or pending secret: %w", err)
		}
		if keys[k.id] == nil {
			keys[k.id] = k
		}
	}
	r.current, r.keys = current, keys
	return nil
}

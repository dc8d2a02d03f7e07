package platform

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"
	"unicode/utf8"
)

// passwords are where passwords are kept: at mailbind's (Mailbind itself), or here (own).
type passwords interface {
	check(ctx context.Context, account, typed, client string) (verdict, error)
	// set gives the new version. seen is the version that is to be replaced, 0 for none; nil: whatever there is.
	set(ctx context.Context, account, typed string, seen *int64) (int64, error)
}

// verdict on a typed password. With wait nothing was compared.
type verdict struct {
	ok      bool
	version int64 // of the credential, 0 if there is none
	wait    time.Duration
}

// own keeps passwords where the platform does so itself (host mode). How it does is the platform's own business, and mailbind has no
// part in it: yours is there already, with its policy and its limit on guesses. This one has a salt for each password and the
// standard library's PBKDF2.
type own struct {
	now    func() time.Time
	rounds int

	mu   sync.Mutex
	kept map[string]hashed // by account
}

type hashed struct {
	salt, sum []byte
	version   int64
}

// ownRounds of PBKDF2-HMAC-SHA-256: OWASP, Password Storage Cheat Sheet.
const ownRounds = 600_000

// ownLeast is how many characters a password has at least where it is all that signs in (NIST SP 800-63B-4, section 3.1.1.2).
const ownLeast = 15

func (o *own) derive(typed string, salt []byte) []byte {
	sum, err := pbkdf2.Key(sha256.New, typed, salt, o.rounds, 32)
	if err != nil {
		panic("platform: PBKDF2: " + err.Error()) // wrong parameters alone
	}
	return sum
}

// check does the same work for an account without a password.
func (o *own) check(_ context.Context, account, typed, _ string) (verdict, error) {
	o.mu.Lock()
	kept, there := o.kept[account]
	o.mu.Unlock()
	if !there {
		kept.salt, kept.sum = make([]byte, 16), make([]byte, 32)
	}
	same := subtle.ConstantTimeCompare(o.derive(typed, kept.salt), kept.sum) == 1
	return verdict{ok: there && same, version: kept.version}, nil
}

// version of an account's password, 0 if it has none.
func (o *own) version(account string) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.kept[account].version
}

func (o *own) set(_ context.Context, account, typed string, seen *int64) (int64, error) {
	if utf8.RuneCountInString(typed) < ownLeast {
		return 0, &Refused{Name: "password-refused", Reasons: []string{"too-short"}}
	}
	fresh := hashed{salt: make([]byte, 16)}
	rand.Read(fresh.salt)
	fresh.sum = o.derive(typed, fresh.salt)
	o.mu.Lock()
	defer o.mu.Unlock()
	old := o.kept[account].version
	if seen != nil && *seen != old {
		return 0, &Refused{Name: "version-changed"}
	}
	fresh.version = max(o.now().UnixMilli(), old+1)
	o.kept[account] = fresh
	return fresh.version, nil
}

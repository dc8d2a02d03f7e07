package token

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// A Purpose says what a sealed token is for. A token opens for its own purpose only.
type Purpose string

const (
	// Verify tokens ride in the links of verify mails and receipts.
	Verify Purpose = "verify"
	// Reconfirm is for codes alone.
	Reconfirm Purpose = "reconfirm"
	// Recover tokens ride in the links of recovery mails.
	Recover Purpose = "recover"
	// Grant tokens are given for a right code or link, and allow one password change or one redemption by the platform.
	Grant Purpose = "grant"
)

var (
	// ErrInvalid is every way in which a token, tag, code key or sealed value is not one of ours.
	ErrInvalid = errors.New("token: invalid")
	// ErrExpired comes with the claims of an authentic token whose time is over.
	ErrExpired = errors.New("token: expired")
)

// Claims are what a sealed token says. Address and Label are at most 255 bytes each.
type Claims struct {
	Account   [16]byte // account key; all zero: none
	Challenge [16]byte
	Expires   time.Time // whole seconds; alive until just before
	Address   string    // the form mail is sent to
	Label     string    // the account's label, whole
}

// version leads every token. Algorithm and layout follow from it; a token names neither
// (OWASP ASVS 5.0, 9.1.2).
const version = 1

// maxToken bounds what is decoded at all: a full address and label need 560 characters.
const maxToken = 800

const headLen = 1 + len(KeyID{})

// Seal makes the text of a token: base64url of version, key id, nonce, ciphertext. With an address
// of 25 bytes and a label of 12 it is 147 characters long.
func (k *Key) Seal(p Purpose, c Claims) string {
	if len(c.Address) > 255 || len(c.Label) > 255 {
		panic("token: internal error: address or label too long")
	}
	body := make([]byte, 0, 64+len(c.Address)+len(c.Label))
	body = append(body, c.Account[:]...)
	body = append(body, c.Challenge[:]...)
	body = appendTime(body, c.Expires)
	body = append(body, byte(len(c.Address)))
	body = append(body, c.Address...)
	body = append(body, c.Label...)

	out := make([]byte, headLen, headLen+len(body)+28)
	out[0] = version
	copy(out[1:], k.id[:])
	return base64.RawURLEncoding.EncodeToString(k.seal.Seal(out, nil, body, aad(p)))
}

// KeyOf reads which key a token was sealed with, and nothing else: ErrInvalid for what is no token.
func KeyOf(text string) (KeyID, error) {
	if len(text) > maxToken {
		return KeyID{}, ErrInvalid
	}
	raw, err := decode(text)
	if err != nil || len(raw) < headLen || raw[0] != version {
		return KeyID{}, ErrInvalid
	}
	return KeyID(raw[1:headLen]), nil
}

// Open checks a token wholly: version, key, purpose, authenticity, layout and time. A token whose
// time is over comes back with its claims and ErrExpired; for anything else the error is ErrInvalid.
func (k *Key) Open(p Purpose, text string, now time.Time) (Claims, error) {
	if id, err := KeyOf(text); err != nil || id != k.id {
		return Claims{}, ErrInvalid
	}
	raw, _ := decode(text)
	body, err := k.seal.Open(nil, nil, raw[headLen:], aad(p))
	if err != nil {
		return Claims{}, ErrInvalid
	}
	c, ok := parseClaims(body)
	if !ok {
		return Claims{}, ErrInvalid
	}
	if !now.Before(c.Expires) {
		return c, ErrExpired
	}
	return c, nil
}

func parseClaims(b []byte) (Claims, bool) {
	const fixed = 16 + 16 + timeLen + 1
	if len(b) < fixed {
		return Claims{}, false
	}
	var c Claims
	copy(c.Account[:], b)
	copy(c.Challenge[:], b[16:])
	c.Expires = readTime(b[32:])
	n, rest := int(b[fixed-1]), b[fixed:]
	if len(rest) < n || len(rest)-n > 255 {
		return Claims{}, false
	}
	c.Address, c.Label = string(rest[:n]), string(rest[n:])
	return c, true
}

func aad(p Purpose) []byte { return prefixed(nil, string(p)) }

// timeLen is the length of a time inside a token: 40 bits of seconds, good until the year 36,812.
const timeLen = 5

func appendTime(b []byte, t time.Time) []byte {
	var s [8]byte
	binary.BigEndian.PutUint64(s[:], uint64(t.Unix()))
	return append(b, s[8-timeLen:]...)
}

func readTime(b []byte) time.Time {
	var s [8]byte
	copy(s[8-timeLen:], b[:timeLen])
	return time.Unix(int64(binary.BigEndian.Uint64(s[:])), 0).UTC()
}

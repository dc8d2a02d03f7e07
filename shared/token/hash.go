package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// minSecret is the shortest root secret taken, in bytes. The template makes 64 characters of
// letters and digits, which is more than 256 bits.
const minSecret = 43

// ErrSecret says that a root secret is too short to be one.
var ErrSecret = errors.New("token: secret shorter than 43 bytes")

// A KeyID names a root secret: the first four bytes of its SHA-256.
type KeyID [4]byte

// String gives the id in hex, as rows hold it.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// ParseKeyID reads what String wrote.
func ParseKeyID(s string) (KeyID, error) {
	var id KeyID
	if len(s) != hex.EncodedLen(len(id)) {
		return id, ErrInvalid
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return KeyID{}, ErrInvalid
	}
	return id, nil
}

func keyID(secret []byte) KeyID {
	sum := sha256.Sum256(secret)
	return KeyID(sum[:4])
}

// subkey derives one 256-bit key for one use (RFC 5869). The uses are separated by their info text.
func subkey(secret []byte, uses ...string) []byte {
	k, err := hkdf.Key(sha256.New, secret, nil, string(prefixed(nil, uses...)), 32)
	if err != nil {
		panic("token: internal error: " + err.Error()) // only a length beyond RFC 5869's limit
	}
	return k
}

// mac is HMAC-SHA256 over the parts, each led by its length.
func mac[T string | []byte](key []byte, parts ...T) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(prefixed(nil, parts...))
	return h.Sum(nil)
}

// prefixed appends each part after its length in two bytes.
func prefixed[T string | []byte](b []byte, parts ...T) []byte {
	for _, p := range parts {
		if len(p) > 0xffff {
			panic("token: internal error: part too long")
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(p)))
		b = append(b, p...)
	}
	return b
}

// Equal compares two secrets in constant time. It is the one place where secrets are compared.
func Equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

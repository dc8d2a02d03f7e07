package token

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A DataKey is the root of what lies at rest. It is safe for concurrent use.
type DataKey struct {
	id          KeyID
	fingerprint string
	index       []byte
	pepper      []byte
	rest, tag   cipher.AEAD
}

// NewDataKey derives the subkeys from the secret.
func NewDataKey(secret []byte) (*DataKey, error) {
	if len(secret) < minSecret {
		return nil, ErrSecret
	}
	return &DataKey{
		id:          keyID(secret),
		fingerprint: hex.EncodeToString(subkey(secret, "mailbind/data/1", "fingerprint")[:16]),
		index:       subkey(secret, "mailbind/data/1", "index"),
		pepper:      subkey(secret, "mailbind/data/1", "pepper"),
		rest:        gcm(subkey(secret, "mailbind/data/1", "rest")),
		tag:         gcm(subkey(secret, "mailbind/data/1", "tag")),
	}, nil
}

// ID is the id that rows of bindings carry, so that a compromised key could ever be replaced.
func (d *DataKey) ID() KeyID { return d.id }

// Fingerprint is a public value that tells this key from any other: row k of bindings.
func (d *DataKey) Fingerprint() string { return d.fingerprint }

// Index is the keyed hash that names a row: the first 16 bytes of HMAC-SHA256 over label and parts.
// The same parts under another label give an unrelated value.
func (d *DataKey) Index(label string, parts ...string) [16]byte {
	return [16]byte(mac(d.index, append([]string{label}, parts...)...)[:16])
}

// Pepper is HMAC-SHA256 of a password's hash under a key that is in no table: a copy of the tables alone
// cannot be searched for passwords (NIST SP 800-63B-4 section 3.1.1.2 recommends such a keyed step).
func (d *DataKey) Pepper(hash []byte) []byte { return mac(d.pepper, hash) }

// A Place says where a sealed value lies. It is authenticated with the value, so that a ciphertext
// moved to another row or attribute does not open. Table is the table's word (accounts, bindings),
// not its physical name: a table restored under a new name still opens.
type Place struct{ Table, Key, Attribute string }

func (p Place) bytes() []byte { return prefixed(nil, p.Table, p.Key, p.Attribute) }

// SealAtRest encrypts a value for one place; 28 bytes longer than the value, different at each call.
func (d *DataKey) SealAtRest(p Place, plain []byte) []byte {
	return d.rest.Seal(nil, nil, plain, p.bytes())
}

// OpenAtRest gives back what SealAtRest took, or ErrInvalid.
func (d *DataKey) OpenAtRest(p Place, sealed []byte) ([]byte, error) {
	plain, err := d.rest.Open(nil, nil, sealed, p.bytes())
	if err != nil {
		return nil, ErrInvalid
	}
	return plain, nil
}

// SealTag makes the value of a mail's tag: base64url, so it fits what SES allows in a tag
// ([A-Za-z0-9_-], at most 256 characters: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html).
func (d *DataKey) SealTag(plain []byte) string {
	return base64.RawURLEncoding.EncodeToString(d.tag.Seal(nil, nil, plain, nil))
}

// OpenTag gives back what SealTag took, or ErrInvalid.
func (d *DataKey) OpenTag(s string) ([]byte, error) {
	raw, err := decode(s)
	if err != nil {
		return nil, ErrInvalid
	}
	plain, err := d.tag.Open(nil, nil, raw, nil)
	if err != nil {
		return nil, ErrInvalid
	}
	return plain, nil
}

// gcm is AES-256-GCM with a random nonce in front of the ciphertext. 2^32 messages a key keep the
// odds of a repeated nonce below 2^-32 (NIST SP 800-38D section 8.3).
func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("token: internal error: " + err.Error())
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("token: internal error: " + err.Error())
	}
	return a
}

// decode reads base64url without padding and takes one spelling only: stray bits at the end, or the
// line breaks that encoding/base64 skips, would be a second name of the same token.
func decode(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, ErrInvalid
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

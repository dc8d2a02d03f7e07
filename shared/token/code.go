package token

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A Key is one token key. It is safe for concurrent use.
type Key struct {
	id           KeyID
	seal         cipher.AEAD
	code, number []byte
}

// A Scope is what a token key is good for beside its secret: raising Epoch ends all that is
// outstanding, and a token of one stage is no token in another.
type Scope struct {
	Stage string
	Epoch int
}

// NewKey derives the subkeys of one token secret.
func NewKey(secret []byte, s Scope) (*Key, error) {
	if len(secret) < minSecret {
		return nil, ErrSecret
	}
	use := func(name string) []byte {
		return subkey(secret, "mailbind/token/1", name, s.Stage, strconv.Itoa(s.Epoch))
	}
	return &Key{id: keyID(secret), seal: gcm(use("token")), code: use("code"), number: use("number")}, nil
}

// ID is the id that rows and tokens carry.
func (k *Key) ID() KeyID { return k.id }

// alphabet is Crockford's base32 (https://www.crockford.com/base32.html): no I, L, O, U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLen is the number of symbols of a code: 40 bits. With 20 tries a day on each of a million
// addresses a stranger needs 150 years for one hit; six digits would last an hour.
const CodeLen = 8

// Code is the short secret that a person types, in its canonical form of 8 symbols. owner is the key
// of the row that the challenge lies in (account key or email key), cid its challenge, cn how many
// codes were spent on it before.
func (k *Key) Code(p Purpose, owner, cid [16]byte, cn int) string {
	sum := mac(k.code, []byte(p), owner[:], cid[:], []byte(strconv.Itoa(cn)))
	bits := uint64(sum[0])<<32 | uint64(binary.BigEndian.Uint32(sum[1:5]))
	var s [CodeLen]byte
	for i := range s {
		s[i] = alphabet[bits>>(5*(CodeLen-1-i))&31]
	}
	return string(s[:])
}

// FormatCode shows a code as people read it: ABCD-EFGH.
func FormatCode(code string) string { return code[:CodeLen/2] + "-" + code[CodeLen/2:] }

// ParseCode reads what a person typed: letters in either case or at full width, O as 0, I and L as 1,
// spaces and hyphens anywhere. false for what can be no code whatever the secret is.
func ParseCode(typed string) (string, bool) {
	if len(typed) > 4*CodeLen {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		r = narrow(r)
		if r == ' ' || r == '-' {
			continue
		}
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 'Z' || !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == CodeLen
}

// Number is the check number, four digits that only the asker's session shows.
func (k *Key) Number(account, cid [16]byte) string {
	sum := mac(k.number, account[:], cid[:])
	return fmt.Sprintf("%04d", binary.BigEndian.Uint64(sum)%10000) // bias below 2^-50
}

// ParseNumber reads a typed check number: four digits, spaces ignored. false for anything else.
func ParseNumber(typed string) (string, bool) {
	if len(typed) > 32 {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		r = narrow(r)
		if r == ' ' {
			continue
		}
		if r < '0' || r > '9' {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == 4
}

// narrow gives the ASCII form of what a Chinese or Japanese keyboard types at full width.
func narrow(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	}
	return r
}

package binding

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// An AccountKey names an account's row: a keyed hash of the platform's own account id.
type AccountKey [16]byte

// String is the form in which it leads a row: base64url without padding.
func (k AccountKey) String() string { return base64.RawURLEncoding.EncodeToString(k[:]) }

// A ChallengeID names one open request to prove control of an address (cid).
type ChallengeID [16]byte

// A SendID names one mail of a challenge (sid).
type SendID [16]byte

// random draws 16 bytes; crypto/rand never fails.
func random() (b [16]byte) {
	rand.Read(b[:])
	return b
}

// Names makes the keys of rows. The namespace is fixed when a stack is made and never changes: it
// stands for the set of accounts, so that an identity provider may be replaced without orphaning
// what is bound.
type Names struct {
	Data      *token.DataKey
	Namespace string
}

// Account is the key of the account whose JWT subject is sub.
func (n Names) Account(sub string) AccountKey {
	return AccountKey(n.Data.Index("account/1", n.Namespace, sub))
}

// Email is the key of an address: spellings that differ in case or in A- and U-label share it.
func (n Names) Email(a address.Address) address.EmailKey { return a.EmailKey(n.Data) }

// Inbox is the key of the mailbox behind an address, for budgets alone.
func (n Names) Inbox(a address.Address) address.InboxKey { return a.InboxKey(n.Data) }

// Ref is the account's reference that people compare between a mail, a page and the session: four
// symbols of Crockford's base32. It names no row and tells nobody the account.
func (k AccountKey) Ref() string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	sum := sha256.Sum256(k[:])
	bits := uint32(sum[0])<<12 | uint32(sum[1])<<4 | uint32(sum[2])>>4 // 20 bits
	return string([]byte{alphabet[bits>>15], alphabet[bits>>10&31], alphabet[bits>>5&31], alphabet[bits&31]})
}

// NewRequest names a call that came without a usable id.
func NewRequest() Request {
	b := random()
	return Request(base64.RawURLEncoding.EncodeToString(b[:]))
}

// NewSend names a mail that is to become due.
func NewSend() SendID { return random() }

// NewChallenge names a challenge that is to be opened.
func NewChallenge() ChallengeID { return random() }

package binding

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

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
func (k AccountKey) Ref() string { return ref(k[:], 4) }

// Ref is the reference of one mail that people tell support: eight symbols, behind the account's. The
// functions' logs name the mail by it, and the mail by nothing else.
func (s SendID) Ref() string { return ref(s[:], 8) }

// Mark tells the mails of one mailbox apart in its row: the first six symbols of Ref, for rows are paid by size.
func (s SendID) Mark() string { return ref(s[:], 6) }

// ref gives n symbols of the id's hash, at most 12.
func ref(id []byte, n int) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	sum := sha256.Sum256(id)
	bits := binary.BigEndian.Uint64(sum[:8])
	var s []byte
	for range n {
		s = append(s, alphabet[bits>>59])
		bits <<= 5
	}
	return string(s)
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

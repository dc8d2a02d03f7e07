package binding

import (
	"mailbind/shared/address"
	"mailbind/shared/token"
)

// A Tag rides sealed with every mail and comes back with what the provider reports of it, so that a
// report finds its row by our own word and never by the address that a remote server names.
type Tag struct {
	Kind     Kind
	Account  AccountKey // whose row the report is for: the asker's, also for the notice in its place
	EmailKey address.EmailKey
	Send     SendID
}

// Seal makes the tag's value, [A-Za-z0-9_-]{1,256}.
func (t Tag) Seal(d *token.DataKey) string {
	b := make([]byte, 0, 48+len(t.Kind))
	b = append(b, t.Account[:]...)
	b = append(b, t.EmailKey[:]...)
	b = append(b, t.Send[:]...)
	return d.SealTag(append(b, t.Kind...))
}

// OpenTag reads a tag's value; token.ErrInvalid for what is none of ours.
func OpenTag(d *token.DataKey, value string) (Tag, error) {
	b, err := d.OpenTag(value)
	if err != nil || len(b) <= 48 {
		return Tag{}, token.ErrInvalid
	}
	return Tag{Account: AccountKey(b[:16]), EmailKey: address.EmailKey(b[16:32]), Send: SendID(b[32:48]), Kind: Kind(b[48:])}, nil
}

package recovery

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// A Link is what the sealed token of a recovery mail's link says, and with it whoever knows the address.
type Link struct {
	Key       *token.Key
	Account   binding.AccountKey
	Challenge binding.ChallengeID
	Address   address.Address // as it was bound
	Expires   time.Time
}

// Seal makes the token.
func (l Link) Seal() string { return l.Key.Seal(token.Recover, l.claims()) }

func (l Link) claims() token.Claims {
	return token.Claims{Account: l.Account, Challenge: l.Challenge, Address: l.Address.String(), Expires: l.Expires}
}

// OpenLink reads a link's token and asks no table. Whatever is wrong with it, also its time, is the one
// refusal.
func OpenLink(ctx context.Context, keys binding.Keys, text string, now time.Time) (Link, error) {
	return open(ctx, keys, token.Recover, text, now)
}

func open(ctx context.Context, keys binding.Keys, p token.Purpose, text string, now time.Time) (Link, error) {
	key, claims, err := token.Open(ctx, keys, p, text, now)
	if errors.Is(err, token.ErrInvalid) || errors.Is(err, token.ErrExpired) {
		return Link{}, refused()
	}
	if err != nil {
		return Link{}, keyError(err)
	}
	addr, err := address.Parse(claims.Address)
	if err != nil || claims.Account == [16]byte{} || claims.Challenge == [16]byte{} {
		return Link{}, refused()
	}
	return Link{Key: key, Account: claims.Account, Challenge: claims.Challenge, Address: addr, Expires: claims.Expires}, nil
}

// openFor reads a link's token for somebody who also types the address that it was mailed to: who finds a
// link in a browser's history, or a scanner's log, does not get in with it alone. An address is no secret, and
// trying some costs nothing: it keeps out machines and passers-by, and nobody who knows whose link it is.
func (s *Service) openFor(ctx context.Context, text, email string, now time.Time) (Link, error) {
	addr, err := parse(email)
	if err != nil {
		return Link{}, err
	}
	l, err := OpenLink(ctx, s.Keys, text, now)
	if err != nil {
		return Link{}, err
	}
	typed, mailed := s.Names.Email(addr), s.Names.Email(l.Address)
	if !token.Equal(string(typed[:]), string(mailed[:])) {
		return Link{}, refused()
	}
	return l, nil
}

// A Grant lets its holder set one password, or the platform redeem it, until Expires.
type Grant struct {
	Text    string
	Address address.Address
	Expires time.Time
}

// grant seals one for whoever proved that they read the mailbox.
func grant(l Link, now time.Time) Grant {
	l.Expires = time.Unix(now.Unix(), 0).UTC().Add(GrantLife)
	return Grant{Text: l.Key.Seal(token.Grant, l.claims()), Address: l.Address, Expires: l.Expires}
}

// OpenGrant reads a grant and asks no table, as OpenLink reads a link.
func OpenGrant(ctx context.Context, keys binding.Keys, text string, now time.Time) (Link, error) {
	return open(ctx, keys, token.Grant, text, now)
}

// A Proof is what whoever sets a password shows: a grant, or a link's token and the address beside it.
type Proof struct {
	Grant string
	Token string
	Email string
}

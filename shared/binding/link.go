package binding

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/token"
)

// A Link is what the sealed token of a mail's link says.
type Link struct {
	Key       *token.Key // that it was sealed with
	Account   AccountKey
	Challenge ChallengeID
	Address   address.Address
	Label     string // the account's, whole
	Expires   time.Time
}

// Seal makes the token.
func (l Link) Seal() string {
	return l.Key.Seal(token.Verify, token.Claims{
		Account: l.Account, Challenge: l.Challenge, Address: l.Address.String(), Label: l.Label, Expires: l.Expires,
	})
}

// OpenLink reads a token and asks no table. One whose time is over comes back whole, with a refusal
// for ErrExpired; anything else that is not ours is refused with ErrInvalidToken.
func OpenLink(ctx context.Context, keys Keys, text string, now time.Time) (Link, error) {
	key, claims, err := token.Open(ctx, keys, token.Verify, text, now)
	expired := errors.Is(err, token.ErrExpired)
	if errors.Is(err, token.ErrInvalid) {
		return Link{}, &Refusal{Reason: ErrInvalidToken}
	}
	if err != nil && !expired {
		return Link{}, keyError(err)
	}
	addr, err := address.Parse(claims.Address)
	if err != nil || claims.Account == [16]byte{} {
		return Link{}, &Refusal{Reason: ErrInvalidToken}
	}
	l := Link{Key: key, Account: claims.Account, Challenge: claims.Challenge, Address: addr,
		Label: claims.Label, Expires: claims.Expires}
	if expired {
		return l, &Refusal{Reason: ErrExpired}
	}
	return l, nil
}

// OpenDenyLink is OpenLink for "not me": a link says so until DenyGrace past its end, because whoever
// never asked reads mail when it suits them.
func OpenDenyLink(ctx context.Context, keys Keys, text string, now time.Time) (Link, error) {
	l, err := OpenLink(ctx, keys, text, now)
	if errors.Is(err, ErrExpired) && now.Before(l.Expires.Add(DenyGrace)) {
		err = nil
	}
	return l, err
}

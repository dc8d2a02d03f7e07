package recovery

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/password"
	"mailbind/shared/token"
)

// A Service answers people who want to get back in: one method a request. Time comes with the request.
type Service struct {
	Store Store
	Names binding.Names
	Keys  binding.Keys

	// Policy and Hasher are used by SetPassword alone.
	Policy password.Policy
	Hasher Hasher
	// FirstPassword lets a recovery give a password to an account that has none.
	FirstPassword bool
	// Backoff waits between two attempts of a transaction that others keep busy; nil: a short random time.
	Backoff Backoff
}

// A Hasher makes and checks password hashes (password.Hasher).
type Hasher interface {
	Hash(normal string) string
	Verify(phc, normal string) (ok, stale bool, err error)
	Dummy(normal string)
}

// A CallerKey names the network that a request came from: a keyed hash.
type CallerKey [16]byte

// String is the form in which it names a row.
func (k CallerKey) String() string { return binding.AccountKey(k).String() }

// callerKey hashes an IPv4 address, or the /64 of an IPv6 one, which is what one household or phone has. A
// request whose network nobody told shares one key with all such.
func (s *Service) callerKey(from netip.Addr) CallerKey {
	var part string
	switch from = from.Unmap().WithZone(""); {
	case from.Is4():
		part = from.String()
	case from.Is6():
		prefix, _ := from.Prefix(64) // 64 bits are always to be had
		part = prefix.Addr().String()
	}
	return CallerKey(s.Names.Data.Index("caller/1", part))
}

// parse takes every address that was ever bound: grammar and canonical form, and none of the rules that
// are for binding alone.
func parse(email string) (address.Address, error) {
	addr, err := address.Parse(email)
	if err != nil {
		why, _ := errors.AsType[*address.Error](err)
		return addr, &binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: string(why.Reason)}
	}
	return addr, nil
}

// keyError tells what to answer when a token key is not at hand: come back, or an outage. An unknown key
// is for the caller to judge.
func keyError(err error) error {
	if hold, ok := errors.AsType[*token.HoldOffError](err); ok {
		return &binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: hold.RetryAfter}
	}
	return fmt.Errorf("recovery: token key: %w", err)
}

// outage names the step that failed; a busy table becomes the refusal that asks to come back.
func outage(step string, err error) error {
	if _, ok := errors.AsType[*binding.Conflict](err); ok {
		return &binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: 2 * time.Second}
	}
	return fmt.Errorf("recovery: %s: %w", step, err)
}

// unexplained is a false condition that no rule accounts for: an outage, never a verdict.
func unexplained(step string) error {
	return fmt.Errorf("recovery: %s: refused by a condition that the row does not explain", step)
}

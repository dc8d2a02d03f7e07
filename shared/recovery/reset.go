package recovery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/password"
)

// A Done tells what a new password came to.
type Done struct {
	Version int64 // of the credential: sessions of lower ones end
	Address address.Address
}

// SetPassword gives the account a new password. What costs little comes first: the proof and the password's
// rules need no table and no hash; then the presentation is counted, and only then hashed. So a forged,
// foreign or expired proof costs nothing, and one that is replayed for ever three hashes. A repeated
// success is told again. Round trips: 2.
func (s *Service) SetPassword(ctx context.Context, p Proof, typed string, req binding.Request, now time.Time) (Done, error) {
	l, err := s.openProof(ctx, p, now)
	if err != nil {
		return Done{}, err
	}
	normal, reasons := s.Policy.Check(typed, l.Address.String(), l.Address.Display())
	if len(reasons) > 0 {
		return Done{}, passwordRefused(reasons)
	}
	t := Try{EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge, Op: string(req) + "/present", Now: now}
	c, err := s.Store.Present(ctx, t)
	if r, ok := errors.AsType[*Refused](err); ok {
		if r.Old.PresentOp != t.Op {
			return Done{}, refused()
		}
		c = r.Old
	} else if err != nil {
		s.giveBackPresented(ctx, t)
		return Done{}, outage("present", err)
	}
	if c.Owner != l.Account { // the address is another account's by now, or nobody's
		return Done{}, refused()
	}
	if !c.UsedAt.IsZero() {
		return s.repeated(ctx, l, normal)
	}
	done, err := s.change(ctx, l, normal, req, now)
	if _, told := errors.AsType[*binding.Refusal](err); err != nil && (!told || errors.Is(err, binding.ErrUnavailable)) {
		s.giveBackPresented(ctx, t)
	}
	return done, err
}

func (s *Service) openProof(ctx context.Context, p Proof, now time.Time) (Link, error) {
	if p.Grant != "" {
		return OpenGrant(ctx, s.Keys, p.Grant, now)
	}
	return s.openFor(ctx, p.Token, p.Email, now)
}

func passwordRefused(reasons []password.Reason) error {
	r := &binding.Refusal{Reason: ErrPassword}
	for _, one := range reasons {
		r.Reasons = append(r.Reasons, string(one))
	}
	return r
}

// repeated answers for a challenge that is used: success to whoever sets the password that it brought.
func (s *Service) repeated(ctx context.Context, l Link, normal string) (Done, error) {
	old, err := s.Store.Credential(ctx, l.Account)
	if err != nil {
		return Done{}, outage("credential", err)
	}
	if old.Challenge != l.Challenge {
		return Done{}, refused()
	}
	ok, _, err := s.Hasher.Verify(old.Hash, normal)
	if err != nil {
		return Done{}, fmt.Errorf("recovery: credential: %w", err)
	}
	if !ok {
		return Done{}, refused()
	}
	return Done{Version: old.Version, Address: l.Address}, nil
}

// change hashes the password once and runs the transaction until it is done or refused. A version that is
// not higher than the one there, because a clock is behind, is tried once more as the one after it.
func (s *Service) change(ctx context.Context, l Link, normal string, req binding.Request, now time.Time) (Done, error) {
	c := Change{
		EmailKey: s.Names.Email(l.Address), Challenge: l.Challenge, Account: l.Account, Hash: s.Hasher.Hash(normal),
		Version: now.UnixMilli(), First: s.FirstPassword, Send: binding.NewSend(),
		Finished: Finished.fact(string(req)), Request: string(req), Now: now,
	}
	for range 2 {
		c.Changed = changed(string(req), c.Version)
		err := s.Backoff.patiently(ctx, func() error { return s.Store.Change(ctx, c) })
		if err == nil {
			return Done{Version: c.Version, Address: l.Address}, nil
		}
		r, ok := errors.AsType[*ChangeRefused](err)
		if !ok {
			return Done{}, outage("change", err)
		}
		again, err := c.explain(r)
		switch {
		case err != nil:
			return Done{}, err
		case !again && r.Credential.Challenge == c.Challenge && r.Credential.Hash == c.Hash: // done by us, the answer lost
			return Done{Version: r.Credential.Version, Address: l.Address}, nil
		case !again: // somebody else was faster with this challenge, perhaps the same person twice
			return s.repeated(ctx, l, normal)
		}
		// Other parameters are another request to DynamoDB.
		c.Version, c.Request = r.Credential.Version+1, string(binding.NewRequest())
	}
	return Done{}, &binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: time.Second}
}

// explain finds why the transaction was refused. It must be right even if only one of several reasons is
// told. again: a higher version may do. Neither: the challenge is used.
func (c Change) explain(r *ChangeRefused) (again bool, err error) {
	switch {
	case r.ChallengeFalse && !r.Challenge.UsedAt.IsZero() && r.Challenge.Takes(c.Challenge, c.Now):
		return false, nil
	case r.ChallengeFalse, r.AccountFalse: // over, released, held or in doubt
		return false, refused()
	case r.CredentialFalse && r.Credential.Hash == "" && !c.First:
		return false, &binding.Refusal{Reason: ErrPassword, Reasons: []string{NoPassword}}
	case r.CredentialFalse && r.Credential.Version >= c.Version:
		return true, nil
	}
	return false, unexplained("change")
}

// A Backoff waits before a busy transaction is tried again, or ends with the context.
type Backoff func(ctx context.Context, attempt int)

// busyAttempts and busyFor bound how long a transaction is tried that strangers' requests keep busy: the
// presentation is counted and the hash made, and both would be lost.
const (
	busyAttempts = 5
	busyFor      = 2 * time.Second
)

// patiently calls until the table is not busy, at most busyAttempts times within busyFor or so: the k-th
// pause is up to k times 150 ms.
func (p Backoff) patiently(ctx context.Context, call func() error) error {
	if p == nil {
		p = func(ctx context.Context, attempt int) {
			wait := time.NewTimer(busyFor/40 + rand.N(time.Duration(attempt)*busyFor/20))
			defer wait.Stop()
			select {
			case <-wait.C:
			case <-ctx.Done():
			}
		}
	}
	err := call()
	for attempt := 1; attempt < busyAttempts && ctx.Err() == nil; attempt++ {
		if _, busy := errors.AsType[*binding.Conflict](err); !busy {
			return err
		}
		p(ctx, attempt)
		err = call()
	}
	return err
}

// giveBackPresented undoes a count after an outage that was ours; see giveBackGuess.
func (s *Service) giveBackPresented(ctx context.Context, t Try) {
	_ = s.Store.GiveBackPresented(context.WithoutCancel(ctx), t)
}

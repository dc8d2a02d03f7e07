package recovery

import (
	"context"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/password"
)

// A Platform answers the platform itself, which names accounts by its own ids and is trusted with them: it
// asks whether a password is right, sets one, pauses recovery, redeems grants.
type Platform struct {
	Store   PlatformStore
	Names   binding.Names
	Keys    binding.Keys
	Policy  password.Policy
	Hasher  Hasher
	Backoff Backoff
}

// PlatformStore is all that the platform's calls need.
type PlatformStore interface {
	Passwords
	Grants
}

// ErrNotBound says that the account has no address, and so no recovery to pause.
const ErrNotBound binding.Reason = "not-bound"

// account names the row of one of the platform's accounts: a subject as in its tokens, 1 to 255 bytes.
func (p *Platform) account(sub string) (binding.AccountKey, error) {
	if len(sub) < 1 || len(sub) > 255 {
		return binding.AccountKey{}, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "account"}
	}
	return p.Names.Account(sub), nil
}

// Hold pauses recovery of an account until then, at most HoldLimit from now: its fraud team doubts who reads
// the mailbox. What was mailed before ends for good, and does not come back with Release, for who made them doubt
// may have it. Holding again moves the end. It gives the credential's version. Round trips: 3.
func (p *Platform) Hold(ctx context.Context, sub string, until, now time.Time) (int64, error) {
	if until.Unix() <= now.Unix() || until.After(now.Add(HoldLimit)) {
		return 0, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "until"}
	}
	return p.hold(ctx, sub, until, now)
}

// Release ends a pause; that there is none is success. Round trips: 3.
func (p *Platform) Release(ctx context.Context, sub string, now time.Time) (int64, error) {
	return p.hold(ctx, sub, time.Time{}, now)
}

func (p *Platform) hold(ctx context.Context, sub string, until, now time.Time) (int64, error) {
	account, err := p.account(sub)
	if err != nil {
		return 0, err
	}
	ek, bound, err := p.Store.Hold(ctx, account, until)
	if err != nil {
		return 0, outage("hold", err)
	}
	if !bound {
		return 0, &binding.Refusal{Reason: ErrNotBound}
	}
	if err := p.Store.Void(ctx, ek, now); err != nil {
		return 0, outage("void", err)
	}
	c, err := p.Store.Credential(ctx, account)
	if err != nil {
		return 0, outage("credential", err)
	}
	return c.Version, nil
}

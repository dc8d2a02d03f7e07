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
// may have it. Holding again moves the end and no more. It gives the credential's version. Round trips: 4; 3 for
// who holds again.
func (p *Platform) Hold(ctx context.Context, sub string, until, now time.Time) (int64, error) {
	if until.Unix() <= now.Unix() || until.After(now.Add(HoldLimit)) {
		return 0, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "until"}
	}
	account, row, err := p.pausable(ctx, sub, now)
	if err != nil {
		return 0, err
	}
	// First, so that a call that is repeated after an outage finds no pause that left something alive.
	if !row.Hold.After(now) {
		if err := p.Store.Void(ctx, row.EmailKey, now); err != nil {
			return 0, outage("void", err)
		}
	}
	return p.hold(ctx, account, until)
}

// Release ends a pause, and lets the bell be heard at once: the mails of a pause hold no way in. That there is no
// pause is success, and changes nothing. Round trips: 4; 2 when there is none.
func (p *Platform) Release(ctx context.Context, sub string, now time.Time) (int64, error) {
	account, row, err := p.pausable(ctx, sub, now)
	if err != nil {
		return 0, err
	}
	if row.Hold.IsZero() {
		return p.version(ctx, account)
	}
	version, err := p.hold(ctx, account, time.Time{})
	if err != nil {
		return 0, err
	}
	if err := p.Store.Void(ctx, row.EmailKey, now); err != nil {
		_, _ = p.hold(context.WithoutCancel(ctx), account, row.Hold) // for the call that repeats this one
		return 0, outage("void", err)
	}
	return version, nil
}

// pausable reads the row of a bound account.
func (p *Platform) pausable(ctx context.Context, sub string, now time.Time) (binding.AccountKey, binding.Claim, error) {
	account, err := p.account(sub)
	if err != nil {
		return account, binding.Claim{}, err
	}
	row, err := p.Store.Claim(ctx, account, now)
	if err != nil {
		return account, row, outage("claim", err)
	}
	if row.State != binding.Bound {
		return account, row, &binding.Refusal{Reason: ErrNotBound}
	}
	return account, row, nil
}

func (p *Platform) hold(ctx context.Context, account binding.AccountKey, until time.Time) (int64, error) {
	bound, err := p.Store.Hold(ctx, account, until)
	if err != nil {
		return 0, outage("hold", err)
	}
	if !bound {
		return 0, &binding.Refusal{Reason: ErrNotBound}
	}
	return p.version(ctx, account)
}

func (p *Platform) version(ctx context.Context, account binding.AccountKey) (int64, error) {
	c, err := p.Store.Credential(ctx, account)
	if err != nil {
		return 0, outage("credential", err)
	}
	return c.Version, nil
}

package recovery

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/binding"
)

// ErrVersionChanged says that the credential is not of the version that the platform named.
const ErrVersionChanged binding.Reason = "version-changed"

// Set gives an account a password that its user chose in a session of the platform's, and gives the new
// version. ifVersion is the version that the platform saw: set only if it is still that; 0: only if there is
// no password yet; nil: whatever there is. A bound account's owner is told by mail and the platform by an
// event, in the same write, which also ends every code, link and grant that recovery has out: they may be a
// thief's. An account that is not bound has nobody to write to; one that is bound while this runs is not told.
// A repeated call with ifVersion is success if the password is the one. Round trips: 2.
func (p *Platform) Set(ctx context.Context, sub, typed string, ifVersion *int64, req binding.Request, now time.Time) (int64, error) {
	account, err := p.account(sub)
	if err != nil {
		return 0, err
	}
	owner, err := p.Store.Claim(ctx, account, now)
	if err != nil {
		return 0, outage("account", err)
	}
	words := []string{sub}
	if owner.State == binding.Bound {
		words = append(words, owner.Who.Label, owner.Address.String(), owner.Address.Display())
	}
	normal, reasons := p.Policy.Check(typed, words...)
	if len(reasons) > 0 {
		return 0, passwordRefused(reasons)
	}
	w := Put{Account: account, Hash: p.Hasher.Hash(normal), Version: now.UnixMilli(), If: ifVersion, Bound: owner.State == binding.Bound, EmailKey: owner.EmailKey,
		Send: binding.NewSend(), Request: string(req), Now: now}
	for range 3 { // a clock behind, and an account that is no longer bound, each ask for one more
		w.Changed = changed(string(req), w.Version)
		err := p.Backoff.patiently(ctx, func() error { return p.Store.Put(ctx, w) })
		if err == nil {
			return w.Version, nil
		}
		r, ok := errors.AsType[*ChangeRefused](err)
		if !ok {
			return 0, outage("put", err)
		}
		switch old := r.Credential; {
		case r.CredentialFalse && old.Hash == w.Hash: // done by us, the answer lost
			return old.Version, nil
		case r.CredentialFalse && ifVersion != nil && old.Version != *ifVersion:
			return p.already(old, normal, now)
		case r.CredentialFalse && old.Version >= w.Version:
			w.Version = old.Version + 1
		case r.AccountFalse:
			w.Bound = false
		default:
			return 0, unexplained("put")
		}
		w.Request = string(binding.NewRequest()) // other parameters are another request to DynamoDB
	}
	return 0, &binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: time.Second}
}

// repeatFor is how long a call is taken for the repetition of one whose answer was lost.
const repeatFor = time.Minute

// already answers for a credential of another version than was named: success if it was changed to this very
// password just now, for then an earlier call did it. Later nothing is compared: guesses are for Check, which
// takes a try for each.
func (p *Platform) already(c Credential, normal string, now time.Time) (int64, error) {
	if c.Hash != "" && c.ChangedAt.After(now.Add(-repeatFor)) {
		if ok, _, err := p.Hasher.Verify(c.Hash, normal); err == nil && ok {
			return c.Version, nil
		}
	}
	return 0, &binding.Refusal{Reason: ErrVersionChanged}
}

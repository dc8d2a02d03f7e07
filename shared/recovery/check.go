package recovery

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/password"
)

// How many wrong passwords pass. Both meters hold their tries from the start and gain one after each Every,
// so that whoever is told to wait waits minutes, and 10 or 50 an hour is what comes in the long run (NIST SP
// 800-63B-4 section 3.2.2 asks for a limit).
const (
	clientBurst  = 10
	clientEvery  = 6 * time.Minute
	accountBurst = 50
	accountEvery = 72 * time.Second
	// freshBurst is what clients that are not known share instead for freshFor after a recovery: its owner is
	// about to sign in at a device that may be new, while strangers go on guessing.
	freshBurst = 100
	freshFor   = 15 * time.Minute
)

// KnownClients is how many clients an account is remembered to be used from.
const KnownClients = 8

// MeterLife keeps a meter until it is full again.
const MeterLife = 2 * time.Hour

// A Checked tells whether a password is right.
type Checked struct {
	OK      bool
	Version int64         // of the credential; 0: the account has none. Sessions of lower versions end
	Wait    time.Duration // not 0: nothing was compared, ask again after it
}

// Check compares a password with the account's. A try is taken before the comparison and given back to who
// was right, so that a hundred guesses at once are not all compared.
//
// client is the platform's opaque word for where the try comes from, such as a cookie of the device: each
// has a meter of its own. Clients on which no password was right so far share one more, the account's. So
// strangers, however many networks they have, spend the strangers' meter, and the owner goes on from a
// device that is known. A changed password starts both anew (its version is in the meter's name), after a
// recovery with twice as many for a quarter of an hour, so that its owner gets in at a new device too. An account
// without a password costs the same work.
//
// Round trips: wrong 2, right 3; from a client that is not known wrong 3, right 6. A meter that is running, for
// something was wrong moments ago, costs one more; a new client that has spent its own tries 5.
func (p *Platform) Check(ctx context.Context, sub, typed, client string, now time.Time) (Checked, error) {
	account, err := p.account(sub)
	if err != nil {
		return Checked{}, err
	}
	if len(client) > 255 {
		return Checked{}, &binding.Refusal{Reason: binding.ErrMalformed, Detail: "client"}
	}
	c, err := p.Store.Credential(ctx, account)
	if err != nil {
		return Checked{}, outage("credential", err)
	}
	out := Checked{Version: c.Version}
	from := p.Names.Data.Index("client/1", string(account[:]), client)
	known := client != "" && slices.Contains(c.Clients, from)
	meters := metersOf(account, c, client != "", known, from, now)
	for i, m := range meters {
		wait, err := p.Store.Spend(ctx, m.Meter, now)
		if err != nil || wait > 0 {
			p.refill(ctx, meters[:i], false, now)
			if err != nil {
				err = outage("spend", err)
			}
			out.Wait = wait
			return out, err
		}
	}
	ok, stale, err := p.verify(c, typed)
	if err != nil {
		p.refill(ctx, meters, false, now)
		return Checked{}, fmt.Errorf("recovery: credential: %w", err)
	}
	if !ok {
		return out, nil
	}
	out.OK = true
	p.refill(ctx, meters, true, now)
	p.learn(ctx, account, c, typed, from, stale, client != "" && !known)
	return out, nil
}

// metersOf are those that a try is taken from: that of all who are not known, and the client's own. The shared
// one comes first, so that a crowd of strangers that has emptied it costs one write a try and leaves no rows.
func metersOf(k binding.AccountKey, c Credential, named, known bool, from [16]byte, now time.Time) []metered {
	name := k.String() + "#" + strconv.FormatInt(c.Version, 10)
	var out []metered
	switch {
	case known:
	case c.Challenge != (binding.ChallengeID{}) && c.ChangedAt.After(now.Add(-freshFor)):
		out = append(out, metered{Meter{Name: name + "#fresh", Burst: freshBurst, Every: accountEvery}, false})
	default:
		out = append(out, metered{Meter{Name: name, Burst: accountBurst, Every: accountEvery}, false})
	}
	if named {
		out = append(out, metered{Meter{Name: name + "#" + base64.RawURLEncoding.EncodeToString(from[:]), Burst: clientBurst, Every: clientEvery}, true})
	}
	return out
}

// metered is a meter that a try is taken from, and whether it is the client's own.
type metered struct {
	Meter
	own bool
}

// refill gives back what a try took, and to a client who was right all that was taken of its own meter. That it
// fails costs a try and no more.
func (p *Platform) refill(ctx context.Context, meters []metered, right bool, now time.Time) {
	for _, m := range meters {
		_ = p.Store.Refill(context.WithoutCancel(ctx), m.Meter, right && m.own, now)
	}
}

// verify compares, or does the same work where there is nothing to compare with.
func (p *Platform) verify(c Credential, typed string) (ok, stale bool, err error) {
	normal, can := password.Normal(typed)
	if c.Hash == "" || !can {
		p.Hasher.Dummy(normal)
		return false, false, nil
	}
	return p.Hasher.Verify(c.Hash, normal)
}

// learn keeps what a right password teaches: that the client is known, and a hash by today's parameters where
// the old one is by others. That it fails is no failure of the check.
func (p *Platform) learn(ctx context.Context, k binding.AccountKey, c Credential, typed string, from [16]byte, stale, newcomer bool) {
	if !stale && !newcomer {
		return
	}
	t := Touch{Account: k, Version: c.Version, OldHash: c.Hash, Hash: c.Hash, Clients: c.Clients}
	if stale {
		normal, _ := password.Normal(typed)
		t.Hash = p.Hasher.Hash(normal)
	}
	if newcomer {
		t.Clients = append([][16]byte{from}, c.Clients[:min(len(c.Clients), KnownClients-1)]...)
	}
	_, _ = p.Store.Touch(context.WithoutCancel(ctx), t)
}

package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// meteredRescue is metered, for recovery.
func meteredRescue(t *testing.T) (r *rescue, costs func(what string, trips int, want error, call func() error)) {
	var n *counting
	r = newRescue(t, client(t), func(a store.API) store.API {
		n = &counting{API: a}
		return n
	})
	return r, func(what string, trips int, want error, call func() error) {
		t.Helper()
		n.calls = 0
		if err := call(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if n.calls != trips {
			t.Errorf("%s took %d round trips, want %d", what, n.calls, trips)
		}
	}
}

func TestRecoveringTakesTwoRoundTripsAStep(t *testing.T) {
	r, costs := meteredRescue(t)
	ctx := t.Context()
	r.bound("li", "li@example.com")
	held := r.bound("held", "held@example.com")
	if ok, err := r.store.Hold(ctx, held.Account, r.now.Add(time.Hour)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	r.asked("pending", "pending@example.com")
	ask := func(email string) func() error { return func() error { return r.ask(email) } }
	mail := func(email string, want binding.Outcome) func() error {
		return func() error {
			out, err := r.mail(email)
			if out != want {
				t.Errorf("mail to %s: %s, want %s", email, out, want)
			}
			return err
		}
	}
	for email, c := range map[string]struct {
		trips int
		out   binding.Outcome
	}{
		"li@example.com": {4, binding.OutcomeSent}, "held@example.com": {4, binding.OutcomeSent},
		"pending@example.com": {3, recovery.OutcomeNobody}, "nobody@example.com": {3, recovery.OutcomeNobody},
	} {
		start := r.now
		costs("ask for "+email, 2, nil, ask(email))
		costs("ask again for "+email, 2, nil, ask(email))
		costs("mail to "+email, c.trips, nil, mail(email, c.out))
		costs("what is done for "+email, 1, nil, mail(email, binding.OutcomeSkipped))
		costs("ask too early for "+email, 2, nil, ask(email))
		r.now = r.now.Add(time.Minute)
		costs("ask once more for "+email, 2, nil, ask(email))
		costs("mail once more to "+email, c.trips, nil, mail(email, c.out))
		r.now = start
	}
	costs("what is no address", 0, binding.ErrInvalidAddress, ask("nobody"))
	for range recovery.CallerPerMinute {
		if err := r.ask("flood@example.com"); err != nil {
			if !errors.Is(err, recovery.ErrCallerLimit) {
				t.Fatal(err)
			}
			break
		}
	}
	costs("ask too often", 1, recovery.ErrCallerLimit, ask("flood@example.com"))
	r.auditRows()
}

func TestSettingAPasswordTakesTwoRoundTripsAndForgeriesNone(t *testing.T) {
	r, costs := meteredRescue(t)
	ctx := t.Context()
	r.bound("li", "li@example.com")
	r.now = r.now.Add(time.Minute)
	l := r.letter("li@example.com")
	var grant recovery.Grant
	code := func(typed string) func() error {
		return func() (err error) {
			grant, err = r.service.ProveCode(ctx, "li@example.com", typed, binding.NewRequest(), r.now)
			return err
		}
	}
	set := func(p recovery.Proof, typed string) func() error {
		return func() error {
			_, err := r.service.SetPassword(ctx, p, typed, binding.NewRequest(), r.now)
			return err
		}
	}
	byLink := recovery.Proof{Token: l.Token, Email: "li@example.com"}
	costs("what can be no code", 0, binding.ErrMalformed, code("?"))
	costs("a wrong code", 1, recovery.ErrRefused, code("0000-0000"))
	costs("the right code", 1, nil, code(l.Code))
	byGrant := recovery.Proof{Grant: grant.Text}
	costs("the link", 0, nil, func() error { _, err := r.service.ProveLink(ctx, l.Token, "li@example.com", r.now); return err })
	costs("a link with another address", 0, recovery.ErrRefused, set(recovery.Proof{Token: l.Token, Email: "xu@example.com"}, newPassword))
	costs("a link as a grant", 0, recovery.ErrRefused, set(recovery.Proof{Grant: l.Token}, newPassword))
	costs("a grant as a link", 0, recovery.ErrRefused, set(recovery.Proof{Token: grant.Text, Email: "li@example.com"}, newPassword))
	costs("a forged grant", 0, recovery.ErrRefused, set(recovery.Proof{Grant: grant.Text[:len(grant.Text)-2]}, newPassword))
	costs("a bad password", 0, recovery.ErrPassword, set(byGrant, "short"))
	costs("set", 2, nil, set(byGrant, newPassword))
	costs("set again", 2, nil, set(byGrant, newPassword))
	costs("set another by the link", 2, recovery.ErrRefused, set(byLink, "another phrase of a stranger"))
	for range 3 {
		costs("set once too often", 1, recovery.ErrRefused, set(byLink, newPassword))
	}
	if r.hasher.hashed != 2 { // the old one, and the new one once
		t.Errorf("%d hashes were made", r.hasher.hashed)
	}
	r.now = r.now.Add(recovery.GrantLife)
	costs("a grant that is over", 0, recovery.ErrRefused, set(byGrant, newPassword))
	if c := r.credential("li"); c.Version != r.now.Add(-recovery.GrantLife).UnixMilli() {
		t.Errorf("the credential is %+v", c)
	}
	r.auditRows()
}

func TestThePlatformsCallsTakeFewRoundTrips(t *testing.T) {
	r, costs := meteredRescue(t)
	ctx := t.Context()
	owner := r.bound("li", "li@example.com")
	check := func(sub, typed, client string, ok bool) func() error {
		return func() error {
			out, err := r.platform.Check(ctx, sub, typed, client, r.now)
			if err == nil && out.OK != ok {
				t.Errorf("check %q from %q: %+v", typed, client, out)
			}
			return err
		}
	}
	costs("right, a new client", 6, nil, check("li", oldPassword, "phone", true))
	costs("right, a known client", 3, nil, check("li", oldPassword, "phone", true))
	costs("wrong, a known client", 2, nil, check("li", newPassword, "phone", false))
	costs("wrong again, its meter runs", 3, nil, check("li", newPassword, "phone", false))
	costs("wrong, a new client", 3, nil, check("li", newPassword, "laptop", false))
	costs("wrong again, both meters run", 5, nil, check("li", newPassword, "laptop", false))
	for range 8 {
		if _, err := r.platform.Check(ctx, "li", newPassword, "laptop", r.now); err != nil {
			t.Fatal(err)
		}
	}
	costs("wrong once too often, the strangers' meter runs and gets its try back", 5, nil, func() error {
		out, err := r.platform.Check(ctx, "li", oldPassword, "laptop", r.now)
		if out.OK || out.Wait != 6*time.Minute {
			t.Errorf("%+v", out)
		}
		return err
	})
	costs("right, from the phone, whose meter runs", 4, nil, check("li", oldPassword, "phone", true))
	set := func(sub string, version *int64) func() error {
		return func() error {
			_, err := r.platform.Set(ctx, sub, newPassword, version, binding.NewRequest(), r.now)
			return err
		}
	}
	zero := int64(0)
	costs("set", 2, nil, set("li", nil))
	costs("set, a version that is no more", 2, nil, set("li", &zero)) // the very password: done by an earlier call
	costs("set for who is not bound", 2, nil, set("new", &zero))
	hold := func() error { _, err := r.platform.Hold(ctx, "li", r.now.Add(time.Hour), r.now); return err }
	release := func() error { _, err := r.platform.Release(ctx, "li", r.now); return err }
	costs("hold", 4, nil, hold)
	costs("hold again", 3, nil, hold)
	costs("release", 4, nil, release)
	costs("release what is not held", 2, nil, release)
	costs("hold who is not bound", 1, recovery.ErrNotBound, func() error { _, err := r.platform.Release(ctx, "new", r.now); return err })
	l := r.letter("li@example.com")
	grant, err := r.service.ProveLink(ctx, l.Token, "li@example.com", r.now)
	if err != nil {
		t.Fatal(err)
	}
	redeem := func(key string) func() error {
		return func() error {
			out, err := r.platform.Redeem(ctx, grant.Text, key, binding.NewRequest(), r.now)
			if err == nil && out.Ref != owner.Account.Ref() {
				t.Errorf("redeemed for %+v", out)
			}
			return err
		}
	}
	costs("redeem", 2, nil, redeem("order-1"))
	costs("redeem again", 2, nil, redeem("order-1"))
	costs("redeem by another key", 2, recovery.ErrRefused, redeem("order-2"))
	r.auditRows()
}

// TestACrowdOfStrangersIsRefusedByOneWrite: once they have emptied the meter that they share, each is refused by it
// alone, whatever name it gives itself, and leaves no row; who is known goes on.
func TestACrowdOfStrangersIsRefusedByOneWrite(t *testing.T) {
	r, costs := meteredRescue(t)
	r.bound("li", "li@example.com")
	r.now = r.now.Add(time.Hour) // strangers share more tries while the password is fresh
	check := func(typed, client string, ok bool, wait time.Duration) func() error {
		return func() error {
			out, err := r.platform.Check(t.Context(), "li", typed, client, r.now)
			if err == nil && (out.OK != ok || out.Wait != wait) {
				t.Errorf("check from %q: %+v, want %v, %v", client, out, ok, wait)
			}
			return err
		}
	}
	costs("right, a new client", 6, nil, check(oldPassword, "phone", true, 0))
	for i := range 50 {
		costs("", []int{3, 4}[min(i, 1)], nil, check(newPassword, fmt.Sprint("stranger ", i), false, 0))
	}
	before := r.scan(r.tables.Limits)
	for _, client := range []string{"stranger 0", "stranger 50", "stranger 51", ""} {
		costs("a stranger too many", 2, nil, check(oldPassword, client, false, 72*time.Second))
	}
	if after := r.scan(r.tables.Limits); !reflect.DeepEqual(after, before) {
		t.Errorf("those who were refused wrote: %d rows of limits are %d, or others", len(before), len(after))
	}
	costs("right, a known client", 3, nil, check(oldPassword, "phone", true, 0))
	costs("wrong, a known client", 2, nil, check(newPassword, "phone", false, 0))
	r.auditRows()
}

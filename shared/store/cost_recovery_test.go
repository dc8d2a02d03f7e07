package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// recoveryCost is one call's write units, and the sizes that its rows have after it.
type recoveryCost struct {
	call                       string
	units                      float64
	account, asked, credential int // bytes
}

// recoverAll takes a person from a forgotten password to a new one, by code and by the platform's grant, and
// measures each call.
func recoverAll(t testing.TB, p person) (costs []recoveryCost, r *rescue) {
	var m *metering
	r = newRescue(t, client(t), func(a store.API) store.API {
		m = &metering{API: a}
		return m
	})
	ctx, who := context.Background(), binding.Session{Who: p.who}
	sub := p.who.Subject
	k, ek := r.names.Account(sub).String(), r.emailKey(p.email).String()
	step := func(call string, do func() error) {
		t.Helper()
		m.units = 0
		if err := do(); err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		costs = append(costs, recoveryCost{call, m.units, size(r.scan(r.tables.Accounts)[k]), size(r.scan(r.tables.Recoveries)[ek]), size(r.scan(r.tables.Credentials)[k])})
	}
	set := func() error {
		_, err := r.platform.Set(ctx, sub, oldPassword, nil, binding.NewRequest(), r.now)
		return err
	}
	check := func(typed, client string) error {
		_, err := r.platform.Check(ctx, sub, typed, client, r.now)
		return err
	}
	mail := func() error { _, err := r.mail(p.email); return err }
	step("set, not bound", set)
	if _, err := r.svc.Bind(ctx, who, p.email, true, r.now); err != nil {
		t.Fatal(err)
	}
	if _, err := r.svc.VerifyToken(ctx, who, r.link(r.claim(sub)), binding.NewRequest(), r.now); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(time.Minute)
	step("set, bound", set)
	step("check, right, new client", func() error { return check(oldPassword, "phone") })
	step("check, right", func() error { return check(oldPassword, "phone") })
	step("check, wrong", func() error { return check(newPassword, "phone") })
	step("hold", func() error { _, err := r.platform.Hold(ctx, sub, r.now.Add(time.Second), r.now); return err })
	r.now = r.now.Add(time.Minute)
	step("ask", func() error { return r.ask(p.email) })
	step("mail", mail)
	l := r.last()
	step("wrong code", func() error {
		_, err := r.service.ProveCode(ctx, p.email, "0000-0000", binding.NewRequest(), r.now)
		return wants(err, recovery.ErrRefused)
	})
	step("right code", func() error {
		_, err := r.service.ProveCode(ctx, p.email, l.Code, binding.NewRequest(), r.now)
		return err
	})
	r.now = r.now.Add(time.Minute)
	step("ask again", func() error { return r.ask(p.email) })
	step("mail again", mail)
	step("set by the link", func() error { _, err := r.set(l, newPassword); return err })
	r.now = r.now.Add(time.Hour)
	step("ask once more", func() error { return r.ask(p.email) })
	step("mail once more", mail)
	step("redeem", func() error {
		grant, err := r.service.ProveLink(ctx, r.last().Token, p.email, r.now)
		if err == nil {
			_, err = r.platform.Redeem(ctx, grant.Text, "order-1", binding.NewRequest(), r.now)
		}
		return err
	})
	return costs, r
}

// TestRecoveringCostsOneUnitAWrite: the rows of recovery stay within 1 KB whatever the names, as they hold none;
// the account's row passes it by the worst names, and costs two units where it is written.
func TestRecoveringCostsOneUnitAWrite(t *testing.T) {
	want := map[string]struct{ units, ofAccount float64 }{ // the second is the account's part of the first
		"set, not bound": {2, 0}, "set, bound": {6, 2}, "check, right, new client": {5, 0}, "check, right": {2, 0}, "check, wrong": {1, 0}, "hold": {2, 1},
		"ask": {2, 0}, "mail": {2, 0}, "wrong code": {1, 0}, "right code": {1, 0}, "ask again": {2, 0}, "mail again": {2, 0},
		"set by the link": {7, 2}, "ask once more": {2, 0}, "mail once more": {2, 0}, "redeem": {1, 0},
	}
	for _, p := range people() {
		costs, r := recoverAll(t, p)
		if len(costs) != len(want) {
			t.Errorf("%d calls were measured, want %d", len(costs), len(want))
		}
		for _, c := range costs {
			t.Logf("%-8s %-25s %2.0f units, rows of %4d, %3d and %3d bytes", p.name, c.call, c.units, c.account, c.asked, c.credential)
			units, limit := want[c.call].units, 1024
			if p.name == "worst" {
				units, limit = units+want[c.call].ofAccount, 2048
			}
			if c.account > limit || c.asked > 512 || c.credential > 512 || c.units != units {
				t.Errorf("%s: %s cost %.0f units, want %.0f; the rows are %d, %d and %d bytes", p.name, c.call, c.units, units, c.account, c.asked, c.credential)
			}
		}
		for _, row := range r.scan(r.tables.Limits) {
			if size(row) > 256 {
				t.Errorf("%s: a row of limits is %d bytes", p.name, size(row))
			}
		}
	}
}

// TestAStrangerTooManyCostsOneUnit: the meter that strangers share refuses before any row of the stranger's own is
// made, so that a crowd pays for itself no more than a write each.
func TestAStrangerTooManyCostsOneUnit(t *testing.T) {
	var m *metering
	r := newRescue(t, client(t), func(a store.API) store.API {
		m = &metering{API: a}
		return m
	})
	r.bound("li", "li@example.com")
	r.now = r.now.Add(time.Hour) // strangers share more tries while the password is fresh
	for i := range 60 {
		m.units, m.writes = 0, 0
		out, err := r.platform.Check(t.Context(), "li", newPassword, fmt.Sprint("stranger ", i), r.now)
		if err != nil || out.OK {
			t.Fatalf("%+v, %v", out, err)
		}
		want, refused := 2.0, 1 // its own meter's write and the shared one's, which runs and refuses the form of one that is full
		switch {
		case i == 0:
			refused = 0
		case i >= 50:
			want = 0
		}
		if (out.Wait > 0) != (i >= 50) || m.units != want || m.writes-int(m.units) != refused {
			t.Errorf("stranger %d: %+v for %.0f units in %d writes, want %.0f and %d refused", i, out, m.units, m.writes, want, refused)
		}
	}
	if n := len(r.scan(r.tables.Limits)); n != 51 {
		t.Errorf("%d rows of limits, want one of each who was let try, and the one they share", n)
	}
}

// BenchmarkRecovery reports what one person's recovery costs on DynamoDB Local, as BenchmarkPerson does.
func BenchmarkRecovery(b *testing.B) {
	var costs []recoveryCost
	for b.Loop() {
		costs, _ = recoverAll(b, people()[0])
	}
	for _, c := range costs {
		b.ReportMetric(c.units, strings.NewReplacer(",", "", " ", "-").Replace(c.call)+"-WRU")
	}
}

package recovery_test

import (
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func TestCheckComparesAndTellsTheVersion(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	version := w.credential("li").Version
	w.same("right", w.check("li", oldPassword, "phone"), recovery.Checked{OK: true, Version: version})
	w.same("wrong", w.check("li", newPassword, "phone"), recovery.Checked{Version: version})
	w.same("no password of any kind", w.check("li", "\xff", "phone"), recovery.Checked{Version: version})
	w.same("an account without one", w.check("nobody", oldPassword, "phone"), recovery.Checked{})
}

// Time tells nothing: every check makes one hash, be there a password or not.
func TestCheckDoesTheSameWorkForEverybody(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	var calls []string
	for i, check := range []func() recovery.Checked{
		func() recovery.Checked { return w.check("li", newPassword, "phone") },
		func() recovery.Checked { return w.check("li", "\xff", "tablet") },
		func() recovery.Checked { return w.check("nobody", newPassword, "phone") },
	} {
		w.hasher.work, w.calls = 0, nil
		if check().OK || w.hasher.work != 1 {
			t.Errorf("check %d: %d hashes", i, w.hasher.work)
		}
		if i > 0 {
			w.same("calls", w.calls, calls)
		}
		calls = w.calls
	}
}

func TestATryIsTakenBeforeItIsCompared(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.hasher.work = 0
	for range 100 {
		w.check("li", newPassword, "thief")
	}
	if w.hasher.work != 10 {
		t.Errorf("%d were compared", w.hasher.work)
	}
	c := w.check("li", oldPassword, "thief")
	if c.OK || c.Wait != 6*time.Minute {
		t.Errorf("%+v", c)
	}
	w.after(c.Wait - time.Second)
	if c := w.check("li", oldPassword, "thief"); c.OK || c.Wait != time.Second {
		t.Errorf("%+v", c)
	}
	w.after(time.Second) // what it was told to wait is enough
	if c := w.check("li", oldPassword, "thief"); !c.OK {
		t.Errorf("%+v", c)
	}
	for i := range 10 { // who was right has all tries again
		if c := w.check("li", newPassword, "thief"); c.Wait != 0 {
			t.Errorf("try %d: %+v", i, c)
		}
	}
}

// Strangers with any number of devices spend the strangers' tries and nobody else's.
func TestStrangersDoNotKeepTheOwnerOut(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	if !w.check("li", oldPassword, "phone").OK {
		t.Fatal("refused")
	}
	w.after(time.Hour)
	w.hasher.work = 0
	for i := range 500 {
		w.check("li", newPassword, fmt.Sprintf("bot %d", i))
	}
	if w.hasher.work != 50 {
		t.Errorf("%d guesses were compared", w.hasher.work)
	}
	if !w.check("li", oldPassword, "phone").OK {
		t.Error("the owner is kept out of a known device")
	}
	c := w.check("li", oldPassword, "new laptop")
	if c.OK || c.Wait == 0 || c.Wait > 15*time.Minute {
		t.Errorf("a device that is not known: %+v", c)
	}
	// Who recovers gets in at a new device, though the strangers go on: a changed password starts the meters anew, and
	// with more.
	w.ok(errOf(w.set(link(w.mail("li@qq.com")), newPassword)))
	w.hasher.work = 0
	for i := range 90 {
		w.check("li", oldPassword, fmt.Sprintf("bot %d", i))
	}
	if !w.check("li", newPassword, "new laptop").OK {
		t.Error("kept out after recovery")
	}
	for i := range 90 {
		w.check("li", oldPassword, fmt.Sprintf("another bot %d", i))
	}
	if w.hasher.work != 101 {
		t.Errorf("%d were compared", w.hasher.work)
	}
}

// A refused try costs the other meter nothing.
func TestARefusedTryIsGivenBackWhereItWasTaken(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(time.Hour)
	for i := range 50 {
		w.check("li", newPassword, fmt.Sprintf("bot %d", i))
	}
	for range 20 {
		w.check("li", newPassword, "laptop")
	}
	w.after(72 * time.Second)
	if c := w.check("li", oldPassword, "laptop"); !c.OK {
		t.Errorf("%+v", c)
	}
}

func TestEightClientsAreKnown(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	for i := range 10 {
		w.check("li", oldPassword, fmt.Sprintf("device %d", i))
	}
	c := w.credential("li")
	if len(c.Clients) != recovery.KnownClients {
		t.Fatalf("%d", len(c.Clients))
	}
	w.calls = nil
	w.check("li", oldPassword, "device 9")
	w.same("a known client", w.calls, []string{"credential", "spend", "refill"})
	w.calls = nil
	w.check("li", oldPassword, "device 0")
	w.same("a forgotten one", w.calls, []string{"credential", "spend", "spend", "refill", "refill", "touch"})
	w.calls = nil
	w.check("li", oldPassword, "")
	w.same("one without a name", w.calls, []string{"credential", "spend", "refill"})
	w.check("li", oldPassword, "")
	if got := w.credential("li").Clients; len(got) != recovery.KnownClients {
		t.Errorf("%d", len(got))
	}
}

func TestAStaleHashIsMadeAnewByARightPassword(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	old := w.credential("li")
	w.hasher.generation = "b"
	w.check("li", newPassword, "phone")
	w.same("after a wrong one", w.credential("li"), old)
	if !w.check("li", oldPassword, "").OK {
		t.Fatal("refused")
	}
	if c := w.credential("li"); c.Hash[0] != 'b' || c.Version != old.Version {
		t.Errorf("%+v", c)
	}
	if !w.check("li", oldPassword, "").OK {
		t.Error("the new hash does not open")
	}
}

func TestSetTellsTheOwnerOfABoundAccount(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(time.Hour)
	w.calls = nil
	version, err := w.platform.Set(w.ctx, "li", newPassword, nil, "request-set", w.now)
	w.ok(err)
	row := w.row("li")
	if version != w.now.UnixMilli() || row.Event != "credential.changed/request-set/"+itoa(version) || !row.ChangedAt.Equal(w.now) || row.Due[binding.KindChanged] == (binding.SendID{}) {
		t.Errorf("%d: %+v", version, row)
	}
	w.same("round trips", w.calls, []string{"claim", "put"})
	// Nobody to write to: no mail and no event.
	version, err = w.platform.Set(w.ctx, "new", newPassword, nil, w.request(), w.now)
	w.ok(err)
	if row := w.row("new"); version == 0 || row.State != binding.None {
		t.Errorf("%d: %+v", version, row)
	}
}

func TestSetKeepsThePolicy(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li.ming.lamps@qq.com")
	for typed, reasons := range map[string][]string{"short": {"too-short"}, "li.ming.lamps@qq.com": {"personal"}, "passwordpassword": {"common", "pattern"}} {
		err := errOf(w.platform.Set(w.ctx, "li", typed, nil, w.request(), w.now))
		w.refused(err, binding.Refusal{Reason: recovery.ErrPassword, Reasons: reasons})
	}
}

func TestSetMayNameTheVersionThatItSaw(t *testing.T) {
	w := newWorld(t)
	none, other := int64(0), int64(7)
	version, err := w.platform.Set(w.ctx, "li", oldPassword, &none, w.request(), w.now)
	w.ok(err)
	w.after(time.Second)
	again, err := w.platform.Set(w.ctx, "li", oldPassword, &none, w.request(), w.now) // its answer was lost
	w.ok(err)
	w.same("a repeated call", again, version)
	for _, seen := range []*int64{&none, &other} {
		w.refused(errOf(w.platform.Set(w.ctx, "li", newPassword, seen, w.request(), w.now)), binding.Refusal{Reason: recovery.ErrVersionChanged})
	}
	w.ok(errOf(w.platform.Set(w.ctx, "li", newPassword, &version, w.request(), w.now)))
	// A clock that is behind does not stop it, with and without a version named.
	w.after(-time.Hour)
	high := w.credential("li").Version
	next, err := w.platform.Set(w.ctx, "li", oldPassword, nil, w.request(), w.now)
	w.ok(err)
	w.same("the next version", next, high+1)
	next, err = w.platform.Set(w.ctx, "li", newPassword, &next, w.request(), w.now)
	w.ok(err)
	w.same("the one after it", next, high+2)
}

func TestAHoldEnds(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	version, err := w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)
	w.ok(err)
	w.same("version", version, w.credential("li").Version)
	if l := w.mail("li@qq.com"); l.Paused != binding.PausedHold {
		t.Errorf("%+v", l)
	}
	w.after(time.Hour)
	w.ok(errOf(w.set(link(w.mail("li@qq.com")), newPassword)))
	w.ok(errOf(w.platform.Release(w.ctx, "li", w.now))) // nothing to release is no fault
	w.refused(errOf(w.platform.Hold(w.ctx, "nobody", w.now.Add(time.Hour), w.now)), binding.Refusal{Reason: recovery.ErrNotBound})
	w.refused(errOf(w.platform.Release(w.ctx, "nobody", w.now)), binding.Refusal{Reason: recovery.ErrNotBound})
	for _, until := range []time.Time{w.now, w.now.Add(recovery.HoldLimit + time.Second), {}} {
		w.refused(errOf(w.platform.Hold(w.ctx, "li", until, w.now)), binding.Refusal{Reason: binding.ErrMalformed, Detail: "until"})
	}
}

func TestAGrantIsRedeemedOnce(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	proved := w.now
	w.after(time.Minute)
	w.calls = nil
	got, err := w.platform.Redeem(w.ctx, grant.Text, "session 1", "request-r", w.now)
	w.ok(err)
	w.same("what the platform learns", got, recovery.Redeemed{Subject: "li", Issuer: "https://idp.example", Ref: w.account("li").Ref(), ProvedAt: proved})
	w.same("round trips", w.calls, []string{"claim", "redeem"})
	again, err := w.platform.Redeem(w.ctx, grant.Text, "session 1", w.request(), w.now) // its answer was lost
	w.ok(err)
	w.same("the same again", again, got)
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "session 2", w.request(), w.now)), theOne)
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne)
	if c := w.challenge("li@qq.com"); c.Event != "recovery.finished/request-r" {
		t.Errorf("%+v", c)
	}
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "", w.request(), w.now)), binding.Refusal{Reason: binding.ErrMalformed, Detail: "key"})
	w.after(time.Hour)
	w.calls = nil
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "session 1", w.request(), w.now)), theOne)
	if len(w.calls) != 0 {
		t.Errorf("an expired grant cost %v", w.calls)
	}
}

// A grant that meets a pause is spent, and the platform is told that somebody was there.
func TestAGrantThatMeetsAPauseIsSpent(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	grant, err := w.code("li@qq.com", w.mail("li@qq.com").Code)
	w.ok(err)
	d := binding.Denial{Account: w.account("li"), EmailKey: w.emailKey("li@qq.com"), Event: "binding.disputed/not-me/r", Now: w.now}
	w.ok(w.memory.Dispute(w.ctx, d))
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "one", "request-r", w.now)), theOne)
	if c := w.challenge("li@qq.com"); c.Event != "recovery.held/request-r" {
		t.Errorf("%+v", c)
	}
	d.Disowned = true
	w.ok(w.memory.UndoDispute(w.ctx, d))
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "two", w.request(), w.now)), theOne)
}

func TestThePlatformsOwnMistakesAreNamed(t *testing.T) {
	w := newWorld(t)
	long := string(make([]byte, 256))
	malformed := func(what string) binding.Refusal {
		return binding.Refusal{Reason: binding.ErrMalformed, Detail: what}
	}
	w.refused(errOf(w.platform.Check(w.ctx, "", oldPassword, "", w.now)), malformed("account"))
	w.refused(errOf(w.platform.Check(w.ctx, long, oldPassword, "", w.now)), malformed("account"))
	w.refused(errOf(w.platform.Check(w.ctx, "li", oldPassword, long, w.now)), malformed("client"))
	w.refused(errOf(w.platform.Set(w.ctx, "", oldPassword, nil, w.request(), w.now)), malformed("account"))
	w.refused(errOf(w.platform.Release(w.ctx, "", w.now)), malformed("account"))
	w.refused(errOf(w.platform.Redeem(w.ctx, "x", long, w.request(), w.now)), malformed("key"))
	if len(w.calls) != 0 {
		t.Errorf("%v", w.calls)
	}
}

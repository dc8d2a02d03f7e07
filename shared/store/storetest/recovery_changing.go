package storetest

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// rows is what a change may write.
type rows struct {
	Challenge  recovery.Challenge
	Credential recovery.Credential
	Account    binding.Claim
}

func (w *recoveries) rows(c recovery.Change) rows {
	w.t.Helper()
	return rows{w.row(c.EmailKey), w.credential(c.Account), w.read(c.Account)}
}

// changeNo wants a change refused for these parts, which shows their rows and leaves all three as they were.
func (w *recoveries) changeNo(what string, c recovery.Change, challenge, credential, account bool) {
	w.t.Helper()
	before := w.rows(c)
	r := w.changeRefused(what, w.Change(w.ctx, c))
	want := &recovery.ChangeRefused{ChallengeFalse: challenge, CredentialFalse: credential, AccountFalse: account}
	if challenge {
		want.Challenge = before.Challenge
		want.Challenge.TriesToday = r.Challenge.TriesToday // of the change's own day
	}
	if credential {
		want.Credential = before.Credential
	}
	if account {
		want.Account = before.Account
		want.Account.SendsToday, want.Account.TriesToday = r.Account.SendsToday, r.Account.TriesToday
	}
	if !reflect.DeepEqual(r, want) {
		w.t.Errorf("%s: the refusal is\n%+v, want\n%+v", what, r, want)
	}
	if after := w.rows(c); !reflect.DeepEqual(after, before) {
		w.t.Errorf("%s: a refused change wrote: the rows are\n%+v, and were\n%+v", what, after, before)
	}
}

func changeWrites(t *testing.T, w *recoveries) {
	o := w.forgotten()
	w.done(w.Present(w.ctx, w.presentation(o, "r1/present")))
	clients := [][16]byte{id(), id()}
	old := w.credential(o.Owner)
	if ok, err := w.Touch(w.ctx, recovery.Touch{Account: o.Owner, Version: old.Version, OldHash: old.Hash, Hash: old.Hash, Clients: clients}); !ok || err != nil {
		t.Fatalf("touch: %v, %v", ok, err)
	}
	w.askedAgain(o)
	c := w.change(o)
	want := w.rows(c)
	w.ok(w.Change(w.ctx, c))
	want.Challenge = w.ended(want.Challenge)
	want.Challenge.Event = c.Finished
	want.Credential = recovery.Credential{Hash: c.Hash, Version: c.Version, ChangedAt: w.now, Challenge: o.Challenge, Clients: clients}
	want.Account.Due[binding.KindChanged] = c.Send
	want.Account.ChangedAt, want.Account.Event = w.now, c.Changed
	if got := w.rows(c); !reflect.DeepEqual(got, want) {
		t.Errorf("the rows are\n%+v, want\n%+v", got, want)
	}

	bound := w.boundTo()
	first := w.change(w.opened(bound.EmailKey, bound.Account))
	first.First = true
	w.ok(w.Change(w.ctx, first))
	if got, want := w.credential(bound.Account), (recovery.Credential{Hash: first.Hash, Version: first.Version, ChangedAt: w.now, Challenge: first.Challenge}); !reflect.DeepEqual(got, want) {
		t.Errorf("the first credential is\n%+v, want\n%+v", got, want)
	}
}

func changeChallenge(_ *testing.T, w *recoveries) {
	o := w.forgotten()
	c := w.change(o)
	c.Challenge = id()
	w.changeNo("another challenge", c, true, false, false)
	c = w.change(o)
	c.EmailKey = id()
	w.changeNo("no row of the address", c, true, false, true)
	c = w.change(o)
	c.Now = o.Expires.Add(recovery.GrantLife)
	w.changeNo("over for ten minutes", c, true, false, false)
	c.Now = o.Expires.Add(recovery.GrantLife - time.Second)
	w.ok(w.Change(w.ctx, c))

	used := w.forgotten()
	w.ok(w.Change(w.ctx, w.change(used)))
	c = w.change(used)
	c.Version++
	w.changeNo("used", c, true, false, false)

	first := w.forgotten()
	w.now = w.now.Add(time.Minute)
	second := w.replaced(first, true)
	c = w.change(first)
	c.Now = second.Now.Add(recovery.GrantLife)
	w.changeNo("superseded ten minutes ago", c, true, false, false)
	c.Now = second.Now.Add(recovery.GrantLife - time.Second)
	w.ok(w.Change(w.ctx, c))
	c = w.change(second)
	c.Version++
	w.changeNo("its successor, used with it", c, true, false, false)

	first = w.forgotten()
	w.replaced(first, false)
	w.changeNo("superseded for good", w.change(first), true, false, false)
}

func changeCredential(_ *testing.T, w *recoveries) {
	o := w.forgotten()
	c := w.change(o)
	c.Version = w.now.Add(-time.Hour).UnixMilli()
	w.changeNo("the same version", c, false, true, false)
	c.Version--
	w.changeNo("a lower version", c, false, true, false)
	c.First = true
	w.changeNo("a lower version, first or not", c, false, true, false)
	c.Version += 2
	w.ok(w.Change(w.ctx, c))

	b := w.boundTo()
	none := w.change(w.opened(b.EmailKey, b.Account))
	w.changeNo("no password yet", none, false, true, false)
}

func changeAccount(t *testing.T, w *recoveries) {
	o := w.forgotten()
	w.Doubt(t, o.Owner, "bounced") // ends by itself, and holds nothing
	hold := func(until time.Time) {
		t.Helper()
		w.held(o.Owner, until)
	}
	hold(w.now.Add(time.Second))
	w.changeNo("held", w.change(o), false, false, true)
	hold(w.now) // over
	w.ok(w.Change(w.ctx, w.change(o)))

	for _, risk := range []binding.Risk{binding.Broken, binding.OwnerChanged, binding.Disowned} {
		o := w.forgotten()
		w.Doubt(t, o.Owner, risk)
		w.changeNo(string(risk), w.change(o), false, false, true)
	}

	// The address is another account's by now, or the account's claim was never bound.
	o = w.forgotten()
	elsewhere := w.boundTo()
	o.EmailKey = w.opened(elsewhere.EmailKey, o.Owner).EmailKey
	o.Challenge = w.row(o.EmailKey).ID
	w.changeNo("bound to another address", w.change(o), false, false, true)
	pending := w.claimed()
	w.ok(w.Put(w.ctx, w.password(pending.Account, w.now.Add(-time.Hour))))
	w.changeNo("not bound", w.change(w.opened(pending.EmailKey, pending.Account)), false, false, true)
	nobody := w.account()
	w.ok(w.Put(w.ctx, w.password(nobody, w.now.Add(-time.Hour))))
	_, ek := w.mailbox()
	w.changeNo("an account without a row", w.change(w.opened(ek, nobody)), false, false, true)
}

func changeAll(_ *testing.T, w *recoveries) {
	o := w.forgotten()
	c := w.change(o)
	c.Challenge, c.Version = id(), 1
	w.changeNo("challenge and credential", c, true, true, false)
	w.held(o.Owner, w.now.Add(time.Hour))
	w.changeNo("all three", c, true, true, true)
	c = w.change(o)
	c.EmailKey, c.Account = id(), w.account()
	w.changeNo("nothing is there", c, true, true, true)
}

// changeRace: many at once with one challenge, and passwords of their own.
func changeRace(t *testing.T, w *recoveries) {
	const racers = 20
	o := w.forgotten()
	changes, errs := make([]recovery.Change, racers), make([]error, racers)
	var wg sync.WaitGroup
	for i := range changes {
		changes[i] = w.change(o)
		changes[i].Version += int64(i)
		wg.Go(func() { errs[i] = w.Change(w.ctx, changes[i]) })
	}
	wg.Wait()
	won := -1
	for i, err := range errs {
		if err != nil {
			w.changeRefused(fmt.Sprint("racer ", i), err)
		} else if won < 0 {
			won = i
		} else {
			t.Errorf("%d and %d both changed the password", won, i)
		}
	}
	if won < 0 {
		t.Fatal("nobody changed the password")
	}
	if c := w.credential(o.Owner); c.Hash != changes[won].Hash || c.Version != changes[won].Version {
		t.Errorf("the credential is %+v, the winner's is %+v", c, changes[won])
	}

	challenge := w.forgotten()
	charged := make(chan int, 2*racers)
	for i := range 2 * racers {
		wg.Go(func() {
			if c, err := w.ChargeGuess(w.ctx, w.guess(challenge.EmailKey, fmt.Sprint("race", i))); err == nil {
				charged <- c.Tries
			}
		})
	}
	wg.Wait()
	close(charged)
	seen := map[int]bool{}
	for n := range charged {
		seen[n] = true
	}
	if len(seen) != binding.TriesPerCode {
		t.Errorf("%d parallel guesses were charged as %v, want 1 to %d once each", 2*racers, seen, binding.TriesPerCode)
	}
}

package storetest

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func put(t *testing.T, w *recoveries) {
	k := w.account()
	if c := w.credential(k); !reflect.DeepEqual(c, recovery.Credential{}) {
		t.Errorf("an account without a password reads as %+v", c)
	}
	refuse := func(what string, p recovery.Put) {
		t.Helper()
		before := w.credential(p.Account)
		want := &recovery.ChangeRefused{CredentialFalse: true, Credential: before}
		if r := w.changeRefused(what, w.Put(w.ctx, p)); !reflect.DeepEqual(r, want) {
			t.Errorf("%s: the refusal is\n%+v, want\n%+v", what, r, want)
		}
		if after := w.credential(p.Account); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: the credential is %+v, and was %+v", what, after, before)
		}
	}
	takes := func(p recovery.Put) {
		t.Helper()
		w.ok(w.Put(w.ctx, p))
		if c, want := w.credential(p.Account), (recovery.Credential{Hash: p.Hash, Version: p.Version, ChangedAt: p.Now}); !reflect.DeepEqual(c, want) {
			t.Errorf("the credential is\n%+v, want\n%+v", c, want)
		}
	}
	at := func(s int, if_ ...int64) recovery.Put {
		p := w.password(k, w.now.Add(time.Duration(s)*time.Second))
		for _, v := range if_ {
			p.If = &v
		}
		return p
	}
	version := func(s int) int64 { return w.now.Add(time.Duration(s) * time.Second).UnixMilli() }
	refuse("the version of one that is not there", at(1, version(0)))
	takes(at(1, 0))
	refuse("a first one where one is", at(2, 0))
	refuse("another version", at(2, version(1)-1))
	takes(at(2, version(1)))
	refuse("a version that is not higher", at(2, version(2)))
	refuse("the same version", at(2))
	refuse("a lower version", at(1))
	takes(at(3))
	k = w.account()
	takes(at(0))
	if c := w.read(k); c.State != binding.None {
		t.Errorf("a password made a row of accounts: %+v", c)
	}
}

func putBound(t *testing.T, w *recoveries) {
	b := w.boundTo()
	p := w.password(b.Account, w.now)
	before := w.read(b.Account)
	w.ok(w.Put(w.ctx, p)) // told that it is not bound
	if c := w.read(b.Account); !reflect.DeepEqual(c, before) {
		t.Errorf("the account was told: %+v", c)
	}
	w.now = w.now.Add(time.Minute)
	p = w.password(b.Account, w.now)
	p.Bound = true
	if ok, err := w.Hold(w.ctx, b.Account, w.now.Add(time.Hour)); !ok || err != nil { // pauses recovery, not the platform
		t.Fatalf("hold: %v, %v", ok, err)
	}
	w.ok(w.Put(w.ctx, p))
	want := before
	want.Due[binding.KindChanged] = p.Send
	want.ChangedAt, want.Event, want.Hold = w.now, p.Changed, w.now.Add(time.Hour)
	if c := w.read(b.Account); !reflect.DeepEqual(c, want) {
		t.Errorf("the account is\n%+v, want\n%+v", c, want)
	}

	// What recovery brought is the platform's by now, and the clients stay known.
	o := w.forgotten()
	w.ok(w.Change(w.ctx, w.change(o)))
	brought, clients := w.credential(o.Owner), [][16]byte{id()}
	if ok, err := w.Touch(w.ctx, recovery.Touch{Account: o.Owner, Version: brought.Version, OldHash: brought.Hash, Hash: brought.Hash, Clients: clients}); !ok || err != nil {
		t.Fatalf("touch: %v, %v", ok, err)
	}
	p = w.password(o.Owner, w.now.Add(time.Second))
	p.Bound = true
	w.ok(w.Put(w.ctx, p))
	if c, want := w.credential(o.Owner), (recovery.Credential{Hash: p.Hash, Version: p.Version, ChangedAt: p.Now, Clients: clients}); !reflect.DeepEqual(c, want) {
		t.Errorf("the credential is\n%+v, want\n%+v", c, want)
	}

	for what, k := range map[string]binding.AccountKey{"no row": w.account(), "not bound": w.claimed().Account} {
		p := w.password(k, w.now)
		p.Bound = true
		before := w.read(k)
		r := w.changeRefused(what, w.Put(w.ctx, p))
		if want := (&recovery.ChangeRefused{AccountFalse: true, Account: before}); !reflect.DeepEqual(r, want) {
			t.Errorf("%s: the refusal is\n%+v, want\n%+v", what, r, want)
		}
		if c := w.credential(k); c.Hash != "" || !reflect.DeepEqual(w.read(k), before) {
			t.Errorf("%s: half of it is written: %+v", what, c)
		}
	}
	p = w.password(o.Owner, w.now)
	p.Bound = true
	before = w.read(o.Owner)
	if r := w.changeRefused("a lower version", w.Put(w.ctx, p)); !r.CredentialFalse || r.AccountFalse || !reflect.DeepEqual(w.read(o.Owner), before) {
		t.Errorf("a lower version: %+v", r)
	}
}

func touch(t *testing.T, w *recoveries) {
	k := w.account()
	p := w.password(k, w.now)
	teach := func(touch recovery.Touch, want bool) {
		t.Helper()
		ok, err := w.Touch(w.ctx, touch)
		if err != nil || ok != want {
			t.Errorf("touch: %v, %v, want %v", ok, err, want)
		}
	}
	good := recovery.Touch{Account: k, Version: p.Version, OldHash: p.Hash, Hash: hash(), Clients: [][16]byte{id(), id(), id()}}
	teach(good, false)
	if c := w.credential(k); !reflect.DeepEqual(c, recovery.Credential{}) {
		t.Errorf("a touch made a credential: %+v", c)
	}
	w.ok(w.Put(w.ctx, p))
	before := w.credential(k)
	other := good
	other.Version--
	teach(other, false)
	other = good
	other.OldHash = hash()
	teach(other, false)
	if c := w.credential(k); !reflect.DeepEqual(c, before) {
		t.Errorf("refused touches left %+v", c)
	}
	teach(good, true)
	want := before
	want.Hash, want.Clients = good.Hash, good.Clients
	if c := w.credential(k); !reflect.DeepEqual(c, want) {
		t.Errorf("the credential is\n%+v, want\n%+v", c, want)
	}
	teach(good, false) // the hash is another by now
	good.OldHash, good.Clients = good.Hash, nil
	teach(good, true)
	want.Clients = nil
	if c := w.credential(k); !reflect.DeepEqual(c, want) {
		t.Errorf("the credential is\n%+v, want\n%+v", c, want)
	}
}

func hold(t *testing.T, w *recoveries) {
	pause := func(k binding.AccountKey, until time.Time, want bool) binding.Claim {
		t.Helper()
		ok, err := w.Hold(w.ctx, k, until)
		if err != nil || ok != want {
			t.Errorf("hold until %v: %v, %v, want %v", until, ok, err, want)
		}
		return w.read(k)
	}
	b := w.boundTo()
	want := w.read(b.Account)
	for _, until := range []time.Time{w.now.Add(time.Hour), w.now.Add(2 * time.Hour), w.now.Add(time.Minute), {}, {}} {
		want.Hold = until
		if c := pause(b.Account, until, true); !reflect.DeepEqual(c, want) {
			t.Errorf("the account is\n%+v, want\n%+v", c, want)
		}
	}
	for what, k := range map[string]binding.AccountKey{"no row": w.account(), "not bound": w.claimed().Account} {
		before := w.read(k)
		for _, until := range []time.Time{w.now.Add(time.Hour), {}} {
			if c := pause(k, until, false); !reflect.DeepEqual(c, before) {
				t.Errorf("%s: the account is\n%+v, want\n%+v", what, c, before)
			}
		}
	}
}

// aMeter holds five tries and gains one every minute.
func (w *recoveries) aMeter() recovery.Meter {
	k := w.account()
	return recovery.Meter{Name: k.String() + "#1", Burst: 5, Every: time.Minute}
}

// spend takes one, or gives how long to wait.
func (w *recoveries) spend(m recovery.Meter) time.Duration {
	w.t.Helper()
	wait, err := w.Spend(w.ctx, m, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return wait
}

// drain takes what a meter holds, which must be so many.
func (w *recoveries) drain(what string, m recovery.Meter, want int) {
	w.t.Helper()
	n := 0
	for w.spend(m) == 0 {
		if n++; n > 2*m.Burst {
			break
		}
	}
	if n != want {
		w.t.Errorf("%s: the meter held %d tries, want %d", what, n, want)
	}
}

func meter(_ *testing.T, w *recoveries) {
	m := w.aMeter()
	w.drain("new", m, m.Burst)
	for range 3 {
		w.now = w.now.Add(m.Every)
		w.drain("after one Every", m, 1)
	}
	w.now = w.now.Add(2*m.Every + m.Every/2)
	w.drain("after two and a half", m, 2)
	w.now = w.now.Add(m.Every / 2)
	w.drain("the other half", m, 1)
	w.now = w.now.Add(time.Duration(m.Burst) * m.Every)
	w.drain("full again", m, m.Burst)
	w.now = w.now.Add(100 * m.Every)
	w.drain("full for long", m, m.Burst)
	w.drain("another's", w.aMeter(), m.Burst)
	one := w.aMeter()
	one.Burst = 1
	w.drain("of one try", one, 1)
	w.now = w.now.Add(one.Every)
	w.drain("of one try, later", one, 1)
}

func meterWait(t *testing.T, w *recoveries) {
	for _, m := range []recovery.Meter{w.aMeter(), {Name: w.aMeter().Name, Burst: 1, Every: time.Hour}, {Name: w.aMeter().Name, Burst: 50, Every: 72 * time.Second}} {
		w.drain("new", m, m.Burst)
		if wait := w.spend(m); wait != m.Every {
			t.Errorf("spent at once: wait %v, want %v", wait, m.Every)
		}
		w.now = w.now.Add(m.Every / 3)
		wait := w.spend(m)
		if wait != m.Every-m.Every/3 {
			t.Errorf("asked again: wait %v, want %v", wait, m.Every-m.Every/3)
		}
		w.now = w.now.Add(wait - time.Second)
		if left := w.spend(m); left != time.Second {
			t.Errorf("a second early: wait %v, want 1s", left)
		}
		w.now = w.now.Add(time.Second)
		if left := w.spend(m); left != 0 {
			t.Errorf("after the wait that was told: wait %v more", left)
		}
		if wait := w.spend(m); wait != m.Every {
			t.Errorf("the one after it: wait %v, want %v", wait, m.Every)
		}
	}
}

func refill(_ *testing.T, w *recoveries) {
	give := func(m recovery.Meter, full bool) {
		w.t.Helper()
		w.ok(w.Refill(w.ctx, m, full, w.now))
	}
	m := w.aMeter()
	give(m, false)
	give(m, true)
	w.drain("one that was never used, refilled", m, m.Burst)
	give(m, false)
	w.drain("one given back", m, 1)
	give(m, false)
	give(m, false)
	w.drain("two given back", m, 2)
	give(m, true)
	w.drain("all given back", m, m.Burst)
	for range 3 * m.Burst {
		give(m, false)
	}
	w.drain("more given back than it holds", m, m.Burst)
	w.now = w.now.Add(time.Duration(m.Burst)*m.Every - time.Second)
	give(m, false) // all but full by now
	give(m, false)
	w.drain("given back when it is all but full", m, m.Burst)
	w.now = w.now.Add(100 * m.Every)
	give(m, false)
	w.drain("given back when it is full", m, m.Burst)
}

// meterRace: a hundred guesses at once are not all compared.
func meterRace(t *testing.T, w *recoveries) {
	m := w.aMeter()
	m.Burst = 10
	var mu sync.Mutex
	var wg sync.WaitGroup
	taken := 0
	for range 100 {
		wg.Go(func() {
			wait, err := w.Spend(w.ctx, m, w.now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("spend: %v", err)
			} else if wait == 0 {
				taken++
			}
		})
	}
	wg.Wait()
	if taken != m.Burst {
		t.Errorf("%d tries were taken at once, want %d", taken, m.Burst)
	}
}

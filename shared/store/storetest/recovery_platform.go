package storetest

import (
	"reflect"
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
	p.Bound, p.EmailKey = true, b.EmailKey
	w.held(b.Account, w.now.Add(time.Hour)) // pauses recovery, not the platform
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
	p = w.told(o, w.now.Add(time.Second))
	w.ok(w.Put(w.ctx, p))
	if c, want := w.credential(o.Owner), (recovery.Credential{Hash: p.Hash, Version: p.Version, ChangedAt: p.Now, Clients: clients}); !reflect.DeepEqual(c, want) {
		t.Errorf("the credential is\n%+v, want\n%+v", c, want)
	}

	for what, k := range map[string]binding.AccountKey{"no row": w.account(), "not bound": w.claimed().Account} {
		p := w.password(k, w.now)
		p.Bound, p.EmailKey = true, id()
		before := w.read(k)
		r := w.changeRefused(what, w.Put(w.ctx, p))
		if want := (&recovery.ChangeRefused{AccountFalse: true, Account: before}); !reflect.DeepEqual(r, want) {
			t.Errorf("%s: the refusal is\n%+v, want\n%+v", what, r, want)
		}
		if c := w.credential(k); c.Hash != "" || !reflect.DeepEqual(w.read(k), before) {
			t.Errorf("%s: half of it is written: %+v", what, c)
		}
	}
	p = w.told(o, w.now)
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

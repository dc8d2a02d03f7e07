package storetest

import (
	"reflect"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// holdsNoWayIn wants neither link, code nor grant of an ended challenge to lead anywhere, and the mail that was due
// when it ended to be mailed by nobody.
func (w *recoveries) holdsNoWayIn(o recovery.Opening, due recovery.Bell) {
	w.t.Helper()
	before := w.row(o.EmailKey)
	_, err := w.ChargeGuess(w.ctx, w.guess(o.EmailKey, "late"))
	w.no("a code after the end", err)
	w.no("a grant after the end", w.Redeem(w.ctx, w.redemption(o)))
	c := w.change(o)
	c.Version = w.credential(o.Owner).Version + 1
	if r := w.changeRefused("a link after the end", w.Change(w.ctx, c)); !r.ChallengeFalse || r.CredentialFalse || r.AccountFalse {
		w.t.Errorf("a link after the end: the refusal is %+v", r)
	}
	next := w.opening(due, o.Owner)
	next.Seen = o.Challenge
	_, err = w.Renew(w.ctx, next)
	w.no("a mail that was due before the end", err)
	_, err = w.Extend(w.ctx, w.extension(o, due))
	w.no("the mail of before, once more", err)
	w.ok(w.Settle(w.ctx, recovery.Settlement{EmailKey: o.EmailKey, Send: due.Send, Booked: true, Rung: 5, ResendAt: w.now.Add(time.Hour), Now: w.now}))
	if after := w.row(o.EmailKey); !reflect.DeepEqual(after, before) {
		w.t.Errorf("what came after the end left\n%+v, and the row was\n%+v", after, before)
	}
}

func (w *recoveries) extension(o recovery.Opening, b recovery.Bell) recovery.Extension {
	return recovery.Extension{EmailKey: o.EmailKey, Send: b.Send, Challenge: o.Challenge, Owner: o.Owner, Expires: w.now.Add(time.Hour), Now: w.now}
}

func void(t *testing.T, w *recoveries) {
	_, nobody := w.mailbox()
	w.ok(w.Void(w.ctx, nobody, w.now))
	if c := w.row(nobody); !reflect.DeepEqual(c, recovery.Challenge{}) {
		t.Errorf("an address that nobody asked for has the row %+v", c)
	}

	o := w.forgotten()
	w.done(w.ChargeGuess(w.ctx, w.guess(o.EmailKey, "r1/code")))
	w.done(w.Present(w.ctx, w.presentation(o, "r2/present")))
	b := w.askedAgain(o)
	w.now = w.now.Add(time.Second)
	before := rows{w.row(o.EmailKey), w.credential(o.Owner), w.read(o.Owner)}
	w.ok(w.Void(w.ctx, o.EmailKey, w.now))
	want := before
	want.Challenge = w.ended(want.Challenge)
	if got := (rows{w.row(o.EmailKey), w.credential(o.Owner), w.read(o.Owner)}); !reflect.DeepEqual(got, want) {
		t.Errorf("the rows are\n%+v, want\n%+v", got, want)
	}
	w.holdsNoWayIn(o, b)
	if c := w.done(w.Present(w.ctx, w.presentation(o, "r3/present"))); c.UsedAt.IsZero() || c.Presented != 2 {
		t.Errorf("a link after the end gave %+v", c)
	}

	// A mail that is due and not opened yet, and the challenge of the mail before it, which goes on otherwise.
	_, asked := w.mailbox()
	w.rung(asked)
	awaited := w.ended(w.row(asked))
	w.ok(w.Void(w.ctx, asked, w.now))
	if c := w.row(asked); !reflect.DeepEqual(c, awaited) {
		t.Errorf("the row is\n%+v, want\n%+v", c, awaited)
	}
	first := w.forgotten()
	second := w.replaced(first, true)
	w.ok(w.Void(w.ctx, first.EmailKey, w.now))
	for _, o := range []recovery.Opening{first, second} {
		w.holdsNoWayIn(o, recovery.Bell{EmailKey: o.EmailKey, Send: second.Send})
	}

	// One that is redeemed is so by nobody's key any more: the platform does not get it again.
	o = w.forgotten()
	r := w.redemption(o)
	w.ok(w.Redeem(w.ctx, r))
	used := w.row(o.EmailKey)
	w.now = w.now.Add(time.Minute)
	w.ok(w.Void(w.ctx, o.EmailKey, w.now))
	if c, want := w.row(o.EmailKey), w.ended(used); !reflect.DeepEqual(c, want) || used.UsedBy != r.Key || c.UsedBy != ([16]byte{}) {
		t.Errorf("the row is\n%+v, want\n%+v", c, want)
	}
}

func putEnds(t *testing.T, w *recoveries) {
	puts := func(what string, o recovery.Opening) {
		t.Helper()
		want := w.ended(w.row(o.EmailKey))
		want.EmailKey, want.TTL = o.EmailKey, w.now.Add(binding.RowLife)
		p := w.told(o, w.now)
		w.ok(w.Put(w.ctx, p))
		if c := w.row(o.EmailKey); !reflect.DeepEqual(c, want) {
			t.Errorf("%s: the row is\n%+v, want\n%+v", what, c, want)
		}
		if c := w.credential(o.Owner); c.Hash != p.Hash || c.Version != p.Version || w.read(o.Owner).Due[binding.KindChanged] != p.Send {
			t.Errorf("%s: the password was not set: %+v", what, c)
		}
	}
	b := w.boundTo()
	puts("nothing was mailed", recovery.Opening{EmailKey: b.EmailKey, Owner: b.Account})

	b = w.boundTo()
	asked := w.opening(w.rung(b.EmailKey), b.Account)
	w.now = w.now.Add(time.Minute)
	puts("a mail is due", asked)
	_, err := w.Renew(w.ctx, asked)
	w.no("the mail that was due", err)

	o := w.forgotten()
	w.settled(o, time.Hour)
	w.now = w.now.Add(time.Minute)
	puts("a challenge is alive", o)
	w.holdsNoWayIn(o, recovery.Bell{EmailKey: o.EmailKey, Send: o.Send})

	o = w.forgotten()
	w.done(w.ChargeGuess(w.ctx, w.guess(o.EmailKey, "r1/code")))
	w.done(w.Present(w.ctx, w.presentation(o, "r2/present")))
	again := w.askedAgain(o)
	puts("a challenge is alive and a mail is due", o)
	w.holdsNoWayIn(o, again)

	first := w.forgotten()
	second := w.replaced(first, true)
	w.now = w.now.Add(time.Minute)
	puts("two challenges are alive", first)
	for _, o := range []recovery.Opening{first, second} {
		w.holdsNoWayIn(o, recovery.Bell{EmailKey: o.EmailKey, Send: second.Send})
	}
}

// putEndsNothing: a password that is not set ends nothing, and one of an account that is not bound has no address.
func putEndsNothing(t *testing.T, w *recoveries) {
	o := w.forgotten()
	w.askedAgain(o)
	_, unasked := w.mailbox()
	later := w.now.Add(time.Second)
	version := w.credential(o.Owner).Version
	for what, spoil := range map[string]func(*recovery.Put){
		"a lower version":           func(p *recovery.Put) { p.Version = 1 },
		"another version":           func(p *recovery.Put) { p.If = new(version + 1) },
		"a first one where one is":  func(p *recovery.Put) { p.If = new(int64) },
		"not bound":                 func(p *recovery.Put) { p.Account = w.claimed().Account },
		"an account without a row":  func(p *recovery.Put) { p.Account = w.account() },
		"an address without a mail": func(p *recovery.Put) { p.EmailKey, p.Version = unasked, 1 },
	} {
		p := w.told(o, later)
		spoil(&p)
		before := w.row(p.EmailKey)
		if r := w.changeRefused(what, w.Put(w.ctx, p)); r.ChallengeFalse {
			t.Errorf("%s: the refusal is %+v", what, r)
		}
		if c := w.row(p.EmailKey); !reflect.DeepEqual(c, before) {
			t.Errorf("%s: a refused password left\n%+v, and the row was\n%+v", what, c, before)
		}
	}
	for _, ek := range []*recovery.Opening{&o, {EmailKey: unasked, Owner: o.Owner}} {
		p := w.told(*ek, later)
		p.Bound, p.Account = false, w.account()
		before := w.row(p.EmailKey)
		w.ok(w.Put(w.ctx, p))
		if c := w.row(p.EmailKey); !reflect.DeepEqual(c, before) {
			t.Errorf("a password of an account that is not bound left\n%+v, and the row was\n%+v", c, before)
		}
	}
	w.ok(w.Change(w.ctx, w.change(o)))
}

// putRenewed: the mail after a password that the platform set begins a challenge, and never goes on with one.
func putRenewed(t *testing.T, w *recoveries) {
	b := w.boundTo()
	o := recovery.Opening{EmailKey: b.EmailKey, Owner: b.Account}
	for _, seen := range []string{"none", "the one that ended"} {
		p := w.told(o, w.now)
		w.ok(w.Put(w.ctx, p))
		bell := w.rung(o.EmailKey)
		for _, codes := range []int{0, 1} {
			x := w.extension(o, bell)
			x.CodesUsed, x.NewCode = codes, codes == 1
			_, err := w.Extend(w.ctx, x)
			if old := w.no("going on after a password was set", err); old.UsedAt.IsZero() || old.Due != bell.Send {
				t.Errorf("%s seen: the refusal shows %+v", seen, old)
			}
		}
		next := w.opening(bell, o.Owner)
		next.Seen = id()
		_, err := w.Renew(w.ctx, next)
		w.no("another challenge seen", err)
		next.Seen = o.Challenge
		if c := w.done(w.Renew(w.ctx, next)); c.ID != next.Challenge || !c.UsedAt.IsZero() || c.Owner != o.Owner || c.Due != bell.Send {
			t.Errorf("%s seen: Renew gave %+v", seen, c)
		}
		w.done(w.ChargeGuess(w.ctx, w.guess(o.EmailKey, seen+"/code")))
		w.done(w.Present(w.ctx, w.presentation(next, seen+"/present")))
		w.settled(next, time.Hour)
		w.now = w.now.Add(time.Second)
		o = next
	}
	w.ok(w.Change(w.ctx, w.change(o)))
}

// bellAfterTheEnd: mails that hold no way in any more keep nobody from asking for one that does.
func bellAfterTheEnd(_ *testing.T, w *recoveries) {
	for _, ends := range []func(recovery.Opening) error{
		func(o recovery.Opening) error { return w.Change(w.ctx, w.change(o)) },
		func(o recovery.Opening) error { return w.Redeem(w.ctx, w.redemption(o)) },
		func(o recovery.Opening) error { return w.Put(w.ctx, w.told(o, w.now)) },
		func(o recovery.Opening) error { return w.Void(w.ctx, o.EmailKey, w.now) },
	} {
		o := w.forgotten()
		w.settled(o, time.Hour)
		w.ok(ends(o))
		w.rung(o.EmailKey) // although the last mail went out just now

		o = w.forgotten()
		w.ok(ends(o))
		w.rung(o.EmailKey) // although a mail was due
	}
}

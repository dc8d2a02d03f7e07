package storetest

import (
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func (w *world) confirmation(o binding.Opening, doubted bool) binding.Confirmation {
	return binding.Confirmation{Account: o.Account, Challenge: o.Challenge, Doubted: doubted, Event: "binding.well/confirmed/r5", Now: w.now}
}

// doubts are the ways in which a bound mailbox is in doubt.
func (w *world) doubts() map[string]func(binding.Opening) {
	return map[string]func(binding.Opening){
		"a risk": func(o binding.Opening) {
			s := sign(w.now, binding.SignGone)
			c := w.saw(o, s)
			err := w.Judge(w.ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: c.Signs,
				Standing: binding.Standing{Risk: binding.MailBounced, Since: s.At}, Event: "binding.at_risk/bounced/r1"})
			if err != nil {
				w.t.Fatal(err)
			}
		},
		"a dispute": func(o binding.Opening) {
			if err := w.DisputeOnly(w.ctx, w.denialAt(o, time.Second)); err != nil {
				w.t.Fatal(err)
			}
		},
		"a disowning": func(o binding.Opening) {
			if err := w.Dispute(w.ctx, w.denial(o)); err != nil {
				w.t.Fatal(err)
			}
		},
	}
}

// confirm: the mailbox is proved anew, and nothing is held against it any more. Only a doubt's end is a fact.
func confirm(_ *testing.T, w *world) {
	start := w.now
	none := map[string]func(binding.Opening){"no doubt": func(o binding.Opening) { w.saw(o, sign(w.now, binding.SignAlive)) }}
	for _, ways := range []map[string]func(binding.Opening){none, w.doubts()} {
		for what, doubt := range ways {
			w.now = start
			o := w.confirming()
			w.must(w.ChargeCode(w.ctx, w.try(o, "r1")))
			doubt(o)
			want := w.read(o.Account)
			w.now = start.Add(time.Hour)
			c := w.confirmation(o, what != "no doubt")
			got := w.must(w.Confirm(w.ctx, c))
			want.ProvedAt, want.Risk, want.RiskSince, want.Signs, want.DisputedAt = w.now, binding.NoRisk, time.Time{}, nil, time.Time{}
			want.Expires, want.ResendAt, want.Tries = time.Time{}, time.Time{}, 0
			delete(want.Due, binding.KindReconfirm)
			if c.Doubted {
				want.Event = c.Event
			}
			w.whole(what, o.Account, want)
			if got.ProvedAt != w.now || got.Confirming != o.Challenge {
				w.t.Errorf("%s: Confirm gave %+v", what, got)
			}
			if old := w.refused("confirming twice", w.confirmed(c)); !old.Expires.IsZero() || old.Confirming != c.Challenge {
				w.t.Errorf("%s: the refusal shows %+v", what, old)
			}
			_, err := w.Observe(w.ctx, binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: start.Add(time.Hour - time.Second), Sign: sign(start.Add(2*time.Hour), binding.SignGone)})
			w.refused("what is told of a mail of the time before", err)
			w.whole(what+", later", o.Account, want)
		}
	}
}

func (w *world) confirmed(c binding.Confirmation) error {
	_, err := w.Confirm(w.ctx, c)
	return err
}

func confirmRefuses(_ *testing.T, w *world) {
	for doubted := range map[bool]bool{false: true, true: true} {
		o := w.confirming()
		if doubted {
			w.doubts()["a risk"](o)
		}
		want := w.read(o.Account)
		c := w.confirmation(o, doubted)
		c.Challenge = id()
		if old := w.refused("another confirmation", w.confirmed(c)); old.Confirming != o.Challenge {
			w.t.Errorf("the refusal shows %+v", old)
		}
		c = w.confirmation(o, doubted)
		c.Now = w.now.Add(binding.ChallengeLife)
		w.refused("one that is over", w.confirmed(c))
		w.whole("refused", o.Account, want)

		never := w.boundTo()
		never.Challenge = binding.ChallengeID{}
		w.refused("none was asked for", w.confirmed(w.confirmation(never, doubted)))
		for state, o := range w.inEachState() {
			if state == binding.Bound {
				continue
			}
			before := w.read(o.Account)
			for _, challenge := range []binding.ChallengeID{o.Challenge, {}} {
				o.Challenge = challenge
				w.refused("who is not bound", w.confirmed(w.confirmation(o, doubted)))
			}
			w.whole("not bound", o.Account, before)
		}
		ghost := binding.Opening{Account: w.account()}
		w.refused("no row", w.confirmed(w.confirmation(ghost, doubted)))
		w.whole("a confirmation", ghost.Account, binding.Claim{})
	}
}

// confirmDoubted: what others were told of ends by a fact, and no fact tells of an end that is none. Whoever saw
// the row before is refused, be it that a doubt came or that it went.
func confirmDoubted(t *testing.T, w *world) {
	for what, doubt := range w.doubts() {
		o := w.confirming()
		doubt(o)
		if old := w.refused(what+" that came", w.confirmed(w.confirmation(o, false))); old.Risk == binding.NoRisk && old.DisputedAt.IsZero() {
			t.Errorf("%s: the refusal shows %+v", what, old)
		}
		w.must(w.Confirm(w.ctx, w.confirmation(o, true)))
	}
	o := w.confirming()
	before := w.read(o.Account)
	w.refused("a doubt that went", w.confirmed(w.confirmation(o, true)))
	w.whole("refused", o.Account, before)
	w.must(w.Confirm(w.ctx, w.confirmation(o, false)))
}

// codesOfTheBound: a confirmation's code is charged, spent and given back as a claim's is, and of the same day.
func codesOfTheBound(t *testing.T, w *world) {
	o := w.claimed()
	w.must(w.ChargeCode(w.ctx, w.try(o, "before")))
	if err := w.Bind(w.ctx, w.binding(o)); err != nil {
		t.Fatal(err)
	}
	charge := func(op string) error { _, err := w.ChargeCode(w.ctx, w.try(o, op)); return err }
	w.refused("nothing to confirm", charge("r0"))
	w.must(w.Reconfirm(w.ctx, w.reconfirmation(o, binding.Afresh, 0)))
	want := w.read(o.Account)
	for i := range binding.TriesPerCode {
		op := fmt.Sprint("r", i)
		w.must(w.ChargeCode(w.ctx, w.try(o, op)))
		want.Tries, want.TriesToday, want.Op = i+1, i+2, op
		w.whole("charged", o.Account, want)
		w.refused("the same call again", charge(op))
	}
	if old := w.refused("a spent code", charge("r9")); old.Tries != binding.TriesPerCode || old.State != binding.Bound {
		t.Errorf("the refusal shows %+v", old)
	}
	newest := want.Op
	for range 2 {
		for _, code := range []bool{false, true} { // a number of the claim's is nothing to this one
			if err := w.GiveBack(w.ctx, w.try(o, newest), code); err != nil {
				t.Fatal(err)
			}
		}
		want.Tries, want.TriesToday, want.Op = binding.TriesPerCode-1, binding.TriesPerCode, ""
		w.whole("given back", o.Account, want)
	}
	if err := charge("again"); err != nil {
		t.Errorf("after giving back: %v", err)
	}
	late := w.try(o, "late")
	late.Now = w.now.Add(binding.ChallengeLife)
	_, err := w.ChargeCode(w.ctx, late)
	w.refused("a code that is over", err)
	_, err = w.ChargeNumber(w.ctx, w.try(o, "number"))
	w.refused("a number for who is bound", err)
}

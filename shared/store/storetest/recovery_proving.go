package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func guesses(t *testing.T, w *recoveries) {
	w.now = midnight(w.now).Add(time.Hour)
	_, ek := w.mailbox()
	b := w.rung(ek)
	o := w.opening(b, w.account())
	o.Expires = w.now.Add(48 * time.Hour)
	w.done(w.Renew(w.ctx, o))
	n := 0
	for round := range binding.TriesPerDay / binding.TriesPerCode {
		for i := range binding.TriesPerCode {
			n++
			c := w.done(w.ChargeGuess(w.ctx, w.guess(ek, fmt.Sprint("r", n))))
			if c.Tries != i+1 || c.TriesToday != n || c.ID != o.Challenge || c.CodesUsed != round || c.Op != fmt.Sprint("r", n) {
				t.Errorf("charge %d gave %+v", n, c)
			}
		}
		_, err := w.ChargeGuess(w.ctx, w.guess(ek, "one more"))
		if old := w.no("a code that is spent", err); old.Tries != binding.TriesPerCode || old.TriesToday != n || old.Op != fmt.Sprint("r", n) {
			t.Errorf("the refusal shows %+v", old)
		}
		w.done(w.Extend(w.ctx, recovery.Extension{EmailKey: ek, Send: b.Send, Challenge: o.Challenge, CodesUsed: round, NewCode: true,
			Owner: o.Owner, Expires: o.Expires, Now: w.now}))
	}
	_, err := w.ChargeGuess(w.ctx, w.guess(ek, "of the day"))
	if old := w.no("the day's tries", err); old.TriesToday != binding.TriesPerDay || old.Tries != 0 {
		t.Errorf("the refusal shows %d tries, %d today", old.Tries, old.TriesToday)
	}
	next := w.opening(b, o.Owner)
	next.Seen, next.Expires = o.Challenge, o.Expires
	w.done(w.Renew(w.ctx, next))
	_, err = w.ChargeGuess(w.ctx, w.guess(ek, "of the day"))
	w.no("the day's tries, of a new challenge", err)
	w.now = midnight(w.now)
	if c := w.done(w.ChargeGuess(w.ctx, w.guess(ek, "tomorrow"))); c.TriesToday != 1 || c.Tries != 1 {
		t.Errorf("the next day starts with %d tries, %d today", c.Tries, c.TriesToday)
	}
}

func guessRefuses(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	_, err := w.ChargeGuess(w.ctx, w.guess(ek, "r"))
	if old := w.no("no row", err); !reflect.DeepEqual(old, recovery.Challenge{}) {
		t.Errorf("the refusal shows %+v", old)
	}
	w.rung(ek)
	_, err = w.ChargeGuess(w.ctx, w.guess(ek, "r"))
	if old := w.no("a bell and no mail yet", err); old.EmailKey != ek || !old.AskedAt.Equal(w.now) {
		t.Errorf("the refusal shows %+v", old)
	}

	_, ek = w.mailbox()
	o := w.opened(ek, binding.AccountKey{}) // nobody's: charged all the same
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "same")))
	_, err = w.ChargeGuess(w.ctx, w.guess(ek, "same"))
	if old := w.no("the same call again", err); old.Op != "same" || old.Tries != 1 {
		t.Errorf("the refusal shows op %q and %d tries", old.Op, old.Tries)
	}
	w.now = o.Expires.Add(-time.Second)
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "just in time")))
	w.now = o.Expires
	_, err = w.ChargeGuess(w.ctx, w.guess(ek, "late"))
	if old := w.no("a challenge that is over", err); old.Tries != 2 {
		t.Errorf("the refusal shows %d tries", old.Tries)
	}

	used := w.forgotten()
	w.ok(w.Change(w.ctx, w.change(used)))
	_, err = w.ChargeGuess(w.ctx, w.guess(used.EmailKey, "r"))
	if old := w.no("a used challenge", err); !old.UsedAt.Equal(w.now) || old.Tries != 0 {
		t.Errorf("the refusal shows %+v", old)
	}
}

func guessGivenBack(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r1")))
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r2")))
	back := func(op string, tries, today int) {
		t.Helper()
		w.ok(w.GiveBackGuess(w.ctx, w.guess(ek, op)))
		if c := w.row(ek); c.Tries != tries || c.TriesToday != today {
			t.Errorf("after giving back %s: %d tries, %d today, want %d and %d", op, c.Tries, c.TriesToday, tries, today)
		}
	}
	back("r1", 2, 2) // not the newest
	back("r2", 1, 1)
	back("r2", 1, 1) // twice
	back("r1", 1, 1)
	if c := w.row(ek); c.Op != "" {
		t.Errorf("op is %q", c.Op)
	}
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r3")))
	x := recovery.Extension{EmailKey: ek, Send: o.Send, Challenge: o.Challenge, NewCode: true, Owner: o.Owner, Expires: w.now.Add(24 * time.Hour), Now: w.now}
	w.done(w.Extend(w.ctx, x))
	back("r3", 0, 2) // of a code that is no more
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r4")))
	noon := w.now
	w.now = midnight(w.now)
	back("r4", 1, 0) // of a day that is over
	w.now = noon
	n := w.opening(recovery.Bell{EmailKey: ek, Send: o.Send}, o.Owner)
	n.Seen = o.Challenge
	w.done(w.Renew(w.ctx, n))
	back("r4", 0, 3) // of a challenge that is no more
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r5")))
	back("r4", 1, 4)
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "r6")))
	back("r5", 2, 5) // not the newest
}

// givenBackApart: a code that is guessed meanwhile, by whomever, keeps no presentation, and none keeps a guess.
func givenBackApart(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	counts := func(what string, presented, tries int, presentOp, op string) {
		t.Helper()
		if c := w.row(ek); c.Presented != presented || c.Tries != tries || c.TriesToday != tries || c.PresentOp != presentOp || c.Op != op {
			t.Errorf("%s: presented %d times by %q, %d tries, %d today by %q; want %d by %q, %d by %q", what, c.Presented, c.PresentOp, c.Tries, c.TriesToday, c.Op,
				presented, presentOp, tries, op)
		}
	}
	w.done(w.Present(w.ctx, w.presentation(o, "p1")))
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "g1")))
	counts("a guess after a presentation", 1, 1, "p1", "g1")
	w.ok(w.GiveBackPresented(w.ctx, w.presentation(o, "p1")))
	counts("the presentation given back", 0, 1, "", "g1")
	w.done(w.Present(w.ctx, w.presentation(o, "p2")))
	w.ok(w.GiveBackGuess(w.ctx, w.guess(ek, "g1")))
	counts("the guess given back", 1, 0, "p2", "")
	w.done(w.ChargeGuess(w.ctx, w.guess(ek, "same")))
	w.done(w.Present(w.ctx, w.presentation(o, "same"))) // they ask for no name of the other's
	counts("both by one name", 2, 1, "same", "same")
	_, err := w.Present(w.ctx, w.presentation(o, "same"))
	w.no("the same presentation again", err)
	_, err = w.ChargeGuess(w.ctx, w.guess(ek, "same"))
	w.no("the same guess again", err)
	w.ok(w.GiveBackPresented(w.ctx, w.presentation(o, "same")))
	counts("one of them given back", 1, 1, "", "same")
}

func presented(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	_, err := w.Present(w.ctx, recovery.Try{EmailKey: ek, Challenge: id(), Op: "r", Now: w.now})
	if old := w.no("no row", err); !reflect.DeepEqual(old, recovery.Challenge{}) {
		t.Errorf("the refusal shows %+v", old)
	}
	w.rung(ek)
	for _, c := range []binding.ChallengeID{id(), {}} {
		_, err = w.Present(w.ctx, recovery.Try{EmailKey: ek, Challenge: c, Op: "r", Now: w.now})
		w.no("a bell and no mail yet", err)
	}
	o := w.forgotten()
	for i := range recovery.Presentations {
		if i == 1 { // the others are of a used challenge
			w.ok(w.Change(w.ctx, w.change(o)))
		}
		op := fmt.Sprint("r", i)
		c := w.done(w.Present(w.ctx, w.presentation(o, op)))
		if c.Presented != i+1 || c.PresentOp != op || c.Op != "" || c.Owner != o.Owner || c.UsedAt.IsZero() != (i == 0) {
			t.Errorf("presentation %d gave %+v", i+1, c)
		}
		if i == 0 {
			_, err = w.Present(w.ctx, w.presentation(o, op))
			if old := w.no("the same call again", err); old.PresentOp != op || old.Presented != 1 {
				t.Errorf("the refusal shows op %q, presented %d times", old.PresentOp, old.Presented)
			}
			foreign := w.presentation(o, "foreign")
			foreign.Challenge = id()
			_, err = w.Present(w.ctx, foreign)
			w.no("another challenge", err)
		}
	}
	_, err = w.Present(w.ctx, w.presentation(o, "one more"))
	if old := w.no("a fourth presentation", err); old.Presented != recovery.Presentations || old.Tries != 0 {
		t.Errorf("the refusal shows %+v", old)
	}
}

func presentedLate(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	w.now = o.Expires.Add(recovery.GrantLife - time.Second)
	w.done(w.Present(w.ctx, w.presentation(o, "just in time")))
	w.now = o.Expires.Add(recovery.GrantLife)
	_, err := w.Present(w.ctx, w.presentation(o, "late"))
	if old := w.no("a challenge that is over for longer than a grant lives", err); old.Presented != 1 {
		t.Errorf("the refusal shows %+v", old)
	}
}

func presentedPrevious(t *testing.T, w *recoveries) {
	first := w.opened(w.boundTo().EmailKey, w.account())
	w.now = w.now.Add(time.Minute)
	second := w.replaced(first, true)
	w.now = second.Now.Add(recovery.GrantLife - time.Second)
	if c := w.done(w.Present(w.ctx, w.presentation(first, "r1"))); c.Presented != 1 || c.ID != second.Challenge {
		t.Errorf("the previous one gave %+v", c)
	}
	if c := w.done(w.Present(w.ctx, w.presentation(second, "r2"))); c.Presented != 2 {
		t.Errorf("both share their presentations: %+v", c)
	}
	w.now = second.Now.Add(recovery.GrantLife)
	_, err := w.Present(w.ctx, w.presentation(first, "r3"))
	w.no("the previous one later", err)
	w.done(w.Present(w.ctx, w.presentation(second, "r4")))

	third := w.replaced(second, false)
	_, err = w.Present(w.ctx, w.presentation(second, "r5"))
	w.no("one that ended when the next came", err)
	_, err = w.Present(w.ctx, w.presentation(first, "r6"))
	w.no("one from long ago", err)
	w.done(w.Present(w.ctx, w.presentation(third, "r7")))

	// A newer one that is over takes the previous one with it.
	w.settled(third, 0)
	short := w.opening(w.rung(third.EmailKey), third.Owner)
	short.Seen, short.Previous, short.Expires = third.Challenge, third.Challenge, w.now.Add(-recovery.GrantLife)
	w.done(w.Renew(w.ctx, short))
	_, err = w.Present(w.ctx, w.presentation(third, "r8"))
	w.no("the previous one of one that is over", err)
}

func presentedGivenBack(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	back := func(op string, want int) {
		t.Helper()
		w.ok(w.GiveBackPresented(w.ctx, w.presentation(o, op)))
		if c := w.row(ek); c.Presented != want {
			t.Errorf("after giving back %s: presented %d times, want %d", op, c.Presented, want)
		}
	}
	w.done(w.Present(w.ctx, w.presentation(o, "r1")))
	w.done(w.Present(w.ctx, w.presentation(o, "r2")))
	back("r1", 2) // not the newest
	back("r2", 1)
	back("r2", 1) // twice
	back("r1", 1)
	if c := w.row(ek); c.PresentOp != "" {
		t.Errorf("op is %q", c.PresentOp)
	}
	w.done(w.Present(w.ctx, w.presentation(o, "r2")))
	w.done(w.Present(w.ctx, w.presentation(o, "r4")))
	back("r2", 3) // not the newest
	n := w.replaced(o, true)
	back("r4", 0) // of a challenge that is no more
	w.done(w.Present(w.ctx, w.presentation(n, "r5")))
	back("r4", 1)
	w.ok(w.GiveBackGuess(w.ctx, w.guess(ek, "r5"))) // no guess
	if c := w.row(ek); c.Presented != 1 || c.PresentOp != "r5" || c.Tries != 0 || c.TriesToday != 0 {
		t.Errorf("a presentation given back as a guess left %+v", c)
	}
}

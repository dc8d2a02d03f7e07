package recovery_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// What somebody read in the mailbox is worth nothing once its owner did something about it.

func TestAPasswordThatThePlatformSetsEndsEveryRecovery(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	w.after(2 * time.Minute)
	w.ask("li@qq.com") // and one is on its way
	w.ok(errOf(w.platform.Set(w.ctx, "li", newPassword, nil, w.request(), w.now)))
	w.refused(errOf(w.set(link(letter), "another phrase of a thief")), theOne)
	w.refused(errOf(w.set(link(letter), newPassword)), theOne) // not even who guessed what was set
	w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, "another phrase of a thief")), theOne)
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne)
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "key", w.request(), w.now)), theOne)
	if _, due := w.due("li@qq.com"); due {
		t.Error("a mail is still due")
	}
	// The owner may ask at once.
	w.ok(errOf(w.set(link(w.mail("li@qq.com")), "another phrase that li made")))
	// One who was never mailed: nothing is in the way of the first mail.
	w.bound("wu", "wu@163.com")
	w.ok(errOf(w.set(link(w.mail("wu@163.com")), "another phrase that wu made")))
}

// A refused change ends nothing.
func TestAPasswordThatIsNotSetEndsNothing(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	seen := int64(7)
	w.refused(errOf(w.platform.Set(w.ctx, "li", newPassword, &seen, w.request(), w.now)), binding.Refusal{Reason: recovery.ErrVersionChanged})
	w.refused(errOf(w.platform.Set(w.ctx, "li", "short", nil, w.request(), w.now)), binding.Refusal{Reason: recovery.ErrPassword, Reasons: []string{"too-short"}})
	w.ok(errOf(w.set(link(letter), newPassword)))
}

// Strangers who go on asking do not keep a code alive that somebody read once; the newest one works.
func TestACodeDoesNotOutliveItsMails(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	read := w.mail("li@qq.com")
	var newest binding.Letter
	for n := byte(1); w.now.Before(noon.Add(5 * time.Hour)); n++ {
		w.ok(w.service.Ask(w.ctx, "li@qq.com", netip.AddrFrom4([4]byte{198, 51, 100, n}), w.now))
		if _, due := w.due("li@qq.com"); due {
			w.deliver("li@qq.com")
			newest = w.post.letters[len(w.post.letters)-1]
		}
		w.after(time.Minute)
		if w.now.Equal(noon.Add(50 * time.Minute)) {
			w.refused(errOf(w.code("li@qq.com", read.Code)), theOne)
			w.ok(errOf(w.code("li@qq.com", newest.Code)))
		}
	}
	if newest.Code == read.Code {
		t.Error("the same code for five hours")
	}
}

// Whoever made the platform's people doubt may have a mail from before: it does not come back with Release.
func TestAHoldEndsWhatWasMailed(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)))
	w.ok(errOf(w.platform.Release(w.ctx, "li", w.now)))
	w.refused(errOf(w.set(link(letter), newPassword)), theOne)
	w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)), theOne)
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne)
	letter = w.mail("li@qq.com")
	w.ok(errOf(w.platform.Release(w.ctx, "li", w.now))) // no pause, nothing ends
	w.ok(errOf(w.set(link(letter), newPassword)))
	w.refused(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Nanosecond), w.now)), binding.Refusal{Reason: binding.ErrMalformed, Detail: "until"})
}

// P14 where the mails that were sent hold no way in any more: the owner may ask at once, however far strangers have
// spaced the mails.
func TestWhoseMailsAreSpentMayAskAtOnce(t *testing.T) {
	spent := map[string]func(w *world, l binding.Letter){
		"a new password that was mistyped": func(w *world, l binding.Letter) { w.ok(errOf(w.set(link(l), newPassword))) },
		"a grant that was redeemed, and the page closed": func(w *world, l binding.Letter) {
			grant, err := w.code("li@qq.com", l.Code)
			w.ok(err)
			w.ok(errOf(w.platform.Redeem(w.ctx, grant.Text, "key", w.request(), w.now)))
		},
		"a pause that ran out, and was mailed": func(w *world, _ binding.Letter) {
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(150*time.Minute), w.now)))
			w.after(149 * time.Minute)
			if l := w.mail("li@qq.com"); l.Paused != binding.PausedHold {
				w.t.Errorf("%+v", l)
			}
			w.after(time.Minute)
		},
		"a pause that was moved on, and ended": func(w *world, _ binding.Letter) {
			for range 5 {
				w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)))
				w.after(time.Minute)
			}
			w.mail("li@qq.com")
			w.ok(errOf(w.platform.Release(w.ctx, "li", w.now)))
		},
		"a pause that is over, and was mailed": func(w *world, _ binding.Letter) {
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(24*time.Hour), w.now)))
			w.after(3 * time.Hour)
			if l := w.mail("li@qq.com"); l.Paused != binding.PausedHold {
				w.t.Errorf("%+v", l)
			}
			w.ok(errOf(w.platform.Release(w.ctx, "li", w.now)))
		},
	}
	for what, spend := range spent {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		for range 5 { // strangers have the spacing at two hours
			w.mail("li@qq.com")
			w.after(2 * time.Hour)
		}
		spend(w, w.mail("li@qq.com"))
		w.ask("li@qq.com")
		if _, due := w.due("li@qq.com"); !due {
			t.Errorf("%s: the bell is deaf", what)
			continue
		}
		w.deliver("li@qq.com")
		w.after(time.Millisecond)
		w.ok(errOf(w.set(link(w.post.letters[len(w.post.letters)-1]), "another phrase that li made")))
	}
}

// Guesses are for Check, which takes a try for each: Set compares only what may be its own repetition.
func TestSetIsNoPlaceToGuess(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(time.Hour)
	none := int64(0)
	for _, typed := range []string{newPassword, oldPassword} {
		w.refused(errOf(w.platform.Set(w.ctx, "li", typed, &none, w.request(), w.now)), binding.Refusal{Reason: recovery.ErrVersionChanged})
	}
	if w.hasher.work != 2 { // each hashed what it was to set, and compared nothing
		t.Errorf("%d hashes", w.hasher.work)
	}
}

// A grant that was refused, or redeemed before something ended it, is not given to its own key later either.
func TestASpentGrantDoesNotComeBackToItsKey(t *testing.T) {
	for what, end := range map[string]func(w *world, redeem func() error){
		"a pause after it was redeemed": func(w *world, redeem func() error) {
			w.ok(redeem())
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Minute), w.now)))
			w.ok(errOf(w.platform.Release(w.ctx, "li", w.now)))
		},
		"a password that was set after it": func(w *world, redeem func() error) {
			w.ok(redeem())
			w.ok(errOf(w.platform.Set(w.ctx, "li", newPassword, nil, w.request(), w.now)))
		},
		"a doubt that was taken back": func(w *world, redeem func() error) {
			d := binding.Denial{Account: w.account("li"), EmailKey: w.emailKey("li@qq.com"), Event: "binding.disputed/not-me/r", Now: w.now}
			w.ok(w.memory.Dispute(w.ctx, d))
			w.refused(redeem(), theOne)
			d.Disowned = true
			w.ok(w.memory.UndoDispute(w.ctx, d))
		},
	} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		grant, err := w.code("li@qq.com", w.mail("li@qq.com").Code)
		w.ok(err)
		redeem := func() error { return errOf(w.platform.Redeem(w.ctx, grant.Text, "key", w.request(), w.now)) }
		end(w, redeem)
		if err := redeem(); err == nil {
			t.Errorf("%s: redeemed again", what)
		}
	}
}

// A mailer that is late in settling mails the same code again, though half an hour has just gone by.
func TestARepeatedOrderCarriesTheSameCode(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.mail("li@qq.com")
	w.after(recovery.MailLife - 10*time.Second)
	w.ask("li@qq.com")
	w.tap = func(step string, call func() error) error {
		if step == "settle" {
			return errFault
		}
		return call()
	}
	o, _ := w.due("li@qq.com")
	w.mailer.Deliver(w.ctx, o, w.now)
	w.tap = nil
	w.after(20 * time.Second)
	w.deliver("li@qq.com")
	if l := w.post.letters; len(l) != 3 || l[1].Code != l[2].Code {
		t.Errorf("%+v", l)
	}
}

// A stranger who comes when the strangers' tries are spent costs one read and one write, and leaves nothing.
func TestABlockedStrangerLeavesNothing(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(time.Hour)
	for i := range int64(50) {
		w.check("li", newPassword, "bot "+itoa(i))
	}
	w.calls, w.hasher.work = nil, 0
	if c := w.check("li", newPassword, "another bot"); c.Wait == 0 || w.hasher.work != 0 {
		t.Errorf("%+v, %d hashes", c, w.hasher.work)
	}
	w.same("calls", w.calls, []string{"credential", "spend"})
}

// A flood that keeps the counters' table busy does not keep the owner from asking.
func TestBusyCountersDoNotStopAsking(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.tap = func(step string, call func() error) error {
		if step == "count caller" {
			return &binding.Conflict{Cause: errFault}
		}
		return call()
	}
	w.mail("li@qq.com")
	w.tap = func(string, func() error) error { return errFault } // another outage is one
	if err := w.service.Ask(w.ctx, "li@qq.com", home, w.now); !errors.Is(err, errFault) {
		t.Error(err)
	}
}

// A guess that falls between a presentation and its giving back does not keep it.
func TestAStrangersGuessKeepsNoPresentation(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	for range recovery.Presentations + 1 {
		w.tap = func(step string, call func() error) error {
			if step == "change" {
				w.tap = nil
				w.code("li@qq.com", wrong(letter.Code))
				return errFault
			}
			return call()
		}
		w.set(link(letter), newPassword)
	}
	w.tap = nil
	w.ok(errOf(w.set(link(letter), newPassword)))
}

// A platform that names every redemption alike does not give a used challenge a second life.
func TestAKeyRedeemsItsOwnGrantOnly(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	first, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	second, err := w.service.ProveLink(w.ctx, letter.Token, "li@qq.com", w.now.Add(time.Second))
	w.ok(err)
	w.ok(errOf(w.platform.Redeem(w.ctx, first.Text, "always", w.request(), w.now)))
	w.ok(errOf(w.platform.Redeem(w.ctx, first.Text, "always", w.request(), w.now)))
	w.refused(errOf(w.platform.Redeem(w.ctx, second.Text, "always", w.request(), w.now)), theOne)
}

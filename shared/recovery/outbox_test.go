package recovery_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

// What a stranger's order writes for an address that nobody holds is what it writes for one that is bound.
func TestTheMailerWritesTheSameForNobody(t *testing.T) {
	steps := func(email string) (calls []string, c recovery.Challenge) {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		for range 3 {
			w.ask(email)
			w.deliver(email)
			w.after(10 * time.Minute)
		}
		for _, call := range w.calls {
			if call != "owner" {
				calls = append(calls, call)
			}
		}
		return calls, w.challenge(email)
	}
	knownCalls, known := steps("li@qq.com")
	unknownCalls, unknown := steps("nobody@qq.com")
	if !slices.Equal(knownCalls, unknownCalls) {
		t.Errorf("%v for a bound address, %v for nobody's", knownCalls, unknownCalls)
	}
	for _, c := range []*recovery.Challenge{&known, &unknown} {
		c.EmailKey, c.ID, c.Owner = [16]byte{}, [16]byte{}, [16]byte{}
		c.Event, _, _ = strings.Cut(c.Event, "/")
	}
	if known.Event != "recovery.started" || unknown.Event != known.Event || known.Rung != unknown.Rung || known.Expires != unknown.Expires || known.ResendAt != unknown.ResendAt {
		t.Errorf("the row\n%+v for a bound address\n%+v for nobody's", known, unknown)
	}
}

func TestMailsAreSpaced(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	var waits []time.Duration
	for range 6 {
		w.mail("li@qq.com")
		from := w.now
		for n := byte(0); ; n++ { // from everywhere
			w.ok(w.service.Ask(w.ctx, "li@qq.com", netip.AddrFrom4([4]byte{198, 51, 100, n}), w.now))
			if _, due := w.due("li@qq.com"); due {
				break
			}
			w.after(time.Second)
		}
		waits = append(waits, w.now.Sub(from))
	}
	w.same("waits", waits, []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 2 * time.Hour, 2 * time.Hour})
	w.deliver("li@qq.com")
	w.after(24 * time.Hour) // a day without a mail
	w.mail("li@qq.com")
	if c := w.challenge("li@qq.com"); c.Rung != 1 || !c.ResendAt.Equal(w.now.Add(time.Minute)) {
		t.Errorf("after a quiet day: %+v", c)
	}
}

// The link of the newest mail works until after the next may be sent, across the end of a challenge too.
func TestThePreviousLinkGoesOnAsItsMailSaid(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	var last binding.Letter
	first := w.challenge("li@qq.com").ID
	for {
		letter := w.mail("li@qq.com")
		c := w.challenge("li@qq.com")
		if first != (binding.ChallengeID{}) && c.ID != first {
			break
		}
		first, last = c.ID, letter
		w.after(c.ResendAt.Sub(w.now))
	}
	if c := w.challenge("li@qq.com"); c.Previous != first || w.now.Sub(noon) < recovery.ChallengeAge {
		t.Fatalf("renewed after %s: %+v", w.now.Sub(noon), c)
	}
	w.after(10*time.Minute - time.Second)
	if !last.Expires.After(w.now) {
		t.Fatalf("the link itself ended %s ago", w.now.Sub(last.Expires))
	}
	before := w.now
	w.ok(errOf(w.set(link(last), newPassword)))
	w.now = before.Add(time.Second)
	w.refused(errOf(w.set(link(last), newPassword)), theOne)
}

// A link that was used, or presented too often, is not carried over.
func TestASpentChallengeIsReplaced(t *testing.T) {
	for _, used := range []bool{true, false} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		first := w.mail("li@qq.com")
		if used {
			w.ok(errOf(w.set(link(first), newPassword)))
		} else {
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Second), w.now)))
			for range recovery.Presentations {
				w.refused(errOf(w.set(link(first), newPassword)), theOne)
			}
		}
		w.after(2 * time.Minute)
		second := w.mail("li@qq.com")
		if second.Code == first.Code {
			t.Error("the code of a spent challenge again")
		}
		w.refused(errOf(w.set(link(first), "another phrase of a stranger")), theOne)
		w.ok(errOf(w.set(link(second), "another phrase that li made")))
	}
}

func TestAPausedRecoveryMailsNoWayIn(t *testing.T) {
	for _, c := range []struct {
		paused binding.Pause
		pause  func(w *world)
		end    func(w *world)
	}{
		{binding.PausedHold,
			func(w *world) { w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(24*time.Hour), w.now))) },
			func(w *world) { w.ok(errOf(w.platform.Release(w.ctx, "li", w.now))) }},
		{binding.PausedRisk,
			func(w *world) {
				d := binding.Denial{Account: w.account("li"), EmailKey: w.emailKey("li@qq.com"), Event: "binding.disputed/not-me/r", Now: w.now}
				w.ok(w.memory.Dispute(w.ctx, d))
			},
			func(w *world) {
				d := binding.Denial{Account: w.account("li"), EmailKey: w.emailKey("li@qq.com"), Event: "binding.well/undone/r", Now: w.now}
				d.Disowned = true
				w.ok(w.memory.UndoDispute(w.ctx, d))
			}},
	} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		before := w.mail("li@qq.com")
		grant, err := w.code("li@qq.com", before.Code)
		w.ok(err)
		c.pause(w)
		w.after(2 * time.Minute)
		letter := w.mail("li@qq.com")
		if letter.Paused != c.paused || letter.Code != "" || letter.Token != "" {
			t.Errorf("%s: %+v", c.paused, letter)
		}
		if event := w.challenge("li@qq.com").Event; !strings.HasPrefix(event, "recovery.held/") {
			t.Errorf("%s: the platform is told %s", c.paused, event)
		}
		// What was mailed before is dead too.
		w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)), theOne)
		w.refused(errOf(w.set(link(before), newPassword)), theOne)
		w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "one", w.request(), w.now)), theOne)
		c.end(w)
		w.after(10 * time.Minute)
		letter = w.mail("li@qq.com")
		if letter.Paused != binding.NotPaused || !strings.HasPrefix(w.challenge("li@qq.com").Event, "recovery.started/") {
			t.Errorf("%s, ended: %+v", c.paused, letter)
		}
		w.ok(errOf(w.set(link(letter), newPassword)))
	}
}

func TestAnOrderThatNobodyWaitsForIsEnded(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ask("li@qq.com")
	w.after(recovery.FreshFor)
	if out := w.deliver("li@qq.com"); out != recovery.OutcomeLate || len(w.post.letters) != 0 {
		t.Errorf("%s, %d letters", out, len(w.post.letters))
	}
	w.mail("li@qq.com") // and nothing is booked: the next may be asked for at once
}

// A newer bell is served by the record of the older one, and its own record then finds nothing.
func TestANewerBellDoesNotStarveASlowMailer(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ask("li@qq.com")
	old, _ := w.due("li@qq.com")
	w.after(recovery.FreshFor)
	w.ask("li@qq.com")
	fresh, _ := w.due("li@qq.com")
	if fresh == old {
		t.Fatal("the late bell did not ring again")
	}
	for i, want := range []binding.Outcome{binding.OutcomeSent, binding.OutcomeSkipped} {
		out, err := w.mailer.Deliver(w.ctx, []recovery.Order{old, fresh}[i], w.now)
		if err != nil || out != want {
			t.Errorf("record %d: %s, %v", i, out, err)
		}
	}
	if len(w.post.letters) != 1 {
		t.Errorf("%d letters", len(w.post.letters))
	}
}

func TestAnOutageKeepsTheMailDueAndBooksNothing(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ask("li@qq.com")
	o, _ := w.due("li@qq.com")
	w.post.err = errors.New("SES is down")
	for range 5 {
		if _, err := w.mailer.Deliver(w.ctx, o, w.now); !errors.Is(err, binding.ErrSend) {
			t.Fatal(err)
		}
		w.after(time.Minute)
	}
	if c := w.challenge("li@qq.com"); c.Rung != 0 || !c.ResendAt.IsZero() || c.Due != o.Send {
		t.Errorf("%+v", c)
	}
	w.post.lost = true // SES took it, and its answer was lost
	w.mailer.Deliver(w.ctx, o, w.now)
	w.post.err, w.post.lost = nil, false
	w.deliver("li@qq.com")
	if l := w.post.letters; len(l) != 2 || l[0].Code != l[1].Code {
		t.Errorf("%+v", l)
	}
	w.ok(errOf(w.set(link(w.post.letters[0]), newPassword)))
}

func TestARefusedMailIsEndedAndNotBooked(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ask("li@qq.com")
	w.post.err = binding.ErrMailRefused
	if out := w.deliver("li@qq.com"); out != binding.OutcomeRefused {
		t.Error(out)
	}
	w.post.err = nil
	w.mail("li@qq.com")
}

// The address was released, and its new holder asks: the old account's links are dead.
func TestARecoveryIsOfWhoHoldsTheAddressNow(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	w.memory.Release(t, w.account("li"), w.emailKey("li@qq.com"), w.now)
	w.after(2 * time.Minute)
	w.ask("li@qq.com")
	if out := w.deliver("li@qq.com"); out != recovery.OutcomeNobody {
		t.Errorf("a released address: %s", out)
	}
	w.refused(errOf(w.set(link(letter), newPassword)), theOne)
	w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)), theOne)
	w.refused(errOf(w.platform.Redeem(w.ctx, grant.Text, "one", w.request(), w.now)), theOne)
}

// A used challenge is not brought back to life by a mail that was under way while it was used.
func TestAResetDuringTheMailIsLast(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	first := w.mail("li@qq.com")
	w.after(2 * time.Minute)
	w.ask("li@qq.com")
	w.tap = func(step string, call func() error) error {
		if step == "extend" {
			w.tap = nil
			w.ok(errOf(w.set(link(first), newPassword)))
		}
		return call()
	}
	if out := w.deliver("li@qq.com"); out != binding.OutcomeSkipped || len(w.post.letters) != 1 {
		t.Errorf("%s, %d letters", out, len(w.post.letters))
	}
	if c := w.challenge("li@qq.com"); c.UsedAt.IsZero() {
		t.Errorf("%+v", c)
	}
}

// A challenge whose key was withdrawn gives way to a new one.
func TestAWithdrawnKeyEndsItsChallenges(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	first := w.mail("li@qq.com")
	w.secrets = token.Secrets{Current: secretTwo}
	keys := w.keyring()
	w.mailer.Keys, w.service.Keys = keys, keys
	w.after(2 * time.Minute)
	second := w.mail("li@qq.com")
	w.after(time.Minute) // the secrets are read at most once a minute
	w.refused(errOf(w.set(link(first), newPassword)), theOne)
	w.ok(errOf(w.set(link(second), newPassword)))
}

package recovery_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// The four kinds of address that a stranger may name, and every request that he can make of them without a
// secret: answers and calls are the same.
func TestAStrangerCannotTellAddressesApart(t *testing.T) {
	type seen struct {
		answers []string
		calls   []string
	}
	kinds := map[string]func(w *world){
		"unknown": func(*world) {},
		"pending": func(w *world) { w.pending("li", "li@qq.com") },
		"bound":   func(w *world) { w.bound("li", "li@qq.com") },
		"held": func(w *world) {
			w.bound("li", "li@qq.com")
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(24*time.Hour), w.now)))
		},
	}
	look := func(prepare func(*world)) seen {
		w := newWorld(t)
		prepare(w)
		w.after(time.Hour)
		w.calls = nil
		var s seen
		add := func(err error) {
			answer := "accepted"
			if refusal, ok := errors.AsType[*binding.Refusal](err); ok {
				answer = refusal.Error()
			} else if err != nil {
				t.Fatal(err)
			}
			s.answers = append(s.answers, answer)
		}
		forged := recovery.Link{Key: w.service.Keys.Current(), Account: w.account("mallory"), Challenge: binding.NewChallenge(), Address: parsed(t, "li@qq.com"), Expires: w.now.Add(time.Hour)}
		add(errOf(w.code("li@qq.com", "ABCD-EFGH"))) // before anybody asked
		for _, late := range []bool{false, true, false} {
			add(w.service.Ask(w.ctx, "li@qq.com", home, w.now)) // fresh, repeated with a mail due, repeated within the spacing
			add(w.service.Ask(w.ctx, "li@qq.com", home, w.now))
			if late { // a slow mailer: the same while nothing came of it yet
				w.after(20 * time.Minute)
				add(w.service.Ask(w.ctx, "li@qq.com", home, w.now))
			}
			calls := w.calls
			if _, due := w.due("li@qq.com"); due {
				w.deliver("li@qq.com")
			}
			w.calls = calls
			for range binding.TriesPerCode + 1 {
				add(errOf(w.code("li@qq.com", "ABCD-EFGH")))
			}
			add(errOf(w.set(link(binding.Letter{Token: "forged", To: parsed(t, "li@qq.com")}), newPassword)))
			add(errOf(w.set(recovery.Proof{Grant: forged.Seal()}, newPassword)))
			w.after(3 * time.Hour)
		}
		s.calls = w.calls
		return s
	}
	want := look(kinds["unknown"])
	if len(want.answers) < 20 || !slices.Contains(want.answers, "accepted") || !slices.Contains(want.answers, "recovery-refused") {
		t.Fatalf("the script says nothing: %v", want.answers)
	}
	for kind, prepare := range kinds {
		got := look(prepare)
		if !slices.Equal(got.answers, want.answers) {
			t.Errorf("%s: answers\n%v, want\n%v", kind, got.answers, want.answers)
		}
		if !slices.Equal(got.calls, want.calls) {
			t.Errorf("%s: calls\n%v, want\n%v", kind, got.calls, want.calls)
		}
	}
}

func TestAskCostsTwoRoundTripsAndOneWhenTheCallerAsksTooOften(t *testing.T) {
	w := newWorld(t)
	for range recovery.CallerPerMinute {
		w.calls = nil
		w.ask("li@qq.com")
		w.same("round trips", w.calls, []string{"count caller", "ring"})
	}
	w.after(12 * time.Second)
	w.calls = nil
	w.refused(w.service.Ask(w.ctx, "li@qq.com", home, w.now), binding.Refusal{Reason: recovery.ErrCallerLimit, RetryAfter: 48 * time.Second})
	w.same("round trips over the limit", w.calls, []string{"count caller"})
	w.ok(w.service.Ask(w.ctx, "li@qq.com", netip.MustParseAddr("203.0.113.8"), w.now)) // others are not concerned
	w.after(48 * time.Second)
	w.ask("li@qq.com")
	w.calls = nil
	w.refused(w.service.Ask(w.ctx, "li qq.com", home, w.now), binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "no-at-sign"})
	if len(w.calls) != 0 {
		t.Errorf("what is no address cost %v", w.calls)
	}
}

func TestACallersHourIsLimitedToo(t *testing.T) {
	w := newWorld(t)
	for i := range recovery.CallerPerHour {
		w.ask("li@qq.com")
		if i%50 == 49 {
			w.after(time.Minute)
		}
	}
	w.refused(w.service.Ask(w.ctx, "li@qq.com", home, w.now), binding.Refusal{Reason: recovery.ErrCallerLimit, RetryAfter: 48 * time.Minute})
	w.after(48 * time.Minute)
	w.ask("li@qq.com")
}

// A household has a /64, and an IPv4 address written as IPv6 is the same caller.
func TestACallerIsANetwork(t *testing.T) {
	w := newWorld(t)
	spent := func(from string) bool {
		err := w.service.Ask(w.ctx, "li@qq.com", netip.MustParseAddr(from), w.now)
		return errors.Is(err, recovery.ErrCallerLimit)
	}
	for i := range recovery.CallerPerMinute {
		if spent("2001:db8:1:2::" + itoa(int64(i))) {
			t.Fatal(i)
		}
		w.ask("li@qq.com")
	}
	for from, want := range map[string]bool{
		"2001:db8:1:2:ffff::1": true, "2001:db8:1:2::1%eth0": true, "2001:db8:1:3::1": false, "203.0.113.7": true, "::ffff:203.0.113.7": true, "203.0.113.6": false,
	} {
		if got := spent(from); got != want {
			t.Errorf("%s is refused: %t, want %t", from, got, want)
		}
	}
	// A request whose network nobody told does not fail, and all such share one budget.
	for range recovery.CallerPerMinute {
		w.ok(w.service.Ask(w.ctx, "li@qq.com", netip.Addr{}, w.now))
	}
	w.refused(w.service.Ask(w.ctx, "li@qq.com", netip.Addr{}, w.now), binding.Refusal{Reason: recovery.ErrCallerLimit, RetryAfter: time.Minute})
}

// Everybody who was ever bound can recover: no rule that is for binding alone is asked.
func TestAskTakesEveryAddressThatWasEverBound(t *testing.T) {
	w := newWorld(t)
	for _, email := range []string{"someone@gmial.com", "someone@mailinator.com", "someone@example.com", "dev@host.test", "someone@bücher.example", "SOMEONE@xn--bcher-kva.example"} {
		if err := w.service.Ask(w.ctx, email, home, w.now); err != nil {
			t.Errorf("%s: %v", email, err)
		}
		if _, due := w.due(email); !due {
			t.Errorf("%s: no mail is due", email)
		}
	}
}

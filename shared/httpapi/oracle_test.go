package httpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// fatesOfReports are those that the mail provider reports.
var fatesOfReports = []binding.Fate{binding.Sent, binding.Delayed, binding.GaveUp, binding.Delivered, binding.Bounced, binding.Complained}

// whysOfReports are all reasons there are, and none; those that are no report's do no harm here.
func whysOfReports(t *testing.T) (out []binding.Why) {
	t.Helper()
	for _, why := range values(constants(t, "../binding", "Why")) {
		out = append(out, binding.Why(why))
	}
	return out
}

// An ending is what becomes of the mail that u-1 asked for, to a@example.net.
type ending struct {
	name string
	end  func(*world)
}

type noMail struct{}

func (noMail) Accepts(context.Context, string) bool { return false }

// crowd has other accounts' mails fill the mailbox's day.
func crowd(w *world) {
	w.Helper()
	a, err := address.Parse("a@example.net")
	if err != nil {
		w.Fatal(err)
	}
	for i := range binding.InboxPerDay {
		b := binding.Booking{Inbox: w.service.Names.Inbox(a), Account: binding.AccountKey([16]byte{byte(i)}), Send: binding.SendID([16]byte{byte(i)}), Now: w.now}
		if ok, err := w.memory.Book(w.Context(), b); !ok || err != nil {
			w.Fatal(ok, err)
		}
	}
}

// endings are all that there are: what the mailer ends itself, and every report, alone and after others.
func endings(t *testing.T) []ending {
	t.Helper()
	all := []ending{
		{"queued", func(*world) {}},
		{"late", func(w *world) { w.now = w.now.Add(binding.LateAfter) }},
		{"outage", func(w *world) { w.office.err = context.DeadlineExceeded; w.deliver("u-1") }},
		{"content-refused", func(w *world) { w.office.err = binding.ErrMailRefused; w.deliver("u-1") }},
		{"held by the operator", func(w *world) { w.mailer.HoldVerify = true; w.deliver("u-1") }},
		{"held for the mailbox", func(w *world) { crowd(w); w.deliver("u-1") }},
		{"domain-accepts-no-mail", func(w *world) { w.mailer.Domains = noMail{}; w.deliver("u-1") }},
		{"sent", func(w *world) { w.deliver("u-1") }},
		{"delivered after two bounces", func(w *world) {
			letter := w.deliver("u-1")
			w.reported(letter, binding.GaveUp, binding.WhyTemporary)
			w.reported(letter, binding.Delivered, binding.WhyNone)
			w.reported(letter, binding.Delayed, binding.WhyFull)
		}},
		{"denied by the button, and undone", func(w *world) {
			w.deliver("u-1")
			link := w.link(w.claim("u-1"))
			for _, press := range []func(context.Context, string, binding.Request, time.Time) (binding.DenyResult, error){w.service.Deny, w.service.UndoDeny} {
				if _, err := press(w.Context(), link, binding.NewRequest(), w.now); err != nil {
					w.Fatal(err)
				}
			}
		}},
	}
	for _, fate := range fatesOfReports {
		for _, why := range whysOfReports(t) {
			all = append(all, ending{fmt.Sprintf("%s (%d), %q", fate, int(fate), why), func(w *world) { w.reported(w.deliver("u-1"), fate, why) }})
		}
	}
	return all
}

// P8, two by two: for an address that is free and for one that is bound to somebody else, an account that asks
// for it is answered the same to the byte, right after it asked and after the same reports, whatever became of
// the mail. Randomness and clock are fixed, so nothing has to be masked.
func TestTheStatusOfAMailTellsNothingOfItsAddress(t *testing.T) {
	for _, locale := range []string{"en", "zh-CN"} {
		for _, e := range endings(t) {
			t.Run(locale+" "+e.name, func(t *testing.T) {
				free, freeLetters := asked(t, locale, false, e)
				taken, takenLetters := asked(t, locale, true, e)
				if len(free) != len(taken) {
					t.Fatalf("%d answers for a free address, %d for a taken one", len(free), len(taken))
				}
				for i := range free {
					if free[i] != taken[i] {
						t.Errorf("answer %d\nfree  %s\ntaken %s", i, free[i], taken[i])
					}
				}
				// The two worlds are what they are said to be: as many mails, of two kinds.
				if !alike(freeLetters, takenLetters) {
					t.Errorf("mails: free %v, taken %v", freeLetters, takenLetters)
				}
			})
		}
	}
}

// alike says whether a verify mail to the asker stands wherever a notice stands, and nothing else differs.
func alike(free, taken []binding.Kind) bool {
	return !slices.Contains(free, binding.KindNotice) && !slices.Contains(taken, binding.KindVerify) &&
		slices.Equal(free, kindsAs(taken, binding.KindNotice, binding.KindVerify))
}

func kindsAs(kinds []binding.Kind, from, to binding.Kind) (out []binding.Kind) {
	for _, k := range kinds {
		if k == from {
			k = to
		}
		out = append(out, k)
	}
	return out
}

// asked has u-1 ask for the address, which is bound to u-9 or to nobody, and gives every answer from then on,
// header and all, and the kinds of the mails that went out.
func asked(t *testing.T, locale string, taken bool, e ending) (answers []string, kinds []binding.Kind) {
	t.Helper()
	w := newWorld(t)
	w.locale = locale
	owner := ""
	if taken {
		w.now = noon.Add(-72 * time.Hour)
		w.bind("u-9", "a@example.net", 0)
		w.deliver("u-9")
		w.prove("u-9")
		w.deliver("u-9")
		w.now = noon
		owner = w.call("u-9", statusRoute, "").Body
	}
	before := len(w.office.letters)
	seeds := uint64(0)
	call := func(route, body string) {
		t.Helper()
		seeds++
		cryptotest.SetGlobalRandom(t, seeds) // a mail and a notice take different amounts of it
		r := w.call("u-1", route, body)
		answers = append(answers, fmt.Sprint(route, " ", r.StatusCode, " ", r.Headers, " ", r.Body))
	}
	call(bindRoute, wanted)
	call(statusRoute, "")
	e.end(w)
	for _, later := range []time.Duration{0, time.Minute, binding.LateAfter, time.Hour, binding.ChallengeLife, binding.DeniedFor} {
		w.now = noon.Add(later)
		call(statusRoute, "")
		if later == time.Minute || later == time.Hour {
			call(bindRoute, wanted)
			call(resendRoute, "")
			w.deliver("u-1")
			call(statusRoute, "")
			call(verifyRoute, wantedCode)
			call(reconfirmRoute, "")
		}
	}
	if taken {
		w.now = noon
		if after := w.call("u-9", statusRoute, "").Body; after != owner || !strings.Contains(after, `"health":"ok"`) {
			t.Errorf("the owner's status was %s, and is %s", owner, after)
		}
	}
	for _, l := range w.office.letters[before:] {
		kinds = append(kinds, l.Kind)
	}
	return answers, kinds
}

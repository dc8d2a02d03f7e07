package binding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// owner is a bound account, and a mail to its mailbox of a kind that says how that stands.
func owner(t *testing.T) (*world, binding.Letter) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	w.after(time.Hour)
	return w, receipt
}

func (w *world) health(sub, health, next string) {
	w.t.Helper()
	if st := w.ok(w.status(sub)); st.Health != health || st.HealthNext != next || st.State != binding.Bound {
		w.t.Errorf("the health of %s is %q, next %q; want %q, %q", sub, st.Health, st.HealthNext, health, next)
	}
}

// fact wants the newest fact of an account, without its request.
func (w *world) fact(sub, want string) {
	w.t.Helper()
	event := w.row(sub).Event
	if !strings.HasPrefix(event, want+"/") {
		w.t.Errorf("the newest fact of %s is %q, want %q", sub, event, want)
	}
}

func TestEachRiskOfABoundMailboxIsToldWithItsWayOut(t *testing.T) {
	for _, v := range []struct {
		fate         binding.Fate
		why          binding.Why
		health, next string
	}{
		{binding.Bounced, binding.WhyUnknown, "bounced", "confirm"},
		{binding.Bounced, binding.WhyNoMail, "bounced", "confirm"},
		{binding.Bounced, binding.WhySpam, "bounced", "confirm"},
		{binding.Bounced, binding.WhySuppressed, "bounced", "confirm"},
		{binding.Bounced, binding.WhyNone, "bounced", "confirm"},
		{binding.GaveUp, binding.WhyFull, "full", "make-room"},
		{binding.Complained, binding.WhyNone, "complained", "confirm"},
		{binding.Bounced, binding.WhyOwnerChanged, "owner-changed", "confirm"},
	} {
		w, letter := owner(t)
		w.calls = nil
		if heard := w.reported(letter, v.fate, v.why); heard != binding.HeardAtRisk {
			t.Errorf("%s %s: heard %q", v.fate, v.why, heard)
		}
		w.same("store calls", w.calls, []string{"Observe", "Judge"})
		w.health("li", v.health, v.next)
		w.fact("li", "binding.at_risk/"+v.health)
		row := w.row("li")
		w.reported(letter, v.fate, v.why) // told twice
		w.same("the row", w.row("li"), row)
		_, mail := w.confirming("li")
		w.after(time.Second)
		w.ok(w.code("li", mail.Code))
		w.health("li", "ok", "")
		w.fact("li", "binding.well/confirmed")
	}
}

func TestWhatSaysNothingOfTheMailboxLeavesItWell(t *testing.T) {
	w, letter := owner(t)
	before := w.row("li")
	for _, r := range []binding.Report{
		{Fate: binding.Sent}, {Fate: binding.Delayed, Why: binding.WhyFull}, {Fate: binding.GaveUp, Why: binding.WhyTemporary},
		{Fate: binding.Bounced, Why: binding.WhyContentRefused},
	} {
		if heard := w.reported(letter, r.Fate, r.Why); heard != binding.HeardStale {
			t.Errorf("%s %s: heard %q", r.Fate, r.Why, heard)
		}
	}
	w.same("the row", w.row("li"), before)
}

func TestADeliveryEndsABounceAndTellsThePlatform(t *testing.T) {
	w, letter := owner(t)
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.after(time.Hour)
	if heard := w.reported(letter, binding.Delivered, binding.WhyNone); heard != binding.HeardWell {
		t.Errorf("heard %q", heard)
	}
	w.health("li", "ok", "")
	w.fact("li", "binding.well/delivered")
}

// The issue's own sentence: unknown twice, a day apart, then delivering again, as a mailbox that was given to
// somebody else does. Only the owner's code in the session ends it.
func TestAMailboxThatWasGoneForADayStaysBrokenThoughItDelivers(t *testing.T) {
	w, letter := owner(t)
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.health("li", "bounced", "confirm")
	w.after(binding.GoneTwice)
	if heard := w.reported(w.another(letter), binding.Bounced, binding.WhyUnknown); heard != binding.HeardAtRisk {
		t.Errorf("heard %q", heard)
	}
	w.health("li", "broken", "confirm")
	w.fact("li", "binding.at_risk/broken")
	w.after(90 * day)
	for range 5 {
		w.after(day)
		w.reported(w.another(letter), binding.Delivered, binding.WhyNone)
	}
	w.health("li", "broken", "confirm")
	_, mail := w.confirming("li")
	w.health("li", "broken", "confirm") // a mail alone ends nothing
	w.after(time.Second)
	w.ok(w.code("li", mail.Code))
	w.health("li", "ok", "")
	if row := w.row("li"); len(row.Signs) != 0 {
		t.Errorf("after the proof these signs are left: %v", row.Signs)
	}
}

// A server that took the mail cannot refuse it afterwards. Whoever saw the mail's headers, a host that it was sent
// on to or a reader of an archive, can send notices to its return path, with any status and any time.
func TestNoticesOfAMailThatArrivedNeverHoldRecovery(t *testing.T) {
	w, letter := owner(t)
	w.reported(letter, binding.Delivered, binding.WhyNone)
	w.after(time.Second)
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.after(binding.GoneTwice)
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.reported(letter, binding.Bounced, binding.WhyOwnerChanged)
	w.health("li", "bounced", "confirm")
}

// Nor where it is not remembered any more whether the mail had been taken.
func TestNoticesThatComeMuchTooLateNeverHoldRecovery(t *testing.T) {
	w, letter := owner(t)
	mailed := w.now
	w.after(8 * day)
	tag, err := binding.OpenTag(w.names.Data, letter.Tag)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{mailed.Add(time.Minute), w.now} {
		r := binding.Report{Tag: tag, Fate: binding.Bounced, Why: binding.WhyOwnerChanged, At: at, Mailed: mailed, Told: w.now}
		if _, err := w.feedback.Take(w.ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	w.health("li", "bounced", "confirm")
}

// However many mails arrive, and whatever else comes back meanwhile, it is remembered of each that it was taken for
// as long as anybody may say that it was not.
func TestEveryDeliveryIsRememberedAsLongAsItsNoticesCount(t *testing.T) {
	forged := func(w *world, l binding.Letter, at, mailed, told time.Time) {
		tag, err := binding.OpenTag(w.names.Data, l.Tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, why := range []binding.Why{binding.WhyOwnerChanged, binding.WhyUnknown} {
			r := binding.Report{Tag: tag, Fate: binding.Bounced, Why: why, At: at, Mailed: mailed, Told: told}
			if _, err := w.feedback.Take(w.ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		if risk := w.row("li").Risk; risk.Holds() {
			t.Errorf("notices of a mail that arrived hold recovery: %q, %d signs", risk, len(w.row("li").Signs))
		}
	}
	for what, before := range map[string]func(w *world, l binding.Letter){
		"many deliveries": func(w *world, l binding.Letter) {
			for range 5 * 16 {
				w.after(90 * time.Minute)
				w.reported(w.another(l), binding.Delivered, binding.WhyNone)
			}
		},
		"a flood under one mail": func(w *world, l binding.Letter) {
			for range 2 * binding.MaxSigns {
				w.after(time.Second)
				w.reported(l, binding.GaveUp, binding.WhyFull)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			w, l := owner(t)
			before(w, l)
			target, mailed := w.another(l), w.now
			w.after(time.Second)
			w.reported(target, binding.Delivered, binding.WhyNone)
			w.after(time.Second)
			forged(w, target, w.now, mailed, w.now)
			// Told within the day in which it counts, and noted a day after it: the delivery is still known.
			told := mailed.Add(day)
			for range 32 {
				w.after(90 * time.Minute)
				w.reported(w.another(l), binding.Delivered, binding.WhyNone)
			}
			forged(w, target, told, mailed, told)
		})
	}
}

// A doubt that is told weeks late counts from a day before it was told: what was before that is forgotten.
func TestALateDoubtDoesNotFallBehindWhatIsForgotten(t *testing.T) {
	w, l := owner(t)
	mailed := w.now
	for range 20 {
		w.after(day)
		w.reported(w.another(l), binding.Delivered, binding.WhyNone)
	}
	w.after(time.Hour)
	tag, err := binding.OpenTag(w.names.Data, l.Tag)
	if err != nil {
		t.Fatal(err)
	}
	r := binding.Report{Tag: tag, Fate: binding.GaveUp, Why: binding.WhyFull, At: mailed, Mailed: mailed, Told: w.now}
	if _, err := w.feedback.Take(w.ctx, r); err != nil {
		t.Fatal(err)
	}
	w.health("li", "ok", "") // a mail arrived an hour ago
	if signs := w.row("li").Signs; !slices.ContainsFunc(signs, func(s binding.Sign) bool { return s.Kind == binding.SignFull && s.At.Equal(w.now.Add(-day)) }) {
		t.Errorf("the signs are %v", signs)
	}
}

// A mail from before the proof says nothing either, whenever it comes back.
func TestAMailFromBeforeTheProofSaysNothing(t *testing.T) {
	w, letter := owner(t)
	mailed := w.now
	w.after(time.Hour)
	_, mail := w.confirming("li")
	w.after(time.Second)
	w.ok(w.code("li", mail.Code))
	w.after(time.Hour)
	tag, err := binding.OpenTag(w.names.Data, letter.Tag)
	if err != nil {
		t.Fatal(err)
	}
	heard, err := w.feedback.Take(w.ctx, binding.Report{Tag: tag, Fate: binding.Bounced, Why: binding.WhyOwnerChanged, At: w.now, Mailed: mailed, Told: w.now})
	if err != nil || heard != binding.HeardNobody {
		t.Errorf("heard %q, %v", heard, err)
	}
	w.health("li", "ok", "")
}

// A flood of signs under a person's word leaves what stood before it, for when the word is taken back.
func TestAFloodUnderADisputeHidesNoRiskThatHolds(t *testing.T) {
	w, letter := owner(t)
	w.reported(letter, binding.Bounced, binding.WhyOwnerChanged)
	w.after(time.Hour)
	w.okDeny(w.deny(letter.Token))
	for range 3 * binding.MaxSigns {
		w.after(time.Second)
		w.reported(w.another(letter), binding.GaveUp, binding.WhyFull)
	}
	w.okDeny(w.undo(letter.Token))
	w.health("li", "owner-changed", "confirm")
	if n := len(w.row("li").Signs); n > binding.MaxSigns {
		t.Errorf("the row holds %d signs", n)
	}
}

// Each fact is told under a name of its own, or a platform that drops what it knows would miss one.
func TestEachFactOfAMailboxHasItsOwnName(t *testing.T) {
	w, letter := owner(t)
	names := map[string]bool{}
	for range 3 {
		for _, l := range []binding.Letter{letter, w.another(letter)} {
			w.after(time.Minute)
			w.reported(l, binding.Bounced, binding.WhySpam)
			names[w.row("li").Event] = true
			w.after(time.Minute)
			w.reported(w.another(l), binding.Delivered, binding.WhyNone)
			names[w.row("li").Event] = true
		}
	}
	if len(names) != 12 {
		t.Errorf("12 facts have %d names", len(names))
	}
}

// Reports from before the newest proof say nothing: they come late.
func TestReportsFromBeforeTheProofAreVoid(t *testing.T) {
	w, letter := owner(t)
	at := w.now
	w.after(time.Hour)
	_, mail := w.confirming("li")
	w.after(time.Second)
	w.ok(w.code("li", mail.Code))
	before := w.row("li")
	if heard := w.reportedAt(letter, binding.Bounced, binding.WhyOwnerChanged, at); heard != binding.HeardNobody {
		t.Errorf("heard %q", heard)
	}
	w.same("the row", w.row("li"), before)
}

func TestAPersonsWordStandsAboveReports(t *testing.T) {
	w, receipt := owner(t)
	w.okDeny(w.deny(receipt.Token))
	w.fact("li", "binding.disputed/not-me")
	for i, r := range []binding.Report{
		{Fate: binding.Bounced, Why: binding.WhyUnknown}, {Fate: binding.Delivered}, {Fate: binding.Complained}, {Fate: binding.Bounced, Why: binding.WhyUnknown},
		{Fate: binding.Bounced, Why: binding.WhyOwnerChanged},
	} {
		w.reportedAt(w.another(receipt), r.Fate, r.Why, w.now.Add(time.Duration(i)*time.Minute))
		w.health("li", "disowned", "confirm")
		w.fact("li", "binding.disputed/not-me")
	}
	// Taken back, what the mailbox said meanwhile stands.
	w.after(time.Hour)
	w.okDeny(w.undo(receipt.Token))
	w.health("li", "owner-changed", "confirm")
	w.fact("li", "binding.at_risk/owner-changed")
	if row := w.row("li"); !row.DisputedAt.IsZero() {
		t.Errorf("the row is %+v", row)
	}
}

func TestADisputeBesideARiskThatHoldsIsTakenBackAlone(t *testing.T) {
	w, receipt := owner(t)
	w.reported(receipt, binding.Bounced, binding.WhyOwnerChanged)
	since := w.row("li").RiskSince
	w.after(time.Hour)
	w.okDeny(w.deny(receipt.Token))
	w.health("li", "disowned", "confirm")
	w.after(time.Hour)
	w.okDeny(w.undo(receipt.Token))
	w.health("li", "owner-changed", "confirm")
	if row := w.row("li"); !row.RiskSince.Equal(since) {
		t.Errorf("in doubt since %v, want %v", row.RiskSince, since)
	}
}

// Between the charge and the confirmation a doubt may come, or go: its end must be told, and nothing else.
func TestADoubtThatComesWhileConfirmingIsEndedAndTold(t *testing.T) {
	w, receipt := owner(t)
	_, mail := w.confirming("li")
	w.after(time.Second)
	w.tap = func(step string, call func() error) error {
		if step == "Confirm" {
			w.tap = nil
			w.reported(receipt, binding.Bounced, binding.WhyUnknown)
		}
		return call()
	}
	w.ok(w.code("li", mail.Code))
	w.health("li", "ok", "")
	w.fact("li", "binding.well/confirmed")
}

// Two reports at the same time: the one that judged by fewer signs judges again.
func TestAVerdictIsMadeOfAllSigns(t *testing.T) {
	w, letter := owner(t)
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.after(binding.GoneTwice)
	w.tap = func(step string, call func() error) error {
		if step == "Judge" {
			w.tap = nil
			w.reportedAt(w.another(letter), binding.Delivered, binding.WhyNone, w.now.Add(-time.Hour)) // heard of late
		}
		return call()
	}
	w.calls = nil
	w.reported(w.another(letter), binding.Bounced, binding.WhyUnknown)
	if !slices.Contains(w.calls[3:], "Observe") {
		t.Errorf("store calls %v", w.calls)
	}
	w.health("li", "bounced", "confirm")
}

package binding_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestStatusOfAnAccountWithoutAClaim(t *testing.T) {
	w := newWorld(t)
	w.same("status", w.ok(w.status("li")), binding.Status{State: binding.None, Ref: w.account("li").Ref()})
	w.same("store calls", w.calls, []string{"Claim"})
}

func TestStatusShowsTheWholeAddressUntilItIsBound(t *testing.T) {
	w := newWorld(t)
	first, letter := w.pending("li", "Li.Ming@QQ.com")
	if got := w.ok(w.status("li")); got.Address != "Li.Ming@qq.com" || got.Check != first.Check {
		t.Errorf("pending: %+v", got)
	}
	w.after(24 * time.Hour)
	w.same("expired", w.ok(w.status("li")), binding.Status{
		State: binding.Expired, Ref: first.Ref, Address: "Li.Ming@qq.com", ExpiresAt: first.ExpiresAt, ResendAt: first.ResendAt,
		Mail: &binding.MailStatus{Fate: "sent", Next: "bind-again", At: noon},
	})
	_, letter = w.pending("li", "Li.Ming@QQ.com")
	at := w.now
	w.ok(w.code("li", letter.Code))
	w.after(time.Hour)
	w.same("bound", w.ok(w.status("li")), binding.Status{
		State: binding.Bound, Ref: first.Ref, Address: w.address("Li.Ming@qq.com").Masked(), BoundAt: at, ProvedAt: at, Health: "ok",
	})
}

func TestStatusOfADeniedClaimShowsNoAddress(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.same("denied", w.ok(w.status("li")), binding.Status{State: binding.Denied, Ref: w.account("li").Ref(),
		DeniedBy: "not-me", DeniedTill: noon.Add(binding.DeniedFor)})
	w = newWorld(t)
	_, letter = w.pending("li", "wang@qq.com")
	w.after(time.Minute)
	w.reported(letter, binding.Complained, binding.WhyNone)
	w.same("denied by a complaint", w.ok(w.status("li")), binding.Status{State: binding.Denied, Ref: w.account("li").Ref(),
		DeniedBy: "complaint", DeniedTill: w.now.Add(binding.DeniedFor)})
}

func TestStatusShowsDisputesAsHealth(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	w.okDeny(w.deny(receipt.Token))
	if got := w.ok(w.status("li")); got.State != binding.Bound || got.Health != "disowned" || got.HealthNext != "confirm" {
		t.Errorf("a disputed binding is %+v", got)
	}
	w.okDeny(w.undo(receipt.Token))
	if got := w.ok(w.status("li")); got.Health != "ok" || got.HealthNext != "" {
		t.Errorf("after undo it is %+v", got)
	}
}

func TestStatusTellsWhatBecameOfTheMail(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	mail := func(want binding.MailStatus) {
		t.Helper()
		if got := w.ok(w.status("li")).Mail; got == nil || *got != want {
			t.Errorf("the mail is %+v, want %+v", got, want)
		}
	}
	w.after(binding.LateAfter - time.Second)
	mail(binding.MailStatus{Fate: "queued", Next: "wait"})
	w.after(time.Second)
	support := w.account("li").Ref() + "-" + w.row("li").Send.Ref()
	mail(binding.MailStatus{Fate: "queued", Reason: "late", Next: "resend", Support: support})
	at := w.now
	letter := w.mail(binding.KindVerify)
	mail(binding.MailStatus{Fate: "sent", Next: "check-inbox", At: at})

	// Not me takes off the mail that is on its way; undone, it does not come back by itself.
	w.ok(w.resend("li"))
	w.okDeny(w.deny(letter.Token))
	w.okDeny(w.undo(letter.Token))
	support = w.account("li").Ref() + "-" + w.row("li").Send.Ref()
	mail(binding.MailStatus{Fate: "not-sent", Next: "resend", Support: support})
	w.after(time.Minute)
	w.ok(w.resend("li"))
	w.ok(w.code("li", w.deliver()[0].Code))
}

// Each fate and reason with the one thing to do about it.
func TestEveryFateSaysWhatToDo(t *testing.T) {
	for _, v := range []struct {
		fate binding.Fate
		why  binding.Why
		want binding.MailStatus
	}{
		{binding.Delayed, binding.WhyTemporary, binding.MailStatus{Fate: "delayed", Reason: "temporary", Next: "wait"}},
		{binding.Delivered, "", binding.MailStatus{Fate: "delivered", Next: "check-spam"}},
		{binding.Bounced, "mailbox-full", binding.MailStatus{Fate: "bounced", Reason: "mailbox-full", Next: "resend"}},
		{binding.Bounced, binding.WhyUnknown, binding.MailStatus{Fate: "bounced", Reason: "mailbox-unknown", Next: "other-address"}},
		{binding.Bounced, binding.WhySuppressed, binding.MailStatus{Fate: "bounced", Reason: "suppressed", Next: "other-address"}},
		{binding.NotSent, binding.WhyNoMail, binding.MailStatus{Fate: "not-sent", Reason: "domain-accepts-no-mail", Next: "other-address"}},
		{binding.NotSent, binding.WhyHeld, binding.MailStatus{Fate: "not-sent", Reason: "held", Next: "try-tomorrow"}},
		{binding.NotSent, binding.WhyContentRefused, binding.MailStatus{Fate: "not-sent", Reason: "content-refused", Next: "contact-support"}},
		{binding.NotSent, binding.WhyTemporary, binding.MailStatus{Fate: "not-sent", Reason: "temporary", Next: "resend"}},
		{binding.Delayed, binding.WhyFull, binding.MailStatus{Fate: "delayed", Reason: "mailbox-full", Next: "wait"}},
		{binding.GaveUp, binding.WhyTemporary, binding.MailStatus{Fate: "bounced", Reason: "temporary", Next: "resend"}},
		{binding.GaveUp, binding.WhyFull, binding.MailStatus{Fate: "bounced", Reason: "mailbox-full", Next: "resend"}},
		{binding.Bounced, "", binding.MailStatus{Fate: "bounced", Next: "resend"}},
		{binding.Bounced, binding.WhySpam, binding.MailStatus{Fate: "bounced", Reason: "refused-as-spam", Next: "resend"}},
		{binding.Bounced, binding.WhyOwnerChanged, binding.MailStatus{Fate: "bounced", Reason: "owner-changed", Next: "other-address"}},
		{binding.Complained, "", binding.MailStatus{Fate: "complained", Next: "resend"}}, // seen only where "not me" was taken back
		{binding.Fate(99), "", binding.MailStatus{Fate: "fate-99", Next: "wait"}},
	} {
		w := newWorld(t)
		w.ok(w.bind("li", "li@qq.com"))
		w.ended(v.fate, v.why)
		v.want.At = w.now
		if v.want.Reason != "" || v.fate != binding.Delivered {
			v.want.Support = w.account("li").Ref() + "-" + w.row("li").Send.Ref()
		}
		if got := w.ok(w.status("li")).Mail; got == nil || *got != v.want {
			t.Errorf("fate %d, why %q: %+v, want %+v", v.fate, v.why, got, v.want)
		}
	}
}

// ended ends the order that is next in the stream with a verdict, as the mailer or a report would.
func (w *world) ended(fate binding.Fate, why binding.Why) {
	w.t.Helper()
	o := w.stream[0]
	w.stream = w.stream[1:]
	if err := w.memory.Finish(w.ctx, binding.Finish{Order: o, Fate: fate, Why: why, Now: w.now}); err != nil {
		w.t.Fatal(err)
	}
}

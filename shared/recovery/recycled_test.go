package recovery_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

const day = 24 * time.Hour

// reported has the provider tell what became of a letter.
func (w *world) reported(l binding.Letter, fate binding.Fate, why binding.Why) binding.Heard {
	w.t.Helper()
	tag, err := binding.OpenTag(w.names.Data, l.Tag)
	if err != nil {
		w.t.Fatal(err)
	}
	heard, err := (&binding.Feedback{Store: w.memory}).Take(w.ctx, binding.Report{Tag: tag, Fate: fate, Why: why, At: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
	return heard
}

// confirm is the owner, signed in, with the code of the mail that came for it.
func (w *world) confirm(sub string) {
	w.t.Helper()
	session := binding.Session{Who: binding.Who{Issuer: "https://idp.example", Subject: sub}}
	if _, err := w.binds.Reconfirm(w.ctx, session, w.now); err != nil {
		w.t.Fatal(err)
	}
	row := w.row(sub)
	order := binding.Order{Account: row.Account, EmailKey: row.EmailKey, Kind: binding.KindReconfirm, Send: row.Due[binding.KindReconfirm]}
	if out, err := w.receipts.Deliver(w.ctx, order, w.now); err != nil || out != binding.OutcomeSent {
		w.t.Fatal(out, err)
	}
	w.after(time.Second)
	if _, err := w.binds.VerifyCode(w.ctx, session, w.post.letters[len(w.post.letters)-1].Code, w.request(), w.now); err != nil {
		w.t.Fatal(err)
	}
}

// A mailbox that nobody uses for months is given to somebody else: it was unknown for a while, and then it
// delivers again. Its new owner gets neither a code nor a link, and what was mailed before is dead; the owner of
// the account, who is signed in somewhere, confirms with a code from the mailbox, and is then the only one who can.
func TestARecycledMailboxRecoversNothingUntilItsOwnerConfirms(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	first := w.mail("li@qq.com")
	w.reported(first, binding.Bounced, binding.WhyUnknown)
	w.after(binding.GoneTwice)
	second := w.mail("li@qq.com") // once gone may be a mistake: mail is tried, and it brings the way back in
	if second.Paused != binding.NotPaused || second.Code == "" {
		t.Fatalf("the second mail is %+v", second)
	}
	w.reported(second, binding.Bounced, binding.WhyUnknown)

	w.refused(errOf(w.set(link(second), newPassword)), theOne)
	grant, err := w.code("li@qq.com", second.Code)
	if err == nil {
		w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)), theOne)
	}

	w.after(90 * day)
	third := w.mail("li@qq.com")
	if third.Paused != binding.PausedRisk || third.Code != "" || third.Token != "" {
		t.Fatalf("the new owner of the mailbox was mailed %+v", third)
	}
	w.reported(third, binding.Delivered, binding.WhyNone)
	w.after(day)
	if again := w.mail("li@qq.com"); again.Paused != binding.PausedRisk || again.Code != "" || again.Token != "" {
		t.Fatalf("after a delivery it was mailed %+v", again)
	}
	if c := w.check("li", oldPassword, ""); !c.OK {
		t.Errorf("the old password is %+v", c)
	}

	w.confirm("li")
	w.after(day)
	back := w.mail("li@qq.com")
	if back.Paused != binding.NotPaused || back.Code == "" {
		t.Fatalf("after the confirmation the mail is %+v", back)
	}
	if _, err := w.set(link(back), newPassword); err != nil {
		t.Errorf("the owner cannot set a password: %v", err)
	}
}

func TestWhatARiskDoesToRecovery(t *testing.T) {
	for _, v := range []struct {
		fate   binding.Fate
		why    binding.Why
		risk   binding.Risk
		paused binding.Pause
	}{
		{binding.Bounced, binding.WhyUnknown, binding.MailBounced, binding.NotPaused},
		{binding.Bounced, binding.WhySpam, binding.MailBounced, binding.NotPaused},
		{binding.GaveUp, binding.WhyFull, binding.MailboxFull, binding.NotPaused},
		{binding.Complained, binding.WhyNone, binding.MailComplained, binding.NotPaused},
		{binding.Bounced, binding.WhyOwnerChanged, binding.OwnerChanged, binding.PausedRisk},
	} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		w.reported(w.mail("li@qq.com"), v.fate, v.why)
		if risk := w.row("li").Risk; risk != v.risk {
			t.Errorf("%s %s: the risk is %q", v.fate, v.why, risk)
		}
		w.after(time.Hour)
		letter := w.mail("li@qq.com")
		if letter.Paused != v.paused || (letter.Token == "") != (v.paused != binding.NotPaused) || letter.Since.IsZero() {
			t.Errorf("%s: the mail is %+v", v.risk, letter)
		}
		if v.paused == binding.NotPaused {
			if _, err := w.set(link(letter), newPassword); err != nil {
				t.Errorf("%s: %v", v.risk, err)
			}
		}
	}
}

// The new owner of a mailbox can make as many signs as there are recovery mails, and more: nothing of it brings a
// way in.
func TestNoSeriesOfMailsAndComplaintsEndsTheHold(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.reported(w.mail("li@qq.com"), binding.Bounced, binding.WhyUnknown)
	w.after(binding.GoneTwice)
	last := w.mail("li@qq.com")
	w.reported(last, binding.Bounced, binding.WhyUnknown)
	w.after(90 * day)
	for range 200 {
		w.ask("li@qq.com")
		before := len(w.post.letters)
		w.deliver("li@qq.com")
		for _, l := range w.post.letters[before:] {
			if l.Paused != binding.PausedRisk || l.Code != "" || l.Token != "" {
				t.Fatalf("after %d mails: %+v", before, l)
			}
			last = l
		}
		w.after(time.Minute)
		w.reported(last, binding.Delivered, binding.WhyNone)
		w.after(time.Minute)
		w.reported(last, binding.Complained, binding.WhyNone)
		w.now = w.challenge("li@qq.com").ResendAt.Add(time.Second)
	}
}

// Whoever asks on and on for a mailbox that does not exist has one mail a day sent there, with the same writes as
// ever; and whoever asks every day keeps nobody from having that one.
func TestABrokenMailboxGetsOneMailADay(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.reported(w.mail("li@qq.com"), binding.Bounced, binding.WhyUnknown)
	w.after(25 * time.Hour)
	w.reported(w.mail("li@qq.com"), binding.Bounced, binding.WhyUnknown)
	w.after(25 * time.Hour)
	w.now = w.now.Truncate(day).Add(day)
	sent, asks := map[int64]int{}, 0
	for until := w.now.Add(10 * day); w.now.Before(until); asks++ {
		w.ask("li@qq.com")
		if w.deliver("li@qq.com") == binding.OutcomeSent {
			sent[binding.Day(w.now)]++
		}
		w.now = w.challenge("li@qq.com").ResendAt
	}
	if len(sent) != 10 || asks < 100 {
		t.Errorf("of %d asks in ten days these were mailed: %v", asks, sent)
	}
	for d, n := range sent {
		if n != 1 {
			t.Errorf("%d mails on day %d", n, d)
		}
	}
}

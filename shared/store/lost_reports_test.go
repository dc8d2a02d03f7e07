package store_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

// TestALostAnswerOfAReportEndsAsTheContractSays: what a step's second call, by the SDK, answers when the first one's
// answer was lost. A refusal shows its own write.
func TestALostAnswerOfAReportEndsAsTheContractSays(t *testing.T) {
	s, l := lossy(t)
	ctx := t.Context()
	c, o := s.asked("claim", "claim@example.com"), s.boundBy("owner", "owner@example.com")
	gone := binding.Sign{At: s.now, Kind: binding.SignGone, Mail: "0M"}
	bounced := binding.Standing{Risk: binding.MailBounced, Since: s.now}
	d := func(c binding.Claim, after time.Duration) binding.Denial {
		return binding.Denial{Account: c.Account, EmailKey: c.EmailKey, Challenge: c.Challenge, Event: "binding.disputed/r1", Said: s.now.Add(after), Now: s.now.Add(after)}
	}
	undone := d(o, time.Hour)
	undone.Disowned, undone.Restore, undone.Signs = true, bounced, []binding.Sign{gone}
	confirmation := binding.ChallengeID{9}
	for _, step := range []struct {
		what string
		run  func() error
		is   func(old binding.Claim) bool // nil: no refusal
	}{
		{"tell", func() error {
			return s.store.Tell(ctx, binding.News{Account: c.Account, Send: c.Send, Fate: binding.Delivered, At: s.now})
		}, func(old binding.Claim) bool { return old.Fate == binding.Delivered && old.FateAt == s.now }},
		{"deny", func() error { return s.store.Deny(ctx, d(c, 0)) }, func(old binding.Claim) bool {
			return old.State == binding.Denied && old.Denied[c.EmailKey] == s.now.Add(binding.DeniedFor)
		}},
		{"undo", func() error { return s.store.Undo(ctx, d(c, time.Minute)) }, func(old binding.Claim) bool {
			return old.State == binding.Pending && old.UndoneAt == s.now.Add(time.Minute)
		}},
		{"observe", func() error {
			_, err := s.store.Observe(ctx, binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: s.now, Sign: gone})
			return err
		}, nil},
		{"judge", func() error {
			return s.store.Judge(ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: []binding.Sign{gone}, Standing: bounced, Event: "e"})
		}, func(old binding.Claim) bool {
			return old.Risk == bounced.Risk && old.RiskSince == bounced.Since && len(old.Signs) == 1
		}},
		{"dispute only", func() error { return s.store.DisputeOnly(ctx, d(o, time.Second)) },
			func(old binding.Claim) bool { return old.DisputedAt == s.now.Add(time.Second) }},
		{"dispute", func() error { return s.store.Dispute(ctx, d(o, time.Minute)) },
			func(old binding.Claim) bool {
				return old.Risk == binding.Disowned && old.DisputedAt == s.now.Add(time.Minute)
			}},
		{"undo dispute", func() error { return s.store.UndoDispute(ctx, undone) },
			func(old binding.Claim) bool {
				return old.Risk == bounced.Risk && old.DisputedAt.IsZero() && old.UndoneAt == undone.Now
			}},
		{"reconfirm", func() error {
			_, err := s.store.Reconfirm(ctx, binding.Reconfirmation{Account: o.Account, Form: binding.Afresh, Challenge: confirmation, Key: o.Key, Send: binding.SendID{8}, Now: s.now})
			return err
		}, func(old binding.Claim) bool {
			return old.Send == binding.SendID{8} && old.SendsToday == 2 && old.Confirming == confirmation
		}},
		{"confirm", func() error {
			_, err := s.store.Confirm(ctx, binding.Confirmation{Account: o.Account, Challenge: confirmation, Doubted: true, Event: "e", Now: s.now})
			return err
		}, func(old binding.Claim) bool {
			return old.Confirming == confirmation && old.Expires.IsZero() && old.Risk == binding.NoRisk
		}},
	} {
		l.next(1)
		err := step.run()
		if l.dropped != 1 {
			t.Errorf("%s: %d written answers were dropped, want 1", step.what, l.dropped)
		}
		if step.is == nil {
			if err != nil {
				t.Errorf("%s: %v", step.what, err)
			}
		} else if old := refusedBy(t, err); !step.is(old) {
			t.Errorf("%s: the row shows %+v", step.what, old)
		}
	}
	if now := s.claim("owner"); len(now.Signs) != 0 || now.ProvedAt != s.now {
		t.Errorf("the row shows %+v", now)
	}
}

// TestNobodyNoticesALostAnswerOfAConfirmation, nor of a report: charged once, told once, and confirmed.
func TestNobodyNoticesALostAnswerOfAConfirmation(t *testing.T) {
	s, l := lossy(t)
	ctx, who := t.Context(), session("owner")
	c := s.boundBy("owner", "owner@example.com")
	do := func(what string, want binding.Reason, call func() error) {
		t.Helper()
		l.next(1)
		err := call()
		if want == "" && err != nil || want != "" && wants(err, want) != nil {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
		if l.dropped != 1 {
			t.Errorf("%s: no written answer was dropped", what)
		}
	}
	code := func(text string) func() error {
		return func() error { _, err := s.svc.VerifyCode(ctx, who, text, binding.NewRequest(), s.now); return err }
	}
	ask := func() error { _, err := s.svc.Reconfirm(ctx, who, s.now); return err }
	at := s.now
	for i, r := range []binding.Report{
		{Fate: binding.Delivered, At: at}, {Fate: binding.Bounced, Why: binding.WhyUnknown, At: at.Add(time.Hour)},
		{Fate: binding.Bounced, Why: binding.WhyUnknown, At: at.Add(26 * time.Hour)},
	} {
		r.Tag = tag(c, binding.KindBound)
		r.Tag.Send[0] ^= byte(i) // of another mail
		do("a report", "", func() error { _, err := s.feedback().Take(ctx, r); return err })
		if now := s.claim("owner"); len(now.Signs) != i+1 || now.Risk != []binding.Risk{"", binding.MailBounced, binding.Broken}[i] {
			t.Errorf("report %d: the row shows %+v", i, now)
		}
	}
	s.now = s.now.Add(27 * time.Hour)
	do("ask", "", ask)
	if now := s.claim("owner"); now.SendsToday != 1 || len(now.Due) != 2 {
		t.Errorf("asked: %d sends, due %v", now.SendsToday, now.Due)
	}
	asked := s.claim("owner")
	do("the mail", "", func() error {
		_, err := s.mailer.Deliver(ctx, s.order(asked, binding.KindReconfirm), s.now)
		return err
	})
	s.now = s.now.Add(binding.CooldownSame)
	do("ask again", "", ask)
	asked = s.claim("owner")
	do("a wrong code", binding.ErrWrongCode, code(s.wrongCode(asked, 1)))
	if now := s.claim("owner"); now.SendsToday != 2 || now.Tries != 1 || now.TriesToday != 1 {
		t.Errorf("the row counts %d sends, %d tries, %d today", now.SendsToday, now.Tries, now.TriesToday)
	}
	do("the right code", "", code(s.code(asked)))
	if now := s.claim("owner"); now.Risk != binding.NoRisk || now.ProvedAt != s.now || len(now.Signs) != 0 {
		t.Errorf("confirmed: %+v", now)
	}
	// The answer of Confirm itself is lost: the call before it is the charge.
	s.now = s.now.Add(time.Minute)
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	asked = s.claim("owner")
	l.after(1, 1)
	if err := code(s.code(asked))(); err != nil || l.dropped != 1 {
		t.Errorf("the right code, its confirmation's answer lost: %v, %d dropped", err, l.dropped)
	}
	s.audit()
}

// TestACodeOfAnOutageIsGivenBack on a bound row too: the right code at the last try, and then an outage.
func TestACodeOfAnOutageIsGivenBack(t *testing.T) {
	s, l := lossy(t)
	ctx, who := t.Context(), session("unlucky")
	s.boundBy("unlucky", "unlucky@example.com")
	if _, err := s.svc.Reconfirm(ctx, who, s.now); err != nil {
		t.Fatal(err)
	}
	c := s.claim("unlucky")
	code := func(text string) error {
		_, err := s.svc.VerifyCode(ctx, who, text, binding.NewRequest(), s.now)
		return err
	}
	for i := range binding.TriesPerCode - 1 {
		if err := wants(code(s.wrongCode(c, i)), binding.ErrWrongCode); err != nil {
			t.Fatal(err)
		}
	}
	l.refuse(1, 3) // the charge goes through, and nothing of the confirmation
	if err := code(s.code(c)); err == nil || wants(err, binding.ErrWrongCode) == nil {
		t.Errorf("an outage: %v", err)
	}
	if now := s.claim("unlucky"); now.Tries != binding.TriesPerCode-1 || now.TriesToday != binding.TriesPerCode-1 || !now.ProvedAt.Equal(c.ProvedAt) {
		t.Errorf("given back: %d tries, %d today", now.Tries, now.TriesToday)
	}
	if err := code(s.code(c)); err != nil {
		t.Errorf("once the outage is over: %v", err)
	}
	s.audit()
}

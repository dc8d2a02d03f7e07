package store_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

// TestConfirmingTakesOneRoundTripOrTwo: asking takes one, two where a confirmation is open; a wrong code one, the
// right one two, doubt or none.
func TestConfirmingTakesOneRoundTripOrTwo(t *testing.T) {
	s, costs := metered(t)
	ctx, who := t.Context(), session("owner")
	ask := func() error { _, err := s.svc.Reconfirm(ctx, who, s.now); return err }
	code := func(of func(binding.Claim) string) func() error {
		text := of(s.claim("owner"))
		return func() error {
			_, err := s.svc.VerifyCode(ctx, who, text, binding.NewRequest(), s.now)
			return err
		}
	}
	wrong := func(c binding.Claim) string { return s.wrongCode(c, 1) }
	mail := func() error {
		if out := s.deliver("owner", binding.KindReconfirm); out != binding.OutcomeSent {
			t.Errorf("the mail was %s", out)
		}
		return nil
	}
	costs("asking for no account", 1, binding.ErrNothingPending, ask)
	c := s.boundBy("owner", "owner@example.com")
	costs("a code where none was asked for", 1, nil, code(wrong))
	costs("asking", 1, nil, ask)
	costs("asking while the mail is due", 2, nil, ask)
	const mailed = 3 // one of them to see which mail is due, which the stream tells the mailer
	costs("the mail", mailed, nil, mail)
	costs("asking too early", 2, binding.ErrCooldown, ask)
	s.now = s.now.Add(binding.CooldownSame)
	costs("asking again", 2, nil, ask)
	s.now = s.now.Add(binding.LateAfter)
	costs("asking for a late mail", 2, nil, ask)
	costs("the late mail", mailed, nil, mail)
	costs("a wrong code", 1, binding.ErrWrongCode, code(wrong))
	costs("the right code", 2, nil, code(s.code))
	costs("the right code again", 1, nil, code(s.code))
	if now := s.claim("owner"); now.ProvedAt != s.now || now.Event != c.Event {
		t.Errorf("proved: %+v", now)
	}

	s.now = s.now.Add(time.Hour)
	s.report(c, binding.KindBound, binding.Bounced, binding.WhyOwnerChanged, s.now)
	s.now = s.now.Add(time.Minute)
	costs("asking in doubt", 1, nil, ask)
	for range binding.TriesPerCode {
		costs("a wrong code in doubt", 1, binding.ErrWrongCode, code(wrong))
	}
	costs("a code too many", 1, binding.ErrTriesExhausted, code(s.code))
	costs("the mail in doubt", mailed, nil, mail)
	s.now = s.now.Add(binding.CooldownSame)
	costs("asking after a spent code", 2, nil, ask)
	costs("the right code in doubt", 2, nil, code(s.code))
	if now := s.claim("owner"); now.Risk != binding.NoRisk || now.ProvedAt != s.now || now.Event == c.Event {
		t.Errorf("confirmed: %+v", now)
	}
	s.audit()
}

// TestAReportTakesOneToThreeRoundTrips: one where it is noted, or nobody's; one more for each of these: the mail is
// a sign of its mailbox too, the verdict changes, it is a complaint, the complaint is about what moved on or is bound.
func TestAReportTakesOneToThreeRoundTrips(t *testing.T) {
	s, costs := metered(t)
	type report struct {
		what  string
		fate  binding.Fate
		why   binding.Why
		trips int
		heard binding.Heard
	}
	take := func(c binding.Claim, kind binding.Kind, reports ...report) {
		t.Helper()
		for _, r := range reports {
			s.now = s.now.Add(time.Second)
			costs(string(kind)+" mail, "+r.what, r.trips, nil, func() error {
				if heard := s.report(c, kind, r.fate, r.why, s.now); heard != r.heard {
					t.Errorf("%s mail, %s: %s, want %s", kind, r.what, heard, r.heard)
				}
				return nil
			})
		}
	}
	take(s.asked("pending", "pending@example.com"), binding.KindVerify,
		report{"sent", binding.Sent, "", 1, binding.HeardNoted},
		report{"late news of less", binding.NotSent, "", 1, binding.HeardStale},
		report{"bounced", binding.Bounced, binding.WhyUnknown, 1, binding.HeardNoted},
		report{"a complaint", binding.Complained, "", 2, binding.HeardDenied},
		report{"a complaint again", binding.Complained, "", 2, binding.HeardStale})
	moved := s.asked("moved", "moved@example.com")
	s.now = s.now.Add(binding.CooldownOther)
	s.asked("moved", "elsewhere@example.com")
	take(moved, binding.KindVerify,
		report{"superseded", binding.Delivered, "", 1, binding.HeardStale},
		report{"superseded, a complaint", binding.Complained, "", 3, binding.HeardDenied})
	bound := s.boundBy("bound", "bound@example.com")
	take(bound, binding.KindVerify,
		report{"bound, delivered", binding.Delivered, "", 1, binding.HeardNoted},
		report{"bound, a complaint", binding.Complained, "", 3, binding.HeardDisputed},
		report{"bound, a complaint again", binding.Complained, "", 2, binding.HeardStale})
	take(bound, binding.KindBound,
		report{"sent", binding.Sent, "", 0, binding.HeardStale},
		report{"delivered", binding.Delivered, "", 1, binding.HeardNoted},
		report{"full", binding.GaveUp, binding.WhyFull, 2, binding.HeardAtRisk},
		report{"full still", binding.GaveUp, binding.WhyFull, 1, binding.HeardNoted},
		report{"delivered again", binding.Delivered, "", 2, binding.HeardWell})
	if _, err := s.svc.Reconfirm(t.Context(), session("bound"), s.now); err != nil {
		t.Fatal(err)
	}
	take(s.claim("bound"), binding.KindReconfirm,
		report{"delivered", binding.Delivered, "", 2, binding.HeardNoted},
		report{"bounced", binding.Bounced, binding.WhyUnknown, 3, binding.HeardAtRisk})
	take(binding.Claim{Account: binding.AccountKey{1}, EmailKey: bound.EmailKey}, binding.KindRecover,
		report{"of nobody", binding.Bounced, binding.WhyUnknown, 1, binding.HeardNobody})
	s.audit()
}

// TestAForgedReportHasNoTag: what the provider reports is found by the tag alone, and a tag is made by our data key
// alone. No report names an address.
func TestAForgedReportHasNoTag(t *testing.T) {
	s := newSite(t, client(t), nil)
	c := s.boundBy("victim", "victim@example.com")
	good := tag(c, binding.KindBound).Seal(s.data)
	if got, err := binding.OpenTag(s.data, good); err != nil || got != tag(c, binding.KindBound) {
		t.Fatalf("our own: %+v, %v", got, err)
	}
	foreign := tag(c, binding.KindBound).Seal(dataKeyOf(t, "f"))
	for what, value := range map[string]string{"under another key": foreign, "empty": "", "the address": c.Address.String(), "the account": c.Account.String()} {
		if got, err := binding.OpenTag(s.data, value); err == nil {
			t.Errorf("%s opens as %+v", what, got)
		}
	}
	for i := range good {
		for _, swap := range []byte{'A', 'b', '_'} {
			forged := good[:i] + string(swap) + good[i+1:]
			if got, err := binding.OpenTag(s.data, forged); err == nil && forged != good && got != tag(c, binding.KindBound) {
				t.Errorf("symbol %d swapped opens as %+v", i, got)
			}
		}
	}
}

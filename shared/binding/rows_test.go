package binding_test

import (
	"context"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// rowed is a store whose account stands as given: rows that only reports of mail providers make.
type rowed struct {
	tapped
	row      binding.Claim
	disputed *binding.Denial
}

func (s rowed) Claim(context.Context, binding.AccountKey, time.Time) (binding.Claim, error) {
	return s.row, nil
}

func (s rowed) Deny(context.Context, binding.Denial) error { return &binding.Refused{Old: s.row} }
func (s rowed) Undo(context.Context, binding.Denial) error { return &binding.Refused{Old: s.row} }

func (s rowed) Dispute(_ context.Context, d binding.Denial) error {
	*s.disputed = d
	return nil
}

// reported is a world whose account li is bound, with a row as that report left it.
func reported(t *testing.T, change func(*binding.Claim)) (*world, binding.Letter, *binding.Denial) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	w.after(time.Hour)
	s := rowed{tapped: tapped{w}, row: w.row("li"), disputed: &binding.Denial{}}
	change(&s.row)
	w.service.Store = s
	return w, receipt, s.disputed
}

func TestADisputeByComplaintIsStillDisownedByNotMe(t *testing.T) {
	w, receipt, disputed := reported(t, func(c *binding.Claim) { c.DisputedAt = noon })
	if st := w.ok(w.status("li")); st.Health != "disputed" {
		t.Errorf("health %q", st.Health)
	}
	if got := w.okDeny(w.deny(receipt.Token)); !got.Bound || disputed.Risky || disputed.EmailKey == (address.EmailKey{}) {
		t.Errorf("the answer is %+v, the dispute %+v", got, disputed)
	}
}

func TestADisputeKeepsARiskThatHolds(t *testing.T) {
	for _, risk := range []binding.Risk{binding.Broken, binding.OwnerChanged} {
		w, receipt, disputed := reported(t, func(c *binding.Claim) { c.Risk, c.RiskSince = risk, noon })
		if st := w.ok(w.status("li")); st.Health != string(risk) {
			t.Errorf("health %q, want %q", st.Health, risk)
		}
		if got := w.okDeny(w.deny(receipt.Token)); !got.Bound || !disputed.Risky {
			t.Errorf("%s: the answer is %+v, the dispute %+v", risk, got, disputed)
		}
	}
}

// Undo takes back what a press of "not me" did, and no verdict of a mail provider.
func TestUndoTakesBackNoRiskButItsOwn(t *testing.T) {
	w, receipt, _ := reported(t, func(c *binding.Claim) { c.DisputedAt, c.Risk, c.RiskSince = noon, binding.Broken, noon })
	w.refused(errOf(w.undo(receipt.Token)), binding.Refusal{Reason: binding.ErrExpired})
}

func TestAReportOutranksThatTheMailWasTaken(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "li@qq.com")
	row := w.row("li")
	row.Fate, row.FateAt, row.Why = binding.Bounced, noon.Add(time.Second), binding.WhyUnknown
	w.service.Store = rowed{tapped: tapped{w}, row: row}
	want := binding.MailStatus{Fate: "bounced", Reason: "mailbox-unknown", Next: "other-address", At: row.FateAt}
	if st := w.ok(w.status("li")); st.Mail == nil || *st.Mail != want {
		t.Errorf("the mail is %+v, want %+v", st.Mail, want)
	}
}

func TestBindWaitsOutTheCooldownOfAClaimThatJustEnded(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "li@qq.com")
	w.after(24*time.Hour - 30*time.Second)
	w.ok(w.resend("li"))
	w.deliver()
	w.after(30 * time.Second)
	w.refused(errOf(w.bind("li", "li@qq.com")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: 30 * time.Second})
}

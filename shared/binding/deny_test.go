package binding_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestNotMeEndsTheClaimAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.calls = nil
	got := w.okDeny(w.deny(letter.Token))
	w.same("store calls", w.calls, []string{"Deny"})
	if got.Bound || got.Address.String() != "wang@qq.com" {
		t.Errorf("the answer is %+v", got)
	}
	row := w.row("li")
	if row.State != binding.Denied || !row.Denied[w.emailKey("wang@qq.com")].Equal(noon.Add(30*24*time.Hour)) || len(row.Due) != 0 {
		t.Errorf("the row is %+v", row)
	}
	w.same("again", w.okDeny(w.deny(letter.Token)), got)
}

func TestNotMeTakesBackAMailThatIsDue(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.after(time.Minute)
	w.ok(w.resend("li"))
	w.okDeny(w.deny(letter.Token))
	if letters := w.deliver(); len(letters) != 0 {
		t.Errorf("after not me these went out: %+v", letters)
	}
}

func TestNotMeCountsThirtyDaysPastTheLinksEnd(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.after(31*24*time.Hour - time.Second)
	w.okDeny(w.deny(letter.Token))
	w.refused(errOf(w.bind("li", "wang@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30 * 24 * time.Hour})
	w.after(time.Second)
	w.refused(errOf(w.deny(letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
	w.refused(errOf(w.undo(letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
}

// Whoever alternates between two addresses supersedes the challenge of the first mail; it goes by the
// address, so that does not help.
func TestNotMeGoesByTheAddressAndNotByTheChallenge(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.after(time.Minute)
	w.pending("li", "other@qq.com")
	w.calls = nil
	w.okDeny(w.deny(letter.Token))
	w.same("store calls", w.calls, []string{"Deny", "DenyMoved"})
	w.state("li", binding.Pending) // the claim on the other address goes on
	w.after(time.Minute)
	w.refused(errOf(w.bind("li", "victim@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30*24*time.Hour - time.Minute})

	w = newWorld(t)
	_, letter = w.pending("li", "victim@qq.com")
	w.after(24 * time.Hour)
	st, later := w.pending("li", "victim@qq.com")
	w.okDeny(w.deny(letter.Token)) // the old mail ends the new claim on the same address
	w.state("li", binding.Denied)
	w.refused(errOf(w.link(later.Token, st.Check)), binding.Refusal{Reason: binding.ErrAddressDenied})
}

func TestNotMeOnABoundAddressDisputesAndUnbindsNothing(t *testing.T) {
	w := newWorld(t)
	verify, receipt := w.bound("li", "li@qq.com")
	w.calls = nil
	if got := w.okDeny(w.deny(receipt.Token)); !got.Bound {
		t.Errorf("the answer is %+v", got)
	}
	w.same("store calls", w.calls, []string{"Deny", "Dispute"})
	row := w.row("li")
	if row.State != binding.Bound || row.Risk != binding.Disowned || !row.DisputedAt.Equal(w.now) || !row.BoundAt.Equal(noon) {
		t.Errorf("the row is %+v", row)
	}
	w.after(time.Hour)
	if got := w.okDeny(w.deny(verify.Token)); !got.Bound { // any link of the account and address says so
		t.Errorf("again: %+v", got)
	}
	if again := w.row("li"); !again.DisputedAt.Equal(row.DisputedAt) || again.Event != row.Event {
		t.Errorf("pressing again made a new fact: %+v", again)
	}
}

func TestNotMeForAnAddressThatLostIsSuccess(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.after(time.Minute)
	w.bound("li", "li@qq.com")
	if got := w.okDeny(w.deny(letter.Token)); got.Bound {
		t.Errorf("the answer is %+v", got)
	}
	if got := w.okDeny(w.undo(letter.Token)); got.Bound {
		t.Errorf("the answer to undo is %+v", got)
	}
	if got := w.ok(w.status("li")); got.Health != "ok" {
		t.Errorf("a binding of another address is %q", got.Health)
	}
}

func TestUndoRevivesTheClaimWithinADayAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.after(binding.UndoFor - time.Minute - time.Second)
	w.calls = nil
	w.okDeny(w.undo(letter.Token))
	w.same("store calls", w.calls, []string{"Undo"})
	w.state("li", binding.Pending)
	w.okDeny(w.undo(letter.Token))
	if w.row("li").Denied[w.emailKey("li@qq.com")].After(w.now) {
		t.Error("the denial stands")
	}
	w.ok(w.link(letter.Token, st.Check))
}

func TestUndoIsForADayOnly(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.after(binding.UndoFor - time.Second)
	w.okDeny(w.undo(letter.Token))
	w.okDeny(w.deny(letter.Token))
	w.after(binding.UndoFor)
	w.refused(errOf(w.undo(letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
	w.state("li", binding.Denied)
}

// Who presses twice says it once: no second fact, and no longer denial. A day later it is said anew.
func TestNotMePressedTwiceIsSaidOnce(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.okDeny(w.deny(letter.Token))
	first := w.row("li")
	w.after(time.Hour)
	w.okDeny(w.deny(letter.Token))
	w.same("the row", w.row("li"), first)
	w.after(24 * time.Hour)
	w.okDeny(w.deny(letter.Token))
	if again := w.row("li"); again.Event == first.Event || !again.Denied[w.emailKey("wang@qq.com")].Equal(w.now.Add(binding.DeniedFor)) {
		t.Errorf("a day later the row is %+v", again)
	}
}

func TestUndoForgetsTheDenialOfAClaimThatMovedOn(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.after(time.Minute)
	w.pending("li", "other@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.calls = nil
	w.okDeny(w.undo(letter.Token))
	w.same("store calls", w.calls, []string{"Undo", "UndoMoved"})
	w.after(time.Minute)
	w.pending("li", "victim@qq.com")
}

// The mail of yesterday ended today's claim on the same address. Undone by that same mail, today's
// claim goes on.
func TestUndoRevivesTheClaimThatAnOlderLinkEnded(t *testing.T) {
	w := newWorld(t)
	_, old := w.pending("li", "li@qq.com")
	w.after(24 * time.Hour)
	st, letter := w.pending("li", "li@qq.com")
	w.okDeny(w.deny(old.Token))
	w.okDeny(w.undo(old.Token))
	w.state("li", binding.Pending)
	w.ok(w.link(letter.Token, st.Check))
}

func TestUndoOfADisputeIsForADayAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	if got := w.okDeny(w.undo(receipt.Token)); !got.Bound {
		t.Errorf("undoing what was never disputed: %+v", got)
	}
	w.okDeny(w.deny(receipt.Token))
	w.after(binding.UndoFor - time.Second)
	first := w.okDeny(w.undo(receipt.Token))
	if row := w.row("li"); !first.Bound || row.Risk != binding.NoRisk || !row.DisputedAt.IsZero() {
		t.Errorf("undone: %+v, the row is %+v", first, row)
	}
	w.same("again", w.okDeny(w.undo(receipt.Token)), first)
	w.okDeny(w.deny(receipt.Token))
	w.after(binding.UndoFor)
	w.refused(errOf(w.undo(receipt.Token)), binding.Refusal{Reason: binding.ErrExpired})
}

func TestAReceiptBindsNothingAndSaysNotMeForThirtyDays(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	if receipt.Code != "" || !receipt.At.Equal(noon) {
		t.Errorf("the receipt is %+v", receipt)
	}
	expired := binding.Refusal{Reason: binding.ErrExpired}
	w.refused(errOf(w.link(receipt.Token, "0000")), expired)
	w.refused(errOf(w.token("li", receipt.Token)), expired)
	w.after(30*24*time.Hour - time.Second)
	if got := w.okDeny(w.deny(receipt.Token)); !got.Bound {
		t.Errorf("the answer is %+v", got)
	}
	w.after(time.Second)
	w.refused(errOf(w.deny(receipt.Token)), expired)
}

// A row that never stands still is no reason to try for ever, nor to claim success.
func TestDenyGivesUpOnARowThatNeverStandsStill(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	old := w.row("li")
	w.okDeny(w.deny(letter.Token))
	denied := w.row("li")
	w.tap = func(string, func() error) error { return &binding.Refused{Old: old} }
	busy := binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: time.Second}
	w.refused(errOf(w.deny(letter.Token)), busy)
	old = denied
	w.refused(errOf(w.undo(letter.Token)), busy)
}

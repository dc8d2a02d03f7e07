package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

const day = 24 * time.Hour

func TestReportsTellTheAskerWhatBecameOfTheMail(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	at := w.now.Add(5 * time.Second)
	w.calls = nil
	if heard := w.reportedAt(letter, binding.Delayed, binding.WhyFull, at); heard != binding.HeardNoted {
		t.Errorf("heard %q", heard)
	}
	w.same("store calls", w.calls, []string{"Tell"})
	want := binding.MailStatus{Fate: "delayed", Reason: "mailbox-full", Next: "wait", At: at, Support: w.account("li").Ref() + "-" + w.row("li").Send.Ref()}
	w.same("the mail", *w.ok(w.status("li")).Mail, want)
}

// The mail was said to have come back, and its code is typed: whoever has the code has the mail.
func TestABounceNeverBlocksACodeThatArrived(t *testing.T) {
	for _, why := range []binding.Why{binding.WhyUnknown, binding.WhyNoMail, binding.WhySuppressed, binding.WhyFull, binding.WhyNone} {
		w := newWorld(t)
		st, letter := w.pending("li", "li@qq.com")
		w.reported(letter, binding.Bounced, why)
		w.ok(w.code("li", letter.Code))
		w = newWorld(t)
		st, letter = w.pending("li", "li@qq.com")
		w.reported(letter, binding.Bounced, why)
		w.ok(w.link(letter.Token, st.Check))
	}
}

func TestADeadMailboxIsNotMailedAgainUnderItsClaim(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.reported(letter, binding.Bounced, binding.WhyUnknown)
	w.after(time.Minute)
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrMailboxRefused, Detail: "mailbox-unknown"})
	w.pending("li", "li@163.com") // another address is welcome
}

// Each send starts anew: what became of the first one says nothing of the second.
func TestReportsOfAnOlderSendSayNothingOfTheNewest(t *testing.T) {
	w := newWorld(t)
	_, first := w.pending("li", "li@qq.com")
	w.after(time.Minute)
	w.ok(w.resend("li"))
	w.mail(binding.KindVerify)
	before := w.row("li")
	if heard := w.reported(first, binding.Bounced, binding.WhyUnknown); heard != binding.HeardStale {
		t.Errorf("heard %q", heard)
	}
	w.same("the row", w.row("li"), before)
}

// An automatic answer to a mail that arrived comes back like a mail that did not.
func TestADeliveryOutranksWhatMayBeAnAutomaticAnswer(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.reported(letter, binding.Delivered, binding.WhyNone)
	w.after(time.Minute)
	if heard := w.reported(letter, binding.GaveUp, binding.WhyTemporary); heard != binding.HeardStale {
		t.Errorf("heard %q", heard)
	}
	if got := w.ok(w.status("li")).Mail; got.Fate != "delivered" {
		t.Errorf("the mail is %+v", got)
	}
}

func TestAComplaintIsNotMe(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.calls = nil
	if heard := w.reported(letter, binding.Complained, binding.WhyNone); heard != binding.HeardDenied {
		t.Errorf("heard %q", heard)
	}
	w.same("store calls", w.calls, []string{"Tell", "Deny"})
	w.state("li", binding.Denied)
	first := w.row("li")
	w.after(time.Hour)
	if heard := w.reportedAt(letter, binding.Complained, binding.WhyNone, first.FateAt); heard != binding.HeardStale {
		t.Errorf("told twice it is %q", heard)
	}
	w.same("the row", w.row("li"), first)
	w.refused(errOf(w.bind("li", "victim@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30*day - time.Hour})
}

// Whoever alternates between two addresses supersedes the challenge of the mail that is complained about.
func TestAComplaintOfASupersededMailStillDenies(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.after(time.Minute)
	w.pending("li", "other@qq.com")
	w.calls = nil
	if heard := w.reported(letter, binding.Complained, binding.WhyNone); heard != binding.HeardDenied {
		t.Errorf("heard %q", heard)
	}
	w.same("store calls", w.calls, []string{"Tell", "Deny", "DenyMoved"})
	w.state("li", binding.Pending)
	w.after(time.Minute)
	w.refused(errOf(w.bind("li", "victim@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30*day - time.Minute})

	w = newWorld(t)
	_, letter = w.pending("li", "victim@qq.com")
	w.after(day)
	w.pending("li", "victim@qq.com")
	w.reported(letter, binding.Complained, binding.WhyNone) // of yesterday's mail, and today's claim is over
	w.state("li", binding.Denied)
}

// Taken back, it stays so: a report that comes again, or late, is older than the person's own word.
func TestAComplaintThatWasTakenBackDeniesNoMore(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	at := w.now
	w.reported(letter, binding.Complained, binding.WhyNone)
	w.after(time.Hour)
	w.okDeny(w.undo(letter.Token))
	if heard := w.reportedAt(letter, binding.Complained, binding.WhyNone, at); heard != binding.HeardStale {
		t.Errorf("heard %q", heard)
	}
	w.state("li", binding.Pending)
	w.ok(w.code("li", letter.Code))
}

// A complaint may be told weeks after it was made. It keeps the account away from when it is told, shortens no
// denial that is there, and ends no row before its denials.
func TestAnOldComplaintShortensNothing(t *testing.T) {
	w := newWorld(t)
	_, first := w.pending("li", "victim@qq.com")
	_, own := func() (binding.Status, binding.Letter) {
		w.after(time.Minute)
		return w.pending("li", "mine@shop.example")
	}()
	mailed := w.now
	w.after(20 * day)
	w.okDeny(w.deny(first.Token))
	until := w.row("li").Denied[w.emailKey("victim@qq.com")]
	w.after(time.Hour)
	w.reportedAt(first, binding.Complained, binding.WhyNone, mailed)
	w.reportedAt(own, binding.Complained, binding.WhyNone, mailed)
	row := w.row("li")
	if got := row.Denied[w.emailKey("victim@qq.com")]; got.Before(until) {
		t.Errorf("kept away until %v, before the complaint until %v", got, until)
	}
	if row.TTL.Before(until) {
		t.Errorf("the row ends %v, the denial %v", row.TTL, until)
	}
}

// Taking back one's own "not me" says nothing for other mailboxes: their complaints, told late, still count.
func TestUndoingForOneAddressSilencesNoOther(t *testing.T) {
	w := newWorld(t)
	_, victim := w.pending("li", "victim@qq.com")
	at := w.now
	w.after(time.Minute)
	_, own := w.pending("li", "mine@shop.example")
	w.okDeny(w.deny(own.Token))
	w.after(time.Minute)
	w.okDeny(w.undo(own.Token))
	if heard := w.reportedAt(victim, binding.Complained, binding.WhyNone, at); heard != binding.HeardDenied {
		t.Errorf("heard %q", heard)
	}
	w.after(time.Minute)
	w.refused(errOf(w.bind("li", "victim@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30*day - time.Minute})
}

func TestAComplaintAboutABindingDisputesAndDisownsNothing(t *testing.T) {
	w := newWorld(t)
	verify, _ := w.bound("li", "li@qq.com")
	w.after(time.Hour)
	w.calls = nil
	if heard := w.reported(verify, binding.Complained, binding.WhyNone); heard != binding.HeardDisputed {
		t.Errorf("heard %q", heard)
	}
	w.same("store calls", w.calls, []string{"Tell", "Deny", "DisputeOnly"})
	row, at := w.row("li"), w.now
	if row.Risk != binding.NoRisk || !row.DisputedAt.Equal(w.now) || row.TTL != (time.Time{}) {
		t.Errorf("the row is %+v", row)
	}
	if st := w.ok(w.status("li")); st.Health != "disputed" || st.HealthNext != "confirm" {
		t.Errorf("the status is %+v", st)
	}
	w.after(time.Hour)
	if heard := w.reportedAt(verify, binding.Complained, binding.WhyNone, at); heard != binding.HeardStale {
		t.Errorf("told twice it is %q", heard)
	}
	w.same("the row", w.row("li"), row)
	w.okDeny(w.undo(verify.Token))
	if st := w.ok(w.status("li")); st.Health != "ok" {
		t.Errorf("undone, the status is %+v", st)
	}
}

// The complaint is from before the binding, and the same mailbox proved itself since.
func TestAComplaintFromBeforeTheProofDisputesNothing(t *testing.T) {
	w := newWorld(t)
	_, verify := w.pending("li", "li@qq.com")
	at := w.now
	w.after(time.Minute)
	w.ok(w.code("li", verify.Code))
	before := w.row("li")
	if heard := w.reportedAt(verify, binding.Complained, binding.WhyNone, at); heard != binding.HeardStale {
		t.Errorf("heard %q", heard)
	}
	if after := w.row("li"); !after.DisputedAt.IsZero() || after.Event != before.Event {
		t.Errorf("the row is %+v", after)
	}
}

// The notice goes to the owner's mailbox, and what becomes of it is the asker's to know and nobody's risk:
// else a stranger could put a doubt on an owner, and see whose the address is.
func TestReportsOfANoticeNeverTouchTheOwner(t *testing.T) {
	w := newWorld(t)
	w.bound("owner", "target@qq.com")
	w.after(time.Hour)
	w.ok(w.bind("asker", "target@qq.com"))
	notice := w.mail(binding.KindNotice)
	owner := w.row("owner")
	for i, fate := range []binding.Fate{binding.Delayed, binding.Bounced, binding.Complained} {
		w.reportedAt(notice, fate, binding.WhyUnknown, w.now.Add(time.Duration(i)*25*time.Hour))
	}
	w.same("the owner's row", w.row("owner"), owner)
	w.state("asker", binding.Denied) // the owner's complaint keeps the asker away
}

// There is no address in a report: only our own tag names a row, and it fits one pair of account and address.
func TestATagThatFitsNoRowChangesNothing(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.bound("li", "li@qq.com")
	_, foreign := w.bound("wang", "wang@qq.com")
	w.after(time.Hour)
	before := []binding.Claim{w.row("li"), w.row("wang")}
	tag, err := binding.OpenTag(w.names.Data, receipt.Tag)
	if err != nil {
		t.Fatal(err)
	}
	tag.EmailKey = w.emailKey("wang@qq.com")
	for fate := binding.NotSent; fate <= binding.Complained; fate++ {
		heard, err := w.feedback.Take(w.ctx, binding.Report{Tag: tag, Fate: fate, Why: binding.WhyUnknown, At: w.now})
		if err != nil || heard != binding.HeardNobody && heard != binding.HeardStale {
			t.Errorf("fate %s: heard %q, %v", fate, heard, err)
		}
	}
	w.same("the rows", []binding.Claim{w.row("li"), w.row("wang")}, before)
	other, err := token.NewDataKey([]byte("another stack's data key, another stack's data key, another data k"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := binding.OpenTag(other, foreign.Tag); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a tag of another stack opens: %v", err)
	}
}

func TestAnOutageOfFeedbackIsToldAndComesAgain(t *testing.T) {
	down := errors.New("the table does not answer")
	for _, step := range []string{"Tell", "Deny", "Observe", "Judge"} {
		w := newWorld(t)
		_, letter := w.pending("li", "li@qq.com")
		report := binding.Report{Fate: binding.Complained, At: w.now.Add(time.Hour)}
		if step == "Observe" || step == "Judge" {
			w.ok(w.code("li", letter.Code))
			letter = w.mail(binding.KindBound)
			report.Fate, report.Why = binding.Bounced, binding.WhyUnknown
		}
		var err error
		if report.Tag, err = binding.OpenTag(w.names.Data, letter.Tag); err != nil {
			t.Fatal(err)
		}
		w.tap = func(s string, call func() error) error {
			if s == step {
				return down
			}
			return call()
		}
		if _, err := w.feedback.Take(w.ctx, report); !errors.Is(err, down) {
			t.Errorf("%s: %v", step, err)
		}
		w.tap = nil
		heard, err := w.feedback.Take(w.ctx, report)
		if want := map[bool]binding.Heard{true: binding.HeardDenied, false: binding.HeardAtRisk}[report.Fate == binding.Complained]; err != nil || heard != want {
			t.Errorf("%s: again it is %q, %v", step, heard, err)
		}
	}
}

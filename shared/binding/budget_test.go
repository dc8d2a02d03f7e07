package binding_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestAMailboxReceivesThreeMailsADayFromOneAccount(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "l.i@gmail.com")
	for _, spelling := range []string{"li@gmail.com", "li+shop@gmail.com"} { // one mailbox behind all
		w.after(time.Minute)
		w.pending("li", spelling)
	}
	w.after(time.Minute)
	w.ok(w.bind("li", "L.I@gmail.com"))
	order := w.stream[0]
	if out := w.outcome(order); out != binding.OutcomeHeld || len(w.post.letters) != 3 {
		t.Errorf("outcome %q, %d letters", out, len(w.post.letters))
	}
	if st := w.ok(w.status("li")); st.Mail.Fate != "not-sent" || st.Mail.Reason != "held" || st.Mail.Next != "try-tomorrow" {
		t.Errorf("the mail is %+v", st.Mail)
	}
	if out := w.outcome(order); out != binding.OutcomeSkipped {
		t.Errorf("a held order came again as %q", out)
	}
	w.after(12 * time.Hour)
	w.ok(w.resend("li"))
	w.stream = w.stream[1:]
	w.mail(binding.KindVerify)
}

func TestAMailboxReceivesTenMailsADay(t *testing.T) {
	w := newWorld(t)
	for i := range binding.InboxPerDay {
		w.pending("account"+string(rune('a'+i)), "target@qq.com")
	}
	w.ok(w.bind("one more", "target@qq.com"))
	if out := w.outcome(w.stream[0]); out != binding.OutcomeHeld {
		t.Errorf("outcome %q", out)
	}
}

// A thousand accounts, ten spellings of one inbox: whoever lives there gets ten mails that day, and everybody
// else is told that theirs is held.
func TestAThousandAccountsSendOneMailboxTenMailsADay(t *testing.T) {
	spellings := []string{
		"victim@gmail.com", "v.ictim@gmail.com", "vi.ct.im@gmail.com", "VICTIM@gmail.com", "victim+a@gmail.com",
		"v.i.c.t.i.m+b@gmail.com", "victim@googlemail.com", "vic.tim@googlemail.com", "Victim+shop@googlemail.com", "v.i.c.t.i.m@GMAIL.com",
	}
	w := newWorld(t)
	sent, held, mailed := 0, 0, map[string]int{}
	for i := range 1000 {
		sub := fmt.Sprint("account", i)
		for j := range binding.SendsPerDay { // what the day allows: five of the ten, other ones for each account
			if _, err := w.bind(sub, spellings[(2*i+j)%len(spellings)]); err != nil {
				t.Fatal(err)
			}
			mailed[sub] += len(w.deliver())
			switch mail := w.ok(w.status(sub)).Mail; {
			case mail.Fate == "sent":
				sent++
			case mail.Fate == "not-sent" && mail.Reason == "held" && mail.Next == "try-tomorrow":
				held++
			default:
				t.Fatalf("%s is told %+v", sub, mail)
			}
			w.after(binding.CooldownOther)
		}
		w.now = noon
		if mailed[sub] > binding.InboxPerAccount {
			t.Fatalf("%s had %d mails sent", sub, mailed[sub])
		}
	}
	if sent != binding.InboxPerDay || len(w.post.letters) != binding.InboxPerDay || held != 1000*binding.SendsPerDay-sent {
		t.Errorf("%d told sent, %d letters, %d held", sent, len(w.post.letters), held)
	}
}

// The operator's switch holds what strangers ask for, whoever has the address, and nothing else.
func TestTheOperatorsSwitchHoldsVerifyMailsAndNoticesOnly(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.bound("owner", "taken@qq.com")
	w.mailer.HoldVerify = true
	var told []binding.MailStatus
	for _, email := range []string{"free@qq.com", "taken@qq.com"} {
		w.ok(w.bind("asker of "+email, email))
		if letters := w.deliver(); len(letters) != 0 {
			t.Errorf("%s: %d letters went out", email, len(letters))
		}
		st := w.ok(w.status("asker of " + email))
		st.Mail.Support = ""
		told = append(told, *st.Mail)
	}
	want := binding.MailStatus{Fate: "not-sent", Reason: "held", Next: "try-tomorrow", At: w.now}
	w.same("told", told, []binding.MailStatus{want, want})
	w.okDeny(w.deny(receipt.Token))
	w.confirming("owner")
	w.mailer.HoldVerify = false
	w.after(time.Minute)
	w.ok(w.resend("asker of free@qq.com")) // no inbox was charged for what was held
	w.mail(binding.KindVerify)
}

// domains is a name server of a test.
type domains map[string]bool

func (d domains) Accepts(_ context.Context, domain string) bool { return !d[domain] }

func TestADomainWithoutMailIsNotMailedAndIsSaidAlikeForATakenAddress(t *testing.T) {
	w := newWorld(t)
	w.bound("owner", "taken@gone.example")
	w.mailer.Domains = domains{"gone.example": true}
	var told []binding.MailStatus
	for _, email := range []string{"free@gone.example", "taken@gone.example"} {
		w.ok(w.bind("asker of "+email, email))
		if out := w.outcome(w.stream[len(w.stream)-1]); out != binding.OutcomeNoDomain {
			t.Errorf("%s: outcome %q", email, out)
		}
		st := w.ok(w.status("asker of " + email))
		st.Mail.Support = ""
		told = append(told, *st.Mail)
	}
	w.stream = nil
	want := binding.MailStatus{Fate: "not-sent", Reason: "domain-accepts-no-mail", Next: "other-address", At: w.now}
	w.same("told", told, []binding.MailStatus{want, want})
	// The domain may be being set up, or the answer was a mistake: asking again asks again.
	w.mailer.Domains = domains{}
	w.after(time.Minute)
	w.ok(w.resend("asker of free@gone.example"))
	w.mail(binding.KindVerify)
	w.mailer.Domains = domains{"gone.example": true}
	w.ok(w.reconfirm("owner")) // whoever is bound is written to, whatever the name server says
	w.mail(binding.KindReconfirm)
}

func TestARetryOfOneMailCountsOnce(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	order := w.stream[0]
	w.post.err = errors.New("throttled")
	for range 20 {
		if _, err := w.mailer.Deliver(w.ctx, order, w.now); !errors.Is(err, binding.ErrSend) {
			t.Fatalf("an outage of the provider: %v", err)
		}
	}
	w.post.err = nil
	w.mail(binding.KindVerify)
	for range 2 {
		w.after(time.Minute)
		w.ok(w.resend("li"))
		w.mail(binding.KindVerify)
	}
}

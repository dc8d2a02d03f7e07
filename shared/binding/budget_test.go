package binding_test

import (
	"errors"
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

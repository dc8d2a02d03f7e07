package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// outcome delivers one order.
func (w *world) outcome(o binding.Order) binding.Outcome {
	w.t.Helper()
	out, err := w.mailer.Deliver(w.ctx, o, w.now)
	if err != nil {
		w.t.Fatalf("deliver: %v", err)
	}
	return out
}

func TestAVerifyMailIsSentOnceAndSaysAllThatIsNeeded(t *testing.T) {
	w := newWorld(t)
	st := w.ok(w.bind("li", "Li@qq.com"))
	order := w.stream[0]
	w.calls = nil
	if out := w.outcome(order); out != binding.OutcomeSent {
		t.Errorf("outcome %q", out)
	}
	w.same("store calls", w.calls, []string{"Load", "Book", "Finish"})
	got := w.post.letters[0]
	w.same("the letter", got, binding.Letter{Kind: binding.KindVerify, To: w.address("Li@qq.com"), Locale: "zh-CN", Label: "shop li",
		Ref: st.Ref, Code: got.Code, Token: got.Token, Expires: st.ExpiresAt, At: w.now, Tag: got.Tag})
	if code, ok := token.ParseCode(got.Code); !ok || token.FormatCode(code) != got.Code {
		t.Errorf("the code is %q", got.Code)
	}
	if row := w.row("li"); len(row.Due) != 0 || !row.AcceptedAt.Equal(w.now) || row.Fate != binding.Queued {
		t.Errorf("the row is %+v", row)
	}
	if out := w.outcome(order); out != binding.OutcomeSkipped || len(w.post.letters) != 1 {
		t.Errorf("the record again: %q, %d letters", out, len(w.post.letters))
	}
}

func TestOrdersThatAreNotWantedAreSkipped(t *testing.T) {
	for name, before := range map[string]func(w *world){
		"bound meanwhile":      func(w *world) { w.bindAside("li") },
		"expired":              func(w *world) { w.after(24 * time.Hour) },
		"superseded":           func(w *world) { w.after(10 * time.Second); w.ok(w.bind("li", "li@163.com")) },
		"the row is gone":      func(w *world) { w.memory = newWorld(w.t).memory },
		"an unknown kind":      func(w *world) { w.stream[0].Kind = "parcel" },
		"a notice by itself":   func(w *world) { w.stream[0].Kind = binding.KindNotice },
		"a receipt before due": func(w *world) { w.stream[0].Kind = binding.KindBound },
		"no send at all":       func(w *world) { w.stream[0].Kind, w.stream[0].Send = binding.KindBound, binding.SendID{} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.ok(w.bind("li", "li@qq.com"))
			before(w)
			if out := w.outcome(w.stream[0]); out != binding.OutcomeSkipped || len(w.post.letters) != 0 {
				t.Errorf("outcome %q, %d letters", out, len(w.post.letters))
			}
		})
	}
}

// bindAside binds past the mail, as an app with another mail of the challenge does.
func (w *world) bindAside(sub string) {
	w.t.Helper()
	row := w.row(sub)
	err := w.memory.Bind(w.ctx, binding.Binding{Account: row.Account, Address: row.Address, EmailKey: row.EmailKey,
		Challenge: row.Challenge, Send: binding.SendID{9}, Event: "binding.bound/x", Request: "x", Now: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestAReceiptGoesToTheBoundAddressWithoutABudget(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.after(time.Minute)
	w.ok(w.code("li", letter.Code))
	w.calls = nil
	got := w.mail(binding.KindBound)
	w.same("store calls", w.calls, []string{"Load", "Finish"})
	w.same("the receipt", got, binding.Letter{Kind: binding.KindBound, To: w.address("li@qq.com"), Locale: "zh-CN", Label: "shop li",
		Ref: w.account("li").Ref(), Token: got.Token, At: w.now, Tag: got.Tag})
	if row := w.row("li"); len(row.Due) != 0 {
		t.Errorf("still due: %v", row.Due)
	}
}

func TestANoticeGoesToTheOwnerInPlaceOfTheVerifyMail(t *testing.T) {
	w := newWorld(t)
	w.bound("owner", "Target@qq.com")
	w.after(time.Hour)
	who := w.session("asker")
	who.Locale, who.Label = "en", "buy at my shop"
	if _, err := w.service.Bind(w.ctx, who, "TARGET@QQ.com", false, w.now); err != nil {
		t.Fatal(err)
	}
	w.look("asker")
	order := w.stream[0]
	w.calls = nil
	got := w.mail(binding.KindNotice)
	w.same("store calls", w.calls, []string{"Load", "Load", "Book", "Finish"})
	w.same("the notice", got, binding.Letter{Kind: binding.KindNotice, To: w.address("Target@qq.com"), Locale: "zh-CN", Label: "shop owner",
		Ref: w.account("owner").Ref(), At: w.now, Tag: got.Tag})
	tag, err := binding.OpenTag(w.names.Data, got.Tag)
	want := binding.Tag{Kind: binding.KindVerify, Account: order.Account, EmailKey: order.EmailKey, Send: order.Send}
	if err != nil || tag != want {
		t.Errorf("the tag says %+v, %v, want %+v", tag, err, want)
	}
}

func TestInQuarantineTheNoticeUsesTheAskersWords(t *testing.T) {
	w := newWorld(t)
	w.bound("owner", "target@qq.com")
	w.memory.Release(t, w.account("owner"), w.emailKey("target@qq.com"), noon.Add(time.Hour))
	w.ok(w.bind("asker", "Target@qq.com"))
	got := w.mail(binding.KindNotice)
	w.same("the notice", got, binding.Letter{Kind: binding.KindNotice, To: w.address("Target@qq.com"), Locale: "zh-CN", At: w.now, Tag: got.Tag})

	w.after(time.Hour) // the quarantine is over
	w.ok(w.resend("asker"))
	w.ok(w.code("asker", w.mail(binding.KindVerify).Code))
}

func TestAMailThatTheProviderRefusesIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	order := w.stream[0]
	w.post.err = binding.ErrMailRefused
	if out := w.outcome(order); out != binding.OutcomeRefused {
		t.Errorf("outcome %q", out)
	}
	if st := w.ok(w.status("li")); st.Mail.Fate != "not-sent" || st.Mail.Reason != "content-refused" {
		t.Errorf("the mail is %+v", st.Mail)
	}
	w.post.err = nil
	if out := w.outcome(order); out != binding.OutcomeSkipped {
		t.Errorf("it came again as %q", out)
	}
}

// The provider took the mail and the function was killed before it could write that down.
func TestAKillAfterSendingRepeatsTheSameMail(t *testing.T) {
	w := newWorld(t)
	st := w.ok(w.bind("li", "li@qq.com"))
	killed := errors.New("killed")
	w.tap = func(step string, call func() error) error {
		if step == "Finish" {
			return killed
		}
		return call()
	}
	if _, err := w.mailer.Deliver(w.ctx, w.stream[0], w.now); !errors.Is(err, killed) {
		t.Fatalf("deliver: %v", err)
	}
	w.tap = nil
	w.after(time.Minute)
	w.mail(binding.KindVerify)
	first, second := w.post.letters[0], w.post.letters[1]
	if first.Code != second.Code || !first.Expires.Equal(second.Expires) {
		t.Errorf("the repeated mail is %+v, the first %+v", second, first)
	}
	w.ok(w.link(first.Token, st.Check))
	w.ok(w.link(second.Token, st.Check))
}

func TestALongOutageOfTheProviderDelaysMailAndLosesNone(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("zhao", "zhao@qq.com")
	w.after(time.Minute)
	w.ok(w.resend("zhao"))
	w.ok(w.bind("li", "li@qq.com"))
	orders := map[string]binding.Order{"zhao": w.orderOf("zhao"), "li": w.orderOf("li")}
	w.post.err = errors.New("down")
	for range 23 {
		w.after(time.Hour)
		for _, o := range orders {
			if _, err := w.mailer.Deliver(w.ctx, o, w.now); err == nil {
				t.Fatal("a mail was ended while the provider was down")
			}
		}
	}
	if st := w.ok(w.status("li")); st.Mail.Fate != "queued" || st.Mail.Reason != "late" {
		t.Errorf("the mail is %+v", st.Mail)
	}
	w.okDeny(w.deny(letter.Token))
	w.after(time.Hour - time.Second) // the last second of li's claim
	w.post.err = nil
	if out := w.outcome(orders["zhao"]); out != binding.OutcomeSkipped {
		t.Errorf("a mail that is not wanted any more: %q", out)
	}
	if out := w.outcome(orders["li"]); out != binding.OutcomeSent {
		t.Errorf("a mail that is still wanted: %q", out)
	}
}

// orderOf is the order of the mail that is due.
func (w *world) orderOf(sub string) binding.Order {
	row := w.row(sub)
	return binding.Order{Account: row.Account, EmailKey: row.EmailKey, Kind: binding.KindVerify, Send: row.Due[binding.KindVerify]}
}

func TestAnOrderThatCameWhileSendingStays(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	w.after(20 * time.Minute)
	w.post.during = func() { w.ok(w.resend("li")) } // late, so a second one is ordered
	first := w.stream[0]
	w.outcome(first)
	row := w.row("li")
	if row.Due[binding.KindVerify] != row.Send || !row.AcceptedAt.IsZero() {
		t.Fatalf("the newer order was ended by the older: %+v", row)
	}
	w.stream = w.stream[1:]
	w.mail(binding.KindVerify)
}

// A row whose address does not fit its key was tampered with or mixed up: nobody is mailed.
func TestAnAddressThatDoesNotFitItsKeyIsNeverMailed(t *testing.T) {
	for _, kind := range []binding.Kind{binding.KindVerify, binding.KindBound} {
		w := newWorld(t)
		o := binding.Opening{Account: w.account("li"), Who: w.session("li").Who, Address: w.address("stranger@qq.com"),
			EmailKey: w.emailKey("li@qq.com"), Challenge: binding.ChallengeID{1}, Key: w.service.Keys.Current().ID(), Send: binding.SendID{1}, Now: w.now}
		if _, err := w.memory.Open(w.ctx, o); err != nil {
			t.Fatal(err)
		}
		if kind == binding.KindBound {
			w.bindAside("li")
		}
		w.look("li")
		if out := w.outcome(w.stream[0]); out != binding.OutcomeBroken || len(w.post.letters) != 0 {
			t.Errorf("%s: outcome %q, %d letters", kind, out, len(w.post.letters))
		}
		if row := w.row("li"); len(row.Due) != 0 || kind == binding.KindVerify && (row.Fate != binding.NotSent || row.Why != binding.WhyTemporary) {
			t.Errorf("%s: the row is %+v", kind, row)
		}
	}
}

func TestAMailOfAWithdrawnKeyIsEnded(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	w.mailer.Keys = withdrawnKeys{}
	if out := w.outcome(w.stream[0]); out != binding.OutcomeBroken || len(w.post.letters) != 0 {
		t.Errorf("outcome %q, %d letters", out, len(w.post.letters))
	}
}

func TestTheMailerForgetsDenialsThatAreOver(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "victim@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.after(time.Minute)
	_, second := w.pending("li", "other@qq.com")
	w.okDeny(w.deny(second.Token))
	w.after(30*24*time.Hour - time.Minute) // the first denial is over, the second is not
	w.pending("li", "li@qq.com")
	w.same("denials", len(w.row("li").Denied), 1)
	if _, ok := w.row("li").Denied[w.emailKey("other@qq.com")]; !ok {
		t.Error("the denial that stands was forgotten")
	}
}

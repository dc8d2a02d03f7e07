package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

func TestBindOpensAChallengeAndItsMailIsDueInTheSameWrite(t *testing.T) {
	w := newWorld(t)
	got := w.ok(w.bind("li", "li@qq.com"))
	row := w.row("li")
	w.same("store calls", w.calls, []string{"Open"})
	w.same("status", got, binding.Status{
		State: binding.Pending, Ref: w.account("li").Ref(), Address: "li@qq.com", Check: got.Check,
		ExpiresAt: noon.Add(24 * time.Hour), ResendAt: noon.Add(time.Minute),
		Mail: &binding.MailStatus{Fate: "queued", Next: "wait"},
	})
	if _, ok := token.ParseNumber(got.Check); !ok {
		t.Errorf("check number %q", got.Check)
	}
	w.same("who is kept", row.Who, w.session("li").Who)
	w.same("what is due", row.Due, map[binding.Kind]binding.SendID{binding.KindVerify: row.Send})
	letter := w.mail(binding.KindVerify)
	if letter.To.String() != "li@qq.com" || !letter.Expires.Equal(got.ExpiresAt) {
		t.Errorf("the letter is %+v", letter)
	}
}

func TestBindAgainIsTheSameAnswerAndSendsNothing(t *testing.T) {
	w := newWorld(t)
	first := w.ok(w.bind("li", "li@qq.com"))
	for _, spelling := range []string{"li@qq.com", "LI@QQ.com"} {
		w.same("while pending, as "+spelling, w.ok(w.bind("li", spelling)), first)
	}
	w.mail(binding.KindVerify)
	w.after(time.Hour)
	if again := w.ok(w.bind("li", "li@qq.com")); again.Check != first.Check || again.Mail.Fate != "sent" {
		t.Errorf("an hour later: %+v", again)
	}
	w.ok(w.resend("li"))
	w.ok(w.code("li", w.mail(binding.KindVerify).Code))
	w.mail(binding.KindBound)
	bound := w.ok(w.status("li"))
	w.same("once bound", w.ok(w.bind("li", "Li@qq.com")), bound)
	if letters := w.deliver(); len(letters) != 0 {
		t.Errorf("repeated binds mailed %+v", letters)
	}
}

func TestBindRefusesAnotherAddressOnceBound(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.after(48 * time.Hour)
	w.refused(errOf(w.bind("li", "li@163.com")), binding.Refusal{Reason: binding.ErrAlreadyBound})
}

func TestBindRefusesAddressesBeforeAnyRoundTrip(t *testing.T) {
	w := newWorld(t)
	w.service.OwnDomains = []string{"mailbind.cn"}
	for _, v := range []struct {
		typed string
		want  binding.Refusal
	}{
		{"", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "empty"}},
		{"li@@qq.com", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "several-at-signs"}},
		{"李@qq.com", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "smtputf8-unsupported"}},
		{"１０００１＠ｑｑ。ｃｏｍ", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "no-at-sign", Suggestion: "10001@qq.com"}},
		{" li@qq.com", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "invisible-character", Suggestion: "li@qq.com"}},
		{"li@shop.test", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "special-use-domain"}},
		{"success@simulator.amazonses.com", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "special-use-domain"}},
		{"li@notify.mailbind.cn", binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "own-domain"}},
		{"li@gmial.com", binding.Refusal{Reason: binding.ErrLikelyTypo, Suggestion: "li@gmail.com"}},
	} {
		w.refused(errOf(w.bind("li", v.typed)), v.want)
	}
	if len(w.calls) != 0 {
		t.Errorf("the store was called: %v", w.calls)
	}
}

func TestMailboxesThatAreThrownAwayAreRefusedAndASlipIsAskedAboutFirst(t *testing.T) {
	w := newWorld(t)
	w.service.Disposable = func(a address.Address) bool { return a.Domain() == "brief.example" || a.Domain() == "gmial.com" }
	refused := binding.Refusal{Reason: binding.ErrDisposable}
	for _, asTyped := range []bool{false, true} {
		_, err := w.service.Bind(w.ctx, w.session("li"), "li@brief.example", asTyped, w.now)
		w.refused(err, refused)
	}
	_, err := w.service.Bind(w.ctx, w.session("li"), "li@gmial.com", false, w.now)
	w.refused(err, binding.Refusal{Reason: binding.ErrLikelyTypo, Suggestion: "li@gmail.com"})
	_, err = w.service.Bind(w.ctx, w.session("li"), "li@gmial.com", true, w.now)
	w.refused(err, refused)
	w.same("store calls", len(w.calls), 0)
}

func TestBindTakesALikelyTypoAsTyped(t *testing.T) {
	w := newWorld(t)
	st := w.ok(w.service.Bind(w.ctx, w.session("li"), "li@gmial.com", true, w.now))
	if st.Address != "li@gmial.com" {
		t.Errorf("bound as %q", st.Address)
	}
}

func TestBindTakesSpecialUseDomainsOnTheLocalStageOnly(t *testing.T) {
	w := newWorld(t)
	w.service.TestDomains = true
	w.ok(w.bind("li", "success@simulator.amazonses.com"))
}

func TestBindWaitsLessForAnotherAddressThanForTheSame(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "li@qq.com")
	w.after(9 * time.Second)
	w.refused(errOf(w.bind("li", "li@163.com")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: time.Second})
	w.after(time.Second)
	w.ok(w.bind("li", "li@163.com"))
	w.after(10 * time.Second)
	w.ok(w.bind("li", "li@qq.com")) // the old challenge is superseded, so this is another address again
	letter := w.deliver()[0]

	// The same address waits for the whole cooldown: denied, undone, and then over.
	w.okDeny(w.deny(w.lastToken(letter)))
	w.okDeny(w.undo(w.lastToken(letter)))
	w.refused(errOf(w.resend("li")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: time.Minute})
}

// lastToken is the token of the newest letter, or of this one if none is newer.
func (w *world) lastToken(l binding.Letter) string {
	if n := len(w.post.letters); n > 0 {
		return w.post.letters[n-1].Token
	}
	return l.Token
}

func TestBindSupersedesTheOldChallenge(t *testing.T) {
	w := newWorld(t)
	st, old := w.pending("li", "li@qq.com")
	w.after(10 * time.Second)
	_, letter := w.pending("li", "li@163.com")
	w.refused(errOf(w.link(old.Token, st.Check)), binding.Refusal{Reason: binding.ErrSuperseded})
	w.refused(errOf(w.token("li", old.Token)), binding.Refusal{Reason: binding.ErrSuperseded})
	w.refused(errOf(w.code("li", old.Code)), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.ok(w.code("li", letter.Code))
	if st := w.ok(w.status("li")); st.Address != w.address("li@163.com").Masked() {
		t.Errorf("bound to %q", st.Address)
	}
}

func TestBindKeepsTheDaysSendsAcrossAddresses(t *testing.T) {
	w := newWorld(t)
	for i := range binding.SendsPerDay {
		w.pending("li", string(rune('a'+i))+"@qq.com")
		w.after(10 * time.Second)
	}
	want := binding.Refusal{Reason: binding.ErrDailyLimit, RetryAfter: 12*time.Hour - 50*time.Second}
	w.refused(errOf(w.bind("li", "z@qq.com")), want)
	w.after(want.RetryAfter - time.Second)
	w.refused(errOf(w.bind("li", "z@qq.com")), binding.Refusal{Reason: binding.ErrDailyLimit, RetryAfter: time.Second})
	w.after(time.Second)
	w.ok(w.bind("li", "z@qq.com"))
}

func TestBindStartsAnewOnceTheClaimIsOver(t *testing.T) {
	w := newWorld(t)
	st, old := w.pending("li", "li@qq.com")
	w.after(binding.ChallengeLife - time.Second)
	w.state("li", binding.Pending)
	w.after(time.Second)
	w.state("li", binding.Expired)
	again := w.ok(w.bind("li", "li@qq.com"))
	letter := w.mail(binding.KindVerify)
	if again.State != binding.Pending || letter.Code == old.Code {
		t.Errorf("the new claim is %+v, with the old code: %t", again, letter.Code == old.Code)
	}
	w.refused(errOf(w.link(old.Token, st.Check)), binding.Refusal{Reason: binding.ErrExpired})
	w.ok(w.code("li", letter.Code))
}

func TestBindIsRefusedForADeniedAddressUntilTheDenialIsOver(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "wang@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.after(time.Hour)
	w.refused(errOf(w.bind("li", "WANG@qq.com")), binding.Refusal{Reason: binding.ErrAddressDenied, RetryAfter: 30*24*time.Hour - time.Hour})
	w.pending("li", "li@qq.com") // only this address is closed to the account
	w.after(30*24*time.Hour - time.Hour)
	w.pending("li", "wang@qq.com")
}

func TestBindOutageIsNoRefusal(t *testing.T) {
	w := newWorld(t)
	down := errors.New("down")
	w.tap = func(string, func() error) error { return down }
	_, err := w.bind("li", "li@qq.com")
	if _, told := errors.AsType[*binding.Refusal](err); told || !errors.Is(err, down) {
		t.Errorf("an outage is told as %v", err)
	}
	w.tap = func(string, func() error) error { return &binding.Conflict{Cause: down} }
	w.refused(errOf(w.bind("li", "li@qq.com")), binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: 2 * time.Second})
	w.tap = func(string, func() error) error { return &binding.Refused{} }
	if _, err := w.bind("li", "li@qq.com"); err == nil {
		t.Error("a refusal that no rule explains is an answer")
	} else if _, told := errors.AsType[*binding.Refusal](err); told {
		t.Errorf("a refusal that no rule explains is told as %v", err)
	}
}

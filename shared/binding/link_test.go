package binding_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestThreeWrongNumbersCloseTheLinkAndNotTheCode(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	for left := binding.LinkTries - 1; left >= 0; left-- {
		w.calls = nil
		w.refused(errOf(w.link(letter.Token, wrong(st.Check))), binding.Refusal{Reason: binding.ErrCheckMismatch, TriesLeft: left})
		w.same("store calls", w.calls, []string{"ChargeNumber"})
	}
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrTriesExhausted})
	w.after(time.Minute)
	w.ok(w.resend("li"))
	again := w.mail(binding.KindVerify)
	w.refused(errOf(w.link(again.Token, st.Check)), binding.Refusal{Reason: binding.ErrTriesExhausted}) // no mail refills it
	w.state("li", binding.Pending)
	w.ok(w.code("li", letter.Code))
}

func TestThreeWrongNumbersLeaveTheAppItsToken(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	for range binding.LinkTries {
		w.link(letter.Token, wrong(st.Check))
	}
	w.ok(w.token("li", letter.Token))
}

// A stranger reads a mistyped mailbox: they have code and link, press every button, and even hold an
// account of their own.
func TestAStrangerWithTheMailAndAllButtonsBindsNothing(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "stranger@qq.com")
	w.refused(errOf(w.link(letter.Token, "")), binding.Refusal{Reason: binding.ErrMalformed, Detail: "check"})
	w.refused(errOf(w.token("stranger", letter.Token)), binding.Refusal{Reason: binding.ErrInvalidToken})
	w.refused(errOf(w.code("stranger", letter.Code)), binding.Refusal{Reason: binding.ErrNothingPending})
	own, _ := w.pending("stranger", "stranger@qq.com") // with a number of its own, for its own challenge
	if own.Check != st.Check {
		w.refused(errOf(w.link(letter.Token, own.Check)), binding.Refusal{Reason: binding.ErrCheckMismatch, TriesLeft: 2})
	}
	w.okDeny(w.deny(letter.Token))
	w.okDeny(w.undo(letter.Token))
	w.state("li", binding.Pending)
}

// Who signs in and has no mailbox sees the number and nothing else.
func TestAHolderWithoutTheMailboxBindsNothing(t *testing.T) {
	w := newWorld(t)
	st, _ := w.pending("li", "victim@qq.com")
	_, own := w.pending("trojan", "own@163.com")
	w.refused(errOf(w.link(own.Token, st.Check)), binding.Refusal{Reason: binding.ErrCheckMismatch, TriesLeft: 2})
	w.refused(errOf(w.token("li", own.Token)), binding.Refusal{Reason: binding.ErrInvalidToken})
	w.refused(errOf(w.code("li", own.Code)), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	for _, sub := range []string{"li", "trojan"} {
		w.state(sub, binding.Pending)
	}
}

func TestLinksThatAreNoneCostNoRoundTrip(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	flipped := []byte(letter.Token)
	flipped[len(flipped)/2] ^= 1
	for _, forged := range []string{"", "x", strings.Repeat("A", 2000), letter.Token[:40], string(flipped), "AQ" + letter.Token} {
		want := binding.Refusal{Reason: binding.ErrInvalidToken}
		w.after(2 * time.Minute) // past the hold-off of forged key ids
		w.refused(errOf(w.link(forged, st.Check)), want)
		w.after(2 * time.Minute)
		w.refused(errOf(w.token("li", forged)), want)
		w.after(2 * time.Minute)
		w.refused(errOf(w.deny(forged)), want)
		w.after(2 * time.Minute)
		w.refused(errOf(w.undo(forged)), want)
	}
	w.refused(errOf(w.token("wang", letter.Token)), binding.Refusal{Reason: binding.ErrInvalidToken})
	w.after(24 * time.Hour)
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrExpired})
	w.refused(errOf(w.token("li", letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
	if len(w.calls) != 0 {
		t.Errorf("the store was called: %v", w.calls)
	}
}

func TestALinkOfNoAccountOrNoAddressIsNone(t *testing.T) {
	w := newWorld(t)
	key, now := w.service.Keys.Current(), w.now.Add(time.Hour)
	for name, text := range map[string]string{
		"no account": binding.Link{Key: key, Address: w.address("li@qq.com"), Expires: now}.Seal(),
		"no address": binding.Link{Key: key, Account: w.account("li"), Expires: now}.Seal(),
	} {
		if _, err := binding.OpenLink(w.ctx, w.service.Keys, text, w.now); !errors.Is(err, binding.ErrInvalidToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLinksEndAtTheSecond(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.after(24*time.Hour - time.Second)
	w.ok(w.link(letter.Token, st.Check))
	w.after(time.Second)
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrExpired})
}

func TestALinkAfterNotMeIsDenied(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrAddressDenied})
	w.refused(errOf(w.token("li", letter.Token)), binding.Refusal{Reason: binding.ErrAddressDenied})
	w.after(time.Minute)
	w.pending("li", "li@163.com") // the claim moved on; the link is still about the denied address
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrSuperseded})
	w.refused(errOf(w.token("li", letter.Token)), binding.Refusal{Reason: binding.ErrAddressDenied})
}

func TestALinkWhoseRowIsGoneIsOver(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.memory = newWorld(t).memory // erased by the operator
	w.refused(errOf(w.link(letter.Token, st.Check)), binding.Refusal{Reason: binding.ErrExpired})
	w.refused(errOf(w.token("li", letter.Token)), binding.Refusal{Reason: binding.ErrExpired})
	w.okDeny(w.deny(letter.Token))
	w.okDeny(w.undo(letter.Token))
}

func TestOpenLinkShowsThePageWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "Li@qq.com")
	keys := w.service.Keys
	l, err := binding.OpenLink(w.ctx, keys, letter.Token, w.now)
	if err != nil || l.Account != w.account("li") || l.Address.String() != "Li@qq.com" || l.Label != "shop li" || !l.Expires.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("the link says %+v, %v", l, err)
	}
	for _, v := range []struct {
		at         time.Time
		link, deny error
	}{
		{noon.Add(24*time.Hour - 1), nil, nil},
		{noon.Add(24 * time.Hour), binding.ErrExpired, nil},
		{noon.Add(31*24*time.Hour - 1), binding.ErrExpired, nil},
		{noon.Add(31 * 24 * time.Hour), binding.ErrExpired, binding.ErrExpired},
	} {
		open, err := binding.OpenLink(w.ctx, keys, letter.Token, v.at)
		if !errors.Is(err, v.link) || open.Account != l.Account {
			t.Errorf("at %v the link is %v, want %v", v.at, err, v.link)
		}
		if deny, err := binding.OpenDenyLink(w.ctx, keys, letter.Token, v.at); !errors.Is(err, v.deny) || deny.Address != l.Address {
			t.Errorf("at %v the deny link is %v, want %v", v.at, err, v.deny)
		}
	}
}

package recovery_test

import (
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func parsed(t testing.TB, email string) address.Address {
	t.Helper()
	a, err := address.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestACodeIsChargedBeforeItIsCompared(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	w.calls = nil
	for range 200 {
		w.refused(errOf(w.code("li@qq.com", wrong(letter.Code))), theOne)
	}
	if c := w.challenge("li@qq.com"); c.Tries != 5 || c.TriesToday != 5 || len(w.calls) != 200 {
		t.Errorf("%d tries, %d today, %d calls", c.Tries, c.TriesToday, len(w.calls))
	}
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne) // spent by a stranger
	w.ok(errOf(w.set(link(letter), newPassword)))              // the link of the same mail does not mind
}

// The next mail carries a new code and the same challenge, and the day's tries go on.
func TestASpentCodeIsRenewedByTheNextMail(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	first := w.mail("li@qq.com")
	for range 4 {
		for range 6 {
			w.code("li@qq.com", wrong(first.Code))
		}
		w.after(2 * time.Hour)
		letter := w.mail("li@qq.com")
		if letter.Code == first.Code {
			t.Error("the same code again")
		}
		first = letter
	}
	c := w.challenge("li@qq.com")
	if c.TriesToday != 20 || c.Tries != 0 || c.CodesUsed == 0 {
		t.Errorf("%+v", c)
	}
	w.refused(errOf(w.code("li@qq.com", first.Code)), theOne) // the day's tries are spent, by strangers
	w.ok(errOf(w.set(link(first), newPassword)))              // P14 rests on the link
}

func TestACodeThatLivesIsMailedAgain(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	first := w.mail("li@qq.com")
	w.after(2 * time.Minute)
	second := w.mail("li@qq.com")
	if first.Code != second.Code || first.Token == second.Token {
		t.Errorf("%+v, then %+v", first, second)
	}
	w.ok(errOf(w.code("li@qq.com", first.Code)))
	w.ok(errOf(w.set(link(first), newPassword))) // the older link too, until its own end
}

func TestACodeEndsWithItsChallenge(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	w.after(30*time.Minute - time.Second)
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	w.after(time.Second)
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne)
	w.refused(errOf(w.set(link(letter), newPassword)), theOne)
	w.after(9*time.Minute + 58*time.Second) // a grant goes on past the end
	w.ok(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)))
}

// Right codes of addresses that nobody holds are in no mail; should one be guessed, it opens nothing.
func TestACodeOfNobodysAddressOpensNothing(t *testing.T) {
	w := newWorld(t)
	w.ask("nobody@qq.com")
	if out := w.deliver("nobody@qq.com"); out != recovery.OutcomeNobody || len(w.post.letters) != 0 {
		t.Fatalf("%s, %d letters", out, len(w.post.letters))
	}
	c := w.challenge("nobody@qq.com")
	key, err := w.service.Keys.Find(w.ctx, c.Key, w.now)
	w.ok(err)
	w.refused(errOf(w.code("nobody@qq.com", key.Code("recover", c.EmailKey, c.ID, c.CodesUsed))), theOne)
}

func TestWhatCanBeNoCodeIsNotCharged(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.mail("li@qq.com")
	w.calls = nil
	w.refused(errOf(w.code("li@qq.com", "ABCD")), binding.Refusal{Reason: binding.ErrMalformed, Detail: "code"})
	w.refused(errOf(w.code("li", "ABCD-EFGH")), binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "no-at-sign"})
	if len(w.calls) != 0 {
		t.Errorf("%v", w.calls)
	}
}

func TestALinkBecomesAGrantWithoutATable(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	w.calls = nil
	grant, err := w.service.ProveLink(w.ctx, letter.Token, "Li@QQ.com", w.now)
	w.ok(err)
	if len(w.calls) != 0 {
		t.Errorf("%v", w.calls)
	}
	w.ok(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)))
}

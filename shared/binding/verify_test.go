package binding_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

// boundStatus is what every way to prove gives in the session.
func (w *world) boundStatus(sub, email string) binding.Status {
	return binding.Status{State: binding.Bound, Ref: w.account(sub).Ref(), Address: w.address(email).Masked(), BoundAt: w.now, ProvedAt: w.now, Health: "ok"}
}

func TestCodeBindsInTwoRoundTripsAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	want := w.boundStatus("li", "li@qq.com")
	w.same("answer", w.ok(w.code("li", letter.Code)), want)
	w.same("store calls", w.calls, []string{"ChargeCode", "Bind"})
	if at := w.row("li").BoundAt; !at.Equal(w.now) {
		t.Errorf("bound at %v", at)
	}
	w.after(time.Hour)
	w.same("again", w.ok(w.code("li", letter.Code)), want)
	w.same("any code, once bound", w.ok(w.code("li", wrong(letter.Code))), want)
}

func TestNumberBindsInTwoRoundTripsAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	st, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	want := w.boundStatus("li", "li@qq.com")
	want.Health, want.ProvedAt = "", time.Time{} // not for who has no session
	w.same("answer", w.ok(w.link(letter.Token, st.Check)), want)
	w.same("store calls", w.calls, []string{"ChargeNumber", "Bind"})
	w.after(time.Hour)
	w.same("again", w.ok(w.link(letter.Token, st.Check)), want)
}

func TestTokenInTheSessionBindsInOneRoundTripAndAgainIsTheSame(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	want := w.boundStatus("li", "li@qq.com")
	w.same("answer", w.ok(w.token("li", letter.Token)), want)
	w.same("store calls", w.calls, []string{"Bind"})
	w.after(time.Hour)
	w.same("again", w.ok(w.token("li", letter.Token)), want)
	w.same("then its code", w.ok(w.code("li", letter.Code)), want)
}

func TestAnswersTellWholeSecondsAsTheRowDoes(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.after(1500 * time.Millisecond)
	first := w.ok(w.token("li", letter.Token))
	w.same("status", w.ok(w.status("li")), first)
}

func TestWhatCanBeNoCodeOrNumberCostsNothing(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	w.refused(errOf(w.code("li", "ABCD-EFG")), binding.Refusal{Reason: binding.ErrMalformed, Detail: "code"})
	w.refused(errOf(w.link(letter.Token, "12x4")), binding.Refusal{Reason: binding.ErrMalformed, Detail: "check"})
	if len(w.calls) != 0 {
		t.Errorf("the store was called: %v", w.calls)
	}
}

func TestAWrongCodeIsOneChargedRoundTrip(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.calls = nil
	w.refused(errOf(w.code("li", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.same("store calls", w.calls, []string{"ChargeCode"})
	if row := w.row("li"); row.Tries != 1 || row.TriesToday != 1 {
		t.Errorf("charged %d of the code, %d of the day", row.Tries, row.TriesToday)
	}
	w.ok(w.code("li", letter.Code)) // the tries that are left are good
}

func TestTheFifthTryMayBeRight(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	for range binding.TriesPerCode - 1 {
		w.code("li", wrong(letter.Code))
	}
	w.ok(w.code("li", letter.Code))
}

// Twenty wrong codes a day, whatever is mailed anew and whichever address is tried.
func TestTheDaysTriesAreNeverRefilled(t *testing.T) {
	w := newWorld(t)
	for mailbox := range 4 {
		_, letter := w.pending("li", string(rune('a'+mailbox))+"@qq.com")
		for range binding.TriesPerCode {
			w.code("li", wrong(letter.Code))
		}
		w.after(time.Minute)
	}
	st, letter := w.pending("li", "e@qq.com")
	w.refused(errOf(w.code("li", letter.Code)), binding.Refusal{Reason: binding.ErrDailyLimit, RetryAfter: 12*time.Hour - 4*time.Minute})
	w.after(12 * time.Hour)
	w.refused(errOf(w.code("li", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.ok(w.link(letter.Token, st.Check))
}

func TestTriesLeftIsTheLesserOfCodeAndDay(t *testing.T) {
	w := newWorld(t)
	for mailbox, tries := range []int{5, 5, 5, 3} { // 18 of the day's 20
		_, letter := w.pending("li", string(rune('a'+mailbox))+"@qq.com")
		for range tries {
			w.code("li", wrong(letter.Code))
		}
		w.after(time.Minute)
	}
	_, letter := w.pending("li", "e@qq.com")
	w.refused(errOf(w.code("li", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 1})
	w.refused(errOf(w.code("li", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 0})
}

func TestCodeRefusals(t *testing.T) {
	w := newWorld(t)
	w.refused(errOf(w.code("li", "ABCD-EFGH")), binding.Refusal{Reason: binding.ErrNothingPending})
	_, letter := w.pending("li", "li@qq.com")
	w.refused(errOf(w.code("wang", letter.Code)), binding.Refusal{Reason: binding.ErrNothingPending}) // a code is its account's own
	w.after(24 * time.Hour)
	w.refused(errOf(w.code("li", letter.Code)), binding.Refusal{Reason: binding.ErrExpired})
	_, letter = w.pending("li", "li@qq.com")
	w.okDeny(w.deny(letter.Token))
	w.refused(errOf(w.code("li", letter.Code)), binding.Refusal{Reason: binding.ErrAddressDenied})
}

// Two accounts may claim one address; the first proof wins, and only who proved the mailbox too is
// told that it is taken.
func TestTakenIsToldOnlyToWhoProvedTheMailbox(t *testing.T) {
	taken := binding.Refusal{Reason: binding.ErrAddressTaken}
	w := newWorld(t)
	st, letter := w.pending("wang", "li@qq.com")
	w.bound("li", "li@qq.com")
	w.refused(errOf(w.code("wang", wrong(letter.Code))), binding.Refusal{Reason: binding.ErrWrongCode, TriesLeft: 4})
	w.refused(errOf(w.link(letter.Token, wrong(st.Check))), binding.Refusal{Reason: binding.ErrCheckMismatch, TriesLeft: 2})
	w.refused(errOf(w.code("wang", letter.Code)), taken)
	w.refused(errOf(w.link(letter.Token, st.Check)), taken)
	w.refused(errOf(w.token("wang", letter.Token)), taken)
	w.state("wang", binding.Pending)
	if row := w.row("wang"); row.Tries != 2 || row.LinkTries != 2 {
		t.Errorf("a verdict is no outage: %d tries and %d link tries stay charged, want 2 and 2", row.Tries, row.LinkTries)
	}
}

func TestABoundAccountBindsNoSecondAddress(t *testing.T) {
	w := newWorld(t)
	st, old := w.pending("li", "li@163.com")
	w.after(time.Minute)
	w.bound("li", "li@qq.com")
	already := binding.Refusal{Reason: binding.ErrAlreadyBound}
	w.refused(errOf(w.link(old.Token, st.Check)), already)
	w.refused(errOf(w.token("li", old.Token)), already)
}

// The cancelled transaction may tell only one of several reasons. Whichever it is, a repeated success
// is a success, and another address is refused.
func TestARefusedTransactionIsExplainedByAnyOneReason(t *testing.T) {
	for name, told := range map[string]func(*binding.BindRefused){
		"account": func(r *binding.BindRefused) { r.EmailTaken, r.Owner, r.AccountHas = false, binding.AccountKey{}, false },
		"email":   func(r *binding.BindRefused) { r.Old, r.AccountHas = binding.Claim{}, false },
		"owner": func(r *binding.BindRefused) {
			r.Old, r.EmailTaken, r.Owner = binding.Claim{}, false, binding.AccountKey{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			_, other := w.pending("li", "li@163.com")
			w.after(time.Minute)
			_, letter := w.pending("li", "li@qq.com")
			want := w.ok(w.token("li", letter.Token))
			w.tap = func(_ string, call func() error) error {
				err := call()
				if r, ok := err.(*binding.BindRefused); ok {
					told(r)
				}
				return err
			}
			w.after(time.Minute)
			w.same("again", w.ok(w.token("li", letter.Token)), want)
			if name != "email" { // another address is not bound at all, so nothing is told of it
				w.refused(errOf(w.token("li", other.Token)), binding.Refusal{Reason: binding.ErrAlreadyBound})
			}
		})
	}
}

// The rows of the binding are the binding; the account's row is restored from a backup, say.
func TestABindingStandsWithoutItsAccountsRow(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	w.ok(w.token("li", letter.Token))
	w.tap = func(step string, call func() error) error {
		if step == "Bind" {
			return &binding.BindRefused{EmailTaken: true, Owner: w.account("li"), AccountHas: true}
		}
		return nil // and the row reads as none
	}
	if st := w.ok(w.token("li", letter.Token)); st.State != binding.Bound || st.Address != w.address("li@qq.com").Masked() {
		t.Errorf("the answer is %+v", st)
	}
}

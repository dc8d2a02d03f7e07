package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// TestNotMeOrVerifyNeverBoth. By the rows: a row is bound or it is denied, and never both. By the
// answers: where it is bound, verify was told success and "not me" that the address is bound (and the
// binding is disputed, whichever came first at the gateway); where it is denied, verify was told
// address-denied and "not me" plain success.
func TestNotMeOrVerifyNeverBoth(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		const accounts = 100
		bound := make([]bool, accounts)
		var took atomic.Int64            // by the verify before, so that the two meet on a slow machine too
		atOnce(2, func(half int) error { // two pairs at a time, so that each is a close race
			for i := half; i < accounts; i += 2 {
				s.notMeAgainstVerify(t, i, &took, &bound[i])
			}
			return nil
		})
		verified := 0
		for _, b := range bound {
			if b {
				verified++
			}
		}
		t.Logf("verify came first on %d of %d accounts", verified, accounts)
		if verified == 0 || verified == accounts {
			t.Errorf("one side won all %d races: they did not meet", accounts)
		}
		if rows := s.audit(); len(rows) != verified {
			t.Errorf("%d rows are bound, %d were told so", len(rows), verified)
		}
	})
}

func (s *site) notMeAgainstVerify(t *testing.T, i int, took *atomic.Int64, bound *bool) {
	sub := fmt.Sprint("seller-", i)
	c := s.asked(sub, fmt.Sprintf("m%d@example.com", i))
	var verifyErr, denyErr error
	var denied binding.DenyResult
	var wg sync.WaitGroup
	wg.Go(func() {
		start := time.Now()
		defer func() { took.Store(int64(time.Since(start))) }()
		_, verifyErr = patient(func() (binding.Status, error) {
			return s.svc.VerifyCode(t.Context(), session(sub), s.code(c), binding.NewRequest(), s.now)
		})
	})
	wg.Go(func() {
		time.Sleep(time.Duration(took.Load() * int64(i%10) / 5)) // from far too early to far too late
		denied, denyErr = patient(func() (binding.DenyResult, error) {
			return s.svc.Deny(t.Context(), s.link(c), binding.NewRequest(), s.now)
		})
	})
	wg.Wait()
	row := s.claim(sub)
	_, away := row.Denied[row.EmailKey]
	switch {
	case denyErr != nil:
		t.Errorf("%s: not me: %v", sub, denyErr)
	case row.State == binding.Bound:
		*bound = true
		if verifyErr != nil || !denied.Bound || away || row.DisputedAt.IsZero() || row.Risk != binding.Disowned {
			t.Errorf("%s is bound; verify was told %v, not me %v; row %+v", sub, verifyErr, denied.Bound, row)
		}
	case row.State == binding.Denied:
		if !errors.Is(verifyErr, binding.ErrAddressDenied) || denied.Bound || !away || !row.DisputedAt.IsZero() {
			t.Errorf("%s is denied; verify was told %v, not me %v; row %+v", sub, verifyErr, denied.Bound, row)
		}
	default:
		t.Errorf("%s is %q; verify was told %v", sub, row.State, verifyErr)
	}
}

// TestOneAccountAsksOnceAtATime: bind racing bind of one account. For one address all are answered as
// one claim, with one mail; for many addresses one claim stands, and the others are told to wait.
func TestOneAccountAsksOnceAtATime(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		var mu sync.Mutex
		checks := map[string]int{}
		bind := func(sub, email string) error {
			st, err := patient(func() (binding.Status, error) {
				return s.svc.Bind(t.Context(), session(sub), email, true, s.now)
			})
			if err == nil {
				mu.Lock()
				checks[sub+st.Address+st.Check]++
				mu.Unlock()
			}
			return err
		}
		if got := count(t, atOnce(50, func(int) error { return bind("one", "one@example.com") })); got[""] != 50 || len(checks) != 1 {
			t.Errorf("one address: answers %v, claims %v", got, checks)
		}
		if c := s.claim("one"); c.SendsToday != 1 || len(c.Due) != 1 {
			t.Errorf("one address: %d sends, due %v", c.SendsToday, c.Due)
		}
		clear(checks)
		got := count(t, atOnce(50, func(i int) error { return bind("many", fmt.Sprintf("many%d@example.com", i)) }))
		if got[""] != 1 || got[binding.ErrCooldown] != 49 || len(checks) != 1 {
			t.Errorf("many addresses: answers %v, claims %v", got, checks)
		}
		c := s.claim("many")
		if c.SendsToday != 1 || s.names.Email(c.Address) != c.EmailKey || checks["many"+c.Address.Display()+s.number(c)] != 1 {
			t.Errorf("many addresses: the row is %+v, the answer was %v", c, checks)
		}
		s.audit()
	})
}

// TestASuccessorOfAClaimRacesItsProof: while the code of one claim is proved, the account asks for
// another address. Bound to the first, or superseded and pending on the second; nothing between.
func TestASuccessorOfAClaimRacesItsProof(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		start := s.now
		for i := range 40 {
			sub := fmt.Sprint("mover-", i)
			s.now = start
			c := s.asked(sub, fmt.Sprintf("first%d@example.com", i))
			s.now = start.Add(binding.CooldownOther)
			var verifyErr, bindErr error
			var wg sync.WaitGroup
			wg.Go(func() {
				time.Sleep(time.Duration(i%4) * 300 * time.Microsecond)
				_, bindErr = patient(func() (binding.Status, error) {
					return s.svc.Bind(t.Context(), session(sub), fmt.Sprintf("second%d@example.com", i), true, s.now)
				})
			})
			wg.Go(func() {
				_, verifyErr = patient(func() (binding.Status, error) {
					return s.svc.VerifyToken(t.Context(), session(sub), s.link(c), binding.NewRequest(), s.now)
				})
			})
			wg.Wait()
			row := s.claim(sub)
			switch {
			case row.State == binding.Bound && row.EmailKey == c.EmailKey:
				if verifyErr != nil || !errors.Is(bindErr, binding.ErrAlreadyBound) {
					t.Errorf("%s is bound; verify was told %v, bind %v", sub, verifyErr, bindErr)
				}
			case row.State == binding.Pending && row.EmailKey != c.EmailKey:
				if !errors.Is(verifyErr, binding.ErrSuperseded) || bindErr != nil {
					t.Errorf("%s moved on; verify was told %v, bind %v", sub, verifyErr, bindErr)
				}
			default:
				t.Errorf("%s is %q", sub, row.State)
			}
		}
		s.audit()
	})
}

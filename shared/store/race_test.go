package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/store"
)

// conflicting is a client whose writes meet another transaction now and then, as on AWS; DynamoDB Local
// serialises them and never conflicts. share of 100 calls are refused before anything is written.
type conflicting struct {
	store.API
	share int
	apart bool // nobody else's transaction: single writes meet none
}

func (c conflicting) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if !c.apart && rand.N(100) < c.share {
		return nil, asSDK(&types.TransactionConflictException{})
	}
	return c.API.UpdateItem(ctx, in, o...)
}

func (c conflicting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if rand.N(100) < c.share {
		codes := slices.Repeat([]types.CancellationReason{reason(none, nil)}, len(in.TransactItems))
		codes[rand.N(len(codes))].Code = aws.String("TransactionConflict")
		return nil, cancelledFor(codes...)
	}
	return c.API.TransactWriteItems(ctx, in, o...)
}

// withConflicts runs a race without and with conflicts.
func withConflicts(t *testing.T, race func(*testing.T, *site)) {
	t.Run("serialised", func(t *testing.T) { race(t, newSite(t, client(t), nil)) })
	t.Run("conflicting", func(t *testing.T) {
		race(t, newSite(t, client(t), func(a store.API) store.API { return conflicting{API: a, share: 20} }))
	})
}

// patient asks again while the answer is that the table is busy, as callers are told to.
func patient[T any](call func() (T, error)) (T, error) {
	for range 40 {
		out, err := call()
		if !errors.Is(err, binding.ErrUnavailable) {
			return out, err
		}
	}
	panic("busy for ever")
}

// atOnce runs n calls with at most 64 under way, and gives their errors.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, 64) {
		wg.Go(func() {
			for i := range next {
				errs[i] = call(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return errs
}

// count groups errors by the reason a caller is told; an outage fails the test.
func count(t *testing.T, errs []error) map[binding.Reason]int {
	t.Helper()
	out := map[binding.Reason]int{}
	for _, err := range errs {
		r := binding.Reason("")
		if refusal, ok := errors.AsType[*binding.Refusal](err); ok {
			r = refusal.Reason
		} else if err != nil {
			t.Errorf("an outage: %v", err)
		}
		out[r]++
	}
	return out
}

// TestOneOfManyAccountsBindsAnAddress: P2 under a race of 200 right codes for one mailbox.
func TestOneOfManyAccountsBindsAnAddress(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		const racers = 200
		claims := make([]binding.Claim, racers)
		if got := count(t, atOnce(racers, func(i int) error {
			_, err := patient(func() (binding.Status, error) {
				return s.svc.Bind(t.Context(), session(fmt.Sprint("seller-", i)), "wanted@example.com", true, s.now)
			})
			return err
		})); got[""] != racers {
			t.Fatalf("asking: %v", got)
		}
		for i := range claims {
			claims[i] = s.claim(fmt.Sprint("seller-", i))
		}
		got := count(t, atOnce(racers, func(i int) error {
			st, err := patient(func() (binding.Status, error) {
				return s.svc.VerifyCode(t.Context(), session(fmt.Sprint("seller-", i)), s.code(claims[i]), binding.NewRequest(), s.now)
			})
			if err == nil && (st.State != binding.Bound || st.BoundAt.IsZero()) {
				t.Errorf("the winner is told %+v", st)
			}
			return err
		}))
		if got[""] != 1 || got[binding.ErrAddressTaken] != racers-1 {
			t.Errorf("answers: %v, want one success and %d address-taken", got, racers-1)
		}
		if bound := s.audit(); len(bound) != 1 {
			t.Errorf("%d accounts are bound", len(bound))
		}
		if n := len(s.scan(s.tables.Accounts)); n != racers {
			t.Errorf("%d rows of accounts, want %d", n, racers)
		}
	})
}

// TestOneAccountBindsOnceHoweverOftenItProves. The link's token in the session costs no try, so all
// answers are success. A code is charged before it is compared (P9): no more than five of 50 can be
// under way, those beyond them are told tries-exhausted unless the binding stands by then, and whoever
// asks again after it is told success (P10).
func TestOneAccountBindsOnceHoweverOftenItProves(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		for sub, prove := range map[string]func(binding.Claim) error{
			"by token": func(c binding.Claim) error {
				_, err := s.svc.VerifyToken(t.Context(), session("by token"), s.link(c), binding.NewRequest(), s.now)
				return err
			},
			"by code": func(c binding.Claim) error {
				_, err := s.svc.VerifyCode(t.Context(), session("by code"), s.code(c), binding.NewRequest(), s.now)
				return err
			},
			"by link": func(c binding.Claim) error {
				_, err := s.svc.VerifyLink(t.Context(), s.link(c), s.number(c), binding.NewRequest(), s.now)
				return err
			},
		} {
			c := s.asked(sub, fmt.Sprintf("m%d@example.com", len(sub)*10+int(sub[3])))
			ask := func(int) error {
				_, err := patient(func() (int, error) { return 0, prove(c) })
				return err
			}
			got := count(t, atOnce(50, ask))
			if got[""] == 0 || got[""]+got[binding.ErrTriesExhausted] != 50 {
				t.Errorf("%s: answers %v", sub, got)
			}
			if sub == "by token" && got[""] != 50 {
				t.Errorf("by token: answers %v, want 50 successes", got)
			}
			if got := count(t, atOnce(20, ask)); got[""] != 20 {
				t.Errorf("%s: asking again: %v", sub, got)
			}
		}
		few := s.asked("few", "few@example.com")
		if got := count(t, atOnce(binding.TriesPerCode, func(i int) error {
			_, err := patient(func() (binding.Status, error) {
				return s.svc.VerifyCode(t.Context(), session("few"), s.code(few), binding.NewRequest(), s.now)
			})
			return err
		})); got[""]+got[binding.ErrTriesExhausted] != binding.TriesPerCode || s.calm && got[""] != binding.TriesPerCode {
			t.Errorf("as many right codes as there are tries: %v", got)
		}
		if bound := s.audit(); len(bound) != 4 {
			t.Errorf("%d accounts are bound, want 4", len(bound))
		}
	})
}

// TestWrongCodesAreChargedFiveTimes: P9 under 200 wrong codes at once.
func TestWrongCodesAreChargedFiveTimes(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		c := s.asked("guessed", "guessed@example.com")
		var mu sync.Mutex
		var left []int
		got := count(t, atOnce(200, func(i int) error {
			_, err := patient(func() (binding.Status, error) {
				return s.svc.VerifyCode(t.Context(), session("guessed"), s.wrongCode(c, i), binding.NewRequest(), s.now)
			})
			if refusal, ok := errors.AsType[*binding.Refusal](err); ok && refusal.Reason == binding.ErrWrongCode {
				mu.Lock()
				left = append(left, refusal.TriesLeft)
				mu.Unlock()
			}
			return err
		}))
		if got[binding.ErrWrongCode] != binding.TriesPerCode || got[binding.ErrTriesExhausted] != 200-binding.TriesPerCode {
			t.Errorf("answers: %v", got)
		}
		slices.Sort(left)
		if !slices.Equal(left, []int{0, 1, 2, 3, 4}) {
			t.Errorf("tries left as told: %v", left)
		}
		if now := s.claim("guessed"); now.Tries != binding.TriesPerCode || now.TriesToday != binding.TriesPerCode || now.State != binding.Pending {
			t.Errorf("the row counts %d, %d today, state %s", now.Tries, now.TriesToday, now.State)
		}
		if _, err := patient(func() (binding.Status, error) {
			return s.svc.VerifyCode(t.Context(), session("guessed"), s.code(c), binding.NewRequest(), s.now)
		}); !errors.Is(err, binding.ErrTriesExhausted) {
			t.Errorf("the right code after them: %v", err)
		}
		if bound := s.audit(); len(bound) != 0 {
			t.Error("guessing bound")
		}
	})
}

// TestAllNumbersAtOnceGuessNothing: whoever has the mailbox and not the session tries the whole space
// of check numbers in parallel. Three are compared; the right one comes last here, so nothing is bound.
func TestAllNumbersAtOnceGuessNothing(t *testing.T) {
	s := newSite(t, client(t), nil)
	c := s.asked("mistyped", "mistyped@example.com")
	link, right := s.link(c), s.number(c)
	got := count(t, atOnce(10_000, func(i int) error {
		number := fmt.Sprintf("%04d", i)
		if number == right {
			return nil // after the others
		}
		_, err := s.svc.VerifyLink(t.Context(), link, number, binding.NewRequest(), s.now)
		if err == nil {
			t.Errorf("%s bound, the number is %s", number, right)
		}
		return err
	}))
	_, err := s.svc.VerifyLink(t.Context(), link, right, binding.NewRequest(), s.now)
	if !errors.Is(err, binding.ErrTriesExhausted) {
		t.Errorf("the right number after all others: %v", err)
	}
	if got[binding.ErrCheckMismatch] != binding.LinkTries || got[binding.ErrTriesExhausted] != 9999-binding.LinkTries {
		t.Errorf("answers: %v, want %d compared", got, binding.LinkTries)
	}
	if now := s.claim("mistyped"); now.LinkTries != binding.LinkTries || now.Tries != 0 {
		t.Errorf("the row counts %d numbers, %d codes", now.LinkTries, now.Tries)
	}
	if bound := s.audit(); len(bound) != 0 {
		t.Error("guessing bound")
	}
	// The number's tries close the link for who has no session; the account's own code still binds.
	if _, err := s.svc.VerifyCode(t.Context(), session("mistyped"), s.code(c), binding.NewRequest(), s.now); err != nil {
		t.Errorf("the code: %v", err)
	}
	s.audit()
}

package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// combinations gives every way to choose n of the codes, in order.
func combinations(n int) [][]string {
	out := [][]string{nil}
	for range n {
		var next [][]string
		for _, codes := range out {
			for _, code := range cancellationCodes {
				next = append(next, append(slices.Clone(codes), code))
			}
		}
		out = next
	}
	return out
}

// TestEveryCancelledChangeIsARefusalABusyTableOrAnOutage, as Bind's: a false condition is told with its row,
// unless a part was invalid; busy parts alone are tried once more; all else is an outage.
func TestEveryCancelledChangeIsARefusalABusyTableOrAnOutage(t *testing.T) {
	unbound := thePut()
	unbound.Bound = false
	const challenge, credential, accounts = 0, 1, 2
	for _, c := range []struct {
		step  step
		parts []int // what each part of the transaction writes
	}{
		{step{name: "Change", run: func(ctx context.Context, st *store.Store) error { return st.Change(ctx, theChange()) }}, []int{challenge, credential, accounts}},
		{step{name: "Put", run: func(ctx context.Context, st *store.Store) error { return st.Put(ctx, thePut()) }}, []int{credential, accounts, challenge}},
		{step{name: "Put", run: func(ctx context.Context, st *store.Store) error { return st.Put(ctx, unbound) }}, []int{credential}},
	} {
		rows := []item{askedRow(), credentialRow(), boundRow(t)}
		for _, codes := range combinations(len(c.parts)) {
			synctest.Test(t, func(t *testing.T) { // busy ones pause
				var reasons []types.CancellationReason
				for i, code := range codes {
					r := reason(code, nil)
					if code == failed {
						r.Item = rows[c.parts[i]]
					}
					reasons = append(reasons, r)
				}
				var seen []any
				err := c.step.run(t.Context(), store.New(answers(cancelledFor(reasons...), &seen), physical, dataKey(t)))
				told := [3]bool{}
				for i, code := range codes {
					told[c.parts[i]] = code == failed
				}
				checkCancelled(t, c.step, codes, err, told, seen)
			})
		}
	}
}

func checkCancelled(t *testing.T, s step, codes []string, err error, told [3]bool, seen []any) {
	t.Helper()
	tries := 1
	switch {
	case slices.Contains(codes, "ValidationError") || !slices.ContainsFunc(codes, func(c string) bool { return c != none }):
		isOutage(t, s, err)
		if _, ok := errors.AsType[*binding.Conflict](err); ok {
			t.Errorf("%s, %v: called busy", s.name, codes)
		}
	case slices.Contains(codes, failed):
		r, ok := errors.AsType[*recovery.ChangeRefused](err)
		if !ok {
			t.Fatalf("%s, %v: %v, want a refusal", s.name, codes, err)
		}
		if [3]bool{r.ChallengeFalse, r.CredentialFalse, r.AccountFalse} != told ||
			[3]bool{r.Challenge.ID == cid, r.Credential.Hash == oldHash, r.Account.EmailKey == emailKey} != told {
			t.Errorf("%s, %v: the refusal is %+v", s.name, codes, r)
		}
	default:
		tries = 2
		isOutage(t, s, err)
		if _, ok := errors.AsType[*binding.Conflict](err); !ok {
			t.Errorf("%s, %v: %v, want *binding.Conflict", s.name, codes, err)
		}
	}
	if len(seen) != tries || tries == 2 && flat(seen[0]) != flat(seen[1]) {
		t.Errorf("%s, %v: tried %d times, want %d, byte for byte", s.name, codes, len(seen), tries)
	}
}

// TestReasonsThatAreNotWholeAreNoRefusal: fewer than there are parts, and none.
func TestReasonsThatAreNotWholeAreNoRefusal(t *testing.T) {
	f := reason(failed, askedRow())
	for what, reasons := range map[string][]types.CancellationReason{
		"none": nil, "one of three": {f}, "two of three": {f, f}, "four of three": {f, f, f, f}, "without codes": {{}, {}, {}},
		"of another kind": {reason("AccessDenied", nil), f, f},
	} {
		var seen []any
		err := store.New(answers(cancelledFor(reasons...), &seen), physical, dataKey(t)).Change(t.Context(), theChange())
		isOutage(t, step{name: "Change"}, err)
		if len(seen) != 1 {
			t.Errorf("%s: tried %d times", what, len(seen))
		}
	}
}

// TestARefusedChangeShowsRowsThatAreNotThere as the zero ones.
func TestARefusedChangeShowsRowsThatAreNotThere(t *testing.T) {
	for _, row := range []item{nil, {}} {
		var seen []any
		f := types.CancellationReason{Code: aws.String(failed), Item: row}
		err := store.New(answers(cancelledFor(f, f, f), &seen), physical, dataKey(t)).Change(t.Context(), theChange())
		r, ok := errors.AsType[*recovery.ChangeRefused](err)
		if !ok {
			t.Fatal(err)
		}
		if r.Challenge != (recovery.Challenge{}) || r.Credential.Hash != "" || r.Account.State != binding.None || !r.ChallengeFalse || !r.CredentialFalse || !r.AccountFalse {
			t.Errorf("the refusal is %+v", r)
		}
	}
}

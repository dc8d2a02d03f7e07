package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/store"
)

func reason(code string, row item) types.CancellationReason {
	return types.CancellationReason{Code: aws.String(code), Item: row}
}

func cancelledFor(reasons ...types.CancellationReason) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = aws.ToString(r.Code)
	}
	return asSDK(&types.TransactionCanceledException{CancellationReasons: reasons,
		Message: aws.String("Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]")})
}

func bindCancelled(t testing.TB, reasons ...types.CancellationReason) error {
	var seen []any
	return store.New(answers(cancelledFor(reasons...), &seen), physical, dataKey(t)).Bind(t.Context(), theBinding())
}

const (
	none   = "None"
	failed = "ConditionalCheckFailed"
)

var cancellationCodes = []string{none, failed, "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError"}

// TestEveryCancellationIsARefusalABusyTableOrAnOutage goes through all combinations of the three parts'
// reasons: a false condition is told with what its row shows, unless a part was invalid; busy parts
// alone are tried once more; all else is an outage, also a cancellation that nothing explains.
func TestEveryCancellationIsARefusalABusyTableOrAnOutage(t *testing.T) {
	other := binding.AccountKey{0x0f}
	rows := [3]item{boundRow(t), {"owner": bin(other[:])}, {"ek": bin(make([]byte, 16))}}
	for _, a := range cancellationCodes {
		for _, b := range cancellationCodes {
			synctest.Test(t, func(t *testing.T) { // busy ones pause
				for _, c := range cancellationCodes {
					codes := []string{a, b, c}
					var reasons []types.CancellationReason
					for i, code := range codes {
						r := reason(code, nil)
						if code == failed {
							r.Item = rows[i]
						}
						reasons = append(reasons, r)
					}
					checkCancellation(t, codes, cancelledFor(reasons...), other)
				}
			})
		}
	}
}

func checkCancellation(t *testing.T, codes []string, cause error, other binding.AccountKey) {
	t.Helper()
	var seen []any
	err := store.New(answers(cause, &seen), physical, dataKey(t)).Bind(t.Context(), theBinding())
	invalid, refusal := slices.Contains(codes, "ValidationError"), slices.Contains(codes, failed)
	allNone := codes[0] == none && codes[1] == none && codes[2] == none
	tries := 1
	switch {
	case invalid || allNone:
		isOutage(t, step{name: "Bind"}, err)
		if _, ok := errors.AsType[*binding.Conflict](err); ok {
			t.Errorf("%v: called busy", codes)
		}
	case refusal:
		r, ok := errors.AsType[*binding.BindRefused](err)
		if !ok {
			t.Fatalf("%v: %v, want a refusal", codes, err)
		}
		if r.EmailTaken != (codes[1] == failed) || (r.Owner == other) != r.EmailTaken || r.AccountHas != (codes[2] == failed) ||
			(r.Old.State == binding.Bound) != (codes[0] == failed) {
			t.Errorf("%v: the refusal is %+v", codes, r)
		}
	default:
		tries = 2
		isOutage(t, step{name: "Bind"}, err)
		if _, ok := errors.AsType[*binding.Conflict](err); !ok {
			t.Errorf("%v: %v, want *binding.Conflict", codes, err)
		}
	}
	if len(seen) != tries {
		t.Errorf("%v: tried %d times, want %d", codes, len(seen), tries)
	}
	if tries == 2 && flat(seen[0]) != flat(seen[1]) {
		t.Errorf("%v: the second try is another request", codes)
	}
}

// TestOwnBindingIsKnownByEitherRow: while another transaction of the same account is under way, one
// row may be all that is told.
func TestOwnBindingIsKnownByEitherRow(t *testing.T) {
	busy := reason("TransactionConflict", nil)
	for what, c := range map[string]struct {
		reasons  []types.CancellationReason
		mine, is bool
	}{
		"by the address's row":          {[]types.CancellationReason{busy, reason(failed, item{"owner": bin(account[:])}), busy}, true, true},
		"by the account's row":          {[]types.CancellationReason{busy, busy, reason(failed, item{"ek": bin(emailKey[:])})}, true, true},
		"another address":               {[]types.CancellationReason{busy, busy, reason(failed, item{"ek": bin(make([]byte, 16))})}, false, true},
		"released, still in quarantine": {[]types.CancellationReason{busy, busy, reason(failed, item{"ek": bin(emailKey[:]), "released_at": num("9999999999")})}, false, true},
		"account without a row":         {[]types.CancellationReason{reason(failed, nil), busy, busy}, false, true},
		"too few reasons":               {[]types.CancellationReason{reason(failed, nil)}, false, false},
		"a reason without a code":       {[]types.CancellationReason{{}, {}, {}}, false, false},
		"no reasons":                    {nil, false, false},
	} {
		err := bindCancelled(t, c.reasons...)
		r, ok := errors.AsType[*binding.BindRefused](err)
		if ok != c.is {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if !ok {
			isOutage(t, step{name: "Bind"}, err)
			continue
		}
		if mine := r.EmailTaken && r.Owner == account; mine != c.mine {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// TestLeavingAFingerprintComparesWhereOneIs, and whoever was faster with the same key is no error.
func TestLeavingAFingerprintComparesWhereOneIs(t *testing.T) {
	synctest.Test(t, leaving)
}

func leaving(t *testing.T) {
	d := dataKey(t)
	leave := func(err error) error {
		n := 0
		got := store.LeaveFingerprint(t.Context(), double{transact: func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
			n++
			return &dynamodb.TransactWriteItemsOutput{}, err
		}}, physical.Bindings, d)
		if n > 2 {
			t.Errorf("tried %d times", n)
		}
		return got
	}
	if err := leave(nil); err != nil {
		t.Error(err)
	}
	if err := leave(cancelledFor(reason(failed, item{"fingerprint": str(d.Fingerprint())}))); err != nil {
		t.Errorf("the same key: %v", err)
	}
	if err := leave(cancelledFor(reason(failed, item{"fingerprint": str("ab")}))); !errors.Is(err, store.ErrKeyMismatch) {
		t.Errorf("another key: %v", err)
	}
	s := step{name: "LeaveFingerprint"}
	for _, code := range []string{"TransactionConflict", "ThrottlingError"} {
		err := leave(cancelledFor(reason(code, nil)))
		if _, ok := errors.AsType[*binding.Conflict](err); !ok {
			t.Errorf("%s: %v", code, err)
		}
		isOutage(t, s, err)
	}
	isOutage(t, s, leave(cancelledFor(reason("ValidationError", nil))))
	isOutage(t, s, leave(cancelledFor()))
	isOutage(t, s, leave(cancelledFor(reason(failed, nil), reason(failed, nil))))
	for print, same := range map[string]bool{d.Fingerprint(): true, "": false, d.Fingerprint() + "0": false} {
		if err := store.CheckFingerprint(print, d); (err == nil) != same || !same && !errors.Is(err, store.ErrKeyMismatch) {
			t.Errorf("%s: %v", fmt.Sprintf("%.4s", print), err)
		}
	}
}

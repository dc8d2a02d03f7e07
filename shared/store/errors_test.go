package store_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// asSDK wraps an error as the client does.
func asSDK(err error) error {
	return &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Some", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusBadRequest}}, Err: err}}
}

func failedCondition(row item) error {
	return asSDK(&types.ConditionalCheckFailedException{Message: aws.String("The conditional request failed"), Item: row})
}

// busyErrors are those after which one more try may help.
func busyErrors() map[string]error {
	return map[string]error{
		"conflict":      asSDK(&types.TransactionConflictException{Message: aws.String("Transaction is ongoing for the item")}),
		"in progress":   asSDK(&types.TransactionInProgressException{}),
		"throughput":    asSDK(&types.ProvisionedThroughputExceededException{}),
		"throttling":    asSDK(&types.ThrottlingException{}),
		"request limit": asSDK(&types.RequestLimitExceeded{}),
		"generic":       asSDK(&smithy.GenericAPIError{Code: "ThrottlingException"}),
	}
}

// outages are those that trying again does not help, or that the SDK has tried already.
func outages() map[string]error {
	return map[string]error{
		"validation": asSDK(&smithy.GenericAPIError{Code: "ValidationException", Message: "no"}),
		"denied":     asSDK(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no"}),
		"internal":   asSDK(&types.InternalServerError{Message: aws.String("no")}),
		"mismatch":   asSDK(&types.IdempotentParameterMismatchException{Message: aws.String("no")}),
		"gone":       asSDK(&types.ResourceNotFoundException{Message: aws.String("no")}),
		"network":    &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Some", Err: errors.New("unexpected EOF")},
		"cancelled":  asSDK(fmt.Errorf("canceled, %w", context.Canceled)),
	}
}

// stepWords are the names of the steps in errors.
var stepWords = map[string]string{
	"Claim": "claim", "Open": "open", "Requeue": "requeue", "ChargeNumber": "charge number", "ChargeCode": "charge code",
	"GiveBack": "give back", "Bind": "bind", "Deny": "deny", "DenyMoved": "deny moved", "Dispute": "dispute", "Undo": "undo",
	"UndoMoved": "undo moved", "UndoDispute": "undo dispute", "Load": "load", "Book": "book", "Finish": "finish",
	"Fingerprint": "fingerprint", "LeaveFingerprint": "leave fingerprint",
	"CountCaller": "count caller", "Ring": "ring", "ChargeGuess": "charge guess", "GiveBackGuess": "give back guess", "Present": "present",
	"GiveBackPresented": "give back presented", "Credential": "credential", "Change": "change", "Redeem": "redeem", "Spend": "spend",
	"Refill": "refill", "Touch": "touch", "Put": "put", "Hold": "hold", "Void": "void", "Recall": "recall", "Owner": "owner", "Renew": "renew",
	"Extend": "extend", "Settle": "settle", "Reconfirm": "reconfirm", "Confirm": "confirm", "Tell": "tell", "Observe": "observe", "Judge": "judge",
	"DisputeOnly": "dispute only",
}

// isOutage wants an error that names its step once, says nothing of whom it is about, and keeps the
// SDK's types to itself.
func isOutage(t *testing.T, s step, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", s.name)
		return
	}
	_, refused := errors.AsType[*binding.Refused](err)
	_, bindRefused := errors.AsType[*binding.BindRefused](err)
	_, recoveryRefused := errors.AsType[*recovery.Refused](err)
	_, changeRefused := errors.AsType[*recovery.ChangeRefused](err)
	if refused || bindRefused || recoveryRefused || changeRefused {
		t.Errorf("%s: an outage became a verdict: %v", s.name, err)
	}
	isNamed(t, s, err)
}

func isNamed(t *testing.T, s step, err error) {
	t.Helper()
	word := "store: " + stepWords[s.method()] + ": "
	if strings.Count(err.Error(), word) != 1 || strings.Count(err.Error(), "store: ") != 1 {
		t.Errorf("%s: %q does not name its step once", s.name, err)
	}
	for _, personal := range []string{wang.String(), wang.Canonical(), "u-42", account.String(), hex.EncodeToString(account[:]),
		emailKey.String(), hex.EncodeToString(emailKey[:]), inbox.String(), hex.EncodeToString(cid[:]), caller.String(),
		oneMeter.Name, oldHash, newHash, "types.", "dynamodb."} {
		if strings.Contains(err.Error(), personal) {
			t.Errorf("%s: %q contains %q", s.name, err, personal)
		}
	}
	if _, ok := errors.AsType[smithy.APIError](err); ok {
		t.Errorf("%s: the SDK's type leaves the package", s.name)
	}
	if _, ok := errors.AsType[*smithy.OperationError](err); ok {
		t.Errorf("%s: the SDK's type leaves the package", s.name)
	}
}

func TestOutagesAreNamedAndNotTriedAgain(t *testing.T) {
	for what, cause := range outages() {
		t.Run(what, func(t *testing.T) {
			var seen []any
			api := answers(cause, &seen)
			st := store.New(api, physical, dataKey(t))
			for _, s := range withKeyRow(t, api) {
				seen = nil
				err := s.run(t.Context(), st)
				isOutage(t, s, err)
				if _, ok := errors.AsType[*binding.Conflict](err); ok {
					t.Errorf("%s calls it busy", s.name)
				}
				if len(seen) != 1 {
					t.Errorf("%s was tried %d times", s.name, len(seen))
				}
				if errors.Is(cause, context.Canceled) != errors.Is(err, context.Canceled) {
					t.Errorf("%s: errors.Is does not see the context's end in %v", s.name, err)
				}
			}
		})
	}
}

// TestABusyTableIsAskedOnceMore with byte-equal input, and what stays busy is *binding.Conflict.
func TestABusyTableIsAskedOnceMore(t *testing.T) {
	for what, cause := range busyErrors() {
		synctest.Test(t, func(t *testing.T) {
			var seen []any
			api := answers(cause, &seen)
			st := store.New(api, physical, dataKey(t))
			for _, s := range withKeyRow(t, api) {
				seen = nil
				start := time.Now()
				err := s.run(t.Context(), st)
				isOutage(t, s, err)
				if _, ok := errors.AsType[*binding.Conflict](err); !ok {
					t.Errorf("%s, %s: %v, want *binding.Conflict", what, s.name, err)
				}
				if pause := time.Since(start); pause < 20*time.Millisecond || pause > 80*time.Millisecond {
					t.Errorf("%s, %s: paused %v", what, s.name, pause)
				}
				if len(seen) != 2 || fmt.Sprintf("%#v", flat(seen[0])) != fmt.Sprintf("%#v", flat(seen[1])) {
					t.Errorf("%s was asked %d times, or asked otherwise", s.name, len(seen))
				}
			}
		})
	}
}

// TestASecondTryMaySucceed: the busy table was busy for a moment.
func TestASecondTryMaySucceed(t *testing.T) {
	for _, s := range steps() {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			busy := busyErrors()["conflict"]
			once := func() error {
				if n++; n == 1 {
					return busy
				}
				return nil
			}
			var seen []any
			fine := answers(nil, &seen)
			st := store.New(double{
				get: func(in *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
					out, _ := fine.get(in)
					return out, once()
				},
				batchGet: func(in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
					out, _ := fine.batchGet(in)
					return out, once()
				},
				update: func(in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
					out, _ := fine.update(in)
					return out, once()
				},
				transact: func(in *dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
					out, _ := fine.transact(in)
					return out, once()
				},
			}, physical, dataKey(t))
			if err := s.run(t.Context(), st); err != nil || n != 2 {
				t.Errorf("%v after %d tries", err, n)
			}
		})
	}
}

// TestNobodyWaitsForABusyTableLongerThanTheRequest: the pause ends with the context.
func TestNobodyWaitsForABusyTableLongerThanTheRequest(t *testing.T) {
	synctest.Test(t, waiting)
}

func waiting(t *testing.T) {
	for _, s := range steps() {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		var seen []any
		api := answers(busyErrors()["throttling"], &seen)
		start := time.Now()
		err := s.run(ctx, store.New(api, physical, dataKey(t)))
		if took := time.Since(start); took != 5*time.Millisecond {
			t.Errorf("%s waited %v", s.name, took)
		}
		cancel()
		if _, ok := errors.AsType[*binding.Conflict](err); !ok || len(seen) != 1 {
			t.Errorf("%s: %v after %d tries", s.name, err, len(seen))
		}
	}
}

func TestBookIsFullWhenItsConditionIsFalse(t *testing.T) {
	var seen []any
	ok, err := store.New(answers(failedCondition(nil), &seen), physical, dataKey(t)).Book(t.Context(), binding.Booking{Now: noon})
	if ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	ok, err = store.New(answers(outages()["internal"], &seen), physical, dataKey(t)).Book(t.Context(), binding.Booking{Now: noon})
	if ok || err == nil {
		t.Errorf("an outage books: %v, %v", ok, err)
	}
}

// TestFinishGivesUpOnWhatTheRowDoesNotExplain instead of trying for ever or calling it done.
func TestFinishGivesUpOnWhatTheRowDoesNotExplain(t *testing.T) {
	row := boundRow(t)
	row["due_verify"] = bin(sid[:])
	var seen []any
	s := step{name: "Finish"}
	err := store.New(answers(failedCondition(row), &seen), physical, dataKey(t)).Finish(t.Context(), finishOf(binding.KindVerify))
	isOutage(t, s, err)
	if len(seen) != 3 {
		t.Errorf("tried %d times, want 3", len(seen))
	}
}

func TestKeysLeftUnprocessedAreNotMissingRows(t *testing.T) {
	synctest.Test(t, unprocessed)
}

func unprocessed(t *testing.T) {
	n, healed := 0, false
	st := store.New(double{batchGet: func(in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
		if n++; n > 1 && healed {
			return &dynamodb.BatchGetItemOutput{}, nil
		}
		return &dynamodb.BatchGetItemOutput{UnprocessedKeys: in.RequestItems}, nil
	}}, physical, dataKey(t))
	_, _, err := st.Load(t.Context(), account, emailKey, noon)
	if _, ok := errors.AsType[*binding.Conflict](err); !ok || n != 2 {
		t.Errorf("%v after %d reads, want *binding.Conflict after 2", err, n)
	}
	isNamed(t, step{name: "Load"}, err)
	n, healed = 0, true
	if c, h, err := st.Load(t.Context(), account, emailKey, noon); err != nil || c.State != binding.None || h.Bound {
		t.Errorf("%+v, %+v, %v", c, h, err)
	}
}

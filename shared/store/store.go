// Package store keeps the rows of binding and recovery in DynamoDB. Every exported method is one named, atomic step of
// the state machine: one conditional write (or one read), one round trip. None is CRUD, and none reads
// to decide: the condition travels with the write, and a refused write brings the old row back
// (ReturnValuesOnConditionCheckFailure=ALL_OLD), so the same round trip tells why.
//
// # What must not be undone by accident
//
//   - Bindings are only ever put, inside one transaction, if absent or released. Nothing here updates
//     or deletes one.
//   - A conditional write whose answer is lost comes back refused when the SDK sends it again. It is
//     recognised by what was written (challenge, send, op), which is for the caller to see in the old row.
//   - A comparison with a missing attribute is false, but <> and NOT are true: every condition that
//     must not create a row carries an equality. Deny is safe without a row because of ek = :ek.
//   - A row of recoveries is made by the bell and by Put, with its ttl; every other step finds one or is refused. A
//     password never has a ttl, and is written by Change and Put alone, with a version that rises.
//   - Put's part on the row of recoveries is the only write without a condition of its own: it ends whatever is
//     there, and stands or falls with the other parts.
//   - Nothing in table recoveries is written otherwise for an address that is somebody's: its owner is 16 zero
//     bytes where there is none.
//   - TTL is a delete that IAM does not see. Steps that may meet a bound row never set it, the
//     transaction removes it.
//   - Setting due_<kind> to the value it has makes no stream record: every order draws a new send id.
//   - Finishing an order is conditional on that very order, so that a newer one stays.
//   - Of a bound row, expires is the open confirmation's and nothing else's: the transaction takes the claim's away,
//     and Confirm the confirmation's.
//   - A verdict is written over the very signs and the very standing that it was made of, both in the condition. Signs
//     are a set, so that one that is told twice is one, and each is written in one way only.
//   - Daily counters carry the UTC day in their name. The write that counts removes the seven days
//     before; removing what is not there is no error.
//
// TransactionConflict (never retried by the SDK) and throttling that outlives the SDK's own retries
// get one more try with byte-equal input, then *binding.Conflict. All else is an outage, wrapped once
// with the step's name: errors.Is sees through it to the context's errors and no further, so SDK types
// do not leave the package.
package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

// API is what is called of the DynamoDB client, and no more: what is not here cannot happen.
type API interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

var (
	_ API                    = (*dynamodb.Client)(nil)
	_ binding.Store          = (*Store)(nil)
	_ binding.Outbox         = (*Store)(nil)
	_ binding.Reports        = (*Store)(nil)
	_ recovery.Store         = (*Store)(nil)
	_ recovery.Outbox        = (*Store)(nil)
	_ recovery.PlatformStore = (*Store)(nil)
)

// Tables are the tables' physical names. A function sets those it may reach.
type Tables struct{ Accounts, Bindings, Recoveries, Credentials, Limits string }

// A Store keeps the rows. It is safe for concurrent use.
type Store struct {
	api    API
	tables Tables
	data   *token.DataKey
}

// New makes a Store that seals addresses with the data key.
func New(api API, tables Tables, data *token.DataKey) *Store {
	return &Store{api: api, tables: tables, data: data}
}

// busyCodes say that the table could not serve the request now, and that nothing is wrong with it.
var busyCodes = []string{
	"TransactionConflictException", "TransactionInProgressException", "ProvisionedThroughputExceededException",
	"ThrottlingException", "RequestLimitExceeded", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded",
}

// busy finds such an error, also as the reason of a cancelled transaction. A transaction that was
// cancelled for a false condition as well is not busy: trying again cannot help it.
func busy(err error) bool {
	if errors.Is(err, errUnprocessed) {
		return true
	}
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		found := false
		for _, r := range cancelled.CancellationReasons {
			if r.Code == nil || *r.Code == "None" {
				continue
			}
			if !slices.Contains(busyCodes, *r.Code) {
				return false
			}
			found = true
		}
		return found
	}
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.Contains(busyCodes, api.ErrorCode())
}

// patiently calls once, and once more after a short random pause if the table is busy. The error is
// the SDK's: what is left of it is for named.
func patiently(ctx context.Context, call func() error) error {
	err := call()
	if !busy(err) {
		return err
	}
	select {
	case <-time.After(20*time.Millisecond + rand.N(60*time.Millisecond)):
		return call()
	case <-ctx.Done():
		return err
	}
}

// named gives an error its step: *binding.Conflict for a busy table, else an outage.
func named(step string, err error) error {
	if err == nil {
		return nil
	}
	out := &outage{step: step, cause: err}
	if busy(err) {
		return &binding.Conflict{Cause: out}
	}
	return out
}

// outage is an error of a step that is no refusal.
type outage struct {
	step  string
	cause error
}

func (e *outage) Error() string { return "store: " + e.step + ": " + e.cause.Error() }

// Is finds sentinels, such as context.Canceled. There is no Unwrap, so that nobody outside comes to
// depend on the SDK's types.
func (e *outage) Is(target error) bool { return errors.Is(e.cause, target) }

package store

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/token"
)

// keyRow is the row of bindings that holds the data key's fingerprint.
const keyRow = "k"

// ErrKeyMismatch says that the tables were written under another data key. Nothing may run then:
// under this one every address would look unbound, and could be bound a second time.
var ErrKeyMismatch = errors.New("store: the tables belong to another data key")

// Fingerprint reads the fingerprint of the data key that the tables belong to; "" in a new stack. It
// is also the read that opens the connection, so it belongs into a function's init.
func Fingerprint(ctx context.Context, api API, bindings string) (string, error) {
	in := &dynamodb.GetItemInput{TableName: &bindings, Key: key(keyRow), ConsistentRead: aws.Bool(true)}
	var out *dynamodb.GetItemOutput
	if err := patiently(ctx, func() (err error) { out, err = api.GetItem(ctx, in); return err }); err != nil {
		return "", named("fingerprint", err)
	}
	print, err := readFingerprint(out.Item)
	return print, named("fingerprint", err)
}

// CheckFingerprint compares the tables' fingerprint with the data key: ErrKeyMismatch.
func CheckFingerprint(print string, d *token.DataKey) error {
	if !token.Equal(print, d.Fingerprint()) {
		return ErrKeyMismatch
	}
	return nil
}

// LeaveFingerprint puts the fingerprint where there is none, and compares it where another instance
// was faster. It is for the one function that may write bindings: a transaction of one part, because
// IAM lets it put only inside transactions.
func LeaveFingerprint(ctx context.Context, api API, bindings string, d *token.DataKey) error {
	condition := "attribute_not_exists(pk)"
	in := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{
		TableName: &bindings, Item: item{"pk": text(keyRow), "fingerprint": text(d.Fingerprint()), "dk": text(d.ID().String())},
		ConditionExpression:                 &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}}}
	err := patiently(ctx, func() error { _, err := api.TransactWriteItems(ctx, in); return err })
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || len(cancelled.CancellationReasons) != 1 || aws.ToString(cancelled.CancellationReasons[0].Code) != "ConditionalCheckFailed" {
		return named("leave fingerprint", err)
	}
	print, err := readFingerprint(cancelled.CancellationReasons[0].Item)
	if err != nil {
		return named("leave fingerprint", err)
	}
	return CheckFingerprint(print, d)
}

func readFingerprint(row item) (string, error) {
	r := reader{row: row}
	print := r.text("fingerprint")
	if len(row) > 0 && print == "" {
		r.fail("fingerprint")
	}
	return print, r.err
}

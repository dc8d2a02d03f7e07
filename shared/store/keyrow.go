package store

import (
	"context"
	"errors"
	"fmt"

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

// CheckKey compares the data key with the fingerprint in the tables; false: a new stack, which has
// none. It is also the read that opens the connection, so it belongs into a function's init.
func CheckKey(ctx context.Context, api API, bindings string, d *token.DataKey) (found bool, err error) {
	in := &dynamodb.GetItemInput{TableName: &bindings, Key: key(keyRow), ConsistentRead: aws.Bool(true)}
	var out *dynamodb.GetItemOutput
	if err := patiently(ctx, "check key", func() (err error) { out, err = api.GetItem(ctx, in); return err }); err != nil {
		return false, err
	}
	return len(out.Item) > 0, fits(out.Item, d)
}

// ClaimKey leaves the fingerprint where there is none, and compares it where there is. It is for the
// one function that may write bindings: a transaction of one part, because IAM lets it put only
// inside transactions.
func ClaimKey(ctx context.Context, api API, bindings string, d *token.DataKey) error {
	condition := "attribute_not_exists(pk)"
	in := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{
		TableName: &bindings, Item: item{"pk": text(keyRow), "fingerprint": text(d.Fingerprint()), "dk": text(d.ID().String())},
		ConditionExpression:                 &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}}}
	err := patiently(ctx, "claim key", func() error { _, err := api.TransactWriteItems(ctx, in); return err })
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok && len(cancelled.CancellationReasons) == 1 {
		if r := cancelled.CancellationReasons[0]; r.Code != nil && *r.Code == "ConditionalCheckFailed" {
			return fits(r.Item, d)
		}
	}
	return err
}

func fits(row item, d *token.DataKey) error {
	if len(row) == 0 {
		return nil
	}
	r := reader{row: row}
	print := r.text("fingerprint")
	if r.err != nil {
		return fmt.Errorf("store: check key: %w", r.err)
	}
	if !token.Equal(print, d.Fingerprint()) {
		return ErrKeyMismatch
	}
	return nil
}

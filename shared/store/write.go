package store

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// errUnexplained is a false condition that no rule accounts for: an outage, never a verdict.
var errUnexplained = errors.New("refused by a condition that the row does not explain")

// write runs one conditional write on one row. It gives the row after it; refused, the row whose condition
// was false, nil if there is none. An error names its step.
func (s *Store) write(ctx context.Context, step, table, pk string, e expression) (row item, refused bool, err error) {
	n, v := e.use()
	in := &dynamodb.UpdateItemInput{
		TableName: &table, Key: key(pk),
		UpdateExpression: &e.update, ConditionExpression: &e.condition,
		ExpressionAttributeNames: n, ExpressionAttributeValues: v,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	var out *dynamodb.UpdateItemOutput
	err = patiently(ctx, func() (err error) { out, err = s.api.UpdateItem(ctx, in); return err })
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return failed.Item, true, nil
	}
	if err != nil {
		return nil, false, named(step, err)
	}
	return out.Attributes, false, nil
}

// part makes a write one of a transaction's. One without a condition leaves it to the others, and has no refusal
// to bring a row with.
func part(table, pk string, e expression) types.TransactWriteItem {
	n, v := e.use()
	u := &types.Update{
		TableName: &table, Key: key(pk),
		UpdateExpression: &e.update, ExpressionAttributeNames: n, ExpressionAttributeValues: v,
	}
	if e.condition != "" {
		u.ConditionExpression, u.ReturnValuesOnConditionCheckFailure = &e.condition, types.ReturnValuesOnConditionCheckFailureAllOld
	}
	return types.TransactWriteItem{Update: u}
}

// transact runs a transaction. Refused, it has shown read each part whose condition was false: its place in
// the request and its row. An error names its step.
func (s *Store) transact(ctx context.Context, step, request string, parts []types.TransactWriteItem, read func(part int, row item) error) (refused bool, err error) {
	in := &dynamodb.TransactWriteItemsInput{ClientRequestToken: &request, TransactItems: parts}
	err = patiently(ctx, func() error { _, err := s.api.TransactWriteItems(ctx, in); return err })
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok && !busy(err) {
		if err = readReasons(cancelled.CancellationReasons, len(parts), err, read); err == nil {
			return true, nil
		}
	}
	return false, named(step, err)
}

// readReasons reads the reasons of a cancelled transaction's parts, in the order of the request. A busy part
// beside a false condition is passed over: trying again cannot help. Any other reason, and a cancellation
// that no false condition explains, is an outage: the cause comes back.
func readReasons(reasons []types.CancellationReason, parts int, cause error, read func(part int, row item) error) error {
	if len(reasons) != parts {
		return cause
	}
	explained := false
	for i, r := range reasons {
		code := aws.ToString(r.Code)
		if code == "" || code == "None" || slices.Contains(busyCodes, code) {
			continue
		}
		if code != "ConditionalCheckFailed" {
			return cause
		}
		explained = true
		if err := read(i, r.Item); err != nil {
			return err
		}
	}
	if !explained {
		return cause
	}
	return nil
}

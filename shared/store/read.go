package store

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
)

// errUnprocessed is how a read of several keys says that one of their tables is throttled.
var errUnprocessed = errors.New("keys left unprocessed")

// get reads one row, consistently; nil is no row. An error names its step.
func (s *Store) get(ctx context.Context, step, table, pk string) (item, error) {
	in := &dynamodb.GetItemInput{TableName: &table, Key: key(pk), ConsistentRead: aws.Bool(true)}
	var out *dynamodb.GetItemOutput
	err := patiently(ctx, func() (err error) { out, err = s.api.GetItem(ctx, in); return err })
	if err != nil {
		return nil, named(step, err)
	}
	return out.Item, nil
}

// gather reads one row of each table, consistently, by the tables' names; what is not there is no row. A key
// that DynamoDB leaves unprocessed is asked for again as after throttling, and then an outage: a row that
// was not read is not a row that is not there. An error names its step.
func (s *Store) gather(ctx context.Context, step string, pks map[string]string) (map[string]item, error) {
	in := &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{}}
	for table, pk := range pks {
		in.RequestItems[table] = types.KeysAndAttributes{Keys: []item{key(pk)}, ConsistentRead: aws.Bool(true)}
	}
	var out *dynamodb.BatchGetItemOutput
	err := patiently(ctx, func() (err error) {
		if out, err = s.api.BatchGetItem(ctx, in); err == nil && len(out.UnprocessedKeys) > 0 {
			err = errUnprocessed
		}
		return err
	})
	if err != nil {
		return nil, named(step, err)
	}
	rows := map[string]item{}
	for table, found := range out.Responses {
		if len(found) == 1 {
			rows[table] = found[0]
		}
	}
	return rows, nil
}

// holder reads an address's row of bindings; nil is nobody.
func holder(row item) (binding.Holder, error) {
	if row == nil {
		return binding.Holder{}, nil
	}
	r := reader{row: row}
	h := binding.Holder{Owner: r.key("owner"), Released: r.time("released_at"), Bound: true}
	return h, r.err
}

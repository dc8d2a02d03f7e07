package store_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/store"
)

// double is a DynamoDB client of which a test sets what it expects to be called; anything else panics.
type double struct {
	get      func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error)
	batchGet func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error)
	update   func(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error)
	transact func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error)
}

var _ store.API = double{}

func (d double) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return d.get(in)
}

func (d double) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return d.batchGet(in)
}

func (d double) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return d.update(in)
}

func (d double) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return d.transact(in)
}

// answers is a double that gives every call the same error, nil for an empty success, and keeps the
// requests in the order they came.
func answers(err error, requests *[]any) double {
	keep := func(in any) { *requests = append(*requests, in) }
	return double{
		get: func(in *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
			keep(in)
			return &dynamodb.GetItemOutput{}, err
		},
		batchGet: func(in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
			keep(in)
			return &dynamodb.BatchGetItemOutput{}, err
		},
		update: func(in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
			keep(in)
			return &dynamodb.UpdateItemOutput{}, err
		},
		transact: func(in *dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
			keep(in)
			return &dynamodb.TransactWriteItemsOutput{}, err
		},
	}
}

// The attribute values, in a test's words.
type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func num(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
func bin(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }

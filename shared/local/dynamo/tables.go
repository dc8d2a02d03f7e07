// Package dynamo makes the product's tables on a DynamoDB-compatible endpoint of this machine and reads their streams as Lambda's
// event source mappings do.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

// Table is what a table looks like.
type Table struct {
	Name string
	Keys []Key
	TTL  string // attribute; "": none
	View string // StreamViewType; "": no stream
}

// Key is one part of the primary key: Type S, N or B, Role HASH or RANGE.
type Key struct{ Name, Type, Role string }

// AccessKeyID is whose the tables are: a DynamoDB Local that was started without -sharedDb has others for each.
const AccessKeyID = "LOCALLOCALLOCALLOCAL"

func credentials() aws.CredentialsProviderFunc {
	return func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: AccessKeyID, SecretAccessKey: "local"}, nil
	}
}

// Client is for tables at the endpoint.
func Client(endpoint, region string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: region, BaseEndpoint: &endpoint, Credentials: credentials(),
		DisableValidateResponseChecksum: true, // DynamoDB Local's do not match
	})
}

// StreamsClient is for their streams.
func StreamsClient(endpoint, region string) *dynamodbstreams.Client {
	return dynamodbstreams.New(dynamodbstreams.Options{Region: region, BaseEndpoint: &endpoint, Credentials: credentials()})
}

// Ensure makes the tables that are not there and gives the ARN of each table's stream, by table name. A table that is there is
// used as it is, if its key and its stream are those asked for.
func Ensure(ctx context.Context, client *dynamodb.Client, tables []Table) (map[string]string, error) {
	streams := map[string]string{}
	for _, table := range tables {
		description, err := ensure(ctx, client, table)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", table.Name, err)
		}
		if table.View != "" {
			streams[table.Name] = aws.ToString(description.LatestStreamArn)
		}
	}
	return streams, nil
}

func ensure(ctx context.Context, client *dynamodb.Client, table Table) (*types.TableDescription, error) {
	found, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		if err := create(ctx, client, table); err != nil {
			return nil, err
		}
		found, err = client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name})
	}
	if err != nil {
		return nil, err
	}
	return found.Table, matches(found.Table, table)
}

func create(ctx context.Context, client *dynamodb.Client, table Table) error {
	input := &dynamodb.CreateTableInput{TableName: &table.Name, BillingMode: types.BillingModePayPerRequest}
	for _, key := range table.Keys {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(key.Name), AttributeType: types.ScalarAttributeType(key.Type)})
		input.KeySchema = append(input.KeySchema, types.KeySchemaElement{AttributeName: aws.String(key.Name), KeyType: types.KeyType(key.Role)})
	}
	if table.View != "" {
		input.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(table.View)}
	}
	if _, err := client.CreateTable(ctx, input); err != nil {
		return err
	}
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 50 * time.Millisecond })
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name}, time.Minute); err != nil {
		return err
	}
	if table.TTL == "" {
		return nil
	}
	_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &table.Name, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &table.TTL, Enabled: aws.Bool(true)},
	})
	return err
}

func matches(found *types.TableDescription, want Table) error {
	keys := map[string]string{}
	for _, key := range found.KeySchema {
		keys[aws.ToString(key.AttributeName)] = string(key.KeyType)
	}
	for _, key := range want.Keys {
		if keys[key.Name] != key.Role || len(keys) != len(want.Keys) {
			return fmt.Errorf("it is there with another key than the template's; delete it or use another endpoint")
		}
	}
	view := ""
	if found.StreamSpecification != nil && aws.ToBool(found.StreamSpecification.StreamEnabled) {
		view = string(found.StreamSpecification.StreamViewType)
	}
	if view != want.View {
		return fmt.Errorf("it is there with the stream %q, the template wants %q; delete it or use another endpoint", view, want.View)
	}
	return nil
}

// Keep stores value under name in a table of its own, unless one is stored there already, and gives the stored one. Tables that
// outlive a run hold what only the keys of that run can open: the keys have to stay with them.
func Keep(ctx context.Context, client *dynamodb.Client, table, name, value string) (string, error) {
	if _, err := Ensure(ctx, client, []Table{{Name: table, Keys: []Key{{"name", "S", "HASH"}}}}); err != nil {
		return "", err
	}
	item := map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}, "val": &types.AttributeValueMemberS{Value: value}}
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &table, Item: item, ConditionExpression: aws.String("attribute_not_exists(val)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var there *types.ConditionalCheckFailedException
	if !errors.As(err, &there) {
		return value, err
	}
	stored, ok := there.Item["val"].(*types.AttributeValueMemberS)
	if !ok {
		return "", fmt.Errorf("the row %s of table %s holds no value", name, table)
	}
	return stored.Value, nil
}

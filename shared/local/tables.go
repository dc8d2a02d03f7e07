package main

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/local/dynamo"
	"mailbind/shared/local/template"
)

// startStreams reads the tables' streams, whose ARNs are given by table name.
func (s *stack) startStreams(endpoint string, streams map[string]string) error {
	mappings, err := s.mappings(streams)
	if err != nil {
		return err
	}
	reading, cancel := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	client := dynamo.StreamsClient(endpoint, template.Region)
	for _, mapping := range mappings {
		readers.Go(func() { mapping.Run(reading, client, s.words) })
	}
	s.onClose(func() {
		cancel()
		for _, pool := range s.pools { // a reader waits for the function that has its batch
			pool.Close()
		}
		readers.Wait()
	})
	return nil
}

// makeTables makes the tables that are not there and gives the ARN of each one's stream, by table name.
func (s *stack) makeTables(ctx context.Context, endpoint string) (map[string]string, error) {
	var tables []dynamo.Table
	for _, table := range s.product.Tables {
		made := dynamo.Table{Name: table.Name, TTL: table.TTL, View: table.View}
		for _, key := range table.Keys {
			made.Keys = append(made.Keys, dynamo.Key(key))
		}
		tables = append(tables, made)
	}
	return dynamo.Ensure(ctx, dynamo.Client(endpoint, template.Region), tables)
}

// prime gives each stream a first record, of a row that no filter lets through. With each write to a table that has a stream, DynamoDB
// Local looks for the first record of that stream, beginning at the oldest of all streams: one that begins thousands of records later
// than another makes each write to its table take ten times as long.
func (s *stack) prime(ctx context.Context) error {
	client := dynamo.Client(s.database, template.Region)
	for _, table := range s.product.Tables {
		if table.View == "" {
			continue
		}
		row := map[string]types.AttributeValue{table.Keys[0].Name: &types.AttributeValueMemberS{Value: "first"}}
		if _, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table.Name, Item: row}); err != nil {
			return err
		}
		if _, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table.Name, Key: row}); err != nil {
			return err
		}
	}
	return nil
}

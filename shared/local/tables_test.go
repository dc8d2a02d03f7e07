package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"mailbind/shared/local/dynamo"
	"mailbind/shared/local/dynamolocal"
	"mailbind/shared/local/template"
)

func TestEachStreamBeginsWithTheStackAndNoRowIsLeft(t *testing.T) {
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	s := alone(t, options{})
	s.database = endpoint
	streams, err := s.makeTables(t.Context(), endpoint)
	if err != nil || len(streams) < 2 {
		t.Fatalf("%d streams, %v", len(streams), err)
	}
	if err := s.prime(t.Context()); err != nil {
		t.Fatal(err)
	}
	client, reader := dynamo.Client(endpoint, template.Region), dynamo.StreamsClient(endpoint, template.Region)
	for table, stream := range streams {
		rows, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table})
		if err != nil || len(rows.Items) > 0 {
			t.Errorf("%s has %v, %v", table, rows, err)
		}
		if n := recordsOf(t, reader, stream); n != 2 {
			t.Errorf("the stream of %s has %d records; a row came and went", table, n)
		}
	}
}

// recordsOf counts what is in a stream, which is one page at most.
func recordsOf(t *testing.T, client *dynamodbstreams.Client, stream string) (n int) {
	t.Helper()
	found, err := client.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: &stream})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range found.StreamDescription.Shards {
		place, err := client.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: &stream, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		if err != nil {
			t.Fatal(err)
		}
		page, err := client.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: place.ShardIterator})
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Records)
	}
	return n
}

package main

import (
	"context"
	"sync"

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

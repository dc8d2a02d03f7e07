package dynamo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"mailbind/shared/local/pattern"
)

// Mapping is an event source mapping from one stream to one function.
type Mapping struct {
	Name         string // for messages
	StreamARN    string // the stream at the endpoint
	SourceARN    string // what the function is told
	Region       string
	FromStart    bool // TRIM_HORIZON; otherwise LATEST
	BatchSize    int
	Parallel     int // lanes; records of one key are always in the same one
	Window       time.Duration
	MaxRetries   int           // -1: no bound
	MaxAge       time.Duration // -1: no bound
	Bisect       bool
	ItemFailures bool
	Filters      []*pattern.Pattern // none: every record
	Invoke       Invoke
}

// Invoke hands a batch to the function. functionError is not empty when the function failed.
type Invoke func(ctx context.Context, event []byte) (payload []byte, functionError string, err error)

// Pauses of the reader: Lambda asks each shard four times a second, which would be most of a test's time.
const (
	pollEvery     = 100 * time.Millisecond
	describeEvery = 5 * time.Second
)

// Run reads the stream until ctx ends; it returns when nothing is under way. What it has to say goes to words.
func (m Mapping) Run(ctx context.Context, client *dynamodbstreams.Client, words io.Writer) {
	var (
		reading sync.WaitGroup
		mu      sync.Mutex
		known   = map[string]bool{} // shards that are read or were
		ended   = map[string]bool{}
		again   = make(chan struct{}, 1)
	)
	first := true
	for ctx.Err() == nil {
		shards, err := m.shards(ctx, client)
		if err != nil && ctx.Err() == nil {
			fmt.Fprintf(words, "stream %s: %v\n", m.Name, err)
		}
		present := map[string]bool{}
		for _, shard := range shards {
			present[aws.ToString(shard.ShardId)] = true
		}
		mu.Lock()
		for _, shard := range shards {
			id, parent := aws.ToString(shard.ShardId), aws.ToString(shard.ParentShardId)
			// A child holds what came after its parent's end: in order, one after the other.
			if known[id] || present[parent] && !ended[parent] {
				continue
			}
			known[id] = true
			start := types.ShardIteratorTypeTrimHorizon
			if first && !m.FromStart {
				start = types.ShardIteratorTypeLatest
			}
			reading.Go(func() {
				m.readShard(ctx, client, id, start, words)
				mu.Lock()
				ended[id] = true
				mu.Unlock()
				select {
				case again <- struct{}{}:
				default:
				}
			})
		}
		mu.Unlock()
		first = false
		select {
		case <-ctx.Done():
		case <-again:
		case <-time.After(describeEvery):
		}
	}
	reading.Wait()
}

func (m Mapping) shards(ctx context.Context, client *dynamodbstreams.Client) ([]types.Shard, error) {
	var shards []types.Shard
	input := &dynamodbstreams.DescribeStreamInput{StreamArn: &m.StreamARN}
	for {
		output, err := client.DescribeStream(ctx, input)
		if err != nil {
			return shards, err
		}
		shards = append(shards, output.StreamDescription.Shards...)
		if input.ExclusiveStartShardId = output.StreamDescription.LastEvaluatedShardId; input.ExclusiveStartShardId == nil {
			return shards, nil
		}
	}
}

// readShard returns when the shard is closed and all its records are done with, or ctx ends.
func (m Mapping) readShard(ctx context.Context, client *dynamodbstreams.Client, shard string, start types.ShardIteratorType, words io.Writer) {
	var working sync.WaitGroup
	lanes := make([]lane, m.Parallel)
	for i := range lanes {
		one := make(lane, 1000)
		lanes[i] = one
		working.Go(func() { m.runLane(ctx, one, words) })
	}
	defer working.Wait()
	defer func() {
		for _, one := range lanes {
			close(one)
		}
	}()
	var iterator *string
	last := "" // sequence number of the last record read
	for ctx.Err() == nil {
		if iterator == nil {
			iterator = m.iterator(ctx, client, shard, start, last, words)
		}
		var output *dynamodbstreams.GetRecordsOutput
		var err error
		if iterator != nil {
			output, err = client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
		}
		if output == nil {
			iterator = nil // it has expired, or the endpoint does not answer
			// DynamoDB Local drops the iterators of an empty shard when its first record comes; all records are still to be read.
			var trimmed *types.TrimmedDataAccessException
			if errors.As(err, &trimmed) {
				start = types.ShardIteratorTypeTrimHorizon
				continue
			}
			if err != nil && ctx.Err() == nil {
				fmt.Fprintf(words, "stream %s: %v\n", m.Name, err)
			}
			pause(ctx, time.Second)
			continue
		}
		if len(output.Records) > 0 {
			last = aws.ToString(output.Records[len(output.Records)-1].Dynamodb.SequenceNumber)
			m.route(ctx, output.Records, lanes, words)
		}
		if iterator = output.NextShardIterator; iterator == nil {
			return
		}
		if len(output.Records) == 0 {
			pause(ctx, pollEvery)
		}
	}
}

func (m Mapping) iterator(ctx context.Context, client *dynamodbstreams.Client, shard string, start types.ShardIteratorType, last string, words io.Writer) *string {
	input := &dynamodbstreams.GetShardIteratorInput{StreamArn: &m.StreamARN, ShardId: &shard, ShardIteratorType: start}
	if last != "" {
		input.ShardIteratorType, input.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &last
	}
	output, err := client.GetShardIterator(ctx, input)
	if err != nil {
		if ctx.Err() == nil {
			fmt.Fprintf(words, "stream %s: %v\n", m.Name, err)
		}
		return nil
	}
	return output.ShardIterator
}

// route puts the records that a filter fits into the lanes of their keys.
func (m Mapping) route(ctx context.Context, records []types.Record, lanes []lane, words io.Writer) {
	sorted := make([][]record, len(lanes))
	for _, from := range records {
		converted, err := convert(from, m.SourceARN, m.Region, time.Now())
		if err != nil {
			fmt.Fprintf(words, "stream %s: a record could not be read: %v\n", m.Name, err)
			continue
		}
		fits, err := m.fits(converted)
		if err != nil {
			fmt.Fprintf(words, "stream %s: %v\n", m.Name, err)
		}
		if !fits {
			continue
		}
		hash := fnv.New32a()
		io.WriteString(hash, converted.key)
		at := hash.Sum32() % uint32(len(lanes))
		sorted[at] = append(sorted[at], converted)
	}
	for i, some := range sorted {
		if len(some) == 0 {
			continue
		}
		select {
		case lanes[i] <- some:
		case <-ctx.Done():
			return
		}
	}
}

func (m Mapping) fits(one record) (bool, error) {
	if len(m.Filters) == 0 {
		return true, nil
	}
	for _, filter := range m.Filters {
		fits, err := filter.Match(one.body)
		if fits || err != nil {
			return fits, err
		}
	}
	return false, nil
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-time.After(length):
	case <-ctx.Done():
	}
}

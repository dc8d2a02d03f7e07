package dynamo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/local/dynamolocal"
)

const region = "local-1"

var endpoint string

func TestMain(m *testing.M) {
	started, stop, err := dynamolocal.Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	endpoint = started
	code := m.Run()
	stop()
	os.Exit(code)
}

// function is a function of the tests: it keeps the batches and answers as told.
type function struct {
	mu      sync.Mutex
	batches [][]map[string]any
	answer  func(call int, batch []map[string]any) (payload, functionError string)
}

func (f *function) invoke(_ context.Context, event []byte) ([]byte, string, error) {
	var parsed struct{ Records []map[string]any }
	if err := json.Unmarshal(event, &parsed); err != nil {
		return nil, "", err
	}
	f.mu.Lock()
	f.batches = append(f.batches, parsed.Records)
	call := len(f.batches)
	f.mu.Unlock()
	if f.answer == nil {
		return []byte(`{"batchItemFailures":[]}`), "", nil
	}
	payload, functionError := f.answer(call, parsed.Records)
	return []byte(payload), functionError, nil
}

// keys are the pk of every record handed over, batch by batch.
func (f *function) keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, batch := range f.batches {
		var keys []string
		for _, one := range batch {
			keys = append(keys, path(one, "dynamodb.Keys.pk.S").(string)+path(one, "dynamodb.NewImage.n.N").(string))
		}
		all = append(all, strings.Join(keys, " "))
	}
	return all
}

func path(value any, names string) any {
	for name := range strings.SplitSeq(names, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func sequence(record map[string]any) string {
	return path(record, "dynamodb.SequenceNumber").(string)
}

func newTable(t *testing.T) (Table, Mapping, *dynamodb.Client) {
	t.Helper()
	client := Client(endpoint, region)
	table := Table{Name: strings.ReplaceAll(t.Name(), "/", "-"), Keys: []Key{{"pk", "S", "HASH"}}, TTL: "ttl", View: "NEW_AND_OLD_IMAGES"}
	streams, err := Ensure(context.Background(), client, []Table{table})
	if err != nil {
		t.Fatal(err)
	}
	return table, Mapping{
		Name: "test", StreamARN: streams[table.Name], SourceARN: "arn:source", Region: region, FromStart: true, BatchSize: 10, Parallel: 1,
		MaxRetries: -1, MaxAge: -1, ItemFailures: true,
	}, client
}

func put(t *testing.T, client *dynamodb.Client, table Table, pk, n string, more map[string]types.AttributeValue) {
	t.Helper()
	item := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}, "n": &types.AttributeValueMemberN{Value: n}}
	for name, value := range more {
		item[name] = value
	}
	if _, err := client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String(table.Name), Item: item}); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, m Mapping, f *function) *lockedBuffer {
	t.Helper()
	m.Invoke = f.invoke
	words := &lockedBuffer{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		m.Run(ctx, StreamsClient(endpoint, region), words)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Error("the reader did not stop")
		}
	})
	return words
}

// lockedBuffer is written by the reader while a test looks at it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func waitFor(t *testing.T, f *function, want ...string) {
	t.Helper()
	for range 300 {
		if reflect.DeepEqual(f.keys(), want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("batches\n got %q\nwant %q", f.keys(), want)
}

package dynamo

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/local/pattern"
)

func TestEnsureMakesATableOnceAndRefusesAnotherOne(t *testing.T) {
	table, _, client := newTable(t)
	again, err := Ensure(context.Background(), client, []Table{table})
	if err != nil || again[table.Name] == "" {
		t.Errorf("the second time: %v, %v", again, err)
	}
	ttl, err := client.DescribeTimeToLive(context.Background(), &dynamodb.DescribeTimeToLiveInput{TableName: &table.Name})
	if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "ttl" {
		t.Errorf("TTL %+v, %v", ttl, err)
	}
	other := table
	other.View = ""
	if _, err := Ensure(context.Background(), client, []Table{other}); err == nil {
		t.Error("a table with another stream was taken")
	}
	other = table
	other.Keys = []Key{{"id", "S", "HASH"}}
	if _, err := Ensure(context.Background(), client, []Table{other}); err == nil {
		t.Error("a table with another key was taken")
	}
}

func TestWhatIsKeptStaysTheFirst(t *testing.T) {
	client := Client(endpoint, region)
	for _, value := range []string{"first", "second"} {
		got, err := Keep(context.Background(), client, t.Name(), "data-key", value)
		if err != nil || got != "first" {
			t.Errorf("keeping %s: got %q, %v", value, got, err)
		}
	}
	if other, err := Keep(context.Background(), client, t.Name(), "token-key", "third"); err != nil || other != "third" {
		t.Errorf("another name: %q, %v", other, err)
	}
}

func TestARecordHasTheShapeOfLambdasEvent(t *testing.T) {
	table, mapping, client := newTable(t)
	f := &function{}
	put(t, client, table, "a", "1", map[string]types.AttributeValue{
		"due": &types.AttributeValueMemberB{Value: []byte("sid")}, "flag": &types.AttributeValueMemberBOOL{Value: true},
		"list": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"x": &types.AttributeValueMemberNULL{Value: true}}}}},
		"sids": &types.AttributeValueMemberBS{Value: [][]byte{[]byte("sid")}},
	})
	put(t, client, table, "a", "2", nil)
	run(t, mapping, f)
	waitFor(t, f, "a1 a2")
	first, second := f.batches[0][0], f.batches[0][1]
	for names, want := range map[string]any{
		"eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": region, "eventSourceARN": "arn:source", "eventVersion": "1.1",
		"dynamodb.NewImage.due": map[string]any{"B": "c2lk"}, "dynamodb.NewImage.flag": map[string]any{"BOOL": true},
		"dynamodb.NewImage.list": map[string]any{"L": []any{map[string]any{"M": map[string]any{"x": map[string]any{"NULL": true}}}}},
		"dynamodb.NewImage.sids": map[string]any{"BS": []any{"c2lk"}}, "dynamodb.StreamViewType": "NEW_AND_OLD_IMAGES", "dynamodb.OldImage": nil,
	} {
		if got := path(first, names); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", names, got, want)
		}
	}
	if path(second, "eventName") != "MODIFY" || path(second, "dynamodb.OldImage.n.N") != "1" {
		t.Errorf("the change is %v", second)
	}
	if at, _ := path(first, "dynamodb.ApproximateCreationDateTime").(float64); at < 1.7e9 || at > 1e11 {
		t.Errorf("ApproximateCreationDateTime %v is not in seconds", at)
	}
}

func TestTheFirstRecordOfAnEmptyStreamComesAtOnce(t *testing.T) {
	for _, fromStart := range []bool{true, false} {
		t.Run(fmt.Sprint(fromStart), func(t *testing.T) {
			table, mapping, client := newTable(t)
			mapping.FromStart = fromStart
			f := &function{}
			words := run(t, mapping, f)
			time.Sleep(4 * pollEvery) // let it look at the empty stream
			started := time.Now()
			put(t, client, table, "a", "1", nil)
			waitFor(t, f, "a1")
			if took := time.Since(started); took > time.Second {
				t.Errorf("it took %v", took)
			}
			if said := words.String(); said != "" {
				t.Errorf("it says %s", said)
			}
		})
	}
}

func TestOnlyRecordsThatAFilterFitsAreHandedOver(t *testing.T) {
	table, mapping, client := newTable(t)
	for _, text := range []string{`{"dynamodb":{"NewImage":{"due_a":{"B":[{"exists":true}]}}}}`, `{"dynamodb":{"NewImage":{"due_b":{"B":[{"exists":true}]}}}}`} {
		filter, err := pattern.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		mapping.Filters = append(mapping.Filters, filter)
	}
	due := &types.AttributeValueMemberB{Value: []byte("sid")}
	put(t, client, table, "x", "1", nil)
	put(t, client, table, "y", "1", map[string]types.AttributeValue{"due_a": due})
	put(t, client, table, "z", "1", map[string]types.AttributeValue{"due_b": due})
	f := &function{}
	run(t, mapping, f)
	waitFor(t, f, "y1 z1")
}

func TestAReportedFailureIsTriedAgainWithAllThatFollows(t *testing.T) {
	table, mapping, client := newTable(t)
	for _, pk := range []string{"a", "b", "c"} {
		put(t, client, table, pk, "1", nil)
	}
	f := &function{answer: func(call int, batch []map[string]any) (string, string) {
		if call == 1 {
			return `{"batchItemFailures":[{"itemIdentifier":"` + sequence(batch[1]) + `"}]}`, ""
		}
		return `{}`, ""
	}}
	run(t, mapping, f)
	waitFor(t, f, "a1 b1 c1", "b1 c1")
}

func TestACrashIsTriedAgainInHalves(t *testing.T) {
	table, mapping, client := newTable(t)
	mapping.Bisect = true
	for _, pk := range []string{"a", "b"} {
		put(t, client, table, pk, "1", nil)
	}
	f := &function{answer: func(call int, _ []map[string]any) (string, string) {
		if call <= 2 {
			return `{"errorMessage":"no"}`, "Unhandled"
		}
		return `{"batchItemFailures":[]}`, ""
	}}
	run(t, mapping, f)
	waitFor(t, f, "a1 b1", "a1", "a1", "b1")
}

func TestRecordsAreGivenUpAfterTheTriesAllowed(t *testing.T) {
	table, mapping, client := newTable(t)
	mapping.MaxRetries = 1
	put(t, client, table, "a", "1", nil)
	f := &function{answer: func(int, []map[string]any) (string, string) { return "not a report", "" }}
	run(t, mapping, f)
	waitFor(t, f, "a1", "a1")
	time.Sleep(4 * firstPause)
	waitFor(t, f, "a1", "a1")
}

func TestRecordsOfOneKeyKeepTheirOrderAcrossLanes(t *testing.T) {
	table, mapping, client := newTable(t)
	mapping.Parallel, mapping.BatchSize = 4, 1
	const keys, changes = 6, 5
	for n := range changes {
		for k := range keys {
			put(t, client, table, fmt.Sprint("k", k, "-"), fmt.Sprint(n), nil)
		}
	}
	f := &function{answer: func(call int, batch []map[string]any) (string, string) {
		if call%3 == 0 {
			return `{"batchItemFailures":[{"itemIdentifier":"` + sequence(batch[0]) + `"}]}`, ""
		}
		return `{}`, ""
	}}
	run(t, mapping, f)
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		if last := lastOf(f.keys()); len(last) == keys && allEqual(last, fmt.Sprint(changes-1)) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	seen := map[string]string{}
	for _, one := range f.keys() {
		key, n, _ := strings.Cut(one, "-")
		if n < seen[key] {
			t.Fatalf("%s: %s came after %s", key, n, seen[key])
		}
		seen[key] = n
	}
	if len(seen) != keys || !allEqual(seen, fmt.Sprint(changes-1)) {
		t.Errorf("the last of each key: %v", seen)
	}
}

func lastOf(batches []string) map[string]string {
	last := map[string]string{}
	for _, one := range batches {
		key, n, _ := strings.Cut(one, "-")
		last[key] = n
	}
	return last
}

func allEqual(values map[string]string, want string) bool {
	for _, value := range values {
		if value != want {
			return false
		}
	}
	return true
}

func TestAReportWithAnItemThatIsNotInTheBatchFailsAllOfIt(t *testing.T) {
	batch := []record{{sequence: "1"}, {sequence: "2"}, {sequence: "3"}}
	for payload, want := range map[string]int{
		`{"batchItemFailures":[]}`: 3, `{}`: 3, `null`: 3, `{"batchItemFailures":[{"itemIdentifier":"3"},{"itemIdentifier":"2"}]}`: 1,
		`{"batchItemFailures":[{"itemIdentifier":""}]}`: 0, `{"batchItemFailures":[{"itemIdentifier":"9"}]}`: 0, `x`: 0,
	} {
		if got := firstFailure([]byte(payload), batch); got != want {
			t.Errorf("%s: got %d, want %d", payload, got, want)
		}
	}
}

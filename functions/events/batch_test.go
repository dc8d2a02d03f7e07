package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/event"
	"mailbind/shared/store"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// bus is a publisher that keeps what it was given and does what it is told.
type bus struct {
	calls  [][]event.Event
	answer func(event.Event) error
}

func (b *bus) Publish(_ context.Context, all []event.Event) []error {
	b.calls = append(b.calls, all)
	failed := make([]error, len(all))
	for i, e := range all {
		if b.answer != nil {
			failed[i] = b.answer(e)
		}
	}
	return failed
}

func dataKey(t testing.TB) *token.DataKey {
	t.Helper()
	d, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var tables = store.Tables{Accounts: "stack-accounts", Recoveries: "stack-recoveries"}

func streamOf(table string) string {
	return "arn:aws:dynamodb:eu-west-1:123456789012:table/" + table + "/stream/2025-11-24T15:00:00.000"
}

// people are the accounts that are there, by the letter of their key; an error instead is answered.
type people map[byte]any

func (p people) Claim(_ context.Context, k binding.AccountKey, _ time.Time) (binding.Claim, error) {
	switch who := p[k[0]].(type) {
	case string:
		return binding.Claim{Account: k, State: binding.Bound, Who: binding.Who{Issuer: "i", Subject: who, Label: "canary-label"}}, nil
	case error:
		return binding.Claim{}, who
	}
	return binding.Claim{}, nil
}

func reader(t testing.TB, p people) func(context.Context, events.DynamoDBEventRecord, time.Time) (store.Fact, bool, error) {
	return facts{data: dataKey(t), owners: p, tables: tables}.of
}

// fact is a record in which an account's ev is new. The account's own id is u- and the letter.
func fact(t testing.TB, account byte, number int, ev string) events.DynamoDBEventRecord {
	t.Helper()
	k := binding.AccountKey([16]byte{0: account})
	key := events.NewStringAttribute(k.String())
	who := dataKey(t).SealAtRest(token.Place{Table: "accounts", Key: k.String(), Attribute: "who"},
		[]byte("\x00\x01i\x00\x03u-"+string(account)+"\x00\x06canary\x00\x02en"))
	return events.DynamoDBEventRecord{EventName: "MODIFY", EventSourceArn: streamOf(tables.Accounts), Change: events.DynamoDBStreamRecord{
		ApproximateCreationDateTime: events.SecondsEpochTime{Time: time.Unix(1764000000, 0)},
		Keys:                        map[string]events.DynamoDBAttributeValue{"pk": key}, SequenceNumber: fmt.Sprint(number),
		OldImage: map[string]events.DynamoDBAttributeValue{"pk": key, "ev": events.NewStringAttribute("binding.denied/not-me/r0")},
		NewImage: map[string]events.DynamoDBAttributeValue{"pk": key, "ev": events.NewStringAttribute(ev), "who": events.NewBinaryAttribute(who)},
	}}
}

// run hands records to a batch; it gives the numbers that are to come again, and what was logged.
func run(t *testing.T, b *bus, records ...events.DynamoDBEventRecord) (again []string, log string) {
	t.Helper()
	return runWith(t, b, nil, records...)
}

func runWith(t *testing.T, b *bus, p people, records ...events.DynamoDBEventRecord) (again []string, log string) {
	t.Helper()
	report, read := telemetrytest.Recorded(t)
	out, err := batch{read: reader(t, p), bus: b, report: report}.handle(t.Context(), events.DynamoDBEvent{Records: records})
	if err != nil || out.BatchItemFailures == nil {
		t.Fatalf("%v, %v", out, err)
	}
	for _, f := range out.BatchItemFailures {
		again = append(again, f.ItemIdentifier)
	}
	return again, strings.Join(read(), "\n")
}

func TestABatchIsPublishedInOneCallInItsOrder(t *testing.T) {
	b := &bus{}
	unchanged := fact(t, 'c', 3, "binding.denied/not-me/r0")
	again, log := run(t, b, fact(t, 'a', 1, "binding.bound/r1"), fact(t, 'b', 2, "binding.disputed/not-me/r2"), unchanged, fact(t, 'b', 4, "binding.well/undone/r3"))
	if len(again) != 0 || len(b.calls) != 1 || len(b.calls[0]) != 3 {
		t.Fatalf("again %v, calls %v", again, b.calls)
	}
	var got []string
	for _, e := range b.calls[0] {
		got = append(got, fmt.Sprint(e.Type, " ", e.Account, " ", e.Issuer, " ", e.At.Unix()))
		if !strings.Contains(log, "id="+e.ID) {
			t.Errorf("%s is not in the log", e.ID)
		}
	}
	want := []string{"binding.bound u-a i 1764000000", "binding.disputed u-b i 1764000000", "binding.well u-b i 1764000000"}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if strings.Count(log, "outcome=published") != 3 || !strings.Contains(log, "fact=binding.bound/r1") || strings.Contains(log, "_aws") {
		t.Errorf("%s", log)
	}
}

// The cause is told apart from the type, and from the mail or request that made the fact.
func TestCausesAreTold(t *testing.T) {
	b := &bus{}
	again, log := run(t, b, fact(t, 'a', 1, "binding.denied/complaint/00ff"), fact(t, 'b', 2, "binding.at_risk/owner-changed/11ff"),
		fact(t, 'c', 3, "binding.disputed/complaint/22ff"), fact(t, 'd', 4, "binding.well/confirmed/JKJaX/5PLv="))
	var got []string
	for _, e := range b.calls[0] {
		got = append(got, fmt.Sprint(e.Type, " ", e.Cause, " ", e.Account))
	}
	want := []string{"binding.denied complaint u-a", "binding.at_risk owner-changed u-b", "binding.disputed complaint u-c", "binding.well confirmed u-d"}
	if len(again) != 0 || !slices.Equal(got, want) || strings.Count(log, "outcome=published") != 4 {
		t.Errorf("again %v, %v: %s", again, got, log)
	}
}

// A cause that nobody knows, or none where there must be one, is a record that nobody can read.
func TestUnknownCausesAreLetGo(t *testing.T) {
	b := &bus{}
	again, log := run(t, b, fact(t, 'a', 1, "binding.denied/r1"), fact(t, 'b', 2, "binding.at_risk/canary/r2"), fact(t, 'c', 3, "binding.well/delivered/"),
		fact(t, 'd', 4, "binding.bound/r4"))
	if len(again) != 0 || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.EventBroken] != 3 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 || strings.Contains(log, "canary") || len(b.calls[0]) != 1 {
		t.Errorf("again %v, %v: %s", again, b.calls, log)
	}
}

// What is not on the bus comes again, and nothing else; then under the id it had.
func TestExactlyWhatFailedComesAgain(t *testing.T) {
	b := &bus{answer: func(e event.Event) error {
		if e.Account == "u-b" {
			return errors.New("event: put: ThrottlingException")
		}
		return nil
	}}
	records := []events.DynamoDBEventRecord{fact(t, 'a', 11, "binding.bound/r1"), fact(t, 'b', 12, "binding.bound/r2"), fact(t, 'c', 13, "binding.denied/not-me/r3"), fact(t, 'b', 14, "binding.disputed/not-me/r4")}
	again, log := run(t, b, records...)
	if !slices.Equal(again, []string{"12", "14"}) || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.Outage] != 2 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 || !strings.Contains(log, "ThrottlingException") {
		t.Errorf("again %v: %s", again, log)
	}
	b.answer = nil
	if again, _ := run(t, b, records[1], records[3]); len(again) != 0 || b.calls[1][0] != b.calls[0][1] || b.calls[1][1] != b.calls[0][3] {
		t.Errorf("again %v: %v, then %v", again, b.calls[0], b.calls[1])
	}
}

func TestAnOutageBringsTheWholeBatchAgain(t *testing.T) {
	b := &bus{answer: func(event.Event) error { return context.DeadlineExceeded }}
	again, log := run(t, b, fact(t, 'a', 1, "binding.bound/r1"), fact(t, 'b', 2, "binding.bound/r2"))
	if !slices.Equal(again, []string{"1", "2"}) || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.Outage] != 2 {
		t.Errorf("again %v: %s", again, log)
	}
}

// What cannot be told will not be tellable later: it is counted and let go, and holds nothing up.
func TestPoisonIsLetGo(t *testing.T) {
	stranger, nameless := fact(t, 'a', 1, "canary.canary/r1"), fact(t, 'a', 2, "binding.bound/")
	moved, noTime, noKey := fact(t, 'a', 3, "binding.bound/r3"), fact(t, 'a', 4, "binding.bound/r4"), fact(t, 'a', 5, "binding.bound/r5")
	moved.Change.Keys = fact(t, 'b', 3, "").Change.Keys // who is sealed for its own row
	noTime.Change.ApproximateCreationDateTime = events.SecondsEpochTime{}
	noKey.Change.Keys = nil
	b := &bus{answer: func(e event.Event) error {
		if e.Account == "u-z" {
			return fmt.Errorf("%w: MalformedDetail", event.ErrRefused)
		}
		return nil
	}}
	again, log := run(t, b, stranger, nameless, moved, noTime, noKey, events.DynamoDBEventRecord{EventSourceArn: streamOf(tables.Accounts)}, fact(t, 'z', 6, "binding.bound/r6"), fact(t, 'q', 7, "binding.bound/r7"))
	if len(again) != 0 || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.EventBroken] != 6 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 {
		t.Errorf("again %v: %s", again, log)
	}
	if len(b.calls) != 1 || len(b.calls[0]) != 2 || b.calls[0][1].Account != "u-q" {
		t.Errorf("%v", b.calls)
	}
}

// P12: what operators read names no account.
func TestLogsNameNobody(t *testing.T) {
	n := 0
	b := &bus{answer: func(event.Event) error {
		n++
		return []error{nil, errors.New("away"), event.ErrRefused}[n-1]
	}}
	unknown := fact(t, 'd', 4, "canary.fact/canary")
	_, log := run(t, b, fact(t, 'a', 1, "binding.bound/r1"), fact(t, 'b', 2, "binding.bound/r2"), fact(t, 'c', 3, "binding.bound/r3"), unknown)
	for _, account := range []string{"u-a", "u-b", "u-c", "u-d", "canary", binding.AccountKey([16]byte{0: 'a'}).String()} {
		if strings.Contains(log, account) {
			t.Errorf("%s is in the log: %s", account, log)
		}
	}
	if n != 3 || strings.Count(log, "outcome=") != 3 {
		t.Errorf("%s", log)
	}
}

// A full batch, from decoded records to events handed over.
func BenchmarkBatch(b *testing.B) {
	report, _ := telemetrytest.Recorded(b)
	var records []events.DynamoDBEventRecord
	for n := range 10 {
		records = append(records, fact(b, byte('a'+n), n, "binding.bound/JKJaXmPLvHcESHA="))
	}
	batch := batch{read: reader(b, nil), bus: nowhere{}, report: report}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := batch.handle(b.Context(), events.DynamoDBEvent{Records: records}); err != nil {
			b.Fatal(err)
		}
	}
}

type nowhere struct{}

func (nowhere) Publish(_ context.Context, all []event.Event) []error { return make([]error, len(all)) }

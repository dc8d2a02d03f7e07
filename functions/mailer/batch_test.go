package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// deliver is a deliverer that is one function.
type deliver func(context.Context, binding.Order) (binding.Outcome, error)

func (d deliver) Deliver(ctx context.Context, o binding.Order, _ time.Time) (binding.Outcome, error) {
	return d(ctx, o)
}

// never is a recoverer that nothing is for.
type never struct{ *testing.T }

func (n never) Deliver(context.Context, recovery.Order, time.Time) (binding.Outcome, error) {
	n.Error("a recovery is delivered")
	return "", nil
}

var tables = store.Tables{Accounts: "stack-accounts", Recoveries: "stack-recoveries"}

func streamOf(table string) string {
	return "arn:aws:dynamodb:eu-west-1:123456789012:table/" + table + "/stream/2025-11-24T15:00:00.000"
}

func sixteen(b byte) (k [16]byte) { k[0] = b; return k }

// due is a record in which a mail of an account is newly due. The send's id is the number.
func due(account byte, number int, kinds ...binding.Kind) events.DynamoDBEventRecord {
	key := events.NewStringAttribute(binding.AccountKey(sixteen(account)).String())
	ek, sid := sixteen(account), sixteen(byte(number))
	image := map[string]events.DynamoDBAttributeValue{"pk": key, "ek": events.NewBinaryAttribute(ek[:])}
	for _, k := range kinds {
		image["due_"+string(k)] = events.NewBinaryAttribute(sid[:])
	}
	return events.DynamoDBEventRecord{EventName: "MODIFY", EventSourceArn: streamOf(tables.Accounts), Change: events.DynamoDBStreamRecord{
		Keys: map[string]events.DynamoDBAttributeValue{"pk": key}, NewImage: image, SequenceNumber: fmt.Sprint(number)}}
}

func verify(account byte, number int) events.DynamoDBEventRecord {
	return due(account, number, binding.KindVerify)
}

// run hands records to a batch and gives the sequence numbers that are to come again.
func run(t *testing.T, d deliver, records ...events.DynamoDBEventRecord) (failed, lines []string) {
	t.Helper()
	report, read := telemetrytest.Recorded(t)
	out, err := batch{read: orders{accounts: d, recoveries: never{t}, tables: tables}.read, report: report}.handle(t.Context(), events.DynamoDBEvent{Records: records})
	if err != nil || out.BatchItemFailures == nil {
		t.Fatalf("%v, %v", out, err)
	}
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	slices.Sort(failed)
	return failed, read()
}

// seen collects the numbers of delivered orders by account.
type seen struct {
	sync.Mutex
	by map[byte][]byte
}

func (s *seen) add(o binding.Order) {
	s.Lock()
	defer s.Unlock()
	if s.by == nil {
		s.by = map[byte][]byte{}
	}
	s.by[o.Account[0]] = append(s.by[o.Account[0]], o.Send[0])
}

// The first records of all rows meet: rows that wait for each other would be a deadlock. Within a row a
// later record begins when the one before has ended.
func TestRowsGoTogetherAndRecordsOfOneRowInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done seen
		var meet sync.WaitGroup
		meet.Add(3)
		var mu sync.Mutex
		busy, met := map[byte]bool{}, map[byte]bool{}
		failed, _ := run(t, func(_ context.Context, o binding.Order) (binding.Outcome, error) {
			row := o.Account[0]
			mu.Lock()
			if busy[row] {
				t.Errorf("two records of row %c at once", row)
			}
			busy[row] = true
			first := !met[row]
			met[row] = true
			mu.Unlock()
			if first {
				meet.Done()
				meet.Wait()
			}
			time.Sleep(time.Second)
			done.add(o)
			mu.Lock()
			busy[row] = false
			mu.Unlock()
			return binding.OutcomeSent, nil
		}, verify('a', 1), verify('b', 2), verify('a', 3), verify('c', 4), verify('a', 5), verify('b', 6))
		if len(failed) != 0 || string(done.by['a']) != "\x01\x03\x05" || string(done.by['b']) != "\x02\x06" || string(done.by['c']) != "\x04" {
			t.Errorf("failed %v, delivered %v", failed, done.by)
		}
	})
}

// A failure is reported by its number and holds up its own row alone: what comes after it must not overtake.
func TestAFailureStopsItsRowAlone(t *testing.T) {
	var done seen
	failed, lines := run(t, func(_ context.Context, o binding.Order) (binding.Outcome, error) {
		if o.Send == sixteen(3) {
			return "", errors.New("dynamo-is-away")
		}
		done.add(o)
		return binding.OutcomeSent, nil
	}, verify('a', 1), verify('b', 2), verify('a', 3), verify('b', 4), verify('a', 5), verify('c', 6))
	if !slices.Equal(failed, []string{"3"}) || string(done.by['a']) != "\x01" || string(done.by['b']) != "\x02\x04" || string(done.by['c']) != "\x06" {
		t.Errorf("failed %v, delivered %v", failed, done.by)
	}
	if telemetrytest.Counted(lines)[telemetry.Outage] != 1 || telemetrytest.Counted(lines)[telemetry.MailSent] != 4 {
		t.Errorf("%v", telemetrytest.Counted(lines))
	}
}

func TestEveryRowReportsItsOwnFirstFailure(t *testing.T) {
	failed, _ := run(t, func(context.Context, binding.Order) (binding.Outcome, error) { return "", errors.New("away") },
		verify('a', 1), verify('a', 2), verify('b', 3), verify('b', 4), verify('c', 5))
	if !slices.Equal(failed, []string{"1", "3", "5"}) {
		t.Errorf("failed %v", failed)
	}
}

// Two mails of one record: one that fails has both come again, and the other is sent all the same.
func TestOneMailOfARecordDoesNotHoldUpTheOther(t *testing.T) {
	var kinds []binding.Kind
	failed, _ := run(t, func(_ context.Context, o binding.Order) (binding.Outcome, error) {
		kinds = append(kinds, o.Kind)
		if o.Kind == binding.KindBound {
			return "", errors.New("away")
		}
		return binding.OutcomeSent, nil
	}, due('a', 7, binding.KindVerify, binding.KindBound))
	if !slices.Equal(failed, []string{"7"}) || !slices.Equal(kinds, []binding.Kind{binding.KindBound, binding.KindVerify}) {
		t.Errorf("failed %v, delivered %v", failed, kinds)
	}
}

// What cannot be read will not be readable later: it is counted and let go, and its row goes on.
func TestPoisonRecordsAreLetGo(t *testing.T) {
	broken := verify('a', 1)
	broken.Change.NewImage["due_verify"] = events.NewStringAttribute("canary")
	noEmailKey := verify('a', 2)
	delete(noEmailKey.Change.NewImage, "ek")
	noKey, otherKey, shortKey := verify('a', 3), verify('a', 4), verify('a', 5)
	noKey.Change.Keys = nil
	otherKey.Change.Keys = map[string]events.DynamoDBAttributeValue{"pk": events.NewNumberAttribute("1")}
	shortKey.Change.Keys = map[string]events.DynamoDBAttributeValue{"pk": events.NewStringAttribute("canary")}
	var done seen
	failed, lines := run(t, func(_ context.Context, o binding.Order) (binding.Outcome, error) {
		done.add(o)
		return binding.OutcomeSent, nil
	}, broken, noEmailKey, noKey, otherKey, shortKey, events.DynamoDBEventRecord{EventSourceArn: streamOf(tables.Accounts)}, verify('a', 6))
	if len(failed) != 0 || string(done.by['a']) != "\x06" {
		t.Errorf("failed %v, delivered %v", failed, done.by)
	}
	if c := telemetrytest.Counted(lines); c[telemetry.MailBroken] != 5 || c[telemetry.MailSent] != 1 || len(c) != 2 {
		t.Errorf("%v", c)
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, "canary") || strings.Count(all, "message=record") != 5 {
		t.Errorf("%s", all)
	}
}

func TestNothingDueIsNothingDone(t *testing.T) {
	removed := verify('a', 1)
	removed.EventName = "REMOVE"
	same := verify('a', 2)
	same.Change.OldImage = same.Change.NewImage
	failed, lines := run(t, func(context.Context, binding.Order) (binding.Outcome, error) {
		t.Error("delivered")
		return "", nil
	}, removed, same, due('a', 3))
	if len(failed)+len(lines) != 0 {
		t.Errorf("failed %v, logged %v", failed, lines)
	}
	if failed, lines := run(t, nil); len(failed)+len(lines) != 0 {
		t.Errorf("an empty batch: %v, %v", failed, lines)
	}
}

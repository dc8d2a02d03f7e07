package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// recoverBy is a recoverer that is one function.
type recoverBy func(context.Context, recovery.Order) (binding.Outcome, error)

func (r recoverBy) Deliver(ctx context.Context, o recovery.Order, _ time.Time) (binding.Outcome, error) {
	return r(ctx, o)
}

// rung is a record in which a recovery mail of an address is newly due. The send's id is the number.
func rung(mailbox byte, number int) events.DynamoDBEventRecord {
	r := due(mailbox, number, binding.KindRecover)
	delete(r.Change.NewImage, "ek")
	r.EventSourceArn = streamOf(tables.Recoveries)
	return r
}

// both hands records to a batch of both mailers.
func both(t *testing.T, d deliver, r recoverBy, records ...events.DynamoDBEventRecord) (failed, lines []string) {
	t.Helper()
	report, read := telemetrytest.Recorded(t)
	out, err := batch{read: orders{accounts: d, recoveries: r, tables: tables}.read, report: report}.handle(t.Context(), events.DynamoDBEvent{Records: records})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	slices.Sort(failed)
	return failed, read()
}

// The same key in both tables is two rows: what an order is for, its table says.
func TestTheTableSaysWhoseOrderItIs(t *testing.T) {
	var mu sync.Mutex
	var got []string
	failed, lines := both(t, func(_ context.Context, o binding.Order) (binding.Outcome, error) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, fmt.Sprintf("account %c %d %s", o.Account[0], o.Send[0], o.Kind))
		return binding.OutcomeSent, nil
	}, func(_ context.Context, o recovery.Order) (binding.Outcome, error) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, fmt.Sprintf("address %c %d", o.EmailKey[0], o.Send[0]))
		if o.EmailKey != address.EmailKey(sixteen('a')) {
			return recovery.OutcomeNobody, nil
		}
		return binding.OutcomeSent, nil
	}, verify('a', 1), rung('a', 2), rung('b', 3), rung('b', 4), due('c', 5, binding.KindChanged))
	slices.Sort(got)
	want := []string{"account a 1 verify", "account c 5 changed", "address a 2", "address b 3", "address b 4"}
	if len(failed) != 0 || !slices.Equal(got, want) {
		t.Errorf("failed %v, delivered %v", failed, got)
	}
	all := strings.Join(lines, "\n")
	if c := telemetrytest.Counted(lines); c[telemetry.MailSent] != 3 || len(c) != 1 || strings.Count(all, "kind=recover outcome=sent") != 1 || strings.Count(all, "kind=recover outcome=nobody") != 2 {
		t.Errorf("%s", all)
	}
}

// A failed recovery holds up what follows for that address, and nothing else; it is told as any other mail's.
func TestAFailedRecoveryStopsItsAddressAlone(t *testing.T) {
	var mu sync.Mutex
	var got []string
	failed, lines := both(t, nil, func(_ context.Context, o recovery.Order) (binding.Outcome, error) {
		mu.Lock()
		defer mu.Unlock()
		if o.Send == sixteen(1) {
			return "", fmt.Errorf("%w: %w", binding.ErrSend, errors.New("away"))
		}
		got = append(got, fmt.Sprint(o.Send[0]))
		return recovery.OutcomeLate, nil
	}, rung('a', 1), rung('b', 2), rung('a', 3), rung('b', 4))
	slices.Sort(got)
	if !slices.Equal(failed, []string{"1"}) || !slices.Equal(got, []string{"2", "4"}) {
		t.Errorf("failed %v, delivered %v", failed, got)
	}
	all := strings.Join(lines, "\n")
	if c := telemetrytest.Counted(lines); c[telemetry.Outage] != 1 || len(c) != 1 || !strings.Contains(all, "kind=recover outcome=outage class=outage") || strings.Count(all, "outcome=late") != 2 {
		t.Errorf("%s", all)
	}
}

func TestPoisonRecoveriesAreLetGo(t *testing.T) {
	broken, noKey, longKey := rung('a', 1), rung('a', 2), rung('a', 3)
	broken.Change.NewImage["due_recover"] = events.NewStringAttribute("canary")
	noKey.Change.Keys = nil
	longKey.Change.Keys = map[string]events.DynamoDBAttributeValue{"pk": events.NewStringAttribute("canarycanarycanarycanary")}
	sent := 0
	failed, lines := both(t, nil, func(context.Context, recovery.Order) (binding.Outcome, error) {
		sent++
		return binding.OutcomeSent, nil
	},
		broken, noKey, longKey, rung('a', 4))
	if c := telemetrytest.Counted(lines); len(failed) != 0 || sent != 1 || c[telemetry.MailBroken] != 3 || c[telemetry.MailSent] != 1 || len(c) != 2 {
		t.Errorf("failed %v, %v", failed, lines)
	}
	if strings.Contains(strings.Join(lines, ""), "canary") {
		t.Errorf("%q", lines)
	}
}

// P6: a mapping or a setting that is wrong loses no mail; the records wait for the right one.
func TestRecordsOfAnUnknownTableWait(t *testing.T) {
	for _, arn := range []string{"", "arn:aws:dynamodb:eu-west-1:123456789012:table/stack-accounts", streamOf("stack-limits"), streamOf("stack-recoveries2"), streamOf("")} {
		r := verify('a', 1)
		r.EventSourceArn = arn
		failed, lines := both(t, nil, nil, r)
		if c := telemetrytest.Counted(lines); !slices.Equal(failed, []string{"1"}) || c[telemetry.Outage] != 1 || len(c) != 1 || !strings.Contains(strings.Join(lines, ""), "another table") {
			t.Errorf("%q: failed %v, %q", arn, failed, lines)
		}
	}
}

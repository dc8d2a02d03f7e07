package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// mark is a record in which the fact of an address is new, and whose it was when it was mailed; owner 0 is
// nobody.
func mark(mailbox, owner byte, number int, ev string) events.DynamoDBEventRecord {
	key, k := events.NewStringAttribute(binding.AccountKey([16]byte{0: mailbox}).String()), [16]byte{0: owner}
	return events.DynamoDBEventRecord{EventName: "MODIFY", EventSourceArn: streamOf(tables.Recoveries), Change: events.DynamoDBStreamRecord{
		ApproximateCreationDateTime: events.SecondsEpochTime{Time: time.Unix(1764000000, 0)},
		Keys:                        map[string]events.DynamoDBAttributeValue{"pk": key}, SequenceNumber: fmt.Sprint(number),
		OldImage: map[string]events.DynamoDBAttributeValue{"pk": key, "ev": events.NewStringAttribute("recovery.started/r0")},
		NewImage: map[string]events.DynamoDBAttributeValue{"pk": key, "ev": events.NewStringAttribute(ev), "owner": events.NewBinaryAttribute(k[:])},
	}}
}

// The row of an address names an account, and the account's row who that is; the event is one as any other.
func TestFactsOfAnAddressAreToldOfItsOwner(t *testing.T) {
	b := &bus{}
	again, log := runWith(t, b, people{'a': "u-a", 'b': "u-b"}, mark('1', 'a', 1, "recovery.started/r1"), mark('2', 'b', 2, "recovery.held/r2"),
		mark('1', 'a', 3, "recovery.finished/r3"), mark('3', 'a', 4, "recovery.started/r0"), fact(t, 'a', 5, "credential.changed/r3/1773460800000"))
	if len(again) != 0 || len(b.calls) != 1 {
		t.Fatalf("again %v, calls %v", again, b.calls)
	}
	var got []string
	for _, e := range b.calls[0] {
		got = append(got, fmt.Sprint(e.Type, " ", e.Account, " ", e.Issuer, " ", e.Ref, " ", e.Version, " ", e.At.Unix()))
	}
	ref := func(account byte) string { return binding.AccountKey([16]byte{0: account}).Ref() }
	want := []string{
		"recovery.started u-a i " + ref('a') + " 0 1764000000", "recovery.held u-b i " + ref('b') + " 0 1764000000",
		"recovery.finished u-a i " + ref('a') + " 0 1764000000", "credential.changed u-a i " + ref('a') + " 1773460800000 1764000000",
	}
	if !slices.Equal(got, want) || strings.Count(log, "outcome=published") != 4 {
		t.Errorf("%v\n%s", got, log)
	}
}

// P8: what happens to addresses that nobody holds is told to nobody, and costs no call.
func TestFactsOfNobodysAddressAreToldToNobody(t *testing.T) {
	b := &bus{}
	again, log := runWith(t, b, people{0: errors.New("an account is read")}, mark('1', 0, 1, "recovery.started/r1"), mark('2', 0, 2, "recovery.held/r2"))
	if len(again) != 0 || len(b.calls[0]) != 0 || log != "" {
		t.Errorf("again %v, %v: %s", again, b.calls, log)
	}
}

// An owner that is gone is let go with a line in the log, and nobody is woken for it.
func TestAnOwnerThatIsGoneIsLetGo(t *testing.T) {
	b := &bus{}
	again, log := runWith(t, b, people{'a': "u-a"}, mark('1', 'x', 1, "recovery.started/r1"), mark('2', 'a', 2, "recovery.started/r2"))
	if len(again) != 0 || len(b.calls[0]) != 1 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 0 || strings.Count(log, "fact=recovery.started/r1 outcome=gone") != 1 || strings.Contains(log, "ERROR") {
		t.Errorf("again %v, %v: %s", again, b.calls, log)
	}
}

// An owner that cannot be read now is read when the record comes again; the others' events do not wait.
func TestAnOwnerThatCannotBeReadComesAgain(t *testing.T) {
	b := &bus{}
	records := []events.DynamoDBEventRecord{mark('1', 'a', 1, "recovery.started/r1"), mark('2', 'b', 2, "recovery.started/r2"), mark('3', 'a', 3, "recovery.held/r3")}
	again, log := runWith(t, b, people{'a': errors.New("dynamo-is-away"), 'b': "u-b"}, records...)
	slices.Sort(again)
	if !slices.Equal(again, []string{"1", "3"}) || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.Outage] != 2 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 || strings.Count(log, "dynamo-is-away") != 2 {
		t.Errorf("again %v: %s", again, log)
	}
	if len(b.calls[0]) != 1 || b.calls[0][0].Account != "u-b" {
		t.Errorf("%v", b.calls)
	}
	if again, _ := runWith(t, b, people{'a': "u-a"}, records[0]); len(again) != 0 || b.calls[1][0].Account != "u-a" {
		t.Errorf("again %v: %v", again, b.calls[1])
	}
}

func TestMarksThatCannotBeReadAreLetGo(t *testing.T) {
	b := &bus{}
	noOwner, noTime, noVersion, stranger := mark('1', 'a', 1, "recovery.started/r1"), mark('1', 'a', 2, "recovery.started/r2"), mark('1', 'a', 3, "credential.changed/r3"), mark('1', 'a', 4, "canary.canary/r4")
	noOwner.Change.NewImage["owner"] = events.NewStringAttribute("canary")
	noTime.Change.ApproximateCreationDateTime = events.SecondsEpochTime{}
	again, log := runWith(t, b, people{'a': "u-a"}, noOwner, noTime, noVersion, stranger)
	if len(again) != 0 || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.EventBroken] != 4 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 || strings.Contains(log, "canary") || len(b.calls[0]) != 0 {
		t.Errorf("again %v, %v: %s", again, b.calls, log)
	}
}

// A mapping or a setting that is wrong loses no event; the records wait for the right one.
func TestRecordsOfAnUnknownTableWait(t *testing.T) {
	for _, arn := range []string{"", streamOf("stack-limits"), "arn:aws:dynamodb:eu-west-1:123456789012:table/stack-accounts"} {
		r := fact(t, 'a', 1, "binding.bound/r1")
		r.EventSourceArn = arn
		again, log := run(t, &bus{}, r)
		if !slices.Equal(again, []string{"1"}) || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.Outage] != 1 || !strings.Contains(log, "another table") {
			t.Errorf("%q: again %v: %s", arn, again, log)
		}
	}
}

// P12: what operators read names no account of a recovery either.
func TestLogsOfRecoveriesNameNobody(t *testing.T) {
	b := &bus{}
	_, log := runWith(t, b, people{'a': "u-a", 'b': errors.New("away")}, mark('m', 'a', 1, "recovery.started/r1"), mark('n', 'b', 2, "recovery.held/r2"), mark('o', 'c', 3, "recovery.held/r3"))
	for _, secret := range []string{"u-a", "canary", binding.AccountKey([16]byte{0: 'a'}).String(), binding.AccountKey([16]byte{0: 'b'}).String(), binding.AccountKey([16]byte{0: 'm'}).String()} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log: %s", secret, log)
		}
	}
	if strings.Count(log, "outcome=") != 2 {
		t.Errorf("%s", log)
	}
}

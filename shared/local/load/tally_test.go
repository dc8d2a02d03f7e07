package load

import "testing"

func TestRequestsAreCountedByTheNameTheirClientGivesItself(t *testing.T) {
	tally := &Tally{}
	const target = "DynamoDB_20120810.UpdateItem"
	tally.Trip("aws-sdk-go-v2/1.41.0 ua/2.1 os/linux lang/go#1.26 api/dynamodb#1.53 app/mailbind-bind m/E", target, nil)
	tally.Trip("app/mailbind-bind", target, nil)
	tally.Trip("app/mailbind-verify", "DynamoDB_20120810.TransactWriteItems", nil)
	tally.Trip("aws-sdk-go-v2/1.41.0", target, nil)
	tally.Trip("xapp/mailbind-bind", target, nil)
	tally.Trip("app/mailbind-bind", "DynamoDB_20120810.GetItem", []byte(`{"Key":{"pk":{"S":"k"}},"TableName":"b"}`))
	tally.Sent("app/mailbind-mailer m/E")
	want := Counts{
		{"bind", Database, "UpdateItem"}: 2, {"verify", Database, "TransactWriteItems"}: 1, {"", Database, "UpdateItem"}: 2,
		{"bind", Start, "GetItem"}: 1, {"mailer", Mail, "SendEmail"}: 1,
	}
	got := tally.Counts()
	if len(got) != len(want) {
		t.Errorf("counted %v", got)
	}
	for call, n := range want {
		if got[call] != n {
			t.Errorf("%v: %d, want %d", call, got[call], n)
		}
	}
}

func TestCountsSinceHoldWhatCameAfter(t *testing.T) {
	tally := &Tally{}
	tally.Trip("app/mailbind-bind", "x.UpdateItem", nil)
	before := tally.Counts()
	tally.Trip("app/mailbind-bind", "x.UpdateItem", nil)
	tally.Trip("app/mailbind-bind", "x.GetItem", nil)
	since := tally.Counts().since(before)
	if since.of("bind", Database) != 2 || before.of("bind", Database) != 1 || since.of("verify", Database) != 0 {
		t.Errorf("since %v, before %v", since, before)
	}
	if got := since.names("bind", 1); got != "GetItem, UpdateItem" {
		t.Errorf("names %q", got)
	}
	if got := since.names("bind", 2); got != "0.5000 GetItem, 0.5000 UpdateItem" {
		t.Errorf("names %q", got)
	}
	if got := since.names("verify", 2); got != "-" {
		t.Errorf("names %q", got)
	}
}

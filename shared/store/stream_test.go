package store_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/store"
)

// streamRecord is one record as the stream brings it: name, key and images in DynamoDB's JSON. "" is no image.
func streamRecord(t *testing.T, name, keys, before, after string) events.DynamoDBEventRecord {
	t.Helper()
	text := fmt.Sprintf(`{"eventName":%q,"eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"100","StreamViewType":"NEW_AND_OLD_IMAGES","Keys":{%s}`, name, keys)
	if before != "" {
		text += `,"OldImage":{` + before + `}`
	}
	if after != "" {
		text += `,"NewImage":{` + after + `}`
	}
	var r events.DynamoDBEventRecord
	if err := json.Unmarshal([]byte(text+"}}"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func sixteen(b byte) [16]byte { return [16]byte{0: b, 15: b} }

// b16 is an attribute of 16 bytes, begun and ended by b.
func b16(name string, b byte) string {
	v := sixteen(b)
	return fmt.Sprintf(`%q:{"B":%q}`, name, base64.StdEncoding.EncodeToString(v[:]))
}

func TestOrdersAreWhatAWriteMadeDue(t *testing.T) {
	pk := `"pk":{"S":"` + binding.AccountKey(sixteen('a')).String() + `"}`
	all := func(attributes ...string) string { return strings.Join(append(attributes, pk, b16("ek", 'e')), ",") }
	order := func(kind binding.Kind, sid byte) binding.Order {
		return binding.Order{Account: sixteen('a'), EmailKey: address.EmailKey(sixteen('e')), Kind: kind, Send: sixteen(sid)}
	}
	none := []binding.Order{}
	for name, c := range map[string]struct {
		event, keys, before, after string
		want                       []binding.Order // nil: an error
	}{
		"opened":                      {"INSERT", pk, "", all(b16("due_verify", 1)), []binding.Order{order("verify", 1)}},
		"opened without a mail":       {"INSERT", pk, "", all(), none},
		"opened again":                {"MODIFY", pk, all(), all(b16("due_verify", 2)), []binding.Order{order("verify", 2)}},
		"ordered anew while due":      {"MODIFY", pk, all(b16("due_verify", 1)), all(b16("due_verify", 2)), []binding.Order{order("verify", 2)}},
		"still due, a try charged":    {"MODIFY", pk, all(b16("due_verify", 1)), all(b16("due_verify", 1), `"tries":{"N":"1"}`), none},
		"finished":                    {"MODIFY", pk, all(b16("due_verify", 1)), all(`"accepted_at":{"N":"1764000002"}`), none},
		"bound":                       {"MODIFY", pk, all(b16("due_verify", 1)), all(b16("due_bound", 3)), []binding.Order{order("bound", 3)}},
		"two at once":                 {"MODIFY", pk, all(), all(b16("due_verify", 1), b16("due_bound", 2)), []binding.Order{order("bound", 2), order("verify", 1)}},
		"two due, one new":            {"MODIFY", pk, all(b16("due_verify", 1)), all(b16("due_verify", 1), b16("due_bound", 2)), []binding.Order{order("bound", 2)}},
		"a confirmation":              {"MODIFY", pk, all(), all(b16("due_reconfirm", 4), b16("rcid", 5)), []binding.Order{order("reconfirm", 4)}},
		"a confirmation again":        {"MODIFY", pk, all(b16("due_reconfirm", 4), b16("due_bound", 3)), all(b16("due_reconfirm", 6), b16("due_bound", 3)), []binding.Order{order("reconfirm", 6)}},
		"a confirmation due, a sign":  {"MODIFY", pk, all(b16("due_reconfirm", 4)), all(b16("due_reconfirm", 4), `"signs":{"SS":["1764000000/gone"]}`), none},
		"confirmed before it went":    {"MODIFY", pk, all(b16("due_reconfirm", 4)), all(`"proved_at":{"N":"1764000002"}`), none},
		"a kind of another time":      {"MODIFY", pk, all(), all(b16("due_later", 1)), []binding.Order{order("later", 1)}},
		"another address, same order": {"MODIFY", pk, b16("due_verify", 1) + "," + b16("ek", 'f'), all(b16("due_verify", 1)), none},
		"old image with another type": {"MODIFY", pk, all(`"due_verify":{"S":"x"}`), all(b16("due_verify", 1)), []binding.Order{order("verify", 1)}},
		"old image too short":         {"MODIFY", pk, all(`"due_verify":{"B":"AQ=="}`), all(b16("due_verify", 1)), []binding.Order{order("verify", 1)}},
		"removed":                     {"REMOVE", pk, all(b16("due_verify", 1)), "", none},
		"removed, with an image":      {"REMOVE", pk, "", all(b16("due_verify", 1)), none},
		"keys alone":                  {"MODIFY", pk, "", "", none},
		"attributes that look alike":  {"MODIFY", pk, all(), all(b16("overdue_verify", 1), b16("due", 1), b16("Due_verify", 1)), none},
		"no key":                      {"MODIFY", "", "", all(b16("due_verify", 1)), nil},
		"key of another type":         {"MODIFY", `"pk":{"B":"AQ=="}`, "", all(b16("due_verify", 1)), nil},
		"key too short":               {"MODIFY", `"pk":{"S":"YQ"}`, "", all(b16("due_verify", 1)), nil},
		"key that is not base64":      {"MODIFY", `"pk":{"S":"e#` + strings.Repeat("a", 20) + `"}`, "", all(b16("due_verify", 1)), nil},
		"order of another type":       {"MODIFY", pk, all(), all(`"due_verify":{"S":"AQEBAQEBAQEBAQEBAQEBAQ"}`), nil},
		"order too short":             {"MODIFY", pk, all(), all(`"due_verify":{"B":"AQ=="}`), nil},
		"order that is null":          {"MODIFY", pk, all(), all(`"due_verify":{"NULL":true}`), nil},
		"no email key":                {"MODIFY", pk, "", pk + "," + b16("due_verify", 1), nil},
		"email key too long":          {"MODIFY", pk, "", pk + `,"ek":{"B":"` + base64.StdEncoding.EncodeToString(make([]byte, 17)) + `"},` + b16("due_verify", 1), nil},
		"email key missing, none due": {"MODIFY", pk, "", pk + `,"tries":{"N":"1"}`, none},
		"email key missing, none new": {"MODIFY", pk, b16("due_verify", 1), pk + "," + b16("due_verify", 1), none},
		"email key of another type":   {"MODIFY", pk, "", pk + `,"ek":{"N":"1"},` + b16("due_verify", 1), nil},
	} {
		got, err := store.Orders(streamRecord(t, c.event, c.keys, c.before, c.after))
		if (err == nil) != (c.want != nil) || len(got) != len(c.want) || !slices.Equal(got, c.want) && len(got) > 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// What cannot be read is logged: the error names the attribute and nothing that is in it.
func TestErrorsOfRecordsQuoteNothing(t *testing.T) {
	for want, r := range map[string]events.DynamoDBEventRecord{
		"attribute pk":         streamRecord(t, "INSERT", `"pk":{"S":"canary"}`, "", b16("due_verify", 1)),
		"attribute ek":         streamRecord(t, "INSERT", `"pk":{"S":"`+binding.AccountKey(sixteen('a')).String()+`"}`, "", b16("due_verify", 1)+`,"ek":{"S":"canary"}`),
		"attribute due_verify": streamRecord(t, "INSERT", `"pk":{"S":"`+binding.AccountKey(sixteen('a')).String()+`"}`, "", `"due_verify":{"S":"canary"}`),
	} {
		_, err := store.Orders(r)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// The sample event beside the mailer is a record that orders one mail.
func TestTheSampleEventOrdersOneMail(t *testing.T) {
	text, err := os.ReadFile("../../functions/mailer/event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.DynamoDBEvent
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	orders, err := store.Orders(e.Records[0])
	if err != nil || len(orders) != 1 || orders[0].Kind != binding.KindVerify || orders[0].Account.String() != e.Records[0].Change.Keys["pk"].String() {
		t.Errorf("%v, %v", orders, err)
	}
}

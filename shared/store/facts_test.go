package store_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

const whoPlain = "\x00\x01i\x00\x04u-42\x00\x06canary\x00\x02en"

// sealedWho is the attribute who, sealed for a row.
func sealedWho(t *testing.T, k binding.AccountKey, plain string) string {
	t.Helper()
	sealed := dataKey(t).SealAtRest(token.Place{Table: "accounts", Key: k.String(), Attribute: "who"}, []byte(plain))
	return fmt.Sprintf(`"who":{"B":%q}`, base64.StdEncoding.EncodeToString(sealed))
}

// at gives a record its time, in seconds.
func at(r events.DynamoDBEventRecord, seconds int64) events.DynamoDBEventRecord {
	r.Change.ApproximateCreationDateTime = events.SecondsEpochTime{Time: time.Unix(seconds, 0)}
	return r
}

// Every later write of the row carries ev as it stands: a fact is a write that changed it.
func TestAFactIsAChangedEv(t *testing.T) {
	a, other := binding.AccountKey(sixteen('a')), binding.AccountKey(sixteen('b'))
	pk, who := `"pk":{"S":"`+a.String()+`"}`, sealedWho(t, a, whoPlain)
	bound, denied := `"ev":{"S":"binding.bound/r1"}`, `"ev":{"S":"binding.denied/r2"}`
	all := func(attributes ...string) string { return strings.Join(append(attributes, pk, who), ",") }
	const none, broken = "none", "broken"
	for name, c := range map[string]struct{ event, keys, before, after, want string }{
		"bound":                        {"MODIFY", pk, all(), all(bound), "binding.bound/r1"},
		"a fact with a cause":          {"MODIFY", pk, all(bound), all(`"ev":{"S":"binding.at_risk/full/0a0b"}`), "binding.at_risk/full/0a0b"},
		"the same fact, another cause": {"MODIFY", pk, all(`"ev":{"S":"binding.at_risk/full/0a0b"}`), all(`"ev":{"S":"binding.at_risk/broken/0a0b"}`), "binding.at_risk/broken/0a0b"},
		"a sign beside a fact":         {"MODIFY", pk, all(bound), all(bound, `"signs":{"SS":["1764000000/gone"]}`), none},
		"put with a fact":              {"INSERT", pk, "", all(denied), "binding.denied/r2"},
		"another fact":                 {"MODIFY", pk, all(denied), all(bound), "binding.bound/r1"},
		"the same kind again":          {"MODIFY", pk, all(`"ev":{"S":"binding.denied/r1"}`), all(denied), "binding.denied/r2"},
		"the mailer's own write":       {"MODIFY", pk, all(bound, b16("due_bound", 1)), all(bound), none},
		"no fact yet":                  {"MODIFY", pk, all(), all(b16("due_verify", 1)), none},
		"fact taken away":              {"MODIFY", pk, all(bound), all(), none},
		"removed":                      {"REMOVE", pk, all(bound), "", none},
		"removed, with an image":       {"REMOVE", pk, "", all(bound), none},
		"keys alone":                   {"MODIFY", pk, "", "", none},
		"the same fact, poison beside": {"MODIFY", pk, all(bound), bound, none},
		"ev was of another type":       {"MODIFY", pk, all(`"ev":{"N":"1"}`), all(bound), "binding.bound/r1"},
		"ev was null":                  {"MODIFY", pk, all(`"ev":{"NULL":true}`), all(bound), "binding.bound/r1"},
		"ev of another type":           {"MODIFY", pk, all(), all(`"ev":{"B":"AQ=="}`), broken},
		"ev is null":                   {"MODIFY", pk, all(), all(`"ev":{"NULL":true}`), broken},
		"no key":                       {"MODIFY", "", all(), all(bound), broken},
		"key too short":                {"MODIFY", `"pk":{"S":"YQ"}`, all(), all(bound), broken},
		"no who":                       {"MODIFY", pk, all(), pk + "," + bound, broken},
		"who of another type":          {"MODIFY", pk, all(), pk + "," + bound + `,"who":{"S":"canary"}`, broken},
		"who is null":                  {"MODIFY", pk, all(), pk + "," + bound + `,"who":{"NULL":true}`, broken},
		"who of another row":           {"MODIFY", pk, all(), pk + "," + bound + "," + sealedWho(t, other, whoPlain), broken},
		"who in clear":                 {"MODIFY", pk, all(), pk + "," + bound + `,"who":{"B":"` + base64.StdEncoding.EncodeToString([]byte(whoPlain)) + `"}`, broken},
		"who cut off":                  {"MODIFY", pk, all(), pk + "," + bound + "," + sealedWho(t, a, whoPlain[:9]), broken},
	} {
		f, is, err := store.NewFact(at(streamRecord(t, c.event, c.keys, c.before, c.after), 1764000001), dataKey(t))
		got := none
		switch {
		case err != nil:
			got = broken
			if strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "attribute ") || is {
				t.Errorf("%s: %v", name, err)
			}
		case is:
			got = f.Event
			want := store.Fact{Account: a, Who: binding.Who{Issuer: "i", Subject: "u-42", Label: "canary", Locale: "en"}, Event: c.want,
				At: time.Date(2025, 11, 24, 16, 0, 1, 0, time.UTC)}
			if f != want {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s: %v", name, got, c.want, err)
		}
	}
}

// A time of our own would be another one when the record comes again.
func TestAFactHasTheRecordsTime(t *testing.T) {
	a := binding.AccountKey(sixteen('a'))
	pk := `"pk":{"S":"` + a.String() + `"}`
	r := streamRecord(t, "MODIFY", pk, pk, pk+`,"ev":{"S":"binding.bound/r1"},`+sealedWho(t, a, whoPlain))
	if _, is, err := store.NewFact(r, dataKey(t)); err == nil || is {
		t.Error("a record without a time made a fact")
	}
	r.Change.ApproximateCreationDateTime.Time = time.Unix(1764000001, 999).In(time.FixedZone("", 3600))
	if f, _, err := store.NewFact(r, dataKey(t)); err != nil || f.At != time.Unix(1764000001, 0).UTC() {
		t.Errorf("%v, %v", f.At, err)
	}
}

// The sample event beside the function has a key of nobody's: all of it is read but who, which only its own stack opens.
func TestTheSampleEventShowsOneFact(t *testing.T) {
	text, err := os.ReadFile("../../functions/events/event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.DynamoDBEvent
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	r := e.Records[0]
	if _, is, err := store.NewFact(r, dataKey(t)); is || err == nil || !strings.HasSuffix(err.Error(), "attribute who") {
		t.Errorf("as it is: %v, %v", is, err)
	}
	k := binding.AccountKey(sixteen('a'))
	r.Change.Keys["pk"] = events.NewStringAttribute(k.String())
	r.Change.NewImage["who"] = events.NewBinaryAttribute(dataKey(t).SealAtRest(token.Place{Table: "accounts", Key: k.String(), Attribute: "who"}, []byte(whoPlain)))
	if f, is, err := store.NewFact(r, dataKey(t)); err != nil || !is || !strings.HasPrefix(f.Event, "binding.bound/") {
		t.Errorf("%+v, %v, %v", f, is, err)
	}
}

package bus

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// bounced is an event with texts of a stranger in it.
const bounced = `{"version":"0","detail-type":"Email Bounced","detail":{"count":12345678901234567890,"nothing":null,"mail":{"tags":{
	"tag":["AbC-_9"],"ses:configuration-set":["verify"]}},"bounce":{"bounceType":"Permanent","bouncedRecipients":[{
	"status":"5.1.1\",\"kind\":\"recover","diagnosticCode":"smtp; 550 \"user\" \\ <tag> \u0001 \u2028 &"}]}}}`

func TestATransformerGivesWhatEventBridgeGives(t *testing.T) {
	paths := map[string]string{
		"kind": "$.detail-type", "tag": "$.detail.mail.tags.tag[0]", "tags": "$.detail.mail.tags.tag", "count": "$.detail.count", "nothing": "$.detail.nothing",
		"gone": "$.detail.delivery.timestamp", "beyond": "$.detail.mail.tags.tag[1]", "member": "$.detail.mail.tags[0]", "deeper": "$.detail-type.x",
	}
	for template, want := range map[string]string{
		`{"kind": <kind>,
		  "fixed": "a \"quote\"", "tag": <tag>}`: `{"kind":"Email Bounced","fixed":"a \"quote\"","tag":"AbC-_9"}`,
		`{"tags":<tags>,"n":[1,<count>,true]}`:                              `{"tags":["AbC-_9"],"n":[1,12345678901234567890,true]}`,
		`{"a":<gone>,"b":<beyond>,"c":<member>,"d":<deeper>,"e":<nothing>}`: `{"a":"","b":"","c":"","d":"","e":""}`,
		`"fixed"`: `"fixed"`,
		`<tag>`:   `"AbC-_9"`,
	} {
		got, err := transformer(t, paths, template).apply([]byte(bounced))
		if err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", template, got, err, want)
		}
	}
	whole, err := transformer(t, nil, `{"event":<aws.events.event.json>}`).apply([]byte(bounced))
	if err != nil || !strings.HasPrefix(string(whole), `{"event":{"detail":{"bounce"`) || !json.Valid(whole) {
		t.Errorf("got %s, %v", whole, err)
	}
}

func TestATextOfAStrangerStaysAText(t *testing.T) {
	made := transformer(t, map[string]string{
		"tag": "$.detail.mail.tags.tag[0]", "status": "$.detail.bounce.bouncedRecipients[0].status", "said": "$.detail.bounce.bouncedRecipients[0].diagnosticCode",
	}, `{"status":<status>,"kind":"verify","said":<said>,"tag":<tag>}`)
	got, err := made.apply([]byte(bounced))
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]string
	if err := json.Unmarshal(got, &members); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	want := map[string]string{
		"status": `5.1.1","kind":"recover`, "kind": "verify", "said": "smtp; 550 \"user\" \\ <tag> \u0001 \u2028 &", "tag": "AbC-_9",
	}
	if !maps.Equal(members, want) {
		t.Errorf("got %q", members)
	}
}

func TestATransformerThatFailsOnAWSFailsHere(t *testing.T) {
	many := map[string]string{}
	for i := range pathsLimit + 1 {
		many[strings.Repeat("a", i+1)] = "$.detail"
	}
	for _, test := range []struct {
		name, template, want string
		paths                map[string]string
	}{
		{"between quotes", `{"kind":"<kind>"}`, "between quotes", map[string]string{"kind": "$.detail-type"}},
		{"in the middle of a text", `{"kind":"it \"is\" <kind>"}`, "between quotes", map[string]string{"kind": "$.detail-type"}},
		{"as a key", `{<kind>:1}`, "no JSON", map[string]string{"kind": "$.detail-type"}},
		{"unknown name", `{"kind":<kinds>}`, "no name of InputPathsMap", map[string]string{"kind": "$.detail-type"}},
		{"a name of EventBridge's that is not played", `{"rule":<aws.events.rule-name>}`, "no name of InputPathsMap", nil},
		{"a name that is EventBridge's", `{}`, "EventBridge's own", map[string]string{"aws.kind": "$.detail-type"}},
		{"open object", `{"kind":<kind>`, "no JSON", map[string]string{"kind": "$.detail-type"}},
		{"bracket notation", `{}`, "want names after dots", map[string]string{"set": "$.detail.mail.tags['ses:configuration-set'][0]"}},
		{"colon", `{}`, "want names after dots", map[string]string{"set": "$.detail.mail.tags.ses:configuration-set[0]"}},
		{"filter", `{}`, "want names after dots", map[string]string{"tag": "$.detail.mail.headers[?(@.name=='X')]"}},
		{"no root", `{}`, "does not begin with $", map[string]string{"kind": "detail"}},
		{"long path", `{}`, "longer than", map[string]string{"kind": "$." + strings.Repeat("a", pathLimit)}},
		{"many paths", `{}`, "at most 100", many},
		{"long template", `"` + strings.Repeat("a", templateLimit) + `"`, "at most 100 and 8192", nil},
	} {
		if _, err := NewTransformer(test.paths, test.template); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q (paths %v)", test.name, err, test.want, slices.Sorted(maps.Keys(test.paths)))
		}
	}
}

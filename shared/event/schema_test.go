package event_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/event"
)

// Our schemas have these keywords of draft 2020-12 and no others: annotations, which check nothing, and what
// complaints checks.
var (
	annotations = []string{"$schema", "$id", "title", "description", "examples"}
	checked     = map[string][]any{"type": {"object", "string", "integer"}, "format": {"date-time"}, "const": nil, "required": nil, "properties": nil, "pattern": nil,
		"minLength": nil, "minimum": nil}
)

// unknown are the rules of a schema that complaints does not know: they would look as if they were held.
func unknown(schema map[string]any, path string) (out []string) {
	for keyword, rule := range schema {
		values, known := checked[keyword]
		if !known && !slices.Contains(annotations, keyword) || values != nil && !slices.Contains(values, rule) {
			out = append(out, fmt.Sprintf("%s: keyword %s: %v is not known here", path, keyword, rule))
		}
		if keyword == "properties" {
			for name, inner := range rule.(map[string]any) {
				out = append(out, unknown(inner.(map[string]any), path+"."+name)...)
			}
		}
	}
	return out
}

// complaints checks a value against a schema.
func complaints(schema map[string]any, value any, path string) (out []string) {
	for keyword, rule := range schema {
		object, isObject := value.(map[string]any)
		text, isText := value.(string)
		number, isNumber := value.(float64)
		switch {
		case keyword == "type":
			whole := isNumber && number == math.Trunc(number)
			if rule == "object" && !isObject || rule == "string" && !isText || rule == "integer" && !whole {
				out = append(out, fmt.Sprintf("%s is no %v", path, rule))
			}
		case keyword == "const":
			if value != rule {
				out = append(out, fmt.Sprintf("%s is not %v", path, rule))
			}
		case keyword == "required":
			for _, name := range rule.([]any) {
				if _, there := object[name.(string)]; !there {
					out = append(out, fmt.Sprintf("%s has no %v", path, name))
				}
			}
		case keyword == "properties":
			for name, inner := range rule.(map[string]any) {
				if member, there := object[name]; there {
					out = append(out, complaints(inner.(map[string]any), member, path+"."+name)...)
				}
			}
		case keyword == "pattern":
			if !regexp.MustCompile(rule.(string)).MatchString(text) {
				out = append(out, fmt.Sprintf("%s does not match %v", path, rule))
			}
		case keyword == "minLength":
			if float64(len([]rune(text))) < rule.(float64) {
				out = append(out, fmt.Sprintf("%s is too short", path))
			}
		case keyword == "minimum":
			if number < rule.(float64) {
				out = append(out, path+" is too small")
			}
		case keyword == "format":
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				out = append(out, fmt.Sprintf("%s is no date-time", path))
			}
		}
	}
	return out
}

func parsed(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

// A fact without a type would be let go; a type without a fact would be a promise that nobody keeps. So it is with causes.
func TestEveryFactOfTheDomainHasATypeAndASchema(t *testing.T) {
	all := facts(t)
	want := []event.Type{
		event.Bound, event.Denied, event.Disputed, event.AtRisk, event.Well, event.RecoveryStarted, event.RecoveryHeld, event.RecoveryFinished, event.PasswordChanged,
	}
	slices.Sort(want)
	if found := slices.Sorted(maps.Keys(all)); !slices.Equal(found, want) {
		t.Errorf("the domain's facts are %v, the types %v", found, want)
	}
	var files, wanted []string
	entries, err := os.ReadDir("schema")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		files = append(files, e.Name())
	}
	for kind, causes := range all {
		wanted = append(wanted, string(kind)+".json")
		s := parsed(t, event.Schema(kind))
		if s["$schema"] != "https://json-schema.org/draft/2020-12/schema" || s["$id"] != "urn:mailbind:event:"+string(kind) || s["title"] == "" || s["description"] == "" {
			t.Errorf("%s: %v %v", kind, s["$schema"], s["$id"])
		}
		told := []string{}
		if cause, has := s["properties"].(map[string]any)["cause"].(map[string]any); has {
			for _, word := range cause["examples"].([]any) {
				told = append(told, word.(string))
				if !strings.Contains(cause["description"].(string), word.(string)+": ") {
					t.Errorf("%s: %s is not explained", kind, word)
				}
			}
		}
		slices.Sort(told)
		if !slices.Equal(told, causes) {
			t.Errorf("%s: the schema has the causes %v, the domain %v", kind, told, causes)
		}
	}
	slices.Sort(wanted)
	if !slices.Equal(files, wanted) {
		t.Errorf("schemas %v, want %v", files, wanted)
	}
	if event.Schema("binding.unheard") != nil {
		t.Error("a schema of no type")
	}
}

// What is published is what its schema says: no member less, and none that the schema does not tell of.
func TestPublishedEventsAreWhatTheirSchemasSay(t *testing.T) {
	for name, kind := range named(t, "r1") {
		schema := parsed(t, event.Schema(kind))
		e, err := event.New(name, account, who, noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		bus := &double{}
		if failed := (event.Publisher{API: bus, Bus: "default"}).Publish(t.Context(), []event.Event{e}); failed[0] != nil {
			t.Fatal(failed)
		}
		detail := parsed(t, []byte(*bus.calls[0].Entries[0].Detail))
		for _, c := range slices.Concat(unknown(schema, "schema"), complaints(schema, detail, "detail")) {
			t.Errorf("%s: %s", name, c)
		}
		properties := schema["properties"].(map[string]any)
		for member, value := range detail {
			if properties[member] == nil {
				t.Errorf("%s: the schema does not tell of %s", name, member)
			}
			// Each member less, or wrong, is noticed: the schema says something about it.
			without := maps.Clone(detail)
			delete(without, member)
			wrong := maps.Clone(detail)
			if wrong[member] = 7.0; value == float64(e.Version) {
				wrong[member] = 0.5
			}
			if len(complaints(schema, without, "")) == 0 || len(complaints(schema, wrong, "")) == 0 {
				t.Errorf("%s: the schema does not mind what %s is", name, member)
			}
			empty := maps.Clone(detail)
			empty[member] = ""
			if member != "issuer" && len(complaints(schema, empty, "")) == 0 {
				t.Errorf("%s: %s may be empty: %v", name, member, value)
			}
		}
		if len(detail) != len(properties) {
			t.Errorf("%s: %d members, the schema has %d", name, len(detail), len(properties))
		}
	}
}

func TestTheCheckerKnowsWhatItDoesNotKnow(t *testing.T) {
	for _, schema := range []string{
		`{"maxLength":3}`, `{"maximum":3}`, `{"type":"number"}`, `{"format":"uri"}`, `{"properties":{"absent":{"enum":["a"]}}}`, `{"additionalProperties":false}`,
	} {
		if len(unknown(parsed(t, []byte(schema)), "")) != 1 {
			t.Errorf("%s was taken", schema)
		}
	}
}

var (
	noon    = time.Date(2026, 3, 14, 12, 0, 0, 999, time.FixedZone("", 8*3600))
	account = binding.AccountKey([16]byte{0: 'a', 15: 'a'})
	who     = binding.Who{Issuer: "https://login.example.com/", Subject: "u-1029", Label: "canary-label", Locale: "zh-CN"}
)

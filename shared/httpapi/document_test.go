package httpapi

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A document is openapi.yaml, parsed.
type document struct {
	*testing.T
	root map[string]any
}

func description(t *testing.T) document {
	t.Helper()
	d := document{T: t}
	if err := yaml.Unmarshal([]byte(openapi), &d.root); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows keys from a node, through references; nil if there is no such place.
func (d document) at(node any, keys ...string) any {
	node = d.follow(node)
	for _, k := range keys {
		m, ok := node.(map[string]any)
		if !ok {
			return nil
		}
		node = d.follow(m[k])
	}
	return node
}

func (d document) follow(node any) any {
	m, _ := node.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return node
	}
	path, local := strings.CutPrefix(ref, "#/")
	target := d.at(d.root, strings.Split(path, "/")...)
	if !local || target == nil || len(m) != 1 {
		d.Fatalf("reference %v leads nowhere", m)
	}
	return target
}

func (d document) schema(name string) any { return d.at(d.root, "components", "schemas", name) }

func names(node any) []string {
	m, _ := node.(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// words are a list of texts, sorted.
func words(node any) []string {
	list, _ := node.([]any)
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	slices.Sort(out)
	return out
}

// operations gives every operation by its route key.
func (d document) operations() map[string]any {
	out := map[string]any{}
	for path, item := range d.at(d.root, "paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			out[strings.ToUpper(method)+" "+path] = op
		}
	}
	return out
}

// problemsOf are the problems that an operation documents, with the status that each is under.
func (d document) problemsOf(route string) map[string]string {
	out := map[string]string{}
	responses, _ := d.at(d.operations()[route], "responses").(map[string]any)
	for status, r := range responses {
		for _, name := range names(d.at(r, "content", "application/problem+json", "examples")) {
			out[name] = status
		}
	}
	return out
}

// check holds an answer against what its operation documents: status, header fields, media type, schema.
func (d document) check(route string, r Response) {
	d.Helper()
	response := d.at(d.operations()[route], "responses", fmt.Sprint(r.StatusCode))
	if response == nil {
		d.Errorf("%s answers %d, which is not documented", route, r.StatusCode)
		return
	}
	content := d.at(response, "content", r.Headers["content-type"])
	if content == nil {
		d.Errorf("%s answers %d as %s, which is not documented", route, r.StatusCode, r.Headers["content-type"])
		return
	}
	var value any
	if err := yaml.Unmarshal([]byte(r.Body), &value); err != nil { // JSON is YAML
		d.Fatal(err)
	}
	for _, fault := range d.faults(d.at(content, "schema"), value, "") {
		d.Errorf("%s answers %d %s: %s", route, r.StatusCode, r.Body, fault)
	}
	if _, told := r.Headers["retry-after"]; told && d.at(response, "headers", "Retry-After") == nil {
		d.Errorf("%s answers %d with Retry-After, which is not documented", route, r.StatusCode)
	}
}

// faults are the ways in which a value does not fit a schema, as far as ours need it. Members that a
// schema does not name are faults: what we answer is described.
func (d document) faults(schema, value any, where string) (out []string) {
	if schema == false {
		return []string{where + " is there"}
	}
	s, ok := d.follow(schema).(map[string]any)
	if !ok {
		d.Fatalf("%s: no schema: %v", where, schema)
	}
	fault := func(format string, args ...any) { out = append(out, where+": "+fmt.Sprintf(format, args...)) }
	for keyword, rule := range s {
		switch keyword {
		case "type":
			if got := kind(value); got != rule {
				fault("is %s, not %s", got, rule)
			}
		case "enum":
			if !slices.Contains(rule.([]any), value) {
				fault("%v is not in the list", value)
			}
		case "const":
			if value != rule {
				fault("is %v, not %v", value, rule)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				fault("%q does not match", text)
			}
		case "minLength", "maxLength":
			text, _ := value.(string)
			if n := utf8.RuneCountInString(text); keyword == "minLength" && n < rule.(int) || keyword == "maxLength" && n > rule.(int) {
				fault("%q breaks %s", text, keyword)
			}
		case "minProperties", "maxProperties":
			if n := len(names(value)); keyword == "minProperties" && n < rule.(int) || keyword == "maxProperties" && n > rule.(int) {
				fault("%d members break %s", n, keyword)
			}
		case "minimum":
			if n, ok := value.(int); ok && n < rule.(int) {
				fault("%d is too small", n)
			}
		case "format":
			text, _ := value.(string)
			if at, err := time.Parse(time.RFC3339, text); rule != "date-time" || err != nil || at.Nanosecond() != 0 || !strings.HasSuffix(text, "Z") {
				fault("%q is no %s", text, rule)
			}
		case "required":
			for _, name := range words(rule) {
				if !slices.Contains(names(value), name) {
					fault("lacks %s", name)
				}
			}
		case "properties":
			for _, name := range names(value) {
				member, known := rule.(map[string]any)[name]
				if known {
					out = append(out, d.faults(member, value.(map[string]any)[name], where+"."+name)...)
				} else if s["type"] == "object" {
					fault("%s is not documented", name)
				}
			}
		case "items":
			list, _ := value.([]any)
			for i, v := range list {
				out = append(out, d.faults(rule, v, fmt.Sprintf("%s[%d]", where, i))...)
			}
		case "oneOf", "anyOf":
			fits := 0
			for _, branch := range rule.([]any) {
				if len(d.faults(branch, value, where)) == 0 {
					fits++
				}
			}
			if fits == 0 || keyword == "oneOf" && fits != 1 {
				fault("fits %d of %s", fits, keyword)
			}
		case "description", "default", "additionalProperties":
		default:
			d.Fatalf("%s: the keyword %s is not known to this test", where, keyword)
		}
	}
	return out
}

func kind(v any) string {
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case int:
		return "integer"
	}
	return fmt.Sprintf("%T", v)
}

// tags are the JSON names of a struct's fields.
func tags(v any) []string {
	var out []string
	for f := range reflect.TypeOf(v).Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

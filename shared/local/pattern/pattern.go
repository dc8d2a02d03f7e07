// Package pattern matches JSON events with the patterns of EventBridge rules and of Lambda's stream filters.
//
// A pattern is an object of the event's shape whose leaves are lists of what the value may be: scalars, or matchers in objects:
// exists, prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric. A list in the event matches when one of its items
// does. $or holds alternatives. A pattern that is not understood is an error when it is read, never a pattern that matches nothing.
// Sources: Amazon EventBridge, "Comparison operators"; AWS Lambda, "Event filtering".
package pattern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Pattern is a pattern that was read.
type Pattern struct {
	fields       map[string]node
	alternatives []*Pattern
}

// node is what a pattern wants of one field: an object inside, or a value.
type node struct {
	object *Pattern
	values []matcher
}

// matcher says whether one value of the event fits; absent is passed for a field that is not there.
type matcher func(value any) bool

type absent struct{}

// Parse reads a pattern written as JSON.
func Parse(text string) (*Pattern, error) {
	value, err := decode([]byte(text))
	if err != nil {
		return nil, err
	}
	return compile(value, "")
}

// Compile reads a pattern that is a Go value of maps, lists and scalars.
func Compile(value any) (*Pattern, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return Parse(string(encoded))
}

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // sequence numbers have more digits than a float
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return value, nil
}

func compile(value any, path string) (*Pattern, error) {
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 {
		return nil, fmt.Errorf("%s: want an object with at least one field", where(path))
	}
	pattern := &Pattern{fields: map[string]node{}}
	for name, inner := range object {
		below := strings.TrimPrefix(path+"."+name, ".")
		var err error
		switch inner := inner.(type) {
		case map[string]any:
			var compiled *Pattern
			compiled, err = compile(inner, below)
			pattern.fields[name] = node{object: compiled}
		case []any:
			if name == "$or" {
				err = pattern.addAlternatives(inner, below)
				break
			}
			var values []matcher
			values, err = compileLeaf(inner, below)
			pattern.fields[name] = node{values: values}
		default:
			err = fmt.Errorf("%s: want a list or an object", below)
		}
		if err != nil {
			return nil, err
		}
	}
	return pattern, nil
}

func (p *Pattern) addAlternatives(list []any, path string) error {
	if len(list) < 2 {
		return fmt.Errorf("%s: want at least two alternatives", path)
	}
	for _, item := range list {
		compiled, err := compile(item, path)
		if err != nil {
			return err
		}
		p.alternatives = append(p.alternatives, compiled)
	}
	return nil
}

func where(path string) string {
	if path == "" {
		return "pattern"
	}
	return path
}

// Match says whether the event, a JSON object, fits the pattern.
func (p *Pattern) Match(event []byte) (bool, error) {
	value, err := decode(event)
	if err != nil {
		return false, err
	}
	return p.matches(value), nil
}

func (p *Pattern) matches(value any) bool {
	if list, ok := value.([]any); ok { // a list of objects: one of them has to fit
		return slices.ContainsFunc(list, p.matches)
	}
	object, _ := value.(map[string]any) // of anything else every field is absent
	for name, want := range p.fields {
		field, there := object[name]
		if !there {
			field = absent{}
		}
		if want.object != nil && !want.object.matches(field) || want.object == nil && !matchLeaf(want.values, field) {
			return false
		}
	}
	return len(p.alternatives) == 0 || slices.ContainsFunc(p.alternatives, func(one *Pattern) bool { return one.matches(value) })
}

func matchLeaf(wanted []matcher, field any) bool {
	values := []any{field}
	if list, ok := field.([]any); ok {
		values = list
		if len(list) == 0 {
			values = []any{absent{}}
		}
	}
	for _, value := range values {
		if _, inner := value.(map[string]any); inner {
			value = absent{} // matchers look at leaves alone
		}
		if slices.ContainsFunc(wanted, func(want matcher) bool { return want(value) }) {
			return true
		}
	}
	return false
}

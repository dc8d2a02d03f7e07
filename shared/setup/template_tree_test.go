package setup_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The template's tests hold what the linters do not see. Each rule is a function from the parsed template to its
// complaints; hold proves on the real file that there are none, and on seeded faults that the rule can complain.

// tree is a parsed template: maps, lists and scalars, with !Ref, !Sub, ... in their long forms.
type tree = map[string]any

// rule answers one sentence for each place that breaks it.
type rule func(tree) []string

// fault damages a template; it panics when what it means to damage is not there, so that no fault is a no-op.
type fault struct {
	name  string
	apply func(tree)
}

func hold(t *testing.T, r rule, faults ...fault) {
	t.Helper()
	for _, complaint := range r(load(t)) {
		t.Error(complaint)
	}
	if len(faults) == 0 {
		t.Error("no fault is seeded: nothing shows that this rule can fail")
	}
	for _, f := range faults {
		damaged := load(t)
		f.apply(damaged)
		if len(r(damaged)) == 0 {
			t.Errorf("not noticed: %s", f.name)
		}
	}
}

var document = sync.OnceValues(func() (*yaml.Node, error) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	return &doc, yaml.Unmarshal(text, &doc)
})

// load gives each caller a tree of its own, to damage as it likes.
func load(t *testing.T) tree {
	t.Helper()
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return plain(doc.Content[0]).(tree)
}

func plain(n *yaml.Node) any {
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		m := tree{}
		for i := 0; i < len(n.Content); i += 2 {
			if _, twice := m[n.Content[i].Value]; twice {
				panic(fmt.Sprintf("template.yaml:%d: key %q twice", n.Content[i].Line, n.Content[i].Value))
			}
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		value = m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(c))
		}
		value = list
	default:
		if strings.HasPrefix(n.Tag, "!!") {
			if err := n.Decode(&value); err != nil {
				panic(fmt.Sprintf("template.yaml:%d: %v", n.Line, err))
			}
		} else {
			value = n.Value
		}
	}
	switch {
	case strings.HasPrefix(n.Tag, "!!") || n.Tag == "":
		return value
	case n.Tag == "!Ref" || n.Tag == "!Condition":
		return tree{n.Tag[1:]: value}
	case n.Tag == "!GetAtt" && n.Kind == yaml.ScalarNode:
		name, attribute, _ := strings.Cut(n.Value, ".")
		return tree{"Fn::GetAtt": []any{name, attribute}}
	}
	return tree{"Fn::" + n.Tag[1:]: value}
}

// at follows a path like "Resources.Api.Properties.Auth"; list elements are numbers. Absent is nil.
func at(node any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch n := node.(type) {
		case tree:
			node = n[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(n) {
				return nil
			}
			node = n[i]
		default:
			return nil
		}
	}
	return node
}

// set replaces what is at a path of existing parents; a new last step is added.
func set(path string, value any) func(tree) {
	return func(t tree) {
		i := strings.LastIndex(path, ".")
		switch parent := at(t, path[:i]).(type) {
		case tree:
			parent[path[i+1:]] = value
		case []any:
			n, err := strconv.Atoi(path[i+1:])
			if err != nil {
				panic(err)
			}
			parent[n] = value
		default:
			panic("no such place: " + path)
		}
	}
}

func drop(path string) func(tree) {
	return func(t tree) {
		i := strings.LastIndex(path, ".")
		parent, ok := at(t, path[:i]).(tree)
		if _, there := parent[path[i+1:]]; !ok || !there {
			panic("no such place: " + path)
		}
		delete(parent, path[i+1:])
	}
}

// text is an intrinsic as one comparable word: !Ref A is "A", !GetAtt A.B is "A.B", !Sub is its text.
func text(v any) string {
	m, ok := v.(tree)
	if !ok {
		return fmt.Sprint(v)
	}
	if ref, ok := m["Ref"]; ok {
		return fmt.Sprint(ref)
	}
	if list, ok := m["Fn::GetAtt"].([]any); ok {
		return fmt.Sprintf("%v.%v", list[0], list[1])
	}
	switch sub := m["Fn::Sub"].(type) {
	case string:
		return sub
	case []any:
		return fmt.Sprint(sub[0])
	}
	return fmt.Sprint(v)
}

func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	out := []string{}
	for _, e := range list(v) {
		out = append(out, text(e))
	}
	return out
}

func keys(v any) []string {
	m, _ := v.(tree)
	out := []string{}
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// resources are the names of all resources of a type, sorted.
func resources(t tree, kind string) []string {
	return slices.DeleteFunc(keys(t["Resources"]), func(name string) bool {
		return at(t, "Resources."+name+".Type") != kind
	})
}

func functions(t tree) []string { return resources(t, "AWS::Serverless::Function") }

// want complains when a place does not hold exactly a value.
func want(t tree, path string, value any) []string {
	if got := at(t, path); fmt.Sprint(got) != fmt.Sprint(value) {
		return []string{fmt.Sprintf("%s is %v, want %v", path, got, value)}
	}
	return nil
}

// differ complains when two sets of words are not the same.
func differ(what string, got, want []string) []string {
	var out []string
	for _, g := range got {
		if !slices.Contains(want, g) {
			out = append(out, fmt.Sprintf("%s: unexpected %s", what, g))
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			out = append(out, fmt.Sprintf("%s: missing %s", what, w))
		}
	}
	if len(out) == 0 && len(got) != len(want) {
		out = append(out, fmt.Sprintf("%s: %d entries for %d words", what, len(got), len(want)))
	}
	return out
}

// matches complains when a parameter's AllowedPattern takes a value that it should not, or refuses one that it should take.
func matches(t tree, parameter string, values map[string]bool) []string {
	pattern, err := regexp.Compile("^(?:" + fmt.Sprint(at(t, "Parameters."+parameter+".AllowedPattern")) + ")$")
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for value, good := range values {
		if pattern.MatchString(value) != good {
			out = append(out, fmt.Sprintf("%s %q: allowed is %v", parameter, value, !good))
		}
	}
	return out
}

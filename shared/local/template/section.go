package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// section reads one mapping of the template. What nobody takes and nobody sets aside is an error in the end: a property that
// changes behaviour on AWS must not be overlooked here.
type section struct {
	path     string // for messages: "Bind.Events.Post"
	values   map[string]any
	taken    map[string]bool
	resolver *resolver
	faults   *[]error
}

func (s *section) fail(format string, arguments ...any) {
	*s.faults = append(*s.faults, fmt.Errorf(s.path+": "+format, arguments...))
}

func (s *section) has(name string) bool { _, ok := s.values[name]; return ok }

// take resolves the property; nil when it is not there.
func (s *section) take(name string) any {
	s.taken[name] = true
	raw, ok := s.values[name]
	if !ok {
		return nil
	}
	value, err := s.resolver.resolve(raw)
	if err != nil {
		s.fail("%s: %v", name, err)
		return nil
	}
	if _, gone := value.(removed); gone {
		return nil
	}
	return value
}

// text takes a scalar; "" when it is not there.
func (s *section) text(name string) string {
	value := s.take(name)
	switch value.(type) {
	case nil:
		return ""
	case string, bool, int64, float64:
		return text(value)
	}
	s.fail("%s: want a scalar", name)
	return ""
}

// required takes a scalar that must be there.
func (s *section) required(name string) string {
	value := s.text(name)
	if value == "" {
		s.fail("%s is missing", name)
	}
	return value
}

// number takes an integer within bounds.
func (s *section) number(name string, absent, least, most int) int {
	value := s.text(name)
	if value == "" {
		return absent
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > most {
		s.fail("%s: %q is not a whole number from %d to %d", name, value, least, most)
		return absent
	}
	return number
}

func (s *section) truth(name string) bool {
	value := s.text(name)
	if value != "" && value != "true" && value != "false" {
		s.fail("%s: %q is neither true nor false", name, value)
	}
	return value == "true"
}

// list takes a list; a lone scalar is an error.
func (s *section) list(name string) []any {
	value := s.take(name)
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		s.fail("%s: want a list", name)
	}
	return list
}

// strings takes a list of scalars, or one that stands alone.
func (s *section) strings(name string) []string {
	var all []string
	value := s.take(name)
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	for _, item := range list {
		switch item.(type) {
		case string, bool, int64, float64:
			all = append(all, text(item))
		default:
			s.fail("%s: want scalars", name)
		}
	}
	return all
}

// sub opens a mapping inside this one; an empty section when it is not there. The caller has to end it.
func (s *section) sub(name string) *section {
	s.taken[name] = true
	var values map[string]any
	if raw, ok := s.values[name]; ok && raw != nil {
		values, ok = raw.(map[string]any)
		if ok && len(values) == 1 { // a function that gives the mapping
			for key := range values {
				if key == "Fn::If" || key == "Ref" {
					values, ok = s.take(name).(map[string]any)
				}
			}
		}
		if !ok {
			s.fail("%s: want a mapping", name)
		}
	}
	return s.open(s.path+"."+name, values)
}

func (s *section) open(path string, values map[string]any) *section {
	return &section{path: path, values: values, taken: map[string]bool{}, resolver: s.resolver, faults: s.faults}
}

// items opens each mapping of a list.
func (s *section) items(name string) []*section {
	s.taken[name] = true
	raw, ok := s.values[name]
	if !ok {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		s.fail("%s: want a list", name)
		return nil
	}
	var opened []*section
	for i, item := range list {
		path := fmt.Sprintf("%s.%s[%d]", s.path, name, i)
		values, ok := item.(map[string]any)
		if !ok {
			*s.faults = append(*s.faults, fmt.Errorf("%s: want a mapping", path))
			continue
		}
		opened = append(opened, s.open(path, values))
	}
	return opened
}

// keys are the names in the section, sorted.
func (s *section) keys() []string { return slices.Sorted(maps.Keys(s.values)) }

// aside names properties that have no effect on one machine: backups, log groups, tags.
func (s *section) aside(names ...string) {
	for _, name := range names {
		s.taken[name] = true
	}
}

// end reports every property that was neither taken nor set aside.
func (s *section) end() {
	for _, name := range s.keys() {
		if !s.taken[name] {
			s.fail("the property %s is not understood by the local stack", name)
		}
	}
}

// merge lays a function's own properties over the global ones as SAM does it: mappings are merged, lists appended to the global
// list, scalars replaced.
func merge(global, own any) any {
	switch own := own.(type) {
	case map[string]any:
		base, ok := global.(map[string]any)
		if !ok {
			return own
		}
		merged := maps.Clone(base)
		if merged == nil {
			merged = map[string]any{}
		}
		for key, value := range own {
			if below, ok := base[key]; ok {
				value = merge(below, value)
			}
			merged[key] = value
		}
		return merged
	case []any:
		if base, ok := global.([]any); ok {
			return append(slices.Clone(base), own...)
		}
	}
	return own
}

package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// removed stands for AWS::NoValue: the property or list item that has it is not there.
type removed struct{}

// resolver computes CloudFormation's functions with the local values of parameters and names.
type resolver struct {
	pseudo     map[string]string
	parameters map[string]any // string or []any of strings
	conditions map[string]any // as written
	mappings   map[string]any
	resources  map[string]*resource
	busy       []string // conditions being computed, to notice a circle
}

// resolve computes every function inside value.
func (r *resolver) resolve(value any) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 1 {
			for name, argument := range value {
				if name == "Ref" || name == "Condition" && isString(argument) || strings.HasPrefix(name, "Fn::") {
					return r.call(name, argument)
				}
			}
		}
		return r.resolveMapping(value)
	case []any:
		list := make([]any, 0, len(value))
		for i, item := range value {
			result, err := r.resolve(item)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
			if _, gone := result.(removed); !gone {
				list = append(list, result)
			}
		}
		return list, nil
	}
	return value, nil
}

func isString(value any) bool { _, ok := value.(string); return ok }

func (r *resolver) resolveMapping(mapping map[string]any) (any, error) {
	resolved := make(map[string]any, len(mapping))
	for key, item := range mapping {
		result, err := r.resolve(item)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if _, gone := result.(removed); !gone {
			resolved[key] = result
		}
	}
	return resolved, nil
}

func (r *resolver) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return r.ref(text(argument))
	case "Condition":
		return r.condition(text(argument))
	case "Fn::If":
		return r.choose(argument)
	}
	resolved, err := r.resolve(argument)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if name == "Fn::Sub" {
		return r.sub(resolved)
	}
	list, ok := resolved.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: want a list", name)
	}
	result, err := r.callList(name, list)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return result, nil
}

func (r *resolver) callList(name string, list []any) (any, error) {
	switch name {
	case "Fn::GetAtt":
		if len(list) != 2 {
			return nil, fmt.Errorf("want a resource and an attribute")
		}
		return r.attribute(text(list[0]), text(list[1]))
	case "Fn::Equals":
		if len(list) != 2 {
			return nil, fmt.Errorf("want two values")
		}
		return text(list[0]) == text(list[1]), nil
	case "Fn::Not", "Fn::And", "Fn::Or":
		return logic(name, list)
	case "Fn::Join":
		parts, ok := at(list, 1).([]any)
		if !ok || len(list) != 2 {
			return nil, fmt.Errorf("want a separator and a list")
		}
		return strings.Join(texts(parts), text(list[0])), nil
	case "Fn::Split":
		if len(list) != 2 {
			return nil, fmt.Errorf("want a separator and a string")
		}
		var parts []any
		for part := range strings.SplitSeq(text(list[1]), text(list[0])) {
			parts = append(parts, part)
		}
		return parts, nil
	case "Fn::Select":
		parts, ok := at(list, 1).([]any)
		index, err := strconv.Atoi(text(at(list, 0)))
		if !ok || err != nil || index < 0 || index >= len(parts) {
			return nil, fmt.Errorf("no item %v in %v", at(list, 0), at(list, 1))
		}
		return parts[index], nil
	case "Fn::FindInMap":
		return r.findInMap(list)
	}
	return nil, fmt.Errorf("the function is not understood")
}

func logic(name string, list []any) (any, error) {
	var truths []bool
	for _, item := range list {
		truth, ok := item.(bool)
		if !ok {
			return nil, fmt.Errorf("%v is not a condition", item)
		}
		truths = append(truths, truth)
	}
	switch {
	case name == "Fn::Not" && len(truths) == 1:
		return !truths[0], nil
	case name == "Fn::And" && len(truths) >= 2:
		return !slices.Contains(truths, false), nil
	case name == "Fn::Or" && len(truths) >= 2:
		return slices.Contains(truths, true), nil
	}
	return nil, fmt.Errorf("wrong number of conditions: %d", len(truths))
}

func (r *resolver) findInMap(list []any) (any, error) {
	var value any = r.mappings
	for _, key := range list {
		mapping, _ := value.(map[string]any)
		next, ok := mapping[text(key)]
		if !ok {
			return nil, fmt.Errorf("nothing at %v", list)
		}
		value = next
	}
	return value, nil
}

// choose computes only the branch that holds, as CloudFormation does.
func (r *resolver) choose(argument any) (any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 3 {
		return nil, fmt.Errorf("Fn::If: want a condition and two values")
	}
	holds, err := r.condition(text(list[0]))
	if err != nil {
		return nil, fmt.Errorf("Fn::If: %w", err)
	}
	if holds {
		return r.resolve(list[1])
	}
	return r.resolve(list[2])
}

func (r *resolver) condition(name string) (bool, error) {
	raw, ok := r.conditions[name]
	if !ok {
		return false, fmt.Errorf("no condition %s", name)
	}
	if slices.Contains(r.busy, name) {
		return false, fmt.Errorf("the condition %s rests on itself", name)
	}
	r.busy = append(r.busy, name)
	defer func() { r.busy = r.busy[:len(r.busy)-1] }()
	value, err := r.resolve(raw)
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", name, err)
	}
	holds, ok := value.(bool)
	if !ok {
		return false, fmt.Errorf("the condition %s is neither true nor false", name)
	}
	return holds, nil
}

func (r *resolver) ref(name string) (any, error) {
	if name == "AWS::NoValue" {
		return removed{}, nil
	}
	if value, ok := r.pseudo[name]; ok {
		return value, nil
	}
	if value, ok := r.parameters[name]; ok {
		return value, nil
	}
	target, ok := r.resources[name]
	if !ok {
		return nil, fmt.Errorf("there is no parameter or resource %s to Ref", name)
	}
	return r.reference(target)
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

func (r *resolver) sub(argument any) (any, error) {
	pattern, own := text(argument), map[string]any{}
	if list, ok := argument.([]any); ok {
		if len(list) != 2 {
			return nil, fmt.Errorf("Fn::Sub: want a string and a mapping")
		}
		pattern = text(list[0])
		if own, ok = list[1].(map[string]any); !ok {
			return nil, fmt.Errorf("Fn::Sub: want a mapping of variables")
		}
	}
	var failed error
	result := variable.ReplaceAllStringFunc(pattern, func(found string) string {
		name := found[2 : len(found)-1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return "${" + literal + "}"
		}
		value, ok := own[name]
		var err error
		if !ok {
			if resource, attribute, dotted := strings.Cut(name, "."); dotted {
				value, err = r.attribute(resource, attribute)
			} else {
				value, err = r.ref(name)
			}
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("Fn::Sub: ${%s}: %w", name, err)
		}
		return text(value)
	})
	return result, failed
}

// text is a scalar as CloudFormation writes it into a string.
func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case bool:
		return strconv.FormatBool(value)
	case int64:
		return strconv.FormatInt(value, 10)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case []any: // a list parameter in a string
		return strings.Join(texts(value), ",")
	}
	return ""
}

func texts(list []any) []string {
	all := make([]string, 0, len(list))
	for _, item := range list {
		all = append(all, text(item))
	}
	return all
}

func at(list []any, index int) any {
	if index >= len(list) {
		return nil
	}
	return list[index]
}

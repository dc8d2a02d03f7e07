package pattern

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

func compileLeaf(list []any, path string) ([]matcher, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: want at least one value", path)
	}
	var matchers []matcher
	for _, item := range list {
		matcher, err := compileValue(item)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		matchers = append(matchers, matcher)
	}
	return matchers, nil
}

func compileValue(item any) (matcher, error) {
	object, ok := item.(map[string]any)
	if !ok {
		return equal(item)
	}
	if len(object) != 1 {
		return nil, fmt.Errorf("want one matcher in an object, not %d", len(object))
	}
	for name, argument := range object {
		matcher, err := compileMatcher(name, argument)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return matcher, nil
	}
	return nil, nil
}

func compileMatcher(name string, argument any) (matcher, error) {
	switch name {
	case "exists":
		want, ok := argument.(bool)
		if !ok {
			return nil, fmt.Errorf("want true or false")
		}
		return func(value any) bool { _, gone := value.(absent); return gone != want }, nil
	case "prefix":
		return onText(argument, strings.HasPrefix)
	case "suffix":
		return onText(argument, strings.HasSuffix)
	case "equals-ignore-case":
		return onText(argument, strings.EqualFold)
	case "wildcard":
		return onText(argument, wildcard)
	case "anything-but":
		return anythingBut(argument)
	case "numeric":
		return numeric(argument)
	}
	return nil, fmt.Errorf("the matcher is not understood")
}

func onText(argument any, holds func(value, argument string) bool) (matcher, error) {
	want, ok := argument.(string)
	if !ok {
		return nil, fmt.Errorf("want a string")
	}
	return func(value any) bool {
		text, ok := value.(string)
		return ok && holds(text, want)
	}, nil
}

// wildcard matches with * for any run of characters; \* is the character itself.
func wildcard(value, pattern string) bool {
	const star = "\x00"
	parts := strings.Split(strings.ReplaceAll(pattern, `\*`, star), "*")
	for i, part := range parts {
		part = strings.ReplaceAll(part, star, "*")
		last := i == len(parts)-1
		switch {
		case i == 0 && last:
			return value == part
		case i == 0:
			if !strings.HasPrefix(value, part) {
				return false
			}
			value = value[len(part):]
		case last:
			return strings.HasSuffix(value, part)
		default:
			at := strings.Index(value, part)
			if at < 0 {
				return false
			}
			value = value[at+len(part):]
		}
	}
	return true
}

func equal(want any) (matcher, error) {
	switch want := want.(type) {
	case json.Number:
		number, ok := new(big.Rat).SetString(want.String())
		if !ok {
			return nil, fmt.Errorf("%s is no number", want)
		}
		return func(value any) bool {
			other, ok := rational(value)
			return ok && other.Cmp(number) == 0
		}, nil
	case string, bool, nil:
		return func(value any) bool { return value == want }, nil
	}
	return nil, fmt.Errorf("want a scalar or a matcher")
}

func rational(value any) (*big.Rat, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetString(number.String())
}

// anythingBut takes a scalar, a list of scalars, or a prefix or suffix in an object. The field has to be there.
func anythingBut(argument any) (matcher, error) {
	list, ok := argument.([]any)
	if !ok {
		list = []any{argument}
	}
	refused, err := compileLeaf(list, "anything-but")
	if err != nil {
		return nil, err
	}
	return func(value any) bool {
		if _, gone := value.(absent); gone {
			return false
		}
		for _, one := range refused {
			if one(value) {
				return false
			}
		}
		return true
	}, nil
}

// numeric takes pairs of a comparison and a number, all of which have to hold: [">", 0, "<=", 5].
func numeric(argument any) (matcher, error) {
	list, ok := argument.([]any)
	if !ok || len(list) == 0 || len(list)%2 != 0 {
		return nil, fmt.Errorf("want pairs of a comparison and a number")
	}
	var tests []func(*big.Rat) bool
	for i := 0; i < len(list); i += 2 {
		bound, ok := rational(list[i+1])
		if !ok {
			return nil, fmt.Errorf("%v is no number", list[i+1])
		}
		comparison, _ := list[i].(string)
		var holds func(order int) bool
		switch comparison {
		case "=":
			holds = func(order int) bool { return order == 0 }
		case "<":
			holds = func(order int) bool { return order < 0 }
		case "<=":
			holds = func(order int) bool { return order <= 0 }
		case ">":
			holds = func(order int) bool { return order > 0 }
		case ">=":
			holds = func(order int) bool { return order >= 0 }
		default:
			return nil, fmt.Errorf("%v is no comparison", list[i])
		}
		tests = append(tests, func(number *big.Rat) bool { return holds(number.Cmp(bound)) })
	}
	return func(value any) bool {
		number, ok := rational(value)
		if !ok {
			return false
		}
		for _, holds := range tests {
			if !holds(number) {
				return false
			}
		}
		return true
	}, nil
}

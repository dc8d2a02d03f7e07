package bus

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	placeholder = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)
	pathStep    = regexp.MustCompile(`^(?:\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\])`)
)

// transform applies an input transformer: each <name> of the template becomes the value at its path. Between quotes it is written
// as text, elsewhere as JSON. A path with nothing in the event gives an empty string.
func transform(paths map[string]string, template string, event []byte) ([]byte, error) {
	if paths == nil {
		return event, nil
	}
	var whole any
	if err := json.Unmarshal(event, &whole); err != nil {
		return nil, err
	}
	var failed error
	var output strings.Builder
	last := 0
	for _, at := range placeholder.FindAllStringIndex(template, -1) {
		output.WriteString(template[last:at[0]])
		last = at[1]
		name := template[at[0]+1 : at[1]-1]
		var value any
		if path, ok := paths[name]; ok {
			found, err := lookup(whole, path)
			if err != nil {
				failed = fmt.Errorf("%s: %w", name, err)
			}
			value = found
		} else if name == "aws.events.event.json" {
			value = whole
		} else {
			failed = fmt.Errorf("the template has <%s>, which is no name of InputPathsMap", name)
		}
		output.WriteString(written(value, quoted(template[:at[0]])))
	}
	output.WriteString(template[last:])
	if failed == nil && !json.Valid([]byte(output.String())) {
		failed = fmt.Errorf("the result is not JSON: %s", output.String())
	}
	return []byte(output.String()), failed
}

// quoted says whether a place after text is inside a JSON string.
func quoted(text string) bool {
	inside := false
	for i := 0; i < len(text); i++ {
		switch {
		case inside && text[i] == '\\':
			i++
		case text[i] == '"':
			inside = !inside
		}
	}
	return inside
}

func written(value any, inside bool) string {
	if value == nil {
		value = ""
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		panic("bus: JSON that cannot be written: " + err.Error())
	}
	if !inside {
		return string(encoded)
	}
	if _, isText := value.(string); !isText { // an object inside a string: its JSON, as text
		if encoded, err = json.Marshal(string(encoded)); err != nil {
			panic("bus: a string that is not JSON: " + err.Error())
		}
	}
	return string(encoded[1 : len(encoded)-1])
}

func lookup(value any, path string) (any, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, fmt.Errorf("the path %q does not begin with $", path)
	}
	for rest != "" {
		step := pathStep.FindStringSubmatch(rest)
		if step == nil {
			return nil, fmt.Errorf("the path %q is not understood", path)
		}
		rest = rest[len(step[0]):]
		if step[2] != "" {
			list, _ := value.([]any)
			index, err := strconv.Atoi(step[2])
			if err != nil || index >= len(list) {
				return nil, nil
			}
			value = list[index]
			continue
		}
		object, _ := value.(map[string]any)
		value = object[step[1]+step[3]+step[4]]
	}
	return value, nil
}

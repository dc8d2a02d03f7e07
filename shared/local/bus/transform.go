package bus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Transformer is an input transformer: a template of JSON whose <names> become values of the event.
//
// What EventBridge does, and what is refused here because of it:
//   - "EventBridge doesn't escape values extracted by Input Path, when populating the Input Template"
//     (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues). A name between
//     quotes would let a text of a stranger, such as what a mail server answered, end the string and go on as members of its own. Outside of
//     quotes EventBridge writes the value as JSON, with quotes of its own for a text, "to ensure the transformation output is valid JSON".
//     So a name between quotes is refused: the template has "kind":<kind>, never "kind":"<kind>".
//   - A path with nothing in the event is nothing between quotes, and an empty text outside of them, whatever type the value would have had
//     (the page says that the variable "isn't created"; the empty text was seen in recorded runs). A function takes "" for absent.
//   - Paths have dots, names and indices: "You must use JSON dot notation, not bracket notation"
//     (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html). Names have letters, digits, -, _ and /, so
//     that the tags of SES's own, such as ses:configuration-set, cannot be had. AWS takes such a path without a word and finds nothing.
//   - What arrives is minified.
type Transformer struct {
	texts []string            // of the template, around the values
	names []string            // one fewer
	paths map[string][]string // steps by name: a member, or [index]
}

// Limits of EventBridge (API reference, InputTransformer).
const (
	pathsLimit    = 100
	templateLimit = 8192
	pathLimit     = 256
)

// wholeEvent is the one name of EventBridge's own that is played.
const wholeEvent = "aws.events.event.json"

var (
	placeholder = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)
	pathStep    = regexp.MustCompile(`^(?:\.([A-Za-z0-9_/-]+)|(\[\d+\]))`)
)

// NewTransformer reads what PutTargets takes as InputPathsMap and InputTemplate.
func NewTransformer(paths map[string]string, template string) (*Transformer, error) {
	t := &Transformer{paths: map[string][]string{}}
	if len(paths) > pathsLimit || len(template) > templateLimit {
		return nil, fmt.Errorf("%d paths and a template of %d bytes; at most %d and %d", len(paths), len(template), pathsLimit, templateLimit)
	}
	for name, path := range paths {
		if strings.HasPrefix(strings.ToLower(name), "aws") {
			return nil, fmt.Errorf("the name %s is EventBridge's own", name)
		}
		steps, err := parsePath(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.paths[name] = steps
	}
	last := 0
	for _, at := range placeholder.FindAllStringIndex(template, -1) {
		name := template[at[0]+1 : at[1]-1]
		if _, known := t.paths[name]; !known && name != wholeEvent {
			return nil, fmt.Errorf("the template has <%s>, which is no name of InputPathsMap", name)
		}
		if quoted(template[:at[0]]) {
			return nil, fmt.Errorf(`the template has <%s> between quotes, where EventBridge escapes nothing: write "member":<%s>`, name, name)
		}
		t.texts, t.names, last = append(t.texts, template[last:at[0]]), append(t.names, name), at[1]
	}
	t.texts = append(t.texts, template[last:])
	if !json.Valid([]byte(strings.Join(t.texts, "0"))) {
		return nil, errors.New("the template is no JSON")
	}
	return t, nil
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

func parsePath(path string) ([]string, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok || len(path) > pathLimit {
		return nil, fmt.Errorf("the path %q does not begin with $ or is longer than %d bytes", path, pathLimit)
	}
	var all []string
	for rest != "" {
		step := pathStep.FindStringSubmatch(rest)
		if step == nil {
			return nil, fmt.Errorf("the path %q is not understood: want names after dots, and indices", path)
		}
		rest = rest[len(step[0]):]
		all = append(all, step[1]+step[2])
	}
	return all, nil
}

// apply gives what the target gets of the event.
func (t *Transformer) apply(event []byte) ([]byte, error) {
	if t == nil {
		return event, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(event))
	decoder.UseNumber() // a number arrives as it was written
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		return nil, err
	}
	var output bytes.Buffer
	for i, name := range t.names {
		output.WriteString(t.texts[i])
		value := whole
		if name != wholeEvent {
			value = lookup(whole, t.paths[name])
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		output.Write(encoded)
	}
	output.WriteString(t.texts[len(t.texts)-1])
	var minified bytes.Buffer
	err := json.Compact(&minified, output.Bytes())
	return minified.Bytes(), err
}

// lookup gives what is at the end of the steps; "" for nothing.
func lookup(value any, steps []string) any {
	for _, step := range steps {
		index, isIndex := strings.CutPrefix(step, "[")
		if !isIndex {
			object, _ := value.(map[string]any)
			value = object[step]
			continue
		}
		list, _ := value.([]any)
		at, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || at >= len(list) {
			return ""
		}
		value = list[at]
	}
	if value == nil {
		return ""
	}
	return value
}

package template

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shortForms are the YAML tags of CloudFormation's functions and the long form of each.
var shortForms = map[string]string{
	"!Ref": "Ref", "!Condition": "Condition",
	"!Sub": "Fn::Sub", "!GetAtt": "Fn::GetAtt", "!If": "Fn::If", "!Equals": "Fn::Equals", "!Not": "Fn::Not", "!And": "Fn::And",
	"!Or": "Fn::Or", "!Join": "Fn::Join", "!Select": "Fn::Select", "!Split": "Fn::Split", "!FindInMap": "Fn::FindInMap",
}

// decode turns a template's text into maps, lists and scalars (string, int64, float64, bool, nil), every short form in its long
// form.
func decode(text []byte) (map[string]any, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, fmt.Errorf("want one YAML document")
	}
	value, err := decodeNode(document.Content[0])
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("want a mapping at the top")
	}
	return root, nil
}

func decodeNode(node *yaml.Node) (any, error) {
	if node.Kind == yaml.AliasNode {
		return decodeNode(node.Alias)
	}
	tag := node.Tag
	if strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		long, known := shortForms[tag]
		if !known {
			return nil, fmt.Errorf("line %d: the function %s is not understood", node.Line, tag)
		}
		plain := *node
		plain.Tag = "!!str" // the tag hid the scalar's own type; an argument that is a scalar is a string
		value, err := decodeNode(&plain)
		if err != nil {
			return nil, err
		}
		if text, ok := value.(string); ok && long == "Fn::GetAtt" {
			resource, attribute, found := strings.Cut(text, ".")
			if !found {
				return nil, fmt.Errorf("line %d: !GetAtt %s names no attribute", node.Line, text)
			}
			value = []any{resource, attribute}
		}
		return map[string]any{long: value}, nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		return decodeMapping(node)
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, item := range node.Content {
			value, err := decodeNode(item)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	case yaml.ScalarNode:
		return decodeScalar(node)
	}
	return nil, fmt.Errorf("line %d: unexpected YAML", node.Line)
}

func decodeMapping(node *yaml.Node) (any, error) {
	mapping := make(map[string]any, len(node.Content)/2)
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i].Value
		if _, twice := mapping[key]; twice {
			return nil, fmt.Errorf("line %d: %q is there twice", node.Content[i].Line, key)
		}
		value, err := decodeNode(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		mapping[key] = value
	}
	return mapping, nil
}

func decodeScalar(node *yaml.Node) (any, error) {
	switch node.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strconv.ParseBool(strings.ToLower(node.Value))
	case "!!int":
		number, err := strconv.ParseInt(node.Value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is not a decimal integer", node.Line, node.Value)
		}
		return number, nil
	case "!!float":
		return strconv.ParseFloat(node.Value, 64)
	}
	return node.Value, nil
}

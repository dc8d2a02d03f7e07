// Package apitest is what the tests of functions behind the API share: what openapi.yaml says of a route.
package apitest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An Operation is what openapi.yaml says of POST to a path.
type Operation struct {
	Problems map[string]int // with their status
	Request  []string       // the members of its body in JSON, sorted
	Response []string       // those of its success, 200 or 202; none where it has several forms
}

type content struct {
	Schema struct {
		Ref string `yaml:"$ref"`
	} `yaml:"schema"`
	Examples map[string]any `yaml:"examples"`
}

type response struct {
	Ref     string             `yaml:"$ref"`
	Content map[string]content `yaml:"content"`
}

type document struct {
	Paths map[string]struct {
		Post struct {
			RequestBody response            `yaml:"requestBody"`
			Responses   map[string]response `yaml:"responses"`
		} `yaml:"post"`
	} `yaml:"paths"`
	Components struct {
		Responses map[string]response `yaml:"responses"`
		Schemas   map[string]struct {
			Properties map[string]any `yaml:"properties"`
		} `yaml:"schemas"`
	} `yaml:"components"`
}

func (d document) members(r response) []string {
	schema := strings.TrimPrefix(r.Content["application/json"].Schema.Ref, "#/components/schemas/")
	return slices.Sorted(maps.Keys(d.Components.Schemas[schema].Properties))
}

// Post reads the operation out of the description; file is its path from the test's folder.
func Post(t testing.TB, file, path string) Operation {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	post := d.Paths[path].Post
	out := Operation{Problems: map[string]int{}, Request: d.members(post.RequestBody)}
	for code, r := range post.Responses {
		if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
			r = d.Components.Responses[name]
		}
		status := 0
		if _, err := fmt.Sscan(code, &status); err != nil {
			continue // default: the gateway's own
		}
		if status == 200 || status == 202 {
			out.Response = d.members(r)
		}
		for name := range r.Content["application/problem+json"].Examples {
			out.Problems[name] = status
		}
	}
	if len(out.Problems) == 0 || len(out.Request) == 0 {
		t.Fatalf("POST %s is not described: %+v", path, out)
	}
	return out
}

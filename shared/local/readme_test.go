package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var block = regexp.MustCompile("(?ms)^```(sh|json)\n(.*?)^```$")

// readme runs the README's session as it stands there, and wants the answers that stand there too.
func readme(t *testing.T, s *stack) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var commands, answers string
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		if b[1] == "sh" {
			commands += b[2]
		} else {
			answers += b[2]
		}
	}
	const base = "base=http://127.0.0.1:8080\n"
	if !strings.Contains(commands, base) {
		t.Fatal("the session does not say where the stack is")
	}
	shell := exec.Command("bash", "-euo", "pipefail", "-c", strings.Replace(commands, base, "base="+s.url+"\n", 1))
	shell.Stderr = os.Stderr
	printed, err := shell.Output()
	if err != nil {
		t.Fatalf("the session fails: %v\n%s", err, printed)
	}
	got, want := inOrder(objects(t, string(printed))), inOrder(objects(t, answers))
	if len(want) < 3 || !reflect.DeepEqual(got, want) {
		t.Errorf("the session answers\n%v\nand the README says\n%v", got, want)
	}
}

// objects reads JSON objects one after the other. What differs at each run is told by its presence.
func objects(t *testing.T, text string) (out []map[string]any) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var o map[string]any
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("no JSON: %v\n%s", err, text)
		}
		blank(o)
		out = append(out, o)
	}
}

// inOrder puts the events, which come in no promised order, behind the answers and in that of their types.
func inOrder(all []map[string]any) []map[string]any {
	kind := func(o map[string]any) string {
		text, _ := o["detail-type"].(string)
		return text
	}
	slices.SortStableFunc(all, func(a, b map[string]any) int { return strings.Compare(kind(a), kind(b)) })
	return all
}

func blank(o map[string]any) {
	for name, value := range o {
		if inner, is := value.(map[string]any); is {
			blank(inner)
		}
		if value != nil && slices.Contains([]string{"check", "expires_at", "resend_at", "bound_at", "ref", "id", "time", "at", "issuer", "version", "grant"}, name) {
			o[name] = "…"
		}
	}
}

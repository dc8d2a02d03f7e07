package main

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
	"time"
)

// What two readers could read differently is no call, and an op has its own members alone.
func TestCallsAreReadStrictly(t *testing.T) {
	w := newWorld(t, false)
	for payload, reason := range map[string]string{
		``: "json", `null`: "json", `[]`: "json", `"check"`: "json", `7`: "json", `{`: "json", `{"op":"check"} {}`: "json", `{"op":7}`: "json",
		`{}`: "op", `{"op":""}`: "op", `{"op":"Check"}`: "op", `{"op":"delete","account":"u-1029"}`: "op", `{"account":"u-1029","password":"x"}`: "op", `{"op":null}`: "json",
		`{"op":"check","op":"set","account":"u-1029","password":"x"}`:                     "json",
		`{"op":"check","account":"u-1029","account":"u-1030","password":"x"}`:             "json",
		`{"op":"check","Account":"u-1029","password":"x"}`:                                "json",
		`{"op":"check","account":"u-1029","password":null}`:                               "json",
		`{"op":"check","account":"u-1029","password":7}`:                                  "json",
		`{"op":"check","account":1029,"password":"x"}`:                                    "json",
		`{"op":"check","account":"u-1029","password":"x","until":"2026-03-21T12:00:00Z"}`: "json",
		`{"op":"check","account":"u-1029","password":"x","if_version":1}`:                 "json",
		`{"op":"check","account":"u-1029","password":"\ud800"}`:                           "json",
		"{\"op\":\"check\",\"account\":\"u-1029\",\"password\":\"\xff\"}":                 "json",
		`{"op":"set","account":"u-1029","password":"x","client":"device"}`:                "json",
		`{"op":"set","account":"u-1029","password":"x","if_version":"1"}`:                 "json",
		`{"op":"set","account":"u-1029","password":"x","if_version":1.5}`:                 "json",
		`{"op":"set","account":"u-1029","password":"x","if_version":null}`:                "json",
		`{"op":"hold","account":"u-1029","until":1773489600}`:                             "json",
		`{"op":"hold","account":"u-1029","until":"2026-03-21T12:00:00Z","password":"x"}`:  "json",
		`{"op":"release","account":"u-1029","until":""}`:                                  "json",
		`{"op":"redeem","grant":"x","key":"k","account":"u-1029"}`:                        "json",
		`{"op":"check","account":"u-1029"}`:                                               "password",
		`{"op":"set","account":"u-1029"}`:                                                 "password",
		`{"op":"hold","account":"u-1029"}`:                                                "until",
		`{"op":"redeem","grant":"x"}`:                                                     "key",
		`{"op":"check","password":"x"}`:                                                   "account",
		`{"op":"check","account":"","password":"x"}`:                                      "account",
		`{"op":"set","password":"seven lamps over the harbour"}`:                          "account",
		`{"op":"release"}`: "account",
		`{"op":"release","account":"` + strings.Repeat("u", 256) + `"}`:                                       "account",
		`{"op":"check","account":"u-1029","password":"x","client":"` + strings.Repeat("c", 256) + `"}`:        "client",
		`{"op":"check","account":"u-1029","password":"x","client":["` + strings.Repeat("c", 10) + `"]}`:       "json",
		`{"op":"check","account":{"sub":"u-1029"},"password":"x","client":"` + strings.Repeat("c", 10) + `"}`: "json",
	} {
		w.caller.host = strings.Contains(payload, `"redeem"`)
		got, err := w.invoke(payload)
		if want := `{"refused":"malformed","reason":"` + reason + `"}`; err != nil || got != want {
			t.Errorf("%s:\n%s, %v\nwant %s", payload, got, err, want)
		}
	}
}

// The contract in the package's comment is true: every call there is one, with an answer of the form that
// stands below it, and every refusal and reason is named.
func TestTheCommentIsTrue(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comment := f.Doc.Text()
	var shown []string
	for line := range strings.Lines(comment) {
		if text, is := strings.CutPrefix(line, "\t"); is {
			shown = append(shown, strings.TrimSpace(text))
		}
	}
	seen := map[string]bool{}
	for i, payload := range shown {
		var in struct{ Op string }
		if err := json.Unmarshal([]byte(payload), &in); err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		if in.Op == "" {
			continue
		}
		seen[in.Op] = true
		w := newWorld(t, in.Op == "redeem")
		w.bound(sub, mine)
		switch payload = strings.NewReplacer("AQPEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU", w.grant(mine), "2026-03-21T12:00:00Z", time.Now().Add(time.Hour).Format(time.RFC3339)).Replace(payload); in.Op {
		case "set":
			payload = strings.Replace(payload, `"if_version":1773400000000`, fmt.Sprintf(`"if_version":%d`, w.version(w.call("set", "account", sub, "password", other))), 1)
		case "check":
			w.call("set", "account", sub, "password", good)
			if strings.Contains(shown[i+1], "retry_after") {
				for range 500 {
					w.call("check", "account", sub, "password", other)
				}
			}
		}
		got, err := w.invoke(payload)
		if err != nil || !slices.Equal(members(t, got), members(t, shown[i+1])) || strings.Contains(got, `"ok":true`) != strings.Contains(shown[i+1], `"ok":true`) {
			t.Errorf("%s\nis answered  %s, %v\nthe comment: %s", payload, got, err, shown[i+1])
		}
	}
	for op := range ops {
		if !seen[op] {
			t.Errorf("%s is not shown", op)
		}
	}
	for _, word := range []string{"password-refused", "malformed", "recovery-refused", "not-bound", "version-changed", "unavailable", "json, op (", "account, password, client, until, key."} {
		if !strings.Contains(comment, word) {
			t.Errorf("%s is not in the comment", word)
		}
	}
}

func members(t *testing.T, text string) (out []string) {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

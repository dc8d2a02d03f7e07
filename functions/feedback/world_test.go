package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/local/bus"
	"mailbind/shared/local/pattern"
	"mailbind/shared/local/template"
	"mailbind/shared/token"
)

var (
	now  = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	told = now.Add(-time.Minute)
)

func dataKey(t testing.TB) *token.DataKey {
	t.Helper()
	d, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tag is that of one of our mails.
func tag() binding.Tag {
	return binding.Tag{Kind: binding.KindVerify, Account: binding.AccountKey{0: 'a'}, EmailKey: address.EmailKey{0: 'e'}, Send: binding.SendID{0: 's'}}
}

// deployed is template.yaml as the local stack reads it.
var deployed = sync.OnceValues(func() (*template.Product, error) {
	return template.Read("../../template.yaml", "stack", map[string]string{
		"Stage": "local", "BaseUrl": "https://id.example.com", "JwtIssuer": "https://login.example.com/", "JwtAudience": "audience", "JwtScope": "email:manage",
		"Platform": "Lantern Market", "Support": "https://help.example.com", "FromAddress": "account@mail.example.com",
	})
})

// rules are the template's rules of feedback; what they deliver goes to into.
func rules(t testing.TB, into bus.Function) []bus.Rule {
	t.Helper()
	product, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	var all []bus.Rule
	for _, r := range product.Rules {
		fits, err := pattern.Compile(r.Pattern)
		if err != nil || len(r.Targets) != 1 || r.Targets[0].Function != "Feedback" {
			t.Fatalf("rule %s: %v, %v", r.Name, r.Targets, err)
		}
		made, err := bus.NewTransformer(r.Targets[0].Paths, r.Targets[0].Template)
		if err != nil {
			t.Fatalf("rule %s: %v", r.Name, err)
		}
		all = append(all, bus.Rule{Name: r.Name, Pattern: fits, Targets: []bus.Target{{Name: r.Name, Function: into, Transformer: made}}})
	}
	return all
}

// delivered is what the template's rules make of an event on the bus of this account.
func delivered(t testing.TB, source, detailType string, detail any) []string {
	t.Helper()
	encoded, err := json.Marshal(detail)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var inputs []string
	keep := func(_ context.Context, input []byte) error {
		mu.Lock()
		defer mu.Unlock()
		inputs = append(inputs, string(input))
		return nil
	}
	var words bytes.Buffer
	b := bus.New(template.Region, template.Account, rules(t, keep), &words)
	b.Put(source, detailType, encoded, nil, told)
	b.Close() // after all deliveries
	if words.Len() > 0 {
		t.Errorf("the bus says %s", &words)
	}
	return inputs
}

// object is decoded JSON.
type object = map[string]any

// published is the detail of an event that AWS publishes (testdata names the page), as one of a mail of ours: AWS's
// examples have other tags, and those of notifications have none.
func published(t testing.TB, name string) object {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Detail object }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return ours(t, file.Detail, "VerifySet")
}

func ours(t testing.TB, detail object, set string) object {
	t.Helper()
	product, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(product.Sets, func(s template.ConfigurationSet) bool { return s.ID == set })
	detail["mail"].(object)["tags"] = object{
		"t": []any{tag().Seal(dataKey(t))}, "kind": []any{"verify"}, "ses:configuration-set": []any{product.Sets[i].Name}, "ses:source-ip": []any{"192.0.2.0"},
	}
	return detail
}

// put sets a member of the object at a path of members and, for the first of a list, "0"; nil removes it.
func put(detail object, value any, path ...string) object {
	at := detail
	for _, step := range path[:len(path)-1] {
		next := at[step]
		if all, ok := next.([]any); ok {
			next = all[0]
		}
		at = next.(object)
	}
	if last := path[len(path)-1]; value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return detail
}

package store_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestRequestsAreTheGoldens shows a change of an expression in review: one golden holds all that one
// step sends. go test ./shared/store -run Goldens -update writes them.
func TestRequestsAreTheGoldens(t *testing.T) {
	files := map[string]bool{}
	for name, request := range requests(t) {
		file := filepath.Join("testdata", step{name: name}.file()+".golden.json")
		files[file] = true
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false) // expressions are full of < and >
		e.SetIndent("", "  ")
		if err := e.Encode(readable(t, reflect.ValueOf(request))); err != nil {
			t.Fatal(err)
		}
		got := b.Bytes()
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s asks\n%s\nand its golden is\n%s", name, got, want)
		}
	}
	on, err := filepath.Glob("testdata/*.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range on {
		if !files[file] {
			t.Errorf("%s is the golden of no step", file)
		}
	}
}

// readable turns a request into what JSON shows well: no absent fields, attribute values by type, and a
// sealed value as what it seals.
func readable(t *testing.T, v reflect.Value) any {
	t.Helper()
	if !v.IsValid() || v.IsZero() {
		return nil
	}
	if av, ok := v.Interface().(types.AttributeValue); ok {
		return attribute(t, av)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return readable(t, v.Elem())
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				out[f.Name] = readable(t, v.Field(i))
			}
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			out[k.String()] = readable(t, v.MapIndex(k))
		}
		return out
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, readable(t, v.Index(i)))
		}
		return out
	}
	return v.Interface()
}

func attribute(t *testing.T, av types.AttributeValue) any {
	t.Helper()
	switch v := av.(type) {
	case *types.AttributeValueMemberS:
		return "S " + v.Value
	case *types.AttributeValueMemberN:
		return "N " + v.Value
	case *types.AttributeValueMemberB:
		return "B " + blobText(t, v.Value)
	case *types.AttributeValueMemberSS:
		return "SS " + strings.Join(v.Value, " ")
	case *types.AttributeValueMemberBS:
		var all []string
		for _, b := range v.Value {
			all = append(all, blobText(t, b))
		}
		return "BS " + strings.Join(all, " ")
	}
	t.Fatalf("a request carries a %T", av)
	return nil
}

// blobText is hex, or what a sealed value says and the place it is sealed for.
func blobText(t *testing.T, b []byte) string {
	t.Helper()
	d := dataKey(t)
	for _, p := range []token.Place{
		{Table: "accounts", Key: account.String(), Attribute: "addr"},
		{Table: "accounts", Key: account.String(), Attribute: "who"},
		{Table: "bindings", Key: "e#" + emailKey.String(), Attribute: "addr"},
	} {
		if plain, err := d.OpenAtRest(p, b); err == nil {
			return fmt.Sprintf("sealed for %s %s: %q", p.Table, p.Attribute, plain)
		}
	}
	if len(b) == 0 || len(b)%len(binding.AccountKey{}) != 0 {
		t.Errorf("a value of %d bytes is neither a key, nor several, nor sealed for its place", len(b))
	}
	return hex.EncodeToString(b)
}

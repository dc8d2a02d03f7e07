package page

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// TestEveryLanguageIsComplete walks over every field and every entry of every language: none is empty
// or missing, and each sentence names what the English one names.
func TestEveryLanguageIsComplete(t *testing.T) {
	seen := map[*words]bool{}
	for _, w := range languages {
		if !seen[w] {
			seen[w] = true
			compare(t, string(w.Lang), reflect.ValueOf(*english), reflect.ValueOf(*w))
		}
	}
	if len(seen) != len(langs) {
		t.Errorf("%d languages are registered, %d are tested", len(seen), len(langs))
	}
}

func compare(t *testing.T, path string, want, got reflect.Value) {
	t.Helper()
	switch got.Kind() {
	case reflect.Struct:
		for i := range got.NumField() {
			compare(t, path+"."+got.Type().Field(i).Name, want.Field(i), got.Field(i))
		}
	case reflect.Map:
		if got.Len() != want.Len() {
			t.Errorf("%s has %d entries, the English one %d", path, got.Len(), want.Len())
		}
		for _, key := range want.MapKeys() {
			if !got.MapIndex(key).IsValid() {
				t.Errorf("%s[%s] is missing", path, key)
				continue
			}
			compare(t, path+"["+key.String()+"]", want.MapIndex(key), got.MapIndex(key))
		}
	case reflect.String:
		if got.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
		if w, g := names(want.String()), names(got.String()); !slices.Equal(w, g) {
			t.Errorf("%s names %q, the English one %q", path, g, w)
		}
	case reflect.Func, reflect.Slice:
		if got.IsNil() {
			t.Errorf("%s is missing", path)
		}
	default:
		t.Errorf("%s: a %s is not looked at", path, got.Kind())
	}
}

// names gives the placeholders of a sentence, each once: the platform may be named more often in one
// language than in the other.
func names(s string) []string {
	all := placeholder.FindAllString(s, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestNoPlaceholderIsLeftOnAPage(t *testing.T) {
	eachPage(t, func(t *testing.T, _ Lang, _ string, page []byte) {
		for _, name := range []string{"{platform}", "{address}", "{ref}", "{time}", "{n}", "{wait}"} {
			if slices.Contains(placeholder.FindAllString(string(page), -1), name) {
				t.Errorf("%s is left", name)
			}
		}
	})
}

// Mails and pages are one family: the colours of the mails are those of the pages.
func TestMailsHaveTheColoursOfThePages(t *testing.T) {
	mails, err := os.ReadFile("../mail/html.templ")
	if err != nil {
		t.Fatal(err)
	}
	colours := regexp.MustCompile(`#[0-9a-f]{6}\b`).FindAllString(string(mails), -1)
	if len(colours) < 10 {
		t.Fatalf("only %d colours found", len(colours))
	}
	for _, colour := range colours {
		if !strings.Contains(style, colour) {
			t.Errorf("%s is no colour of the pages", colour)
		}
	}
}

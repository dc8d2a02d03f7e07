package httpapi

import (
	"maps"
	"net/url"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// Whatever is read: known fields alone, each once, valid UTF-8, the same again when written and read
// anew; what is refused leaves nothing behind.
func FuzzForm(f *testing.F) {
	for _, text := range strictly {
		f.Add(text, true)
	}
	for _, text := range []string{"token=a&decision=bind&check=1234", "token=a&token=b", "token=%zz", "token=%ff", "a;b", "&&&", "token=%E6%9D%8E"} {
		f.Add(text, false)
	}
	f.Add(`{"token":"a","decision":"bind","check":"1234"}`, true)
	f.Fuzz(func(t *testing.T, text string, isJSON bool) {
		kind := typeForm
		if isJSON {
			kind = typeJSON
		}
		got, err := form(kind, text, "")
		if err != nil {
			if got != nil {
				t.Fatalf("refused, and yet %v", got)
			}
			if _, outage := AsRefusal(err); outage {
				t.Fatalf("an outage: %v", err)
			}
			return
		}
		written := url.Values{}
		for name, v := range got {
			if !slices.Contains([]string{"token", "decision", "check"}, name) || !utf8.ValidString(v) {
				t.Fatalf("%q = %q", name, v)
			}
			written.Set(name, v)
		}
		again := written.Encode()
		if isJSON {
			b, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			again = string(b)
		}
		if len(again) > maxBody {
			return
		}
		if second, err := form(kind, again, ""); err != nil || !maps.Equal(got, second) {
			t.Fatalf("%v, written as %q, is read as %v, %v", got, again, second, err)
		}
	})
}

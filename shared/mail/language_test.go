package mail

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// TestEveryLanguageIsComplete walks over every field of every language: none is empty, and each
// sentence names what the English one names.
func TestEveryLanguageIsComplete(t *testing.T) {
	seen := map[*language]bool{}
	for _, l := range languages {
		if seen[l] {
			continue
		}
		seen[l] = true
		compare(t, l.Tag, reflect.ValueOf(*english), reflect.ValueOf(*l))
	}
	if len(seen) < 2 {
		t.Errorf("%d languages are registered", len(seen))
	}
}

func compare(t *testing.T, path string, want, got reflect.Value) {
	t.Helper()
	switch got.Kind() {
	case reflect.Struct:
		for i := range got.NumField() {
			compare(t, path+"."+got.Type().Field(i).Name, want.Field(i), got.Field(i))
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

// names gives the placeholders of a sentence, each once: a language may need one twice.
func names(s string) []string {
	all := placeholder.FindAllString(s, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestLocalesFindTheirLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"": "en", "en": "en", "en-GB": "en", "fr": "en", "fr-CH": "en", "*": "en", "x-klingon": "en", "zhx": "en", "-": "en", "--": "en",
		"zh": "zh-CN", "ZH": "zh-CN", "zh-CN": "zh-CN", "zh_CN": "zh-CN", "zh-Hans": "zh-CN", "zh-Hans-SG": "zh-CN",
		"zh-TW": "zh-CN", "zh-HK": "zh-CN", "zh-Hant": "zh-CN", "zh-Hant-MO": "zh-CN",
	} {
		if got := languageFor(tag).Tag; got != want {
			t.Errorf("locale %q is answered in %s, want %s", tag, got, want)
		}
	}
}

func TestALongerRangeWins(t *testing.T) {
	traditional := register(&language{Tag: "zh-TW", Serves: []string{"zh-hant"}})
	defer delete(languages, "zh-hant")
	if got := languageFor("zh-Hant-HK"); got != traditional {
		t.Errorf("zh-Hant-HK is answered in %s", got.Tag)
	}
	if got := languageFor("zh-Hans"); got != chinese {
		t.Errorf("zh-Hans is answered in %s", got.Tag)
	}
}

func TestNoPlaceholderIsLeftInAMail(t *testing.T) {
	for _, s := range samples {
		for _, locale := range locales {
			c, err := testWords.Render(s.letter(locale))
			if err != nil {
				t.Fatal(err)
			}
			for part, body := range map[string]string{"subject": c.Subject, "text": c.Text, "html": shownText(t, c.HTML)} {
				if left := placeholder.FindString(body); left != "" {
					t.Errorf("%s %s %s: %s is left", s.name, locale, part, left)
				}
			}
		}
	}
}

func TestBeijingTimeSaysSo(t *testing.T) {
	at := time.Date(2026, 12, 31, 17, 5, 0, 0, time.UTC)
	if got, want := chinese.Time(at), "2027年1月1日 01:05（北京时间）"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

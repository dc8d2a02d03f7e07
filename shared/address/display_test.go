package address

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestDisplayShowsULabelsOnlyWhereTheyAreWhatTheySeem(t *testing.T) {
	for given, want := range map[string]string{
		"Lena@Example.com":        "Lena@example.com",
		"a@xn--bcher-kva.example": "a@bücher.example",
		"a@BÜCHER.example":        "a@bücher.example",
		"a@łódź.pl":               "a@łódź.pl",
		"a@faß.de":                "a@faß.de",
		"jeff@臺網中心.tw":            "jeff@臺網中心.tw",
		"a@商城163.cn":              "a@商城163.cn",
		"a@例え.jp":                 "a@例え.jp",
		"a@スーパー.jp":               "a@スーパー.jp",
		"a@한국.kr":                 "a@한국.kr",
		"a@пример.рф":             "a@пример.рф",
		"a@москва.com":            "a@москва.com",
		"a@παράδειγμα.gr":         "a@παράδειγμα.gr",
		"a@mail.bücher.example":   "a@mail.bücher.example",
		"a@bücher.пример.рф":      "a@bücher.пример.рф",

		// Label by label.
		"a@xn--paypl-7ve.рф":       "a@xn--paypl-7ve.рф",
		"a@b\u00fccher.g\u043e.de": "a@bücher.xn--g-1tb.de",
	} {
		if got := mustParse(t, given).Display(); got != want {
			t.Errorf("Display of %+q = %+q, want %+q", given, got, want)
		}
	}
}

func TestDisplayShowsALabelsWhereALabelMayBeTakenForAnother(t *testing.T) {
	for _, given := range []string{
		// Two scripts in a label.
		"a@payp\u0430l.com",
		"a@\u0440aypal.com",
		"a@m\u03bfzilla.com",
		"a@qq商城.com",
		"a@bücher\u0430.example",
		// One script, all of it in disguise: apple, 163, ρο in Greek, o and 0 in Han and kana.
		"a@\u0430\u0440\u0440\u04cf\u0435.com",
		"a@1\u0431\u0437.com",
		"a@\u03c1\u03bf.com",
		"a@\u30ed\u30ed.com",
		"a@1\u4e00.com",
		// A letter that passes for another.
		"a@g\u0131thub.com",
		"a@\u0251pple.com",
		// A large provider's name with an accent or a stroke.
		"a@gmaíl.com",
		"a@yahoø.com",
		"a@ġmaił.com",
		// From right to left, or not studied.
		"a@دوگمه.com",
		"a@ตัวอย่าง.th",
	} {
		a := mustParse(t, given)
		if got := a.Display(); got != a.String() || !strings.Contains(got, "@xn--") {
			t.Errorf("Display of %+q = %+q, want %q", given, got, a)
		}
	}
}

func TestMaskedTellsTheOwnerAndNobodyElse(t *testing.T) {
	for given, want := range map[string]string{
		"lena@example.com":              "l•••@e•••.com",
		"Lena.Meyer+shop@example.co.uk": "L•••@e•••.uk",
		"lena@mail.meyer.de":            "l•••@m•••.de",
		"lena@gmail.com":                "l•••@gmail.com",
		"10001@qq.com":                  "1•••@qq.com",
		"lena@yahoo.co.jp":              "l•••@yahoo.co.jp",
		"le@gmail.com":                  "•••@gmail.com",
		"l@x.cn":                        "•••@•••.cn",
		"len@ab.cn":                     "l•••@•••.cn",
		"lena@abc.cn":                   "l•••@a•••.cn",
		"jeff@臺網中心.tw":                  "j•••@臺•••.tw",
		"jeff@臺網.tw":                    "j•••@•••.tw",
		"lena@пример.рф":                "l•••@п•••.рф",
		"lena@payp\u0430l.com":          "l•••@x•••.com",
		"-x-@example.com":               "-•••@e•••.com",
	} {
		if got := mustParse(t, given).Masked(); got != want {
			t.Errorf("Masked of %+q = %q, want %q", given, got, want)
		}
	}
}

// Two addresses that share their first letters have one mask: it tells neither length nor ending.
func TestMaskedDoesNotTellTheLength(t *testing.T) {
	want := mustParse(t, "len@abc.de").Masked()
	for n := 3; n <= 63; n++ {
		a := mustParse(t, "l"+strings.Repeat("x", n-1)+"@a"+strings.Repeat("y", n-1)+".de")
		if got := a.Masked(); got != want {
			t.Errorf("%s is masked as %s, not as %s", a, got, want)
		}
	}
}

func TestKeysPrintAsBase64URL(t *testing.T) {
	k := [16]byte{0xfb, 0xff, 0xfe}
	if got := EmailKey(k).String(); got != "-__-AAAAAAAAAAAAAAAAAA" {
		t.Error(got)
	}
	if got := fmt.Sprint(InboxKey(k)); got != "-__-AAAAAAAAAAAAAAAAAA" {
		t.Error(got)
	}
}

func TestAddressesDoNotReachLogs(t *testing.T) {
	a := mustParse(t, "canary@example.com")
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("sent", "to", a, slog.Group("g", "to", a))
	}
	raw, err := json.Marshal(struct{ To Address }{a})
	if err != nil {
		t.Fatal(err)
	}
	if out.Write(raw); strings.Contains(out.String(), "canary") {
		t.Errorf("the address is in %s", out.String())
	}
	if !strings.Contains(out.String(), "[address]") {
		t.Errorf("nothing was logged: %s", out.String())
	}
}

func TestRefusalsDoNotHoldTheText(t *testing.T) {
	for _, l := range allLines(readCorpus(t, "reject.txt")) {
		_, err := Parse("canary" + l.fields[0])
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "canary") {
			t.Errorf("%s: the error is %v", l.at, err)
		}
	}
}

package httpapi

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"

	"mailbind/shared/binding"
)

// What two readers of one body could read differently is no JSON here.
var strictly = map[string]string{
	"duplicate name":         `{"email":"a@example.net","email":"b@example.net"}`,
	"duplicate, escaped":     `{"email":"a@example.net","\u0065mail":"b@example.net"}`,
	"case variant":           `{"EMAIL":"a@example.net"}`,
	"case variant beside":    `{"email":"a@example.net","Email":"b@example.net"}`,
	"unknown name":           `{"email":"a@example.net","mail":"b@example.net"}`,
	"trailing object":        `{"email":"a@example.net"}{"email":"b@example.net"}`,
	"trailing text":          `{"email":"a@example.net"} x`,
	"invalid UTF-8":          "{\"email\":\"a\xff@example.net\"}",
	"invalid UTF-8 in name":  "{\"email\":\"a@example.net\",\"x\xff\":1}",
	"lone high surrogate":    `{"email":"\ud800@example.net"}`,
	"lone low surrogate":     `{"email":"\udc00@example.net"}`,
	"null":                   `null`,
	"null member":            `{"email":null}`,
	"null beside":            `{"email":"a@example.net","accept_as_typed":null}`,
	"array":                  `[{"email":"a@example.net"}]`,
	"array member":           `{"email":["a@example.net"]}`,
	"object member":          `{"email":{"email":"a@example.net"}}`,
	"number":                 `{"email":1}`,
	"number for truth":       `{"email":"a@example.net","accept_as_typed":1}`,
	"text for truth":         `{"email":"a@example.net","accept_as_typed":"true"}`,
	"scalar":                 `"email"`,
	"nothing":                ``,
	"spaces":                 " \n",
	"cut off":                `{"email":"a@example.net"`,
	"trailing comma":         `{"email":"a@example.net",}`,
	"comment":                `{"email":"a@example.net"/**/}`,
	"byte order mark":        "\ufeff" + `{"email":"a@example.net"}`,
	"deep nesting":           strings.Repeat("[", maxBody),
	"deep nesting of a name": `{"email":` + strings.Repeat(`{"a":`, 800),
	"nesting that is closed": `{"x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`,
	"control character":      "{\"email\":\"a\n@example.net\"}",
}

func TestJSONIsReadStrictly(t *testing.T) {
	for name, text := range strictly {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, route := range []string{"POST /v1/binding", "POST /v1/binding/verify", "POST /v1/binding/resend"} {
				if route == "POST /v1/binding/resend" && text == "" {
					continue // nothing is its body
				}
				r := w.call("u-1", route, text)
				if b := problemOf(t, r); r.StatusCode != 400 || b.Type != "/problems/malformed" || b.Reason != "json" {
					t.Errorf("%s: %d %s", route, r.StatusCode, r.Body)
				}
			}
			if c := w.claim("u-1"); c.State != binding.None {
				t.Errorf("the account is %s", c.State)
			}
		})
	}
	w := newWorld(t)
	if r := w.call("u-1", "POST /v1/binding", " {\"email\" : \"a\\u0062@example.net\"}\n"); r.StatusCode != 202 || w.claim("u-1").Address.String() != "ab@example.net" {
		t.Errorf("plain JSON: %d %s", r.StatusCode, r.Body)
	}
}

func TestContentTypes(t *testing.T) {
	for kind, ok := range map[string]bool{
		"application/json": true, "Application/JSON": true, "application/json; charset=utf-8": true, " application/json ": true,
		"": false, "text/plain": false, "text/json": false, "application/json-seq": false, "application/problem+json": false,
		"application/x-www-form-urlencoded": false, "multipart/form-data": false, "text/plain;application/json": false,
	} {
		w := newWorld(t)
		e := event("u-1", "POST /v1/binding", `{"email":"a@example.net"}`)
		e.Headers["content-type"] = kind
		r := w.send(e)
		if ok && r.StatusCode != 202 || !ok && problemOf(t, r).Type != "/problems/unsupported-media" {
			t.Errorf("%q: %d %s", kind, r.StatusCode, r.Body)
		}
	}
}

// 4096 bytes are read, one more is not, however it is written down.
func TestBodies(t *testing.T) {
	padded := func(size int) string {
		text := `{"email":"a@example.net"}`
		return text + strings.Repeat(" ", size-len(text))
	}
	std := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		body    string
		encoded bool
		status  int
		reason  string
	}{
		"largest":                 {padded(4096), false, 202, ""},
		"one byte more":           {padded(4097), false, 413, ""},
		"five million":            {strings.Repeat("[", 5_000_000), false, 413, ""},
		"encoded":                 {std([]byte(padded(30))), true, 202, ""},
		"largest encoded":         {std([]byte(padded(4096))), true, 202, ""},
		"encoded, one byte more":  {std([]byte(padded(4097))), true, 413, ""},
		"encoded, two bytes more": {std([]byte(padded(4098))), true, 413, ""},
		"encoded, far too long":   {std([]byte(padded(9000))), true, 413, ""},
		"not base64":              {`{"email":"a@example.net"}`, true, 400, "body"},
		"base64url":               {"_-__", true, 400, "body"},
		"base64 cut off":          {std([]byte(padded(31)))[:9], true, 400, "body"},
		"base64 of nothing":       {"", true, 400, "json"},
		"encoded but not marked":  {std([]byte(padded(30))), false, 400, "json"},
		"gzip":                    {"\x1f\x8b\x08\x00", false, 400, "json"},
	} {
		w := newWorld(t)
		e := event("u-1", "POST /v1/binding", c.body)
		e.IsBase64Encoded = c.encoded
		r := w.send(e)
		if r.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		} else if c.status >= 400 && problemOf(t, r).Reason != c.reason {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
}

// Operations without a body do not look at one.
func TestStatusReadsNoBody(t *testing.T) {
	w := newWorld(t)
	e := event("u-1", "GET /v1/binding", "%%%")
	e.IsBase64Encoded = true
	if r := w.send(e); r.StatusCode != 200 {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

func TestResendTakesNothingOrAnEmptyObject(t *testing.T) {
	for text, want := range map[string]int{"": 202, "{}": 202, " { } ": 202, `{"a":1}`: 400, "[]": 400, `""`: 400} {
		w := newWorld(t)
		w.bind("u-1", "a@example.net", 0)
		if r := w.call("u-1", "POST /v1/binding/resend", text); r.StatusCode != want {
			t.Errorf("%q: %d %s", text, r.StatusCode, r.Body)
		}
	}
	w := newWorld(t)
	w.bind("u-1", "a@example.net", 0)
	e := event("u-1", "POST /v1/binding/resend", "")
	e.Headers = nil
	if r := w.send(e); r.StatusCode != 202 {
		t.Errorf("no body and no content type: %d %s", r.StatusCode, r.Body)
	}
}

func TestVerifyTakesExactlyOneProof(t *testing.T) {
	for text, reason := range map[string]string{
		`{}`: "code-or-token", `{"code":"","token":""}`: "code-or-token", `{"code":"ABCDEFGH","token":"x"}`: "code-or-token", `{"code":"short"}`: "code",
	} {
		w := newWorld(t)
		w.bind("u-1", "a@example.net", 0)
		r := w.call("u-1", "POST /v1/binding/verify", text)
		if b := problemOf(t, r); r.StatusCode != 400 || b.Reason != reason || w.claim("u-1").Tries != 0 {
			t.Errorf("%s: %d %s, %d tries", text, r.StatusCode, r.Body, w.claim("u-1").Tries)
		}
	}
}

// form reads one body of a public route.
func form(kind, body, site string) (map[string]string, error) {
	e := &Event{Body: body, Headers: map[string]string{"content-type": kind, "sec-fetch-site": site}}
	r := &Request{event: e, contentType: e.contentType()}
	return r.Form("token", "decision", "check")
}

func TestFormsAreReadStrictly(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"token=a&decision=bind&check=1234":     {"token": "a", "decision": "bind", "check": "1234"},
		"token=%E6%9D%8E+x&decision=":          {"token": "李 x", "decision": ""},
		"token":                                {"token": ""},
		"":                                     {},
		"token=a&token=b":                      nil,
		"token=a&%74oken=b":                    nil,
		"token=a&TOKEN=b":                      nil,
		"token=a&other=b":                      nil,
		"token=a&=b":                           nil,
		"token=%zz":                            nil,
		"token=%":                              nil,
		"token=%ff":                            nil,
		"token=a;decision=bind":                nil,
		"tok%ffen=a":                           nil,
		strings.Repeat("a&", 1000) + "token=a": nil,
		"{\"token\":\"a\",\"decision\":\"bind\"}":           nil,
		"token=a&decision=bind&check=1&check=2&check=3":     nil,
		"token=a\r\n&decision=bind":                         {"token": "a\r\n", "decision": "bind"},
		"decision=bind&token=a%26decision%3Ddeny&check=%20": {"token": "a&decision=deny", "decision": "bind", "check": " "},
	} {
		got, err := form("application/x-www-form-urlencoded; charset=UTF-8", text, "same-origin")
		refused, _ := AsRefusal(err)
		if want == nil && (err == nil || refused.Reason != binding.ErrMalformed || refused.Detail != "form" || got != nil) {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
		if want != nil && (err != nil || !maps.Equal(got, want)) {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
}

func TestPublicRoutesTakeJSONAsStrictly(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"token":"a","decision":"bind"}`: true, `{}`: true,
		`{"token":"a","token":"b"}`: false, `{"Token":"a"}`: false, `{"other":"a"}`: false, `{"token":1}`: false, `{"token":null}`: false,
		`null`: false, `["token"]`: false, `{"token":"a"} {}`: false, `{"token":["a"]}`: false, `{"token":"\ud800"}`: false, ``: false,
	} {
		got, err := form("application/json", text, "cross-site") // where JSON comes from is the browser's own check
		refused, _ := AsRefusal(err)
		if ok != (err == nil) || !ok && (refused.Reason != binding.ErrMalformed || refused.Detail != "json" || got != nil) {
			t.Errorf("%s is read as %v, %v", text, got, err)
		}
	}
	for _, kind := range []string{"", "text/plain", "multipart/form-data; boundary=x"} {
		if _, err := form(kind, "token=a", "none"); err == nil || err.Error() != string(ErrUnsupportedMedia) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// A form of another site is refused; one of a browser that does not say where it comes from is taken.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	for site, ok := range map[string]bool{
		"": true, "none": true, "same-origin": true, "same-site": false, "cross-site": false, "Same-Origin": false, "same-origin,cross-site": false, "new": false,
	} {
		_, err := form(typeForm, "token=a", site)
		if refused, _ := AsRefusal(err); ok != (err == nil) || !ok && refused.Reason != ErrCrossSite {
			t.Errorf("%q: %v", site, err)
		}
	}
}

func TestQueryGivesOneReadableValue(t *testing.T) {
	for query, want := range map[string]string{
		"t=a": "a", "x=1&t=a": "a", "t=%61": "a", "": "", "t": "", "t=a&t=b": "", "t=%zz": "", "T=a": "", "t=a;t=b": "",
	} {
		r := &Request{event: &Event{RawQueryString: query}}
		if got := r.Query("t"); got != want {
			t.Errorf("%q: %q", query, got)
		}
	}
}

func TestPeopleGetPagesAndProgramsGetJSON(t *testing.T) {
	for _, c := range []struct {
		kind, accept string
		html         bool
	}{
		{typeForm, "application/json", false}, {typeForm, "*/*", true}, {typeForm, "text/html,application/xml;q=0.9,*/*;q=0.8", true}, {typeForm, "", true},
		{"", "text/html,*/*;q=0.8", true}, {"", "", true}, {"", "application/json", false},
		{typeJSON, "text/html", false}, {"text/plain", "text/html", false},
	} {
		e := &Event{Headers: map[string]string{"accept": c.accept}}
		if got := (&Request{event: e, contentType: c.kind}).WantsHTML(); got != c.html {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A browser that is too old to say from which site a form comes names its page's origin, most of them.
func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	const ours = "https://id.example.com"
	for _, c := range []struct {
		site, origin string
		taken        bool
	}{
		{"same-origin", ours, true}, {"same-origin", "null", true}, {"none", "", true}, {"cross-site", ours, false}, {"same-site", "", false}, {"Same-Origin", ours, false},
		{"", "", true}, {"", ours, true}, {"", "null", true}, {"", "https://evil.example", false}, {"", "https://id.example.com.evil.example", false}, {"", "http://id.example.com", false},
	} {
		e := &Event{Body: "token=a", Headers: map[string]string{"content-type": typeForm, "sec-fetch-site": c.site, "origin": c.origin}}
		for _, origin := range []string{ours, ""} { // a route that knows no origin judges none
			r := &Request{event: e, contentType: e.contentType(), origin: origin}
			_, err := r.Form("token")
			refused, _ := AsRefusal(err)
			if taken := err == nil; taken != (c.taken || origin == "" && c.site == "") || !taken && refused.Reason != ErrCrossSite {
				t.Errorf("%+v with %q: %v", c, origin, err)
			}
		}
	}
}

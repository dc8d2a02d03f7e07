package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := range n.ChildNodes() {
		walk(c, f)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func elements(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	walk(doc, func(n *html.Node) {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	})
	return all
}

var void = map[string]bool{"meta": true, "input": true, "br": true, "link": true, "img": true, "hr": true}

// html.Parse mends everything, so tags are matched by hand.
func TestEveryElementIsClosedInOrder(t *testing.T) {
	eachPage(t, func(t *testing.T, _ Lang, _ string, page []byte) {
		z := html.NewTokenizer(bytes.NewReader(page))
		var open []string
		for {
			switch z.Next() {
			case html.ErrorToken:
				if z.Err() != io.EOF || len(open) != 0 {
					t.Errorf("%v, still open: %v", z.Err(), open)
				}
				return
			case html.StartTagToken:
				if name, _ := z.TagName(); !void[string(name)] {
					open = append(open, string(name))
				}
			case html.EndTagToken:
				name, _ := z.TagName()
				if len(open) == 0 || open[len(open)-1] != string(name) {
					t.Fatalf("</%s> closes %v", name, open)
				}
				open = open[:len(open)-1]
			}
		}
	})
}

// What the CSP would block must not be there, and what it would not block must be ours.
func TestNothingThatTheCSPBlocksAndNothingFromElsewhere(t *testing.T) {
	taken := map[string][]string{
		"html": {"lang", "dir"}, "head": nil, "meta": {"charset", "name", "content"}, "title": nil, "style": nil, "body": nil,
		"header": nil, "main": nil, "footer": nil, "h1": nil, "p": {"class", "id", "role", "hidden"}, "dl": {"translate"}, "dt": nil, "dd": nil, "bdi": nil, "span": {"class"}, "br": nil,
		"h2": nil, "ul": nil, "li": nil, "div": {"class", "id", "role"}, "script": nil,
		"a": {"href", "rel"}, "form": {"method", "action", "class", "novalidate"}, "label": {"for"}, "button": {"type", "class"},
		"input": {"id", "class", "name", "type", "value", "inputmode", "autocomplete", "autocapitalize", "spellcheck", "pattern", "maxlength", "required", "readonly",
			"title", "aria-describedby", "aria-invalid", "aria-controls", "autofocus"},
	}
	links := []string{testSite.Support, "/deny?t=" + testToken, "/verify?t=" + testToken, "/recover"}
	eachPage(t, func(t *testing.T, l Lang, name string, page []byte) {
		csp := headersOf(l, name)["Content-Security-Policy"]
		for _, n := range elements(t, page) {
			attributes, ok := taken[n.Data]
			if !ok {
				t.Errorf("holds <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("<%s %s>", n.Data, a.Key)
				}
			}
			switch n.Data {
			case "a":
				if href := attr(n, "href"); !slices.Contains(links, href) {
					t.Errorf("links to %s", href)
				} else if href == testSite.Support && attr(n, "rel") != "noreferrer" {
					t.Error("the support link sends a referrer")
				}
			case "form":
				allowed := "'self'"
				if origin, path, ok := strings.Cut(attr(n, "action"), testOrigin); ok && origin == "" && strings.HasPrefix(path, "/") {
					allowed = testOrigin
				}
				if attr(n, "method") != "post" || !strings.Contains(csp, "form-action "+allowed+";") {
					t.Errorf("form %s %s under %s", attr(n, "method"), attr(n, "action"), csp)
				}
			case "style", "script":
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				source := n.Data + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"
				if !strings.Contains(csp, source) {
					t.Errorf("%s is not in %s", source, csp)
				}
			}
		}
		if rest := strings.NewReplacer(testSite.Support, "", `action="`+testReturn+`"`, "").Replace(string(page)); strings.Contains(rest, "://") || strings.Contains(rest, "url(") {
			t.Error("names a URL that is not ours")
		}
	})
}

// What a form posts is told name by name: the server refuses what it does not know.
func TestFormsPostExactlyThis(t *testing.T) {
	verify := func(fields string) []string { return []string{"/verify token=" + testToken + " decision=" + fields} }
	want := map[string][]string{
		"confirm": verify("bind check="), "confirm-mismatch": verify("bind check="), "confirm-last": verify("bind check="),
		"confirm-worst": verify("bind check="), "confirm-letters": verify("bind check="),
		"deny": verify("deny"), "denied": verify("undo"), "disputed": verify("undo"),
	}
	maps.Copy(want, recoveryForms())
	eachPage(t, func(t *testing.T, _ Lang, name string, page []byte) {
		var forms []string
		for _, n := range elements(t, page) {
			switch {
			case n.Data == "form":
				forms = append(forms, attr(n, "action"))
			case n.Data == "input" && attr(n, "name") != "":
				forms[len(forms)-1] += " " + attr(n, "name") + "=" + attr(n, "value")
			}
		}
		if !slices.Equal(forms, want[name]) {
			t.Errorf("forms %q, want %q", forms, want[name])
		}
	})
}

func TestFieldsHaveLabelsAndIdsAreUnique(t *testing.T) {
	eachPage(t, func(t *testing.T, _ Lang, _ string, page []byte) {
		ids, labels := map[string]int{}, map[string]string{}
		for _, n := range elements(t, page) {
			if id := attr(n, "id"); id != "" {
				ids[id]++
			}
			if n.Data == "label" {
				labels[attr(n, "for")] = n.FirstChild.Data
			}
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("id %s stands %d times", id, n)
			}
		}
		for _, n := range elements(t, page) {
			if n.Data != "input" || attr(n, "type") == "hidden" {
				continue
			}
			if labels[attr(n, "id")] == "" {
				t.Errorf("field %s has no label", attr(n, "id"))
			}
			for _, id := range strings.Fields(attr(n, "aria-describedby")) {
				if ids[id] != 1 {
					t.Errorf("field %s is described by %s, which is not there", attr(n, "id"), id)
				}
			}
			checkKind(t, n)
		}
	})
}

// checkKind holds what browsers, keyboards and password managers go by.
func checkKind(t *testing.T, n *html.Node) {
	t.Helper()
	want := map[string]map[string]string{
		"check": {"type": "text", "inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{4}", "maxlength": "4"},
		"email": {"type": "email", "inputmode": "email", "autocomplete": "username", "maxlength": "254", "pattern": ""},
		"code": {"type": "text", "inputmode": "text", "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false",
			"maxlength": "", "pattern": ""},
		"password": {"type": "password", "autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false",
			"maxlength": "", "pattern": "", "value": ""},
		"": {"type": "checkbox", "autocomplete": "off", "aria-controls": "password"},
	}[attr(n, "name")]
	if attr(n, "name") == "" && attr(n, "id") == "email" {
		want = map[string]string{"type": "email", "autocomplete": "username", "value": testAddress}
		if !has(n, "readonly") {
			t.Error("a user name that is not posted can be changed")
		}
	}
	if want == nil {
		t.Fatalf("a field %s", attr(n, "name"))
	}
	for key, value := range want {
		if attr(n, key) != value {
			t.Errorf("field %s has %s=%q, want %q", attr(n, "id"), key, attr(n, key), value)
		}
	}
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// The focus goes to what has to be mended, is announced with it, and is left alone on a first visit.
func TestFocusIsTakenOnlyForAnError(t *testing.T) {
	eachPage(t, func(t *testing.T, _ Lang, name string, page []byte) {
		alerts, focused := map[string]bool{}, 0
		for _, n := range elements(t, page) {
			if attr(n, "role") == "alert" {
				alerts[attr(n, "id")] = true
			}
		}
		for _, n := range elements(t, page) {
			if first, _, _ := strings.Cut(attr(n, "aria-describedby"), " "); has(n, "aria-invalid") && !alerts[first] {
				t.Errorf("field %s is invalid, and %q does not say why", attr(n, "id"), first)
			}
			if !has(n, "autofocus") {
				continue
			}
			focused++
			if !has(n, "aria-invalid") {
				t.Errorf("field %s takes the focus for nothing", attr(n, "id"))
			}
		}
		if focused > 1 || len(alerts) > 1 || focused > len(alerts) {
			t.Errorf("%d fields take the focus, %d alerts", focused, len(alerts))
		}
	})
}

func TestTitlesHoldNothingOfAPerson(t *testing.T) {
	eachPage(t, func(t *testing.T, l Lang, _ string, page []byte) {
		titles, headings := 0, 0
		for _, n := range elements(t, page) {
			switch n.Data {
			case "title":
				titles++
				for _, secret := range []string{testToken[:12], testGrant[:12], testAddress, testLabel, "7QK2"} {
					if strings.Contains(n.FirstChild.Data, secret) {
						t.Errorf("title %q", n.FirstChild.Data)
					}
				}
			case "h1":
				headings++
			case "html":
				if attr(n, "lang") != string(l) {
					t.Errorf("lang is %q", attr(n, "lang"))
				}
			}
		}
		if titles != 1 || headings != 1 {
			t.Errorf("%d titles, %d headings", titles, headings)
		}
	})
}

// Address and label come out of a sealed token, and are text all the same.
func TestWhatIsShownStaysText(t *testing.T) {
	const evil = `"><script>alert(1)</script><a href="https://evil.example">{platform}`
	v := ConfirmView{Token: evil, Label: evil, Ref: evil, Address: evil, Expires: testConfirm.Expires, Mismatch: true, TriesLeft: 1}
	for name, page := range map[string][]byte{
		"ask":      testSite.Ask(English, AskView{Email: evil, Problem: evil}),
		"asked":    testSite.Asked(English, AskedView{Email: evil, Refused: true}),
		"reset":    testSite.Reset(English, ResetView{Token: evil, Email: evil, Reasons: []string{evil, "personal"}}),
		"host":     testSite.Reset(English, ResetView{Token: evil, Email: evil, Host: true}),
		"password": testSite.NewPassword(English, NewPasswordView{Grant: evil, Email: evil, Reasons: []string{evil}}),
		"return":   testSite.Return(English, ReturnView{URL: testReturn, Grant: evil}),
		"recovery": testSite.RecoveryRefused(English, evil, 0),

		"confirm": testSite.Confirm(English, v),
		"deny":    testSite.Deny(English, DenyView{Token: evil, Label: evil, Ref: evil, Address: evil}),
		"denied":  testSite.Denied(English, DeniedView{Token: evil, Address: evil, Undo: true}),
		"refused": testSite.Refused(English, evil, RefusedView{Token: evil}),
		"expired": testSite.Refused(English, "expired", RefusedView{Token: evil}),
	} {
		for _, n := range elements(t, page) {
			if n.Data == "script" && n.FirstChild.Data != script || n.Data == "a" && strings.Contains(attr(n, "href"), "://") && attr(n, "href") != testSite.Support {
				t.Errorf("%s: <%s %s>", name, n.Data, attr(n, "href"))
			}
		}
	}
}

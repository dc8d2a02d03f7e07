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
		"header": nil, "main": nil, "footer": nil, "h1": nil, "p": {"class", "id", "role"}, "dl": {"translate"}, "dt": nil, "dd": nil, "bdi": nil, "span": {"class"}, "br": nil,
		"a": {"href", "rel"}, "form": {"method", "action", "class"}, "label": {"for"}, "button": {"type", "class"},
		"input": {"id", "name", "type", "value", "inputmode", "autocomplete", "pattern", "maxlength", "required", "title", "aria-describedby", "aria-invalid", "autofocus"},
	}
	eachPage(t, func(t *testing.T, _ Lang, _ string, page []byte) {
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
				if href := attr(n, "href"); href != testSite.Support && href != "/deny?t="+testToken && href != "/verify?t="+testToken {
					t.Errorf("links to %s", href)
				} else if href == testSite.Support && attr(n, "rel") != "noreferrer" {
					t.Error("the support link sends a referrer")
				}
			case "form":
				if attr(n, "action") != "/verify" || attr(n, "method") != "post" {
					t.Errorf("form %s %s", attr(n, "method"), attr(n, "action"))
				}
			case "style":
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				source := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
				if csp := Headers(English)["Content-Security-Policy"]; !strings.Contains(csp, "style-src "+source+";") {
					t.Errorf("style %s is not in %s", source, csp)
				}
			}
		}
		if rest := strings.ReplaceAll(string(page), testSite.Support, ""); strings.Contains(rest, "://") || strings.Contains(rest, "url(") {
			t.Error("names a URL that is not ours")
		}
	})
}

func TestFormsSayWhatTheyDecide(t *testing.T) {
	want := map[string][]string{
		"confirm": {"bind"}, "confirm-mismatch": {"bind"}, "confirm-last": {"bind"}, "confirm-worst": {"bind"}, "confirm-letters": {"bind"},
		"deny": {"deny"}, "denied": {"undo"}, "disputed": {"undo"},
	}
	eachPage(t, func(t *testing.T, _ Lang, name string, page []byte) {
		fields := map[string][]string{}
		for _, n := range elements(t, page) {
			if n.Data == "input" {
				fields[attr(n, "name")] = append(fields[attr(n, "name")], attr(n, "value"))
			}
		}
		expected := map[string][]string{}
		if decision := want[name]; decision != nil {
			expected["decision"], expected["token"] = decision, []string{testToken}
			if decision[0] == "bind" {
				expected["check"] = []string{""}
			}
		}
		if !maps.EqualFunc(fields, expected, slices.Equal) {
			t.Errorf("fields %v, want %v", fields, expected)
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
				t.Errorf("field %s has no label", attr(n, "name"))
			}
			for _, id := range strings.Fields(attr(n, "aria-describedby")) {
				if ids[id] != 1 {
					t.Errorf("field %s is described by %s, which is not there", attr(n, "name"), id)
				}
			}
			if attr(n, "inputmode") != "numeric" || attr(n, "autocomplete") != "off" || attr(n, "pattern") != "[0-9]{4}" {
				t.Errorf("field %s is not one for four digits", attr(n, "name"))
			}
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
				for _, secret := range []string{testToken[:12], testAddress, testLabel, "7QK2"} {
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
		"confirm": testSite.Confirm(English, v),
		"deny":    testSite.Deny(English, DenyView{Token: evil, Label: evil, Ref: evil, Address: evil}),
		"denied":  testSite.Denied(English, DeniedView{Token: evil, Address: evil, Undo: true}),
		"refused": testSite.Refused(English, evil, RefusedView{Token: evil}),
		"expired": testSite.Refused(English, "expired", RefusedView{Token: evil}),
	} {
		for _, n := range elements(t, page) {
			if n.Data == "script" || n.Data == "a" && strings.Contains(attr(n, "href"), "://") && attr(n, "href") != testSite.Support {
				t.Errorf("%s: <%s %s>", name, n.Data, attr(n, "href"))
			}
		}
	}
}

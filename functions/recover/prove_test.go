package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/httpapi/apitest"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

const passwordField, codeField = `name="password"`, `name="code"`

// grantIn is the grant of an answer in JSON.
func grantIn(w *world, r httpapi.Response) (grant, returnURL string) {
	w.Helper()
	var b map[string]string
	if err := json.Unmarshal([]byte(r.Body), &b); err != nil || r.StatusCode != 200 || b["state"] != "proven" || b["grant"] == "" {
		w.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	at, err := time.Parse(time.RFC3339, b["expires_at"])
	if left := time.Until(at); err != nil || left > recovery.GrantLife || left < recovery.GrantLife-10*time.Second || !strings.HasSuffix(b["expires_at"], "Z") || strings.Contains(b["expires_at"], ".") {
		w.Errorf("it ends at %q", b["expires_at"])
	}
	return b["grant"], b["return_url"]
}

// field is the value of a hidden field of a page.
func field(w *world, r httpapi.Response, name string) string {
	w.Helper()
	_, rest, found := strings.Cut(r.Body, `type="hidden" name="`+name+`" value="`)
	value, _, closed := strings.Cut(rest, `"`)
	if !found || !closed {
		w.Fatalf("no field %s:\n%s", name, r.Body)
	}
	return value
}

// A right code gives a grant, again if it is typed again; the mail's link gives one too.
func TestCodeAndLinkGiveAGrant(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *world{"managed": newWorld, "host": newHost} {
		w := make(t)
		w.bound("u-1", mine)
		l := w.mailed(mine)
		for what, f := range map[string]fields{
			"code": {"email": mine, "code": l.Code}, "code as typed": {"email": "SELLER@Mail.Example.Net", "code": " " + strings.ToLower(strings.ReplaceAll(l.Code, "-", " "))},
			"token": {"email": mine, "token": l.Token},
		} {
			grant, back := grantIn(w, w.json(proveRoute, f))
			if grant == l.Token || (back == returnURL) != (name == "host") || name == "managed" && back != "" {
				t.Errorf("%s, %s: return_url %q", name, what, back)
			}
		}
	}
}

func TestAProofByFormAsksForTheNewPassword(t *testing.T) {
	w := newWorld(t)
	w.bound("u-1", mine)
	l := w.mailed(mine)
	for _, f := range []fields{{"email": mine, "code": l.Code}, {"email": mine, "token": l.Token}} {
		r := w.post(proveRoute, f)
		apitest.Holds(w, r, 200, passwordField, `action="/v1/recovery/password"`, `value="`+mine+`"`)
		apitest.Headed(w, r, page.HeadersForPassword(page.English))
		if g := field(w, r, "grant"); g == "" || g == l.Token {
			t.Errorf("the grant is %q", g)
		}
		apitest.Lacks(w, r, l.Token, l.Code)
	}
}

// Where the platform keeps the passwords, its page gets the grant by one button, and the policy lets it go nowhere else.
func TestAProofByFormLeadsBackToTheHost(t *testing.T) {
	w := newHost(t)
	w.bound("u-1", mine)
	l := w.mailed(mine)
	for _, f := range []fields{{"email": mine, "code": l.Code}, {"email": mine, "token": l.Token}} {
		r := w.post(proveRoute, f)
		apitest.Holds(w, r, 200, `action="`+returnURL+`"`, `name="grant"`)
		apitest.Headed(w, r, page.HeadersReturning(page.English, "https://shop.example.com"))
		apitest.Lacks(w, r, passwordField, l.Token, l.Code, mine)
		field(w, r, "grant")
	}
}

func TestAWrongCodeLeavesThePersonAtTheForm(t *testing.T) {
	w := newWorld(t)
	w.bound("u-1", mine)
	l := w.mailed(mine)
	for n := range binding.TriesPerCode {
		r := w.post(proveRoute, fields{"email": mine, "code": wrong(l)})
		apitest.Holds(w, r, 422, codeField, `name="email" value="`+mine+`"`, "This code was not taken")
		apitest.Headed(w, r, page.Headers(page.English))
		if c := w.challenge(mine); c.Tries != n+1 {
			t.Errorf("%d tries after %d", c.Tries, n+1)
		}
	}
	// Then the right one is refused in the same words, and the link of the same mail goes on.
	apitest.Holds(w, w.post(proveRoute, fields{"email": mine, "code": l.Code}), 422, codeField, "This code was not taken")
	apitest.Holds(w, w.post(proveRoute, fields{"email": mine, "token": l.Token}), 200, passwordField)
}

func TestWhatIsNoCodeCostsNoTry(t *testing.T) {
	w := newWorld(t)
	w.bound("u-1", mine)
	w.mailed(mine)
	for _, code := range []string{"", "12", "ABCD-EFG", "UUUU-UUUU", "李"} {
		r := w.post(proveRoute, fields{"email": mine, "code": code})
		apitest.Holds(w, r, 400, codeField, `name="email" value="`+mine+`"`)
		apitest.Lacks(w, r, "This code was not taken")
	}
	if c := w.challenge(mine); c.Tries != 0 {
		t.Errorf("%d tries", c.Tries)
	}
	for _, f := range []fields{{"email": mine}, {"email": mine, "code": "0000-0000", "token": "x"}} {
		apitest.Holds(w, w.post(proveRoute, f), 400, "Something was missing")
		if r := w.json(proveRoute, f); r.StatusCode != 400 || !strings.Contains(r.Body, `"reason":"code-or-token"`) {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
	}
	apitest.Holds(w, w.post(proveRoute, fields{"email": "seller", "code": "0000-0000"}), 422, `action="/v1/recovery"`, `value="seller"`)
}

// The link alone lets nobody in. Who has it and types another address may try again; a link that is none is no way on.
func TestALinkNeedsItsAddress(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *world{"managed": newWorld, "host": newHost} {
		w := make(t)
		w.bound("u-1", mine)
		l := w.mailed(mine)
		for _, email := range []string{others, "", "seller"} {
			r := w.post(proveRoute, fields{"email": email, "token": l.Token})
			apitest.Holds(w, r, 422, `name="token" value="`+l.Token+`"`, `name="email"`, "the mail was sent to another address")
			apitest.Lacks(w, r, mine)
			want := page.HeadersForPassword(page.English)
			if name == "host" {
				want = page.Headers(page.English)
			}
			apitest.Headed(w, r, want)
			if strings.Contains(r.Body, passwordField) != (name == "managed") {
				t.Errorf("%s: %s", name, r.Body)
			}
		}
		for _, token := range []string{"", "garbage", l.Token[:len(l.Token)-2]} {
			r := w.post(proveRoute, fields{"email": mine, "token": token})
			apitest.Holds(w, r, 422, "This link or code does not work", `href="/recover"`)
			apitest.Headed(w, r, page.Headers(page.English))
			if token != "" {
				apitest.Lacks(w, r, token)
			}
		}
	}
}

func TestProvingMeetsOutagesAsAPage(t *testing.T) {
	w := newWorld(t)
	w.bound("u-1", mine)
	l := w.mailed(mine)
	w.service.Store = away{w.memory}
	r := w.post(proveRoute, fields{"email": mine, "code": l.Code})
	apitest.Holds(w, r, 503, "Please try again in a moment")
	apitest.Lacks(w, r, "dynamo", l.Code)
	if r.Headers["Retry-After"] != "5" {
		t.Errorf("%v", r.Headers)
	}
}

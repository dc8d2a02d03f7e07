package main

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/token"
)

const bindButton, denyButton = `name="decision" value="bind"`, `name="decision" value="deny"`

// A visit is one request and what its answer must be.
type visit struct {
	route, query string
	status       int
	holds, lacks []string
}

func (w *world) visits() []visit {
	alive, over, longOver := w.link(time.Hour), w.link(-time.Hour), w.link(-31*24*time.Hour)
	current := w.show.keys.Current()
	reset := resetLink(w.T, current, time.Hour)
	facts := []string{"seller@mail.example.net", "李记茶铺", account.Ref()}
	shows := func(token string, more ...string) []string {
		return append(more, append(facts, `value="`+token+`"`)...)
	}
	return []visit{
		{"/verify", "t=" + alive, 200, shows(alive, bindButton, `name="check"`, "/deny?t="+alive), []string{denyButton}},
		{"/verify", "t=" + over, 410, []string{"This link has expired", "/deny?t=" + over}, append(facts, bindButton)},
		{"/verify", "t=garbage", 422, []string{"This link is not complete"}, []string{"garbage", bindButton}},
		{"/verify", "t=" + alive[:len(alive)-1], 422, []string{"This link is not complete"}, []string{alive[:20]}},
		{"/verify", "", 422, []string{"This link is not complete"}, []string{bindButton}},
		{"/verify", "t=" + alive + "&t=" + alive, 422, []string{"This link is not complete"}, []string{alive}},
		{"/verify", "t=%zz", 422, []string{"This link is not complete"}, nil},
		{"/verify", "t=" + link(w.T, key(w.T, string(secret), token.Scope{Stage: "other"}), time.Hour), 422, []string{"This link is not complete"}, facts},
		{"/verify", "t=" + link(w.T, key(w.T, string(secret), token.Scope{Stage: "test", Epoch: 1}), time.Hour), 422, []string{"This link is not complete"}, facts},
		{"/deny", "t=" + alive, 200, shows(alive, denyButton), []string{bindButton}},
		{"/deny", "t=" + over, 200, shows(over, denyButton), []string{bindButton}},
		{"/deny", "t=" + longOver, 410, []string{"This link has expired"}, append(facts, denyButton, longOver)},
		{"/deny", "t=garbage", 422, []string{"This link is not complete"}, []string{denyButton}},
		{"/recover", "", 200, []string{`action="/v1/recovery"`, `name="email"`}, []string{"value="}},
		{"/recover", "email=seller@mail.example.net&t=" + alive, 200, []string{`name="email"`}, []string{"seller", alive}},
		{"/reset", "t=" + reset, 200, []string{`action="/v1/recovery/password"`, `name="token" value="` + reset + `"`, `name="email"`, `name="password"`}, facts},
		{"/reset", "t=" + resetLink(w.T, current, -time.Minute), 422, []string{"This link or code does not work", `href="/recover"`}, append(facts, `name="password"`)},
		{"/reset", "t=" + reset + "&t=" + reset, 422, []string{"This link or code does not work"}, []string{reset}},
		{"/reset", "t=" + reset[:len(reset)-1], 422, []string{"This link or code does not work"}, []string{reset[:20]}},
		{"/reset", "", 422, []string{"This link or code does not work"}, []string{`name="password"`}},
		{"/reset", "t=" + alive, 422, []string{"This link or code does not work"}, append(facts, alive)},
		{"/reset", "t=" + resetLink(w.T, key(w.T, string(secret), token.Scope{Stage: "test", Epoch: 1}), time.Hour), 422, []string{"This link or code does not work"}, facts},
		{"/verify", "t=" + reset, 422, []string{"This link is not complete"}, append(facts, bindButton)},
		{"/deny", "t=" + reset, 422, []string{"This link is not complete"}, append(facts, denyButton)},
		{"/done", "r=changed", 200, []string{"Your password is changed"}, nil},
		{"/done", "r=bound", 200, []string{"Your email address is bound"}, nil},
		{"/done", "r=denied", 200, []string{"Thank you"}, nil},
		{"/done", "r=undone", 200, []string{"Taken back"}, nil},
		{"/done", "r=You+have+won", 404, []string{"There is no such page"}, []string{"You have won"}},
		{"/done", "r=bound&r=denied", 404, []string{"There is no such page"}, nil},
		{"/done", "", 404, []string{"There is no such page"}, nil},
	}
}

func TestPagesShowWhatALinkIsGoodFor(t *testing.T) {
	w := newWorld(t, 0)
	for _, v := range w.visits() {
		r := w.call("GET "+v.route, v.query, "en")
		if r.StatusCode != v.status {
			t.Errorf("%s?%s: %d", v.route, v.query, r.StatusCode)
		}
		for _, s := range v.holds {
			if !strings.Contains(r.Body, s) {
				t.Errorf("%s?%s lacks %q", v.route, v.query, s)
			}
		}
		for _, s := range v.lacks {
			if strings.Contains(r.Body, s) {
				t.Errorf("%s?%s holds %q", v.route, v.query, s)
			}
		}
	}
}

// The same fields on every page, refusals too; HEAD answers as GET does, without the page.
func TestHeadersOfEveryPage(t *testing.T) {
	w := newWorld(t, 0)
	for _, v := range w.visits() {
		get, head := w.call("GET "+v.route, v.query, "zh"), w.call("HEAD "+v.route, v.query, "zh")
		want := page.Headers(page.Chinese)
		if v.route == "/reset" && v.status == 200 {
			want = page.HeadersForPassword(page.Chinese)
		}
		if !maps.Equal(get.Headers, want) {
			t.Errorf("%s?%s: %v", v.route, v.query, get.Headers)
		}
		if head.StatusCode != get.StatusCode || !maps.Equal(head.Headers, get.Headers) || head.Body != "" || get.Body == "" {
			t.Errorf("HEAD %s?%s: %d %v %q", v.route, v.query, head.StatusCode, head.Headers, head.Body)
		}
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Language": "zh-CN", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		"X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
	} {
		if got := w.call("GET /verify", "", "zh").Headers[name]; got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	d := w.call("GET /openapi.yaml", "", "")
	want := map[string]string{"content-type": "application/yaml", "cache-control": "public, max-age=300", "x-content-type-options": "nosniff",
		"strict-transport-security": page.Headers(page.English)["Strict-Transport-Security"]}
	if !maps.Equal(d.Headers, want) || d.StatusCode != 200 || !strings.HasPrefix(d.Body, "openapi: 3.1.0") {
		t.Errorf("openapi.yaml: %d %v", d.StatusCode, d.Headers)
	}
	if r := w.call("HEAD /openapi.yaml", "", ""); r.Body != "" || !maps.Equal(r.Headers, want) {
		t.Errorf("HEAD openapi.yaml: %v, %d bytes", r.Headers, len(r.Body))
	}
}

// P11: loading changes nothing, because nothing that could be changed is within reach.
func TestPagesReachNoStore(t *testing.T) {
	for f := range reflect.TypeFor[shown]().Fields() {
		if f.Type != reflect.TypeFor[binding.Keys]() && f.Type != reflect.TypeFor[page.Site]() && f.Type != reflect.TypeFor[bool]() {
			t.Errorf("the pages hold a %s", f.Type)
		}
	}
	w := newWorld(t, 0)
	alive := w.link(time.Hour)
	first := w.call("GET /verify", "t="+alive, "")
	for range 50 {
		w.call("HEAD /deny", "t="+alive, "")
		if r := w.call("GET /verify", "t="+alive, ""); r.StatusCode != first.StatusCode || r.Body != first.Body {
			t.Fatalf("%d after many visits", r.StatusCode)
		}
	}
}

func TestPagesSpeakThePersonsLanguage(t *testing.T) {
	w := newWorld(t, 0)
	for accept, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9,en;q=0.6": "zh-CN", "en;q=0.5,zh-Hans;q=0.9": "zh-CN", "fr": "en", "*": "en"} {
		for _, v := range w.visits() {
			r := w.call("GET "+v.route, v.query, accept)
			if r.Headers["Content-Language"] != want || !strings.Contains(r.Body, `<html lang="`+want+`"`) {
				t.Errorf("%q: %s?%s in %s", accept, v.route, v.query, r.Headers["Content-Language"])
			}
		}
	}
}

// Where the platform keeps the passwords, a recovery mail's link asks for the address alone.
func TestTheLinkOfAHostsMailAsksForNoPassword(t *testing.T) {
	w := newWorld(t, 0)
	w.show.host = true
	w.serve = httpapi.Serve(w.report, httpapi.Claims{}, w.show.routes())
	link := resetLink(t, w.show.keys.Current(), time.Hour)
	r := w.call("GET /reset", "t="+link, "en")
	if r.StatusCode != 200 || !maps.Equal(r.Headers, page.Headers(page.English)) || strings.Contains(r.Body, `name="password"`) {
		t.Errorf("%d %v", r.StatusCode, r.Headers)
	}
	for _, s := range []string{`action="/v1/recovery/verify"`, `name="token" value="` + link + `"`, `name="email"`} {
		if !strings.Contains(r.Body, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

// A key that is not known yet: the secrets were read a moment ago, so come back; the page says so, and so does its header.
func TestAnUnknownKeyIsAskedForAgainAfterAWhile(t *testing.T) {
	foreign := link(t, key(t, strings.Repeat("x", 64), token.Scope{Stage: "test"}), time.Hour)
	w := newWorld(t, 10*time.Second)
	r := w.call("GET /verify", "t="+foreign, "")
	if after := r.Headers["Retry-After"]; r.StatusCode != 503 || after > "50" || after < "30" || len(after) != 2 || !strings.Contains(r.Body, "Please try again in a moment") || strings.Contains(r.Body, foreign) {
		t.Errorf("%d, Retry-After %q", r.StatusCode, r.Headers["Retry-After"])
	}
	if lines := w.lines(); len(lines) != 1 || strings.Contains(lines[0], "ERROR") {
		t.Errorf("%q", lines)
	}
	w = newWorld(t, time.Hour)
	if r := w.call("GET /verify", "t="+foreign, ""); r.StatusCode != 422 {
		t.Errorf("%d once the secrets were read again", r.StatusCode)
	}
}

// An outage is shown as a page without its cause, and logged and counted with it.
func TestOutagesAreShownWithoutTheirCause(t *testing.T) {
	for _, path := range []string{"/verify", "/deny", "/reset"} {
		w := newWorld(t, time.Hour)
		w.down = true
		r := w.call("GET "+path, "t="+link(t, key(t, strings.Repeat("x", 64), token.Scope{Stage: "test"}), time.Hour), "")
		if r.StatusCode != 503 || r.Headers["Retry-After"] != "5" || !strings.HasPrefix(r.Headers["Content-Type"], "text/html") || strings.Contains(r.Body, "secrets-are-away") {
			t.Errorf("%s: %d %v", path, r.StatusCode, r.Headers)
		}
		lines := w.lines()
		if len(lines) != 2 || !slices.ContainsFunc(lines, func(l string) bool {
			return strings.Contains(l, "level=ERROR") && strings.Contains(l, "secrets-are-away") && strings.Contains(l, "status=503")
		}) || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, `"Outage":1`) }) {
			t.Errorf("%s: %q", path, lines)
		}
	}
}

// P12: the query holds the token; the log holds neither.
func TestNothingOfALinkIsLogged(t *testing.T) {
	w := newWorld(t, 0)
	visits := w.visits()
	for _, v := range visits {
		w.call("GET "+v.route, v.query, "")
	}
	lines := w.lines()
	if len(lines) != len(visits) {
		t.Errorf("%d lines for %d requests", len(lines), len(visits))
	}
	for i, line := range lines {
		_, secret, _ := strings.Cut(visits[i].query, "=")
		if secret != "" && strings.Contains(line, secret) || strings.Contains(line, "seller") || strings.Contains(line, "李") || strings.Contains(line, account.Ref()) {
			t.Errorf("%s", line)
		}
		if refused := visits[i].status >= 400; refused != strings.Contains(line, "problem=") || !strings.Contains(line, `route="GET `+visits[i].route+`"`) {
			t.Errorf("%+v: %s", visits[i], line)
		}
	}
}

func TestRoutesAreThePagesTwice(t *testing.T) {
	got := slices.Sorted(maps.Keys(newWorld(t, 0).show.routes()))
	var want []string
	for _, method := range []string{"GET ", "HEAD "} {
		for _, path := range []string{"/deny", "/done", "/openapi.yaml", "/recover", "/reset", "/verify"} {
			want = append(want, method+path)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for route, r := range newWorld(t, 0).show.routes() {
		if !r.Public {
			t.Errorf("%s asks for a token", route)
		}
	}
}

func TestTheSampleEventIsAnswered(t *testing.T) {
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e httpapi.Event
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, time.Hour) // its token is sealed with a key that nobody has
	if r, err := w.serve(t.Context(), e); err != nil || r.StatusCode != 422 || r.Headers["Content-Language"] != "zh-CN" {
		t.Errorf("%d %v, %v", r.StatusCode, r.Headers, err)
	}
}

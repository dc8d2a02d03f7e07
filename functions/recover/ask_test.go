package main

import (
	"maps"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/httpapi/apitest"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

// states are an address that nobody knows, one that is claimed, bound, and bound to an account whose recovery
// is held.
func states(w *world) map[string]string {
	out := map[string]string{"unknown": "unknown@mail.example.net", "pending": "pending@mail.example.net", "bound": "isbound@mail.example.net", "held": "theheld@mail.example.net"}
	w.pending("u-1", out["pending"])
	w.bound("u-2", out["bound"])
	w.bound("u-3", out["held"])
	if ok, err := w.memory.Hold(w.Context(), w.service.Names.Account("u-3"), w.now.Add(time.Hour)); !ok || err != nil {
		w.Fatal(ok, err)
	}
	return out
}

// P8: who holds no secret gets the same bytes for every address, the first time and again, before the mail has
// gone and after, for codes as for questions.
func TestEveryAddressGetsTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	all := states(w)
	var first map[string]httpapi.Response
	for _, state := range []string{"unknown", "pending", "bound", "held"} {
		email := all[state]
		blank := func(r httpapi.Response) httpapi.Response {
			r.Body = strings.ReplaceAll(r.Body, email, "ADDRESS")
			if i := strings.Index(r.Body, `"support":`); i > 0 {
				t.Errorf("%s: %s", state, r.Body)
			}
			return r
		}
		got := map[string]httpapi.Response{
			"asked": w.json(askRoute, fields{"email": email}), "asked by form": w.post(askRoute, fields{"email": email}),
			"code before the mail": w.json(proveRoute, fields{"email": email, "code": "0000-0000"}),
		}
		w.mailed(email)
		got["asked again"], got["asked again by form"] = w.json(askRoute, fields{"email": email}), w.post(askRoute, fields{"email": email})
		for range binding.TriesPerCode + 1 {
			r := w.json(proveRoute, fields{"email": email, "code": "0000-0000"})
			if old, seen := got["wrong code"]; seen && (old.StatusCode != r.StatusCode || old.Body != r.Body || !maps.Equal(old.Headers, r.Headers)) {
				t.Errorf("%s: %d %s, then %d %s", state, old.StatusCode, old.Body, r.StatusCode, r.Body)
			}
			got["wrong code"] = r
		}
		got["wrong code by form"] = w.post(proveRoute, fields{"email": email, "code": "0000-0000"})
		got["no code"] = w.post(proveRoute, fields{"email": email, "code": "12"})
		for what, r := range got {
			got[what] = blank(r)
		}
		if first == nil {
			first = got
			continue
		}
		for what, r := range got {
			if want := first[what]; r.StatusCode != want.StatusCode || r.Body != want.Body || !maps.Equal(r.Headers, want.Headers) {
				t.Errorf("%s, %s: %d %v %s\nunknown: %d %v %s", state, what, r.StatusCode, r.Headers, r.Body, want.StatusCode, want.Headers, want.Body)
			}
		}
	}
	if r := first["asked"]; r.StatusCode != 202 || r.Body != `{"state":"asked"}` || r.Headers["content-type"] != "application/json" {
		t.Errorf("%+v", r)
	}
	if len(w.letters) != 2 || w.letters[1].Paused != binding.PausedHold {
		t.Errorf("%d letters", len(w.letters))
	}
}

func TestWhoAsksByFormIsAskedForTheCode(t *testing.T) {
	w := newWorld(t)
	r := w.post(askRoute, fields{"email": " " + mine + "\t"})
	apitest.Holds(w, r, 202, mine, `name="code"`, `action="/v1/recovery/verify"`, `name="email" value="`+mine+`"`)
	apitest.Headed(w, r, page.Headers(page.English))
	if c := w.challenge(mine); c.AskedAt.IsZero() {
		t.Error("nothing was asked")
	}
	// What a program sends is taken as it is.
	if r := w.json(askRoute, fields{"email": " " + others}); r.StatusCode != 422 || !strings.Contains(r.Body, `"reason":"invisible-character"`) {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

func TestWhoMistypesIsLeftAtTheForm(t *testing.T) {
	w := newWorld(t)
	for _, email := range []string{"", "seller", `"><script>alert(1)</script>`, "a@b", "selle r@mail.example.net"} {
		r := w.post(askRoute, fields{"email": email})
		apitest.Holds(w, r, 422, `action="/v1/recovery"`, `name="email"`, "Mail cannot be sent to this address")
		apitest.Lacks(w, r, "<script>alert", `name="code"`)
		apitest.Headed(w, r, page.Headers(page.English))
	}
	apitest.Holds(w, w.post(askRoute, fields{"email": "seller"}), 422, `value="seller"`)
	apitest.Holds(w, w.post(askRoute, fields{}), 422, `name="email"`)
}

// Every device of a network counts; another network goes on. The answer says how long to wait and is the same for every address.
func TestANetworkThatAsksTooOftenWaits(t *testing.T) {
	synctest.Test(t, askTooOften) // where the minute does not turn while it is filled
}

func askTooOften(t *testing.T) {
	w := newWorld(t)
	w.bound("u-1", mine)
	for range recovery.CallerPerMinute {
		if r := w.json(askRoute, fields{"email": others}); r.StatusCode != 202 {
			t.Fatalf("%d %s", r.StatusCode, r.Body)
		}
	}
	for _, email := range []string{mine, others} {
		r := w.json(askRoute, fields{"email": email})
		if r.StatusCode != 429 || !strings.Contains(r.Body, "/problems/caller-limit") || r.Headers["retry-after"] == "" || len(r.Headers["retry-after"]) > 2 {
			t.Errorf("%d %v %s", r.StatusCode, r.Headers, r.Body)
		}
		p := w.post(askRoute, fields{"email": email})
		apitest.Holds(w, p, 429, "Too many requests came from your network", `name="email"`)
		if p.Headers["Retry-After"] == "" {
			t.Errorf("%v", p.Headers)
		}
	}
	counted := 0
	for _, l := range w.lines() {
		if strings.Contains(l, `"CallerLimit":1`) {
			counted++
		}
	}
	if counted != 4 {
		t.Errorf("%d refused networks counted", counted)
	}
	w.from = netip.MustParseAddr("192.0.2.45")
	if r := w.json(askRoute, fields{"email": mine}); r.StatusCode != 202 {
		t.Errorf("another network: %d %s", r.StatusCode, r.Body)
	}
}

func TestAskingMeetsOutagesAtTheForm(t *testing.T) {
	w := newWorld(t)
	w.service.Store = away{w.memory}
	r := w.post(askRoute, fields{"email": mine})
	apitest.Holds(w, r, 503, `name="email" `, `value="`+mine+`"`, "The service is busy")
	apitest.Lacks(w, r, "dynamo")
	if r.Headers["Retry-After"] != "5" {
		t.Errorf("%v", r.Headers)
	}
}

func TestStrangeFormsAreRefusedAsPages(t *testing.T) {
	const kind = "application/x-www-form-urlencoded"
	for route, title := range map[string]string{askRoute: `action="/v1/recovery"`, proveRoute: "<h1>"} {
		for name, c := range map[string]struct {
			kind, more, site string
			status           int
		}{
			"cross-site":    {kind, "", "cross-site", 403},
			"same-site":     {kind, "", "same-site", 403},
			"twice":         {kind, "&email=x", "same-origin", 400},
			"unknown field": {kind, "&next=x", "same-origin", 400},
			"broken":        {kind, "&code=%zz", "same-origin", 400},
			"too large":     {kind, "&code=" + strings.Repeat("1", 4096), "same-origin", 413},
			"no type":       {"", "", "same-origin", 415},
		} {
			w := newWorld(t)
			r := w.send(route, c.kind, "email="+mine+c.more, map[string]string{"sec-fetch-site": c.site, "accept": "text/html"})
			apitest.Holds(w, r, c.status, title)
			apitest.Headed(w, r, page.Headers(page.English))
			if c := w.challenge(mine); !c.AskedAt.IsZero() {
				t.Errorf("%s %s: a mail was asked for", route, name)
			}
		}
	}
}

func TestPagesSpeakThePersonsLanguage(t *testing.T) {
	for accept, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9,en;q=0.6": "zh-CN", "de": "en"} {
		w := newWorld(t)
		for route, body := range map[string]string{askRoute: "email=" + mine, proveRoute: "email=" + mine + "&code=0000-0000"} {
			for _, b := range []string{body, "email=x", ""} {
				r := w.send(route, "application/x-www-form-urlencoded", b, map[string]string{"accept-language": accept})
				if r.Headers["Content-Language"] != want || !strings.Contains(r.Body, `<html lang="`+want+`"`) {
					t.Errorf("%q: %s %q: %d in %s", accept, route, b, r.StatusCode, r.Headers["Content-Language"])
				}
			}
		}
	}
}

package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/httpapi/apitest"
	"mailbind/shared/recovery"
)

const openapi = "../../shared/httpapi/openapi.yaml"

// Every problem that the two routes document happens, and none else does: each is brought about.
func TestDocumentedProblemsAreExactlyThoseThatHappen(t *testing.T) {
	causes := func(route string) map[string]func(*world) httpapi.Response {
		return map[string]func(*world) httpapi.Response{
			"malformed":         func(w *world) httpapi.Response { return w.json(route, fields{"mail": "x"}) },
			"too-large":         func(w *world) httpapi.Response { return w.json(route, fields{"email": strings.Repeat("x", 4096)}) },
			"unsupported-media": func(w *world) httpapi.Response { return w.send(route, "text/plain", "{}", nil) },
			"cross-site": func(w *world) httpapi.Response {
				return w.send(route, "application/x-www-form-urlencoded", "email=x", map[string]string{"sec-fetch-site": "cross-site", "accept": "application/json"})
			},
			"invalid-address": func(w *world) httpapi.Response { return w.json(route, fields{"email": "x", "code": "0000-0000"}) },
			"unavailable": func(w *world) httpapi.Response {
				w.service.Store = away{w.memory}
				return w.json(route, fields{"email": mine, "code": "0000-0000"})
			},
		}
	}
	ask, prove := causes(askRoute), causes(proveRoute)
	ask["invalid-address"] = func(w *world) httpapi.Response { return w.json(askRoute, fields{"email": "x"}) }
	ask["unavailable"] = func(w *world) httpapi.Response {
		w.service.Store = away{w.memory}
		return w.json(askRoute, fields{"email": mine})
	}
	ask["caller-limit"] = func(w *world) httpapi.Response {
		for range recovery.CallerPerMinute {
			w.json(askRoute, fields{"email": mine})
		}
		return w.json(askRoute, fields{"email": mine})
	}
	prove["recovery-refused"] = func(w *world) httpapi.Response {
		return w.json(proveRoute, fields{"email": mine, "code": "0000-0000"})
	}
	for route, all := range map[string]map[string]func(*world) httpapi.Response{askRoute: ask, proveRoute: prove} {
		happened := map[string]int{}
		for problem, cause := range all {
			synctest.Test(t, func(t *testing.T) {
				r := cause(newWorld(t))
				var b struct {
					Type   string `json:"type"`
					Status int    `json:"status"`
				}
				err := json.Unmarshal([]byte(r.Body), &b)
				if err != nil || b.Type != "/problems/"+problem || b.Status != r.StatusCode || r.Headers["content-type"] != "application/problem+json" {
					t.Errorf("%s %s: %d %s", route, problem, r.StatusCode, r.Body)
				}
				happened[problem] = r.StatusCode
			})
		}
		if d := apitest.Post(t, openapi, strings.TrimPrefix(route, "POST ")); !maps.Equal(d.Problems, happened) {
			t.Errorf("%s: documented %v, brought about %v", route, d.Problems, happened)
		}
	}
}

// What is taken and answered has the members that are documented.
func TestMembersAreThoseThatAreDocumented(t *testing.T) {
	w := newHost(t)
	w.bound("u-1", mine)
	l := w.mailed(mine)
	success := map[string]fields{askRoute: {"email": mine}, proveRoute: {"email": mine, "code": l.Code}}
	for route, f := range success {
		d := apitest.Post(t, openapi, strings.TrimPrefix(route, "POST "))
		var b map[string]any
		if err := json.Unmarshal([]byte(w.json(route, f).Body), &b); err != nil || !slices.Equal(slices.Sorted(maps.Keys(b)), d.Response) {
			t.Errorf("%s answers %v, documented are %v, %v", route, b, d.Response, err)
		}
		all := fields{}
		for _, name := range d.Request {
			all[name] = "x"
		}
		if r := w.json(route, all); strings.Contains(r.Body, `"reason":"json"`) {
			t.Errorf("%s does not take %v: %s", route, d.Request, r.Body)
		}
		for _, more := range []string{"accept_as_typed", "Email", "password", "grant"} {
			all := maps.Clone(f)
			all[more] = "x"
			if r := w.json(route, all); r.StatusCode != 400 || !strings.Contains(r.Body, `"reason":"json"`) {
				t.Errorf("%s takes %s: %d %s", route, more, r.StatusCode, r.Body)
			}
		}
	}
}

// P12: whatever is asked and proven, one line a request, and in it neither address, code, token, grant nor account.
func TestNothingPersonalIsLogged(t *testing.T) {
	const email = "canary@canary.example.net"
	w := newWorld(t)
	w.bound("canary-sub", email)
	l := w.mailed(email)
	requests := 1
	both := func(route string, f fields) httpapi.Response {
		w.post(route, f)
		requests += 2
		return w.json(route, f)
	}
	both(askRoute, fields{"email": email})
	both(askRoute, fields{"email": "canary@"})
	both(askRoute, fields{"email": email, "canary": "canary"})
	both(proveRoute, fields{"email": email, "code": wrong(l)})
	both(proveRoute, fields{"email": email, "code": "canary"})
	both(proveRoute, fields{"email": email, "token": "canary-token"})
	both(proveRoute, fields{"email": "canary@", "token": l.Token})
	both(proveRoute, fields{"email": mine, "token": l.Token})
	grant, _ := grantIn(w, both(proveRoute, fields{"email": email, "code": l.Code}))
	both(proveRoute, fields{"email": email, "token": l.Token})
	w.service.Store = away{w.memory}
	outages := []httpapi.Response{both(askRoute, fields{"email": email}), both(proveRoute, fields{"email": email, "code": l.Code})}
	for _, r := range outages {
		if r.StatusCode != 503 || strings.Contains(r.Body, "dynamo") {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
	}
	var logged, counted, caused int
	account := w.service.Names.Account("canary-sub")
	for _, line := range w.lines() {
		switch {
		case strings.Contains(line, `"Outage":1`):
			counted++
		case strings.Contains(line, `route="POST /v1/recovery`):
			logged++
		}
		if strings.Contains(line, "dynamo-is-away") && strings.Contains(line, "level=ERROR") && strings.Contains(line, "problem=unavailable") {
			caused++
		}
		for _, secret := range []string{"canary", l.Code, strings.ReplaceAll(l.Code, "-", ""), l.Token[:24], grant[:24], account.String(), account.Ref(), w.from.String(), "李"} {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
	if logged != requests || counted != 2*len(outages) || caused != 2*len(outages) {
		t.Errorf("%d requests: %d lines, %d counted outages, %d causes", requests, logged, counted, caused)
	}
}

// The sample event is one that its route answers: a form, with the page that takes the code.
func TestTheSampleEventIsAnswered(t *testing.T) {
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e httpapi.Event
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	if r, err := w.handle(t.Context(), e); err != nil || r.StatusCode != 202 || r.Headers["Content-Language"] != "zh-CN" || w.challenge(mine).Due == (binding.SendID{}) {
		t.Errorf("%d %v, %v", r.StatusCode, r.Headers, err)
	}
}

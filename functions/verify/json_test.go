package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/httpapi/apitest"
)

func bind(w *world, c binding.Claim) fields {
	return fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
}

const mine, others = "seller@mail.example.net", "other@mail.example.net"

// Every problem that POST /verify documents happens, and none else does: each is brought about.
func TestDocumentedProblemsAreExactlyThoseThatHappen(t *testing.T) {
	happened := map[string]int{}
	for problem, cause := range map[string]func(*world) httpapi.Response{
		"malformed":         func(w *world) httpapi.Response { return w.json(fields{"token": "x"}) },
		"too-large":         func(w *world) httpapi.Response { return w.json(fields{"token": strings.Repeat("x", 4096)}) },
		"unsupported-media": func(w *world) httpapi.Response { return w.send("text/plain", "{}", nil) },
		"cross-site": func(w *world) httpapi.Response {
			return w.send("application/x-www-form-urlencoded", "token=x", map[string]string{"sec-fetch-site": "cross-site", "accept": "application/json"})
		},
		"invalid-token": func(w *world) httpapi.Response { return w.json(fields{"token": "x", "decision": "undo"}) },
		"already-bound": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			w.json(bind(w, w.ask("u-1", others, time.Minute)))
			return w.json(bind(w, c))
		},
		"address-taken": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			w.json(bind(w, w.ask("u-2", mine, time.Minute)))
			return w.json(bind(w, c))
		},
		"address-denied": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			w.json(fields{"token": w.link(c), "decision": "deny"})
			return w.json(bind(w, c))
		},
		"expired": func(w *world) httpapi.Response { return w.json(bind(w, w.ask("u-1", mine, 25*time.Hour))) },
		"superseded": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			w.ask("u-1", others, time.Minute)
			return w.json(bind(w, c))
		},
		"check-mismatch": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			return w.json(fields{"token": w.link(c), "decision": "bind", "check": w.wrong(c)})
		},
		"tries-exhausted": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			for range binding.LinkTries {
				w.json(fields{"token": w.link(c), "decision": "bind", "check": w.wrong(c)})
			}
			return w.json(bind(w, c))
		},
		"unavailable": func(w *world) httpapi.Response {
			c := w.ask("u-1", mine, time.Hour)
			w.service.Store = away{w.memory}
			return w.json(bind(w, c))
		},
	} {
		r := cause(newWorld(t))
		var b struct {
			Type   string `json:"type"`
			Status int    `json:"status"`
		}
		err := json.Unmarshal([]byte(r.Body), &b)
		if err != nil || b.Type != "/problems/"+problem || b.Status != r.StatusCode || r.Headers["content-type"] != "application/problem+json" {
			t.Errorf("%s: %d %s", problem, r.StatusCode, r.Body)
		}
		happened[problem] = r.StatusCode
	}
	if d := apitest.Post(t, "../../shared/httpapi/openapi.yaml", "/verify"); !maps.Equal(d.Problems, happened) {
		t.Errorf("documented %v, brought about %v", d.Problems, happened)
	}
}

func TestTriesCountDownInJSON(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", mine, time.Minute)
	for left := binding.LinkTries - 1; left >= 0; left-- {
		r := w.json(fields{"token": w.link(c), "decision": "bind", "check": w.wrong(c)})
		if r.StatusCode != 422 || !strings.Contains(r.Body, "/problems/check-mismatch") || !strings.Contains(r.Body, fmt.Sprintf(`"tries_left":%d`, left)) {
			t.Errorf("%d left: %d %s", left, r.StatusCode, r.Body)
		}
	}
}

// Who proves a mailbox without a session learns that it is bound and to which reference, masked; not the account's health.
func TestSuccessInJSON(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", mine, time.Minute)
	press := bind(w, c)
	for range 2 {
		r := w.json(press)
		var b map[string]any
		if err := json.Unmarshal([]byte(r.Body), &b); err != nil || r.StatusCode != 200 || r.Headers["content-type"] != "application/json" {
			t.Fatalf("%d %s", r.StatusCode, r.Body)
		}
		if b["state"] != "bound" || b["ref"] != c.Account.Ref() || b["address"] != c.Address.Masked() || b["bound_at"] == nil || len(b) != 4 {
			t.Errorf("%s", r.Body)
		}
	}
	w = newWorld(t)
	c = w.ask("u-1", mine, time.Minute)
	for decision, want := range map[string]string{"deny": `{"state":"denied","bound":false}`, "undo": `{"state":"undone","bound":false}`} {
		for range 2 {
			if r := w.json(fields{"token": w.link(c), "decision": decision}); r.StatusCode != 200 || r.Body != want {
				t.Errorf("%s: %d %s", decision, r.StatusCode, r.Body)
			}
		}
	}
	// A form that accepts JSON is answered in it.
	r := w.send("application/x-www-form-urlencoded", "decision=deny&token="+w.link(c), map[string]string{"accept": "application/json"})
	if r.StatusCode != 200 || r.Body != `{"state":"denied","bound":false}` {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// P12: whatever is pressed, one line a request, and in it neither address, token, number nor label.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", "canary@canary.example.net", time.Minute)
	link, requests := w.link(c), 0
	for _, f := range []fields{
		{"token": link, "decision": "bind", "check": w.wrong(c)}, {"token": link, "decision": "bind", "check": "canary"}, {"token": "canary-token", "decision": "bind", "check": "1234"},
		{"token": link, "decision": "canary"}, {"token": link, "canary": "canary"}, {"token": link, "decision": "deny"}, {"token": link, "decision": "undo"},
		{"token": link, "decision": "bind", "check": w.number(c)},
	} {
		w.post(f)
		w.json(f)
		requests += 2
	}
	w.service.Store = away{w.memory}
	outages := []fields{{"token": link, "decision": "bind", "check": w.number(c)}, {"token": link, "decision": "deny"}, {"token": link, "decision": "undo"}}
	for _, f := range outages {
		if r := w.post(f); r.StatusCode != 503 || strings.Contains(r.Body, "dynamo") {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
		if r := w.json(f); r.StatusCode != 503 || strings.Contains(r.Body, "dynamo") {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
		requests += 2
	}
	var logged, counted, caused int
	for _, line := range w.lines() {
		switch {
		case strings.Contains(line, `"Outage":1`):
			counted++
		case strings.Contains(line, `route="POST /verify"`):
			logged++
		}
		if strings.Contains(line, "dynamo-is-away") && strings.Contains(line, "level=ERROR") && strings.Contains(line, "problem=unavailable") {
			caused++
		}
		for _, secret := range []string{"canary", link[:24], "check=" + w.number(c), "李", c.Account.Ref(), c.Account.String()} {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
	if logged != requests || counted != 2*len(outages) || caused != 2*len(outages) {
		t.Errorf("%d requests: %d lines, %d counted outages, %d causes", requests, logged, counted, caused)
	}
	// Refusals that a page shows are named in the log as those that a program reads.
	if n := len(slices.DeleteFunc(w.lines(), func(l string) bool { return !strings.Contains(l, "problem=check-mismatch") })); n != 2 {
		t.Errorf("%d wrong numbers in the log", n)
	}
}

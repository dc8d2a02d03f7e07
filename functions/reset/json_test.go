package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/httpapi/apitest"
	"mailbind/shared/recovery"
	"mailbind/shared/store/storetest"
)

// bare is a store in which the account has no password.
type bare struct {
	*storetest.Memory
	first bool
}

func (b bare) Credential(context.Context, binding.AccountKey) (recovery.Credential, error) {
	return recovery.Credential{}, nil
}

func (b bare) Change(_ context.Context, c recovery.Change) error {
	if c.First != b.first {
		return errors.New("the deployment's choice is not asked for")
	}
	if !c.First {
		return &recovery.ChangeRefused{CredentialFalse: true}
	}
	return nil
}

// Every problem that the route documents happens, and none else does: each is brought about.
func TestDocumentedProblemsAreExactlyThoseThatHappen(t *testing.T) {
	happened := map[string]int{}
	for problem, cause := range map[string]func(*world) httpapi.Response{
		"malformed":         func(w *world) httpapi.Response { return w.json(fields{"password": newPassword}) },
		"too-large":         func(w *world) httpapi.Response { return w.json(w.linked().with("password", strings.Repeat("x", 8192))) },
		"unsupported-media": func(w *world) httpapi.Response { return w.send("text/plain", "{}", nil) },
		"cross-site": func(w *world) httpapi.Response {
			return w.send(kind, "grant=x&password=x", map[string]string{"sec-fetch-site": "cross-site", "accept": "application/json"})
		},
		"invalid-address":  func(w *world) httpapi.Response { return w.json(w.linked().with("email", "x")) },
		"recovery-refused": func(w *world) httpapi.Response { return w.json(w.linked().with("email", others)) },
		"password-refused": func(w *world) httpapi.Response { return w.json(w.linked().with("password", "short")) },
		"unavailable": func(w *world) httpapi.Response {
			w.service.Store = away{w.memory}
			return w.json(w.linked())
		},
		"not-found": func(w *world) httpapi.Response { return makeWorld(t, setting{site: site, host: true}).json(w.linked()) },
	} {
		r := cause(newWorld(t))
		var b struct {
			Type    string   `json:"type"`
			Status  int      `json:"status"`
			Reasons []string `json:"reasons"`
		}
		err := json.Unmarshal([]byte(r.Body), &b)
		if err != nil || b.Type != "/problems/"+problem || b.Status != r.StatusCode || r.Headers["content-type"] != "application/problem+json" || (b.Reasons != nil) != (problem == "password-refused") {
			t.Errorf("%s: %d %s", problem, r.StatusCode, r.Body)
		}
		happened[problem] = r.StatusCode
	}
	if d := apitest.Post(t, openapi, "/v1/recovery/password"); !maps.Equal(d.Problems, happened) {
		t.Errorf("documented %v, brought about %v", d.Problems, happened)
	}
}

// What is taken and answered has the members that are documented, and the version is not told to a browser.
func TestMembersAreThoseThatAreDocumented(t *testing.T) {
	d := apitest.Post(t, openapi, "/v1/recovery/password")
	for name, proof := range map[string]func(*world) fields{"link": (*world).linked, "grant": (*world).granted} {
		w := newWorld(t)
		f := proof(w)
		for range 2 {
			if r := w.json(f); r.StatusCode != 200 || r.Body != `{"state":"changed"}` || r.Headers["content-type"] != "application/json" || !slices.Equal(d.Response, []string{"state"}) {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
			}
		}
		if w.signsIn(oldPassword) || !w.signsIn(newPassword) {
			t.Errorf("%s: the password is not changed", name)
		}
		for _, more := range []string{"code", "Password", "if_version"} {
			if r := w.json(f.with(more, "x")); r.StatusCode != 400 || !strings.Contains(r.Body, `"reason":"json"`) {
				t.Errorf("%s is taken: %d %s", more, r.StatusCode, r.Body)
			}
		}
	}
	w, all := newWorld(t), fields{}
	for _, name := range d.Request {
		all[name] = "x"
	}
	if r := w.json(all); !strings.Contains(r.Body, `"reason":"grant-or-token"`) {
		t.Errorf("%v: %s", d.Request, r.Body)
	}
	if r := w.json(w.linked().with("password", "-")); !strings.Contains(r.Body, `"reason":"password"`) {
		t.Errorf("%s", r.Body)
	}
	if r := w.json(w.linked().with("email", " "+mine)); r.StatusCode != 422 || !strings.Contains(r.Body, "/problems/invalid-address") {
		t.Errorf("programs trim in their window: %d %s", r.StatusCode, r.Body)
	}
}

// P13: what is forged, foreign, expired or too weak costs no hash; one that is good costs three at most, for ever.
func TestReplayingAProofCostsThreeHashes(t *testing.T) {
	w := newWorld(t)
	f := w.linked()
	for n := range 50 {
		r := w.json(f.with("password", newPassword+strings.Repeat("!", n)))
		if want := map[bool]int{true: 200, false: 422}[n == 0]; r.StatusCode != want {
			t.Errorf("%d: %d %s", n, r.StatusCode, r.Body)
		}
	}
	if *w.hashes > recovery.Presentations {
		t.Errorf("%d hashes", *w.hashes)
	}
}

// P12: whatever is sent, one line a request, and in it neither address, token, grant, password nor account.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t)
	granted, requests := w.granted(), 0
	both := func(f fields) httpapi.Response {
		w.post(f)
		requests += 2
		return w.json(f)
	}
	both(w.linked().with("password", "canary"))
	both(w.linked().with("password", "canary canary canary"))
	both(w.linked().with("email", "canary@canary.example.net"))
	both(w.linked().with("email", "canary@"))
	both(w.linked().with("token", "canary-token"))
	both(granted.with("grant", "canary-grant"))
	both(granted.with("password", "seller@mail.example.net"))
	both(granted.with("canary", "canary"))
	both(granted)
	w.service.Store = away{w.memory}
	if r := both(w.linked()); r.StatusCode != 503 || strings.Contains(r.Body, "dynamo") {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	var logged, counted, caused int
	for _, line := range w.lines() {
		switch {
		case strings.Contains(line, `"Outage":1`):
			counted++
		case strings.Contains(line, `route="POST /v1/recovery/password"`):
			logged++
		}
		if strings.Contains(line, "dynamo-is-away") && strings.Contains(line, "level=ERROR") {
			caused++
		}
		for _, secret := range []string{"canary", "seller", "lamps", "phrase", granted["grant"][:24], w.letter.Token[:24], w.letter.Code, w.account().String(), w.account().Ref(), sub, "李"} {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
	if logged != requests || counted != 2 || caused != 2 {
		t.Errorf("%d requests: %d lines, %d counted outages, %d causes", requests, logged, counted, caused)
	}
}

// The sample event is one that its route answers; its token is sealed with a key that nobody has.
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
	if r, err := w.handle(t.Context(), e); err != nil || r.StatusCode != 422 || !strings.Contains(r.Body, "/problems/recovery-refused") {
		t.Errorf("%d %s, %v", r.StatusCode, r.Body, err)
	}
}

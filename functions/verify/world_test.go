package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/store/storetest"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// A world is POST /verify on a service in memory, with real keys.
type world struct {
	*testing.T
	memory  *storetest.Memory
	service *binding.Service
	lines   func() []string // what was logged and counted so far
	handle  func(context.Context, httpapi.Event) (httpapi.Response, error)
	now     time.Time
}

var site = page.Site{Platform: "Teahouse", Support: "https://help.example.com"}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, memory: &storetest.Memory{}, now: time.Now()}
	data, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (token.Secrets, error) {
		return token.Secrets{Current: []byte(strings.Repeat("t", 64))}, nil
	}
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test"}, load, w.now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	report, lines := telemetrytest.Recorded(t)
	w.lines = lines
	w.service = &binding.Service{Store: w.memory, Names: binding.Names{Data: data, Namespace: "main"}, Keys: keys}
	press := pressed{service: w.service, site: site}
	w.handle = httpapi.Serve(report, httpapi.Claims{}, map[string]httpapi.Route{"POST /verify": {Handler: press.handle, Public: true}})
	return w
}

// ask has an account ask for an address some time ago, and gives its row.
func (w *world) ask(sub, email string, ago time.Duration) binding.Claim {
	w.Helper()
	s := binding.Session{Who: binding.Who{Issuer: "https://login.example.com/", Subject: sub, Label: "李记茶铺"}}
	if _, err := w.service.Bind(w.Context(), s, email, true, w.now.Add(-ago)); err != nil {
		w.Fatal(err)
	}
	return w.claim(sub)
}

func (w *world) claim(sub string) binding.Claim {
	w.Helper()
	c, err := w.memory.Claim(w.Context(), w.service.Names.Account(sub), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// link is the token of the mail's link, number what the session of the account shows.
func (w *world) link(c binding.Claim) string {
	return binding.Link{Key: w.service.Keys.Current(), Account: c.Account, Challenge: c.Challenge, Address: c.Address,
		Label: c.Who.Label, Expires: c.Opened.Add(binding.ChallengeLife)}.Seal()
}

func (w *world) number(c binding.Claim) string {
	return w.service.Keys.Current().Number(c.Account, c.Challenge)
}

// wrong is a number that is not the account's.
func (w *world) wrong(c binding.Claim) string {
	if w.number(c) == "0000" {
		return "0001"
	}
	return "0000"
}

type fields map[string]string

// post sends what a browser sends when a button is pressed.
func (w *world) post(f fields) httpapi.Response {
	w.Helper()
	v := url.Values{}
	for name, value := range f {
		v.Set(name, value)
	}
	return w.send("application/x-www-form-urlencoded", v.Encode(), map[string]string{
		"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "same-origin", "origin": "null"})
}

// json sends the same as a program does.
func (w *world) json(f fields) httpapi.Response {
	w.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		w.Fatal(err)
	}
	return w.send("application/json", string(b), nil)
}

func (w *world) send(kind, body string, more map[string]string) httpapi.Response {
	w.Helper()
	e := httpapi.Event{RouteKey: "POST /verify", Body: body, Headers: map[string]string{"content-type": kind}}
	maps.Copy(e.Headers, more)
	e.RequestContext.HTTP.Method = "POST"
	e.RequestContext.RequestID = string(binding.NewRequest())
	r, err := w.handle(w.Context(), e)
	if err != nil {
		w.Fatal(err)
	}
	w.private(r)
	return r
}

// private holds for every answer: nothing of the link in its header, nothing kept.
func (w *world) private(r httpapi.Response) {
	w.Helper()
	if r.Headers["cache-control"]+r.Headers["Cache-Control"] != "no-store" {
		w.Errorf("%d: Cache-Control of %v", r.StatusCode, r.Headers)
	}
	if at, sent := r.Headers["location"]; sent != (r.StatusCode == 303) || sent && at != "/done?r=bound" && at != "/done?r=undone" {
		w.Errorf("%d: Location %q", r.StatusCode, at)
	}
	if strings.HasPrefix(r.Headers["Content-Type"], "text/html") {
		want := page.Headers(page.Lang(r.Headers["Content-Language"]))
		got := maps.Clone(r.Headers)
		delete(got, "Retry-After")
		if !maps.Equal(got, want) {
			w.Errorf("header of a page: %v", got)
		}
	}
}

// away is a store that is not there.
type away struct{ binding.Store }

var errAway = errors.New("dynamo-is-away")

func (away) ChargeNumber(context.Context, binding.Try) (binding.Claim, error) {
	return binding.Claim{}, errAway
}
func (away) GiveBack(context.Context, binding.Try, bool) error { return errAway }
func (away) Deny(context.Context, binding.Denial) error        { return errAway }
func (away) Undo(context.Context, binding.Denial) error        { return errAway }

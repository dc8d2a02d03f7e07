package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
	"mailbind/shared/store/storetest"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// A world is the function on a store in memory, with real keys, and with the mailer whose mails people answer.
type world struct {
	*testing.T
	memory  *storetest.Memory
	service *recovery.Service
	binds   *binding.Service
	letters []binding.Letter
	lines   func() []string // what was logged and counted so far
	handle  func(context.Context, httpapi.Event) (httpapi.Response, error)
	now     time.Time
	from    netip.Addr
}

var site = page.Site{Platform: "Teahouse", Support: "https://help.example.com"}

const (
	askRoute, proveRoute = "POST /v1/recovery", "POST /v1/recovery/verify"
	mine, others         = "seller@mail.example.net", "others@mail.example.net"
	returnURL            = "https://shop.example.com/recovered?from=mail"
)

// newWorld keeps the passwords, newHost leaves them to the platform.
func newWorld(t *testing.T) *world { return makeWorld(t, asking{site: site}) }

func newHost(t *testing.T) *world {
	return makeWorld(t, asking{site: site, returnURL: returnURL, origin: "https://shop.example.com"})
}

func makeWorld(t *testing.T, a asking) *world {
	t.Helper()
	w := &world{T: t, memory: &storetest.Memory{}, now: time.Now(), from: netip.MustParseAddr("192.0.2.44")}
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
	names := binding.Names{Data: data, Namespace: "main"}
	w.service = &recovery.Service{Store: w.memory, Names: names, Keys: keys}
	w.binds = &binding.Service{Store: w.memory, Names: names, Keys: keys}
	a.service = w.service
	w.handle = httpapi.Serve(report, httpapi.Claims{}, map[string]httpapi.Route{
		askRoute: {Handler: a.ask, Public: true}, proveRoute: {Handler: a.prove, Public: true},
	})
	return w
}

// Send keeps a letter, as SES would take it.
func (w *world) Send(_ context.Context, l binding.Letter) error {
	w.letters = append(w.letters, l)
	return nil
}

// bound is an account that is bound to an address; pending is one that claims it.
func (w *world) bound(sub, email string) {
	w.Helper()
	c := w.pending(sub, email)
	code := w.service.Keys.Current().Code(token.Verify, c.Account, c.Challenge, c.CodesUsed)
	if _, err := w.binds.VerifyCode(w.Context(), session(sub), code, binding.NewRequest(), w.now); err != nil {
		w.Fatal(err)
	}
}

func (w *world) pending(sub, email string) binding.Claim {
	w.Helper()
	if _, err := w.binds.Bind(w.Context(), session(sub), email, true, w.now.Add(-time.Hour)); err != nil {
		w.Fatal(err)
	}
	c, err := w.memory.Claim(w.Context(), w.service.Names.Account(sub), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func session(sub string) binding.Session {
	return binding.Session{Who: binding.Who{Issuer: "https://login.example.com/", Subject: sub, Label: "李记茶铺"}}
}

func (w *world) challenge(email string) recovery.Challenge {
	w.Helper()
	a, err := address.Parse(email)
	if err != nil {
		w.Fatal(err)
	}
	c, _, err := w.memory.Recall(w.Context(), w.service.Names.Email(a), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// mailed asks for a mail and gives it, as its owner has it.
func (w *world) mailed(email string) binding.Letter {
	w.Helper()
	if r := w.json(askRoute, fields{"email": email}); r.StatusCode != 202 {
		w.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	c := w.challenge(email)
	m := recovery.Mailer{Outbox: w.memory, Sender: w, Names: w.service.Names, Keys: w.service.Keys}
	if _, err := m.Deliver(w.Context(), recovery.Order{EmailKey: c.EmailKey, Send: c.Due}, time.Now()); err != nil {
		w.Fatal(err)
	}
	if len(w.letters) == 0 {
		return binding.Letter{}
	}
	return w.letters[len(w.letters)-1]
}

// wrong is a code that is not the letter's.
func wrong(l binding.Letter) string {
	if l.Code == "0000-0000" {
		return "0000-0001"
	}
	return "0000-0000"
}

type fields map[string]string

// post sends what a browser sends when a button is pressed.
func (w *world) post(route string, f fields) httpapi.Response {
	w.Helper()
	v := url.Values{}
	for name, value := range f {
		v.Set(name, value)
	}
	return w.send(route, "application/x-www-form-urlencoded", v.Encode(), map[string]string{
		"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "same-origin"})
}

// json sends the same as a program does.
func (w *world) json(route string, f fields) httpapi.Response {
	w.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		w.Fatal(err)
	}
	return w.send(route, "application/json", string(b), nil)
}

func (w *world) send(route, kind, body string, more map[string]string) httpapi.Response {
	w.Helper()
	e := httpapi.Event{RouteKey: route, Body: body, Headers: map[string]string{"content-type": kind}}
	maps.Copy(e.Headers, more)
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.SourceIP = "POST", w.from.String()
	e.RequestContext.RequestID = string(binding.NewRequest())
	r, err := w.handle(w.Context(), e)
	if err != nil {
		w.Fatal(err)
	}
	if r.Headers["cache-control"]+r.Headers["Cache-Control"] != "no-store" || r.Headers["location"]+r.Headers["Location"] != "" {
		w.Errorf("%d: header %v", r.StatusCode, r.Headers) // what carries a grant or an address is in no URL, and is not kept
	}
	return r
}

// away is a store that is not there.
type away struct{ recovery.Store }

var errAway = errors.New("dynamo-is-away")

func (away) CountCaller(context.Context, recovery.CallerKey, time.Time) (recovery.Usage, bool, error) {
	return recovery.Usage{}, false, errAway
}
func (away) ChargeGuess(context.Context, recovery.Try) (recovery.Challenge, error) {
	return recovery.Challenge{}, errAway
}
func (away) GiveBackGuess(context.Context, recovery.Try) error { return errAway }

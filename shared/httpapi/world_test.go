package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/store/storetest"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// noon is the time of every request, unless a test moves its world's: far from midnight, where daily counters
// begin anew.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// from is the From address of every mail.
const from = "no-reply@id.shop.example"

// A world is the edge on a service in memory, with real keys.
type world struct {
	*testing.T
	memory  *storetest.Memory
	service *binding.Service
	report  *telemetry.Reporter
	lines   func() []string // what was logged and counted so far
	now     time.Time
	locale  string // claim of every session
	mailer  *binding.Mailer
	office  office
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, memory: &storetest.Memory{}, now: noon}
	w.report, w.lines = telemetrytest.Recorded(t)
	data, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (token.Secrets, error) {
		return token.Secrets{Current: []byte(strings.Repeat("t", 64))}, nil
	}
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test"}, load, noon)
	if err != nil {
		t.Fatal(err)
	}
	names := binding.Names{Data: data, Namespace: "main"}
	w.service = &binding.Service{Store: w.memory, Names: names, Keys: keys}
	w.mailer = &binding.Mailer{Outbox: w.memory, Sender: &w.office, Names: names, Keys: keys}
	return w
}

func (w *world) routes() map[string]Route {
	return map[string]Route{
		"POST /v1/binding": Bind(w.service, from), "GET /v1/binding": StatusOf(w.service, from),
		"POST /v1/binding/resend": Resend(w.service, from), "POST /v1/binding/reconfirm": Reconfirm(w.service, from),
		"POST /v1/binding/verify": Verify(w.service, from),
	}
}

// call sends a request of account sub as the gateway would, with a body of JSON unless it is empty.
func (w *world) call(sub, route, body string) Response {
	w.Helper()
	e := event(sub, route, body)
	if w.locale != "" {
		e.RequestContext.Authorizer.JWT.Claims["locale"] = w.locale
	}
	return w.send(e)
}

func (w *world) send(e Event) Response {
	w.Helper()
	return respond(w.Context(), w.report, &e, Claims{Label: "name", Locale: "locale"}, w.routes(), w.now)
}

func event(sub, route, body string) Event {
	e := Event{RouteKey: route, Body: body, Headers: map[string]string{"content-type": typeJSON}}
	e.RequestContext.RequestID = "JKJaXmPLvbinHESHA="
	e.RequestContext.HTTP.Method, _, _ = strings.Cut(route, " ")
	e.RequestContext.Authorizer.JWT.Claims = map[string]any{"iss": "https://login.example.com/", "sub": sub, "scope": "email:manage"}
	return e
}

// session is the person whose JWT event carries.
func session(sub string) binding.Session {
	return binding.Session{Who: binding.Who{Issuer: "https://login.example.com/", Subject: sub}}
}

// bind has sub ask for an address some time before noon.
func (w *world) bind(sub, email string, ago time.Duration) binding.Claim {
	w.Helper()
	if _, err := w.service.Bind(w.Context(), session(sub), email, true, w.now.Add(-ago)); err != nil {
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

// code and link are what the mail of the claim carries.
func (w *world) code(c binding.Claim) string {
	if c.State == binding.Bound {
		return token.FormatCode(w.service.Keys.Current().Code(token.Reconfirm, c.Account, c.Confirming, c.CodesUsed))
	}
	return token.FormatCode(w.service.Keys.Current().Code(token.Verify, c.Account, c.Challenge, c.CodesUsed))
}

func (w *world) link(c binding.Claim) string {
	return binding.Link{Key: w.service.Keys.Current(), Account: c.Account, Challenge: c.Challenge, Address: c.Address, Expires: c.Expires}.Seal()
}

func (w *world) prove(sub string) {
	w.Helper()
	if _, err := w.service.VerifyCode(w.Context(), session(sub), w.code(w.claim(sub)), binding.NewRequest(), w.now); err != nil {
		w.Fatal(err)
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// problemOf reads an answer that must be a problem.
func problemOf(t *testing.T, r Response) body {
	t.Helper()
	var b body
	d := json.NewDecoder(bytes.NewReader([]byte(r.Body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || r.Headers["content-type"] != "application/problem+json" {
		t.Fatalf("no problem: %d %s %q: %v", r.StatusCode, r.Headers["content-type"], r.Body, err)
	}
	return b
}

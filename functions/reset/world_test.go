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
	"mailbind/shared/password"
	"mailbind/shared/recovery"
	"mailbind/shared/store/storetest"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// A world is the function on a store in memory, with real keys and hashes, and an account that forgot its password.
type world struct {
	*testing.T
	memory   *storetest.Memory
	service  *recovery.Service
	platform *recovery.Platform
	letter   binding.Letter
	lines    func() []string // what was logged and counted so far
	handle   func(context.Context, httpapi.Event) (httpapi.Response, error)
	now      time.Time
	hashes   *int
}

var site = page.Site{Platform: "Teahouse", Support: "https://help.example.com"}

const (
	route                    = "POST /v1/recovery/password"
	openapi                  = "../../shared/httpapi/openapi.yaml"
	sub                      = "u-1029"
	mine, others             = "seller@mail.example.net", "others@mail.example.net"
	oldPassword, newPassword = "the old pass phrase of li", "seven lamps over the harbour"
)

// counting is a hasher that counts what argon2id did.
type counting struct {
	password.Hasher
	n *int
}

func (c counting) Hash(normal string) string { *c.n++; return c.Hasher.Hash(normal) }
func (c counting) Verify(phc, normal string) (ok, stale bool, err error) {
	*c.n++
	return c.Hasher.Verify(phc, normal)
}

func newWorld(t *testing.T) *world { return makeWorld(t, setting{site: site}) }

func makeWorld(t *testing.T, s setting) *world {
	t.Helper()
	w := &world{T: t, memory: &storetest.Memory{}, now: time.Now(), hashes: new(int)}
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
	names, policy := binding.Names{Data: data, Namespace: "main"}, password.Policy{Platform: site.Platform, Hosts: []string{"id.example.com"}}
	hasher := counting{password.Hasher{Pepper: data.Pepper, KeyID: data.ID().String(), Params: password.Params{Memory: 64, Time: 1, Threads: 1}}, w.hashes}
	w.service = &recovery.Service{Store: w.memory, Names: names, Keys: keys, Policy: policy, Hasher: hasher}
	w.platform = &recovery.Platform{Store: w.memory, Names: names, Keys: keys, Policy: policy, Hasher: hasher}
	s.service = w.service
	report, lines := telemetrytest.Recorded(t)
	w.lines = lines
	w.handle = httpapi.Serve(report, httpapi.Claims{}, map[string]httpapi.Route{route: {Handler: s.handle, Public: true, MaxBody: httpapi.MaxPasswordBody}})
	w.forget()
	return w
}

// forget binds the account, gives it the old password and mails it a way back in.
func (w *world) forget() {
	w.Helper()
	session := binding.Session{Who: binding.Who{Issuer: "https://login.example.com/", Subject: sub, Label: "李记茶铺"}}
	binds := &binding.Service{Store: w.memory, Names: w.service.Names, Keys: w.service.Keys}
	if _, err := binds.Bind(w.Context(), session, mine, true, w.now.Add(-time.Hour)); err != nil {
		w.Fatal(err)
	}
	c, err := w.memory.Claim(w.Context(), w.account(), w.now)
	if err != nil {
		w.Fatal(err)
	}
	code := w.service.Keys.Current().Code(token.Verify, c.Account, c.Challenge, c.CodesUsed)
	if _, err := binds.VerifyCode(w.Context(), session, code, binding.NewRequest(), w.now); err != nil {
		w.Fatal(err)
	}
	if _, err := w.platform.Set(w.Context(), sub, oldPassword, nil, binding.NewRequest(), w.now.Add(-time.Minute)); err != nil {
		w.Fatal(err)
	}
	if err := w.service.Ask(w.Context(), mine, netip.Addr{}, w.now); err != nil {
		w.Fatal(err)
	}
	a, err := address.Parse(mine)
	if err != nil {
		w.Fatal(err)
	}
	m := recovery.Mailer{Outbox: w.memory, Sender: w, Names: w.service.Names, Keys: w.service.Keys}
	if _, err := m.Deliver(w.Context(), recovery.Order{EmailKey: w.service.Names.Email(a)}, w.now); err != nil {
		w.Fatal(err)
	}
	*w.hashes = 0
}

// Send keeps a letter, as SES would take it.
func (w *world) Send(_ context.Context, l binding.Letter) error {
	w.letter = l
	return nil
}

func (w *world) account() binding.AccountKey { return w.service.Names.Account(sub) }

// grant is what the letter's code gives.
func (w *world) grant() string {
	w.Helper()
	g, err := w.service.ProveCode(w.Context(), mine, w.letter.Code, binding.NewRequest(), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return g.Text
}

// signsIn says whether the platform would let somebody in with that password.
func (w *world) signsIn(typed string) bool {
	w.Helper()
	c, err := w.platform.Check(w.Context(), sub, typed, "", time.Now())
	if err != nil {
		w.Fatal(err)
	}
	return c.OK
}

type fields map[string]string

// with is a copy with some fields changed; "-" takes one away.
func (f fields) with(more ...string) fields {
	f = maps.Clone(f)
	for i := 0; i < len(more); i += 2 {
		if f[more[i]] = more[i+1]; more[i+1] == "-" {
			delete(f, more[i])
		}
	}
	return f
}

// linked and granted are the two ways to send a new password.
func (w *world) linked() fields {
	return fields{"token": w.letter.Token, "email": mine, "password": newPassword}
}
func (w *world) granted() fields { return fields{"grant": w.grant(), "password": newPassword} }

// post sends what a browser sends when the button is pressed.
func (w *world) post(f fields) httpapi.Response {
	w.Helper()
	v := url.Values{}
	for name, value := range f {
		v.Set(name, value)
	}
	return w.send("application/x-www-form-urlencoded", v.Encode(), map[string]string{
		"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "same-origin"})
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
	e := httpapi.Event{RouteKey: route, Body: body, Headers: map[string]string{"content-type": kind}}
	maps.Copy(e.Headers, more)
	e.RequestContext.HTTP.Method = "POST"
	e.RequestContext.RequestID = string(binding.NewRequest())
	r, err := w.handle(w.Context(), e)
	if err != nil {
		w.Fatal(err)
	}
	if at, sent := r.Headers["location"]; r.Headers["cache-control"]+r.Headers["Cache-Control"] != "no-store" || sent != (r.StatusCode == 303) || sent && at != "/done?r=changed" {
		w.Errorf("%d: header %v", r.StatusCode, r.Headers)
	}
	return r
}

// away is a store that is not there.
type away struct{ recovery.Store }

var errAway = errors.New("dynamo-is-away")

func (away) Present(context.Context, recovery.Try) (recovery.Challenge, error) {
	return recovery.Challenge{}, errAway
}
func (away) GiveBackPresented(context.Context, recovery.Try) error { return errAway }

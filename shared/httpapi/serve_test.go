package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

func timeClaim(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// failing is a store in which every step of asking and proving is an outage.
type failing struct {
	binding.Store
	err error
}

func (f failing) Claim(context.Context, binding.AccountKey, time.Time) (binding.Claim, error) {
	return binding.Claim{}, f.err
}
func (f failing) Open(context.Context, binding.Opening) (binding.Claim, error) {
	return binding.Claim{}, f.err
}
func (f failing) Requeue(context.Context, binding.Requeue) (binding.Claim, error) {
	return binding.Claim{}, f.err
}
func (f failing) Reconfirm(context.Context, binding.Reconfirmation) (binding.Claim, error) {
	return binding.Claim{}, f.err
}
func (f failing) ChargeCode(context.Context, binding.Try) (binding.Claim, error) {
	return binding.Claim{}, f.err
}

func (f failing) GiveBack(context.Context, binding.Try, bool) error { return f.err }
func (f failing) Bind(context.Context, binding.Binding) error       { return f.err }

var everyRoute = map[string]string{
	"POST /v1/binding": `{"email":"a@example.net"}`, "GET /v1/binding": "", "POST /v1/binding/resend": "", "POST /v1/binding/reconfirm": "",
	"POST /v1/binding/verify": `{"code":"ABCDEFGH"}`,
}

func TestOutagesAreToldWithoutTheirCauseAndLoggedWithIt(t *testing.T) {
	for route, body := range everyRoute {
		w := newWorld(t)
		w.service.Store = failing{err: errors.New("dynamo-is-away")}
		r := w.call("u-1", route, body)
		b := problemOf(t, r)
		if r.StatusCode != 503 || b.Type != "/problems/unavailable" || b.Support != "JKJaXmPLvbinHESHA=" || r.Headers["retry-after"] != "5" ||
			strings.Contains(r.Body, "dynamo") {
			t.Errorf("%s: %d %v %s", route, r.StatusCode, r.Headers, r.Body)
		}
		lines := w.lines()
		if len(lines) != 2 || !slices.ContainsFunc(lines, func(l string) bool {
			return strings.Contains(l, "level=ERROR") && strings.Contains(l, "dynamo-is-away") && strings.Contains(l, "problem=unavailable") && strings.Contains(l, "status=503")
		}) || !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "{") && strings.Contains(l, `"Outage":1`) }) {
			t.Errorf("%s: %q", route, lines)
		}
	}
}

// A busy table is no outage of ours to wake somebody for: it is told, with a time to come back.
func TestBusyTablesAreToldWithATimeToComeBack(t *testing.T) {
	w := newWorld(t)
	w.service.Store = failing{err: &binding.Conflict{Cause: errors.New("conflict")}}
	r := w.call("u-1", "GET /v1/binding", "")
	if b := problemOf(t, r); r.StatusCode != 503 || b.RetryAfter != 2 || r.Headers["retry-after"] != "2" {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	if lines := w.lines(); len(lines) != 1 || strings.Contains(lines[0], "ERROR") {
		t.Errorf("%q", lines)
	}
}

func TestEveryRequestIsOneLogLine(t *testing.T) {
	w := newWorld(t)
	w.call("u-1", "POST /v1/binding", `{"email":"a@example.net"}`)
	w.call("u-1", "POST /v1/binding", `{`)
	w.call("", "GET /v1/binding", "")
	w.call("u-1", "GET /v1/binding", "")
	lines := w.lines()
	want := []string{
		`route="POST /v1/binding" status=202`, `route="POST /v1/binding" status=400`, `route="GET /v1/binding" status=401`, `route="GET /v1/binding" status=200`,
	}
	problem := []string{"", "problem=malformed", "problem=unauthorized", ""}
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) || !strings.Contains(line, "request_id=") || !strings.Contains(line, "ms=") ||
			!strings.Contains(line, problem[i]) || problem[i] == "" && strings.Contains(line, "problem") {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

// P12: addresses, codes, tokens, access tokens, names and account ids reach no log line, whatever becomes of the request.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t)
	const sub, address, jwt, label = "canary-sub", "canary-address@example.net", "canary-jwt", "canary-label"
	send := func(route, body string) Response {
		e := event(sub, route, body)
		e.Headers["authorization"], e.RawQueryString = "Bearer "+jwt, "t=canary-query"
		e.RequestContext.Authorizer.JWT.Claims["name"] = label
		return w.send(e)
	}
	send("POST /v1/binding", `{"email":`+quoted(address)+`}`)
	send("POST /v1/binding", `{"email":"canary-address@","x":1}`)
	send("POST /v1/binding", `{"email":"canary-address@exa mple"}`)
	send("POST /v1/binding", `{"email":"canary-address@gmial.com"}`)
	send("POST /v1/binding", `{"email":"canary-address2@example.net"}`)
	code, link := w.code(w.claim(sub)), w.link(w.claim(sub))
	send("POST /v1/binding/verify", `{"code":"CANA-RY22"}`)
	send("POST /v1/binding/verify", `{"token":"canary-token"}`)
	send("POST /v1/binding/verify", `{"token":`+quoted(link[:len(link)-4])+`}`)
	check := send("GET /v1/binding", "")
	send("POST /v1/binding/resend", "")
	if r := send("POST /v1/binding/verify", `{"code":`+quoted(code)+`}`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	w.service.Store = failing{err: errors.New("away")}
	send("GET /v1/binding", "")

	var st StatusBody
	if err := json.Unmarshal([]byte(check.Body), &st); err != nil || st.Check == "" || st.Address != address {
		t.Fatalf("%s: %v", check.Body, err)
	}
	all := strings.Join(w.lines(), "\n")
	for _, secret := range []string{"canary", "CANA", address, code, strings.ReplaceAll(code, "-", ""), link[:20], jwt, label, `"` + st.Check, "=" + st.Check, st.Ref} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if got := len(w.lines()); got != 13 {
		t.Errorf("%d lines for 12 requests and one outage counted", got)
	}
}

// Events that no gateway sends: a function may be invoked with anything.
func TestUnknownRoutesAndEmptyEventsAreAnswered(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"routeKey":"DELETE /v1/binding"}`, `{"routeKey":"POST /v1/bindings"}`, `{"routeKey":"post /v1/binding"}`, `{"routeKey":"$default"}`,
		`{"routeKey":"GET /v1/binding"}`, `{"routeKey":"GET /v1/binding","headers":null,"requestContext":{"authorizer":null}}`,
		`{"routeKey":"GET /v1/binding","requestContext":{"authorizer":{"jwt":{"claims":null}}}}`,
		`{"routeKey":"POST /v1/binding","requestContext":{"authorizer":{"jwt":{"claims":{"iss":"i","sub":"u"}}}}}`,
	} {
		var e Event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		want := "/problems/not-found"
		switch {
		case strings.Contains(text, `"sub"`):
			want = "/problems/unsupported-media"
		case strings.Contains(text, `"GET /v1/binding"`):
			want = "/problems/unauthorized"
		}
		if b := problemOf(t, w.send(e)); b.Type != want {
			t.Errorf("%s: %s", text, b.Type)
		}
	}
}

// Serve is what Lambda calls: it reads the clock, sets a limit, and never answers with an error, which
// the gateway would make a 500 without a body of ours.
func TestServeAnswersWithoutAnError(t *testing.T) {
	w := newWorld(t)
	seen := false
	handler := Serve(w.report, Claims{}, map[string]Route{"GET /x": {Public: true, Handler: func(ctx context.Context, r *Request) (Response, error) {
		limit, ok := ctx.Deadline()
		if left := time.Until(limit); !ok || left > timeLimit || left < timeLimit-time.Second || time.Since(r.Now) > time.Second {
			t.Errorf("limit %v, now %v", left, r.Now)
		}
		seen = true
		return Response{}, errors.New("broken")
	}}})
	r, err := handler(t.Context(), event("", "GET /x", ""))
	if err != nil || !seen || r.StatusCode != 503 {
		t.Errorf("%v %v %+v", seen, err, r)
	}
}

// The sample event of every function is one that its route answers.
func TestSampleEventsAreAnswered(t *testing.T) {
	for _, name := range []string{"bind", "status", "resend", "verify"} {
		text, err := os.ReadFile("../../functions/" + name + "/event.json")
		if err != nil {
			t.Fatal(err)
		}
		var e Event
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		if name == "resend" {
			w.bind("u-1029", "seller@mail.example.net", time.Hour)
		}
		r := w.send(e)
		if r.StatusCode == 400 || r.StatusCode == 404 || r.StatusCode == 415 || r.StatusCode == 401 || r.StatusCode >= 500 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
}

// The gateway's request id names the call for what must not count twice; without a usable one each call has its own.
func TestRequestIDIsTheGatewaysOrAFreshOne(t *testing.T) {
	id := func(s string) binding.Request {
		e := &Event{}
		e.RequestContext.RequestID = s
		return requestID(e)
	}
	if got := id("JKJaXmPLvbinHESHA="); got != "JKJaXmPLvbinHESHA=" {
		t.Errorf("%q", got)
	}
	if got := id(strings.Repeat("x", 36)); len(got) != 36 || got[0] != 'x' {
		t.Errorf("%q", got)
	}
	for _, s := range []string{"", strings.Repeat("x", 37)} {
		if a, b := id(s), id(s); a == b || len(a) < 16 || len(a) > 36 {
			t.Errorf("%q, %q", a, b)
		}
	}
}

func TestHeadAnswersHaveNoBody(t *testing.T) {
	w := newWorld(t)
	for method, want := range map[string]bool{"GET": true, "HEAD": false} {
		e := event("", method+" /openapi.yaml", "")
		r := respond(t.Context(), w.report, &e, Claims{}, map[string]Route{method + " /openapi.yaml": {Handler: Description, Public: true}}, noon)
		if (r.Body == openapi) != want || (r.Body == "") == want || r.StatusCode != 200 || r.Headers["content-type"] != "application/yaml" {
			t.Errorf("%s: %d %v, %d bytes", method, r.StatusCode, r.Headers, len(r.Body))
		}
		e = event("", method+" /none", "")
		if r := respond(t.Context(), w.report, &e, Claims{}, nil, noon); (r.Body != "") != want || r.StatusCode != 404 {
			t.Errorf("%s: %d %q", method, r.StatusCode, r.Body)
		}
	}
}

// Success is as private as refusal is.
func TestAnswersAreNotKept(t *testing.T) {
	for name, r := range map[string]Response{
		"JSON": JSONResponse(200, StatusBody{}), "303": SeeOther("/done?r=bound"), "problem": problemResponse(&binding.Refusal{Reason: ErrNotFound}, ""),
	} {
		h := r.Headers
		if h["cache-control"] != "no-store" || h["x-content-type-options"] != "nosniff" || h["strict-transport-security"] == "" || h["content-type"] == "" {
			t.Errorf("%s: %v", name, h)
		}
	}
	if r := SeeOther("/done?r=bound"); r.StatusCode != 303 || r.Headers["location"] != "/done?r=bound" || r.Headers["referrer-policy"] != "same-origin" || r.Body != "" {
		t.Errorf("%+v", r)
	}
}

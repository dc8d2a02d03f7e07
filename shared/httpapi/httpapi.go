// Package httpapi is the edge: API Gateway's events in, answers out. It decodes strictly, knows who is
// signed in, and holds the one table from refusals to HTTP; what is right or wrong it leaves to
// binding. Errors are application/problem+json (RFC 9457). The gateway's own errors (401, 403, 404,
// 413, 429, 500, 503 before or behind a function) are {"message":...} and not of our making.
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
)

// A Request is one call, parsed as far as every route needs it.
type Request struct {
	ID      binding.Request // the gateway's request id
	Now     time.Time       // read once
	Method  string
	Session binding.Session // on routes that ask for one

	event       *Event
	contentType string
	limit       int    // Route.MaxBody
	origin      string // Route.Origin
}

// Header gives a header field by its name in lower case.
func (r *Request) Header(name string) string { return r.event.Headers[name] }

// Query gives a parameter of the query; "" if it is absent, given twice or not readable.
func (r *Request) Query(name string) string {
	v, err := url.ParseQuery(r.event.RawQueryString)
	if err != nil || len(v[name]) != 1 {
		return ""
	}
	return v[name][0]
}

// Caller is where the connection to the gateway came from; the zero Addr if that cannot be read. Never what
// a header says, such as X-Forwarded-For: a caller writes those as they like.
func (r *Request) Caller() netip.Addr {
	a, err := netip.ParseAddr(r.event.RequestContext.HTTP.SourceIP)
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// WantsHTML says whether a person is to read the answer: a form was posted or a page asked for, and not
// by somebody who accepts JSON. Browsers name no JSON when they navigate.
func (r *Request) WantsHTML() bool {
	return (r.contentType == typeForm || r.contentType == "") && !strings.Contains(r.Header("accept"), typeJSON)
}

// A Handler answers one route. An error is told by the table of problems.
type Handler func(context.Context, *Request) (Response, error)

// A Route is one handler and what it is for.
type Route struct {
	Handler Handler
	Public  bool // not only for account holders who are signed in
	MaxBody int  // bytes; 0: 4096
	// Origin is that of the pages whose forms are taken (BaseUrl), where the browser is too old to say from which
	// site a form comes; "": any.
	Origin string
}

const noStore = "no-store"

// timeLimit ends a request before the function's own limit does, so that the caller gets an answer.
const timeLimit = 8 * time.Second

// Serve makes a Lambda handler of routes by their route keys ("POST /v1/binding"). It writes one log
// line a request: route, status, problem, milliseconds.
func Serve(report *telemetry.Reporter, claims Claims, routes map[string]Route) func(context.Context, Event) (Response, error) {
	return func(ctx context.Context, e Event) (Response, error) {
		ctx, cancel := context.WithTimeout(ctx, timeLimit)
		defer cancel()
		return respond(ctx, report, &e, claims, routes, time.Now()), nil
	}
}

// respond answers every request: what is no answer of a handler is one of the table of problems.
func respond(ctx context.Context, report *telemetry.Reporter, e *Event, claims Claims, routes map[string]Route, now time.Time) Response {
	response, err := answer(ctx, e, claims, routes, now)
	var refusal *binding.Refusal
	outage := false
	if err != nil {
		refusal, outage = AsRefusal(err)
		if page, ok := errors.AsType[*shown](err); ok {
			response = page.response
		} else {
			response = problemResponse(refusal, e.RequestContext.RequestID)
		}
	}
	if e.RequestContext.HTTP.Method == http.MethodHead {
		response.Body = "" // RFC 9110 section 9.3.2
	}
	logRequest(ctx, report, e, response, now, refusal, outage, err)
	return response
}

func answer(ctx context.Context, e *Event, claims Claims, routes map[string]Route, now time.Time) (Response, error) {
	route, ok := routes[e.RouteKey]
	if !ok {
		return Response{}, refuse(ErrNotFound)
	}
	r := &Request{ID: requestID(e), Now: now, Method: e.RequestContext.HTTP.Method, event: e, contentType: e.contentType(), limit: route.MaxBody, origin: route.Origin}
	if !route.Public {
		var err error
		if r.Session, err = claims.session(e); err != nil {
			return Response{}, err
		}
	}
	return route.Handler(ctx, r)
}

// requestID names the call for what must not count twice. API Gateway's are short and random.
func requestID(e *Event) binding.Request {
	if id := e.RequestContext.RequestID; len(id) >= 1 && len(id) <= 36 {
		return binding.Request(id)
	}
	return binding.NewRequest()
}

func logRequest(ctx context.Context, report *telemetry.Reporter, e *Event, r Response, start time.Time, refusal *binding.Refusal, outage bool, cause error) {
	attrs := []slog.Attr{
		slog.String("route", e.RouteKey), slog.Int("status", r.StatusCode),
		slog.String("request_id", e.RequestContext.RequestID), slog.Float64("ms", float64(time.Since(start).Microseconds())/1000),
	}
	if refusal != nil {
		attrs = append(attrs, slog.String("problem", string(refusal.Reason)))
	}
	level := slog.LevelInfo
	if outage {
		level = slog.LevelError
		attrs = append(attrs, slog.String("cause", cause.Error()))
		report.Count(telemetry.Outage)
	}
	if errors.Is(cause, recovery.ErrCallerLimit) {
		report.Count(telemetry.CallerLimit)
	}
	report.LogAttrs(ctx, level, "request", attrs...)
}

// headers are the header fields of every answer that is no page; pages have more.
func headers(contentType, cache string) map[string]string {
	return map[string]string{
		"content-type": contentType, "cache-control": cache, "x-content-type-options": "nosniff",
		"strict-transport-security": "max-age=63072000; includeSubDomains",
	}
}

// JSONResponse answers a value as JSON.
func JSONResponse(status int, v any) Response {
	text, err := json.Marshal(v)
	if err != nil {
		panic("httpapi: internal error: " + err.Error())
	}
	return Response{StatusCode: status, Body: string(text), Headers: headers(typeJSON, noStore)}
}

// HTML answers a page with its header fields.
func HTML(status int, headers map[string]string, body []byte) Response {
	return Response{StatusCode: status, Headers: headers, Body: string(body)}
}

// SeeOther sends the browser on to a page of ours that needs no secret (RFC 9110 section 15.4.4).
func SeeOther(path string) Response {
	h := headers("text/plain; charset=utf-8", noStore)
	h["location"], h["referrer-policy"] = path, "same-origin"
	return Response{StatusCode: http.StatusSeeOther, Headers: h}
}

// A shown is a refusal or outage that a handler has told the person already, as a page.
type shown struct {
	error
	response Response
}

func (s *shown) Unwrap() error { return s.error }

// Refused tells an error to a person: a page instead of a problem, with the status and the waiting time of its
// refusal. It is logged and counted all the same.
func Refused(err error, headers map[string]string, page []byte) (Response, error) {
	refusal, _ := AsRefusal(err)
	if refusal.RetryAfter > 0 {
		headers["Retry-After"] = strconv.FormatInt(Seconds(refusal.RetryAfter), 10)
	}
	return Response{}, &shown{err, HTML(Status(refusal), headers, page)}
}

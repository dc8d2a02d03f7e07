// Package gateway plays an API Gateway HTTP API: routes, JWT authorizers, events of payload format 2.0 and what becomes of a
// function's answer. Its own answers are {"message": ...}, as on AWS, and no function has a say in them.
//
// Sources: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs", "Control access to HTTP APIs
// with JWT authorizers" and the quotas of HTTP APIs. Throttling is not played.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits of an HTTP API and of Lambda behind it.
const (
	bodyLimit          = 10 << 20
	eventLimit         = 6 << 20
	integrationTimeout = 30 * time.Second
)

// Function invokes a function. functionError is not empty when the function failed; err is for an invocation that did not end.
type Function func(ctx context.Context, event []byte) (payload []byte, functionError string, err error)

// Route is one route. Authorizer is nil for a public one.
type Route struct {
	Method, Path string // Method may be ANY; Path may hold {name} and a last {name+}, or be $default
	Authorizer   *Authorizer
	Scopes       []string // one of these has to be in the token; none: any token
	Function     Function
}

// Gateway answers requests. A request for a path that no route has is answered 404, also for another method of a known path.
type Gateway struct {
	routes []compiledRoute
}

// New sorts the routes by how exactly they match.
func New(routes []Route) *Gateway {
	g := &Gateway{}
	for _, route := range routes {
		g.routes = append(g.routes, compile(route))
	}
	return g
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	id := requestID()
	w.Header().Set("Apigw-Requestid", id)
	route, parameters := g.find(r.Method, r.URL.Path)
	if route == nil {
		message(w, http.StatusNotFound, "Not Found")
		return
	}
	var identity *identity
	if route.Authorizer != nil {
		var refused *refusal
		if identity, refused = route.Authorizer.check(r.Header.Get("Authorization"), route.Scopes, now); refused != nil {
			w.Header().Set("Www-Authenticate", refused.challenge)
			message(w, refused.status, http.StatusText(refused.status))
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		message(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	if err != nil {
		return // the caller is gone
	}
	event, err := json.Marshal(newEvent(r, body, requestFacts{id: id, now: now, route: route, parameters: parameters, identity: identity}))
	if err != nil {
		panic("gateway: an event that is not JSON: " + err.Error())
	}
	if len(event) > eventLimit {
		message(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), integrationTimeout)
	defer cancel()
	payload, functionError, err := route.Function(ctx, event)
	switch {
	case err != nil:
		message(w, http.StatusServiceUnavailable, "Service Unavailable")
	case functionError != "":
		message(w, http.StatusInternalServerError, "Internal Server Error")
	default:
		reply(w, payload)
	}
}

func message(w http.ResponseWriter, status int, text string) {
	body := `{"message":"` + text + `"}`
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	io.WriteString(w, body)
}

// compiledRoute is a route with its path cut at the slashes.
type compiledRoute struct {
	Route
	segments []string
	rank     int // lower matches first: exact, {name}, {name+}, $default
}

func compile(route Route) compiledRoute {
	compiled := compiledRoute{Route: route}
	if route.Path == "$default" {
		compiled.rank = 3
		return compiled
	}
	compiled.segments = strings.Split(strings.TrimPrefix(route.Path, "/"), "/")
	for _, segment := range compiled.segments {
		switch {
		case strings.HasSuffix(segment, "+}"):
			compiled.rank = 2
		case strings.HasPrefix(segment, "{"):
			compiled.rank = max(compiled.rank, 1)
		}
	}
	return compiled
}

// key is the route key as API Gateway writes it.
func (c *compiledRoute) key() string {
	if c.Path == "$default" {
		return c.Path
	}
	return c.Method + " " + c.Path
}

// find gives the most exact route; a route for the method itself goes before one for ANY.
func (g *Gateway) find(method, path string) (*compiledRoute, map[string]string) {
	var (
		best       *compiledRoute
		bestRank   int
		parameters map[string]string
	)
	for i := range g.routes {
		route := &g.routes[i]
		if route.rank < 3 && route.Method != method && route.Method != "ANY" {
			continue
		}
		found, ok := route.match(path)
		rank := route.rank * 2
		if route.Method == "ANY" {
			rank++
		}
		if ok && (best == nil || rank < bestRank) {
			best, bestRank, parameters = route, rank, found
		}
	}
	return best, parameters
}

func (c *compiledRoute) match(path string) (map[string]string, bool) {
	if c.rank == 3 {
		return nil, true
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	parameters := map[string]string{}
	for i, segment := range c.segments {
		if name, greedy := strings.CutSuffix(segment, "+}"); greedy && i < len(parts) {
			parameters[strings.TrimPrefix(name, "{")] = strings.Join(parts[i:], "/")
			return parameters, true
		}
		if i >= len(parts) {
			return nil, false
		}
		if strings.HasPrefix(segment, "{") && parts[i] != "" {
			parameters[strings.Trim(segment, "{}")] = parts[i]
		} else if segment != parts[i] {
			return nil, false
		}
	}
	return parameters, len(parts) == len(c.segments)
}

package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

type requestFacts struct {
	id         string
	now        time.Time
	route      *compiledRoute
	parameters map[string]string
	identity   *identity
}

// newEvent is the event of payload format 2.0 for a request.
func newEvent(r *http.Request, body []byte, facts requestFacts) events.APIGatewayV2HTTPRequest {
	client, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		client = r.RemoteAddr
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	prefix, _, _ := strings.Cut(host, ".")
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: facts.route.key(), RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery, PathParameters: facts.parameters,
		Headers: headers(r, client, port), QueryStringParameters: query(r.URL.RawQuery),
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: facts.route.key(), AccountID: "000000000000", Stage: "$default", RequestID: facts.id, APIID: "local",
			DomainName: host, DomainPrefix: prefix,
			Time: facts.now.UTC().Format("02/Jan/2006:15:04:05 +0000"), TimeEpoch: facts.now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: client, UserAgent: r.UserAgent(),
			},
		},
	}
	for _, line := range r.Header.Values("Cookie") {
		for cookie := range strings.SplitSeq(line, ";") {
			event.Cookies = append(event.Cookies, strings.TrimSpace(cookie))
		}
	}
	if facts.identity != nil {
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: facts.identity.claims, Scopes: facts.identity.scopes},
		}
	}
	if isText(r.Header.Get("Content-Type")) && utf8.Valid(body) {
		event.Body = string(body)
	} else if len(body) > 0 {
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return event
}

// headers are in lower case, the values of one name joined by commas; cookies are apart.
func headers(r *http.Request, client, port string) map[string]string {
	joined := map[string]string{"host": r.Host, "content-length": strconv.FormatInt(max(r.ContentLength, 0), 10)}
	for name, values := range r.Header {
		if name != "Cookie" && name != "Connection" {
			joined[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	if before, ok := joined["x-forwarded-for"]; ok {
		client = before + ", " + client // the caller can write what it likes in front
	}
	joined["x-forwarded-for"], joined["x-forwarded-port"], joined["x-forwarded-proto"] = client, port, "http"
	joined["x-amzn-trace-id"] = "Root=1-" + strings.ToLower(rand.Text()[:8]+"-"+rand.Text()[:24])
	return joined
}

func query(raw string) map[string]string {
	values, _ := url.ParseQuery(raw) // what cannot be read is left out; rawQueryString has it
	if len(values) == 0 {
		return nil
	}
	joined := map[string]string{}
	for name, all := range values {
		joined[name] = strings.Join(all, ",")
	}
	return joined
}

// isText says which bodies arrive as they are. Everything else is base64, forms and unknown types included.
func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch {
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "+json"), strings.HasSuffix(kind, "+xml"):
		return true
	}
	return kind == "application/json" || kind == "application/xml" || kind == "application/javascript"
}

func requestID() string { return rand.Text()[:15] + "=" }

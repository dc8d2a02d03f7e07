package httpapi

import (
	"cmp"
	"encoding/base64"
	"strings"
)

// An Event is what a function reads of an API Gateway HTTP API event, payload format 2.0
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
// Claims are decoded as any: the gateway sends strings, and has for a while sent numbers and booleans
// too, which must not break a request that does not look at them.
type Event struct {
	RouteKey        string            `json:"routeKey"`
	RawQueryString  string            `json:"rawQueryString"`
	Headers         map[string]string `json:"headers"` // names in lower case
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	RequestContext  struct {
		RequestID string `json:"requestId"`
		HTTP      struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"` // of the connection to the gateway
		} `json:"http"`
		Authorizer struct {
			JWT struct {
				Claims map[string]any `json:"claims"`
			} `json:"jwt"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

// A Response is the answer in the same format.
type Response struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

// The most that a request needs, in bytes. A new password may have 256 code points, which are 3072 bytes
// where each is an emoji in a form, and stands beside a token and an address.
const (
	maxBody         = 4096
	MaxPasswordBody = 8192
)

// body gives the request's body, of limit bytes at most (0: maxBody), decoded if the gateway encoded it.
func (e *Event) body(limit int) (string, error) {
	limit = cmp.Or(limit, maxBody)
	if !e.IsBase64Encoded {
		if len(e.Body) > limit {
			return "", refuse(ErrTooLarge)
		}
		return e.Body, nil
	}
	if len(e.Body) > base64.StdEncoding.EncodedLen(limit) {
		return "", refuse(ErrTooLarge)
	}
	raw, err := base64.StdEncoding.DecodeString(e.Body)
	switch {
	case err != nil:
		return "", Malformed("body")
	case len(raw) > limit:
		return "", refuse(ErrTooLarge)
	}
	return string(raw), nil
}

// contentType is the media type of the body, in lower case and without parameters.
func (e *Event) contentType() string {
	kind, _, _ := strings.Cut(e.Headers["content-type"], ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

package httpapi

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"mailbind/shared/binding"
)

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// decodeJSON reads a body strictly: one object, no unknown, repeated or case-variant names, nothing
// after it, valid UTF-8 throughout. encoding/json takes all of these, and what a firewall before us
// read may then differ from what we do; hence the v2 implementation.
func decodeJSON(body string, into any) error {
	if !strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "{") {
		return malformed("json") // null and scalars would leave the zero value
	}
	if err := json.Unmarshal([]byte(body), into, json.RejectUnknownMembers(true)); err != nil {
		return malformed("json")
	}
	return nil
}

// JSON decodes the body of a route that takes JSON alone. Without a body the value stays as it is,
// if empty allows it.
func (r *Request) JSON(into any, empty bool) error {
	if r.body == "" && empty {
		return nil
	}
	if r.contentType != typeJSON {
		return refuse(ErrUnsupportedMedia)
	}
	return decodeJSON(r.body, into)
}

// Form decodes a body of a public route, JSON or a form, into named fields. An unknown or repeated
// field is refused, and so is a form that another site sent: browsers say where a form comes from in
// Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/); those that do not are older than the header.
func (r *Request) Form(fields ...string) (map[string]string, error) {
	out := make(map[string]string, len(fields))
	switch r.contentType {
	case typeJSON:
		if err := decodeJSON(r.body, &out); err != nil {
			return nil, err
		}
	case typeForm:
		switch r.Header("sec-fetch-site") {
		case "", "none", "same-origin":
		default:
			return nil, refuse(ErrCrossSite)
		}
		values, err := url.ParseQuery(r.body)
		if err != nil {
			return nil, malformed("form")
		}
		for name, v := range values {
			if len(v) != 1 || !utf8.ValidString(v[0]) {
				return nil, malformed("form")
			}
			out[name] = v[0]
		}
	default:
		return nil, refuse(ErrUnsupportedMedia)
	}
	known := 0
	for _, name := range fields {
		if _, ok := out[name]; ok {
			known++
		}
	}
	if known != len(out) {
		return nil, malformed("form")
	}
	return out, nil
}

// refuse and malformed make the edge's own refusals.
func refuse(r binding.Reason) error { return &binding.Refusal{Reason: r} }

func malformed(what string) error {
	return &binding.Refusal{Reason: binding.ErrMalformed, Detail: what}
}

// Malformed refuses a request that this part of it makes unreadable.
func Malformed(what string) error { return malformed(what) }

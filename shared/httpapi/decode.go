package httpapi

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mailbind/shared/binding"
)

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// decodeJSON reads a body strictly: one object, no unknown, repeated or case-variant names, no null,
// nothing after it, valid UTF-8 throughout. encoding/json takes all of these, and what a firewall before
// us read may then differ from what we do; hence the v2 implementation.
func decodeJSON(body string, into any) error {
	if hasNull(body) {
		return malformed("json") // v2 too would leave the zero value
	}
	if err := json.Unmarshal([]byte(body), into, json.RejectUnknownMembers(true)); err != nil {
		return malformed("json")
	}
	return nil
}

// DecodeJSON reads a text as strictly as the body of a request, for calls that come without HTTP. What it
// refuses is malformed, for the reason json.
func DecodeJSON(text string, into any) error { return decodeJSON(text, into) }

// hasNull says whether there is a null anywhere before the first fault of syntax.
func hasNull(body string) bool {
	d := jsontext.NewDecoder(strings.NewReader(body))
	for {
		t, err := d.ReadToken()
		if err != nil {
			return false
		}
		if t.Kind() == jsontext.KindNull {
			return true
		}
	}
}

// JSON decodes the body of a route that takes JSON alone. Without a body the value stays as it is,
// if empty allows it.
func (r *Request) JSON(into any, empty bool) error {
	body, err := r.event.body(r.limit)
	switch {
	case err != nil:
		return err
	case body == "" && empty:
		return nil
	case r.contentType != typeJSON:
		return refuse(ErrUnsupportedMedia)
	}
	return decodeJSON(body, into)
}

// Form decodes a body of a public route, JSON or a form, into named fields. An unknown or repeated
// field is refused, and so is a form that another site sent: browsers say where a form comes from in
// Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/); those that do not are older than the header.
func (r *Request) Form(fields ...string) (map[string]string, error) {
	body, err := r.event.body(r.limit)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(fields))
	what := "json"
	switch r.contentType {
	case typeJSON:
		if err := decodeJSON(body, &out); err != nil {
			return nil, err
		}
	case typeForm:
		what = "form"
		switch r.Header("sec-fetch-site") {
		case "", "none", "same-origin":
		default:
			return nil, refuse(ErrCrossSite)
		}
		values, err := url.ParseQuery(body)
		if err != nil {
			return nil, malformed(what)
		}
		for name, v := range values {
			if len(v) != 1 || !utf8.ValidString(v[0]) {
				return nil, malformed(what)
			}
			out[name] = v[0]
		}
	default:
		return nil, refuse(ErrUnsupportedMedia)
	}
	for name := range out {
		if !slices.Contains(fields, name) {
			return nil, malformed(what)
		}
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

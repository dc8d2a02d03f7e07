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

// DecodeJSON reads a body strictly: one object, no unknown, repeated or case-variant names, no null,
// nothing after it, valid UTF-8 throughout. encoding/json takes all of these, and what a firewall before
// us read may then differ from what we do; hence the v2 implementation.
func DecodeJSON(body string, into any) error {
	if hasNull(body) {
		return Malformed("json") // v2 too would leave the zero value
	}
	if err := json.Unmarshal([]byte(body), into, json.RejectUnknownMembers(true)); err != nil {
		return Malformed("json")
	}
	return nil
}

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
	return DecodeJSON(body, into)
}

// Form decodes a body of a public route, JSON or a form, into named fields. An unknown or repeated
// field is refused, and so is a form that another site sent: browsers say where a form comes from in
// Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/); those that do not are older than the header, and
// most of them name the Origin of the page. "null" and no Origin at all are taken: so do in-app browsers send our
// own forms, and who cannot be told apart must not be kept out.
func (r *Request) Form(fields ...string) (map[string]string, error) {
	body, err := r.event.body(r.limit)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(fields))
	what := "json"
	switch r.contentType {
	case typeJSON:
		if err := DecodeJSON(body, &out); err != nil {
			return nil, err
		}
	case typeForm:
		what = "form"
		if r.crossSite() {
			return nil, refuse(ErrCrossSite)
		}
		values, err := url.ParseQuery(body)
		if err != nil {
			return nil, Malformed(what)
		}
		for name, v := range values {
			if len(v) != 1 || !utf8.ValidString(v[0]) {
				return nil, Malformed(what)
			}
			out[name] = v[0]
		}
	default:
		return nil, refuse(ErrUnsupportedMedia)
	}
	for name := range out {
		if !slices.Contains(fields, name) {
			return nil, Malformed(what)
		}
	}
	return out, nil
}

// crossSite says whether a form is known to come from another site's page.
func (r *Request) crossSite() bool {
	switch r.Header("sec-fetch-site") {
	case "none", "same-origin":
		return false
	case "":
		origin := r.Header("origin")
		return r.origin != "" && origin != "" && origin != "null" && origin != r.origin
	}
	return true
}

// refuse makes the edge's own refusals.
func refuse(r binding.Reason) error { return &binding.Refusal{Reason: r} }

// Malformed refuses what this part of it makes unreadable.
func Malformed(what string) error {
	return &binding.Refusal{Reason: binding.ErrMalformed, Detail: what}
}

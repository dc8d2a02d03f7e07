package main

import (
	"context"
	"net/http"
	"strings"

	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

// asking answers those who want back in. Programs post JSON and get it; a browser posts the forms of the
// pages and gets pages, and since those carry the address or a grant, none is sent on to another URL.
type asking struct {
	service   *recovery.Service
	site      page.Site
	returnURL string // where the platform takes grants; "": the passwords are ours
	origin    string // of returnURL
}

// asked is the JSON of POST /v1/recovery: the same bytes for every address.
type asked struct {
	State string `json:"state"`
}

// ask is POST /v1/recovery. What it answers depends on what was typed and on the caller's network, and on
// nothing that is known of the address.
func (a asking) ask(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	in, err := r.Form("email")
	email := in["email"]
	if err == nil {
		email = trimmed(r, email)
		err = a.service.Ask(ctx, email, r.Caller(), r.Now)
	}
	l := language(r)
	switch {
	case err == nil && r.WantsHTML():
		return httpapi.HTML(http.StatusAccepted, page.Headers(l), a.site.Asked(l, page.AskedView{Email: email})), nil
	case err == nil:
		return httpapi.JSONResponse(http.StatusAccepted, asked{State: "asked"}), nil
	case r.WantsHTML():
		refusal, _ := httpapi.AsRefusal(err)
		return httpapi.Refused(err, page.Headers(l), a.site.Ask(l, page.AskView{Email: email, Problem: string(refusal.Reason), RetryAfter: refusal.RetryAfter}))
	}
	return httpapi.Response{}, err
}

// trimmed takes the spaces off an address that a person typed into a form. Programs do that in their window.
func trimmed(r *httpapi.Request, email string) string {
	if r.WantsHTML() {
		return strings.TrimSpace(email)
	}
	return email
}

func language(r *httpapi.Request) page.Lang { return page.Negotiate(r.Header("accept-language")) }

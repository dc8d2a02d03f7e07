package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

// proven is the JSON of POST /v1/recovery/verify.
type proven struct {
	State     string    `json:"state"`
	Grant     string    `json:"grant"`
	ExpiresAt time.Time `json:"expires_at"`           // whole seconds, UTC
	ReturnURL string    `json:"return_url,omitempty"` // where to post the grant; without it: POST /v1/recovery/password
}

// prove is POST /v1/recovery/verify: the address, and beside it the code or the token of the link.
func (a asking) prove(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	in, err := r.Form("email", "code", "token")
	email := trimmed(r, in["email"])
	var g recovery.Grant
	if err == nil {
		g, err = a.grant(ctx, r, email, in)
	}
	switch {
	case err == nil && r.WantsHTML():
		return a.granted(r, email, g), nil
	case err == nil:
		return httpapi.JSONResponse(http.StatusOK, proven{State: "proven", Grant: g.Text, ExpiresAt: g.Expires, ReturnURL: a.returnURL}), nil
	case r.WantsHTML():
		return a.refused(ctx, r, email, in, err)
	}
	return httpapi.Response{}, err
}

// grant trades the code or the token, whichever it is.
func (a asking) grant(ctx context.Context, r *httpapi.Request, email string, in map[string]string) (recovery.Grant, error) {
	code, coded := in["code"]
	token, linked := in["token"]
	if coded == linked {
		return recovery.Grant{}, httpapi.Malformed("code-or-token")
	}
	if linked {
		return a.service.ProveLink(ctx, token, email, r.Now)
	}
	return a.service.ProveCode(ctx, email, code, r.ID, r.Now)
}

// granted shows what the grant is for: the form of the new password, or the button that takes it to the
// platform.
func (a asking) granted(r *httpapi.Request, email string, g recovery.Grant) httpapi.Response {
	l := language(r)
	if a.returnURL == "" {
		return httpapi.HTML(http.StatusOK, page.HeadersForPassword(l), a.site.NewPassword(l, page.NewPasswordView{Grant: g.Text, Email: email}))
	}
	return httpapi.HTML(http.StatusOK, page.HeadersReturning(l, a.origin), a.site.Return(l, page.ReturnView{URL: a.returnURL, Grant: g.Text}))
}

// refused tells a refusal to a person: at the form that they sent, where another try can mend it.
func (a asking) refused(ctx context.Context, r *httpapi.Request, email string, in map[string]string, err error) (httpapi.Response, error) {
	refusal, _ := httpapi.AsRefusal(err)
	l := language(r)
	token, linked := in["token"]
	wrong := errors.Is(refusal, recovery.ErrRefused)
	noAddress := errors.Is(refusal, binding.ErrInvalidAddress)
	noCode := errors.Is(refusal, binding.ErrMalformed) && refusal.Detail == "code"
	switch {
	case linked && (wrong || noAddress):
		if _, bad := recovery.OpenLink(ctx, a.service.Keys, token, r.Now); bad != nil {
			break // no way on from a token that is none
		}
		return httpapi.Refused(err, a.resetHeaders(l), a.site.Reset(l, page.ResetView{Token: token, Email: email, Host: a.returnURL != "", Refused: true}))
	case wrong || noCode:
		return httpapi.Refused(err, page.Headers(l), a.site.Asked(l, page.AskedView{Email: email, Refused: wrong, NotCode: noCode}))
	case noAddress:
		return httpapi.Refused(err, page.Headers(l), a.site.Ask(l, page.AskView{Email: email, Problem: string(refusal.Reason)}))
	}
	return httpapi.Refused(err, page.Headers(l), a.site.RecoveryRefused(l, string(refusal.Reason), refusal.RetryAfter))
}

// resetHeaders are those of the page Reset, which has a field for a password where the passwords are ours.
func (a asking) resetHeaders(l page.Lang) map[string]string {
	if a.returnURL != "" {
		return page.Headers(l)
	}
	return page.HeadersForPassword(l)
}

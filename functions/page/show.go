package main

import (
	"context"
	"errors"
	"net/http"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

// shown are the pages. A mail scanner, a link preview and a person get the same: what a button would
// do, and the button.
type shown struct {
	keys binding.Keys
	site page.Site
	host bool // the platform keeps the passwords: the link of a recovery mail asks for none
}

func (s shown) routes() map[string]httpapi.Route {
	out := map[string]httpapi.Route{}
	for path, h := range map[string]httpapi.Handler{
		"/verify": s.confirm, "/deny": s.deny, "/recover": s.ask, "/reset": s.reset, "/done": s.done, "/openapi.yaml": httpapi.Description,
	} {
		out["GET "+path] = httpapi.Route{Handler: h, Public: true}
		out["HEAD "+path] = httpapi.Route{Handler: h, Public: true}
	}
	return out
}

func (s shown) confirm(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	token := r.Query("t")
	link, err := binding.OpenLink(ctx, s.keys, token, r.Now)
	if err != nil {
		return s.refused(r, token, err)
	}
	l := language(r)
	return html(http.StatusOK, l, s.site.Confirm(l, page.ConfirmView{Token: token, Label: link.Label,
		Ref: link.Account.Ref(), Address: link.Address.Display(), Expires: link.Expires})), nil
}

func (s shown) deny(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	token := r.Query("t")
	link, err := binding.OpenDenyLink(ctx, s.keys, token, r.Now)
	if err != nil {
		return s.refused(r, "", err)
	}
	l := language(r)
	return html(http.StatusOK, l, s.site.Deny(l, page.DenyView{Token: token, Label: link.Label,
		Ref: link.Account.Ref(), Address: link.Address.Display()})), nil
}

func (s shown) ask(_ context.Context, r *httpapi.Request) (httpapi.Response, error) {
	l := language(r)
	return html(http.StatusOK, l, s.site.Ask(l, page.AskView{})), nil
}

// reset shows no address: whoever opens the link types it, so that the link alone lets nobody in.
func (s shown) reset(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	token, l := r.Query("t"), language(r)
	if _, err := recovery.OpenLink(ctx, s.keys, token, r.Now); err != nil {
		refusal, _ := httpapi.AsRefusal(err)
		return httpapi.Refused(err, page.Headers(l), s.site.RecoveryRefused(l, string(refusal.Reason), refusal.RetryAfter))
	}
	response := html(http.StatusOK, l, s.site.Reset(l, page.ResetView{Token: token, Host: s.host}))
	if !s.host {
		response.Headers = page.HeadersForPassword(l)
	}
	return response, nil
}

func (s shown) done(_ context.Context, r *httpapi.Request) (httpapi.Response, error) {
	l := language(r)
	result, ok := page.ParseResult(r.Query("r"))
	if !ok {
		return s.refused(r, "", &binding.Refusal{Reason: httpapi.ErrNotFound})
	}
	return html(http.StatusOK, l, s.site.Done(l, result)), nil
}

func (s shown) refused(r *httpapi.Request, token string, err error) (httpapi.Response, error) {
	refusal, _ := httpapi.AsRefusal(err)
	l := language(r)
	if !errors.Is(refusal, binding.ErrExpired) {
		token = ""
	}
	return httpapi.Refused(err, page.Headers(l), s.site.Refused(l, string(refusal.Reason),
		page.RefusedView{Token: token, RetryAfter: refusal.RetryAfter}))
}

func html(status int, l page.Lang, body []byte) httpapi.Response {
	return httpapi.HTML(status, page.Headers(l), body)
}

func language(r *httpapi.Request) page.Lang { return page.Negotiate(r.Header("accept-language")) }

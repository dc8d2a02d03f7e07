package main

import (
	"context"
	"errors"
	"net/http"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
)

// pressed is POST /verify: a button of the link's pages was pressed, or a program posts the same as
// JSON. A form is answered by a page, and by 303 where that page needs no secret, so that going back or
// reloading shows no spent form. What carries the token is rendered in the answer itself.
type pressed struct {
	service *binding.Service
	site    page.Site
}

func (p pressed) handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	in, err := r.Form("token", "decision", "check")
	var response httpapi.Response
	if err == nil {
		response, err = p.decide(ctx, r, in)
	}
	if err != nil && r.WantsHTML() {
		return p.refused(ctx, r, in["token"], err)
	}
	return response, err
}

func (p pressed) decide(ctx context.Context, r *httpapi.Request, in map[string]string) (httpapi.Response, error) {
	_, numbered := in["check"]
	switch decision := in["decision"]; {
	case decision == "bind":
		st, err := p.service.VerifyLink(ctx, in["token"], in["check"], r.ID, r.Now)
		if err != nil {
			return httpapi.Response{}, err
		}
		if r.WantsHTML() {
			return httpapi.SeeOther("/done?r=" + string(page.ResultBound)), nil
		}
		// Nobody is signed in, and nothing in it is for people to read.
		return httpapi.JSONResponse(http.StatusOK, httpapi.StatusJSON(st, "", "")), nil
	case decision == "deny" && !numbered:
		out, err := p.service.Deny(ctx, in["token"], r.ID, r.Now)
		if err != nil {
			return httpapi.Response{}, err
		}
		if r.WantsHTML() {
			l := page.Negotiate(r.Header("accept-language"))
			return httpapi.HTML(http.StatusOK, page.Headers(l), p.site.Denied(l, page.DeniedView{
				Token: in["token"], Address: out.Address.Display(), Bound: out.Bound, Undo: true})), nil
		}
		return httpapi.JSONResponse(http.StatusOK, denial{State: "denied", Bound: out.Bound}), nil
	case decision == "undo" && !numbered:
		out, err := p.service.UndoDeny(ctx, in["token"], r.ID, r.Now)
		if err != nil {
			return httpapi.Response{}, err
		}
		if r.WantsHTML() {
			return httpapi.SeeOther("/done?r=" + string(page.ResultUndone)), nil
		}
		return httpapi.JSONResponse(http.StatusOK, denial{State: "undone", Bound: out.Bound}), nil
	}
	return httpapi.Response{}, httpapi.Malformed("decision")
}

// denial is the JSON of a denial or of its undoing. bound: nothing was unbound, the platform is told.
type denial struct {
	State string `json:"state"`
	Bound bool   `json:"bound"`
}

// refused tells a refusal to a person. Whoever typed a wrong number, or none, is left where they were,
// at the form; everybody else is shown what happened, and the way on that their token is still good for.
func (p pressed) refused(ctx context.Context, r *httpapi.Request, token string, err error) (httpapi.Response, error) {
	refusal, _ := httpapi.AsRefusal(err)
	l := page.Negotiate(r.Header("accept-language"))
	answer := func(body []byte) (httpapi.Response, error) { return httpapi.Refused(err, page.Headers(l), body) }
	link, bad := binding.OpenLink(ctx, p.service.Keys, token, r.Now)
	mismatch := errors.Is(refusal, binding.ErrCheckMismatch)
	notNumber := errors.Is(refusal, binding.ErrMalformed) && refusal.Detail == "check"
	if bad == nil && (notNumber || mismatch && refusal.TriesLeft > 0) {
		return answer(p.site.Confirm(l, page.ConfirmView{Token: token, Label: link.Label, Ref: link.Account.Ref(), Address: link.Address.Display(),
			Expires: link.Expires, Mismatch: mismatch, TriesLeft: refusal.TriesLeft, NotNumber: notNumber}))
	}
	if bad != nil && !errors.Is(bad, binding.ErrExpired) {
		token = "" // no way on from a token that is none
	}
	problem := refusal.Reason
	if mismatch {
		problem = binding.ErrTriesExhausted
	}
	return answer(p.site.Refused(l, string(problem), page.RefusedView{Token: token, RetryAfter: refusal.RetryAfter}))
}

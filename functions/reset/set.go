package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

// setting is POST /v1/recovery/password: a grant, or a link's token and the address, and the new password.
// The password is never sent back, and a success carries no secret, so a form is sent on to /done.
type setting struct {
	service *recovery.Service
	site    page.Site
	host    bool // the platform keeps the passwords: there is no such operation
}

// changed is the JSON of a success. The version is for the platform, which has it from the event.
type changed struct {
	State string `json:"state"`
}

func (s setting) handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	in, err := s.read(r)
	if err == nil {
		_, err = s.service.SetPassword(ctx, recovery.Proof{Grant: in["grant"], Token: in["token"], Email: in["email"]}, in["password"], r.ID, r.Now)
	}
	switch {
	case err == nil && r.WantsHTML():
		return httpapi.SeeOther("/done?r=" + string(page.ResultChanged)), nil
	case err == nil:
		return httpapi.JSONResponse(http.StatusOK, changed{State: "changed"}), nil
	case r.WantsHTML():
		return s.refused(ctx, r, in, err)
	}
	return httpapi.Response{}, err
}

// read takes what was sent: a grant alone, or a token with the address beside it.
func (s setting) read(r *httpapi.Request) (map[string]string, error) {
	if s.host {
		return nil, &binding.Refusal{Reason: httpapi.ErrNotFound}
	}
	in, err := r.Form("grant", "token", "email", "password")
	if err != nil {
		return nil, err
	}
	_, granted := in["grant"]
	_, linked := in["token"]
	_, addressed := in["email"]
	if _, set := in["password"]; !set {
		return nil, httpapi.Malformed("password")
	}
	if granted == linked || linked != addressed || granted && in["grant"] == "" {
		return nil, httpapi.Malformed("grant-or-token")
	}
	if r.WantsHTML() { // programs do that in their window
		in["email"] = strings.TrimSpace(in["email"])
	}
	return in, nil
}

// refused tells a refusal to a person: at the form that they sent, where another try can mend it.
func (s setting) refused(ctx context.Context, r *httpapi.Request, in map[string]string, err error) (httpapi.Response, error) {
	refusal, _ := httpapi.AsRefusal(err)
	l := page.Negotiate(r.Header("accept-language"))
	form := s.form(ctx, r, l, in, refusal)
	headers := page.HeadersForPassword(l)
	switch {
	case form != nil:
	case errors.Is(refusal, httpapi.ErrNotFound):
		form, headers = s.site.Refused(l, string(refusal.Reason), page.RefusedView{}), page.Headers(l)
	default:
		form, headers = s.site.RecoveryRefused(l, string(refusal.Reason), refusal.RetryAfter), page.Headers(l)
	}
	return httpapi.Refused(err, headers, form)
}

// form is the form again; nil where no other password or address could help: a grant that is refused, a token
// that is none.
func (s setting) form(ctx context.Context, r *httpapi.Request, l page.Lang, in map[string]string, refusal *binding.Refusal) []byte {
	weak := errors.Is(refusal, recovery.ErrPassword)
	other := errors.Is(refusal, recovery.ErrRefused) || errors.Is(refusal, binding.ErrInvalidAddress)
	link, linked := in["token"]
	switch {
	case !linked && weak:
		return s.site.NewPassword(l, page.NewPasswordView{Grant: in["grant"], Email: s.grantee(ctx, r, in["grant"]), Reasons: refusal.Reasons})
	case linked && (weak || other):
		if _, bad := recovery.OpenLink(ctx, s.service.Keys, link, r.Now); bad == nil {
			return s.site.Reset(l, page.ResetView{Token: link, Email: in["email"], Refused: other, Reasons: refusal.Reasons})
		}
	}
	return nil
}

// grantee is the address that a grant is for: password managers keep the new password under it. The form that
// comes with a grant does not send it.
func (s setting) grantee(ctx context.Context, r *httpapi.Request, grant string) string {
	l, err := recovery.OpenGrant(ctx, s.service.Keys, grant, r.Now)
	if err != nil {
		return ""
	}
	return l.Address.Display()
}

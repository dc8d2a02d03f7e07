package httpapi

import (
	"context"
	"net/http"

	"mailbind/shared/binding"
)

// Bind is POST /v1/binding.
func Bind(s *binding.Service, from string) Route {
	return Route{Handler: func(ctx context.Context, r *Request) (Response, error) {
		var in struct {
			Email   string `json:"email"`
			AsTyped bool   `json:"accept_as_typed"`
		}
		if err := r.JSON(&in, false); err != nil {
			return Response{}, err
		}
		st, err := s.Bind(ctx, r.Session, in.Email, in.AsTyped, r.Now)
		if err != nil {
			return Response{}, err
		}
		return JSONResponse(Accepted(st), StatusJSON(st, r.Session.Locale, from)), nil
	}}
}

// StatusOf is GET /v1/binding.
func StatusOf(s *binding.Service, from string) Route {
	return Route{Handler: func(ctx context.Context, r *Request) (Response, error) {
		st, err := s.Status(ctx, r.Session, r.Now)
		if err != nil {
			return Response{}, err
		}
		return JSONResponse(http.StatusOK, StatusJSON(st, r.Session.Locale, from)), nil
	}}
}

// Resend is POST /v1/binding/resend; its body is empty, or an empty object.
func Resend(s *binding.Service, from string) Route {
	return Route{Handler: func(ctx context.Context, r *Request) (Response, error) {
		var in struct{}
		if err := r.JSON(&in, true); err != nil {
			return Response{}, err
		}
		st, err := s.Resend(ctx, r.Session, r.Now)
		if err != nil {
			return Response{}, err
		}
		return JSONResponse(Accepted(st), StatusJSON(st, r.Session.Locale, from)), nil
	}}
}

// Reconfirm is POST /v1/binding/reconfirm; its body is empty, or an empty object. The account is bound and a mail
// follows all the same: 202.
func Reconfirm(s *binding.Service, from string) Route {
	return Route{Handler: func(ctx context.Context, r *Request) (Response, error) {
		var in struct{}
		if err := r.JSON(&in, true); err != nil {
			return Response{}, err
		}
		st, err := s.Reconfirm(ctx, r.Session, r.Now)
		if err != nil {
			return Response{}, err
		}
		return JSONResponse(http.StatusAccepted, StatusJSON(st, r.Session.Locale, from)), nil
	}}
}

// Verify is POST /v1/binding/verify: the code that was typed, that of a confirmation too, or the link's token
// that an app caught.
func Verify(s *binding.Service, from string) Route {
	return Route{Handler: func(ctx context.Context, r *Request) (Response, error) {
		var in struct {
			Code  string `json:"code"`
			Token string `json:"token"`
		}
		if err := r.JSON(&in, false); err != nil {
			return Response{}, err
		}
		if (in.Code == "") == (in.Token == "") {
			return Response{}, Malformed("code-or-token")
		}
		verify, secret := s.VerifyCode, in.Code
		if in.Token != "" {
			verify, secret = s.VerifyToken, in.Token
		}
		st, err := verify(ctx, r.Session, secret, r.ID, r.Now)
		if err != nil {
			return Response{}, err
		}
		return JSONResponse(http.StatusOK, StatusJSON(st, r.Session.Locale, from)), nil
	}}
}

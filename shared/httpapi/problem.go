package httpapi

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// The edge's own reasons, beside those of binding.
const (
	ErrUnauthorized     binding.Reason = "unauthorized"
	ErrCrossSite        binding.Reason = "cross-site"
	ErrTooLarge         binding.Reason = "too-large"
	ErrUnsupportedMedia binding.Reason = "unsupported-media"
	ErrNotFound         binding.Reason = "not-found"
)

// A problem is one row of the table from reasons to HTTP.
type problem struct {
	status int
	title  string
	detail string
}

// problems is the one table. A reason without a row is an outage (a test ranges over all).
var problems = map[binding.Reason]problem{
	binding.ErrMalformed:      {http.StatusBadRequest, "The request cannot be read", "A part of the request is not in the form that this operation takes; the member reason names it. Nothing was changed."},
	ErrTooLarge:               {http.StatusRequestEntityTooLarge, "The request is too large", "A body may have at most 4096 bytes, that of POST /v1/recovery/password 8192."},
	ErrUnsupportedMedia:       {http.StatusUnsupportedMediaType, "The content type is not taken", "Send application/json. Operations without an access token also take application/x-www-form-urlencoded."},
	ErrNotFound:               {http.StatusNotFound, "There is no such operation", "This method and path name no operation of this API."},
	ErrUnauthorized:           {http.StatusUnauthorized, "No account holder is signed in", "The access token names no person: it has no usable subject, is a program's own, or lets somebody act for another."},
	binding.ErrReauthRequired: {http.StatusUnauthorized, "A fresh sign-in is needed", "Binding is for ever, so it takes somebody who signed in moments ago (claim auth_time). Have them sign in again and repeat the request."},
	ErrCrossSite:              {http.StatusForbidden, "The form came from another site", "Forms are taken from our own pages only. Open the page or the link again."},

	binding.ErrAlreadyBound:   {http.StatusConflict, "The account has another address", "This account is bound to an address already. A binding is never changed."},
	binding.ErrAddressTaken:   {http.StatusConflict, "The address belongs to another account", "The mailbox was proven, but its address is bound to another account for ever."},
	binding.ErrAddressDenied:  {http.StatusConflict, "The mailbox owner said no", "Whoever reads this mailbox said that the request was not theirs, or marked its mail as spam. This account is kept away from the address for 30 days."},
	binding.ErrMailboxRefused: {http.StatusConflict, "Mail to this address does not arrive", "The member reason says why. Nothing is sent again; the code of a mail that did arrive still works. To use another address, POST /v1/binding."},
	binding.ErrNothingPending: {http.StatusConflict, "The account has nothing to send or prove", "Resend and verify take a pending claim, which POST /v1/binding opens; reconfirm takes an address that is bound. GET /v1/binding tells where the account stands."},

	binding.ErrExpired:    {http.StatusGone, "The time is over", "The link, the code or the time to undo has ended. To bind an address, start again with POST /v1/binding; to confirm one that is bound, with POST /v1/binding/reconfirm."},
	binding.ErrSuperseded: {http.StatusGone, "A newer request took its place", "The account has started anew since this mail was sent. Use the newest mail."},

	binding.ErrInvalidAddress: {http.StatusUnprocessableEntity, "The address cannot be used", "The member reason says why. Where there is a member suggestion, it holds what was probably meant."},
	binding.ErrLikelyTypo:     {http.StatusUnprocessableEntity, "The address looks mistyped", "The member suggestion holds what was probably meant. Send accept_as_typed: true to keep it as it is."},
	binding.ErrDisposable:     {http.StatusUnprocessableEntity, "The mailbox is one that is thrown away", "The address is at a service for short-lived mailboxes, and a binding is for ever. Use another address."},
	binding.ErrInvalidToken:   {http.StatusUnprocessableEntity, "The link or code is not valid", "It is not one of ours, not one for this, or its key was withdrawn. Use the newest mail, or ask for a new one."},
	binding.ErrWrongCode:      {http.StatusUnprocessableEntity, "The code is wrong", "The code is not the one in the newest mail. The member tries_left counts down."},
	binding.ErrCheckMismatch:  {http.StatusUnprocessableEntity, "The number is wrong", "The number is not the one that the account's own session shows. The member tries_left counts down."},
	binding.ErrTriesExhausted: {http.StatusUnprocessableEntity, "No tries are left", "Too many wrong entries. Ask for a new mail, or answer in the account's own session."},

	recovery.ErrRefused:  {http.StatusUnprocessableEntity, "The code, link or grant is not accepted", "It is wrong, too old, used, or replaced by that of a newer mail; which of these is not told. Ask for a new mail."},
	recovery.ErrPassword: {http.StatusUnprocessableEntity, "The password cannot be used", "The member reasons says which rules it breaks. Choose another one."},

	recovery.ErrCallerLimit: {http.StatusTooManyRequests, "Too many requests from this network", "Requests of all devices that share the network's address count together, whatever address they name. The member retry_after says when to ask again, in seconds."},

	binding.ErrCooldown:    {http.StatusTooManyRequests, "Too soon", "A mail was asked for a moment ago. The member retry_after says when to ask again, in seconds."},
	binding.ErrDailyLimit:  {http.StatusTooManyRequests, "Enough for today", "The day's limit of mails or tries is reached. It ends at midnight UTC."},
	binding.ErrUnavailable: {http.StatusServiceUnavailable, "Not available just now", "Nothing is known to be wrong with the request. Repeating it is safe."},
}

// body is a problem as RFC 9457 has it. type is a relative reference with the full path (section
// 3.1.1); its last segment is the stable name.
type body struct {
	Type       string   `json:"type"`
	Title      string   `json:"title"`
	Status     int      `json:"status"`
	Detail     string   `json:"detail"`
	Reason     string   `json:"reason,omitempty"`
	Reasons    []string `json:"reasons,omitempty"`
	Suggestion string   `json:"suggestion,omitempty"`
	TriesLeft  *int     `json:"tries_left,omitempty"`
	RetryAfter int64    `json:"retry_after,omitempty"` // seconds
	Support    string   `json:"support,omitempty"`     // tell this to support: the request's id
}

// outageRetry is how long to wait after an outage of ours.
const outageRetry = 5 * time.Second

// AsRefusal gives the refusal that an error is told as. An outage is told as unavailable, without its
// cause.
func AsRefusal(err error) (refusal *binding.Refusal, outage bool) {
	if r, ok := errors.AsType[*binding.Refusal](err); ok {
		if _, known := problems[r.Reason]; known {
			return r, false
		}
	}
	return &binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: outageRetry}, true
}

// Status is the HTTP status of a refusal.
func Status(r *binding.Refusal) int { return problems[r.Reason].status }

// Seconds rounds a wait up: who comes back after it is never too early.
func Seconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }

// problemResponse tells a refusal as application/problem+json.
func problemResponse(r *binding.Refusal, requestID string) Response {
	p := problems[r.Reason]
	b := body{
		Type: "/problems/" + string(r.Reason), Title: p.title, Status: p.status, Detail: p.detail,
		Reason: r.Detail, Reasons: r.Reasons, Suggestion: r.Suggestion, RetryAfter: Seconds(r.RetryAfter),
	}
	if r.Reason == binding.ErrWrongCode || r.Reason == binding.ErrCheckMismatch {
		b.TriesLeft = &r.TriesLeft
	}
	h := headers("application/problem+json", noStore)
	if b.RetryAfter > 0 {
		h["retry-after"] = strconv.FormatInt(b.RetryAfter, 10)
	}
	if p.status == http.StatusServiceUnavailable {
		b.Support = requestID
	}
	text, err := json.Marshal(b)
	if err != nil {
		panic("httpapi: internal error: " + err.Error())
	}
	return Response{StatusCode: p.status, Headers: h, Body: string(text)}
}

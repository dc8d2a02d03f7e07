package httpapi

import (
	"errors"
	"strings"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// A happening brings about one problem of one operation.
type happening struct {
	route, problem string
	before         func(*world)
	body           func(*world) string
	event          func(*Event)
}

func says(text string) func(*world) string { return func(*world) string { return text } }

const (
	bindRoute, statusRoute   = "POST /v1/binding", "GET /v1/binding"
	resendRoute, verifyRoute = "POST /v1/binding/resend", "POST /v1/binding/verify"
	reconfirmRoute           = "POST /v1/binding/reconfirm"
	wanted, wantedCode       = `{"email":"a@example.net"}`, `{"code":"ABCD-EFGH"}`
)

func pending(ago time.Duration) func(*world) {
	return func(w *world) { w.bind("u-1", "a@example.net", ago) }
}

func boundTo(email string) func(*world) {
	return func(w *world) { w.bind("u-1", email, time.Hour); w.prove("u-1") }
}

func denied(w *world) {
	c := w.bind("u-1", "a@example.net", time.Hour)
	if _, err := w.service.Deny(w.Context(), w.link(c), binding.NewRequest(), noon); err != nil {
		w.Fatal(err)
	}
}

// wrong has u-1 type wrong codes, and ask for a new code whenever one is spent.
func wrong(n int) func(*world) {
	return func(w *world) {
		w.bind("u-1", "a@example.net", 2*time.Hour)
		for i := range n {
			if i > 0 && i%binding.TriesPerCode == 0 {
				w.mailed()
				if _, err := w.service.Resend(w.Context(), session("u-1"), noon.Add(time.Duration(i-60)*time.Minute)); err != nil {
					w.Fatal(err)
				}
			}
			if _, err := w.service.VerifyCode(w.Context(), session("u-1"), "00000000", binding.NewRequest(), noon); !errors.Is(err, binding.ErrWrongCode) {
				w.Fatal(err)
			}
		}
	}
}

// confirming has u-1 bound a day before, and a confirmation asked for some time ago.
func confirming(ago time.Duration) func(*world) {
	return func(w *world) {
		w.now = noon.Add(-48 * time.Hour)
		boundTo("a@example.net")(w)
		w.now = noon
		w.reconfirm(ago)
		w.mailed()
	}
}

func (w *world) reconfirm(ago time.Duration) {
	w.Helper()
	if _, err := w.service.Reconfirm(w.Context(), session("u-1"), noon.Add(-ago)); err != nil {
		w.Fatal(err)
	}
}

// mailed ends the order that is due, as the mailer does.
func (w *world) mailed() { w.finish(binding.Queued, binding.WhyNone) }

func (w *world) finish(fate binding.Fate, why binding.Why) {
	w.Helper()
	c := w.claim("u-1")
	order := binding.Order{Account: c.Account, EmailKey: c.EmailKey, Kind: binding.KindVerify, Send: c.Send}
	if c.State == binding.Bound {
		order.Kind = binding.KindReconfirm
	}
	if err := w.memory.Finish(w.Context(), binding.Finish{Order: order, Fate: fate, Why: why, Now: noon}); err != nil {
		w.Fatal(err)
	}
}

func token1(w *world) string { return `{"token":` + quoted(w.link(w.claim("u-1"))) + `}` }

func away(w *world) { w.service.Store = failing{err: errors.New("away")} }

var happenings = []happening{
	{route: bindRoute, problem: "malformed", body: says("{")},
	{route: bindRoute, problem: "too-large", body: says(strings.Repeat(" ", 5000))},
	{route: bindRoute, problem: "unsupported-media", body: says(wanted), event: func(e *Event) { e.Headers["content-type"] = "text/plain" }},
	{route: bindRoute, problem: "unauthorized", body: says(wanted), event: func(e *Event) { e.RequestContext.Authorizer.JWT.Claims = nil }},
	{route: bindRoute, problem: "reauth-required", body: says(wanted), before: func(w *world) { w.service.RecentLogin = time.Minute }},
	{route: bindRoute, problem: "already-bound", body: says(wanted), before: boundTo("b@example.net")},
	{route: bindRoute, problem: "address-denied", body: says(wanted), before: denied},
	{route: bindRoute, problem: "invalid-address", body: says(`{"email":"example.net"}`)},
	{route: bindRoute, problem: "likely-typo", body: says(`{"email":"a@gmial.com"}`)},
	{route: bindRoute, problem: "disposable-address", body: says(wanted), before: func(w *world) {
		w.service.Disposable = func(a address.Address) bool { return a.Domain() == "example.net" }
	}},
	{route: bindRoute, problem: "cooldown", body: says(`{"email":"b@example.net"}`), before: pending(time.Second)},
	{route: bindRoute, problem: "daily-limit", body: says(wanted), before: func(w *world) {
		for i := range binding.SendsPerDay {
			w.bind("u-1", strings.Repeat("b", i+1)+"@example.net", time.Duration(9-i)*time.Minute)
		}
	}},
	{route: bindRoute, problem: "unavailable", body: says(wanted), before: away},

	{route: statusRoute, problem: "unauthorized", event: func(e *Event) { e.RequestContext.Authorizer.JWT.Claims = nil }},
	{route: statusRoute, problem: "unavailable", before: away},

	{route: resendRoute, problem: "malformed", body: says("[]")},
	{route: resendRoute, problem: "too-large", body: says(strings.Repeat(" ", 5000))},
	{route: resendRoute, problem: "unsupported-media", body: says("{}"), event: func(e *Event) { e.Headers = nil }},
	{route: resendRoute, problem: "unauthorized", event: func(e *Event) { e.RequestContext.Authorizer.JWT.Claims["act"] = "x" }},
	{route: resendRoute, problem: "nothing-pending"},
	{route: resendRoute, problem: "address-denied", before: denied},
	{route: resendRoute, problem: "mailbox-refused", before: func(w *world) { pending(time.Hour)(w); w.finish(binding.Bounced, binding.WhyNoMail) }},
	{route: resendRoute, problem: "expired", before: pending(binding.ChallengeLife)},
	{route: resendRoute, problem: "cooldown", before: func(w *world) { pending(time.Second)(w); w.mailed() }},
	{route: resendRoute, problem: "daily-limit", before: func(w *world) {
		pending(time.Hour)(w)
		for i := range binding.SendsPerDay - 1 {
			w.mailed()
			if _, err := w.service.Resend(w.Context(), session("u-1"), noon.Add(time.Duration(i-30)*time.Minute)); err != nil {
				w.Fatal(err)
			}
		}
		w.mailed()
	}},
	{route: resendRoute, problem: "unavailable", before: away},

	{route: reconfirmRoute, problem: "malformed", body: says(`{"code":"ABCDEFGH"}`)},
	{route: reconfirmRoute, problem: "too-large", body: says(strings.Repeat(" ", 5000))},
	{route: reconfirmRoute, problem: "unsupported-media", body: says("{}"), event: func(e *Event) { e.Headers["content-type"] = typeForm }},
	{route: reconfirmRoute, problem: "unauthorized", event: func(e *Event) { e.RequestContext.Authorizer.JWT.Claims["act"] = "x" }},
	{route: reconfirmRoute, problem: "nothing-pending"},
	{route: reconfirmRoute, problem: "nothing-pending", before: pending(time.Hour)},
	{route: reconfirmRoute, problem: "nothing-pending", before: denied},
	{route: reconfirmRoute, problem: "cooldown", before: func(w *world) { boundTo("a@example.net")(w); w.reconfirm(time.Second); w.mailed() }},
	{route: reconfirmRoute, problem: "daily-limit", before: func(w *world) {
		boundTo("a@example.net")(w)
		for i := range binding.SendsPerDay - 1 { // its claim's own mail was the first
			w.reconfirm(time.Duration(9-i) * time.Minute)
			w.mailed()
		}
	}},
	{route: reconfirmRoute, problem: "unavailable", before: away},

	{route: verifyRoute, problem: "malformed", body: says(`{"code":"12"}`), before: pending(0)},
	{route: verifyRoute, problem: "too-large", body: says(strings.Repeat(" ", 5000))},
	{route: verifyRoute, problem: "unsupported-media", body: says(wantedCode), event: func(e *Event) { e.Headers["content-type"] = typeForm }},
	{route: verifyRoute, problem: "unauthorized", body: says(wantedCode), event: func(e *Event) { delete(e.RequestContext.Authorizer.JWT.Claims, "sub") }},
	{route: verifyRoute, problem: "nothing-pending", body: says(wantedCode)},
	{route: verifyRoute, problem: "already-bound", body: func(w *world) string {
		c := w.claim("u-1")
		c.Address, _ = address.Parse("other@example.net")
		c.Expires = noon.Add(time.Hour)
		return `{"token":` + quoted(w.link(c)) + `}`
	}, before: boundTo("a@example.net")},
	{route: verifyRoute, problem: "address-taken", body: token1, before: func(w *world) {
		pending(time.Hour)(w)
		w.bind("u-2", "a@example.net", time.Hour)
		w.prove("u-2")
	}},
	{route: verifyRoute, problem: "address-denied", body: says(wantedCode), before: denied},
	{route: verifyRoute, problem: "expired", body: says(wantedCode), before: pending(binding.ChallengeLife)},
	{route: verifyRoute, problem: "expired", body: says(wantedCode), before: confirming(binding.ChallengeLife)},
	{route: verifyRoute, problem: "superseded", body: func(w *world) string {
		text := token1(w)
		w.bind("u-1", "b@example.net", 0)
		return text
	}, before: pending(time.Hour)},
	{route: verifyRoute, problem: "invalid-token", body: says(`{"token":"none"}`)},
	{route: verifyRoute, problem: "wrong-code", body: says(wantedCode), before: pending(0)},
	{route: verifyRoute, problem: "wrong-code", body: says(wantedCode), before: confirming(time.Minute)},
	{route: verifyRoute, problem: "tries-exhausted", body: says(wantedCode), before: wrong(binding.TriesPerCode)},
	{route: verifyRoute, problem: "daily-limit", body: says(wantedCode), before: func(w *world) {
		wrong(binding.TriesPerDay)(w)
		w.mailed()
		if _, err := w.service.Resend(w.Context(), session("u-1"), noon); err != nil {
			w.Fatal(err)
		}
	}},
	{route: verifyRoute, problem: "unavailable", body: says(wantedCode), before: away},
}

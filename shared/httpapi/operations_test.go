package httpapi

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
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

// mailed ends the order that is due, as the mailer does.
func (w *world) mailed() { w.finish(binding.Queued, binding.WhyNone) }

func (w *world) finish(fate binding.Fate, why binding.Why) {
	w.Helper()
	c := w.claim("u-1")
	order := binding.Order{Account: c.Account, EmailKey: c.EmailKey, Kind: binding.KindVerify, Send: c.Send}
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
	{route: resendRoute, problem: "mailbox-refused", before: func(w *world) { pending(time.Hour)(w); w.finish(binding.NotSent, binding.WhyNoMail) }},
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
	{route: verifyRoute, problem: "superseded", body: func(w *world) string {
		text := token1(w)
		w.bind("u-1", "b@example.net", 0)
		return text
	}, before: pending(time.Hour)},
	{route: verifyRoute, problem: "invalid-token", body: says(`{"token":"none"}`)},
	{route: verifyRoute, problem: "wrong-code", body: says(wantedCode), before: pending(0)},
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

// Every problem that an operation documents happens, and none else does: each is brought about.
func TestDocumentedProblemsAreExactlyThoseThatHappen(t *testing.T) {
	d := description(t)
	happened := map[string]map[string]bool{}
	for _, h := range happenings {
		t.Run(h.route+" "+h.problem, func(t *testing.T) {
			w := newWorld(t)
			if h.before != nil {
				h.before(w)
			}
			text := ""
			if h.body != nil {
				text = h.body(w)
			}
			e := event("u-1", h.route, text)
			if h.event != nil {
				h.event(&e)
			}
			r := w.send(e)
			if b := problemOf(t, r); b.Type != "/problems/"+h.problem {
				t.Fatalf("%d %s", r.StatusCode, r.Body)
			}
			d := d
			d.T = t
			d.check(h.route, r)
			if after := r.Headers["retry-after"]; (r.StatusCode == 429 || r.StatusCode == 503) && (after == "" || after[0] == '0' || after[0] == '-') {
				t.Errorf("Retry-After is %q", after)
			}
		})
		if happened[h.route] == nil {
			happened[h.route] = map[string]bool{"not-found": true} // of every function, see TestUnknownRoutes
		}
		happened[h.route][h.problem] = true
	}
	for route, found := range happened {
		if documented := d.problemsOf(route); !slices.Equal(slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(found))) {
			t.Errorf("%s: documented %v, brought about %v", route, slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(found)))
		}
	}
}

// Whatever state a claim is in, every operation answers what is documented, and the same when repeated.
func TestAnswersAreAsDocumented(t *testing.T) {
	d := description(t)
	for name, c := range map[string]struct {
		before func(*world)
		status map[string]int
		state  string
	}{
		"none":      {func(*world) {}, map[string]int{statusRoute: 200, bindRoute: 202}, "none"},
		"queued":    {pending(0), map[string]int{statusRoute: 200, bindRoute: 202, resendRoute: 202}, "pending"},
		"late":      {pending(time.Hour), map[string]int{statusRoute: 200, bindRoute: 202, resendRoute: 202}, "pending"},
		"sent":      {func(w *world) { pending(time.Hour)(w); w.mailed() }, map[string]int{statusRoute: 200, resendRoute: 202}, "pending"},
		"held":      {func(w *world) { pending(time.Hour)(w); w.finish(binding.NotSent, binding.WhyHeld) }, map[string]int{statusRoute: 200}, "pending"},
		"expired":   {pending(binding.ChallengeLife), map[string]int{statusRoute: 200, bindRoute: 202}, "expired"},
		"bound":     {boundTo("a@example.net"), map[string]int{statusRoute: 200, bindRoute: 200, resendRoute: 200}, "bound"},
		"denied":    {denied, map[string]int{statusRoute: 200}, "denied"},
		"bounced":   {func(w *world) { pending(time.Hour)(w); w.finish(binding.Bounced, binding.WhyUnknown) }, map[string]int{statusRoute: 200}, "pending"},
		"exhausted": {wrong(binding.TriesPerCode), map[string]int{statusRoute: 200, resendRoute: 202}, "pending"},
	} {
		t.Run(name, func(t *testing.T) {
			d := d
			d.T = t
			for route, status := range c.status {
				w := newWorld(t)
				c.before(w)
				body := map[string]string{bindRoute: wanted}[route]
				first := w.call("u-1", route, body)
				second := w.call("u-1", route, body)
				if first.StatusCode != status || second.StatusCode != status || first.Body != second.Body {
					t.Errorf("%s: %d %s, then %d %s", route, first.StatusCode, first.Body, second.StatusCode, second.Body)
				}
				d.check(route, first)
				var b StatusBody
				if err := json.Unmarshal([]byte(first.Body), &b); err != nil || route == statusRoute && b.State != c.state {
					t.Errorf("%s: %s, %v", route, first.Body, err)
				}
				if (b.State == "pending") != (b.Check != "") || (b.State == "bound") != (b.Health != "") {
					t.Errorf("%s: %s", route, first.Body)
				}
			}
		})
	}
}

// A right proof binds, and proves the same when it is repeated; the address is masked from then on.
func TestVerifyBindsOnceAndAnswersTheSameAgain(t *testing.T) {
	for name, proof := range map[string]func(w *world) string{
		"code": func(w *world) string { return `{"code":` + quoted(w.code(w.claim("u-1"))) + `}` },
		"code as typed": func(w *world) string {
			return `{"code":` + quoted(" "+strings.ToLower(strings.ReplaceAll(w.code(w.claim("u-1")), "-", "  "))) + `}`
		},
		"token": token1,
	} {
		w := newWorld(t)
		d := description(t)
		w.bind("u-1", "seller@example.net", time.Minute)
		body := proof(w)
		for range 2 {
			r := w.call("u-1", verifyRoute, body)
			d.check(verifyRoute, r)
			if r.StatusCode != 200 || !strings.Contains(r.Body, `"state":"bound"`) || strings.Contains(r.Body, "seller") || !strings.Contains(r.Body, `"health":"ok"`) {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
			}
		}
	}
}

// The lengths that the description gives are those at which the code stops reading.
func TestLengthsAreThoseOfTheCode(t *testing.T) {
	d := description(t)
	most := func(schema string, keys ...string) int {
		n, ok := d.at(d.schema(schema), append(keys, "maxLength")...).(int)
		if !ok {
			t.Fatalf("%s %v has no length", schema, keys)
		}
		return n
	}
	long := most("BindRequest", "properties", "email")
	for n, reason := range map[int]string{long: "no-at-sign", long + 1: "too-long"} {
		w := newWorld(t)
		if b := problemOf(t, w.call("u-1", bindRoute, `{"email":"`+strings.Repeat("a", n)+`"}`)); b.Reason != reason {
			t.Errorf("an email of %d: %s", n, b.Reason)
		}
	}
	long = most("VerifyRequest", "properties", "code")
	for n, kind := range map[int]string{long: "/problems/wrong-code", long + 1: "/problems/malformed"} {
		w := newWorld(t)
		w.bind("u-1", "a@example.net", 0)
		if b := problemOf(t, w.call("u-1", verifyRoute, `{"code":"00000000`+strings.Repeat(" ", n-8)+`"}`)); b.Type != kind {
			t.Errorf("a code of %d: %s", n, b.Type)
		}
	}
	w := newWorld(t)
	c := w.bind("u-1", "a@example.net", 0)
	longest := strings.Repeat("x", 64) + "@" + strings.Repeat(strings.Repeat("d", 47)+".", 3) + strings.Repeat("e", 40) + ".net"
	var err error
	if c.Address, err = address.Parse(longest); err != nil {
		t.Fatal(err)
	}
	link := binding.Link{Key: w.service.Keys.Current(), Account: c.Account, Address: c.Address, Label: strings.Repeat("李", 16), Expires: c.Expires}.Seal()
	if len(link) > most("Token") {
		t.Errorf("the longest link has %d characters", len(link))
	}
}

// The examples show what is really answered: masks and references as the code makes them.
func TestExamplesAreTrue(t *testing.T) {
	d := description(t)
	example := func(name, member string) string {
		s, _ := d.at(d.root, "components", "examples", name, "value", member).(string)
		return s
	}
	a, err := address.Parse(example("status-pending", "address"))
	if err != nil || a.Masked() != example("status-bound", "address") || a.Masked() != example("status-proven", "address") {
		t.Errorf("%v is masked as %q", err, a.Masked())
	}
	typo, err := address.Parse("seller@gmial.com")
	if err != nil {
		t.Fatal(err)
	}
	if better, ok := address.Suggest(typo); !ok || better.String() != example("likely-typo", "suggestion") {
		t.Errorf("suggested is %v", better)
	}
}

package httpapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/timeline"
)

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
		"none":       {func(*world) {}, map[string]int{statusRoute: 200, bindRoute: 202}, "none"},
		"queued":     {pending(0), map[string]int{statusRoute: 200, bindRoute: 202, resendRoute: 202}, "pending"},
		"late":       {pending(time.Hour), map[string]int{statusRoute: 200, bindRoute: 202, resendRoute: 202}, "pending"},
		"sent":       {func(w *world) { pending(time.Hour)(w); w.mailed() }, map[string]int{statusRoute: 200, resendRoute: 202}, "pending"},
		"held":       {func(w *world) { pending(time.Hour)(w); w.finish(binding.NotSent, binding.WhyHeld) }, map[string]int{statusRoute: 200}, "pending"},
		"expired":    {pending(binding.ChallengeLife), map[string]int{statusRoute: 200, bindRoute: 202}, "expired"},
		"bound":      {boundTo("a@example.net"), map[string]int{statusRoute: 200, bindRoute: 200, resendRoute: 200, reconfirmRoute: 202}, "bound"},
		"to review":  {func(w *world) { boundTo("a@example.net")(w); w.now = noon.AddDate(1, 0, 1) }, map[string]int{statusRoute: 200, reconfirmRoute: 202}, "bound"},
		"confirming": {confirming(time.Minute), map[string]int{statusRoute: 200, reconfirmRoute: 202}, "bound"},
		"lapsed":     {confirming(binding.ChallengeLife), map[string]int{statusRoute: 200, bindRoute: 200, resendRoute: 200, reconfirmRoute: 202}, "bound"},
		"denied":     {denied, map[string]int{statusRoute: 200}, "denied"},
		"bounced":    {func(w *world) { pending(time.Hour)(w); w.finish(binding.Bounced, binding.WhyUnknown) }, map[string]int{statusRoute: 200}, "pending"},
		"exhausted":  {wrong(binding.TriesPerCode), map[string]int{statusRoute: 200, resendRoute: 202}, "pending"},
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
				bound := b.State == "bound"
				if (b.State == "pending") != (b.Check != "") || bound != (b.Health != "") || (bound || b.State == "denied") != (b.Advice != nil) ||
					(b.State == "denied") != (b.DeniedBy != "" && b.Until != nil) || bound != (b.ProvedAt != nil) {
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
	for _, name := range names(d.at(d.root, "components", "examples")) {
		status := d.at(d.root, "components", "examples", name, "value")
		text := func(keys ...string) string {
			s, _ := d.at(status, keys...).(string)
			return s
		}
		said := func(member string) timeline.Words {
			return timeline.Words{What: text(member, "what"), Do: text(member, "do")}
		}
		if facts := (timeline.MailFacts{Fate: text("mail", "fate"), Reason: text("mail", "reason"), Next: text("mail", "next")}); facts.Fate != "" &&
			said("mail") != timeline.Mail("en", facts) {
			t.Errorf("%s: of the mail is said %v, not %v", name, said("mail"), timeline.Mail("en", facts))
		}
		if health := text("health"); health != "" && said("advice") != timeline.Health("en", health, text("advice", "next")) {
			t.Errorf("%s: of the mailbox is said %v", name, said("advice"))
		}
		if by := text("denied_by"); by != "" && said("advice") != timeline.Denied("en", by) {
			t.Errorf("%s: of the denial is said %v", name, said("advice"))
		}
		if support := text("mail", "support"); support != "" && !strings.HasPrefix(support, text("ref")+"-") {
			t.Errorf("%s: support is %s", name, support)
		}
	}
	typo, err := address.Parse("seller@gmial.com")
	if err != nil {
		t.Fatal(err)
	}
	if better, ok := address.Suggest(typo); !ok || better.String() != example("likely-typo", "suggestion") {
		t.Errorf("suggested is %v", better)
	}
}

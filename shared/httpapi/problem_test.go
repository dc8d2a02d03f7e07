package httpapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// reasons are all reasons of binding, of recovery and of the edge, but for those that only the platform is
// told, which does not come by HTTP.
func reasons(t *testing.T) []string {
	t.Helper()
	recoveries := constants(t, "../recovery", "Reason")
	for _, name := range []string{"ErrNotBound", "ErrVersionChanged"} {
		if _, there := recoveries[name]; !there {
			t.Errorf("recovery has no %s", name)
		}
		delete(recoveries, name)
	}
	return slices.Concat(values(constants(t, "../binding", "Reason")), values(recoveries), values(constants(t, ".", "Reason")))
}

// What only the platform is told never reaches a browser by mistake.
func TestWhatOnlyThePlatformIsToldIsAnOutageHere(t *testing.T) {
	for _, r := range []binding.Reason{recovery.ErrNotBound, recovery.ErrVersionChanged} {
		if refusal, outage := AsRefusal(&binding.Refusal{Reason: r}); !outage || refusal.Reason != binding.ErrUnavailable {
			t.Errorf("%s is told as %+v", r, refusal)
		}
	}
}

func TestEveryBrokenRuleIsTold(t *testing.T) {
	r := problemResponse(&binding.Refusal{Reason: recovery.ErrPassword, Reasons: []string{"common", "personal"}}, "id")
	if b := problemOf(t, r); r.StatusCode != 422 || !slices.Equal(b.Reasons, []string{"common", "personal"}) {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

func TestEveryReasonHasARow(t *testing.T) {
	all := reasons(t)
	for _, r := range all {
		p, ok := problems[binding.Reason(r)]
		if !ok {
			t.Errorf("%s has no row: it would be told as an outage", r)
			continue
		}
		if p.status < 400 || p.title == "" || strings.HasSuffix(p.title, ".") || !strings.HasSuffix(p.detail, ".") {
			t.Errorf("%s: %+v", r, p)
		}
	}
	if len(problems) != len(all) {
		t.Errorf("%d rows for %d reasons", len(problems), len(all))
	}
}

// The status member is the HTTP status, Retry-After a whole number of at least 1, nothing is kept.
func TestProblemsAreRenderedAsRFC9457Says(t *testing.T) {
	for _, name := range reasons(t) {
		for _, wait := range []time.Duration{0, 1, time.Second, 1001 * time.Millisecond, 24 * time.Hour} {
			r := problemResponse(&binding.Refusal{Reason: binding.Reason(name), RetryAfter: wait}, "id")
			b := problemOf(t, r)
			if b.Type != "/problems/"+name || b.Status != r.StatusCode || r.StatusCode != Status(&binding.Refusal{Reason: binding.Reason(name)}) {
				t.Errorf("%s: %d %+v", name, r.StatusCode, b)
			}
			for field, want := range map[string]string{
				"cache-control": "no-store", "x-content-type-options": "nosniff", "strict-transport-security": "max-age=63072000; includeSubDomains",
			} {
				if r.Headers[field] != want {
					t.Errorf("%s: %s is %q", name, field, r.Headers[field])
				}
			}
			after, told := r.Headers["retry-after"]
			if told != (wait > 0) || told && after != fmt.Sprint(b.RetryAfter) {
				t.Errorf("%s: wait %v, Retry-After %q, member %d", name, wait, after, b.RetryAfter)
			}
			if seconds := time.Duration(b.RetryAfter) * time.Second; seconds < wait || seconds-wait >= time.Second {
				t.Errorf("%s: a wait of %v is told as %d s", name, wait, b.RetryAfter)
			}
		}
	}
}

func TestTriesLeftIsToldEvenWhenItIsZero(t *testing.T) {
	for _, name := range reasons(t) {
		b := problemOf(t, problemResponse(&binding.Refusal{Reason: binding.Reason(name)}, "id"))
		counts := name == "wrong-code" || name == "check-mismatch"
		if counts != (b.TriesLeft != nil) {
			t.Errorf("%s: tries_left %v", name, b.TriesLeft)
		}
	}
}

// An outage is told as unavailable, with an id for support, and without its cause.
func TestOutagesShowNothingOfTheirCause(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7: victim@mail.example.net")
	for _, err := range []error{
		secret, fmt.Errorf("binding: open: %w", secret), &binding.Refusal{Reason: "new-and-without-a-row"}, binding.ErrCooldown,
	} {
		refusal, outage := AsRefusal(err)
		if !outage || refusal.Reason != binding.ErrUnavailable || refusal.RetryAfter < time.Second {
			t.Errorf("%v is told as %+v, outage %v", err, refusal, outage)
		}
		r := problemResponse(refusal, "the-id")
		if b := problemOf(t, r); r.StatusCode != 503 || b.Support != "the-id" || strings.Contains(r.Body, "victim") {
			t.Errorf("%v: %d %s", err, r.StatusCode, r.Body)
		}
	}
	if refusal, outage := AsRefusal(fmt.Errorf("wrapped: %w", &binding.Refusal{Reason: binding.ErrCooldown})); outage || refusal.Reason != binding.ErrCooldown {
		t.Errorf("a wrapped refusal is told as %v", refusal)
	}
}

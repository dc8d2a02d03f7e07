package load

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReportsOfOtherRoundTripsAreAnErrorAndSoAreMissingOnes(t *testing.T) {
	for _, c := range []struct {
		name           string
		reports, noted int
		right          bool
	}{
		{"as promised", 4, 2, true}, {"one missing", 3, 2, false}, {"one twice", 5, 2, false},
		{"a round trip less", 4, 1, false}, {"a round trip more", 4, 3, false},
	} {
		d := measured(1, Counts{{"status", Database, "GetItem"}: 1})
		d.lives = []*live{{cause: operation{name: "x", letter: ownersMail}, mails: 2, reports: c.reports,
			counts: Counts{{feedback, Database, "UpdateItem"}: c.noted, {sender, Database, "UpdateItem"}: 6}}}
		if err := d.verdict(); (err == nil) != c.right {
			t.Errorf("%s: %v", c.name, err)
		}
		if strings.Contains(d.reported(), "DIFFERS") == c.right {
			t.Errorf("%s:\n%s", c.name, d.reported())
		}
	}
}

func TestWhatAMutedMailServiceDoesNotReportIsNotMissed(t *testing.T) {
	said := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		said = r.URL.Path + " " + string(body)
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	calls := int64(0)
	d := &driver{client: server.Client(), stack: Stack{Base: server.URL, Tally: &Tally{}, Functions: func() []Function { return []Function{{Name: feedback, Calls: calls}} }}}
	mailed := func(n int) {
		for range n {
			d.stack.Tally.Sent("app/mailbind-mailer")
		}
	}
	for i, step := range []struct {
		do      func()
		missing int64
	}{
		{func() { mailed(1) }, 2}, {func() { calls = 2 }, 0}, {func() { must(t, d.mute(t.Context())) }, 0}, {func() { mailed(3) }, 0},
		{func() { d.played.Add(6) }, 6}, {func() { calls = 8 }, 0}, {func() { must(t, d.unmute(t.Context())) }, 0}, {func() { mailed(2) }, 4},
		{func() { must(t, d.mute(t.Context())) }, 4}, {func() { mailed(5) }, 4}, {func() { calls = 12 }, 0}, {func() { must(t, d.unmute(t.Context())) }, 0},
	} {
		if step.do(); d.missing() != step.missing {
			t.Errorf("step %d: %d are missing, want %d", i, d.missing(), step.missing)
		}
	}
	if want := `/_local/ses {"events":"prompt"}`; said != want {
		t.Errorf("the mail service was told %s, want %s", said, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReportsOfOneKindAreOneResult(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	d := &driver{client: server.Client(), stack: Stack{Base: server.URL, Tally: &Tally{}, Functions: func() []Function { return nil }}}
	one, other := report("one", sent, 0), report("other", sent, 0)
	for _, step := range []struct {
		op      operation
		clients int
		n       int
	}{{one, 1, 3}, {other, 1, 2}, {one, 8, 4}, {one, 1, 5}} {
		must(t, d.phase(t.Context(), step.op, step.clients, make([]person, step.n)))
	}
	if len(d.results) != 3 || len(d.results[0].took) != 8 || len(d.results[1].took) != 2 || len(d.results[2].took) != 4 {
		t.Errorf("got %d results", len(d.results))
	}
}

// TestPlayedReportsAreAsTheRulesMakeThem reads the input transformers of the product.
func TestPlayedReportsAreAsTheRulesMakeThem(t *testing.T) {
	text, err := os.ReadFile("../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string][]string{}
	for _, found := range regexp.MustCompile(`InputTemplate: '(\{"event":.*\})'`).FindAllSubmatch(text, -1) {
		made := map[string]string{}
		valid := regexp.MustCompile(`<\w+>`).ReplaceAll(found[1], []byte(`""`))
		if err := json.Unmarshal(valid, &made); err != nil {
			t.Fatal(err)
		}
		rules[made["event"]] = slices.Sorted(maps.Keys(made))
	}
	var event map[string]string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event = map[string]string{}
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil || r.URL.Path != "/2015-03-31/functions/feedback/invocations" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
	}))
	defer server.Close()
	d := &driver{stack: Stack{Base: server.URL}, client: server.Client()}
	ops := []operation{reportPending, reportFull, reportTaken, reportOfProof, reportConfirmed, reportUnwanted, report("x", sent, 0)}
	for i, op := range ops {
		if got, err := op.ask(t.Context(), d, &person{tag: "sealed"}); err != nil || got.status != http.StatusOK {
			t.Fatal(got.status, err)
		}
		want, known := rules[event["event"]]
		if got := slices.Sorted(maps.Keys(event)); !known || !slices.Equal(got, want) || event["tag"] != "sealed" {
			t.Errorf("%s: %v, want the members %v", op.name, event, want)
		}
		if _, err := time.Parse(time.RFC3339, event["at"]); err != nil || d.played.Load() != int64(i+1) {
			t.Errorf("%s: %d played, %v", op.name, d.played.Load(), err)
		}
	}
}

func TestRestWaitsForEachMailsReports(t *testing.T) {
	d := measured(1, nil)
	d.stack.Tally.Sent("app/mailbind-mailer")
	began := time.Now()
	d.stack.Functions = func() []Function { // quiet, but for reports that come after a second and more
		return []Function{{Name: feedback, Calls: int64(time.Since(began) / (700 * time.Millisecond))}}
	}
	if err := d.rest(t.Context()); err != nil || time.Since(began) < reportsPerMail*700*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

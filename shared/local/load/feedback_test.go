package load

import (
	"encoding/json"
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
		m := &mailing{cause: operation{name: "x", mailed: 1, reported: 1}, n: 2, reports: c.reports, delays: make([]time.Duration, 2)}
		m.counts = Counts{{sender, Mail, "SendEmail"}: 2, {sender, Database, "UpdateItem"}: 2, {feedback, Database, "UpdateItem"}: c.noted}
		d.mails = []*mailing{m}
		if err := d.verdict(); (err == nil) != c.right {
			t.Errorf("%s: %v", c.name, err)
		}
		if strings.Contains(d.reported(), "DIFFERS") == c.right {
			t.Errorf("%s:\n%s", c.name, d.reported())
		}
	}
}

func TestReportsAreSummedUpByWhatTheirMailsCameAfter(t *testing.T) {
	d := measured(1, nil)
	one := func(cause operation, mails int) *mailing {
		return &mailing{cause: cause, n: mails, reports: 2 * mails, reading: time.Duration(mails) * time.Millisecond, readingKnown: true,
			counts: Counts{{sender, Mail, "SendEmail"}: mails, {feedback, Database, "UpdateItem"}: cause.reported * mails}}
	}
	nobody := &mailing{cause: recoverUnknown, n: 9}
	d.mails = []*mailing{one(bind, 8), one(recoverKnown, 2), nobody, one(bind, 16)}
	want := table([][]string{
		{"reports of the mail after", "mails", "reports", "round trips", "README", "of these", "CPU ms"},
		{"bind", "24", "2", "2", "2", "2 UpdateItem", "1.00"}, {"recover", "2", "2", "1", "1", "UpdateItem", "1.00"},
	})
	if got := d.reported(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
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
	ops := slices.Concat(reportsPending, reportsOwner, reportsOwnerLater, reportsConfirming, []operation{reportOfProof, reportUnwanted})
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

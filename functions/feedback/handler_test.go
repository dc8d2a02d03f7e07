package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailbind/shared/binding"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// row is a taker that keeps what it was given and answers what it is told.
type row struct {
	reports []binding.Report
	heard   binding.Heard
	err     error
}

func (r *row) Take(_ context.Context, report binding.Report) (binding.Heard, error) {
	r.reports = append(r.reports, report)
	return r.heard, r.err
}

// input is an event as a rule makes it, with some members set; "" removes one.
func input(t testing.TB, more ...string) string {
	t.Helper()
	members := map[string]string{
		"event": "Email Bounced", "tag": tag().Seal(dataKey(t)), "told": "2026-03-14T11:59:00Z", "mailed": "2026-03-14T11:58:00.1Z", "at": "2026-03-14T11:58:30.25Z",
		"type": "Permanent", "sub_type": "General", "status": "5.1.1",
	}
	for i := 0; i < len(more); i += 2 {
		if members[more[i]] = more[i+1]; more[i+1] == "" {
			delete(members, more[i])
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// handled hands one input over; it gives what was logged and what came back.
func handled(t *testing.T, r *row, payload string) (string, error) {
	t.Helper()
	report, log := telemetrytest.Recorded(t)
	err := handler{data: dataKey(t), taker: r, report: report}.handle(t.Context(), json.RawMessage(payload))
	return strings.Join(log(), "\n"), err
}

func TestAReportIsTakenAndLoggedByItsReference(t *testing.T) {
	r := &row{heard: binding.HeardAtRisk}
	log, err := handled(t, r, input(t))
	if err != nil || len(r.reports) != 1 || r.reports[0].Tag != tag() || r.reports[0].Fate != binding.Bounced || r.reports[0].Why != binding.WhyUnknown {
		t.Fatalf("%v, %+v", err, r.reports)
	}
	if got := r.reports[0].At.Format("15:04:05.00"); got != "11:58:30.25" {
		t.Errorf("at %s", got)
	}
	want := fmt.Sprintf(`event="Email Bounced" kind=verify send=%s fate=bounced reason=mailbox-unknown outcome=at-risk`, tag().Send.Ref())
	if !strings.Contains(log, want) || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 0 || strings.Contains(log, "\n") {
		t.Errorf("%s", log)
	}
}

// An outage fails the invocation, so that Lambda delivers the event again; what goes beside it into a queue says nothing.
func TestAnOutageComesAgain(t *testing.T) {
	r := &row{err: errors.New("canary: throttled")}
	log, err := handled(t, r, input(t))
	if err != errOutage || strings.Contains(err.Error(), "canary") || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.Outage] != 1 || !strings.Contains(log, "canary") || !strings.Contains(log, "level=ERROR") {
		t.Errorf("%v: %s", err, log)
	}
}

// What cannot be read is counted, let go, and not shown.
func TestWhatCannotBeReadIsLetGo(t *testing.T) {
	sealed := tag().Seal(dataKey(t))
	for name, payload := range map[string]string{
		"no JSON":             `{"event":"canary`,
		"no object":           `["canary"]`,
		"nothing":             ``,
		"null":                `null`,
		"no tag":              input(t, "tag", ""),
		"another's tag":       input(t, "tag", "canary"),
		"a tag of a stranger": input(t, "tag", "AAAA"+sealed[4:]),
		"no event":            input(t, "event", ""),
		"an event of no rule": input(t, "event", "canary"),
		"no time":             input(t, "at", "canary", "told", "canary"),
		"tag twice":           strings.Replace(input(t), `"status":"5.1.1"`, `"status":"5.1.1","tag":"`+sealed+`"`, 1),
		"status twice":        strings.Replace(input(t), `"status":"5.1.1"`, `"status":"5.1.1","status":"5.7.17"`, 1),
		"more after it":       input(t) + "canary",
		"another type":        strings.Replace(input(t), `"status":"5.1.1"`, `"status":{"canary":1}`, 1),
		"no text":             strings.Replace(input(t), `5.1.1`, "\xff\xfe", 1),
	} {
		r := &row{heard: binding.HeardNoted}
		log, err := handled(t, r, payload)
		if err != nil || len(r.reports) != 0 || telemetrytest.Counted(strings.Split(log, "\n"))[telemetry.FeedbackBroken] != 1 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 1 {
			t.Errorf("%s: %v, %+v: %s", name, err, r.reports, log)
		}
		if strings.Contains(log, "canary") || strings.Contains(log, sealed) {
			t.Errorf("%s is in the log: %s", name, log)
		}
	}
}

// A newer template may say more than an older version of the function knows, which the alias can be led back to.
func TestAMemberOfALaterTemplateIsPassedOver(t *testing.T) {
	r := &row{heard: binding.HeardNoted}
	if log, err := handled(t, r, input(t, "later", "x")); err != nil || len(r.reports) != 1 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 0 {
		t.Errorf("%v, %+v: %s", err, r.reports, log)
	}
}

func TestWhatSaysNothingChangesNothing(t *testing.T) {
	r := &row{}
	log, err := handled(t, r, input(t, "event", "Email Complaint Received", "type", "not-spam", "sub_type", ""))
	if err != nil || len(r.reports) != 0 || len(telemetrytest.Counted(strings.Split(log, "\n"))) != 0 || !strings.Contains(log, "outcome=passed-over") {
		t.Errorf("%v, %+v: %s", err, r.reports, log)
	}
}

// P12: what operators read names nobody, and nothing of what servers say.
func TestLogsNameNobody(t *testing.T) {
	for _, r := range []*row{{heard: binding.HeardNoted}, {err: errors.New("away")}} {
		log, _ := handled(t, r, input(t, "status", "canary 5.1.1", "sub_type", "canary", "type", "canary"))
		for _, secret := range []string{"canary", tag().Account.String(), tag().Seal(dataKey(t))[:20]} {
			if strings.Contains(log, secret) {
				t.Errorf("%s is in the log: %s", secret, log)
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	d, in := dataKey(b), []byte(input(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := read(in, d); err != nil {
			b.Fatal(err)
		}
	}
}

// Package telemetry is what a function says to its operators: log lines and counters, both as lines
// of JSON on standard output. Neither ever holds personal data: callers pass route keys, problem
// names, counts and durations, and errors whose texts are ours.
package telemetry

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Namespace is the CloudWatch namespace of all counters.
const Namespace = "mailbind"

// Counters that the template's alarms look at.
const (
	Outage         = "Outage"         // a request, mail or event that failed for no fault of its own
	KeyMismatch    = "KeyMismatch"    // the tables belong to another data key: the function refused to start
	MailSent       = "MailSent"       // SES took it
	MailHeld       = "MailHeld"       // over a mailbox's budget, or by the operator's switch
	MailNoDomain   = "MailNoDomain"   // not sent: the domain takes no mail
	MailRejected   = "MailRejected"   // SES refuses this mail
	MailBroken     = "MailBroken"     // the row cannot be mailed
	MailQuota      = "MailQuota"      // the daily quota is spent, or sending is paused
	CallerLimit    = "CallerLimit"    // a network asked for recovery more often than it may: an attack, or many people behind one address
	EventBroken    = "EventBroken"    // a fact that cannot be told: the record is not readable, or nobody takes the event
	FeedbackBroken = "FeedbackBroken" // what SES reports of a mail cannot be read, or is of a mail that is not ours
)

// A Reporter logs and counts for one function. It is safe for concurrent use.
type Reporter struct {
	*slog.Logger
	function string
	mu       sync.Mutex
	out      io.Writer
}

// New makes the reporter of this function. Counters carry the function's full name, which leads with
// the stack's: two stacks of one account do not share them.
func New() *Reporter {
	return &Reporter{Logger: slog.New(lambdacontext.NewLogHandler()), function: lambdacontext.FunctionName, out: os.Stdout}
}

// Count adds one to a counter: one line of CloudWatch's embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
// which costs no call.
func (r *Reporter) Count(counter string) {
	type metric struct{ Name, Unit string }
	type directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []metric
	}
	line, err := json.Marshal(map[string]any{
		"_aws": map[string]any{
			"Timestamp":         time.Now().UnixMilli(),
			"CloudWatchMetrics": []directive{{Namespace, [][]string{{"Function"}}, []metric{{counter, "Count"}}}},
		},
		"Function": r.function,
		counter:    1,
	})
	if err != nil {
		panic("telemetry: internal error: " + err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Write(append(line, '\n')) // a lost counter must not fail a request
}

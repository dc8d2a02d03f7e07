package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
)

// caller answers the platform's calls.
type caller struct {
	platform *recovery.Platform
	host     bool // the platform keeps the passwords, and redeems grants
	report   *telemetry.Reporter
}

// timeLimit ends a call before the function's own limit does, so that the caller gets an answer.
const timeLimit = 8 * time.Second

// errOutage is all that a caller is told of an outage.
var errOutage = errors.New("credential: not available just now; the log has the cause under this request's id")

// A refusal is the answer to a call that is refused.
type refusal struct {
	Refused    string   `json:"refused"`
	Reason     string   `json:"reason,omitempty"`
	Reasons    []string `json:"reasons,omitempty"`
	RetryAfter int64    `json:"retry_after,omitempty"` // seconds
}

// handle answers one call: an answer, a refusal, or errOutage.
func (c caller) handle(ctx context.Context, payload json.RawMessage) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	now := time.Now()
	op, answer, err := c.call(ctx, string(payload), requestID(ctx), now)
	r, refused := errors.AsType[*binding.Refusal](err)
	outcome := "done"
	switch a := answer.(type) {
	case checked:
		outcome = a.outcome()
	case nil:
		outcome = "outage"
		if refused {
			outcome = string(r.Reason)
		}
	}
	attrs := []slog.Attr{slog.String("op", op), slog.String("outcome", outcome), slog.Float64("ms", float64(time.Since(now).Microseconds())/1000)}
	switch {
	case err == nil:
		c.report.LogAttrs(ctx, slog.LevelInfo, "call", attrs...)
		return answer, nil
	case refused:
		c.report.LogAttrs(ctx, slog.LevelInfo, "call", attrs...)
		return refusal{Refused: string(r.Reason), Reason: r.Detail, Reasons: r.Reasons, RetryAfter: httpapi.Seconds(r.RetryAfter)}, nil
	}
	c.report.LogAttrs(ctx, slog.LevelError, "call", append(attrs, slog.String("cause", err.Error()))...)
	c.report.Count(telemetry.Outage)
	return nil, errOutage
}

// call reads what op the payload is for and runs it. op is one of ours or empty, so that it can be logged.
func (c caller) call(ctx context.Context, payload string, id binding.Request, now time.Time) (op string, answer any, err error) {
	op, err = opOf(payload)
	if err != nil {
		return "", nil, err
	}
	known := ops[op]
	if !known.managed && !c.host || !known.host && c.host {
		return "", nil, httpapi.Malformed("op")
	}
	answer, err = known.run(ctx, c.platform, call{payload, id, now})
	return op, answer, err
}

// requestID names the call in the facts that it makes: Lambda's id of it, a UUID of 36 characters.
func requestID(ctx context.Context) binding.Request {
	if l, ok := lambdacontext.FromContext(ctx); ok && len(l.AwsRequestID) >= 1 && len(l.AwsRequestID) <= 36 {
		return binding.Request(l.AwsRequestID)
	}
	return binding.NewRequest()
}

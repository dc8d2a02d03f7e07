package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"mailbind/shared/binding"
	"mailbind/shared/telemetry"
	"mailbind/shared/token"
)

// taker takes reports; *binding.Feedback.
type taker interface {
	Take(ctx context.Context, r binding.Report) (binding.Heard, error)
}

// handler takes one event of SES.
type handler struct {
	data   *token.DataKey
	taker  taker
	report *telemetry.Reporter
}

// errOutage is all that goes beside the event into the queue of what failed.
var errOutage = errors.New("feedback: not available just now; the log has the cause under this request's id")

// handle ends an event, or fails so that Lambda delivers it again. What cannot be read now will not be readable
// later: it is counted and let go.
func (h handler) handle(ctx context.Context, payload json.RawMessage) error {
	e, r, says, err := read(payload, h.data)
	if err != nil {
		h.report.LogAttrs(ctx, slog.LevelError, "report", slog.String("outcome", "broken"), slog.String("cause", err.Error()))
		h.report.Count(telemetry.FeedbackBroken)
		return nil
	}
	attrs := []slog.Attr{slog.String("event", e.Event), slog.String("kind", string(r.Tag.Kind)), slog.String("send", r.Tag.Send.Ref())}
	if !says {
		h.report.LogAttrs(ctx, slog.LevelInfo, "report", append(attrs, slog.String("outcome", "passed-over"))...)
		return nil
	}
	attrs = append(attrs, slog.String("fate", r.Fate.String()), slog.String("reason", string(r.Why)))
	heard, err := h.taker.Take(ctx, r)
	if err != nil {
		h.report.LogAttrs(ctx, slog.LevelError, "report", append(attrs, slog.String("outcome", "outage"), slog.String("cause", err.Error()))...)
		h.report.Count(telemetry.Outage)
		return errOutage
	}
	h.report.LogAttrs(ctx, slog.LevelInfo, "report", append(attrs, slog.String("outcome", string(heard)))...)
	return nil
}

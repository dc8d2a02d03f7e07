package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/event"
	"mailbind/shared/store"
	"mailbind/shared/telemetry"
)

// publisher hands events over and gives an error for each; event.Publisher.
type publisher interface {
	Publish(ctx context.Context, all []event.Event) []error
}

// batch publishes what the records of a stream batch made true, in one call for all of them. Records whose
// events are not on the bus come again, each by its number; Lambda starts again at the lowest, so what comes
// after it is published twice, under the same ids.
type batch struct {
	read   func(context.Context, events.DynamoDBEventRecord, time.Time) (store.Fact, bool, error) // facts.of
	bus    publisher
	report *telemetry.Reporter
}

func (b batch) handle(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	now := time.Now()
	var all []event.Event
	var facts []store.Fact
	var numbers []string
	out := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	for _, r := range e.Records {
		f, is, err := b.read(ctx, r, now)
		if err == nil && !is {
			continue
		}
		var one event.Event
		if err == nil {
			one, err = event.New(f.Event, f.Account, f.Who, f.At)
		}
		if err != nil {
			if !b.untold(ctx, f, err) {
				out.BatchItemFailures = append(out.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: r.Change.SequenceNumber})
			}
			continue
		}
		all, facts, numbers = append(all, one), append(facts, f), append(numbers, r.Change.SequenceNumber)
	}
	for i, err := range b.bus.Publish(ctx, all) {
		if !b.ended(ctx, all[i], facts[i], err) {
			out.BatchItemFailures = append(out.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: numbers[i]})
		}
	}
	return out, nil
}

// untold reports a record without an event; false: it is to come again. What cannot be read will not be
// readable later either: it is let go.
func (b batch) untold(ctx context.Context, f store.Fact, err error) bool {
	switch {
	case errors.Is(err, errGone):
		b.report.LogAttrs(ctx, slog.LevelInfo, "event", slog.String("fact", f.Event), slog.String("outcome", "gone"))
	case errors.Is(err, errLater):
		b.report.LogAttrs(ctx, slog.LevelError, "record", slog.String("cause", err.Error()))
		b.report.Count(telemetry.Outage)
		return false
	default:
		b.report.LogAttrs(ctx, slog.LevelError, "record", slog.String("cause", err.Error()))
		b.report.Count(telemetry.EventBroken)
	}
	return true
}

// ended reports what became of an event; false: its record is to come again. The line has the event's id
// beside the fact's name, which ends in the id that the access log has for the request, or in that of the mail
// that was reported of.
func (b batch) ended(ctx context.Context, e event.Event, f store.Fact, err error) bool {
	fact := []slog.Attr{slog.String("id", e.ID), slog.String("fact", f.Event)}
	switch {
	case err == nil:
		b.report.LogAttrs(ctx, slog.LevelInfo, "event", append(fact, slog.String("outcome", "published"))...)
	case errors.Is(err, event.ErrRefused):
		b.report.LogAttrs(ctx, slog.LevelError, "event", append(fact, slog.String("outcome", "refused"), slog.String("cause", err.Error()))...)
		b.report.Count(telemetry.EventBroken)
	default:
		b.report.LogAttrs(ctx, slog.LevelError, "event", append(fact, slog.String("outcome", "outage"), slog.String("cause", err.Error()))...)
		b.report.Count(telemetry.Outage)
		return false
	}
	return true
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/mail"
	"mailbind/shared/mx"
	"mailbind/shared/telemetry"
)

// An order is one mail that is due, by whichever table's row.
type order struct {
	kind    binding.Kind
	send    binding.SendID
	deliver func(ctx context.Context, now time.Time) (binding.Outcome, error)
}

// line is what the log says of an order: the mail's kind, what became of it, more where there is more, and the reference that
// people give to support. A recovery's is the order's own: it may have carried out a newer one (recovery.Mailer).
func (o order) line(outcome string, more ...slog.Attr) []slog.Attr {
	line := append([]slog.Attr{slog.String("kind", string(o.kind)), slog.String("outcome", outcome)}, more...)
	return append(line, slog.String("send", o.send.Ref()))
}

// batch hands the records of a stream batch to the mailers: those of one row in their order, rows at
// the same time, so that one slow mailbox holds up its own account alone. Lambda starts again at the
// lowest record that is reported as failed, so what comes after it is delivered twice and must not
// mind; Deliver does not. Name servers that do not answer have one moment of the batch's time, not one a mail.
type batch struct {
	read   func(events.DynamoDBEventRecord) ([]order, error)
	report *telemetry.Reporter
}

func (b batch) handle(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	ctx = mx.Batch(ctx)
	rows := map[string][]events.DynamoDBEventRecord{}
	for _, r := range e.Records {
		pk := r.Change.Keys["pk"]
		name := r.Change.SequenceNumber // a record without a usable key is a row of its own
		if pk.DataType() == events.DataTypeString {
			name = pk.String()
		}
		rows[name] = append(rows[name], r)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	for _, records := range rows {
		wg.Go(func() {
			for _, r := range records {
				if b.record(ctx, r) {
					continue
				}
				mu.Lock()
				out.BatchItemFailures = append(out.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: r.Change.SequenceNumber})
				mu.Unlock()
				return // what follows of this row waits for it
			}
		})
	}
	wg.Wait()
	return out, nil
}

// record delivers what one record orders; false: it is to come again. A record that cannot be read
// will not be readable later either: it is logged, counted and let go. One of a table that is not known here
// may well be readable by a function with the right settings.
func (b batch) record(ctx context.Context, r events.DynamoDBEventRecord) bool {
	orders, err := b.read(r)
	if err != nil {
		b.report.LogAttrs(ctx, slog.LevelError, "record", slog.String("cause", err.Error()))
		if errors.Is(err, errTable) {
			b.report.Count(telemetry.Outage)
			return false
		}
		b.report.Count(telemetry.MailBroken)
		return true
	}
	ok := true
	for _, o := range orders {
		outcome, err := o.deliver(ctx, time.Now())
		if err != nil {
			b.outage(ctx, o, err)
			ok = false
			continue
		}
		b.report.LogAttrs(ctx, slog.LevelInfo, "mail", o.line(string(outcome))...)
		if counter := counters[outcome]; counter != "" {
			b.report.Count(counter)
		}
	}
	return ok
}

// counters are those of the outcomes that operators count.
var counters = map[binding.Outcome]string{
	binding.OutcomeSent:     telemetry.MailSent,
	binding.OutcomeHeld:     telemetry.MailHeld,
	binding.OutcomeNoDomain: telemetry.MailNoDomain,
	binding.OutcomeRefused:  telemetry.MailRejected,
	binding.OutcomeBroken:   telemetry.MailBroken,
}

// outage tells operators what kind of trouble it is. Throttling passes by itself; a spent quota or
// paused sending needs somebody.
func (b batch) outage(ctx context.Context, o order, err error) {
	class := ""
	if errors.Is(err, binding.ErrSend) {
		class = mail.Class(err)
	}
	b.report.LogAttrs(ctx, slog.LevelError, "mail", o.line("outage", slog.String("class", class), slog.String("cause", err.Error()))...)
	switch class {
	case mail.ClassQuota, mail.ClassPaused, mail.ClassIdentity:
		b.report.Count(telemetry.MailQuota)
	default:
		b.report.Count(telemetry.Outage)
	}
}

package event

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

// API is what is called of EventBridge's client.
type API interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

var _ API = (*eventbridge.Client)(nil)

// A call of PutEvents takes so many entries and bytes
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). AWS raised the bytes to a
// million since; all our events together stay far under the old bound, which holds everywhere.
const (
	maxEntries = 10
	maxBytes   = 256 << 10
)

// timeBytes is what an entry's time counts for
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size).
const timeBytes = 14

// ErrRefused is an event that EventBridge does not take for what it is: it will not take it later either.
// Every other error of Publish is an outage.
var ErrRefused = errors.New("event: refused")

// A Publisher hands events to one event bus.
type Publisher struct {
	API API
	Bus string // name or ARN
}

// Publish hands events over, as many in one call as it takes: ten. It gives an error for each event, nil for
// those that are on the bus. One that failed may be there all the same; publishing it again does no harm.
func (p Publisher) Publish(ctx context.Context, all []Event) []error {
	failed := make([]error, len(all))
	var entries []types.PutEventsRequestEntry
	var places []int // of the entries' events in all
	size := 0
	flush := func() {
		if len(entries) > 0 {
			p.put(ctx, entries, places, failed)
		}
		entries, places, size = nil, nil, 0
	}
	for i, e := range all {
		entry := p.entry(e)
		n := timeBytes + len(*entry.Source) + len(*entry.DetailType) + len(*entry.Detail)
		if n > maxBytes {
			failed[i] = fmt.Errorf("%w: %d bytes", ErrRefused, n)
			continue
		}
		if len(entries) == maxEntries || size+n > maxBytes {
			flush()
		}
		entries, places, size = append(entries, entry), append(places, i), size+n
	}
	flush()
	return failed
}

func (p Publisher) entry(e Event) types.PutEventsRequestEntry {
	return types.PutEventsRequestEntry{
		Source: aws.String(Source), DetailType: aws.String(string(e.Type)), Detail: aws.String(e.Detail()),
		EventBusName: aws.String(p.Bus), Time: aws.Time(e.At),
	}
}

// put makes one call. Each entry has its own verdict; a call that failed is every entry's.
func (p Publisher) put(ctx context.Context, entries []types.PutEventsRequestEntry, places []int, failed []error) {
	out, err := p.API.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	if err == nil && len(out.Entries) != len(entries) {
		err = fmt.Errorf("%d verdicts on %d entries", len(out.Entries), len(entries))
	}
	// The words of an API error may quote what it is about; its code cannot.
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		err = errors.New(api.ErrorCode())
	}
	for n, i := range places {
		switch {
		case err != nil:
			failed[i] = fmt.Errorf("event: put: %w", err)
		case out.Entries[n].ErrorCode != nil:
			failed[i] = verdict(*out.Entries[n].ErrorCode)
		case out.Entries[n].EventId == nil:
			failed[i] = errors.New("event: put: neither taken nor refused")
		}
	}
}

// verdict is the error of an entry's code. The message beside it is not ours and may quote the entry.
func verdict(code string) error {
	if code == "MalformedDetail" {
		return fmt.Errorf("%w: %s", ErrRefused, code)
	}
	return fmt.Errorf("event: put: %s", code)
}

package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	awstypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"mailbind/shared/binding"
	"mailbind/shared/event"
)

// double is EventBridge: it keeps what it was asked and takes everything, or does what it is told.
type double struct {
	calls  []*eventbridge.PutEventsInput
	answer func(*eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error)
}

func (d *double) PutEvents(_ context.Context, in *eventbridge.PutEventsInput, _ ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error) {
	d.calls = append(d.calls, in)
	if d.answer != nil {
		return d.answer(in)
	}
	return taken(in), nil
}

func taken(in *eventbridge.PutEventsInput) *eventbridge.PutEventsOutput {
	out := &eventbridge.PutEventsOutput{}
	for n := range in.Entries {
		out.Entries = append(out.Entries, awstypes.PutEventsResultEntry{EventId: aws.String(fmt.Sprint(n))})
	}
	return out
}

// some makes n events, each of an account of its own; the subjects have so many bytes.
func some(t testing.TB, n, bytes int) (out []event.Event) {
	t.Helper()
	for i := range n {
		subject := fmt.Sprintf("%0*d", bytes, i)
		e, err := event.New(fmt.Sprintf("binding.bound/r%d", i), account, binding.Who{Issuer: "i", Subject: subject}, noon)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func TestAnEntryNamesSourceTypeTimeAndBus(t *testing.T) {
	bus := &double{}
	all := some(t, 1, 6)
	if failed := (event.Publisher{API: bus, Bus: "orders"}).Publish(t.Context(), all); !slices.Equal(failed, []error{nil}) {
		t.Fatal(failed)
	}
	e := bus.calls[0].Entries[0]
	if *e.Source != "mailbind" || *e.DetailType != "binding.bound" || *e.EventBusName != "orders" || !e.Time.Equal(noon.Truncate(time.Second)) ||
		*e.Detail != all[0].Detail() || e.Resources != nil || e.TraceHeader != nil {
		t.Errorf("%+v", e)
	}
}

// A batch is one call while it fits in one; an event is in one call, whole, in its turn.
func TestCallsAreAsFewAsTheirSizeAllows(t *testing.T) {
	const kilo = 1000
	for _, c := range []struct{ events, bytes, calls int }{
		{0, 6, 0}, {1, 6, 1}, {10, 6, 1}, {11, 6, 2}, {25, 6, 3}, {10, 26 * kilo, 1}, {10, 27 * kilo, 2}, {3, 200 * kilo, 3}, {2, 130 * kilo, 1}, {2, 131 * kilo, 2},
	} {
		bus := &double{}
		all := some(t, c.events, c.bytes)
		failed := event.Publisher{API: bus, Bus: "default"}.Publish(t.Context(), all)
		var details []string
		for _, call := range bus.calls {
			size := 0
			for _, e := range call.Entries {
				details = append(details, *e.Detail)
				size += 14 + len(*e.Source) + len(*e.DetailType) + len(*e.Detail)
			}
			if len(call.Entries) == 0 || len(call.Entries) > 10 || size > 256*1024 {
				t.Errorf("%+v: a call of %d entries, %d bytes", c, len(call.Entries), size)
			}
		}
		if len(bus.calls) != c.calls || len(failed) != c.events || slices.ContainsFunc(failed, func(err error) bool { return err != nil }) {
			t.Errorf("%+v: %d calls, %v", c, len(bus.calls), failed)
		}
		if len(details) != len(all) {
			t.Fatalf("%+v: %d entries", c, len(details))
		}
		for i, e := range all {
			if details[i] != e.Detail() {
				t.Errorf("%+v: entry %d is another's", c, i)
			}
		}
	}
}

// One that no call can hold must not keep the others back, today or ever.
func TestAnEventThatIsTooLargeIsRefusedAlone(t *testing.T) {
	bus := &double{}
	all := some(t, 3, 6)
	all[1] = some(t, 2, 263_000)[1]
	failed := event.Publisher{API: bus, Bus: "default"}.Publish(t.Context(), all)
	if failed[0] != nil || !errors.Is(failed[1], event.ErrRefused) || failed[2] != nil || len(bus.calls) != 1 || len(bus.calls[0].Entries) != 2 {
		t.Errorf("%v, %d calls", failed, len(bus.calls))
	}
}

// A verdict is an entry's own, in the second call as in the first.
func TestFailuresAreTheirEntrysOwn(t *testing.T) {
	bus := &double{}
	bus.answer = func(in *eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
		out := taken(in)
		fail := func(n int, code string) {
			out.FailedEntryCount++
			out.Entries[n] = awstypes.PutEventsResultEntry{ErrorCode: &code, ErrorMessage: aws.String("canary")}
		}
		if len(bus.calls) == 1 {
			fail(3, "ThrottlingException")
		} else {
			fail(0, "InternalFailure")
			fail(1, "MalformedDetail")
			out.Entries[2].EventId = nil
		}
		return out, nil
	}
	failed := event.Publisher{API: bus, Bus: "default"}.Publish(t.Context(), some(t, 14, 6))
	for i, err := range failed {
		want := map[int]string{3: "ThrottlingException", 10: "InternalFailure", 11: "MalformedDetail", 12: "neither"}[i]
		if (err != nil) != (want != "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary")) || errors.Is(err, event.ErrRefused) != (i == 11) {
			t.Errorf("%d: %v, want %q", i, err, want)
		}
	}
}

// A call that failed, or whose verdicts are not one an entry, tells nothing about any of its entries; the calls after it are
// made all the same.
func TestAFailedCallIsEveryEntrysFailure(t *testing.T) {
	for name, answer := range map[string]func(*eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error){
		"outage": func(*eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
			return nil, context.DeadlineExceeded
		},
		"no verdicts": func(*eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
			return &eventbridge.PutEventsOutput{}, nil
		},
		"a verdict too few": func(in *eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
			out := taken(in)
			out.Entries = out.Entries[1:]
			return out, nil
		},
	} {
		bus := &double{}
		bus.answer = func(in *eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
			if len(bus.calls) > 1 {
				return taken(in), nil
			}
			return answer(in)
		}
		failed := event.Publisher{API: bus, Bus: "default"}.Publish(t.Context(), some(t, 12, 6))
		for i, err := range failed {
			if (err != nil) != (i < 10) || errors.Is(err, event.ErrRefused) || name == "outage" && i < 10 && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, %d: %v", name, i, err)
			}
		}
	}
}

// The real client, on the wire: AWS's JSON 1.1, one call, its errors told apart from verdicts.
func TestTheClientSpeaksToEventBridge(t *testing.T) {
	t.Setenv("AWS_NEW_RETRIES_2026", "true") // as the template has it; the pauses are shorter
	var down bool
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		var in struct {
			Entries []struct {
				Source, DetailType, Detail, EventBusName string
				Time                                     float64
			}
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		if err != nil || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || len(in.Entries) != 2 || in.Entries[0].Source != "mailbind" ||
			in.Entries[0].Time != float64(noon.Unix()) || !json.Valid([]byte(in.Entries[1].Detail)) {
			t.Errorf("%s %s: %v", r.Header.Get("X-Amz-Target"), body, err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if down {
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `{"__type":"InternalException","message":"canary"}`)
			return
		}
		fmt.Fprint(w, `{"FailedEntryCount":1,"Entries":[{"EventId":"11710aed"},{"ErrorCode":"ThrottlingException","ErrorMessage":"Rate exceeded"}]}`)
	}))
	defer server.Close()
	client := eventbridge.New(eventbridge.Options{Region: "eu-west-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		})})
	p := event.Publisher{API: client, Bus: "default"}
	if failed := p.Publish(t.Context(), some(t, 2, 6)); failed[0] != nil || failed[1] == nil || calls != 1 {
		t.Errorf("%v after %d calls", failed, calls)
	}
	down, calls = true, 0
	if failed := p.Publish(t.Context(), some(t, 2, 6)); failed[0] == nil || failed[1] == nil || calls != 3 || failed[0].Error() != "event: put: InternalException" {
		t.Errorf("down: %v after %d calls", failed, calls)
	}
}

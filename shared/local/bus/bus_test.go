package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mailbind/shared/local/pattern"
)

func compile(t *testing.T, text string) *pattern.Pattern {
	t.Helper()
	compiled, err := pattern.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func transformer(t *testing.T, paths map[string]string, template string) *Transformer {
	t.Helper()
	made, err := NewTransformer(paths, template)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestARuleDeliversWhatItsPatternFits(t *testing.T) {
	got := make(chan string, 10)
	keep := func(_ context.Context, event []byte) error { got <- string(event); return nil }
	rules := []Rule{{Name: "bounced", Pattern: compile(t, `{"source":["aws.ses"],"detail-type":["Email Bounced"]}`), Targets: []Target{{
		Name: "feedback", Function: keep, Transformer: transformer(t, map[string]string{"kind": "$.detail.mail.tags.kind[0]"}, `{"kind":<kind>}`),
	}}}}
	b := New("local-1", "000000000000", rules, &bytes.Buffer{})
	defer b.Close()
	detail := json.RawMessage(`{"mail":{"tags":{"kind":["verify"]}}}`)
	b.Put("aws.ses", "Email Sent", detail, nil, time.Now())
	b.Put("aws.ses", "Email Bounced", detail, nil, time.Now())
	select {
	case event := <-got:
		if event != `{"kind":"verify"}` {
			t.Errorf("got %s", event)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nothing was delivered")
	}
	if len(got) != 0 {
		t.Errorf("also delivered %s", <-got)
	}
}

func TestAFailedDeliveryIsTriedAgain(t *testing.T) {
	before := retryAfter
	retryAfter = []time.Duration{time.Millisecond, time.Millisecond}
	defer func() { retryAfter = before }()
	var calls atomic.Int32
	done := make(chan struct{})
	second := func(context.Context, []byte) error {
		if calls.Add(1) == 1 {
			return errors.New("not now")
		}
		close(done)
		return nil
	}
	words := &bytes.Buffer{}
	b := New("local-1", "000000000000", []Rule{{Name: "all", Pattern: compile(t, `{"source":["x"]}`), Targets: []Target{{Name: "f", Function: second}}}}, words)
	b.Put("x", "y", json.RawMessage(`{}`), nil, time.Now())
	<-done
	b.Close()
	if words.Len() > 0 {
		t.Errorf("it says %s", words)
	}
}

func TestAnEventThatIsGivenUpIsSaid(t *testing.T) {
	before := retryAfter
	retryAfter = []time.Duration{time.Millisecond, time.Millisecond}
	defer func() { retryAfter = before }()
	for _, test := range []struct{ tries, want int }{{0, 3}, {1, 1}, {2, 2}, {3, 3}} {
		words := &bytes.Buffer{}
		var calls atomic.Int32
		never := func(context.Context, []byte) error { calls.Add(1); return errors.New("never") }
		target := Target{Name: "f", Function: never, Tries: test.tries}
		b := New("local-1", "000000000000", []Rule{{Name: "all", Pattern: compile(t, `{"source":["x"]}`), Targets: []Target{target}}}, words)
		b.Put("x", "y", json.RawMessage(`{}`), nil, time.Now())
		b.deliveries.Wait()
		b.Close()
		if want := fmt.Sprintf("rule all: f failed %d times", test.want); int(calls.Load()) != test.want || !strings.Contains(words.String(), want) {
			t.Errorf("Tries %d: %d calls, and it says %q", test.tries, calls.Load(), words)
		}
	}
}

func TestPutEventsKeepsGoodEntriesAndNamesBadOnes(t *testing.T) {
	b := New("local-1", "000000000000", nil, &bytes.Buffer{})
	defer b.Close()
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"Entries":[
		{"Source":"mailbind","DetailType":"binding.bound","Detail":"{\"account\":\"u-1\"}"},
		{"Source":"aws.ses","DetailType":"Email Sent","Detail":"{}"},
		{"Source":"mailbind","DetailType":"binding.bound","Detail":"[]"},
		{"Source":"mailbind","DetailType":"binding.bound","Detail":"{}","EventBusName":"other"}]}`))
	request.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	recorder := httptest.NewRecorder()
	b.ServeHTTP(recorder, request)
	var output struct {
		FailedEntryCount int
		Entries          []struct{ EventId, ErrorCode string }
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &output); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, one := range output.Entries {
		codes = append(codes, one.ErrorCode)
	}
	if output.FailedEntryCount != 3 || strings.Join(codes, ",") != ",NotAuthorizedForSourceException,MalformedDetail,ResourceNotFoundException" {
		t.Errorf("got %s", recorder.Body)
	}
	events := b.Events("mailbind")
	if len(events) != 1 || events[0].ID != output.Entries[0].EventId || string(events[0].Detail) != `{"account":"u-1"}` {
		t.Errorf("kept %+v", events)
	}
}

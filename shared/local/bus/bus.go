// Package bus plays the default event bus of Amazon EventBridge: PutEvents, rules with patterns and input transformers, delivery to
// functions with retries.
package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"mailbind/shared/local/pattern"
)

// Function hands an event to a function and reports why it failed.
type Function func(ctx context.Context, event []byte) error

// Rule delivers the events that its pattern fits to its targets.
type Rule struct {
	Name    string
	Pattern *pattern.Pattern
	Targets []Target
}

// Target is a function.
type Target struct {
	Name        string // for messages
	Function    Function
	Transformer *Transformer // nil: the function gets the event itself
	Tries       int          // how often an event that the function fails at is given to it, 1 to 3; 0: 3, as Lambda does it unless told otherwise
}

// Event is an event as EventBridge hands it to targets.
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// Bus is the default bus. Its methods may be called by several goroutines.
type Bus struct {
	region, account string
	rules           []Rule
	words           io.Writer
	closing         context.Context
	close           context.CancelFunc
	deliveries      sync.WaitGroup

	mu     sync.Mutex
	events []Event
}

// New makes a bus that writes what it could not deliver to words.
func New(region, account string, rules []Rule, words io.Writer) *Bus {
	closing, closeAll := context.WithCancel(context.Background())
	return &Bus{region: region, account: account, rules: rules, words: words, closing: closing, close: closeAll}
}

// Close ends deliveries, also those under way.
func (b *Bus) Close() {
	b.close()
	b.deliveries.Wait()
}

// Events are those whose source begins with the prefix, oldest first.
func (b *Bus) Events(prefix string) []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := []Event{}
	for _, event := range b.events {
		if strings.HasPrefix(event.Source, prefix) {
			found = append(found, event)
		}
	}
	return found
}

// Put takes an event and starts its deliveries. It gives the event's id.
func (b *Bus) Put(source, detailType string, detail json.RawMessage, resources []string, at time.Time) string {
	if resources == nil {
		resources = []string{}
	}
	event := Event{
		Version: "0", ID: newID(), DetailType: detailType, Source: source, Account: b.account, Time: at.UTC().Truncate(time.Second),
		Region: b.region, Resources: resources, Detail: detail,
	}
	b.mu.Lock()
	b.events = append(b.events, event)
	b.mu.Unlock()
	encoded, err := json.Marshal(event)
	if err != nil {
		panic("bus: an event that is not JSON: " + err.Error())
	}
	for _, rule := range b.rules {
		fits, err := rule.Pattern.Match(encoded)
		if err != nil {
			panic("bus: " + err.Error())
		}
		if !fits {
			continue
		}
		for _, target := range rule.Targets {
			b.deliveries.Go(func() { b.deliver(rule.Name, target, encoded) })
		}
	}
	return event.ID
}

// retryAfter are the pauses before a failed delivery is tried again. Lambda tries an event it took twice more, after one and two
// minutes; a developer does not want to wait that long.
var retryAfter = []time.Duration{time.Second, 2 * time.Second}

func (b *Bus) deliver(rule string, target Target, event []byte) {
	input, err := target.Transformer.apply(event)
	if err != nil {
		fmt.Fprintf(b.words, "rule %s: the event for %s could not be transformed: %v\n", rule, target.Name, err)
		return
	}
	last := len(retryAfter)
	if target.Tries > 0 {
		last = min(last, target.Tries-1)
	}
	for attempt := 0; ; attempt++ {
		err := target.Function(b.closing, input)
		if err == nil || b.closing.Err() != nil {
			return
		}
		if attempt == last {
			fmt.Fprintf(b.words, "rule %s: %s failed %d times, the event is given up: %v\n", rule, target.Name, attempt+1, err)
			return
		}
		select {
		case <-time.After(retryAfter[attempt]):
		case <-b.closing.Done():
			return
		}
	}
}

type entry struct {
	Source, DetailType, Detail, EventBusName string
	Resources                                []string
	Time                                     float64
}

type result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// ServeHTTP answers PutEvents in AWS's JSON protocol 1.1.
func (b *Bus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if target := r.Header.Get("X-Amz-Target"); target != "AWSEvents.PutEvents" {
		answer(w, http.StatusBadRequest, map[string]string{"__type": "InvalidAction", "message": "the local stack knows no operation " + target})
		return
	}
	var input struct{ Entries []entry }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&input); err != nil || len(input.Entries) == 0 || len(input.Entries) > 10 {
		answer(w, http.StatusBadRequest, map[string]string{"__type": "ValidationException", "message": "want 1 to 10 entries"})
		return
	}
	now := time.Now()
	var output struct {
		FailedEntryCount int
		Entries          []result
	}
	for _, one := range input.Entries {
		done := b.take(one, now)
		if done.ErrorCode != "" {
			output.FailedEntryCount++
		}
		output.Entries = append(output.Entries, done)
	}
	answer(w, http.StatusOK, output)
}

func (b *Bus) take(one entry, now time.Time) result {
	var detail map[string]any
	switch {
	case one.Source == "" || one.DetailType == "" || one.Detail == "":
		return result{ErrorCode: "InvalidArgument", ErrorMessage: "Source, DetailType and Detail are needed."}
	case strings.HasPrefix(one.Source, "aws."):
		return result{ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source."}
	case json.Unmarshal([]byte(one.Detail), &detail) != nil:
		return result{ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed."}
	case one.EventBusName != "" && one.EventBusName != "default" && !strings.HasSuffix(one.EventBusName, ":event-bus/default"):
		return result{ErrorCode: "ResourceNotFoundException", ErrorMessage: "Event bus " + one.EventBusName + " does not exist."}
	}
	at := now
	if one.Time != 0 {
		at = time.UnixMilli(int64(one.Time * 1000))
	}
	return result{EventID: b.Put(one.Source, one.DetailType, json.RawMessage(one.Detail), one.Resources, at)}
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

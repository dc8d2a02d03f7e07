package load

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Tally counts the requests of functions to AWS services, as they arrive there. It is safe for several goroutines.
type Tally struct {
	mu     sync.Mutex
	counts Counts
}

// Counts says who asked for what so often.
type Counts map[Call]int

// Call is one kind of request. Function is the name that the function's client gives itself, without "mailbind-"; "" for a client
// that gives none.
type Call struct {
	Function string
	Service  Service
	Name     string // the operation: UpdateItem, SendEmail
}

// Service tells apart what is counted.
type Service string

// The services. Start is the database too: the reads of row `k` that each instance makes once, before its first event.
const (
	Database Service = "database"
	Start    Service = "start"
	Mail     Service = "mail"
)

// appID is how the AWS SDK puts aws.Config.AppID into User-Agent.
var appID = regexp.MustCompile(`(?:^| )app/mailbind-([a-z0-9-]+)`)

// fingerprint is the key of the row that every function compares its key with when it starts (table bindings, pk "k").
var fingerprint = []byte(`"pk":{"S":"k"}`)

// Trip counts a request to the database: its User-Agent, X-Amz-Target and body.
func (t *Tally) Trip(agent, target string, body []byte) {
	call := Call{Function: functionIn(agent), Service: Database, Name: target[strings.LastIndexByte(target, '.')+1:]}
	if bytes.Contains(body, fingerprint) {
		call.Service = Start
	}
	t.count(call)
}

// Sent counts a request to the mail service: its User-Agent.
func (t *Tally) Sent(agent string) {
	t.count(Call{Function: functionIn(agent), Service: Mail, Name: "SendEmail"})
}

func functionIn(agent string) string {
	if found := appID.FindStringSubmatch(agent); found != nil {
		return found[1]
	}
	return ""
}

func (t *Tally) count(call Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = Counts{}
	}
	t.counts[call]++
}

// Counts are the counts so far.
func (t *Tally) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}

// since gives what was counted after earlier counts.
func (c Counts) since(earlier Counts) Counts {
	rest := Counts{}
	for call, n := range c {
		if n -= earlier[call]; n != 0 {
			rest[call] = n
		}
	}
	return rest
}

// of sums a function's requests to a service.
func (c Counts) of(function string, service Service) int {
	sum := 0
	for call, n := range c {
		if call.Function == function && call.Service == service {
			sum += n
		}
	}
	return sum
}

// beside sums what other functions than this one asked of any service.
func (c Counts) beside(function string) int {
	sum := 0
	for call, n := range c {
		if call.Function != function {
			sum += n
		}
	}
	return sum
}

// mails are all requests to the mail service.
func (c Counts) mails() int {
	sum := 0
	for call, n := range c {
		if call.Service == Mail {
			sum += n
		}
	}
	return sum
}

// names lists a function's operations on the database with how often each came per n requests: "UpdateItem, 2 PutItem"; "-" for none.
func (c Counts) names(function string, n int) string {
	var parts []string
	for call, count := range c {
		if call.Function != function || call.Service != Database {
			continue
		}
		part := call.Name
		if count != n {
			part = each(count, n) + " " + part
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "-"
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// each is count divided by n: whole numbers without a fraction, others with as much of it as shows that they are none.
func each(count, n int) string {
	switch {
	case n == 0:
		return "-"
	case count%n == 0:
		return fmt.Sprint(count / n)
	}
	return fmt.Sprintf("%.4f", float64(count)/float64(n))
}

// Package ses plays Amazon SES v2 on one machine: it takes SendEmail as the AWS SDK sends it, refuses what SES refuses, keeps every
// mail it took, and tells what became of it by the sending events that SES publishes (event.go). A mailbox ends a mail as its address at
// the mailbox simulator says, or as a script said of it (endings.go); what bounced or complained is on the account's suppression list
// from then on (suppression.go). Scripts can have the service refuse mails, and events come late, twice, out of order or never (control.go).
package ses

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Set is a configuration set.
type Set struct {
	Name       string
	Events     []string // types that it publishes to EventBridge (SEND, DELIVERY, BOUNCE ...)
	Suppressed []string // reasons for which its mails are suppressed (BOUNCE, COMPLAINT); nil: the account's
}

// Mail is a mail that was taken.
type Mail struct {
	ID               string            `json:"id"`
	To               string            `json:"to"` // several: joined by ", "
	From             string            `json:"from"`
	Subject          string            `json:"subject"`
	Text             string            `json:"text"`
	HTML             string            `json:"html"`
	Raw              string            `json:"raw"` // as it would go out, lines ended by CR LF
	Headers          map[string]string `json:"headers"`
	Tags             map[string]string `json:"tags"`
	ConfigurationSet string            `json:"configuration_set"`
	Overrides        json.RawMessage   `json:"overrides,omitempty"` // ConfigurationOverrides as sent
	SentAt           time.Time         `json:"sent_at"`

	recipients []string
	sender     string // From without its name
}

// Publish puts an event of source aws.ses on the bus; detailType is EventBridge's name of it, at its time.
type Publish func(detailType string, detail map[string]any, at time.Time)

// Service is the endpoint. Its methods may be called by several goroutines.
type Service struct {
	sets       map[string]Set
	identities map[string]bool
	publish    Publish
	closing    chan struct{}
	pending    sync.WaitGroup

	mu        sync.Mutex
	mode      Mode
	waiting   int // requests that Slow holds now
	manner    Manner
	shift     time.Duration
	mailboxes map[string]string // endings that a script gave, by address in lower case
	list      map[string]string // the account's suppression list: why an address in lower case is on it
	mails     []Mail
}

// New makes a service that knows the sets and may send from the identities (addresses or domains).
func New(sets []Set, identities []string, publish Publish) *Service {
	s := &Service{
		sets: map[string]Set{}, identities: map[string]bool{}, publish: publish, closing: make(chan struct{}), mode: OK, manner: Prompt,
		mailboxes: map[string]string{}, list: map[string]string{},
	}
	for _, set := range sets {
		s.sets[set.Name] = set
	}
	for _, identity := range identities {
		s.identities[strings.ToLower(identity)] = true
	}
	return s
}

// Close stops the events that are still to come.
func (s *Service) Close() {
	close(s.closing)
	s.pending.Wait()
}

func (s *Service) modeNow() Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode
}

// Mails are the mails to an address exactly as they were sent to it, oldest first; "" for all.
func (s *Service) Mails(to string) []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Mail{}
	for i := range s.mails { // not by value: there may be thousands, and this is asked again and again
		if to == "" || slices.Contains(s.mails[i].recipients, to) {
			found = append(found, s.mails[i])
		}
	}
	return found
}

// Mail is the one with the id.
func (s *Service) Mail(id string) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, mail := range s.mails {
		if mail.ID == id {
			return mail, true
		}
	}
	return Mail{}, false
}

// ServeHTTP answers POST /v2/email/outbound-emails; other operations are errors that name themselves.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	if r.Method != http.MethodPost || r.URL.Path != "/v2/email/outbound-emails" {
		refuse(w, badRequest("the local stack knows no operation %s %s of SES", r.Method, r.URL.Path))
		return
	}
	mode := s.modeNow()
	if refused := refusals[mode]; refused != nil {
		refuse(w, refused)
		return
	}
	if mode == Slow {
		s.holds(1)
		defer s.holds(-1)
		select {
		case <-time.After(slowness):
		case <-r.Context().Done(): // the caller gave up; SES may take the mail all the same
		case <-s.closing:
			return
		}
	}
	mail, err := s.accept(http.MaxBytesReader(w, r.Body, sizeLimit*2), now)
	var refused *fault
	if errors.As(err, &refused) {
		refuse(w, refused)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"MessageId": mail.ID})
}

func (s *Service) holds(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting += n
}

func (s *Service) keep(mail Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, mail)
}

// newID has the form of SES's message ids.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return fmt.Sprintf("0100%012x-%x-%x-%x-%x-%x-000000", time.Now().UnixMilli(), b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// fault is an error as SES answers it.
type fault struct {
	status  int
	kind    string
	message string
}

func (f *fault) Error() string { return f.kind + ": " + f.message }

func badRequest(format string, arguments ...any) *fault {
	return &fault{http.StatusBadRequest, "BadRequestException", fmt.Sprintf(format, arguments...)}
}

// refuse writes the error in the form of AWS's rest-json protocol.
func refuse(w http.ResponseWriter, f *fault) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", f.kind)
	w.WriteHeader(f.status)
	json.NewEncoder(w).Encode(map[string]string{"message": f.message})
}

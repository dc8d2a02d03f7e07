package ses

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Mode is how SendEmail behaves at the moment.
type Mode string

// The modes. Slow takes a mail after slowness; all others but OK refuse every mail.
const (
	OK        Mode = "ok"
	Slow      Mode = "slow"
	Down      Mode = "down"
	Throttle  Mode = "throttle"
	Quota     Mode = "quota"     // the day's sends are used up
	Paused    Mode = "paused"    // the account's sending is paused: an operator can go on with it
	Suspended Mode = "suspended" // it has ended for good
	Rejected  Mode = "rejected"
)

// slowness is longer than anybody waits for a page and shorter than a function's timeout.
const slowness = 3 * time.Second

// refusals are what the modes answer: the exceptions of the API reference of SendEmail with their status, and the words of SES.
// A throttle and a spent quota are told apart by their words alone.
var refusals = map[Mode]*fault{
	Down:     {http.StatusServiceUnavailable, "ServiceUnavailableException", "Service is unavailable"},
	Throttle: {http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded."},
	Quota:    {http.StatusTooManyRequests, "TooManyRequestsException", "Daily message quota exceeded."},
	Paused: {http.StatusBadRequest, "SendingPausedException",
		"Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account."},
	Suspended: {http.StatusBadRequest, "AccountSuspendedException", "The account's ability to send email has been permanently restricted."},
	Rejected:  {http.StatusBadRequest, "MessageRejected", "The message contains invalid content."},
}

// Manner is how the events of a mail come.
type Manner string

// The manners.
const (
	Prompt   Manner = "prompt"
	Late     Manner = "late"     // each comes lateness after its time
	Double   Manner = "double"   // each comes twice
	Shuffled Manner = "shuffled" // all come when the last is due, that one first
	Off      Manner = "off"      // none comes: EventBridge has them by best effort
)

// lateness is how much later than at its time an event comes by the manner Late.
const lateness = 3 * time.Second

// shiftLimit is how many seconds the times in events may be moved, either way: a year.
const shiftLimit = 365 * 24 * 3600

// Change is what a script wants otherwise. What is nil stays as it is.
type Change struct {
	Mode   *Mode   `json:"mode"`
	Events *Manner `json:"events"`
	// Mailboxes gives addresses an ending, by its name (see endings); "" gives an address back the one it has by itself.
	Mailboxes map[string]string `json:"mailboxes"`
	// Shift is added, in seconds, to every time in the events: two mails of one minute can bounce a day apart.
	Shift *int64 `json:"shift"`
}

// State is how the service behaves now.
type State struct {
	Mode      Mode              `json:"mode"`
	Waiting   int               `json:"waiting"` // requests that the mode slow holds now
	Events    Manner            `json:"events"`
	Mailboxes map[string]string `json:"mailboxes"`
	Shift     int64             `json:"shift"` // seconds
}

// Change makes all of the change or, with an error that says what is wrong, nothing of it. It holds for mails that are taken from then on:
// what was taken before ends as it would have.
func (s *Service) Change(change Change) error {
	if err := change.fault(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if change.Mode != nil {
		s.mode = *change.Mode
	}
	if change.Events != nil {
		s.manner = *change.Events
	}
	if change.Shift != nil {
		s.shift = time.Duration(*change.Shift) * time.Second
	}
	for address, name := range change.Mailboxes {
		if address = strings.ToLower(address); name == "" {
			delete(s.mailboxes, address)
		} else {
			s.mailboxes[address] = name
		}
	}
	return nil
}

func (change Change) fault() error {
	if change.Mode != nil && *change.Mode != OK && *change.Mode != Slow && refusals[*change.Mode] == nil {
		return fmt.Errorf("mode is %q; want %s", *change.Mode, oneOf(OK, Slow, Down, Throttle, Quota, Paused, Suspended, Rejected))
	}
	manners := []Manner{Prompt, Late, Double, Shuffled, Off}
	if change.Events != nil && !slices.Contains(manners, *change.Events) {
		return fmt.Errorf("events is %q; want %s", *change.Events, oneOf(manners...))
	}
	if change.Shift != nil && (*change.Shift < -shiftLimit || *change.Shift > shiftLimit) {
		return fmt.Errorf("shift is %d; want seconds, -%d to %d", *change.Shift, shiftLimit, shiftLimit)
	}
	for _, address := range slices.Sorted(maps.Keys(change.Mailboxes)) {
		if !recipientForm.MatchString(address) {
			return fmt.Errorf("mailboxes: %q is no address", address)
		}
		if name := change.Mailboxes[address]; name != "" && endings[name] == nil {
			return fmt.Errorf(`mailboxes: the ending of %s is %q; want "" or %s`, address, name, oneOf(slices.Sorted(maps.Keys(endings))...))
		}
	}
	return nil
}

func oneOf[Word ~string](words ...Word) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = fmt.Sprintf("%q", string(word))
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}

// State is how the service behaves now.
func (s *Service) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{Mode: s.mode, Waiting: s.waiting, Events: s.manner, Mailboxes: maps.Clone(s.mailboxes), Shift: int64(s.shift / time.Second)}
}

package main

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json" // refuses a member that is there twice

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// An event is what a rule of template.yaml makes of an event of SES, and all of it that gets here: no
// address, no header, no subject, no text of a server.
//
// What is not in SES's event is "" here: so has EventBridge been seen to write a variable whose path it does not
// find, of which its documentation says that it "isn't created". A null is read the same. No member is taken
// twice: Status is a remote server's.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
type event struct {
	Event   string `json:"event"`  // EventBridge's detail-type
	Tag     string `json:"tag"`    // binding.Tag, sealed
	Told    string `json:"told"`   // when EventBridge was told
	Mailed  string `json:"mailed"` // when SES took the mail
	At      string `json:"at"`     // when it happened
	Type    string `json:"type"`
	SubType string `json:"sub_type"`
	Status  string `json:"status"` // RFC 3463, of a bounce with a delivery status notification
}

// The errors of reading are for ever: the same event would not be readable later. None says what is in it.
var (
	errJSON  = errors.New("feedback: not as a rule makes it")
	errEvent = errors.New("feedback: an event that there is no rule for")
	errTime  = errors.New("feedback: an event without a time")
)

// read reads an event under the data key that sealed its tag; false: it reports nothing that we go by.
func read(payload []byte, d *token.DataKey) (e event, r binding.Report, says bool, err error) {
	if json.Unmarshal(payload, &e) != nil { // whose error quotes the payload
		return event{}, binding.Report{}, false, errJSON
	}
	if r.Tag, err = binding.OpenTag(d, e.Tag); err != nil {
		return event{}, binding.Report{}, false, err
	}
	if r.At, r.Mailed, r.Told, err = e.times(); err != nil {
		return event{}, binding.Report{}, false, err
	}
	v, says, known := e.verdict()
	if !known {
		return event{}, binding.Report{}, false, errEvent
	}
	r.Fate, r.Why = v.fate, v.why
	return e, r, says, nil
}

// times are when it happened, when SES took the mail, and when EventBridge was told. It happened never before the
// mail, and never after it was told: SES has the time of a bounce and of a complaint from the remote server's
// notification, and with it whatever that clock says. None of them may depend on when this is read: the same
// event, delivered again a day later, must be the same report.
func (e event) times() (at, mailed, told time.Time, err error) {
	if told, err = time.Parse(time.RFC3339, e.Told); err != nil { // EventBridge always says it
		return at, mailed, told, errTime
	}
	if at, err = time.Parse(time.RFC3339, e.At); err != nil {
		at = told
	}
	if at.After(told) {
		at = told
	}
	if mailed, err = time.Parse(time.RFC3339, e.Mailed); err != nil {
		mailed = at
	}
	if at.Before(mailed) {
		at = mailed
	}
	if told.Before(at) {
		told = at
	}
	return at, mailed, told, nil
}

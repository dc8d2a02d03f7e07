package platform

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// The events that this platform acts on. What they say can be had by asking too: check tells the version. But nobody asks while a thief
// is signed in: without credentialChanged that session lives on after the owner is back, until somebody tries to sign in to the account
// here. So none may be lost: a real platform's target has a dead-letter queue, and an alarm on it.
const (
	bindingDisputed   = "binding.disputed"
	bindingAtRisk     = "binding.at_risk"
	bindingWell       = "binding.well"
	recoveryStarted   = "recovery.started"
	recoveryHeld      = "recovery.held"
	recoveryFinished  = "recovery.finished"
	credentialChanged = "credential.changed"
)

// ownPassword stands in place of an event in host mode: the platform's own form changed the password.
const ownPassword = "own-password"

const (
	seenLimit   = 10_000 // ids; in a table: a time to live of some days, longer than EventBridge and streams try again
	noticeLimit = 20     // of an account
)

// Event takes an event in EventBridge's envelope, as the target of the platform's own rule {"source": ["mailbind"]} gets it. An error
// has it delivered again.
func (p *Platform) Event(_ context.Context, envelope []byte) error {
	var event struct {
		Source string
		Detail struct {
			ID      string
			Type    string
			At      time.Time
			Account string
			Version int64
		}
	}
	if err := json.Unmarshal(envelope, &event); err != nil {
		return errors.New("platform: an event that is no JSON")
	}
	told := event.Detail
	if event.Source != "mailbind" || told.ID == "" || told.Account == "" {
		return errors.New("platform: no event of mailbind's")
	}
	m := p.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen[told.ID] { // the detail's id is the fact's; the envelope's is new at each delivery
		return nil
	}
	switch told.Type {
	case credentialChanged:
		m.raise(told.Account, told.Version, credentialChanged)
	case bindingDisputed, bindingAtRisk, bindingWell, recoveryStarted, recoveryHeld, recoveryFinished:
		a := m.of(told.Account)
		a.notices = append(a.notices, Notice{Type: told.Type, At: told.At})
		a.notices = a.notices[max(0, len(a.notices)-noticeLimit):]
	} // other types are for others, and there may be new ones
	m.remember(told.ID)
	return nil
}

// remember notes an id after it was acted on, and forgets the oldest.
func (m *memory) remember(id string) {
	m.seen[id] = true
	m.order = append(m.order, id)
	if len(m.order) > seenLimit {
		delete(m.seen, m.order[0])
		m.order = m.order[1:]
	}
}

package platform

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// session is one sign-in.
type session struct {
	account string
	version int64 // of the credential when it began
	began   time.Time
}

// account is what the platform remembers of one of its accounts.
type account struct {
	version int64  // the highest version of its credential that was heard of: sessions below it are over
	by      string // how that became known
	notices []Notice

	pausing sync.Mutex // held while mailbind is asked to pause recovery or to end a pause
	held    time.Time  // until when the fraud team pauses recovery; under pausing
}

// Notice is something that the account's holder is to see.
type Notice struct {
	Type string    `json:"type"` // of the event
	At   time.Time `json:"at"`
}

// memory is all that the platform keeps. A session is found by a hash of what the device has, so that a copy of the table opens none.
type memory struct {
	mu       sync.Mutex
	sessions map[[sha256.Size]byte]*session
	accounts map[string]*account
	seen     map[string]bool              // ids of events
	order    []string                     // of seen, oldest first
	visits   map[string]*visit            // by the form's id
	grants   map[[sha256.Size]byte]*visit // the same, and those whose grant is being redeemed
}

func newMemory() *memory {
	return &memory{
		sessions: map[[sha256.Size]byte]*session{}, accounts: map[string]*account{}, seen: map[string]bool{},
		visits: map[string]*visit{}, grants: map[[sha256.Size]byte]*visit{},
	}
}

// of gives the account, new if need be. The caller holds the lock.
func (m *memory) of(id string) *account {
	found := m.accounts[id]
	if found == nil {
		found = &account{}
		m.accounts[id] = found
	}
	return found
}

// account gives the account to who locks its pausing.
func (m *memory) account(id string) *account {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of(id)
}

// begin starts a session of a version, and gives what the device keeps.
func (m *memory) begin(id string, version int64, now time.Time) string {
	secret := rand.Text() // 130 bits
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[sha256.Sum256([]byte(secret))] = &session{account: id, version: version, began: now}
	return secret
}

// learn ends the sessions of versions below this one: it only ever raises what is known.
func (m *memory) learn(id string, version int64, by string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.raise(id, version, by)
}

func (m *memory) raise(id string, version int64, by string) {
	if a := m.of(id); version > a.version {
		a.version, a.by = version, by
	}
}

// State of a session, as the device is told.
type State struct {
	Account      string   `json:"account"`
	Version      int64    `json:"version"` // of the credential that it began with
	State        string   `json:"state"`   // alive, ended
	EndedBy      string   `json:"ended_by,omitempty"`
	EndedVersion int64    `json:"ended_version,omitempty"` // the newer one
	Notices      []Notice `json:"notices"`                 // since it began, oldest first
}

func (s State) alive() bool { return s.State == "alive" }

// look tells the state of a session; false: there is no such session.
func (m *memory) look(secret string) (State, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := m.sessions[sha256.Sum256([]byte(secret))]
	if found == nil {
		return State{}, false
	}
	a := m.of(found.account)
	state := State{Account: found.account, Version: found.version, State: "alive", Notices: []Notice{}}
	if found.version < a.version {
		state.State, state.EndedBy, state.EndedVersion = "ended", a.by, a.version
	}
	for _, notice := range a.notices {
		if !notice.At.Before(found.began.Truncate(time.Second)) { // events tell whole seconds
			state.Notices = append(state.Notices, notice)
		}
	}
	return state, true
}

// promote lets the session in which the password was changed go on under the new version.
func (m *memory) promote(secret string, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found := m.sessions[sha256.Sum256([]byte(secret))]; found != nil {
		found.version = max(found.version, version)
	}
}

// compare tells whether a typed password is right. It ends what the answer shows to be over.
func (p *Platform) compare(ctx context.Context, id, typed, client string) (verdict, error) {
	found, err := p.passwords.check(ctx, id, typed, client)
	if err == nil {
		// The event may still be on its way, or lost; this answer tells the same, also to a wrong password.
		p.memory.learn(id, found.version, p.changedBy)
	}
	return found, err
}

// setPassword changes the password of a session's account, or gives a first one to an account whose holder is signed in by other means.
// A real platform comes here only after the present password (check), or a sign-in of the last minutes, as mailbind asks for before it
// binds: a new password ends what recovery mailed, so whoever stole a session could end its owner's way back again and again, and so
// keep the owner out.
func (p *Platform) setPassword(ctx context.Context, in State, secret, typed string, now time.Time) (string, int64, error) {
	version, err := p.passwords.set(ctx, in.Account, typed, &in.Version)
	if err != nil {
		return "", 0, err
	}
	p.memory.learn(in.Account, version, p.changedBy)
	p.endRecoveries(ctx, in.Account)
	if secret == "" {
		return p.memory.begin(in.Account, version, now), version, nil
	}
	p.memory.promote(secret, version)
	return secret, version, nil
}

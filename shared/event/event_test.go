package event_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/event"
)

// Consumers hold on to every byte of this. The ids are those of the first version: another one would make
// events that come again look new.
func TestEventsReadAsTheyDid(t *testing.T) {
	for name, want := range map[string]string{
		"binding.bound/r1":                 `{"id":"dc41854e96f18d2676be672a882bec1d","type":"binding.bound","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN"}`,
		"binding.denied/not-me/r1":         `{"id":"c73379dde3e3cf89ffb459225603b252","type":"binding.denied","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"not-me"}`,
		"binding.denied/complaint/r1":      `{"id":"1d1008a589dfc7a56dd8051a7c4be191","type":"binding.denied","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"complaint"}`,
		"binding.disputed/not-me/r1":       `{"id":"13c52d9a49ffcafbeeb2a5c018ec369d","type":"binding.disputed","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"not-me"}`,
		"binding.disputed/complaint/r1":    `{"id":"9a423a879af719936433e86692682999","type":"binding.disputed","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"complaint"}`,
		"binding.at_risk/bounced/r1":       `{"id":"ea77f89606574d849140ae8a795db373","type":"binding.at_risk","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"bounced"}`,
		"binding.at_risk/full/r1":          `{"id":"5992132fd50fb8c9d6d6b2bd315c69fa","type":"binding.at_risk","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"full"}`,
		"binding.at_risk/complained/r1":    `{"id":"b17737197556616ee8c79828693a5b92","type":"binding.at_risk","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"complained"}`,
		"binding.at_risk/broken/r1":        `{"id":"395e112b4deb71951430241de6a64979","type":"binding.at_risk","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"broken"}`,
		"binding.at_risk/owner-changed/r1": `{"id":"9cf12d63809af259f56fcbbaa6f891ca","type":"binding.at_risk","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"owner-changed"}`,
		"binding.well/undone/r1":           `{"id":"909b4d3edef3611039343db198ed7ae9","type":"binding.well","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"undone"}`,
		"binding.well/delivered/r1":        `{"id":"6bfd3b9e7490be6780ee4b92075cf7ce","type":"binding.well","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"delivered"}`,
		"binding.well/confirmed/r1":        `{"id":"8971a622921f11814c19a8c70c860fa0","type":"binding.well","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","cause":"confirmed"}`,
		"recovery.started/r1":              `{"id":"d3e99c70a58278f05e9a1cca78a660ea","type":"recovery.started","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN"}`,
		"recovery.held/r1":                 `{"id":"cc5036587986935ebb1e0890171b3298","type":"recovery.held","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN"}`,
		"recovery.finished/r1":             `{"id":"4407fe6282e0e2e5df6382996a3b0621","type":"recovery.finished","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN"}`,
		"credential.changed/r1/7":          `{"id":"5de991c1f744bb9d0d58508a8701d071","type":"credential.changed","at":"2026-03-14T04:00:00Z","account":"u-1029","issuer":"https://login.example.com/","ref":"N0JN","version":7}`,
	} {
		e, err := event.New(name, account, who, noon)
		if got := e.Detail(); err != nil || got != want {
			t.Errorf("%s, %v\nis   %s\nwant %s", name, err, got, want)
		}
	}
}

// P12: of who, an event has the account and its issuer alone.
func TestEventsHoldNoLabel(t *testing.T) {
	for name := range named(t, "canary-request") {
		e, err := event.New(name, account, who, noon)
		if err != nil || strings.Contains(e.Detail(), "canary") || strings.Contains(e.Detail(), who.Locale) || strings.Contains(e.Detail(), account.String()) {
			t.Errorf("%s %v", e.Detail(), err)
		}
	}
}

func TestOneWriteHasOneId(t *testing.T) {
	ids := map[string]string{}
	other := binding.AccountKey([16]byte{0: 'b'})
	for name, make := range map[string]func() (event.Event, error){
		"a fact":          func() (event.Event, error) { return event.New("binding.bound/r1", account, who, noon) },
		"another request": func() (event.Event, error) { return event.New("binding.bound/r2", account, who, noon) },
		"another type":    func() (event.Event, error) { return event.New("recovery.started/r1", account, who, noon) },
		"a cause":         func() (event.Event, error) { return event.New("binding.denied/not-me/r1", account, who, noon) },
		"another cause":   func() (event.Event, error) { return event.New("binding.denied/complaint/r1", account, who, noon) },
		"a version":       func() (event.Event, error) { return event.New("credential.changed/r1/7", account, who, noon) },
		"another version": func() (event.Event, error) { return event.New("credential.changed/r1/8", account, who, noon) },
		"another account": func() (event.Event, error) { return event.New("binding.bound/r1", other, who, noon) },
	} {
		first, err := make()
		again, _ := make()
		if err != nil || first != again {
			t.Errorf("%s: %v, then %v, %v", name, first, again, err)
		}
		if before := ids[first.ID]; before != "" {
			t.Errorf("%s has the id of %s", name, before)
		}
		ids[first.ID] = name
	}
	// Another session's words of the same account, or another time, make no other fact.
	e, err := event.New("binding.bound/r1", account, binding.Who{Issuer: "i", Subject: "s"}, noon.Add(time.Hour))
	if err != nil || ids[e.ID] != "a fact" {
		t.Errorf("%v, %v", e, err)
	}
}

func TestWhatHasNoTypeIsNoEvent(t *testing.T) {
	for _, name := range []string{
		"", "/", "/r1", "binding.bound", "binding.bound/", "binding.canary/r1", "Binding.bound/r1", "credential.canary/r1/7", " binding.bound/r1",
		"credential.changed", "credential.changed/", "credential.changed/r1", "credential.changed/r1/", "credential.changed//7", "credential.changed/7",
		"binding.denied", "binding.denied/", "binding.denied/not-me", "binding.denied/not-me/", "binding.denied//r1", "binding.denied/r1", "binding.well/canary/r1",
		"binding.at_risk/not-me/r1", "binding.at_risk/bounced", "binding.at_risk/disowned/r1", "binding.well/not-me/undone", "binding.at_risk//r1",
		"credential.changed/r1/0", "credential.changed/r1/-7", "credential.changed/r1/canary", "credential.changed/r1/99999999999999999999",
	} {
		if e, err := event.New(name, account, who, noon); !errors.Is(err, event.ErrUnknown) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v, %v", name, e, err)
		}
	}
	if e, err := event.New("binding.bound/r1", account, binding.Who{Issuer: "i", Label: "canary"}, noon); !errors.Is(err, event.ErrUnknown) || strings.Contains(err.Error(), "canary") {
		t.Errorf("nobody: %v, %v", e, err)
	}
}

// A request is the gateway's word; whatever is in it, the cause is what stands first.
func TestTheCauseStandsFirst(t *testing.T) {
	for name, want := range map[string]string{"binding.well/undone/JKJaX/5PLv=/7": "undone", "binding.denied/complaint/not-me/r1": "complaint"} {
		if e, err := event.New(name, account, who, noon); err != nil || e.Cause != want || e.Version != 0 {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// A request is the gateway's word; whatever is in it, the version is what stands last.
func TestTheVersionStandsLast(t *testing.T) {
	for name, want := range map[string]int64{"credential.changed/r1/7": 7, "credential.changed/JKJaX/5PLv=/1773460800000": 1773460800000} {
		if e, err := event.New(name, account, who, noon); err != nil || e.Version != want || e.Type != event.PasswordChanged {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// Whatever a platform's account ids are, they come through.
func TestAccountsKeepTheirSpelling(t *testing.T) {
	for _, subject := range []string{"u-1", "auth0|5f7c8ec7c33c6c004bbafe82", `"<&>\`, "李记\u2028", strings.Repeat("\x01", 255)} {
		e, err := event.New("binding.bound/r1", account, binding.Who{Issuer: "i", Subject: subject}, noon)
		if err != nil || parsed(t, []byte(e.Detail()))["account"] != subject {
			t.Errorf("%q: %s, %v", subject, e.Detail(), err)
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		e, err := event.New("binding.disputed/not-me/JKJaXmPLvHcESHA=", account, who, noon)
		if err != nil || e.Detail() == "" {
			b.Fatal(err)
		}
	}
}

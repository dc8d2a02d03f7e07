package platform

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// always answers every call alike.
func always(text string) func(map[string]any) string {
	return func(map[string]any) string { return text }
}

func TestASessionEndsByAHigherVersionHoweverEventsCome(t *testing.T) {
	version := 100
	w := newWorld(t, false, func(map[string]any) string { return fmt.Sprintf(`{"ok":true,"version":%d}`, version) })
	first := w.signIn("u-1", "seven lamps over the harbour")
	if got := w.state(first); got.State != "alive" || got.Version != 100 || got.Account != "u-1" {
		t.Errorf("begins as %+v", got)
	}
	w.event("e1", "credential.changed", "u-1", 100) // of the set before: at the version it is alive
	w.event("e2", "credential.changed", "u-2", 900)
	if got := w.state(first); got.State != "alive" {
		t.Errorf("ended by its own version, or by another account's: %+v", got)
	}
	w.event("e3", "credential.changed", "u-1", 300)
	w.event("e4", "credential.changed", "u-1", 200) // late
	w.event("e3", "credential.changed", "u-1", 300) // again
	if got := w.state(first); got.State != "ended" || got.EndedBy != "credential.changed" || got.EndedVersion != 300 {
		t.Errorf("after the change %+v", got)
	}
	version = 200 // an answer that was overtaken
	if got := w.state(w.signIn("u-1", "seven lamps over the harbour")); got.State != "ended" {
		t.Errorf("a session of an old version is %+v", got)
	}
	version = 400 // an answer that comes before its event
	second := w.signIn("u-1", "eight lamps over the harbour")
	w.event("e5", "credential.changed", "u-1", 400)
	if got := w.state(second); got.State != "alive" || got.Version != 400 {
		t.Errorf("the newest session is %+v", got)
	}
}

func TestASessionEndsWithoutItsEventWhenSomebodyTriesToSignIn(t *testing.T) {
	text := `{"ok":true,"version":100}`
	w := newWorld(t, false, func(map[string]any) string { return text })
	thief := w.signIn("u-1", "seven lamps over the harbour")
	text = `{"ok":false,"version":200}` // the owner was back, and mistypes the new password
	w.post("/sign-in", `{"account":"u-1","password":"eight lamps over the harbour"}`, 401)
	if got := w.state(thief); got.State != "ended" || got.EndedVersion != 200 {
		t.Errorf("%+v", got)
	}
}

func TestACheckIsAskedWithTheClientAndToldAsItWas(t *testing.T) {
	var text string
	w := newWorld(t, false, func(map[string]any) string { return text })
	const body = `{"account":"u-1","password":"a guess","client":"device-41"}`
	for _, test := range []struct {
		answer string
		status int
		wait   any
		header string
	}{
		{`{"ok":false,"version":100}`, 401, nil, ""},
		{`{"ok":false,"version":0}`, 401, nil, ""},
		{`{"ok":false,"version":100,"retry_after":288}`, 401, 288.0, "288"},
		{`{"refused":"unavailable","retry_after":2}`, 503, 2.0, "2"},
		{`{"refused":"malformed","reason":"client"}`, 400, nil, ""},
		{``, 503, 1.0, "1"},
		{`not JSON`, 503, 1.0, "1"},
	} {
		text = test.answer
		got := w.send("POST", "/sign-in", "application/json", body, nil)
		members := w.members(got, test.status)
		if members["retry_after"] != test.wait || got.header.Get("Retry-After") != test.header || members["session"] != nil {
			t.Errorf("%s: %v", test.answer, members)
		}
		if strings.Contains(got.text, "a guess") || strings.Contains(got.text, "u-1") {
			t.Errorf("%s: it tells %s", test.answer, got.text)
		}
	}
	want := map[string]any{"op": "check", "account": "u-1", "password": "a guess", "client": "device-41"}
	if got := w.lambda.calls()[0]; !maps.Equal(got, want) {
		t.Errorf("asked %v", got)
	}
}

func TestAPasswordIsSetByTheVersionThatWasSeen(t *testing.T) {
	w := newWorld(t, false, func(q map[string]any) string {
		if q["op"] == "check" {
			return `{"ok":true,"version":100}`
		}
		if q["if_version"] == 100.0 || q["if_version"] == 0.0 {
			return `{"version":200}`
		}
		return `{"refused":"version-changed"}`
	})
	made := w.post("/password", `{"token":"of-u-2","password":"first of all my passwords"}`, 200)
	if got := w.state(made["session"].(string)); made["version"] != 200.0 || got.State != "alive" || got.Account != "u-2" {
		t.Errorf("a first password: %v, %+v", made, got)
	}
	w.post("/password", `{"token":"nobody's","password":"first of all my passwords"}`, 401)
	w.post("/password", `{"password":"first of all my passwords"}`, 401)

	here := w.signIn("u-1", "old")
	w.event("e1", "credential.changed", "u-1", 200) // overtakes the answer
	if got := w.post("/password", `{"session":"`+here+`","password":"seven lamps over the harbour"}`, 401); got["message"] == "" {
		t.Errorf("%v", got)
	}
	w = newWorld(t, false, w.lambda.answer)
	here, there := w.signIn("u-1", "old"), w.signIn("u-1", "old")
	if got := w.post("/password", `{"session":"`+here+`","password":"seven lamps over the harbour"}`, 200); got["session"] != here {
		t.Errorf("%v", got)
	}
	if got := w.state(here); got.State != "alive" || got.Version != 200 {
		t.Errorf("the session that changed it is %+v", got)
	}
	if got := w.state(there); got.State != "ended" || got.EndedVersion != 200 {
		t.Errorf("the other session is %+v", got)
	}
	if got := w.post("/password", `{"session":"`+here+`","password":"another one"}`, 409); got["refused"] != "version-changed" {
		t.Errorf("%v", got)
	}
}

func TestRefusalsReachThePersonWithTheirReasons(t *testing.T) {
	w := newWorld(t, false, always(`{"refused":"password-refused","reasons":["too-short","common"]}`))
	got := w.post("/password", `{"token":"of-u-1","password":"lamp"}`, 422)
	if got["refused"] != "password-refused" || len(got["reasons"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
}

func TestRecoveryIsPausedAndReleased(t *testing.T) {
	w := newWorld(t, false, func(q map[string]any) string {
		if q["account"] == "nobody" {
			return `{"refused":"not-bound"}`
		}
		return `{"version":100}`
	})
	if got := w.post("/hold", `{"account":"u-1","seconds":3600}`, 200); got["until"] != "2026-03-14T13:00:00Z" || got["version"] != 100.0 {
		t.Errorf("hold: %v", got)
	}
	w.post("/release", `{"account":"u-1"}`, 200)
	w.post("/hold", `{"account":"nobody","seconds":3600}`, 409)
	w.post("/hold", `{"account":"u-1","seconds":0}`, 400)
	w.post("/hold", `{"account":"u-1","seconds":1e3}`, 400)
	want := []map[string]any{
		{"op": "hold", "account": "u-1", "until": "2026-03-14T13:00:00Z"}, {"op": "release", "account": "u-1"},
		{"op": "hold", "account": "nobody", "until": "2026-03-14T13:00:00Z"},
	}
	if got := w.lambda.calls(); !slices.EqualFunc(got, want, maps.Equal) {
		t.Errorf("asked %v", got)
	}
}

func TestWhatConcernsTheHolderIsShownInTheSession(t *testing.T) {
	w := newWorld(t, false, always(`{"ok":true,"version":100}`))
	before := w.clock
	w.clock = w.clock.Add(-1e9)
	w.event("e0", "recovery.started", "u-1", 0)
	w.clock = before.Add(5e8)
	session := w.signIn("u-1", "seven lamps over the harbour")
	w.event("e1", "recovery.started", "u-1", 0)
	w.event("e1", "recovery.started", "u-1", 0)
	w.event("e2", "binding.disputed", "u-1", 0)
	w.event("e3", "binding.disputed", "u-2", 0)
	w.event("e6", "binding.at_risk", "u-1", 0)
	w.event("e7", "binding.well", "u-1", 0)
	w.event("e4", "something.new", "u-1", 0)
	got := w.state(session)
	if len(got.Notices) != 4 || got.Notices[0].Type != "recovery.started" || got.Notices[1].Type != "binding.disputed" ||
		got.Notices[2].Type != "binding.at_risk" || got.Notices[3].Type != "binding.well" || got.State != "alive" {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsNoEventIsNotTaken(t *testing.T) {
	w := newWorld(t, false, always(`{}`))
	for _, envelope := range []string{
		``, `[]`, `{"source":"mailbind"}`, `{"source":"other","detail":{"id":"1","account":"u-1","type":"credential.changed","version":9}}`,
		`{"source":"mailbind","detail":{"account":"u-1","type":"credential.changed","version":9}}`,
	} {
		if err := w.platform.Event(t.Context(), []byte(envelope)); err == nil {
			t.Errorf("%s was taken", envelope)
		}
	}
}

func TestSeenIdsAreForgottenOldestFirst(t *testing.T) {
	m := newMemory()
	for i := range seenLimit + 5 {
		m.remember(fmt.Sprint(i))
	}
	if len(m.seen) != seenLimit || len(m.order) != seenLimit || m.seen["4"] || !m.seen["5"] {
		t.Errorf("%d ids, %d in order", len(m.seen), len(m.order))
	}
}

func TestOtherSitesHaveNoSay(t *testing.T) {
	w := newWorld(t, true, always(`{"ok":true,"version":100}`))
	for _, test := range []struct {
		path, site, origin string
		want               int
	}{
		{"/sign-in", "cross-site", "https://evil.example", 403},
		{"/sign-in", "cross-site", pages, 403},
		{"/new-password", "cross-site", pages, 403},
		{"/return", "cross-site", "https://evil.example", 403},
		{"/return", "cross-site", "null", 403},
		{"/return", "cross-site", pages, 400}, // let in; it has no grant
		{"/return", "same-site", pages, 400},
		{"/hold", "", "https://evil.example", 403},
	} {
		got := w.send("POST", test.path, "application/x-www-form-urlencoded", "x=y", map[string]string{"Sec-Fetch-Site": test.site, "Origin": test.origin})
		if got.status != test.want {
			t.Errorf("%+v: got %d %s", test, got.status, got.text)
		}
	}
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	w := newWorld(t, false, always(`{}`))
	for _, path := range []string{"/", "/return", "/new-password", "/changed"} { // the pages are host mode's
		if got := w.send("POST", path, "", "", nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := w.send("GET", "/session", "", "", nil); got.status != http.StatusUnauthorized {
		t.Errorf("no session: %+v", got)
	}
	for _, body := range []string{``, `[]`, `{"account":"u-1"} {}`, `{"account":"u-1","admin":true}`} {
		if got := w.send("POST", "/sign-in", "", body, nil); got.status != http.StatusBadRequest {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

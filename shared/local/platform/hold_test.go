package platform

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// changes sets two passwords, the second in the session of the first, and gives what was asked for the second.
func (w *world) changes() []map[string]any {
	w.t.Helper()
	here := w.post("/password", `{"token":"of-u-1","password":"seven lamps over the harbour"}`, 200)["session"].(string)
	before := len(w.lambda.calls())
	got := w.post("/password", `{"session":"`+here+`","password":"`+fresh+`"}`, 200)
	if got["session"] != here || w.state(here).State != "alive" {
		w.t.Errorf("the session that changed it: %v", got)
	}
	return w.lambda.calls()[before:]
}

func TestAChangedPasswordEndsWhatRecoveryHasOut(t *testing.T) {
	w := newWorld(t, true, always(`{"version":0}`))
	want := []map[string]any{
		{"op": "hold", "account": "u-1", "until": "2026-03-14T12:00:10Z"}, {"op": "release", "account": "u-1"},
	}
	if asked := w.changes(); !slices.EqualFunc(asked, want, maps.Equal) {
		t.Errorf("asked %v", asked)
	}
	w.signIn("u-1", fresh)
	w = newWorld(t, false, always(`{"version":100}`)) // mailbind keeps the password, and ends them with it
	if asked := w.changes(); !slices.Equal(ops(asked), []any{"set"}) {
		t.Errorf("managed: asked %v", asked)
	}
}

func TestAChangeStandsWhateverComesOfEndingRecoveries(t *testing.T) {
	for _, test := range []struct {
		name, hold, release string
		want                []any
	}{
		{"an outage", "", "", []any{"hold", "hold", "hold"}},
		{"busy", `{"refused":"unavailable","retry_after":1}`, "", []any{"hold", "hold", "hold"}},
		{"an outage of the second call", `{"version":0}`, "", []any{"hold", "release", "hold", "release", "hold", "release"}},
		{"nothing to end", `{"refused":"not-bound"}`, "", []any{"hold"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, true, func(q map[string]any) string {
				return map[any]string{"hold": test.hold, "release": test.release}[q["op"]]
			})
			if asked := w.changes(); !slices.Equal(ops(asked), test.want) {
				t.Errorf("asked %v", asked)
			}
			w.signIn("u-1", fresh)
		})
	}
}

func TestALostAnswerHasRecoveriesEndedAllTheSame(t *testing.T) {
	lost := map[any]int{}
	w := newWorld(t, true, func(q map[string]any) string {
		if lost[q["op"]]--; lost[q["op"]] >= 0 {
			return ""
		}
		return `{"version":0}`
	})
	here := w.post("/password", `{"token":"of-u-1","password":"seven lamps over the harbour"}`, 200)["session"].(string)
	lost["hold"], lost["release"] = 1, 1
	before := len(w.lambda.calls())
	w.post("/password", `{"session":"`+here+`","password":"`+fresh+`"}`, 200)
	if asked := ops(w.lambda.calls()[before:]); !slices.Equal(asked, []any{"hold", "hold", "release", "hold", "release"}) {
		t.Errorf("asked %v", asked)
	}
}

func TestAChangedPasswordLeavesThePauseOfTheFraudTeam(t *testing.T) {
	w := newWorld(t, true, always(`{"version":0}`))
	paused := []map[string]any{{"op": "hold", "account": "u-1", "until": "2026-03-14T13:00:00Z"}}
	w.post("/hold", `{"account":"u-1","seconds":3600}`, 200)
	if asked := w.changes(); !slices.EqualFunc(asked, paused, maps.Equal) {
		t.Errorf("paused: asked %v", asked)
	}
	for _, ends := range []func(){
		func() { w.post("/release", `{"account":"u-1"}`, 200) },
		func() {
			w.post("/hold", `{"account":"u-1","seconds":3600}`, 200)
			w.clock = w.clock.Add(time.Hour)
		},
	} {
		ends()
		before := len(w.lambda.calls())
		w.post("/password", `{"session":"`+w.signIn("u-1", fresh)+`","password":"`+fresh+`"}`, 200)
		if asked := w.lambda.calls()[before:]; !slices.Equal(ops(asked), []any{"hold", "release"}) {
			t.Errorf("no pause any more: asked %v", asked)
		}
	}
}

func TestThePresentPasswordIsComparedBeforeItIsReplaced(t *testing.T) {
	text := `{"ok":true,"version":100}`
	w := newWorld(t, false, func(q map[string]any) string {
		if q["op"] == "check" {
			return text
		}
		return `{"version":200}`
	})
	stolen := w.signIn("u-1", "seven lamps over the harbour")
	body := `{"session":"` + stolen + `","password":"` + thiefs + `","present":"a guess","client":"device-41"}`
	text = `{"ok":false,"version":100}`
	w.post("/password", body, 401)
	text = `{"ok":false,"version":100,"retry_after":72}`
	if got := w.post("/password", body, 401); got["retry_after"] != 72.0 {
		t.Errorf("too many guesses: %v", got)
	}
	text = ``
	w.post("/password", body, 503)
	want := map[string]any{"op": "check", "account": "u-1", "password": "a guess", "client": "device-41"}
	if asked := w.lambda.calls()[1:]; !slices.EqualFunc(asked, []map[string]any{want, want, want}, maps.Equal) {
		t.Errorf("asked %v", asked)
	}
	text = `{"ok":true,"version":100}`
	if got := w.post("/password", body, 200); got["version"] != 200.0 {
		t.Errorf("%v", got)
	}
}

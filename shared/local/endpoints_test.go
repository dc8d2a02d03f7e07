package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mailbind/shared/local/bus"
	"mailbind/shared/local/ses"
)

func command(handler http.HandlerFunc, body string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler(recorder, httptest.NewRequest(http.MethodPost, "/_local/ses", strings.NewReader(body)))
	return recorder
}

func TestScriptsSayHowTheMailServiceBehaves(t *testing.T) {
	s := &stack{ses: ses.New(nil, nil, nil)}
	defer s.ses.Close()
	for _, step := range []struct{ body, want string }{
		{`{"mode":"down"}`, `{"mode":"down","waiting":0,"events":"prompt","mailboxes":{},"shift":0}`},
		{`{"events":"double","shift":86400}`, `{"mode":"down","waiting":0,"events":"double","mailboxes":{},"shift":86400}`},
		{`{"mailboxes":{"Mei@lane.example":"full"}}`, `{"mode":"down","waiting":0,"events":"double","mailboxes":{"mei@lane.example":"full"},"shift":86400}`},
		{`{"mode":"ok","mailboxes":{"mei@lane.example":""}}`, `{"mode":"ok","waiting":0,"events":"double","mailboxes":{},"shift":86400}`},
	} {
		if got := command(s.setSES, step.body); got.Code != http.StatusOK || strings.TrimSpace(got.Body.String()) != step.want {
			t.Errorf("%s: %d %s\nwant %s", step.body, got.Code, got.Body, step.want)
		}
	}
	before := s.ses.State()
	for body, want := range map[string]string{
		`{"mode":"fast"}`:                                  `mode is \"fast\"; want \"ok\", `,
		`{"mode":"down","events":"soon"}`:                  `events is \"soon\"; want \"prompt\", `,
		`{"mode":"down","shift":"1d"}`:                     `the body is not the JSON object expected`,
		`{"mode":"down","shift":1.5}`:                      `the body is not the JSON object expected`,
		`{"mode":"down","speed":1}`:                        `unknown field \"speed\"`,
		`{"mode":"down"}{}`:                                `more than one JSON object`,
		`{"mode":"down","mailboxes":{"a":"ok"}}`:           `\"a\" is no address`,
		`{"mode":"down","mailboxes":{"a@b.example":"ok"}}`: `the ending of a@b.example is \"ok\"; want \"\" or \"bounce\", `,
	} {
		if got := command(s.setSES, body); got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", body, got.Code, got.Body, want)
		}
	}
	if after := s.ses.State(); after.Mode != before.Mode || after.Events != before.Events || after.Shift != before.Shift || len(after.Mailboxes) > 0 {
		t.Errorf("what was refused changed it to %+v", after)
	}
}

func TestEventsAreTheProductsUnlessASourceIsNamed(t *testing.T) {
	s := &stack{bus: bus.New("local-1", "000000000000", nil, io.Discard)}
	defer s.bus.Close()
	at := time.Now()
	s.publishSES("Email Sent", map[string]any{"eventType": "Send"}, at.Add(-24*time.Hour))
	s.bus.Put("mailbind", "binding.bound", json.RawMessage(`{}`), nil, at)
	for query, want := range map[string]string{"": "binding.bound", "?source=mailbind": "binding.bound", "?source=aws.ses": "Email Sent"} {
		recorder := httptest.NewRecorder()
		s.events(recorder, httptest.NewRequest(http.MethodGet, "/_local/events"+query, nil))
		var events []bus.Event
		if err := json.Unmarshal(recorder.Body.Bytes(), &events); err != nil || len(events) != 1 || events[0].DetailType != want {
			t.Errorf("%q: %v, %s", query, err, recorder.Body)
		}
		if want == "Email Sent" && !events[0].Time.Equal(at.Add(-24*time.Hour).UTC().Truncate(time.Second)) {
			t.Errorf("it is of %v", events[0].Time)
		}
	}
}

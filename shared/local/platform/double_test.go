package platform

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// lambda is a double of Lambda's Invoke with function credential behind it.
type lambda struct {
	t      *testing.T
	answer func(q map[string]any) string // "": a function error
	mu     sync.Mutex
	asked  []map[string]any
}

func (l *lambda) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != "POST" || r.URL.Path != "/2015-03-31/functions/credential/invocations" || r.Header.Get("X-Amz-Invocation-Type") != "RequestResponse" {
		l.t.Errorf("asked %s %s of type %q", r.Method, r.URL.Path, r.Header.Get("X-Amz-Invocation-Type"))
	}
	var q map[string]any
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		l.t.Error(err)
	}
	l.mu.Lock()
	l.asked = append(l.asked, q)
	l.mu.Unlock()
	text := l.answer(q)
	if text == "" {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		text = `{"errorType":"Error","errorMessage":"credential: not available just now"}`
	}
	io.WriteString(w, text)
}

func (l *lambda) calls() []map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]map[string]any(nil), l.asked...)
}

// world is a platform behind HTTP, the double that it asks, and a clock.
type world struct {
	t        *testing.T
	platform *Platform
	lambda   *lambda
	url      string
	clock    time.Time
}

const pages = "https://id.example.com"

func newWorld(t *testing.T, host bool, credential func(q map[string]any) string) *world {
	w := &world{t: t, lambda: &lambda{t: t, answer: credential}, clock: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
	endpoint := httptest.NewServer(w.lambda)
	t.Cleanup(endpoint.Close)
	w.platform = New(Config{
		Name: "Lantern Market", Pages: pages, Origins: []string{pages}, KeepsPasswords: host, Mailbind: Mailbind{Endpoint: endpoint.URL, Function: "credential", Client: endpoint.Client()},
		SignedIn: func(token string) (string, bool) {
			return strings.TrimPrefix(token, "of-"), strings.HasPrefix(token, "of-")
		},
	})
	w.platform.now = func() time.Time { return w.clock }
	if kept, is := w.platform.passwords.(*own); is {
		kept.now, kept.rounds = w.platform.now, 1
	}
	handler, err := w.platform.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

type response struct {
	status int
	header http.Header
	text   string
}

func (w *world) send(method, path, kind, body string, header map[string]string) response {
	w.t.Helper()
	request, err := http.NewRequest(method, w.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	got, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response{got.StatusCode, got.Header, string(text)}
}

// post sends JSON and wants a status; it gives the members of the answer.
func (w *world) post(path, body string, status int) map[string]any {
	w.t.Helper()
	got := w.send("POST", path, "application/json", body, nil)
	return w.members(got, status)
}

func (w *world) members(got response, status int) map[string]any {
	w.t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(got.text), &members); err != nil || got.status != status {
		w.t.Fatalf("status %d, want %d: %s", got.status, status, got.text)
	}
	return members
}

// signIn gives the session of a right password.
func (w *world) signIn(account, password string) string {
	w.t.Helper()
	in, err := json.Marshal(map[string]string{"account": account, "password": password, "client": "device-41"})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.post("/sign-in", string(in), 200)["session"].(string)
}

func (w *world) state(session string) State {
	w.t.Helper()
	var state State
	got := w.send("GET", "/session", "", "", map[string]string{"Authorization": "Bearer " + session})
	if err := json.Unmarshal([]byte(got.text), &state); err != nil || got.status != 200 {
		w.t.Fatalf("session: %d %s", got.status, got.text)
	}
	return state
}

// event delivers one as EventBridge does.
func (w *world) event(id, kind, account string, version int64) {
	w.t.Helper()
	detail := `{"id":"` + id + `","type":"` + kind + `","at":"` + w.clock.Format(time.RFC3339) + `","account":"` + account + `","issuer":"i","ref":"7QK2"`
	if version > 0 {
		detail += `,"version":` + strconv.FormatInt(version, 10)
	}
	envelope := `{"version":"0","id":"x","detail-type":"` + kind + `","source":"mailbind","detail":` + detail + `}}`
	if err := w.platform.Event(w.t.Context(), []byte(envelope)); err != nil {
		w.t.Fatal(err)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// small is a stack of the product in testdata, in this process.
func small(t *testing.T) *stack {
	t.Helper()
	t.Setenv("AWS_PROFILE", "production")
	t.Chdir("testdata/product")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	words := &bytes.Buffer{}
	s, err := start(context.Background(), options{listen: "127.0.0.1:0"}, &whole{out: words})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.close()
		left, err := os.ReadDir(temp)
		if err != nil || len(left) > 0 {
			t.Errorf("close left %v, %v", left, err)
		}
		if _, err := http.Get(s.base + "/"); err == nil {
			t.Error("it answers after close")
		}
	})
	return s
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (s *stack) ask(t *testing.T, method, path, body string, change func(*http.Request)) reply {
	t.Helper()
	request, err := http.NewRequest(method, s.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
}

// TestTheStack starts one small stack and holds the contract for scripts to it.
func TestTheStack(t *testing.T) {
	s := small(t)
	t.Run("token", func(t *testing.T) { tokens(t, s) })
	t.Run("invocation", func(t *testing.T) { invocations(t, s) })
	t.Run("host", func(t *testing.T) { hosts(t, s) })
	t.Run("secrets", func(t *testing.T) { rotation(t, s) })
	t.Run("mails", func(t *testing.T) { mailbox(t, s) })
	t.Run("page", func(t *testing.T) { page(t, s) })
	t.Run("settings", func(t *testing.T) { settings(t, s) })
	t.Run("bad input", func(t *testing.T) { badInput(t, s) })
}

func tokens(t *testing.T, s *stack) {
	var got struct{ Token string }
	made := s.ask(t, "POST", "/_local/token", `{"account":"u-1029","label":"李记灯饰","locale":"zh-CN","auth_age":60}`, nil)
	if err := json.Unmarshal([]byte(made.body), &got); made.status != 200 || err != nil {
		t.Fatalf("%+v, %v", made, err)
	}
	echoed := s.ask(t, "GET", "/echo?a=b", "", with("Authorization", "Bearer "+got.Token))
	var event struct {
		RequestContext struct {
			Authorizer struct {
				JWT struct{ Claims map[string]string }
			}
		}
	}
	if err := json.Unmarshal([]byte(echoed.body), &event); echoed.status != 200 || err != nil {
		t.Fatalf("%+v, %v", echoed, err)
	}
	claims := event.RequestContext.Authorizer.JWT.Claims
	for name, want := range map[string]string{"sub": "u-1029", "name": "李记灯饰", "locale": "zh-CN", "scope": "email:manage", "iss": s.base + "/_local/issuer"} {
		if claims[name] != want {
			t.Errorf("%s: got %q, want %q", name, claims[name], want)
		}
	}
	if without := s.ask(t, "GET", "/echo", "", nil); without.status != 401 || without.body != `{"message":"Unauthorized"}` {
		t.Errorf("without a token: %+v", without)
	}
	document := s.ask(t, "GET", "/_local/issuer/.well-known/openid-configuration", "", nil)
	if !strings.Contains(document.body, s.base+"/_local/issuer/jwks.json") {
		t.Errorf("discovery: %+v", document)
	}
	if keys := s.ask(t, "GET", "/_local/issuer/jwks.json", "", nil); !strings.Contains(keys.body, `"RSA"`) || strings.Contains(keys.body, `"d"`) {
		t.Errorf("keys: %+v", keys)
	}
}

func invocations(t *testing.T, s *stack) {
	const path = "/2015-03-31/functions/"
	for _, name := range []string{"echo", "mailbind-local-echo", "echo:live", "arn%3Aaws%3Alambda%3Alocal-1%3A000000000000%3Afunction%3Amailbind-local-echo"} {
		if got := s.ask(t, "POST", path+name+"/invocations", `{"a":1}`, nil); got.status != 200 || got.body != `{"a":1}` || got.header.Get("X-Amz-Function-Error") != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := s.ask(t, "POST", path+"echo/invocations", `{"do":"fail"}`, nil); got.status != 200 || got.header.Get("X-Amz-Function-Error") != "Unhandled" || !strings.Contains(got.body, "told to fail") {
		t.Errorf("fail: %+v", got)
	}
	if got := s.ask(t, "POST", path+"other/invocations", `{}`, nil); got.status != 404 || got.header.Get("X-Amzn-Errortype") != "ResourceNotFoundException" {
		t.Errorf("other: %+v", got)
	}
	if got := s.ask(t, "POST", path+"echo/invocations", `{`, nil); got.status != 400 {
		t.Errorf("not JSON: %+v", got)
	}
	if got := s.ask(t, "POST", path+"echo/invocations", `{"do":"publish"}`, with("X-Amz-Invocation-Type", "Event")); got.status != 202 {
		t.Errorf("event: %+v", got)
	}
	for range 100 {
		if got := s.ask(t, "GET", "/_local/events", "", nil); strings.Contains(got.body, `"detail-type":"thing.done"`) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the event was not published")
}

func hosts(t *testing.T, s *stack) {
	address := strings.TrimPrefix(s.base, "http://")
	_, port, _ := strings.Cut(address, ":")
	for host, want := range map[string]int{address: 200, "localhost:" + port: 200, "evil.example": 421, "evil.example:" + port: 421, "127.0.0.1": 421} {
		if got := s.ask(t, "GET", "/_local/mails", "", with("Host", host)); got.status != want {
			t.Errorf("host %s: got %d, want %d", host, got.status, want)
		}
	}
	for origin, want := range map[string]int{s.base: 200, "https://evil.example": 403, "null": 403} {
		if got := s.ask(t, "POST", "/_local/ses", `{"mode":"ok"}`, with("Origin", origin)); got.status != want {
			t.Errorf("origin %s: got %d, want %d", origin, got.status, want)
		}
	}
}

func rotation(t *testing.T, s *stack) {
	for _, step := range []struct {
		body string
		want int
	}{
		{`{"id":"TokenKey","action":"finish"}`, 400},
		{`{"id":"TokenKey","action":"create","stage":"AWSPENDING"}`, 200},
		{`{"id":"TokenKey","action":"finish"}`, 200},
		{`{"id":"mailbind-local-TokenKey","action":"remove","stage":"AWSPREVIOUS"}`, 200},
		{`{"id":"Other","action":"create","stage":"AWSPENDING"}`, 400},
		{`{"id":"TokenKey","action":"burn"}`, 400},
	} {
		if got := s.ask(t, "POST", "/_local/secrets", step.body, nil); got.status != step.want {
			t.Errorf("%s: %+v", step.body, got)
		}
	}
}

// mailbox holds the members that scripts read, and that a mail's HTML is shown as a page that can do nothing.
func mailbox(t *testing.T, s *stack) {
	sent := httptest.NewRequest("POST", "/v2/email/outbound-emails", strings.NewReader(`{"FromEmailAddress":"account@mail.lantern-market.example",
		"Destination":{"ToAddresses":["li@shop.example"]},"Content":{"Simple":{"Subject":{"Data":"Hello"},"Body":{
		"Text":{"Data":"a & b"},"Html":{"Data":"<!doctype html><html><head></head><body onload=\"x()\">a</body></html>"}}}}}`))
	recorder := httptest.NewRecorder()
	if s.services().ServeHTTP(recorder, sent); recorder.Code != 200 {
		t.Fatalf("send: %d %s", recorder.Code, recorder.Body)
	}
	var mails []map[string]any
	listed := s.ask(t, "GET", "/_local/mails?to=li@shop.example", "", nil)
	if err := json.Unmarshal([]byte(listed.body), &mails); err != nil || len(mails) != 1 {
		t.Fatalf("%s, %v", listed.body, err)
	}
	for _, name := range []string{"id", "to", "from", "subject", "text", "html", "raw", "headers", "tags", "sent_at"} {
		if mails[0][name] == nil {
			t.Errorf("the member %s is missing", name)
		}
	}
	if !strings.Contains(listed.body, "a & b") {
		t.Errorf("the text is not readable: %s", listed.body)
	}
	shown := s.ask(t, "GET", "/_local/mails/"+mails[0]["id"].(string)+"/html", "", nil)
	policy := shown.header.Get("Content-Security-Policy")
	if shown.status != 200 || !strings.Contains(policy, "sandbox allow-popups") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") {
		t.Errorf("shown as %+v", shown)
	}
	if none := s.ask(t, "GET", "/_local/mails?to=other@shop.example", "", nil); strings.TrimSpace(none.body) != "[]" {
		t.Errorf("no mails are %q", none.body)
	}
	if none := s.ask(t, "GET", "/_local/mails/none/html", "", nil); none.status != 404 {
		t.Errorf("no mail is %+v", none)
	}
}

func page(t *testing.T, s *stack) {
	index := s.ask(t, "GET", "/", "", nil)
	if index.status != 200 || !strings.HasPrefix(index.header.Get("Content-Type"), "text/html") || !strings.Contains(index.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("index: %d %v", index.status, index.header)
	}
	for _, name := range []string{"app.js", "style.css"} {
		if got := s.ask(t, "GET", "/_local/ui/"+name, "", nil); got.status != 200 || got.body == "" {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	var info struct {
		Routes, Functions []string
		Scope, Platform   string
	}
	if err := json.Unmarshal([]byte(s.ask(t, "GET", "/_local/info", "", nil).body), &info); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(info.Routes, []string{"GET /echo"}) || !slices.Equal(info.Functions, []string{"echo"}) || info.Scope != "email:manage" || info.Platform == "" {
		t.Errorf("info %+v", info)
	}
}

// settings holds that a function gets its template's settings and ours, all endpoints on this machine, and nothing of this process.
func settings(t *testing.T, s *stack) {
	var all []string
	if err := json.Unmarshal([]byte(s.ask(t, "POST", "/2015-03-31/functions/echo/invocations", `{"do":"settings"}`, nil).body), &all); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, setting := range all {
		name, value, _ := strings.Cut(setting, "=")
		got[name] = value
	}
	if got["THINGS"] != "mailbind-local-Things" || !strings.HasPrefix(got["KEY"], "arn:aws:secretsmanager:local-1:") || got["AWS_PROFILE"] != "" || got["PATH"] != "" || got["HOME"] != "" {
		t.Errorf("settings %v", got)
	}
	for name, value := range got {
		if strings.HasSuffix(name, "_ENDPOINT") && !strings.HasPrefix(value, "http://127.0.0.1:") || name == "MAILBIND_DNS" && !strings.HasPrefix(value, "127.0.0.1:") {
			t.Errorf("%s leads to %s", name, value)
		}
	}
	for _, name := range []string{"MAILBIND_DYNAMODB_ENDPOINT", "MAILBIND_SECRETS_ENDPOINT", "MAILBIND_SES_ENDPOINT", "MAILBIND_EVENTS_ENDPOINT", "MAILBIND_DNS"} {
		if got[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
}

func badInput(t *testing.T, s *stack) {
	for _, test := range []struct{ path, body, want string }{
		{"token", `{}`, "account has 0 bytes"},
		{"token", `{"account":"` + strings.Repeat("a", 256) + `"}`, "account has 256 bytes"},
		{"token", `{"account":"a","auth_age":-1}`, "auth_age is -1"},
		{"token", `{"account":"a","auth_age":"x"}`, "not the JSON object expected"},
		{"token", `{"account":"a","admin":true}`, "unknown field"},
		{"token", `{"account":"a"} {}`, "more than one"},
		{"token", ``, "not the JSON object expected"},
		{"ses", `{"mode":"fast"}`, `mode is "fast"`},
		{"secrets", `[]`, "not the JSON object expected"},
	} {
		if got := s.ask(t, "POST", "/_local/"+test.path, test.body, nil); got.status != 400 || !strings.Contains(strings.ReplaceAll(got.body, `\"`, `"`), test.want) {
			t.Errorf("%s %s: got %d %s", test.path, test.body, got.status, got.body)
		}
	}
	if got := s.ask(t, "GET", "/_local/nothing", "", nil); got.status != 404 || !strings.Contains(got.body, "/_local/nothing") {
		t.Errorf("an unknown path: %+v", got)
	}
}

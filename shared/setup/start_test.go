package setup_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// aws answers a start on the wire: both secrets, and row k with a fingerprint of our choosing; "" is a new stack.
func aws(t *testing.T, fingerprint string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ SecretId, VersionStage, TableName string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		switch {
		case in.VersionStage == "AWSCURRENT":
			fmt.Fprintf(w, `{"SecretString":%q}`, strings.Repeat(in.SecretId[:1], 64))
		case in.VersionStage != "":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ResourceNotFoundException"}`)
		case in.TableName == "bindings" && fingerprint != "":
			fmt.Fprintf(w, `{"Item":{"pk":{"S":"k"},"fingerprint":{"S":%q}}}`, fingerprint)
		default:
			fmt.Fprint(w, `{}`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// The tables belong to another key: nothing may run, and somebody must know.
func TestFunctionsOfAnotherKeyDoNotStart(t *testing.T) {
	url := aws(t, strings.Repeat("0", 32)).URL
	for _, f := range []string{"Bind", "Status", "Resend", "Verify", "Recover", "Reset", "Credential", "Mailer", "Events"} {
		command := exec.CommandContext(t.Context(), binary(t, f))
		command.Env = []string{}
		for name, value := range settings(url) {
			command.Env = append(command.Env, name+"="+value)
		}
		var stdout, stderr bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &stderr
		err := command.Run()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != 1 || !strings.Contains(stderr.String(), "the tables belong to another data key") || !strings.Contains(stdout.String(), `"KeyMismatch":1`) {
			t.Errorf("%s: %v\n%s\n%s", f, err, stdout.String(), stderr.String())
		}
	}
}

// The real binary, from its settings to an answer: what Lambda does, with one event.
func TestAFunctionAnswersItsFirstEvent(t *testing.T) {
	cloud := aws(t, "")
	event, err := os.ReadFile("../../functions/status/event.json")
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan []byte, 1)
	var once sync.Once
	runtime := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/invocation/next"):
			first := false
			once.Do(func() { first = true })
			if !first {
				<-r.Context().Done() // nothing more to do
				return
			}
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "8a43")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(10*time.Second).UnixMilli()))
			w.Write(event)
		default:
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusAccepted)
			answers <- body
		}
	}))
	t.Cleanup(runtime.Close)
	command := exec.CommandContext(t.Context(), binary(t, "Status"))
	command.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(runtime.URL, "http://"), "AWS_LAMBDA_FUNCTION_NAME=stack-status", "AWS_LAMBDA_LOG_FORMAT=JSON"}
	for name, value := range settings(cloud.URL) {
		command.Env = append(command.Env, name+"="+value)
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var answer []byte
	select {
	case answer = <-answers:
		if err := command.Process.Kill(); err != nil {
			t.Error(err)
		}
		<-ended
	case err := <-ended:
		t.Fatalf("it ended: %v\n%s", err, stderr.String())
	case <-time.After(20 * time.Second):
		command.Process.Kill()
		t.Fatalf("no answer\n%s", stderr.String())
	}
	var response struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(answer, &response); err != nil || response.StatusCode != 200 || !strings.HasPrefix(response.Body, `{"state":"none","ref":"`) {
		t.Errorf("%s, %v", answer, err)
	}
	var line map[string]any
	if err := json.Unmarshal(bytes.TrimSpace(stdout.Bytes()), &line); err != nil || line["route"] != "GET /v1/binding" || line["status"] != 200.0 || line["requestId"] != "8a43" {
		t.Errorf("the log is %s: %v", stdout.String(), err)
	}
}

// A route that the template sends to a function which does not know it would be not-found for everybody.
func TestFunctionsKnowTheRoutesThatTheTemplateSendsThem(t *testing.T) {
	template := load(t)
	key := regexp.MustCompile(`"((?:GET|HEAD|POST|PUT|PATCH|DELETE) /[^"]*)"`)
	for _, f := range functions(template) {
		if f == "Page" || f == "Mailer" || f == "Events" || f == "Credential" {
			continue // Page makes its keys of two methods, and its own test names them; the others have none
		}
		var got, want []string
		for _, r := range routes(template) {
			if r.function == f {
				want = append(want, r.key)
			}
		}
		text, err := os.ReadFile("../../functions/" + strings.ToLower(f) + "/main.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(text), -1) {
			got = append(got, m[1])
		}
		for _, complaint := range differ(f, got, want) {
			t.Error(complaint)
		}
	}
}

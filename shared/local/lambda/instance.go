package lambda

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mailbind/shared/local/child"
)

// instance is one process of a function with a Runtime API of its own.
type instance struct {
	function  Function
	process   *child.Process
	server    *http.Server
	asks      chan struct{}   // gets a value when the process asks for an event and has none
	events    chan invocation // to the process
	answers   chan Result     // from the process
	firstDone atomic.Bool

	mu      sync.Mutex
	current string // request id of the event being worked on
	init    string // what the process reported as the reason that it cannot start
}

type invocation struct {
	id       string
	event    []byte
	deadline time.Time
}

// payloadLimit is Lambda's for synchronous events and answers.
const payloadLimit = 6 << 20

func startInstance(function Function, logs io.Writer) (*instance, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	one := &instance{function: function, asks: make(chan struct{}, 1), events: make(chan invocation), answers: make(chan Result, 1)}
	one.server = &http.Server{Handler: one.api()}
	command := exec.Command(filepath.Join(function.Folder, "bootstrap"))
	command.Dir = function.Folder
	command.Env = environment(function, listener.Addr().String())
	command.Stdout, command.Stderr = logs, logs
	if one.process, err = child.Start(command); err != nil {
		listener.Close()
		return nil, err
	}
	// The program may connect before this: the listener keeps it waiting.
	go one.server.Serve(listener) // ends with server.Close
	return one, nil
}

// environment is all that a function gets to see; names that Lambda reserves win.
func environment(function Function, api string) []string {
	settings := map[string]string{}
	for name, value := range function.Environment {
		settings[name] = value
	}
	reserved := map[string]string{
		"AWS_LAMBDA_RUNTIME_API": api, "_HANDLER": "bootstrap", "LAMBDA_TASK_ROOT": function.Folder, "TZ": ":UTC",
		"AWS_REGION": function.Region, "AWS_DEFAULT_REGION": function.Region,
		"AWS_ACCESS_KEY_ID": function.AccessKeyID, "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "local",
		"AWS_LAMBDA_FUNCTION_NAME": function.FullName, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(function.Memory), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + function.FullName, "AWS_LAMBDA_LOG_STREAM_NAME": "local",
	}
	if function.LogFormat != "" {
		reserved["AWS_LAMBDA_LOG_FORMAT"] = function.LogFormat
	}
	if function.LogLevel != "" {
		reserved["AWS_LAMBDA_LOG_LEVEL"] = function.LogLevel
	}
	for name, value := range reserved {
		settings[name] = value
	}
	all := make([]string, 0, len(settings))
	for name, value := range settings {
		all = append(all, name+"="+value)
	}
	return all
}

// run hands the event over and waits for the answer, the end of the process or the function's timeout, which kills it.
func (i *instance) run(event []byte) Result {
	deadline := time.Now().Add(i.function.Timeout)
	timer := time.NewTimer(i.function.Timeout)
	defer timer.Stop()
	work := invocation{id: requestID(), event: event, deadline: deadline}
	select {
	case i.events <- work:
	case <-i.process.Done():
		return failure("Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %v", work.id, ended(i)))
	}
	select {
	case result := <-i.answers:
		return result
	case <-i.process.Done():
		select {
		case result := <-i.answers: // a panic is reported before the process ends
			return result
		default:
		}
		return failure("Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %v", work.id, ended(i)))
	case <-timer.C:
		i.stop()
		return failure("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", work.id, i.function.Timeout.Seconds()))
	}
}

func (i *instance) gone() bool {
	select {
	case <-i.process.Done():
		return true
	default:
		return false
	}
}

func (i *instance) stop() {
	i.process.Kill()
	i.server.Close()
}

// ended says how the process ended, also for status 0, which is no good end for a function.
func ended(i *instance) error {
	if err := i.process.Err(); err != nil {
		return err
	}
	return fmt.Errorf("exit status 0")
}

func (i *instance) initFailure() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.init == "" {
		return ""
	}
	return ": " + i.init
}

// api is the Runtime API of 2018-06-01.
func (i *instance) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", i.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", i.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", i.failed)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", i.initFailed)
	return mux
}

func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	select {
	case i.asks <- struct{}{}:
	default: // it asked before and broke the connection off
	}
	select {
	case work := <-i.events:
		i.mu.Lock()
		i.current = work.id
		i.mu.Unlock()
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", work.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(work.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", i.function.ARN)
		header.Set("Lambda-Runtime-Trace-Id", "Root="+traceID(work.deadline)+";Sampled=0")
		w.Write(work.event)
	case <-r.Context().Done():
	case <-i.process.Done():
	}
}

func (i *instance) response(w http.ResponseWriter, r *http.Request) {
	payload, ok := i.answer(w, r)
	if !ok {
		return
	}
	if len(payload) > payloadLimit {
		i.answers <- failure("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
	} else {
		i.answers <- Result{Payload: payload}
	}
	accepted(w)
}

func (i *instance) failed(w http.ResponseWriter, r *http.Request) {
	payload, ok := i.answer(w, r)
	if !ok {
		return
	}
	i.answers <- Result{Payload: payload, FunctionError: "Unhandled"}
	accepted(w)
}

// answer reads the body of an answer to the event being worked on; a second one, or one to another event, is refused.
func (i *instance) answer(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, payloadLimit+1))
	i.mu.Lock()
	expected := i.current != "" && i.current == r.PathValue("id")
	if expected {
		i.current = ""
	}
	i.mu.Unlock()
	if err != nil || !expected {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`)
		return nil, false
	}
	return payload, true
}

func (i *instance) initFailed(w http.ResponseWriter, r *http.Request) {
	var reason struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, payloadLimit)).Decode(&reason); err == nil {
		i.mu.Lock()
		i.init = reason.ErrorMessage
		i.mu.Unlock()
	}
	accepted(w)
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`)
}

// requestID is a random UUID (RFC 9562, version 4).
func requestID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func traceID(now time.Time) string {
	return fmt.Sprintf("1-%08x-%s", now.Unix(), strings.ToLower(rand.Text()[:24]))
}

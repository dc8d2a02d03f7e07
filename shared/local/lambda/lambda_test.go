package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var folder string

func TestMain(m *testing.M) {
	temp, err := os.MkdirTemp("", "lambda-test-")
	if err == nil {
		err = Build(context.Background(), temp, map[string]string{"echo": "testdata/echo"})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	folder = filepath.Join(temp, "echo")
	code := m.Run()
	os.RemoveAll(temp)
	os.Exit(code)
}

// shared is a log that several goroutines may write and read.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func pool(t *testing.T, change func(*Function)) (*Pool, *shared) {
	t.Helper()
	function := Function{
		Name: "echo", FullName: "shop-echo", ARN: "arn:aws:lambda:local-1:000000000000:function:shop-echo", Folder: folder,
		Timeout: 5 * time.Second, Memory: 256, Region: "local-1", Concurrency: 4, Environment: map[string]string{"STAGE": "local"},
	}
	if change != nil {
		change(&function)
	}
	logs := &shared{}
	p := NewPool(function, logs)
	t.Cleanup(p.Close)
	return p, logs
}

type answer struct {
	PID          int    `json:"pid"`
	ErrorType    string `json:"errorType"`
	ErrorMessage string `json:"errorMessage"`
}

func invoke(t *testing.T, p *Pool, event string) (answer, Result) {
	t.Helper()
	result, err := p.Invoke(context.Background(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var parsed answer
	if err := json.Unmarshal(result.Payload, &parsed); err != nil && result.Payload[0] == '{' {
		t.Fatalf("%v: %s", err, result.Payload)
	}
	return parsed, result
}

func TestOneRequestAfterTheOtherMeetsTheSameInstance(t *testing.T) {
	p, _ := pool(t, nil)
	first, _ := invoke(t, p, `{"do":"echo"}`)
	for range 20 {
		if next, _ := invoke(t, p, `{"do":"echo"}`); next.PID != first.PID {
			t.Fatal("a second instance was started")
		}
	}
	stats := p.Stats()
	if stats.Instances != 1 || stats.Invocations != 21 || stats.Errors != 0 || stats.InitMS <= 0 || stats.FirstMS <= 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestRequestsAtOnceMeetInstancesOfTheirOwnUpToTheBound(t *testing.T) {
	p, _ := pool(t, func(f *Function) { f.Concurrency = 3 })
	var group sync.WaitGroup
	pids := make(chan int, 6)
	for range 6 {
		group.Go(func() {
			parsed, _ := invoke(t, p, `{"do":"wait","millis":200}`)
			pids <- parsed.PID
		})
	}
	group.Wait()
	close(pids)
	distinct := map[int]bool{}
	for pid := range pids {
		distinct[pid] = true
	}
	if len(distinct) != 3 {
		t.Errorf("%d instances, want 3", len(distinct))
	}
}

func TestAnErrorAPanicAndAnExitAreUnhandledAndOnlyTheFirstKeepsTheInstance(t *testing.T) {
	p, _ := pool(t, nil)
	before, _ := invoke(t, p, `{}`)
	failed, result := invoke(t, p, `{"do":"fail"}`)
	if result.FunctionError != "Unhandled" || failed.ErrorMessage != "told to fail" || failed.ErrorType != "errorString" {
		t.Errorf("fail: %s", result.Payload)
	}
	if after, _ := invoke(t, p, `{}`); after.PID != before.PID {
		t.Error("an error ended the instance")
	}
	panicked, result := invoke(t, p, `{"do":"panic"}`)
	if result.FunctionError != "Unhandled" || panicked.ErrorMessage != "told to panic" {
		t.Errorf("panic: %s", result.Payload)
	}
	after, result := invoke(t, p, `{}`)
	if result.FunctionError != "" || after.PID == before.PID {
		t.Errorf("after the panic: %s", result.Payload)
	}
	exited, result := invoke(t, p, `{"do":"exit"}`)
	if result.FunctionError != "Unhandled" || exited.ErrorType != "Runtime.ExitError" || !strings.Contains(exited.ErrorMessage, "exit status 3") {
		t.Errorf("exit: %s", result.Payload)
	}
	if _, result := invoke(t, p, `{}`); result.FunctionError != "" {
		t.Errorf("after the exit: %s", result.Payload)
	}
	if stats := p.Stats(); stats.Errors != 3 {
		t.Errorf("stats %+v", stats)
	}
}

func TestAnInstanceThatRunsPastTheTimeoutIsKilled(t *testing.T) {
	p, _ := pool(t, func(f *Function) { f.Timeout = 300 * time.Millisecond })
	before, _ := invoke(t, p, `{}`)
	started := time.Now()
	late, result := invoke(t, p, `{"do":"wait","millis":60000}`)
	if late.ErrorType != "Sandbox.Timedout" || !strings.HasSuffix(late.ErrorMessage, "Task timed out after 0.30 seconds") {
		t.Errorf("got %s", result.Payload)
	}
	if took := time.Since(started); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if err := syscall.Kill(before.PID, 0); err != syscall.ESRCH {
		t.Errorf("the process is still there: %v", err)
	}
}

func TestAnInstanceThatDoesNotStartIsSaidInPlainWords(t *testing.T) {
	p, logs := pool(t, func(f *Function) { f.Environment = map[string]string{"REFUSE": "1"} })
	err := p.Warm(context.Background())
	if err == nil || err.Error() != "echo did not start: its program ended (exit status 1)" {
		t.Errorf("got %v", err)
	}
	if _, result := invoke(t, p, `{}`); result.FunctionError != "Unhandled" {
		t.Errorf("got %+v", result)
	}
	if !strings.Contains(logs.String(), "[echo] the setting KEY is missing\n") {
		t.Errorf("logs %q", logs)
	}
	if stats := p.Stats(); stats.Instances != 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestAFunctionSeesNothingOfThisMachinesEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("AWS_ENDPOINT_URL", "https://example.com")
	p, _ := pool(t, nil)
	_, result := invoke(t, p, `{"do":"environment"}`)
	var settings []string
	if err := json.Unmarshal(result.Payload, &settings); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, setting := range settings {
		name, _, _ := strings.Cut(setting, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	want := strings.Fields(`AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION
		AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API AWS_REGION
		AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_TASK_ROOT STAGE TZ _HANDLER`)
	names = slices.DeleteFunc(names, func(name string) bool { return name == "_X_AMZN_TRACE_ID" }) // set by the runtime for each event
	if !slices.Equal(names, want) {
		t.Errorf("settings\n got %q\nwant %q", names, want)
	}
}

func TestAFunctionKnowsItsDeadlineAndItsName(t *testing.T) {
	p, _ := pool(t, nil)
	_, result := invoke(t, p, `{"do":"context"}`)
	var told struct {
		Left          int `json:"left_ms"`
		ARN, Name, ID string
	}
	if err := json.Unmarshal(result.Payload, &told); err != nil {
		t.Fatal(err)
	}
	if told.Left < 4000 || told.Left > 5000 || told.Name != "shop-echo" || !strings.HasSuffix(told.ARN, ":shop-echo") || len(told.ID) != 36 {
		t.Errorf("got %s", result.Payload)
	}
}

func TestLogLinesCarryTheFunctionsName(t *testing.T) {
	p, logs := pool(t, nil)
	invoke(t, p, `{"do":"log"}`)
	for range 100 {
		if strings.Contains(logs.String(), "[echo] a line of the log\n") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("logs %q", logs)
}

func TestCloseLeavesNoProcess(t *testing.T) {
	p, _ := pool(t, nil)
	idle, _ := invoke(t, p, `{}`)
	ended := make(chan Result)
	go func() {
		result, _ := p.Invoke(context.Background(), []byte(`{"do":"wait","millis":60000}`))
		ended <- result
	}()
	time.Sleep(200 * time.Millisecond)
	p.Close()
	if result := <-ended; result.FunctionError == "" {
		t.Errorf("the event under way ended as %+v", result)
	}
	if err := syscall.Kill(idle.PID, 0); err != syscall.ESRCH {
		t.Errorf("a process is still there: %v", err)
	}
	if _, err := p.Invoke(context.Background(), []byte(`{}`)); err != ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

func TestBuildGivesTheCompilersWords(t *testing.T) {
	broken := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module broken\n", "main.go": "package main\n\nfunc main() { undefinedName() }\n"} {
		if err := os.WriteFile(filepath.Join(broken, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := Build(context.Background(), t.TempDir(), map[string]string{"broken": broken})
	if err == nil || !strings.Contains(err.Error(), "build broken") || !strings.Contains(err.Error(), "undefined: undefinedName") {
		t.Errorf("got %v", err)
	}
}

func TestGrowStartsInstancesUntilThereAreEnough(t *testing.T) {
	p, _ := pool(t, nil)
	invoke(t, p, `{}`)
	took, err := p.Grow(context.Background(), 3)
	if err != nil || len(took) != 2 || len(p.Processes()) != 3 {
		t.Fatalf("took %v, %v; processes %v", took, err, p.Processes())
	}
	for _, one := range took {
		if one <= 0 || one > 5*time.Second {
			t.Errorf("an instance took %v", one)
		}
	}
	if took, err := p.Grow(context.Background(), 2); err != nil || len(took) != 0 {
		t.Errorf("there were enough: %v, %v", took, err)
	}
	if took, err := p.Grow(context.Background(), 100); err != nil || len(took) != 1 || len(p.Processes()) != 4 {
		t.Errorf("more than may be: %v, %v", took, err)
	}
	answered := map[int]bool{}
	for range 4 {
		one, err := p.take(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		answered[one.process.ID()] = true
	}
	if len(answered) != 4 || len(p.Processes()) != 4 {
		t.Errorf("%d of %d instances wait for an event", len(answered), len(p.Processes()))
	}
	p.Close()
	if _, err := p.Grow(context.Background(), 9); err == nil && len(p.Processes()) > 0 {
		t.Error("a closed pool grew")
	}
}

func TestTheInstanceThatAnsweredLastIsTakenFirst(t *testing.T) {
	p, _ := pool(t, nil)
	if _, err := p.Grow(context.Background(), 4); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for range 20 {
		for p.settling.Load() > 0 { // else one that waits is taken for the one that is about to
			time.Sleep(time.Millisecond)
		}
		got, _ := invoke(t, p, `{}`)
		seen[got.PID] = true
	}
	if len(seen) != 1 {
		t.Errorf("events one after the other were given to %d instances", len(seen))
	}
}

package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stack is a local stack of its own process, as a person starts it.
type stack struct {
	url  string
	proc *exec.Cmd

	mu  sync.Mutex
	log bytes.Buffer // what it wrote to standard error
}

// readyLimit is how long a start may take when the binaries have to be built from nothing.
const readyLimit = 5 * time.Minute

// start builds and runs the local stack and stops it with the test. Stopping is a test too: nothing it
// started may live on.
func start(t *testing.T, flags ...string) *stack {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "local")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	s := &stack{proc: exec.Command(bin, append([]string{"-listen", "127.0.0.1:0"}, flags...)...)}
	stdout, err := s.proc.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.proc.Stderr = s
	if err := s.proc.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		for in := bufio.NewScanner(stdout); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
	}()
	t.Cleanup(func() { s.stop(t) })
	limit := time.After(readyLimit)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the local stack ended before it was ready:\n%s", s.logged())
			}
			if u, ready := strings.CutPrefix(line, "ready "); ready {
				s.url = u
				go func() {
					for range lines {
					}
				}()
				return s
			}
		case <-limit:
			t.Fatalf("the local stack is not ready after %v:\n%s", readyLimit, s.logged())
		}
	}
}

func (s *stack) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(b)
}

func (s *stack) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// stop ends the stack as Ctrl-C does.
func (s *stack) stop(t *testing.T) {
	family := descendants(t, s.proc.Process.Pid)
	if err := s.proc.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("stop: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- s.proc.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the local stack ended with %v:\n%s", err, s.logged())
		}
	case <-time.After(20 * time.Second):
		s.proc.Process.Kill()
		t.Error("the local stack did not stop within 20 s")
	}
	for _, pid := range family {
		if err := syscall.Kill(pid, 0); err == nil {
			t.Errorf("process %d lives on", pid)
		}
	}
	if len(family) < 2 {
		t.Errorf("the local stack had %d child processes: functions were expected", len(family))
	}
	for line := range strings.Lines(s.logged()) {
		if strings.HasPrefix(line, "denied: ") { // AWS would refuse it too
			t.Errorf("the local stack said: %s", line)
		}
	}
}

// descendants lists the processes that a process started, and those that these started.
func descendants(t *testing.T, root int) []int {
	t.Helper()
	parents := map[int][]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("processes can be listed on Linux only")
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		// pid (name) state ppid ...; the name may hold anything
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		ppid, _ := strconv.Atoi(fields[1])
		parents[ppid] = append(parents[ppid], pid)
	}
	var out []int
	for queue := parents[root]; len(queue) > 0; queue = queue[1:] {
		out = append(out, queue[0])
		queue = append(queue, parents[queue[0]]...)
	}
	return out
}

// answer is one HTTP answer, read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("no JSON object: %v\n%s", err, a.body)
	}
	return v
}

// browser follows no redirect: where a form sends people is part of the answer.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       30 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
}

// from gives a client on another address of this machine: each is a network of its own to the stack, which
// counts what networks ask for. On Linux all of 127.0.0.0/8 is there without further ado.
func from(address string) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{CheckRedirect: client.CheckRedirect, Timeout: client.Timeout, Transport: &http.Transport{DialContext: dialer.DialContext}}
}

func (s *stack) do(method, path string, header map[string]string, body string) (answer, error) {
	return s.ask(client, method, path, header, body)
}

func (s *stack) ask(client *http.Client, method, path string, header map[string]string, body string) (answer, error) {
	target := path
	if strings.HasPrefix(path, "/") {
		target = s.url + path
	}
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(text)}, err
}

// token signs a demo account in.
func (s *stack) token(account, label, locale string) (string, error) {
	in, err := json.Marshal(map[string]string{"account": account, "label": label, "locale": locale})
	if err != nil {
		return "", err
	}
	a, err := s.do("POST", "/_local/token", map[string]string{"content-type": "application/json"}, string(in))
	if err != nil || a.status != 200 {
		return "", fmt.Errorf("sign in: %d %s %w", a.status, a.body, err)
	}
	var out struct{ Token string }
	return out.Token, json.Unmarshal([]byte(a.body), &out)
}

// call is one call of the API by a signed-in account; "" as token: by nobody.
func (s *stack) call(token, method, path, body string) (answer, error) {
	return s.do(method, path, fields(token, body), body)
}

func fields(token, body string) map[string]string {
	header := map[string]string{}
	if token != "" {
		header["authorization"] = "Bearer " + token
	}
	if body != "" {
		header["content-type"] = "application/json"
	}
	return header
}

// credential invokes the function of that name, as the platform does.
func (s *stack) credential(call string) (answer, error) {
	a, err := s.do("POST", "/2015-03-31/functions/credential/invocations", nil, call)
	if err == nil && (a.status != 200 || a.header.Get("x-amz-function-error") != "") {
		err = fmt.Errorf("credential: %d %s", a.status, a.body)
	}
	return a, err
}

// mail is one mail as the local SES kept it.
type mail struct {
	To, From, Subject, Text, HTML, Raw string
}

func (s *stack) mails(to string) ([]mail, error) {
	a, err := s.do("GET", "/_local/mails?to="+url.QueryEscape(to), nil, "")
	if err != nil {
		return nil, err
	}
	var out []mail
	return out, json.Unmarshal([]byte(a.body), &out)
}

// event is one that the stack's bus took.
type event struct {
	Type   string `json:"detail-type"`
	Source string
	Detail json.RawMessage
	id     string // the detail's own: that of EventBridge is new at each delivery
}

// events are those about an account, oldest first.
func (s *stack) events(account string) ([]event, error) {
	a, err := s.do("GET", "/_local/events", nil, "")
	if err != nil {
		return nil, err
	}
	var all, out []event
	if err := json.Unmarshal([]byte(a.body), &all); err != nil {
		return nil, err
	}
	for _, e := range all {
		var detail struct{ ID, Account string }
		if err := json.Unmarshal(e.Detail, &detail); err != nil {
			return nil, err
		}
		if e.id = detail.ID; detail.Account == account {
			out = append(out, e)
		}
	}
	return out, nil
}

// arrived waits for the nth mail (from 1) to an address.
func (s *stack) arrived(to string, n int) (mail, error) {
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := s.mails(to)
		if err != nil {
			return mail{}, err
		}
		if len(all) >= n {
			return all[n-1], nil
		}
		if time.Now().After(limit) {
			return mail{}, fmt.Errorf("%d mails came to that mailbox, number %d did not", len(all), n)
		}
	}
}

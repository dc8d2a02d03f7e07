package main_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAMailerKilledBetweenSendingAndMarkingSendsTheSameCodeAgain stops the mailer while SES takes its
// time, so that SES's answer reaches nobody, and then kills it.
func TestAMailerKilledBetweenSendingAndMarkingSendsTheSameCodeAgain(t *testing.T) {
	t.Parallel()
	s := start(t) // of its own: this is the only mail there is
	const address = "killed@shop.example"
	mode := func(m string) {
		t.Helper()
		if a, err := s.call("", "POST", "/_local/ses", `{"mode":"`+m+`"}`); err != nil || a.status/100 != 2 {
			t.Fatalf("ses %s: %d %v", m, a.status, err)
		}
	}
	token, err := s.token("killed-1", "", "")
	if err != nil {
		t.Fatal(err)
	}
	mode("slow")
	if a, err := s.call(token, "POST", "/v1/binding", `{"email":"`+address+`"}`); err != nil || a.status != 202 {
		t.Fatalf("bind: %d %s %v", a.status, a.body, err)
	}
	for limit := time.Now().Add(30 * time.Second); want(t, s, "", 200, "GET", "/_local/ses", "")["waiting"] != 1.0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the mailer does not ask SES")
		}
	}
	mailers := running(t, s, "mailer")
	if len(mailers) == 0 {
		t.Fatal("no mailer runs")
	}
	for _, pid := range mailers {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Kill(pid, syscall.SIGCONT) }) // the stack can stop only what runs
	}
	first, err := s.arrived(address, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.call(token, "GET", "/v1/binding", "")
	if err != nil || a.json(t)["mail"].(map[string]any)["fate"] != "queued" {
		t.Fatalf("the mail is marked although the mailer cannot have done it: %s %v", a.body, err)
	}
	mode("ok")
	for _, pid := range mailers {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	second, err := s.arrived(address, 2)
	if err != nil {
		t.Fatal(err)
	}
	one, two := codeLine.FindString(first.Text), codeLine.FindString(second.Text)
	if one == "" || one != two {
		t.Errorf("the two mails carry the codes %q and %q", one, two)
	}
	if a, err = s.call(token, "POST", "/v1/binding/verify", `{"code":"`+strings.TrimSpace(one)+`"}`); err != nil || a.status != 200 {
		t.Errorf("the code does not bind: %d %s %v", a.status, a.body, err)
	}
}

// running lists the processes of one function.
func running(t *testing.T, s *stack, function string) (pids []int) {
	t.Helper()
	for _, pid := range descendants(t, s.proc.Process.Pid) {
		exe, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "exe"))
		if err == nil && strings.HasSuffix(exe, filepath.Join(function, "bootstrap")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

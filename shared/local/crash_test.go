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
// time, so that SES's answer reaches nobody, and then kills it: with a mail of binding, and with one of recovery.
func TestAMailerKilledBetweenSendingAndMarkingSendsTheSameCodeAgain(t *testing.T) {
	t.Parallel()
	s := start(t)                                                  // of its own: this is the only mail there is
	want(t, s, "", 200, "POST", "/_local/ses", `{"events":"off"}`) // which would tell of the mail what the mailer cannot any more
	const address = "killed@shop.example"
	token := signIn(t, s, "killed-1", "")
	code := killed(t, s, address, 1, func() {
		want(t, s, token, 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	}, func() {
		if st := want(t, s, token, 200, "GET", "/v1/binding", ""); st["mail"].(map[string]any)["fate"] != "queued" {
			t.Fatalf("the mail is marked although the mailer cannot have done it: %v", st)
		}
	})
	want(t, s, token, 200, "POST", "/v1/binding/verify", `{"code":"`+code+`"}`)
	mailTo(t, s, address, 3)

	o := owner{"killed-1", address}
	o.sets(t, s, firstPassword)
	mailTo(t, s, address, 4)
	code = killed(t, s, address, 5, func() { o.asks(t, s) }, func() {})
	grant := o.types(t, s, 200, code)
	want(t, s, "", 200, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
	mailTo(t, s, address, 7)
	if !o.signsIn(t, s, nextPassword) {
		t.Error("the new password does not sign in")
	}
}

// killed makes a mail due, the nth to that address, and kills the mailer after SES has it. It gives the code that
// this mail and the next have.
func killed(t *testing.T, s *stack, address string, nth int, ask, meanwhile func()) string {
	t.Helper()
	mode := func(m string) { want(t, s, "", 200, "POST", "/_local/ses", `{"mode":"`+m+`"}`) }
	mode("slow")
	ask()
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
	first := mailTo(t, s, address, nth)
	meanwhile()
	mode("ok")
	for _, pid := range mailers {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if second := mailTo(t, s, address, nth+1); first.code == "" || first.code != second.code {
		t.Errorf("the two mails carry the codes %q and %q", first.code, second.code)
	}
	return first.code
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

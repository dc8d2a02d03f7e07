package main_test

import (
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKeysRotateInMidFlow rotates the token key while functions that know only the old one live on.
// What the old key made still works at once. What the new key made waits, told to come back, until each
// instance may read the secret again; no mail is lost over it.
func TestKeysRotateInMidFlow(t *testing.T) {
	t.Parallel()
	s := start(t)
	before, after := signIn(t, s, "rotation-1", ""), signIn(t, s, "rotation-2", "")
	want(t, s, before, 202, "POST", "/v1/binding", `{"email":"before@shop.example"}`)
	old := mailTo(t, s, "before@shop.example", 1)
	want(t, s, before, 200, "GET", "/v1/binding", "")
	mid := between(t, s)

	want(t, s, "", 200, "POST", "/_local/secrets", `{"id":"TokenKey","action":"create","stage":"AWSPENDING"}`)
	want(t, s, "", 200, "POST", "/_local/secrets", `{"id":"TokenKey","action":"finish"}`)
	want(t, s, "", 200, "GET", "/verify?t="+old.token, "")
	if st := want(t, s, before, 200, "POST", "/v1/binding/verify", `{"code":"`+old.code+`"}`); st["state"] != "bound" {
		t.Errorf("the old code gives %v", st)
	}

	mid.goOn(t, s)

	renew(t, s, "bind", "mailer") // the next instances know the new key, and make claims and challenges with it
	want(t, s, after, 202, "POST", "/v1/binding", `{"email":"after@shop.example"}`)
	a, err := s.call(after, "GET", "/v1/binding", "")
	if err != nil || a.status != 503 || !strings.HasSuffix(a.json(t)["type"].(string), "/unavailable") {
		t.Fatalf("a function that has just read the old key answers %d %s %v", a.status, a.body, err)
	}
	wait := holdOff(t, a)
	newer := mid.askedNow(t, s)
	time.Sleep(wait)
	if st := want(t, s, after, 200, "GET", "/v1/binding", ""); st["state"] != "pending" || st["check"] == nil {
		t.Errorf("after the wait: %v", st)
	}
	fresh := mailTo(t, s, "after@shop.example", 1)
	want(t, s, "", 200, "GET", "/verify?t="+fresh.token, "")
	if st := want(t, s, after, 200, "POST", "/v1/binding/verify", `{"code":"`+fresh.code+`"}`); st["state"] != "bound" {
		t.Errorf("the new code gives %v", st)
	}
	mid.endsWith(t, s, newer)
}

// renew kills the instances of functions, so that the next ones read the secret.
func renew(t *testing.T, s *stack, functions ...string) {
	t.Helper()
	for _, function := range functions {
		for _, pid := range running(t, s, function) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		for limit := time.Now().Add(10 * time.Second); len(running(t, s, function)) > 0 && time.Now().Before(limit); {
			time.Sleep(50 * time.Millisecond)
		}
	}
	time.Sleep(500 * time.Millisecond) // the stack has seen it too
}

// holdOff is how long an instance asks to wait that must not read the secret again yet.
func holdOff(t *testing.T, a answer) time.Duration {
	t.Helper()
	wait, err := strconv.Atoi(a.header.Get("retry-after"))
	if a.status != 503 || err != nil || wait < 1 || wait > 60 {
		t.Fatalf("status %d, Retry-After %q: %s", a.status, a.header.Get("retry-after"), a.body)
	}
	return time.Duration(wait) * time.Second
}

// recoveries are on their way while the key is rotated: one has its mail, one its grant, one has not asked yet.
type recoveries struct {
	mailed, granted, later owner
	mail                   letter
	grant                  string
}

func between(t *testing.T, s *stack) recoveries {
	t.Helper()
	r := recoveries{mailed: bound(t, s, "rotation-mailed"), granted: bound(t, s, "rotation-granted"), later: bound(t, s, "rotation-later")}
	r.mailed.asks(t, s)
	r.granted.asks(t, s)
	r.mail = mailTo(t, s, r.mailed.address, 4)
	r.grant = r.granted.types(t, s, 200, mailTo(t, s, r.granted.address, 4).code)
	return r
}

// goOn: what the old key made works at once, and what is made of it.
func (r recoveries) goOn(t *testing.T, s *stack) {
	t.Helper()
	want(t, s, "", 200, "GET", "/reset?t="+r.mail.token, "")
	for who, grant := range map[owner]string{r.granted: r.grant, r.mailed: r.mailed.types(t, s, 200, r.mail.code)} {
		want(t, s, "", 200, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
		if !who.signsIn(t, s, nextPassword) {
			t.Errorf("%s: the new password does not sign in", who.account)
		}
	}
}

// askedNow: the new key's code waits, and however often it is typed meanwhile, no try is charged.
func (r recoveries) askedNow(t *testing.T, s *stack) letter {
	t.Helper()
	r.later.asks(t, s)
	m := mailTo(t, s, r.later.address, 4)
	for range 6 {
		a, err := s.call("", "POST", "/v1/recovery/verify", `{"email":"`+r.later.address+`","code":"`+m.code+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		holdOff(t, a)
	}
	return m
}

// endsWith: after the wait everybody knows the new key.
func (r recoveries) endsWith(t *testing.T, s *stack, m letter) {
	t.Helper()
	want(t, s, "", 200, "GET", "/reset?t="+m.token, "")
	grant := r.later.types(t, s, 200, m.code)
	want(t, s, "", 200, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
	if !r.later.signsIn(t, s, nextPassword) {
		t.Error("the new password does not sign in")
	}
}

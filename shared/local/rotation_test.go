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

	want(t, s, "", 200, "POST", "/_local/secrets", `{"id":"TokenKey","action":"create","stage":"AWSPENDING"}`)
	want(t, s, "", 200, "POST", "/_local/secrets", `{"id":"TokenKey","action":"finish"}`)
	want(t, s, "", 200, "GET", "/verify?t="+old.token, "")
	if st := want(t, s, before, 200, "POST", "/v1/binding/verify", `{"code":"`+old.code+`"}`); st["state"] != "bound" {
		t.Errorf("the old code gives %v", st)
	}

	for _, pid := range running(t, s, "bind") { // the next instance knows the new key, and makes claims with it
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	for limit := time.Now().Add(10 * time.Second); len(running(t, s, "bind")) > 0 && time.Now().Before(limit); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond) // the stack has seen it too
	want(t, s, after, 202, "POST", "/v1/binding", `{"email":"after@shop.example"}`)
	a, err := s.call(after, "GET", "/v1/binding", "")
	if err != nil || a.status != 503 || !strings.HasSuffix(a.json(t)["type"].(string), "/unavailable") {
		t.Fatalf("a function that has just read the old key answers %d %s %v", a.status, a.body, err)
	}
	wait, err := strconv.Atoi(a.header.Get("retry-after"))
	if err != nil || wait < 1 || wait > 60 {
		t.Fatalf("Retry-After: %q", a.header.Get("retry-after"))
	}
	time.Sleep(time.Duration(wait) * time.Second)
	if st := want(t, s, after, 200, "GET", "/v1/binding", ""); st["state"] != "pending" || st["check"] == nil {
		t.Errorf("after the wait: %v", st)
	}
	fresh := mailTo(t, s, "after@shop.example", 1)
	want(t, s, "", 200, "GET", "/verify?t="+fresh.token, "")
	if st := want(t, s, after, 200, "POST", "/v1/binding/verify", `{"code":"`+fresh.code+`"}`); st["state"] != "bound" {
		t.Errorf("the new code gives %v", st)
	}
}

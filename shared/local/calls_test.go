package main_test

import (
	"strings"
	"testing"
)

func signIn(t *testing.T, s *stack, account, label string) string {
	t.Helper()
	token, err := s.token(account, label, "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func want(t *testing.T, s *stack, token string, status int, method, path, body string) map[string]any {
	t.Helper()
	a, err := s.call(token, method, path, body)
	if err != nil || a.status != status {
		t.Fatalf("%s %.20s: %d, want %d: %.300s %v", method, path, a.status, status, a.body, err)
	}
	if !strings.HasPrefix(a.body, "{") {
		return nil
	}
	return a.json(t)
}

type letter struct{ code, token string }

func mailTo(t *testing.T, s *stack, to string, n int) letter {
	t.Helper()
	m, err := s.arrived(to, n)
	if err != nil {
		t.Fatal(err)
	}
	var l letter
	if found := codeLine.FindStringSubmatch(m.Text); found != nil {
		l.code = found[1]
	}
	if found := linked(m.Text); found != nil {
		l.token = found[2]
	}
	return l
}

package apitest

import (
	"maps"
	"strings"
	"testing"

	"mailbind/shared/httpapi"
)

// Headed wants the header fields of a page, Retry-After left aside.
func Headed(t testing.TB, r httpapi.Response, want map[string]string) {
	t.Helper()
	got := maps.Clone(r.Headers)
	delete(got, "Retry-After")
	if !maps.Equal(got, want) {
		t.Errorf("header of a page: %v", got)
	}
}

// Holds wants a page with that status and those texts.
func Holds(t testing.TB, r httpapi.Response, status int, texts ...string) {
	t.Helper()
	if r.StatusCode != status || !strings.HasPrefix(r.Headers["Content-Type"], "text/html") {
		t.Errorf("%d %v %s", r.StatusCode, r.Headers, r.Body)
		return
	}
	for _, s := range texts {
		if !strings.Contains(r.Body, s) {
			t.Errorf("the page lacks %q:\n%s", s, r.Body[strings.Index(r.Body, "<main>"):])
		}
	}
}

// Lacks wants an answer, page or not, without any of the texts.
func Lacks(t testing.TB, r httpapi.Response, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(r.Body, s) {
			t.Errorf("the answer holds %q:\n%s", s, r.Body)
		}
	}
}

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
	"mailbind/shared/token"
)

// A world is the function with real keys.
type world struct {
	*testing.T
	show   shown
	report *telemetry.Reporter
	lines  func() []string // what was logged and counted so far
	serve  func(context.Context, httpapi.Event) (httpapi.Response, error)
	down   bool // the secret store does not answer
}

var secret = []byte(strings.Repeat("t", 64))

// newWorld read its keys read ago.
func newWorld(t *testing.T, read time.Duration) *world {
	t.Helper()
	w := &world{T: t}
	load := func(context.Context) (token.Secrets, error) {
		if w.down {
			return token.Secrets{}, errors.New("secrets-are-away")
		}
		return token.Secrets{Current: secret}, nil
	}
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test"}, load, time.Now().Add(-read))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	stdout := os.Stdout
	os.Stdout = f // the reporter writes to what it is while it is made
	w.report = telemetry.New()
	os.Stdout = stdout
	w.lines = func() []string {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return strings.FieldsFunc(string(all), func(r rune) bool { return r == '\n' })
	}
	w.show = shown{keys: keys, site: page.Site{Platform: "Teahouse", Support: "mailto:help@example.com"}}
	w.serve = httpapi.Serve(w.report, httpapi.Claims{}, w.show.routes())
	return w
}

func (w *world) call(route, query, language string) httpapi.Response {
	w.Helper()
	e := httpapi.Event{RouteKey: route, RawQueryString: query, Headers: map[string]string{"accept": "text/html", "accept-language": language}}
	e.RequestContext.HTTP.Method, _, _ = strings.Cut(route, " ")
	e.RequestContext.RequestID = "JKJaXmPLvbinHESHA="
	r, err := w.serve(w.Context(), e)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func key(t *testing.T, secret string, s token.Scope) *token.Key {
	t.Helper()
	k, err := token.NewKey([]byte(secret), s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// resetLink is a recovery mail's link that ends some time from now, made with a key.
func resetLink(t *testing.T, k *token.Key, life time.Duration) string {
	t.Helper()
	a, err := address.Parse("seller@mail.example.net")
	if err != nil {
		t.Fatal(err)
	}
	return recovery.Link{Key: k, Account: account, Challenge: binding.ChallengeID{4, 5}, Address: a, Expires: time.Now().Add(life)}.Seal()
}

// link is a link that ends some time from now, made with a key.
func link(t *testing.T, k *token.Key, life time.Duration) string {
	t.Helper()
	a, err := address.Parse("seller@mail.example.net")
	if err != nil {
		t.Fatal(err)
	}
	return binding.Link{Key: k, Account: account, Address: a, Label: "李记茶铺", Expires: time.Now().Add(life)}.Seal()
}

var account = binding.AccountKey{1, 2, 3}

func (w *world) link(life time.Duration) string { return link(w.T, w.show.keys.Current(), life) }

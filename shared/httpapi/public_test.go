package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
)

// one answers a request of a world by a handler of the test's own.
func (w *world) one(e Event, route Route) Response {
	w.Helper()
	return respond(w.Context(), w.report, &e, Claims{}, map[string]Route{e.RouteKey: route}, noon)
}

// The caller is the peer of the connection. What headers say, a caller writes.
func TestTheCallerIsWhoIsConnected(t *testing.T) {
	for source, want := range map[string]netip.Addr{
		"192.0.2.44": netip.MustParseAddr("192.0.2.44"), "2001:db8::1": netip.MustParseAddr("2001:db8::1"), "::ffff:192.0.2.44": netip.MustParseAddr("::ffff:192.0.2.44"),
		"": {}, "unknown": {}, "192.0.2.44:1234": {}, "192.0.2.44, 198.51.100.7": {}, "192.0.2.044": {}, "[2001:db8::1]": {}, "192.0.2.0/24": {},
	} {
		w := newWorld(t)
		text := fmt.Sprintf(`{"routeKey":"GET /x","headers":{"x-forwarded-for":"203.0.113.9","forwarded":"for=203.0.113.9"},"requestContext":{"http":{"method":"GET","sourceIp":%q}}}`, source)
		var e Event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		asked := false
		w.one(e, Route{Public: true, Handler: func(_ context.Context, r *Request) (Response, error) {
			asked = true
			if got := r.Caller(); got != want {
				t.Errorf("%q: the caller is %v", source, got)
			}
			return JSONResponse(200, "x"), nil
		}})
		if !asked {
			t.Errorf("%q: refused", source)
		}
	}
}

// The gateway's sample events name their caller where it is read.
func TestSampleEventsNameTheirCaller(t *testing.T) {
	for _, name := range []string{"recover", "reset", "verify", "page"} {
		text, err := os.ReadFile("../../functions/" + name + "/event.json")
		if err != nil {
			t.Fatal(err)
		}
		var e Event
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		if got := (&Request{event: &e}).Caller(); got != netip.MustParseAddr("192.0.2.44") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A route may take larger bodies; the others still do not.
func TestARouteHasABodyLimitOfItsOwn(t *testing.T) {
	for limit, most := range map[int]int{0: 4096, MaxPasswordBody: 8192} {
		for _, encoded := range []bool{false, true} {
			for size, ok := range map[int]bool{most: true, most + 1: false, most + 2: false, most * 2: false} {
				w := newWorld(t)
				e := event("", "POST /x", "a="+strings.Repeat("x", size-2))
				e.Headers["content-type"] = typeForm
				if e.IsBase64Encoded = encoded; encoded {
					e.Body = base64.StdEncoding.EncodeToString([]byte(e.Body))
				}
				r := w.one(e, Route{Public: true, MaxBody: limit, Handler: func(_ context.Context, r *Request) (Response, error) {
					in, err := r.Form("a")
					if err == nil && len(in["a"]) != size-2 {
						t.Errorf("%d of %d are read", len(in["a"]), size-2)
					}
					return JSONResponse(200, "x"), err
				}})
				if ok != (r.StatusCode == 200) || !ok && problemOf(t, r).Type != "/problems/too-large" {
					t.Errorf("limit %d, size %d, encoded %v: %d %s", limit, size, encoded, r.StatusCode, r.Body)
				}
			}
		}
	}
}

// The longest password there may be, in the longest way to write it, stands beside the longest token and address.
func TestTheLongestPasswordFits(t *testing.T) {
	password := strings.Repeat("\U0001F600", 256)
	token, email := strings.Repeat("t", 800), strings.Repeat("%", 512)
	form := url.Values{"token": {token}, "email": {email}, "password": {password}}.Encode()
	escaped := `{"token":"` + token + `","email":"` + email + `","password":"` + strings.Repeat(`\ud83d\ude00`, 256) + `"}`
	if len(form) > MaxPasswordBody || len(escaped) > MaxPasswordBody || len(form) <= maxBody {
		t.Errorf("a form has %d bytes, JSON %d", len(form), len(escaped))
	}
	for kind, text := range map[string]string{typeForm: form, typeJSON: escaped} {
		e := &Event{Body: text, Headers: map[string]string{"content-type": kind}}
		in, err := (&Request{event: e, contentType: kind, limit: MaxPasswordBody}).Form("token", "email", "password")
		if err != nil || in["password"] != password || in["token"] != token || in["email"] != email {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A network that is refused is counted, so that somebody hears of it before its people call; nothing else is.
func TestARefusedNetworkIsCounted(t *testing.T) {
	for reason, counted := range map[binding.Reason]bool{recovery.ErrCallerLimit: true, recovery.ErrRefused: false, binding.ErrDailyLimit: false} {
		for _, page := range []bool{false, true} {
			w := newWorld(t)
			r := w.one(event("", "POST /x", ""), Route{Public: true, Handler: func(context.Context, *Request) (Response, error) {
				err := error(&binding.Refusal{Reason: reason, RetryAfter: time.Minute})
				if page {
					return Refused(err, map[string]string{}, nil)
				}
				return Response{}, err
			}})
			all := strings.Join(w.lines(), "\n")
			if strings.Contains(all, `"`+telemetry.CallerLimit+`":1`) != counted || strings.Contains(all, "Outage") || strings.Contains(all, "ERROR") || r.StatusCode == 503 {
				t.Errorf("%s: %d, %s", reason, r.StatusCode, all)
			}
		}
	}
}

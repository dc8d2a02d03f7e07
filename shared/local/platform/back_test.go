package platform

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var hidden = regexp.MustCompile(`name="(visit|grant|key)" value="([^"]*)"`)

// form posts as mailbind's page or the platform's own does.
func (w *world) form(path string, fields map[string]string) response {
	w.t.Helper()
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	header := map[string]string{"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
	if path == "/return" && fields["key"] == "" {
		header = map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": pages, "Accept-Language": "en-GB"}
	}
	return w.send("POST", path, "application/x-www-form-urlencoded", values.Encode(), header)
}

func fieldsOf(t *testing.T, got response) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for _, found := range hidden.FindAllStringSubmatch(got.text, -1) {
		fields[found[1]] = found[2]
	}
	if len(fields) == 0 {
		t.Fatalf("no form: %d %s", got.status, got.text)
	}
	return fields
}

const fresh = "eight lamps over the harbour"

// bring comes back with a grant and gives the fields of the platform's form.
func (w *world) bring(t *testing.T) map[string]string {
	t.Helper()
	got := w.form("/return", map[string]string{"grant": "AQPE"})
	if policy := got.header.Get("Content-Security-Policy"); got.status != 200 || !strings.Contains(policy, "default-src 'none'") || strings.Contains(got.text, "AQPE") {
		t.Fatalf("%d %q %s", got.status, policy, got.text)
	}
	return fieldsOf(t, got)
}

func TestAGrantLeadsToThePlatformsOwnPassword(t *testing.T) {
	w := newWorld(t, true, always(`{"account":"u-1","issuer":"i","ref":"7QK2","proved_at":"2026-03-14T12:00:00Z"}`))
	made := w.post("/password", `{"token":"of-u-1","password":"seven lamps over the harbour"}`, 200)
	here := made["session"].(string)
	w.clock = w.clock.Add(time.Minute)
	fields := w.bring(t)
	fields["password"] = "lamp"
	if got := w.form("/new-password", fields); got.status != 422 || !strings.Contains(got.text, "这个密码太短") || fieldsOf(t, got)["visit"] != fields["visit"] {
		t.Errorf("too short: %d %s", got.status, got.text)
	}
	if got := w.state(here); got.State != "alive" {
		t.Errorf("a refused password ended the session: %+v", got)
	}
	fields["password"] = fresh
	for range 2 { // the second time somebody went back and sent it again
		if got := w.form("/new-password", fields); got.status != 303 || got.header.Get("Location") != "changed" {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	if got := w.state(here); got.State != "ended" || got.EndedBy != "own-password" {
		t.Errorf("the old session is %+v", got)
	}
	w.post("/sign-in", `{"account":"u-1","password":"seven lamps over the harbour"}`, 401)
	if got := w.state(w.signIn("u-1", fresh)); got.State != "alive" {
		t.Errorf("the new session is %+v", got)
	}
	if got := w.send("GET", "/changed", "", "", nil); got.status != 200 {
		t.Errorf("changed: %+v", got)
	}
	if calls := w.lambda.calls(); len(calls) != 1 || calls[0]["op"] != "redeem" || calls[0]["grant"] != "AQPE" || calls[0]["key"] == "" {
		t.Errorf("asked %v", calls)
	}
}

func TestARedemptionIsAskedAgainUnderOneKey(t *testing.T) {
	fails := 3
	w := newWorld(t, true, func(map[string]any) string {
		if fails--; fails >= 0 {
			return ""
		}
		return `{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`
	})
	got := w.form("/return", map[string]string{"grant": "AQPE"})
	if got.status != 503 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	again := fieldsOf(t, got)
	if got := w.form("/return", again); got.status != 200 || fieldsOf(t, got)["visit"] == "" {
		t.Errorf("%d %s", got.status, got.text)
	}
	calls := w.lambda.calls()
	for _, call := range calls {
		if len(calls) != 4 || call["key"] != calls[0]["key"] || call["grant"] != "AQPE" {
			t.Errorf("asked %v", calls)
		}
	}
	w.form("/return", map[string]string{"grant": "AQPE"})
	if calls = w.lambda.calls(); calls[4]["key"] == calls[0]["key"] {
		t.Error("another visit has the same key")
	}
}

func TestAWayBackThatIsOverIsSaidInOneSentence(t *testing.T) {
	w := newWorld(t, true, always(`{"refused":"recovery-refused"}`))
	got := w.form("/return", map[string]string{"grant": "AQPE"})
	if got.status != 410 || !strings.Contains(got.text, pages+"/recover") || strings.Contains(got.text, "AQPE") {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := w.form("/new-password", map[string]string{"visit": "none", "password": fresh}); got.status != 410 {
		t.Errorf("no visit: %d %s", got.status, got.text)
	}
	w = newWorld(t, true, always(`{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`))
	fields := w.bring(t)
	fields["password"] = fresh
	w.clock = w.clock.Add(visitLimit)
	if got := w.form("/new-password", fields); got.status != 410 {
		t.Errorf("too late: %d %s", got.status, got.text)
	}
	w.post("/sign-in", `{"account":"u-1","password":"`+fresh+`"}`, 401)
}

func TestOneVisitSetsOnePassword(t *testing.T) {
	w := newWorld(t, true, always(`{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`))
	fields := w.bring(t)
	var sending sync.WaitGroup
	for i := range 8 {
		sending.Go(func() {
			w.form("/new-password", map[string]string{"visit": fields["visit"], "password": fresh + strings.Repeat("!", i)})
		})
	}
	sending.Wait()
	right := 0
	for i := range 8 {
		got := w.send("POST", "/sign-in", "application/json", `{"account":"u-1","password":"`+fresh+strings.Repeat("!", i)+`"}`, nil)
		if got.status == 200 {
			right++
			if version := w.state(w.members(got, 200)["session"].(string)).Version; version != w.clock.UnixMilli() {
				t.Errorf("version %d: more than one was set", version)
			}
		}
	}
	if right != 1 {
		t.Errorf("%d passwords are right", right)
	}
}

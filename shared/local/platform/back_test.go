package platform

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
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
	want := []any{"hold", "release", "redeem", "hold", "release"} // after each password, the first one too
	if calls := w.lambda.calls(); !slices.Equal(ops(calls), want) || calls[2]["grant"] != "AQPE" || calls[2]["key"] == "" {
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
	w.form("/return", map[string]string{"grant": "AQPF"})
	if calls = w.lambda.calls(); calls[4]["key"] == calls[0]["key"] {
		t.Error("another grant has the same key")
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
	var saved [8]int
	for i := range saved {
		sending.Go(func() {
			saved[i] = w.form("/new-password", map[string]string{"visit": fields["visit"], "password": fresh + strings.Repeat("!", i)}).status
		})
	}
	sending.Wait()
	right := 0
	for i, status := range saved {
		got := w.send("POST", "/sign-in", "application/json", `{"account":"u-1","password":"`+fresh+strings.Repeat("!", i)+`"}`, nil)
		if (got.status == 200) != (status == 303) || (got.status == 401) != (status == 410) {
			t.Errorf("who was told %d signs in with %d", status, got.status)
		}
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

// slow keeps passwords no sooner than it is let.
type slow struct {
	passwords
	sets chan string
	let  chan bool
}

func (s slow) set(ctx context.Context, account, typed string, seen *int64) (int64, error) {
	s.sets <- typed
	<-s.let
	return s.passwords.set(ctx, account, typed, seen)
}

func TestADoubleClickIsToldWhatTheFirstClickDid(t *testing.T) {
	asked, let := make(chan bool, 2), make(chan bool)
	w := newWorld(t, true, func(map[string]any) string {
		asked <- true
		<-let
		return `{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`
	})
	// twice posts a form, and again while the first is under way.
	twice := func(path string, fields map[string]string, underWay func(), goOn chan bool) (both [2]response) {
		var sending sync.WaitGroup
		done := make(chan int, 2)
		send := func(i int) {
			both[i] = w.form(path, fields)
			done <- i
		}
		sending.Go(func() { send(0) })
		underWay()
		sending.Go(func() { send(1) })
		select {
		case i := <-done:
			t.Errorf("%s: click %d did not wait: %d", path, i, both[i].status)
		case <-time.After(100 * time.Millisecond):
		}
		close(goOn)
		sending.Wait()
		return both
	}
	came := twice("/return", map[string]string{"grant": "AQPE"}, func() { <-asked }, let)
	fields := fieldsOf(t, came[0])
	if second := fieldsOf(t, came[1]); second["visit"] != fields["visit"] || len(w.lambda.calls()) != 1 {
		t.Errorf("two visits of one grant: %v, %v after %v", fields, second, w.lambda.calls())
	}
	slowly := slow{w.platform.passwords, make(chan string, 2), make(chan bool)}
	w.platform.passwords = slowly
	fields["password"] = fresh
	for i, got := range twice("/new-password", fields, func() { <-slowly.sets }, slowly.let) {
		if got.status != 303 || got.header.Get("Location") != "changed" {
			t.Errorf("click %d: %d %s", i, got.status, got.text)
		}
	}
	if len(slowly.sets) > 0 {
		t.Error("the password was set twice")
	}
	if got := w.form("/return", map[string]string{"grant": "AQPE"}); got.status != 410 {
		t.Errorf("the grant leads on after its password: %d %s", got.status, got.text)
	}
}

func TestAClickThatEndsTheFirstOneFindsItsRedemption(t *testing.T) {
	asked, let := make(chan bool, 2), make(chan bool)
	w := newWorld(t, true, func(map[string]any) string {
		asked <- true
		<-let
		return `{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, "POST", w.url+"/return", strings.NewReader("grant=AQPE"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	gone := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(request)
		gone <- err
	}()
	<-asked
	cancel()
	if err := <-gone; err == nil {
		t.Error("the first click was answered")
	}
	time.Sleep(50 * time.Millisecond) // the server notices
	close(let)
	if got := w.form("/return", map[string]string{"grant": "AQPE"}); got.status != 200 || len(w.lambda.calls()) != 1 {
		t.Errorf("%d after %v", got.status, w.lambda.calls())
	}
}

func TestVisitsAreForgottenWhenTheyAreOver(t *testing.T) {
	w := newWorld(t, true, always(`{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`))
	w.bring(t)
	w.clock = w.clock.Add(visitLimit)
	if got := w.form("/return", map[string]string{"grant": "AQPF"}); got.status != 410 { // proved as long ago as the first
		t.Errorf("%d %s", got.status, got.text)
	}
	if m := w.platform.memory; len(m.grants) != 1 || len(m.visits) != 1 {
		t.Errorf("%d grants and %d visits are kept", len(m.grants), len(m.visits))
	}
}

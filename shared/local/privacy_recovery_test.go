package main_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"mailbind/shared/local/dynamolocal"
)

// TestWhatAPlatformRedeemsIsNowhereToBeRead holds P12 where the platform keeps the passwords: grant and key.
func TestWhatAPlatformRedeemsIsNowhereToBeRead(t *testing.T) {
	t.Parallel()
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	const back = "https://shop.example.com/reset"
	s := start(t, "-dynamodb", endpoint, "-password-mode", "host", "-host-return-url", back)
	l := life{secrets: map[string]string{"address": "host.canary", "account": "canary-hosted-90", "key": "canary-redemption-91", "other key": "canary-redemption-92"}}
	const address = "host.canary@geheim.example"
	l.secrets["session"] = signIn(t, s, "canary-hosted-90", "金丝雀小店")
	want(t, s, l.secrets["session"], 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	want(t, s, l.secrets["session"], 200, "POST", "/v1/binding/verify", `{"code":"`+mailTo(t, s, address, 1).code+`"}`)
	mailTo(t, s, address, 2)
	want(t, s, "", 202, "POST", "/v1/recovery", `{"email":"`+address+`"}`)
	m := mailTo(t, s, address, 3)
	l.secrets["code"], l.secrets["token"] = m.code, m.token
	proven := want(t, s, "", 200, "POST", "/v1/recovery/verify", `{"email":"`+address+`","code":"`+m.code+`"}`)
	grant, _ := proven["grant"].(string)
	l.secrets["grant"] = grant
	if proven["return_url"] != back {
		t.Errorf("the grant is for %v", proven["return_url"])
	}
	// The person's browser posts it there, from a page of ours; no URL has it.
	page, err := s.do("POST", "/v1/recovery/verify", map[string]string{"content-type": "application/x-www-form-urlencoded", "accept": "text/html"},
		"email="+address+"&token="+m.token)
	if err != nil || page.status != 200 || !strings.Contains(page.body, `name="grant"`) || strings.Contains(page.body, "?grant=") {
		t.Errorf("%d %v: %.300s", page.status, err, page.body)
	}
	if policy := page.header.Get("content-security-policy"); !strings.Contains(page.body, `action="`+back+`"`) || !strings.Contains(policy, "form-action https://shop.example.com;") {
		t.Errorf("the page leads elsewhere, or may not lead there: %q in %.300s", policy, page.body)
	}
	want(t, s, "", 404, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
	redeem := func(grant, key string) map[string]any {
		a, err := s.credential(`{"op":"redeem","grant":"` + grant + `","key":"` + key + `"}`)
		if err != nil {
			t.Fatal(err)
		}
		return a.json(t)
	}
	for _, op := range []string{"check", "set"} { // there is no password of ours
		a, err := s.credential(`{"op":"` + op + `","account":"canary-hosted-90","password":"` + firstPassword + `"}`)
		if err != nil || a.json(t)["refused"] != "malformed" || a.json(t)["reason"] != "op" {
			t.Errorf("%s: %s %v", op, a.body, err)
		}
	}
	if got := redeem(grant+"A", l.secrets["key"]); got["refused"] != "recovery-refused" {
		t.Errorf("a forged grant gives %v", got)
	}
	if got := redeem(m.token, l.secrets["key"]); got["refused"] != "recovery-refused" {
		t.Errorf("the link gives %v", got)
	}
	first := redeem(grant, l.secrets["key"])
	if first["account"] != "canary-hosted-90" || first["proved_at"] == nil {
		t.Errorf("the grant gives %v", first)
	}
	if again := redeem(grant, l.secrets["key"]); !reflect.DeepEqual(again, first) {
		t.Errorf("the same redemption gives %v, then %v", first, again)
	}
	if got := redeem(grant, l.secrets["other key"]); got["refused"] != "recovery-refused" {
		t.Errorf("the spent grant gives %v", got)
	}
	l.seen(t, s, address)
	l.search(t, s, endpoint, map[string]int{"binding.bound": 1, "recovery.started": 1, "recovery.finished": 1})
}

// recover has both owners forget their password and find their way back in, one by the code and one by the link,
// with some mistakes on the way.
func (l *life) recover(t *testing.T, s *stack) {
	t.Helper()
	const address, linked = "canary.ming@geheim.example", "link.canary@geheim.example"
	for what, secret := range map[string]string{
		"first password": "canary sings at dawn 31", "wrong password": "canary sings at noon 32", "new password": "canary sings at dusk 33",
		"refused password": "canary-short", "client": "canary-device-34",
	} {
		l.secrets[what] = secret
	}
	platform := func(call string) {
		t.Helper()
		if a, err := s.credential(call); err != nil || strings.Contains(a.body, "refused") {
			t.Fatalf("credential: %s %v", a.body, err)
		}
	}
	for _, account := range []string{"canary-account-77", "canary-linked-80"} {
		platform(`{"op":"set","account":"` + account + `","password":"` + l.secrets["first password"] + `"}`)
		for _, password := range []string{"first password", "wrong password"} {
			platform(`{"op":"check","account":"` + account + `","password":"` + l.secrets[password] + `","client":"` + l.secrets["client"] + `"}`)
		}
		platform(`{"op":"hold","account":"` + account + `","until":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`)
		platform(`{"op":"release","account":"` + account + `"}`)
	}
	mailTo(t, s, "Canary.Ming@geheim.example", 4)
	mailTo(t, s, linked, 3)
	want(t, s, "", 422, "POST", "/v1/recovery", `{"email":"broken..canary@geheim.example"}`)
	want(t, s, "", 202, "POST", "/v1/recovery", `{"email":"unknown.canary@geheim.example"}`)

	want(t, s, "", 202, "POST", "/v1/recovery", `{"email":"`+address+`"}`)
	m := mailTo(t, s, "Canary.Ming@geheim.example", 5)
	l.secrets["recovery code"], l.secrets["recovery token"] = m.code, m.token
	want(t, s, "", 400, "POST", "/v1/recovery/verify", `{"email":"`+address+`","code":"WR0NG-C0DE-99"}`)
	want(t, s, "", 422, "POST", "/v1/recovery/verify", `{"email":"`+address+`","code":"ABCD-EFGH"}`)
	grant, _ := want(t, s, "", 200, "POST", "/v1/recovery/verify", `{"email":"`+address+`","code":"`+m.code+`"}`)["grant"].(string)
	l.secrets["grant"] = grant
	want(t, s, "", 422, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+l.secrets["refused password"]+`"}`)
	l.submit(t, s, 422, "grant="+grant+"&password="+l.secrets["refused password"])
	l.submit(t, s, 303, "grant="+grant+"&password="+url.QueryEscape(l.secrets["new password"]))
	l.submit(t, s, 303, "grant="+grant+"&password="+url.QueryEscape(l.secrets["new password"]))

	want(t, s, "", 202, "POST", "/v1/recovery", `{"email":"`+linked+`"}`)
	m = mailTo(t, s, linked, 4)
	l.secrets["linked code"], l.secrets["linked token"] = m.code, m.token
	want(t, s, "", 200, "GET", "/reset?t="+m.token, "")
	want(t, s, "", 422, "GET", "/reset?t="+m.token+"x", "")
	l.submit(t, s, 422, "token="+m.token+"&email="+address+"&password="+url.QueryEscape(l.secrets["new password"]))
	l.submit(t, s, 303, "token="+m.token+"&email="+linked+"&password="+url.QueryEscape(l.secrets["new password"]))
	mailTo(t, s, "Canary.Ming@geheim.example", 6)
	mailTo(t, s, linked, 5)
}

// submit posts the form of a new password and keeps where it sends the browser.
func (l *life) submit(t *testing.T, s *stack, status int, form string) {
	t.Helper()
	a, err := s.do("POST", "/v1/recovery/password", map[string]string{"content-type": "application/x-www-form-urlencoded"}, form)
	if err != nil || a.status != status {
		t.Fatalf("new password: %d, want %d: %.300s %v", a.status, status, a.body, err)
	}
	if to := a.header.Get("location"); to != "" {
		l.locations = append(l.locations, []byte(to))
	}
}

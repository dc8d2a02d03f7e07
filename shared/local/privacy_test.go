package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mailbind/shared/local/dynamolocal"
)

// TestNothingPersonalIsAtRestOrToldToOperators holds P12 over a whole life: what is in the tables, in
// their streams, in the functions' logs, and in those parts of a mail that SES's events repeat.
func TestNothingPersonalIsAtRestOrToldToOperators(t *testing.T) {
	t.Parallel()
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s := start(t, "-dynamodb", endpoint)
	life := live(t, s)
	life.recover(t, s)
	life.seen(t, s, "Canary.Ming@geheim.example", "link.canary@geheim.example")
	if len(life.envelope) < 9 || len(life.locations) < 4 {
		t.Errorf("%d envelopes and %d locations were seen", len(life.envelope), len(life.locations))
	}
	life.search(t, s, endpoint, map[string]int{"binding.bound": 2, "recovery.finished": 2, "credential.changed": 4})
}

// life is what one account and its neighbours went through, and what must not be found afterwards.
type life struct {
	secrets   map[string]string
	envelope  [][]byte
	locations [][]byte
}

// live plays every operation of this stage with words that occur nowhere else.
func live(t *testing.T, s *stack) life {
	t.Helper()
	const address, domain = "Canary.Ming@geheim.example", "geheim.example"
	l := life{secrets: map[string]string{
		"address": "Canary.Ming", "domain": domain, "label": "金丝雀小店", "account": "canary-account-77",
		"rival's account": "canary-rival-78", "wrong code": "WR0NG-C0DE-99", "malformed address": "broken..canary@geheim.example",
	}}
	jwt := signIn(t, s, "canary-account-77", "金丝雀小店")
	rival := signIn(t, s, "canary-rival-78", "金丝雀小店")
	l.secrets["session"], l.secrets["rival's session"] = jwt, rival

	want(t, s, jwt, 422, "POST", "/v1/binding", `{"email":"broken..canary@geheim.example"}`)
	want(t, s, jwt, 400, "POST", "/v1/binding", `{"email":"`+address+`","Email":"x"}`)
	want(t, s, jwt, 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	want(t, s, jwt, 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	first := mailTo(t, s, address, 1)
	l.secrets["code"], l.secrets["token"] = first.code, first.token
	want(t, s, jwt, 400, "POST", "/v1/binding/verify", `{"code":"WR0NG-C0DE-99"}`)
	want(t, s, jwt, 422, "POST", "/v1/binding/verify", `{"code":"ABCD-EFGH"}`)
	want(t, s, "", 422, "GET", "/verify?t="+first.token+"x", "")
	want(t, s, "", 200, "GET", "/verify?t="+first.token, "")
	want(t, s, "", 200, "GET", "/deny?t="+first.token, "")
	l.press(t, s, first.token, "deny")
	l.press(t, s, first.token, "undo")
	want(t, s, jwt, 200, "POST", "/v1/binding/verify", `{"code":"`+first.code+`"}`)
	receipt := mailTo(t, s, address, 2)
	l.secrets["receipt's token"] = receipt.token
	l.press(t, s, receipt.token, "deny")
	l.press(t, s, receipt.token, "undo")

	want(t, s, rival, 202, "POST", "/v1/binding", `{"email":"`+strings.ToLower(address)+`"}`)
	mailTo(t, s, address, 3)
	refused := signIn(t, s, "canary-refused-79", "")
	want(t, s, refused, 202, "POST", "/v1/binding", `{"email":"reject@simulator.amazonses.com"}`)

	linked := signIn(t, s, "canary-linked-80", "金丝雀小店")
	st := want(t, s, linked, 202, "POST", "/v1/binding", `{"email":"link.canary@geheim.example"}`)
	m := mailTo(t, s, "link.canary@geheim.example", 1)
	a, err := s.do("POST", "/verify", map[string]string{"content-type": "application/x-www-form-urlencoded"},
		"decision=bind&token="+m.token+"&check="+st["check"].(string))
	if err != nil || a.status != 303 {
		t.Fatalf("bind by link: %d %v", a.status, err)
	}
	l.locations = append(l.locations, []byte(a.header.Get("location")))
	want(t, s, linked, 200, "GET", "/v1/binding", "")
	mailTo(t, s, "link.canary@geheim.example", 2)

	return l
}

// seen keeps what SES's events repeat of the mails to these addresses.
func (l *life) seen(t *testing.T, s *stack, addresses ...string) {
	t.Helper()
	for _, to := range addresses {
		all, err := s.do("GET", "/_local/mails?to="+to, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		var kept []struct {
			Subject       string
			Headers, Tags map[string]any
		}
		if err := json.Unmarshal([]byte(all.body), &kept); err != nil {
			t.Fatal(err)
		}
		for _, k := range kept {
			l.envelope = append(l.envelope, fmt.Appendf(nil, "%s %v %v", k.Subject, k.Headers, k.Tags))
		}
	}
}

// press posts a button's form and keeps where it sends the browser.
func (l *life) press(t *testing.T, s *stack, token, decision string) {
	t.Helper()
	a, err := s.do("POST", "/verify", map[string]string{"content-type": "application/x-www-form-urlencoded"}, "decision="+decision+"&token="+token)
	if err != nil || a.status >= 400 {
		t.Fatalf("%s: %d %s %v", decision, a.status, a.body, err)
	}
	if to := a.header.Get("location"); to != "" {
		l.locations = append(l.locations, []byte(to))
	}
}

package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStack proves the whole on one local stack: scripts that read as sessions, races, and a browser.
func TestStack(t *testing.T) {
	s := start(t)
	t.Run("the README's session", func(t *testing.T) { readme(t, s) })
	t.Run("scripts", func(t *testing.T) { scripts(t, s, "testdata") })
	t.Run("browser", func(t *testing.T) { inBrowser(t, s) })
}

// TestMailService runs the scripts that tell the mail service how all mails fare, on a stack of their own.
func TestMailService(t *testing.T) {
	t.Parallel()
	scripts(t, start(t), "testdata/alone")
}

// scripts runs the *.txtar of a folder. Their commands:
//
//	as ACCOUNT [LABEL [LOCALE]]    sign in; later calls are this account's ("as" alone: nobody's)
//	call STATUS METHOD PATH [BODY] one call; the answer's body is the standard output
//	form STATUS PATH [NAME=VALUE]… post a form, as a page's button does
//	is NAME VALUE                  a member of the last JSON answer (dots lead into objects; "-" for absent; with !: it is not)
//	header NAME VALUE              a header field of the last answer
//	keep NAME VARIABLE             put a member into a variable
//	credential CALL                one call of the function credential, as the platform makes it
//	guess ACCOUNT CLIENT N         N wrong passwords by that client ("-": by N clients)
//	alike STATUS PATH BODY ADDRESS… post BODY (JSON, or a form) for each address, which stands in it as ADDR; the
//	                               answers are the same but for the address, their time and their request
//	from NETWORK                   later calls come from that address of 127.0.0.0/8 (at first, from one that
//	                               no other script has)
//	flood METHOD PATH BODY         call until the answer is 429: at most as often as two minutes allow
//	mail ADDRESS [N]               wait for the Nth mail there (default 1): its text is the standard
//	                               output, CODE, LINK, DENY, RESET and TOKEN are set from it
//	mails ADDRESS N                exactly N mails came there
//	event TYPE ACCOUNT [N]         wait for the Nth event of that type about that account (default 1): its
//	                               detail, which its schema fits, is the standard output and the last JSON answer
//	events ACCOUNT N               exactly N events about that account came, and no two under one id
//	until NAME VALUE               poll GET /v1/binding until the member is that
//	ses MODE                       ok, down, throttle, slow, quota, paused or rejected
//	reports MANNER                 how reports come from now on: prompt, late, double, shuffled or off
//	mailbox ADDRESS ENDING         what that mailbox does with mails from now on
//	shift SECONDS                  the times in reports are moved by that
//	wrong NUMBER VARIABLE          put another number of four digits into a variable
func scripts(t *testing.T, s *stack, dir string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TOMORROW", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
			e.Values[stackKey{}] = &session{stack: s, client: from(fmt.Sprintf("127.1.0.%d", network.Add(1)))}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as": as, "call": call, "form": form, "is": is, "header": header, "keep": keep, "mail": mailCommand,
			"credential": credential, "guess": guess, "alike": alike, "from": fromCommand, "flood": flood,
			"mails": mails, "event": eventCommand, "events": eventsCommand, "until": until, "wrong": wrong,
			"ses": ses, "reports": reports, "mailbox": mailbox, "shift": shift,
		},
		RequireExplicitExec: true,
	})
}

type stackKey struct{}

// network is the newest one that a script was given.
var network atomic.Int32

// session is what one script remembers.
type session struct {
	stack  *stack
	client *http.Client
	token  string
	last   answer
}

// call is one call of whoever is signed in, from the script's network.
func (se *session) call(method, path, body string) (answer, error) {
	return se.stack.ask(se.client, method, path, fields(se.token, body), body)
}

func of(ts *testscript.TestScript, neg bool, args []string, least, most int) *session {
	if neg {
		ts.Fatalf("! has no meaning here")
	}
	if len(args) < least || len(args) > most {
		ts.Fatalf("takes %d to %d arguments", least, most)
	}
	return ts.Value(stackKey{}).(*session)
}

func as(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 0, 3)
	se.token = ""
	if len(args) == 0 {
		return
	}
	args = append(args, "", "")
	token, err := se.stack.token(args[0], args[1], args[2])
	ts.Check(err)
	se.token = token
}

func call(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 3, 4)
	body := ""
	if len(args) == 4 {
		body = args[3]
	}
	a, err := se.call(args[1], args[2], body)
	ts.Check(err)
	se.want(ts, args[0], a)
}

func form(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 9)
	values := url.Values{}
	for _, pair := range args[2:] {
		name, value, _ := strings.Cut(pair, "=")
		values.Add(name, value)
	}
	a, err := se.form(args[1], values)
	ts.Check(err)
	se.want(ts, args[0], a)
}

func (se *session) form(path string, values url.Values) (answer, error) {
	return se.stack.ask(se.client, "POST", path, map[string]string{
		"content-type": "application/x-www-form-urlencoded", "accept": "text/html", "sec-fetch-site": "same-origin"}, values.Encode())
}

var styleElement = regexp.MustCompile(`(?s)<style>.*</style>`)

// want keeps the answer, prints it, and holds it to a status.
func (se *session) want(ts *testscript.TestScript, status string, a answer) {
	se.last = a
	fmt.Fprintln(ts.Stdout(), styleElement.ReplaceAllString(a.body, ""))
	if strconv.Itoa(a.status) != status {
		ts.Fatalf("status %d, want %s:\n%s", a.status, status, a.body)
	}
	if a.status >= 400 && strings.HasPrefix(a.body, "{") && !strings.HasPrefix(a.body, `{"message"`) &&
		a.header.Get("content-type") != "application/problem+json" {
		ts.Fatalf("a refusal of type %s", a.header.Get("content-type"))
	}
}

// member finds a member of the last answer; problem types are shortened to their last segment.
func (se *session) member(ts *testscript.TestScript, name string) string {
	var v any
	if err := json.Unmarshal([]byte(se.last.body), &v); err != nil {
		ts.Fatalf("no JSON: %v\n%s", err, se.last.body)
	}
	for part := range strings.SplitSeq(name, ".") {
		m, _ := v.(map[string]any)
		v = m[part]
	}
	switch v := v.(type) {
	case nil:
		return "-"
	case string:
		if name == "type" {
			return v[strings.LastIndex(v, "/")+1:]
		}
		return v
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func is(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, false, args, 2, 2)
	if got := se.member(ts, args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %q, want %q (! %v):\n%s", args[0], got, args[1], neg, se.last.body)
	}
}

func header(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	if got := se.last.header.Get(args[0]); got != args[1] {
		ts.Fatalf("%s is %q, want %q", args[0], got, args[1])
	}
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	ts.Setenv(args[1], se.member(ts, args[0]))
}

func wrong(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 2, 2)
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Setenv(args[1], fmt.Sprintf("%04d", (n+1)%10000))
}

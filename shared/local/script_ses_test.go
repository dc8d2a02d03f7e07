package main_test

import (
	"encoding/json"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// tell tells the local mail service something.
func (se *session) tell(ts *testscript.TestScript, change map[string]any) {
	body, err := json.Marshal(change)
	ts.Check(err)
	a, err := se.stack.call("", "POST", "/_local/ses", string(body))
	ts.Check(err)
	if a.status/100 != 2 {
		ts.Fatalf("ses: %d %s", a.status, a.body)
	}
}

func ses(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 1)
	se.tell(ts, map[string]any{"mode": args[0]})
	if args[0] != "ok" {
		ts.Defer(func() { se.stack.call("", "POST", "/_local/ses", `{"mode":"ok"}`) })
	}
}

func reports(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 1)
	se.tell(ts, map[string]any{"events": args[0]})
	if args[0] != "prompt" {
		ts.Defer(func() { se.stack.call("", "POST", "/_local/ses", `{"events":"prompt"}`) })
	}
}

func mailbox(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	se.tell(ts, map[string]any{"mailboxes": map[string]string{args[0]: args[1]}})
}

func shift(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 1)
	seconds, err := strconv.Atoi(args[0])
	ts.Check(err)
	se.tell(ts, map[string]any{"shift": seconds})
	if seconds != 0 {
		ts.Defer(func() { se.stack.call("", "POST", "/_local/ses", `{"shift":0}`) })
	}
}

package main_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func credential(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 1)
	a, err := se.stack.credential(args[0])
	ts.Check(err)
	se.last = a
	fmt.Fprintln(ts.Stdout(), a.body)
}

func guess(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 3, 3)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	for i := range n {
		client := args[1]
		if client == "-" {
			client = fmt.Sprintf("stranger-%d", i)
		}
		a, err := se.stack.credential(fmt.Sprintf(`{"op":"check","account":%q,"password":"guess %d","client":%q}`, args[0], i, client))
		ts.Check(err)
		se.last = a
	}
}

func fromCommand(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 1)
	se.client = from(args[0])
}

func flood(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 3, 3)
	for range 121 {
		a, err := se.call(args[0], args[1], args[2])
		ts.Check(err)
		if a.status == 429 {
			se.want(ts, "429", a)
			return
		}
	}
	ts.Fatalf("121 calls were answered")
}

// alike compares what strangers are answered for several addresses, which have one length: so do the answers.
func alike(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 4, 12)
	var first string
	for i, address := range args[3:] {
		if len(address) != len(args[3]) {
			ts.Fatalf("%s and %s differ in length", args[3], address)
		}
		a, err := se.post(args[1], strings.ReplaceAll(args[2], "ADDR", address))
		ts.Check(err)
		se.want(ts, args[0], a)
		got := whole(a, address)
		if i == 0 {
			first = got
		} else if got != first {
			ts.Fatalf("for %s:\n%s\nand for %s:\n%s", args[3], first, address, got)
		}
	}
}

// post sends a JSON object, or a form of NAME=VALUE joined by &.
func (se *session) post(path, body string) (answer, error) {
	if strings.HasPrefix(body, "{") {
		return se.call("POST", path, body)
	}
	values := url.Values{}
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		values.Add(name, value)
	}
	return se.form(path, values)
}

// whole is all of an answer: status, every header field with its value, and the body. What is another one for
// every request is left out, and the address that was sent is named ADDR.
func whole(a answer, address string) string {
	header := a.header.Clone()
	for _, own := range []string{"Date", "Apigw-Requestid"} {
		if header.Get(own) == "" {
			return "no header field " + own
		}
		header.Del(own)
	}
	var text strings.Builder
	fmt.Fprintln(&text, a.status)
	header.Write(&text)
	return text.String() + "\n" + strings.ReplaceAll(a.body, address, "ADDR")
}

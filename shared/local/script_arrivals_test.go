package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	codeLine  = regexp.MustCompile(`(?m)^\s*([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\s*$`)
	linkLine  = regexp.MustCompile(`(?m)^\s*(https?://\S+/verify\?t=(\S+))\s*$`)
	denyLine  = regexp.MustCompile(`(?m)^\s*(https?://\S+/deny\?t=(\S+))\s*$`)
	resetLine = regexp.MustCompile(`(?m)^\s*(https?://\S+/reset\?t=(\S+))\s*$`)
)

func mailCommand(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 1, 2)
	n := 1
	if len(args) == 2 {
		var err error
		n, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	m, err := se.stack.arrived(args[0], n)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "Subject: %s\n\n%s\n", m.Subject, m.Text)
	set := func(name string, found []string, i int) {
		value := ""
		if found != nil {
			value = found[i]
		}
		ts.Setenv(name, value)
	}
	set("CODE", codeLine.FindStringSubmatch(m.Text), 1)
	set("LINK", linkLine.FindStringSubmatch(m.Text), 1)
	set("DENY", denyLine.FindStringSubmatch(m.Text), 1)
	set("RESET", resetLine.FindStringSubmatch(m.Text), 1)
	set("TOKEN", linked(m.Text), 2)
}

// linked finds the link of a mail and the token in it.
func linked(text string) []string {
	for _, line := range []*regexp.Regexp{linkLine, denyLine, resetLine} {
		if found := line.FindStringSubmatch(text); found != nil {
			return found
		}
	}
	return nil
}

func mails(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	all, err := se.stack.mails(args[0])
	ts.Check(err)
	if strconv.Itoa(len(all)) != args[1] {
		ts.Fatalf("%d mails came, want %s", len(all), args[1])
	}
}

func eventCommand(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 3)
	n := 1
	if len(args) == 3 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := se.stack.events(args[1])
		ts.Check(err)
		all = slices.DeleteFunc(all, func(e event) bool { return e.Type != args[0] })
		if len(all) >= n {
			ts.Check(ofSchema(all[n-1]))
			se.last = answer{body: string(all[n-1].Detail)}
			fmt.Fprintln(ts.Stdout(), se.last.body)
			return
		}
		if time.Now().After(limit) {
			ts.Fatalf("%d events %s came about %s, number %d did not", len(all), args[0], args[1], n)
		}
	}
}

// ofSchema says whether an event has the members of its type's schema: all that are required, and no others.
func ofSchema(e event) error {
	text, err := os.ReadFile("../event/schema/" + e.Type + ".json")
	if err != nil {
		return err
	}
	var schema struct {
		Required   []string
		Properties map[string]any
	}
	var detail map[string]any
	if err := errors.Join(json.Unmarshal(text, &schema), json.Unmarshal(e.Detail, &detail)); err != nil {
		return err
	}
	for _, name := range schema.Required {
		if _, there := detail[name]; !there {
			return fmt.Errorf("the event %s has no %s", e.Type, name)
		}
	}
	for name := range detail {
		if _, known := schema.Properties[name]; !known || len(schema.Required) == 0 {
			return fmt.Errorf("the schema of %s has no %s", e.Type, name)
		}
	}
	return nil
}

func eventsCommand(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	all, err := se.stack.events(args[0])
	ts.Check(err)
	ids := map[string]bool{}
	for _, e := range all {
		ids[e.id] = true
	}
	if strconv.Itoa(len(all)) != args[1] || len(ids) != len(all) {
		ts.Fatalf("%d events came with %d ids, want %s:\n%v", len(all), len(ids), args[1], all)
	}
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	se := of(ts, neg, args, 2, 2)
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		a, err := se.call("GET", "/v1/binding", "")
		ts.Check(err)
		se.last = a
		got := se.member(ts, args[0])
		if got == args[1] {
			fmt.Fprintln(ts.Stdout(), a.body)
			return
		}
		if time.Now().After(limit) {
			ts.Fatalf("%s is still %q, want %q", args[0], got, args[1])
		}
	}
}

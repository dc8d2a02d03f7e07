package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"mailbind/shared/local/load"
)

// TestEachOperationMakesTheRoundTripsOfTheREADME runs the whole of -load, but small and without the minute that resend has to wait: run
// fails when a request makes more or fewer round trips than the README says.
func TestEachOperationMakesTheRoundTripsOfTheREADME(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var tables, words bytes.Buffer
	err := run(t.Context(), []string{"-load", "-load-rounds", "1x3,4x8", "-load-pairs", "6", "-load-resend=false"}, &tables, &whole{out: &words})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, tables.String(), words.String())
	}
	// What follows "of these" is as it arrived; a row that were missing would be held to nothing.
	for operation, trips := range map[string]string{
		"bind": "1 +| 1 +| UpdateItem", "status": "1 +| 1 +| GetItem", "resend, refused by the cooldown": "1 +| 1 +| UpdateItem",
		"page of the link": "0 +| 0 +| -", "link, forged": "0 +| 0 +| -", "code, wrong": "1 +| 1 +| UpdateItem", "link, wrong number": "1 +| 1 +| UpdateItem",
		"code, right": "2 +| 2 +| TransactWriteItems, UpdateItem", "link, right number": "2 +| 2 +| TransactWriteItems, UpdateItem",
		"link's token in the session": "1 +| 1 +| TransactWriteItems", "this wasn't me": "1 +| 1 +| UpdateItem",
		"recover, unknown address": "2 +| 2 +| 2 UpdateItem", "recover, too soon": "2 +| 2 +| 2 UpdateItem",
		"recover, refused by the caller's limit": "1 +| 1 +| UpdateItem", "page of the recovery link": "0 +| 0 +| -",
		"prove, wrong code": "1 +| 1 +| UpdateItem", "prove, forged link": "0 +| 0 +| -", "prove, link of another purpose": "0 +| 0 +| -",
		"set password, too short": "0 +| 0 +| -", "set password, forged grant": "0 +| 0 +| -", "set password, grant of another purpose": "0 +| 0 +| -",
		"set password, by grant": "2 +| 2 +| TransactWriteItems, UpdateItem", "set password, by link": "2 +| 2 +| TransactWriteItems, UpdateItem",
		"set password, repeated": "2 +| 2 +| GetItem, UpdateItem", "check, wrong": "2 +| 2 +| GetItem, UpdateItem", "check, right": "3 +| 3 +| 2 UpdateItem, GetItem",
		"reconfirm, refused by the cooldown": "2 +| 2 +| 2 UpdateItem", "confirmation's code, wrong": "1 +| 1 +| UpdateItem",
		"confirmation's code, right": "2 +| 2 +| 2 UpdateItem",
		"report, verify mail sent":   "1 +| 1 +| UpdateItem", "report, verify mail delivered": "1 +| 1 +| UpdateItem",
		"report, verify mail bounced": "1 +| 1 +| UpdateItem", "report, confirmation sent": "1 +| 1 +| UpdateItem",
		"report, verify mail marked as spam": "2 +| 2 +| 2 UpdateItem", "report, owner's mail sent": "0 +| 0 +| -",
		"report, owner's mail delivered": "1 +| 1 +| UpdateItem", "report, owner's mail bounced": "2 +| 2 +| 2 UpdateItem",
		"report, owner's mail delivered after a bounce":         "2 +| 2 +| 2 UpdateItem",
		"report, verify mail of a bound mailbox marked as spam": "3 +| 3 +| 3 UpdateItem", "report, confirmation delivered": "2 +| 2 +| 2 UpdateItem",
		"report, confirmation marked as spam": "3 +| 3 +| 3 UpdateItem",
	} {
		held(t, tables.String(), operation, trips, 2)
	}
	for order, trips := range map[string]string{
		"bind": "1 +| 3 +| 3 +| 2 UpdateItem, BatchGetItem", "recover, unknown address": "0 +| 3 +| 3 +| 2 UpdateItem, BatchGetItem",
		"set password, by grant": "1 +| 2 +| 2 +| BatchGetItem, UpdateItem",
	} {
		held(t, tables.String(), order, trips+" +| [0-9.-]+", 2)
	}
	held(t, tables.String(), "reconfirm", "1 +| 1 +| UpdateItem", 2)
	held(t, tables.String(), "reconfirm", "1 +| 2 +| 2 +| BatchGetItem, UpdateItem +| [0-9.-]+", 2)
	held(t, tables.String(), "bind", "2 +| 2 +| 2 +| 2 UpdateItem +| [0-9.-]+", 1)
	held(t, tables.String(), "recover", "2 +| 1 +| 1 +| UpdateItem +| [0-9.-]+", 1)
	// Thrice in each round: for all, for those who have a password and type the code, and for those who open the link.
	held(t, tables.String(), "recover", "2 +| 2 +| 2 UpdateItem", 6)
	held(t, tables.String(), "recover", "1 +| 4 +| 4 +| 2 BatchGetItem, 2 UpdateItem +| [0-9.-]+", 6)
	// Four requests for four kinds of address, and two for two.
	if n := len(regexp.MustCompile(`(?m)^\| (recover|prove|set password).* \| (unknown|pending|bound|bound and held) +\| .*\| yes `).FindAllString(tables.String(), -1)); n != 16 {
		t.Errorf("%d rows of sixteen compare addresses", n)
	}
	for _, of := range []string{"bind", "status, mails reported"} {
		if n := len(regexp.MustCompile(`(?m)^\| `+of+` +\| (free|bound) +\| .*\| yes `).FindAllString(tables.String(), -1)); n != 2 {
			t.Errorf("%d rows of two compare %s", n, of)
		}
	}
	// The processes were the last use of these files: what is left of them shows what was left running.
	if left, err := filepath.Glob(filepath.Join(temp, "mailbind-*")); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if runtime.GOOS == "linux" && strings.Contains(tables.String(), "| -   |          -") {
		t.Error("the processes were not measured")
	}
	if t.Failed() {
		t.Log(tables.String())
	}
}

// held holds the rows of an operation, so many, to how they end.
func held(t *testing.T, tables, operation, end string, rows int) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(operation) + ` +\| .*\| +` + strings.ReplaceAll(end, "|", `\| *`) + ` +\|$`)
	if found := row.FindAllString(tables, -1); len(found) != rows {
		t.Errorf("%s: %d rows of %d end in %q", operation, len(found), rows, end)
	}
}

// TestAPlatformThatKeepsPasswordsRedeemsInTheRoundTripsOfTheREADME measures the stack that it has.
func TestAPlatformThatKeepsPasswordsRedeemsInTheRoundTripsOfTheREADME(t *testing.T) {
	plan := load.Plan{Rounds: []load.Round{{Clients: 1, N: 2}, {Clients: 3, N: 6}}, Pairs: 4}
	var tables, words bytes.Buffer
	s, err := start(t.Context(), options{listen: "127.0.0.1:0", host: true, load: &plan}, &whole{out: &words})
	if err != nil {
		t.Fatalf("%v\n%s", err, words.String())
	}
	t.Cleanup(s.close)
	if err := s.measure(t.Context(), plan, &tables); err != nil {
		t.Fatalf("%v\n%s", err, tables.String())
	}
	for operation, trips := range map[string]string{
		"platform redeems": "2 +| 2 +| GetItem, UpdateItem", "platform redeems, repeated": "2 +| 2 +| GetItem, UpdateItem",
		"platform redeems, spent grant": "2 +| 2 +| GetItem, UpdateItem", "platform redeems, forged grant": "0 +| 0 +| -",
		"set password, which the platform keeps": "0 +| 0 +| -",
	} {
		held(t, tables.String(), operation, trips, 2)
	}
}

func TestAMeasurementThatIsBrokenOffIsAnErrorAndLeavesNothing(t *testing.T) {
	t.Chdir("testdata/product") // has no route of the API: the first answer is a wrong one
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	if err := run(context.Background(), []string{"-load", "-load-rounds", "1x1"}, io.Discard, io.Discard); err == nil {
		t.Error("a product without the API was measured")
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestLoadTakesAFreePortAndItsFlagsAreNothingWithoutIt(t *testing.T) {
	parsed, err := parseOptions([]string{"-load"}, io.Discard)
	if err != nil || parsed.listen != "127.0.0.1:0" || parsed.load == nil || parsed.load.Pairs != 300 || !parsed.load.Resend || len(parsed.load.Rounds) != 2 {
		t.Errorf("got %+v, %v", parsed, err)
	}
	parsed, err = parseOptions([]string{"-load", "-listen", "127.0.0.1:8099", "-load-rounds", "2x9", "-load-pairs", "0"}, io.Discard)
	if err != nil || parsed.listen != "127.0.0.1:8099" || parsed.load.Rounds[0] != (load.Round{Clients: 2, N: 9}) || parsed.load.Pairs != 0 {
		t.Errorf("got %+v, %v", parsed, err)
	}
	parsed, err = parseOptions(nil, io.Discard)
	if err != nil || parsed != (options{listen: "127.0.0.1:8080"}) {
		t.Errorf("got %+v, %v", parsed, err)
	}
	for _, arguments := range [][]string{
		{"-load-rounds", "1x9"}, {"-load-pairs", "9"}, {"-load-resend=false"}, {"-load", "-load-rounds", "9"}, {"-load", "-load-pairs", "-1"},
	} {
		if parsed, err := parseOptions(arguments, io.Discard); err == nil {
			t.Errorf("%q was taken as %+v", arguments, parsed)
		}
	}
}

func TestOnlyTroublesAreSaidWhileMeasuring(t *testing.T) {
	var said bytes.Buffer
	words := troubles{&said}
	for _, line := range []string{
		"building\n", `[bind] {"level":"INFO","message":"request"}` + "\n", `[mailer] {"MailSent":1,"_aws":{}}` + "\n",
		`[bind] {"level":"ERROR","message":"x"}` + "\n", "[bind] panic: x\n",
	} {
		if n, err := words.Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("%q: %d, %v", line, n, err)
		}
	}
	if want := "building\n" + `[bind] {"level":"ERROR","message":"x"}` + "\n[bind] panic: x\n"; said.String() != want {
		t.Errorf("said %q", said.String())
	}
}

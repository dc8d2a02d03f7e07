package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"mailbind/shared/binding"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// Every outcome of the domain is one log line; those that operators count are counted.
func TestOutcomesAreCounted(t *testing.T) {
	want := map[string]string{ // by outcome
		"nobody": "", "late": "", // of recoveries
		"sent": telemetry.MailSent, "held": telemetry.MailHeld, "no-domain": telemetry.MailNoDomain, "refused": telemetry.MailRejected,
		"broken": telemetry.MailBroken, "skipped": "",
	}
	found := 0
	outcomes := func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.Contains(fmt.Sprint(spec.Type), "Outcome") {
			return true
		}
		found++
		outcome := strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)
		counter, known := want[outcome]
		failed, lines := run(t, func(context.Context, binding.Order) (binding.Outcome, error) { return binding.Outcome(outcome), nil }, verify('a', 1))
		c := telemetrytest.Counted(lines)
		if !known || len(failed) != 0 || counter != "" && c[counter] != 1 || len(c) > 1 || counter == "" && len(c) != 0 {
			t.Errorf("%s: failed %v, counted %v", outcome, failed, c)
		}
		if !strings.Contains(strings.Join(lines, "\n"), "kind=verify outcome="+outcome+" send="+binding.SendID(sixteen(1)).Ref()) {
			t.Errorf("%s: %q", outcome, lines)
		}
		return true
	}
	for _, file := range []string{"../../shared/binding/outbox.go", "../../shared/recovery/outbox.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, outcomes)
	}
	if found != len(want) {
		t.Errorf("%d outcomes in the domain, %d here", found, len(want))
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/smithy-go"

	"mailbind/shared/binding"
	"mailbind/shared/mail"
	"mailbind/shared/telemetry"
)

// counted are the counters in lines of output.
func counted(lines []string) map[string]int {
	out := map[string]int{}
	for _, l := range lines {
		var line struct {
			AWS struct {
				CloudWatchMetrics []struct{ Metrics []struct{ Name string } }
			} `json:"_aws"`
		}
		if json.Unmarshal([]byte(l), &line) == nil && len(line.AWS.CloudWatchMetrics) > 0 {
			out[line.AWS.CloudWatchMetrics[0].Metrics[0].Name]++
		}
	}
	return out
}

// Every outcome of the domain is one log line; those that operators count are counted.
func TestOutcomesAreCounted(t *testing.T) {
	want := map[string]string{ // by outcome
		"nobody": "", "late": "", // of recoveries
		"sent": telemetry.MailSent, "held": telemetry.MailHeld, "refused": telemetry.MailRejected, "broken": telemetry.MailBroken, "skipped": "",
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
		c := counted(lines)
		if !known || len(failed) != 0 || counter != "" && c[counter] != 1 || len(c) > 1 || counter == "" && len(c) != 0 {
			t.Errorf("%s: failed %v, counted %v", outcome, failed, c)
		}
		if !strings.Contains(strings.Join(lines, "\n"), "kind=verify outcome="+outcome) {
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

// refusing is SES answering every mail with one error.
type refusing struct{ err error }

func (r refusing) SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	return nil, r.err
}

// A spent quota, paused sending and a lost identity need somebody; a rate or an outage passes. No address that SES
// quotes reaches the log.
func TestTroubleWithSESIsToldApart(t *testing.T) {
	api := func(code, message string) error {
		return &smithy.GenericAPIError{Code: code, Message: message + " canary@example.net"}
	}
	for name, c := range map[string]struct {
		err            error
		class, counter string
	}{
		"rate":       {api("TooManyRequestsException", "Maximum sending rate exceeded."), mail.ClassThrottled, telemetry.Outage},
		"quota":      {api("TooManyRequestsException", "Daily message quota exceeded."), mail.ClassQuota, telemetry.MailQuota},
		"limit":      {api("LimitExceededException", ""), mail.ClassQuota, telemetry.MailQuota},
		"paused":     {api("SendingPausedException", ""), mail.ClassPaused, telemetry.MailQuota},
		"suspended":  {api("AccountSuspendedException", ""), mail.ClassPaused, telemetry.MailQuota},
		"identity":   {api("MailFromDomainNotVerifiedException", ""), mail.ClassIdentity, telemetry.MailQuota},
		"server":     {api("InternalServiceError", ""), mail.ClassOutage, telemetry.Outage},
		"no network": {&net.OpError{Op: "dial", Err: errors.New("canary refused")}, mail.ClassOutage, telemetry.Outage},
	} {
		sender := mail.Sender{API: refusing{c.err}, From: "Teahouse <no-reply@id.example.com>", VerifySet: "v", RecoverSet: "r",
			Words: mail.Words{BaseURL: "https://id.example.com", Platform: "Teahouse", Support: "https://help.example.com"}}
		failed, lines := run(t, func(ctx context.Context, o binding.Order) (binding.Outcome, error) {
			err := sender.Send(ctx, binding.Letter{Kind: binding.KindNotice, Ref: "7QK2", Tag: "x"})
			return "", fmt.Errorf("%w: %w", binding.ErrSend, err)
		}, verify('a', 1))
		all := strings.Join(lines, "\n")
		if !slices.Equal(failed, []string{"1"}) || counted(lines)[c.counter] != 1 || len(counted(lines)) != 1 || !strings.Contains(all, "class="+c.class) || !strings.Contains(all, "outcome=outage") {
			t.Errorf("%s: failed %v, %s", name, failed, all)
		}
		if strings.Contains(all, "canary@") {
			t.Errorf("%s: %s", name, all)
		}
	}
	// Trouble with the table is none with SES, whatever its words are.
	failed, lines := run(t, func(context.Context, binding.Order) (binding.Outcome, error) { return "", errors.New("quota exceeded") }, verify('a', 1))
	if len(failed) != 1 || counted(lines)[telemetry.Outage] != 1 || !strings.Contains(strings.Join(lines, ""), `class=""`) {
		t.Errorf("%v %q", failed, lines)
	}
}

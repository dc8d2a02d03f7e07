package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/mx"
	"mailbind/shared/recovery"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
)

// A domain that takes no mail ends the mail: it is counted, and its address is in no line.
func TestAMailToADomainWithoutMailIsEnded(t *testing.T) {
	m, box := mailer(t, sender(nil), "cass@lantern-lane.example")
	m.Domains = mx.New(func(_ context.Context, domain string) mx.Answer {
		if domain != "lantern-lane.example" {
			t.Errorf("asked for %q", domain)
		}
		return mx.None
	})
	failed, lines := run(t, by(m), verify('a', 1))
	if c := telemetrytest.Counted(lines); len(failed) != 0 || c[telemetry.MailNoDomain] != 1 || len(c) != 1 {
		t.Errorf("failed %v, %q", failed, lines)
	}
	if !box.endedAs(binding.NotSent, binding.WhyNoMail) {
		t.Errorf("ended %v", box.ended)
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, "lantern") || !strings.Contains(all, "outcome=no-domain send=") {
		t.Errorf("%s", all)
	}
}

// The operator's switch ends verify mails before anybody is asked for a domain.
func TestAHeldMailAsksNobody(t *testing.T) {
	m, box := mailer(t, sender(nil), "cass@lantern-lane.example")
	m.HoldVerify = true
	m.Domains = mx.New(func(context.Context, string) mx.Answer {
		t.Error("asked")
		return mx.Takes
	})
	failed, lines := run(t, by(m), verify('a', 1))
	if c := telemetrytest.Counted(lines); len(failed) != 0 || c[telemetry.MailHeld] != 1 || len(c) != 1 || box.booked != 0 {
		t.Errorf("failed %v, booked %d, %q", failed, box.booked, lines)
	}
	if !box.endedAs(binding.NotSent, binding.WhyHeld) {
		t.Errorf("ended %v", box.ended)
	}
}

// asking delivers by asking for the domain that stands for the account, and keeps when each mail was sent.
type asking struct {
	domains *mx.Checker
	begun   time.Time
	mu      sync.Mutex
	sent    map[byte]time.Duration
}

func (a *asking) deliver(ctx context.Context, o binding.Order) (binding.Outcome, error) {
	domain := "d" + o.Send.Ref() + ".dead.example"
	if o.Account[0] == 'h' {
		domain = "large.example"
	}
	if o.Kind == binding.KindVerify && !a.domains.Accepts(ctx, domain) {
		return binding.OutcomeNoDomain, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent[o.Send[0]] = time.Since(a.begun)
	return binding.OutcomeSent, nil
}

// Dead domains of a batch share its second, also those of one account that wait for each other; whoever else is in the batch
// waits for none of them, nor does a recovery.
func TestDeadDomainsHoldUpABatchForASecondAndNobodyInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &asking{begun: time.Now(), sent: map[byte]time.Duration{}, domains: mx.New(func(ctx context.Context, domain string) mx.Answer {
			if domain == "large.example" {
				return mx.Takes
			}
			<-ctx.Done()
			return mx.Unknown
		})}
		failed, _ := both(t, a.deliver, func(_ context.Context, o recovery.Order) (binding.Outcome, error) {
			return a.deliver(t.Context(), binding.Order{Kind: binding.KindRecover, Send: o.Send})
		}, verify('d', 1), verify('d', 2), verify('d', 3), verify('e', 4), verify('f', 5), verify('h', 6), due('g', 7, binding.KindBound), rung('a', 8))
		if len(failed) != 0 {
			t.Errorf("failed %v", failed)
		}
		for send, want := range map[byte]time.Duration{1: time.Second, 2: time.Second, 3: time.Second, 4: time.Second, 5: time.Second, 6: 0, 7: 0, 8: 0} {
			if got, ok := a.sent[send]; !ok || got != want {
				t.Errorf("mail %d is sent after %v (%v), want %v", send, got, ok, want)
			}
		}
	})
}

// 1,200 binds at domains of one server that never answers, as one lane of ten sees them: 120, in batches of ten, and an honest mail
// behind them.
func TestAFloodOfDeadDomainsDelaysHonestMailBySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &asking{begun: time.Now(), sent: map[byte]time.Duration{}, domains: mx.New(func(ctx context.Context, domain string) mx.Answer {
			<-ctx.Done()
			return mx.Unknown
		})}
		for n := range 12 {
			var records []events.DynamoDBEventRecord
			for i := range 10 {
				records = append(records, verify(byte('i'+i), 10*n+i+1))
			}
			if failed, _ := run(t, a.deliver, records...); len(failed) != 0 {
				t.Errorf("failed %v", failed)
			}
		}
		run(t, a.deliver, verify('h', 200))
		t.Logf("sent after %v", a.sent[200])
		if len(a.sent) != 121 || a.sent[200] > 5*time.Second {
			t.Errorf("%d of 121 sent, the honest one after %v", len(a.sent), a.sent[200])
		}
	})
}

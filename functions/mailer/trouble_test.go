package main

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/smithy-go"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/mail"
	"mailbind/shared/telemetry"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// refusing is SES answering every mail with one error.
type refusing struct{ err error }

func (r refusing) SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	return nil, r.err
}

// sender is the mailer's on that SES.
func sender(err error) mail.Sender {
	return mail.Sender{API: refusing{err}, From: "Teahouse <no-reply@id.example.com>", VerifySet: "v", RecoverSet: "r",
		Words: mail.Words{BaseURL: "https://id.example.com", Platform: "Teahouse", Support: "https://help.example.com"}}
}

// garbling spoils a letter on its way.
type garbling struct{ binding.Sender }

func (g garbling) Send(ctx context.Context, l binding.Letter) error {
	l.Code = "canary@example.net"
	return g.Sender.Send(ctx, l)
}

// outbox has one row, with a verify mail due, and keeps how orders end.
type outbox struct {
	row    binding.Claim
	mu     sync.Mutex
	booked int
	ended  []binding.Finish
}

func (o *outbox) Load(context.Context, binding.AccountKey, address.EmailKey, time.Time) (binding.Claim, binding.Holder, error) {
	return o.row, binding.Holder{}, nil
}

func (o *outbox) Book(context.Context, binding.Booking) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.booked++
	return true, nil
}

func (o *outbox) Finish(_ context.Context, f binding.Finish) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = append(o.ended, f)
	return nil
}

// endedAs says whether the mail was ended, once.
func (o *outbox) endedAs(f binding.Fate, why binding.Why) bool {
	return len(o.ended) == 1 && o.ended[0].Fate == f && o.ended[0].Why == why
}

// mailer is the real one, for an account 'a' whose mail 1 is due to an address.
func mailer(t *testing.T, s binding.Sender, to string) (*binding.Mailer, *outbox) {
	t.Helper()
	data, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	secrets := token.Secrets{Current: []byte(strings.Repeat("1", 64))}
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test"}, func(context.Context) (token.Secrets, error) { return secrets, nil }, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	names := binding.Names{Data: data, Namespace: "main"}
	at, err := address.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	box := &outbox{row: binding.Claim{
		Account: sixteen('a'), State: binding.Pending, Who: binding.Who{Label: "cass", Locale: "en"}, Address: at, EmailKey: names.Email(at),
		Key: keys.Current().ID(), Expires: time.Now().Add(24 * time.Hour), Due: map[binding.Kind]binding.SendID{binding.KindVerify: sixteen(1)},
	}}
	return &binding.Mailer{Outbox: box, Sender: s, Names: names, Keys: keys}, box
}

// by delivers by the real mailer.
func by(m *binding.Mailer) deliver {
	return func(ctx context.Context, o binding.Order) (binding.Outcome, error) {
		return m.Deliver(ctx, o, time.Now())
	}
}

// A spent quota, paused sending and a lost identity need somebody; a rate or an outage passes. All of them leave the mail due and
// its record to come again; what SES will never take ends the mail. No address that SES quotes reaches the log.
func TestTroubleWithSESIsToldApart(t *testing.T) {
	api := func(code, message string) error {
		return &smithy.GenericAPIError{Code: code, Message: message + " canary@example.net"}
	}
	type want struct{ class, counter string }
	waits, alarm := telemetry.Outage, telemetry.MailQuota
	ended := want{"", telemetry.MailRejected}
	for name, c := range map[string]struct {
		err  error
		want want
	}{
		"rate":         {api("TooManyRequestsException", "Maximum sending rate exceeded."), want{mail.ClassThrottled, waits}},
		"throttling":   {api("ThrottlingException", "Rate exceeded"), want{mail.ClassThrottled, waits}},
		"quota":        {api("TooManyRequestsException", "Daily message quota exceeded."), want{mail.ClassQuota, alarm}},
		"limit":        {api("LimitExceededException", ""), want{mail.ClassQuota, alarm}},
		"paused":       {api("SendingPausedException", ""), want{mail.ClassPaused, alarm}},
		"suspended":    {api("AccountSuspendedException", ""), want{mail.ClassPaused, alarm}},
		"MAIL FROM":    {api("MailFromDomainNotVerifiedException", ""), want{mail.ClassIdentity, alarm}},
		"our identity": {api("MessageRejected", "Email address is not verified: no-reply@id.example.com"), want{mail.ClassIdentity, alarm}},
		"server":       {api("InternalServiceError", ""), want{mail.ClassOutage, waits}},
		"no such set":  {api("NotFoundException", ""), want{mail.ClassOutage, waits}},
		"no network":   {&net.OpError{Op: "dial", Err: errors.New("canary refused")}, want{mail.ClassOutage, waits}},
		"no answer":    {context.DeadlineExceeded, want{mail.ClassOutage, waits}},
		"rejected":     {api("MessageRejected", "Email address is not verified:"), ended}, // mail.ClassRejected
		"bad request":  {api("BadRequestException", "Missing final '@domain'"), ended},
		"letter":       {nil, ended}, // mail.ClassLetter
	} {
		var s binding.Sender = sender(c.err)
		if c.err == nil {
			s = garbling{s}
		}
		m, box := mailer(t, s, "cass@lantern-lane.example")
		failed, lines := run(t, by(m), verify('a', 1))
		all := strings.Join(lines, "\n")
		if telemetrytest.Counted(lines)[c.want.counter] != 1 || len(telemetrytest.Counted(lines)) != 1 || !strings.Contains(all, "send="+binding.SendID(sixteen(1)).Ref()) {
			t.Errorf("%s: %s", name, all)
		}
		if c.want == ended {
			if len(failed) != 0 || !box.endedAs(binding.NotSent, binding.WhyContentRefused) || !strings.Contains(all, "outcome=refused") {
				t.Errorf("%s: failed %v, ended %v, %s", name, failed, box.ended, all)
			}
		} else if !slices.Equal(failed, []string{"1"}) || len(box.ended) != 0 || !strings.Contains(all, "outcome=outage class="+c.want.class+" ") {
			t.Errorf("%s: failed %v, ended %v, %s", name, failed, box.ended, all)
		}
		if strings.Contains(all, "canary") && name != "no network" || strings.Contains(all, "@") {
			t.Errorf("%s: %s", name, all)
		}
	}
	// Trouble with the table is none with SES, whatever its words are.
	failed, lines := run(t, func(context.Context, binding.Order) (binding.Outcome, error) { return "", errors.New("quota exceeded") }, verify('a', 1))
	if len(failed) != 1 || telemetrytest.Counted(lines)[telemetry.Outage] != 1 || !strings.Contains(strings.Join(lines, ""), `class=""`) {
		t.Errorf("%v %q", failed, lines)
	}
}

// A mail that waits for SES pays for its mailbox's day with the same send each time it comes again, and is sent when SES is back.
func TestAMailWaitsForSESAndIsNotLost(t *testing.T) {
	m, box := mailer(t, sender(&smithy.GenericAPIError{Code: "TooManyRequestsException", Message: "Daily message quota exceeded."}), "cass@lantern-lane.example")
	for range 3 {
		if failed, _ := run(t, by(m), verify('a', 1)); len(failed) != 1 || len(box.ended) != 0 {
			t.Errorf("failed %v, ended %v", failed, box.ended)
		}
	}
	m.Sender = sender(nil)
	failed, lines := run(t, by(m), verify('a', 1))
	if len(failed) != 0 || telemetrytest.Counted(lines)[telemetry.MailSent] != 1 || !box.endedAs(binding.Queued, binding.WhyNone) {
		t.Errorf("failed %v, ended %v, %q", failed, box.ended, lines)
	}
}

package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/golden"
)

// recorder is an API that keeps what it is asked and answers err.
type recorder struct {
	inputs []*sesv2.SendEmailInput
	err    error
}

func (r *recorder) SendEmail(_ context.Context, in *sesv2.SendEmailInput, _ ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	r.inputs = append(r.inputs, in)
	if r.err != nil {
		return nil, r.err
	}
	return &sesv2.SendEmailOutput{MessageId: aws.String("0100018f")}, nil
}

func testSender(api API) Sender {
	return Sender{API: api, Words: testWords, From: "no-reply@account.shop.example", VerifySet: "mailbind-verify", RecoverSet: "mailbind-recover"}
}

const testTo = "Ming.Li@mail.example"

func sendable(t *testing.T, s sample, locale string) binding.Letter {
	t.Helper()
	l := s.letter(locale)
	to, err := address.Parse(testTo)
	if err != nil {
		t.Fatal(err)
	}
	l.To = to
	return l
}

// The goldens hold the request as SES gets it, but for the three parts, which have goldens of their own.
func TestRequestIsExactlyThis(t *testing.T) {
	for _, s := range samples {
		if s.with != nil {
			continue // but for the parts, a request depends on the kind alone
		}
		for _, locale := range locales {
			api := &recorder{}
			l := sendable(t, s, locale)
			if err := testSender(api).Send(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			if len(api.inputs) != 1 {
				t.Fatalf("%s: %d requests", s.name, len(api.inputs))
			}
			in := api.inputs[0]
			content, err := testWords.Render(l)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []struct {
				got  *types.Content
				want string
			}{{in.Content.Simple.Subject, content.Subject}, {in.Content.Simple.Body.Text, content.Text}, {in.Content.Simple.Body.Html, content.HTML}} {
				if *part.got.Data != part.want {
					t.Errorf("%s %s: a part is not what Render gives", s.name, locale)
				}
				part.got.Data = aws.String("…")
			}
			got, err := json.MarshalIndent(withoutNil(reflect.ValueOf(in)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, "request."+s.name+"."+locale+".json.golden", string(got)+"\n")
		}
	}
}

// withoutNil turns a request into maps, leaving out what is not set.
func withoutNil(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		return withoutNil(v.Elem())
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if f := v.Field(i); v.Type().Field(i).IsExported() && !f.IsZero() {
				m[v.Type().Field(i).Name] = withoutNil(f)
			}
		}
		return m
	case reflect.Slice:
		var s []any
		for i := range v.Len() {
			s = append(s, withoutNil(v.Index(i)))
		}
		return s
	}
	return v.Interface()
}

func TestAddressCodeAndTokenStayOutOfWhatEventsRepeat(t *testing.T) {
	for _, s := range samples {
		api := &recorder{}
		if err := testSender(api).Send(t.Context(), sendable(t, s, "en")); err != nil {
			t.Fatal(err)
		}
		in := api.inputs[0]
		repeated := *in.Content.Simple.Subject.Data
		for _, tag := range in.EmailTags {
			repeated += "\n" + *tag.Name + "=" + *tag.Value
			if strings.ContainsFunc(*tag.Value, func(r rune) bool { return notSymbol(r) && !('a' <= r && r <= 'z') && r != '-' && r != '_' }) {
				t.Errorf("tag %s holds what SES does not take: %q", *tag.Name, *tag.Value)
			}
		}
		for _, h := range in.Content.Simple.Headers {
			if *h.Name == sinceHeader {
				continue // has to name the address, as To does; what we read of events holds no header
			}
			repeated += "\n" + *h.Name + ": " + *h.Value
		}
		for _, secret := range []string{testTo, "Ming", testCode, testToken[:12], "李", "7QK2"} {
			if strings.Contains(repeated, secret) {
				t.Errorf("%s: subject, tags or headers hold %q", s.name, secret)
			}
		}
	}
}

func TestErrorsOfSESAreSortedByWhatHelps(t *testing.T) {
	msg := func(s string) *string { return aws.String(s) }
	for _, tt := range []struct {
		name    string
		err     error
		class   string
		refused bool
	}{
		{"rate", &types.TooManyRequestsException{Message: msg("Maximum sending rate exceeded.")}, ClassThrottled, false},
		{"no words", &types.TooManyRequestsException{}, ClassThrottled, false},
		{"day", &types.TooManyRequestsException{Message: msg("Daily message quota exceeded.")}, ClassQuota, false},
		{"limit", &types.LimitExceededException{Message: msg("limit")}, ClassQuota, false},
		{"paused", &types.SendingPausedException{}, ClassPaused, false},
		{"suspended", &types.AccountSuspendedException{}, ClassPaused, false},
		{"rejected", &types.MessageRejected{Message: msg("Email address is not verified. The following identities failed the check in region EU-WEST-1: " + testTo)}, ClassRejected, true},
		{"our identity", &types.MessageRejected{Message: msg("Email address is not verified. The following identities failed the check in region EU-WEST-1: no-reply@account.shop.example")}, ClassIdentity, false},
		{"bad request", &types.BadRequestException{Message: msg("Missing final '@domain'")}, ClassRejected, true},
		{"MAIL FROM", &types.MailFromDomainNotVerifiedException{}, ClassIdentity, false},
		{"no such set", &types.NotFoundException{}, ClassOutage, false},
		{"inside SES", &types.InternalServiceErrorException{}, ClassOutage, false},
		{"deadline", context.DeadlineExceeded, ClassOutage, false},
		{"anything", errors.New("for " + testTo), ClassOutage, false},
	} {
		err := testSender(&recorder{err: tt.err}).Send(t.Context(), sendable(t, samples[0], "en"))
		if got := Class(err); got != tt.class {
			t.Errorf("%s: class %s, want %s", tt.name, got, tt.class)
		}
		if got := errors.Is(err, binding.ErrMailRefused); got != tt.refused {
			t.Errorf("%s: refused is %v", tt.name, got)
		}
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: the cause is lost", tt.name)
		}
		if strings.Contains(err.Error(), "@") {
			t.Errorf("%s: the error quotes an address: %s", tt.name, err)
		}
	}
	if Class(nil) != "" || Class(errors.New("x")) != ClassOutage {
		t.Error("Class of nil or of a foreign error")
	}
}

func TestALetterThatCannotBeWrittenIsNotSent(t *testing.T) {
	api := &recorder{}
	l := sendable(t, samples[0], "en")
	l.Code = "http://evil.example"
	err := testSender(api).Send(t.Context(), l)
	if !errors.Is(err, binding.ErrMailRefused) || !errors.Is(err, ErrLetter) || Class(err) != ClassLetter || len(api.inputs) != 0 {
		t.Errorf("%v, %d requests", err, len(api.inputs))
	}
	if strings.Contains(err.Error(), "evil") {
		t.Errorf("the error repeats the code: %s", err)
	}
}

// wire answers every HTTP request of a real client with one status and body.
type wire struct {
	status int
	code   string
	body   string
	sent   []byte
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error
	if w.sent, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: w.status, Header: http.Header{"X-Amzn-Errortype": {w.code}, "Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(w.body)), Request: r}, nil
}

// client is a real one, with credentials of no account.
func (w *wire) client() *sesv2.Client {
	return sesv2.New(sesv2.Options{Region: "eu-west-1", RetryMaxAttempts: 1, HTTPClient: &http.Client{Transport: w},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		})})
}

// The doubles above hand typed errors over; this shows that a real client makes the same of SES's bytes.
func TestErrorsAreSortedAlikeThroughTheRealClient(t *testing.T) {
	for _, tt := range []struct {
		status      int
		code, body  string
		class       string
		refusedMail bool
	}{
		{200, "", `{"MessageId":"x"}`, "", false},
		{429, "TooManyRequestsException", `{"message":"Maximum sending rate exceeded."}`, ClassThrottled, false},
		{429, "TooManyRequestsException", `{"message":"Daily message quota exceeded."}`, ClassQuota, false},
		{400, "MessageRejected", `{"message":"Email address is not verified."}`, ClassRejected, true},
		{400, "ThrottlingException", `{"message":"Rate exceeded"}`, ClassThrottled, false},
		{400, "ExpiredTokenException", `{"message":"expired"}`, ClassOutage, false},
		{503, "", `<html>`, ClassOutage, false},
	} {
		w := &wire{status: tt.status, code: tt.code, body: tt.body}
		err := testSender(w.client()).Send(t.Context(), sendable(t, samples[0], "zh-CN"))
		if Class(err) != tt.class || errors.Is(err, binding.ErrMailRefused) != tt.refusedMail {
			t.Errorf("%d %s: %v", tt.status, tt.code, err)
		}
		if !bytes.Contains(w.sent, []byte(`"ClickTrackingEnabled":"DISABLED"`)) || !bytes.Contains(w.sent, []byte(`"OpenTrackingEnabled":"DISABLED"`)) {
			t.Errorf("the request does not turn tracking off: %.300s", w.sent)
		}
	}
}

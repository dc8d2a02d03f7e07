package ses

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
)

type published struct {
	kind   string
	detail map[string]any
	at     time.Time
}

// bus keeps what was published.
type bus struct {
	mu   sync.Mutex
	kept []published
}

func (b *bus) publish(kind string, detail map[string]any, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, published{kind, detail, at})
}

func (b *bus) events() []published {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]published(nil), b.kept...)
}

func start(t *testing.T) (*Service, *sesv2.Client, *bus) {
	t.Helper()
	b := &bus{}
	all := []string{"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "DELIVERY_DELAY"}
	service := New([]Set{{Name: "verify", Events: all}, {Name: "quiet"}}, []string{"mail.example"}, b.publish)
	server := httptest.NewServer(service)
	t.Cleanup(func() { server.Close(); service.Close() })
	client := sesv2.New(sesv2.Options{
		Region: "local-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "LOCAL", SecretAccessKey: "local"}, nil
		}),
	})
	return service, client, b
}

func utf8Content(text string) *types.Content {
	return &types.Content{Data: aws.String(text), Charset: aws.String("UTF-8")}
}

func input(to string) *sesv2.SendEmailInput {
	return &sesv2.SendEmailInput{
		FromEmailAddress:       aws.String("account@mail.example"),
		Destination:            &types.Destination{ToAddresses: []string{to}},
		ConfigurationSetName:   aws.String("verify"),
		EmailTags:              []types.MessageTag{{Name: aws.String("kind"), Value: aws.String("verify")}},
		ConfigurationOverrides: &types.ConfigurationOverrides{Tracking: &types.TrackingConfigurationOverrides{}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: utf8Content("确认您的邮箱地址,李记灯饰,这是一个足够长的主题以便折行"),
			Body:    &types.Body{Text: utf8Content("code: ABCD-EFGH\n中文 a=b\n"), Html: utf8Content("<p>code: ABCD-EFGH</p>")},
			Headers: []types.MessageHeader{{Name: aws.String("Auto-Submitted"), Value: aws.String("auto-generated")}},
		}},
	}
}

func TestAMailIsKeptAsItWasSentAndAsItWouldGoOut(t *testing.T) {
	service, client, _ := start(t)
	output, err := client.SendEmail(context.Background(), input("Mei@Lane.example"))
	if err != nil {
		t.Fatal(err)
	}
	mails := service.Mails("Mei@Lane.example")
	if len(mails) != 1 || len(service.Mails("mei@lane.example")) != 0 || len(service.Mails("")) != 1 {
		t.Fatalf("kept %d", len(mails))
	}
	kept := mails[0]
	if kept.ID != *output.MessageId || kept.To != "Mei@Lane.example" || kept.From != "account@mail.example" || kept.Tags["kind"] != "verify" ||
		kept.Headers["Auto-Submitted"] != "auto-generated" || kept.ConfigurationSet != "verify" || !strings.Contains(string(kept.Overrides), "Tracking") {
		t.Errorf("kept %+v", kept)
	}
	message, err := mail.ReadMessage(strings.NewReader(kept.Raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil || subject != kept.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for line := range strings.SplitSeq(kept.Raw, "\r\n") {
		if len(line) > 100 || strings.Contains(line, "\n") || !ascii(line) {
			t.Errorf("the line %q", line)
		}
	}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for _, want := range []string{"code: ABCD-EFGH\r\n中文 a=b\r\n", "<p>code: ABCD-EFGH</p>"} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || string(text) != want {
			t.Errorf("part %q, %v", text, err)
		}
	}
}

func TestWhatSESRefusesIsRefusedInTheSDKsOwnErrors(t *testing.T) {
	_, client, _ := start(t)
	many := make([]string, recipientLimit+1)
	for i := range many {
		many[i] = "a@b.example"
	}
	simple := func(i *sesv2.SendEmailInput) *types.Message { return i.Content.Simple }
	for _, test := range []struct {
		name, want string
		change     func(*sesv2.SendEmailInput)
	}{
		{"unknown set", "NotFoundException", func(i *sesv2.SendEmailInput) { i.ConfigurationSetName = aws.String("other") }},
		{"unverified sender", "MessageRejected", func(i *sesv2.SendEmailInput) { i.FromEmailAddress = aws.String("a@other.example") }},
		{"no sender", "BadRequestException", func(i *sesv2.SendEmailInput) { i.FromEmailAddress = nil }},
		{"sender with a name that is not ASCII", "BadRequestException", func(i *sesv2.SendEmailInput) { i.FromEmailAddress = aws.String("店 <account@mail.example>") }},
		{"rejected content", "MessageRejected", func(i *sesv2.SendEmailInput) { i.Destination.ToAddresses = []string{"reject@simulator.amazonses.com"} }},
		{"recipient that is not ASCII", "BadRequestException", func(i *sesv2.SendEmailInput) { i.Destination.ToAddresses = []string{"a@花灯.example"} }},
		{"local part that is not ASCII", "BadRequestException", func(i *sesv2.SendEmailInput) { i.Destination.ToAddresses = []string{"李@b.example"} }},
		{"no recipient", "BadRequestException", func(i *sesv2.SendEmailInput) { i.Destination.ToAddresses = nil }},
		{"too many recipients", "BadRequestException", func(i *sesv2.SendEmailInput) { i.Destination.ToAddresses = many }},
		{"tag", "BadRequestException", func(i *sesv2.SendEmailInput) { i.EmailTags[0].Value = aws.String("a.b") }},
		{"long tag", "BadRequestException", func(i *sesv2.SendEmailInput) { i.EmailTags[0].Value = aws.String(strings.Repeat("a", 257)) }},
		{"header that is not ASCII", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Headers[0].Value = aws.String("é") }},
		{"long header", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Headers[0].Value = aws.String(strings.Repeat("a", 996)) }},
		{"header name", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Headers[0].Name = aws.String("A:B") }},
		{"header of SES's own", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Headers[0].Name = aws.String("Message-ID") }},
		{"empty subject", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Subject.Data = aws.String("") }},
		{"subject of two lines", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Subject.Data = aws.String("a\r\nBcc: x@y.example") }},
		{"no charset", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Subject.Charset = nil }},
		{"no body", "BadRequestException", func(i *sesv2.SendEmailInput) { simple(i).Body = &types.Body{} }},
		{"a template", "BadRequestException", func(i *sesv2.SendEmailInput) {
			i.Content = &types.EmailContent{Template: &types.Template{TemplateName: aws.String("x")}}
		}},
	} {
		changed := input("mei@lane.example")
		test.change(changed)
		_, err := client.SendEmail(context.Background(), changed)
		var refused smithy.APIError
		if !errors.As(err, &refused) || refused.ErrorCode() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	var notFound *types.NotFoundException
	unknown := input("mei@lane.example")
	unknown.ConfigurationSetName = aws.String("other")
	if _, err := client.SendEmail(context.Background(), unknown); !errors.As(err, &notFound) {
		t.Errorf("not the SDK's own type: %v", err)
	}
}

package ses

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// mail is the request as a mail that goes out at now.
func (input *request) mail(now time.Time) Mail {
	simple := input.Content.Simple
	taken := Mail{
		ID: newID(), From: input.FromEmailAddress, To: strings.Join(input.recipients(), ", "), Subject: simple.Subject.Data,
		Headers: map[string]string{}, Tags: map[string]string{}, ConfigurationSet: input.ConfigurationSetName,
		Overrides: input.ConfigurationOverrides, SentAt: now.UTC().Truncate(time.Millisecond),
	}
	for _, recipient := range input.recipients() {
		if address, err := mail.ParseAddress(recipient); err == nil {
			taken.recipients = append(taken.recipients, address.Address)
		}
	}
	if from, err := mail.ParseAddress(input.FromEmailAddress); err == nil {
		taken.sender = from.Address
	}
	for _, header := range simple.Headers {
		taken.Headers[header.Name] = header.Value
	}
	for _, tag := range input.EmailTags {
		taken.Tags[tag.Name] = tag.Value
	}
	if simple.Body.Text != nil {
		taken.Text = simple.Body.Text.Data
	}
	if simple.Body.Html != nil {
		taken.HTML = simple.Body.Html.Data
	}
	taken.Raw = input.raw(taken)
	return taken
}

// raw writes the message of RFC 5322 and MIME; SES sets Message-ID and Date itself.
func (input *request) raw(taken Mail) string {
	var message bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&message, "%s: %s\r\n", name, value) }
	line("Date", taken.SentAt.Format(time.RFC1123Z))
	line("Message-ID", "<"+taken.ID+"@email.amazonses.com>")
	line("From", taken.From)
	line("To", strings.Join(input.Destination.ToAddresses, ", "))
	if len(input.Destination.CcAddresses) > 0 {
		line("Cc", strings.Join(input.Destination.CcAddresses, ", "))
	}
	if len(input.ReplyToAddresses) > 0 {
		line("Reply-To", strings.Join(input.ReplyToAddresses, ", "))
	}
	line("Subject", encodedSubject(taken.Subject))
	for _, header := range input.Content.Simple.Headers {
		line(header.Name, header.Value)
	}
	line("MIME-Version", "1.0")
	var parts []textPart
	if taken.Text != "" {
		parts = append(parts, textPart{"text/plain; charset=UTF-8", taken.Text})
	}
	if taken.HTML != "" {
		parts = append(parts, textPart{"text/html; charset=UTF-8", taken.HTML})
	}
	if len(parts) == 1 {
		line("Content-Type", parts[0].kind)
		line("Content-Transfer-Encoding", "quoted-printable")
		message.WriteString("\r\n")
		parts[0].write(&message)
		return message.String()
	}
	alternatives := multipart.NewWriter(&message)
	line("Content-Type", "multipart/alternative;\r\n boundary=\""+alternatives.Boundary()+"\"")
	message.WriteString("\r\n")
	for _, part := range parts {
		// A bytes.Buffer takes every write.
		writer, _ := alternatives.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind}, "Content-Transfer-Encoding": {"quoted-printable"}})
		part.write(writer)
	}
	alternatives.Close()
	return message.String()
}

type textPart struct{ kind, text string }

func (p textPart) write(to io.Writer) {
	encoder := quotedprintable.NewWriter(to)
	io.WriteString(encoder, strings.ReplaceAll(p.text, "\r\n", "\n"))
	encoder.Close()
}

// encodedSubject folds between the encoded words of RFC 2047.
func encodedSubject(subject string) string {
	return strings.ReplaceAll(mime.BEncoding.Encode("UTF-8", subject), "?= =?", "?=\r\n =?")
}

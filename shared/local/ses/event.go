package ses

import (
	"strings"
	"time"
)

// The objects of an event: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, held in the tests to
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html. EventBridge has the same object as its detail.

const (
	region  = "local-1"
	account = "000000000000"
	// trying is how long SES goes on trying a mail.
	trying = 840 * time.Minute
	// Who reports a bounce: what the mail server's report says, or SES itself.
	remoteReporter = "dsn; local.smtp-out.amazonses.com"
	ownReporter    = "dns; amazonses.com"
)

// stamp is SES's form of a moment.
func stamp(moment time.Time) string { return moment.UTC().Format("2006-01-02T15:04:05.000Z") }

func (m Mail) shifted(by time.Duration) Mail {
	m.SentAt = m.SentAt.Add(by)
	return m
}

// event is the event of the kind with the member that is named after it.
func event(m Mail, kind, name string, object map[string]any) map[string]any {
	return map[string]any{"eventType": kind, "mail": mailObject(m), name: object}
}

// bareEvent is one whose mail object has no headers, as DeliveryDelay and Rendering Failure have it.
func bareEvent(m Mail, kind, name string, object map[string]any) map[string]any {
	whole := event(m, kind, name, object)
	mail := whole["mail"].(map[string]any)
	delete(mail, "headers")
	delete(mail, "commonHeaders")
	return whole
}

func mailObject(m Mail) map[string]any {
	_, domain, _ := strings.Cut(strings.TrimSuffix(m.From, ">"), "@")
	tags := map[string][]string{
		"ses:configuration-set": {m.ConfigurationSet}, "ses:caller-identity": {"local"}, "ses:source-ip": {"127.0.0.1"}, "ses:from-domain": {domain},
	}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	headers := []map[string]string{
		{"name": "From", "value": m.From}, {"name": "To", "value": m.To}, {"name": "Subject", "value": m.Subject}, {"name": "MIME-Version", "value": "1.0"},
	}
	for name, value := range m.Headers {
		headers = append(headers, map[string]string{"name": name, "value": value})
	}
	return map[string]any{
		"timestamp": stamp(m.SentAt), "messageId": m.ID, "source": m.From, "sourceArn": "arn:aws:ses:" + region + ":" + account + ":identity/" + m.sender,
		"sendingAccountId": account, "destination": m.recipients, "headersTruncated": false, "headers": headers, "tags": tags,
		"commonHeaders": map[string]any{"from": []string{m.From}, "to": m.recipients, "messageId": m.ID, "subject": m.Subject},
	}
}

func sent(m Mail, _ time.Time) map[string]any { return event(m, "Send", "send", map[string]any{}) }

func delivered(m Mail, at time.Time) map[string]any {
	return event(m, "Delivery", "delivery", map[string]any{
		"timestamp": stamp(at), "processingTimeMillis": at.Sub(m.SentAt).Milliseconds(), "recipients": m.recipients,
		"smtpResponse": "250 2.6.0 Message received", "reportingMTA": "local.smtp-out.amazonses.com",
	})
}

// bounce is one recipient's. Without a report from a mail server it has neither status nor reporter; nobody: SES could not even tell whose
// it is.
type bounce struct {
	kind, subKind, status, diagnostic, reporter string
	nobody                                      bool
}

func (b bounce) event(m Mail, at time.Time) map[string]any {
	object := map[string]any{"bounceType": b.kind, "bounceSubType": b.subKind, "timestamp": stamp(at), "feedbackId": newID()}
	recipient := map[string]string{"emailAddress": m.recipients[0]}
	if b.reporter != "" {
		object["reportingMTA"] = b.reporter
		recipient["action"], recipient["status"], recipient["diagnosticCode"] = "failed", b.status, b.diagnostic
	}
	object["bouncedRecipients"] = []map[string]string{recipient}
	if b.nobody {
		object["bouncedRecipients"] = []map[string]string{}
	}
	return event(m, "Bounce", "bounce", object)
}

func complained(feedback string) func(Mail, time.Time) map[string]any {
	return func(m Mail, at time.Time) map[string]any {
		return event(m, "Complaint", "complaint", map[string]any{
			"complainedRecipients": []map[string]string{{"emailAddress": m.recipients[0]}}, "timestamp": stamp(at), "feedbackId": newID(),
			"userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": feedback, "complaintSubType": nil, "arrivalDate": stamp(at),
		})
	}
}

// suppressedComplaint is not a person's: SES says that it did not send, because somebody complained once. No report is attached to it.
func suppressedComplaint(m Mail, at time.Time) map[string]any {
	return event(m, "Complaint", "complaint", map[string]any{
		"complainedRecipients": []map[string]string{{"emailAddress": m.recipients[0]}}, "timestamp": stamp(at), "feedbackId": newID(),
		"complaintSubType": "OnAccountSuppressionList",
	})
}

func delayed(after time.Duration, kind, status, diagnostic string) step {
	return step{after: after, event: "DELIVERY_DELAY", detail: func(m Mail, at time.Time) map[string]any {
		return bareEvent(m, "DeliveryDelay", "deliveryDelay", map[string]any{
			"timestamp": stamp(at), "delayType": kind, "expirationTime": stamp(m.SentAt.Add(trying)),
			"delayedRecipients": []map[string]string{{"emailAddress": m.recipients[0], "status": status, "diagnosticCode": diagnostic}},
		})
	}}
}

func rejected(m Mail, _ time.Time) map[string]any {
	return event(m, "Reject", "reject", map[string]any{"reason": "Bad content"})
}

func failed(m Mail, _ time.Time) map[string]any {
	return bareEvent(m, "Rendering Failure", "failure", map[string]any{
		"errorMessage": "Attribute 'attributeName' is not present in the rendering data.", "templateName": "MyTemplate",
	})
}

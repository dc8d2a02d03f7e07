package ses

import (
	"slices"
	"strings"
	"time"
)

// step is one event of a mail, after a time since it was taken.
type step struct {
	after  time.Duration
	event  string // type as in a configuration set: SEND, BOUNCE ...
	detail func(m Mail, now time.Time) map[string]any
}

// fate is what becomes of a mail.
type fate struct {
	refused bool // at once, by SES
	steps   []step
}

const simulator = "@simulator.amazonses.com"

// fateOf looks at the first recipient. Addresses of the mailbox simulator have fates of their own: success, bounce, complaint, ooto
// and suppressionlist as SES has them; full, slow, moved and reject are additions. Everybody else gets the mail.
func fateOf(recipients []string) fate {
	name, simulated := strings.CutSuffix(strings.ToLower(recipients[0]), simulator)
	name, _, _ = strings.Cut(name, "+") // labels are ignored, as by SES
	send := step{50 * time.Millisecond, "SEND", sent}
	delivery := step{400 * time.Millisecond, "DELIVERY", delivered}
	if !simulated {
		return fate{steps: []step{send, delivery}}
	}
	switch name {
	case "reject":
		return fate{refused: true}
	case "bounce":
		return fate{steps: []step{send, {400 * time.Millisecond, "BOUNCE", bounced("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")}}}
	case "suppressionlist":
		return fate{steps: []step{send, {400 * time.Millisecond, "BOUNCE", bounced("Permanent", "Suppressed", "5.1.1", "Amazon SES has suppressed sending to this address")}}}
	case "full":
		return fate{steps: []step{send, {400 * time.Millisecond, "BOUNCE", bounced("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full")}}}
	case "moved":
		return fate{steps: []step{send, {400 * time.Millisecond, "BOUNCE", bounced("Permanent", "General", "5.7.17", "smtp; 550 5.7.17 mailbox owner has changed")}}}
	case "slow":
		return fate{steps: []step{send, {time.Second, "DELIVERY_DELAY", delayed}, {10 * time.Second, "DELIVERY", delivered}}}
	case "complaint":
		return fate{steps: []step{send, delivery, {800 * time.Millisecond, "COMPLAINT", complained}}}
	}
	return fate{steps: []step{send, delivery}} // success, ooto
}

// detailTypes are EventBridge's names of SES's events.
var detailTypes = map[string]string{
	"SEND": "Email Sent", "DELIVERY": "Email Delivered", "BOUNCE": "Email Bounced", "COMPLAINT": "Email Complaint Received",
	"DELIVERY_DELAY": "Email Delivery Delayed",
}

// tell publishes the events that the mail's configuration set asks for, each at its time.
func (s *Service) tell(m Mail, what fate, taken time.Time) {
	wanted := s.sets[m.ConfigurationSet].Events
	s.pending.Go(func() {
		for _, step := range what.steps {
			if !slices.Contains(wanted, step.event) {
				continue
			}
			timer := time.NewTimer(time.Until(taken.Add(step.after)))
			select {
			case <-timer.C:
			case <-s.closing:
				timer.Stop()
				return
			}
			detail := step.detail(m, taken.Add(step.after))
			detail["mail"] = mailObject(m)
			s.publish(detailTypes[step.event], detail)
		}
	})
}

// stamp is SES's form of a moment.
func stamp(moment time.Time) string { return moment.UTC().Format("2006-01-02T15:04:05.000Z") }

func mailObject(m Mail) map[string]any {
	tags := map[string][]string{"ses:configuration-set": {m.ConfigurationSet}, "ses:caller-identity": {"local"}, "ses:source-ip": {"127.0.0.1"}}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	headers := []map[string]string{{"name": "From", "value": m.From}, {"name": "To", "value": m.To}, {"name": "Subject", "value": m.Subject}}
	for name, value := range m.Headers {
		headers = append(headers, map[string]string{"name": name, "value": value})
	}
	return map[string]any{
		"timestamp": stamp(m.SentAt), "messageId": m.ID, "source": m.From, "sendingAccountId": "000000000000", "destination": m.recipients,
		"headersTruncated": false, "headers": headers, "tags": tags,
		"commonHeaders": map[string]any{"from": []string{m.From}, "to": m.recipients, "messageId": m.ID, "subject": m.Subject},
	}
}

func sent(Mail, time.Time) map[string]any {
	return map[string]any{"eventType": "Send", "send": map[string]any{}}
}

func delivered(m Mail, now time.Time) map[string]any {
	return map[string]any{"eventType": "Delivery", "delivery": map[string]any{
		"timestamp": stamp(now), "processingTimeMillis": now.Sub(m.SentAt).Milliseconds(), "recipients": m.recipients,
		"smtpResponse": "250 2.6.0 Message received", "reportingMTA": "local.smtp-out.amazonses.com",
	}}
}

func bounced(kind, subKind, status, diagnostic string) func(Mail, time.Time) map[string]any {
	return func(m Mail, now time.Time) map[string]any {
		return map[string]any{"eventType": "Bounce", "bounce": map[string]any{
			"bounceType": kind, "bounceSubType": subKind, "timestamp": stamp(now), "feedbackId": newID(), "reportingMTA": "dns; local.smtp-out.amazonses.com",
			"bouncedRecipients": []map[string]string{{"emailAddress": m.recipients[0], "action": "failed", "status": status, "diagnosticCode": diagnostic}},
		}}
	}
}

func complained(m Mail, now time.Time) map[string]any {
	return map[string]any{"eventType": "Complaint", "complaint": map[string]any{
		"complainedRecipients": []map[string]string{{"emailAddress": m.recipients[0]}}, "timestamp": stamp(now), "feedbackId": newID(),
		"userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "complaintSubType": nil, "arrivalDate": stamp(now),
	}}
}

func delayed(m Mail, now time.Time) map[string]any {
	return map[string]any{"eventType": "DeliveryDelay", "deliveryDelay": map[string]any{
		"timestamp": stamp(now), "delayType": "TransientCommunicationFailure", "expirationTime": stamp(now.Add(14 * time.Hour)),
		"delayedRecipients": []map[string]string{{"emailAddress": m.recipients[0], "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 unable to connect to remote host"}},
	}}
}

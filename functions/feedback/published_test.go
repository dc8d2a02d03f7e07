package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// null is a member that is there and null.
type null struct{}

func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// An example is one that AWS publishes, with what is changed of it, and what it has to come to.
type example struct {
	name       string
	detailType string
	file       string
	change     func(object) object
	fate       binding.Fate
	why        binding.Why
	at         string
	passed     bool // it changes nothing
}

// bounceOf is the published bounce with another type, subtype and status; "" leaves the status out, as a bounce without a
// delivery status notification has none.
func bounceOf(kind, subKind, status string) func(object) object {
	return func(d object) object {
		put(put(d, kind, "bounce", "bounceType"), subKind, "bounce", "bounceSubType")
		if status == "" {
			return put(d, nil, "bounce", "bouncedRecipients", "status")
		}
		return put(d, status, "bounce", "bouncedRecipients", "status")
	}
}

func delayOf(kind string) func(object) object {
	return func(d object) object { return put(d, kind, "deliveryDelay", "delayType") }
}

// complaintOf is the published complaint with another type of feedback and subtype.
func complaintOf(kind string, subKind any) func(object) object {
	return func(d object) object {
		return put(put(d, kind, "complaint", "complaintFeedbackType"), subKind, "complaint", "complaintSubType")
	}
}

const (
	bounceAt    = "2017-08-05T00:41:02.669Z"
	complaintAt = "2017-08-05T00:41:02.669Z"
	delayAt     = "2020-06-16T00:25:40.095Z"
	noticeAt    = "2016-01-27T14:59:38.237Z"
)

// examples are every kind of event that AWS publishes one of, and of every type and subtype on its page one made of it.
func examples() []example {
	all := []example{
		{name: "send", detailType: "Email Sent", file: "send", fate: binding.Sent, at: "2016-10-14T05:02:16.645Z"},
		{name: "delivery", detailType: "Email Delivered", file: "delivery", fate: binding.Delivered, at: "2016-10-19T23:21:04.133Z"},
		{name: "delivery notification", detailType: "Email Delivered", file: "delivery-notification", fate: binding.Delivered, at: noticeAt},
		{name: "reject", detailType: "Email Rejected", file: "reject", fate: binding.Bounced, why: binding.WhyContentRefused, at: "2016-10-14T17:38:15.211Z"},
		{name: "rendering failure", detailType: "Email Rendering Failed", file: "rendering-failure", fate: binding.Bounced, why: binding.WhyContentRefused, at: "2018-01-22T18:43:06.197Z"},
		{name: "bounce", detailType: "Email Bounced", file: "bounce", fate: binding.Bounced, why: binding.WhyUnknown, at: bounceAt},
		{name: "bounce with DSN", detailType: "Email Bounced", file: "bounce-with-dsn", fate: binding.Bounced, why: binding.WhyUnknown, at: noticeAt},
		{name: "bounce without DSN", detailType: "Email Bounced", file: "bounce-without-dsn", fate: binding.Bounced, at: noticeAt},
		{name: "complaint", detailType: "Email Complaint Received", file: "complaint", fate: binding.Complained, at: complaintAt},
		{name: "complaint with report", detailType: "Email Complaint Received", file: "complaint-with-report", fate: binding.Complained, at: noticeAt},
		{name: "complaint without report", detailType: "Email Complaint Received", file: "complaint-without-report", fate: binding.Complained, at: noticeAt},
		{name: "delay", detailType: "Email Delivery Delayed", file: "delivery-delay", fate: binding.Delayed, why: binding.WhyTemporary, at: delayAt},
	}
	for _, kind := range []string{"InternalFailure", "General", "RecipientServerError", "IPFailure", "TransientCommunicationFailure",
		"BYOIPHostNameLookupUnavailable", "Undetermined", "SendingDeferral", "SomethingNew"} {
		all = append(all, example{"delay " + kind, "Email Delivery Delayed", "delivery-delay", delayOf(kind), binding.Delayed, binding.WhyTemporary, delayAt, false})
	}
	all = append(all,
		example{"delay full", "Email Delivery Delayed", "delivery-delay", delayOf("MailboxFull"), binding.Delayed, binding.WhyFull, delayAt, false},
		example{"delay spam", "Email Delivery Delayed", "delivery-delay", delayOf("SpamDetected"), binding.Delayed, binding.WhySpam, delayAt, false})
	for _, kind := range []string{"abuse", "fraud", "other", "opt-out"} {
		all = append(all, example{"complaint " + kind, "Email Complaint Received", "complaint", complaintOf(kind, null{}), binding.Complained, "", complaintAt, false})
	}
	for _, kind := range []string{"not-spam", "auth-failure", "virus", "Not-Spam"} {
		all = append(all, example{"complaint " + kind, "Email Complaint Received", "complaint", complaintOf(kind, null{}), 0, "", complaintAt, true})
	}
	for _, subKind := range []string{"OnAccountSuppressionList", "OnTenantSuppressionList"} {
		all = append(all, example{"complaint " + subKind, "Email Complaint Received", "complaint", complaintOf("abuse", subKind), binding.Bounced, binding.WhySuppressed, complaintAt, false})
	}
	for _, b := range bounceTable {
		all = append(all, example{"bounce " + b.kind + " " + b.subKind + " " + b.status, "Email Bounced", "bounce", bounceOf(b.kind, b.subKind, b.status), b.fate, b.why, bounceAt, false})
	}
	return all
}

// P12: what the rules of the template make of each published event is what the function goes by and nothing else of it.
func TestPublishedEventsKeepTheirAddressesAndBecomeReports(t *testing.T) {
	for _, e := range examples() {
		detail := published(t, e.file)
		if e.change != nil {
			detail = e.change(detail)
		}
		inputs := delivered(t, "aws.ses", e.detailType, detail)
		if len(inputs) != 1 {
			t.Errorf("%s: %d deliveries", e.name, len(inputs))
			continue
		}
		keepsPrivate(t, e.name, inputs[0], detail)
		read, r, says, err := read([]byte(inputs[0]), dataKey(t))
		at, bad := time.Parse(time.RFC3339, e.at)
		if err != nil || bad != nil || says == e.passed || read.Event != e.detailType || r.Tag != tag() || !r.At.Equal(at) {
			t.Errorf("%s: %s is %+v, %v, %v", e.name, inputs[0], r, says, err)
		}
		if says && (r.Fate != e.fate || r.Why != e.why) {
			t.Errorf("%s: %s is %s %q, want %s %q", e.name, inputs[0], r.Fate, r.Why, e.fate, e.why)
		}
	}
}

// goneBy are the members of an event of SES that reach the function.
var goneBy = []string{
	"mail.timestamp", "mail.tags.t.0", "bounce.timestamp", "bounce.bounceType", "bounce.bounceSubType", "bounce.bouncedRecipients.0.status",
	"complaint.timestamp", "complaint.complaintFeedbackType", "complaint.complaintSubType", "delivery.timestamp", "deliveryDelay.timestamp", "deliveryDelay.delayType",
}

// keepsPrivate wants no text of the event in the input but those.
func keepsPrivate(t *testing.T, name, input string, detail object) {
	t.Helper()
	all := texts("", detail)
	var known []string
	for path, text := range all {
		if slices.Contains(goneBy, path) || path == "eventType" || path == "notificationType" {
			known = append(known, text)
		}
	}
	looked := 0
	for path, text := range all {
		if slices.Contains(known, text) {
			continue
		}
		looked++
		if len(text) > 3 && strings.Contains(input, text) {
			t.Errorf("%s: %s is in %s", name, path, input)
		}
	}
	if looked < 4 || strings.Contains(input, "@") || strings.Contains(input, "example") {
		t.Errorf("%s: %d texts looked for in %s", name, looked, input)
	}
}

// texts are the texts of decoded JSON by their paths.
func texts(path string, value any) map[string]string {
	all := map[string]string{}
	add := func(step string, inner any) {
		for p, text := range texts(strings.TrimPrefix(path+"."+step, "."), inner) {
			all[p] = text
		}
	}
	switch value := value.(type) {
	case string:
		all[path] = value
	case object:
		for name, inner := range value {
			add(name, inner)
		}
	case []any:
		for i, inner := range value {
			add(fmt.Sprint(i), inner)
		}
	}
	return all
}

// Events of other mails of the account, of other accounts and of who only says to be SES reach nothing; nor do kinds that
// we do not ask for.
func TestOnlyReportsOfOurMailsReachTheFunction(t *testing.T) {
	if got := delivered(t, "aws.ses", "Email Bounced", ours(t, published(t, "bounce"), "RecoverSet")); len(got) != 1 {
		t.Errorf("%d deliveries of a mail to an owner", len(got))
	}
	another := put(published(t, "bounce"), []any{"newsletter"}, "mail", "tags", "ses:configuration-set")
	if got := delivered(t, "aws.ses", "Email Bounced", another); len(got) != 0 {
		t.Errorf("another set's mail: %v", got)
	}
	if got := delivered(t, "aws.ses", "Email Bounced", put(published(t, "bounce"), nil, "mail", "tags")); len(got) != 0 {
		t.Errorf("a mail without a set: %v", got)
	}
	if got := delivered(t, "mailbind", "Email Bounced", published(t, "bounce")); len(got) != 0 {
		t.Errorf("another source: %v", got)
	}
	for _, kind := range []string{"Email Opened", "Email Clicked", "Email Subscribed", "Sending Status Disabled"} {
		if got := delivered(t, "aws.ses", kind, published(t, "send")); len(got) != 0 {
			t.Errorf("%s: %v", kind, got)
		}
	}
	product, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range product.Rules {
		if fmt.Sprint(r.Pattern["account"]) != "[000000000000]" {
			t.Errorf("%s is for the account %v", r.Name, r.Pattern["account"])
		}
	}
}

// What SES leaves out or says in a new way makes a report all the same, or none, and never an error that comes again.
func TestPartsThatAreMissingMakeSensibleReports(t *testing.T) {
	for name, c := range map[string]struct {
		detailType, file string
		change           func(object) object
		fate             binding.Fate
		why              binding.Why
		at               time.Time
	}{
		"bounce without recipients": {"Email Bounced", "bounce", func(d object) object { return put(d, []any{}, "bounce", "bouncedRecipients") }, binding.Bounced, "", bounceTime},
		"bounce without type":       {"Email Bounced", "bounce", func(d object) object { return put(put(d, nil, "bounce", "bounceType"), nil, "bounce", "bounceSubType") }, binding.Bounced, binding.WhyUnknown, bounceTime},
		"bounce without time":       {"Email Bounced", "bounce", func(d object) object { return put(d, nil, "bounce", "timestamp") }, binding.Bounced, binding.WhyUnknown, told},
		"bounce with null":          {"Email Bounced", "bounce", func(d object) object { return put(d, null{}, "bounce", "bouncedRecipients", "status") }, binding.Bounced, "", bounceTime},
		"status that is no status":  {"Email Bounced", "bounce", func(d object) object { return put(d, `5.1.1","tag":"x`, "bounce", "bouncedRecipients", "status") }, binding.Bounced, "", bounceTime},
		"status with a comment":     {"Email Bounced", "bounce", func(d object) object { return put(d, "5.1.1 (unknown)", "bounce", "bouncedRecipients", "status") }, binding.Bounced, binding.WhyUnknown, bounceTime},
		"status and more":           {"Email Bounced", "bounce", func(d object) object { return put(d, "5.1.1x", "bounce", "bouncedRecipients", "status") }, binding.Bounced, "", bounceTime},
		"clock that is ahead":       {"Email Bounced", "bounce", func(d object) object { return put(d, "2126-01-01T00:00:00.000Z", "bounce", "timestamp") }, binding.Bounced, binding.WhyUnknown, told},
		"clock that is behind":      {"Email Bounced", "bounce", func(d object) object { return put(d, "1970-01-01T00:00:00.000Z", "bounce", "timestamp") }, binding.Bounced, binding.WhyUnknown, mailedTime},
		"no time of SES at all":     {"Email Sent", "send", func(d object) object { return put(d, nil, "mail", "timestamp") }, binding.Sent, "", told},
	} {
		inputs := delivered(t, "aws.ses", c.detailType, c.change(published(t, c.file)))
		if len(inputs) != 1 {
			t.Errorf("%s: %d deliveries", name, len(inputs))
			continue
		}
		_, r, says, err := read([]byte(inputs[0]), dataKey(t))
		if err != nil || !says || r.Fate != c.fate || r.Why != c.why || !r.At.Equal(c.at) || r.Tag != tag() {
			t.Errorf("%s: %s is %+v, %v, %v", name, inputs[0], r, says, err)
		}
		// Read again, be it a day later, it is the same report, or it would count as another: nothing asks for the time.
		if _, again, _, _ := read([]byte(inputs[0]), dataKey(t)); again != r || r.Mailed.After(r.At) || r.At.After(r.Told) {
			t.Errorf("%s: %+v, and a day later %+v", name, r, again)
		}
	}
}

var (
	bounceTime = time.Date(2017, 8, 5, 0, 41, 2, 669e6, time.UTC)
	mailedTime = time.Date(2017, 8, 5, 0, 40, 2, 12e6, time.UTC)
)

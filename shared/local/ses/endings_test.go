package ses

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

const (
	sendEvent     = `{"eventType":"Send","send":{}}`
	deliveryEvent = `{"delivery":{"processingTimeMillis":400,"recipients":["ADDRESS"],"reportingMTA":"local.smtp-out.amazonses.com",` +
		`"smtpResponse":"250 2.6.0 Message received","timestamp":"T"},"eventType":"Delivery"}`
	slowDelivery = `{"delivery":{"processingTimeMillis":5000,"recipients":["ADDRESS"],"reportingMTA":"local.smtp-out.amazonses.com",` +
		`"smtpResponse":"250 2.6.0 Message received","timestamp":"T"},"eventType":"Delivery"}`
	remote = "dsn; local.smtp-out.amazonses.com"
)

func bounceEvent(kind, subKind, status, diagnostic, reporter string) string {
	recipient, err := json.Marshal([]map[string]string{{"action": "failed", "diagnosticCode": diagnostic, "emailAddress": "ADDRESS", "status": status}})
	if err != nil {
		panic(err)
	}
	return `{"bounce":{"bounceSubType":"` + subKind + `","bounceType":"` + kind + `","bouncedRecipients":` + string(recipient) +
		`,"feedbackId":"F","reportingMTA":"` + reporter + `","timestamp":"T"},"eventType":"Bounce"}`
}

func delayEvent(kind, status, diagnostic string) string {
	return `{"deliveryDelay":{"delayType":"` + kind + `","delayedRecipients":[{"diagnosticCode":"` + diagnostic + `","emailAddress":"ADDRESS","status":"` + status +
		`"}],"expirationTime":"T","timestamp":"T"},"eventType":"DeliveryDelay"}`
}

func complaintEvent(feedback string) string {
	return `{"complaint":{"arrivalDate":"T","complainedRecipients":[{"emailAddress":"ADDRESS"}],"complaintFeedbackType":"` + feedback +
		`","complaintSubType":null,"feedbackId":"F","timestamp":"T","userAgent":"Amazon SES Mailbox Simulator"},"eventType":"Complaint"}`
}

// TestEveryEndingIsToldAsSESTellsIt holds each ending to the whole of its events, but for the mail object. The shapes are those of "Examples of
// event data that Amazon SES publishes to Amazon SNS", and of recorded events of the simulator's own addresses.
func TestEveryEndingIsToldAsSESTellsIt(t *testing.T) {
	full := delayEvent("MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full")
	for name, want := range wantedEndings(full) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				address := strings.ToUpper(name[:1]) + name[1:] + "+label@" + Simulator
				events := s.told("verify", address)
				if len(events) != len(want) {
					t.Fatalf("got %s", kinds(events))
				}
				for i, event := range events {
					if got := shape(t, event); got != strings.ReplaceAll(want[i], "ADDRESS", address) {
						t.Errorf("event %d\n got %s\nwant %s", i, got, want[i])
					}
				}
				if len(s.list) != 0 {
					t.Errorf("the simulator's address is on the list: %v", s.list)
				}
			})
		})
	}
	all := append(slices.Collect(maps.Keys(wantedEndings(full))), "reject")
	for name := range endings {
		if !slices.Contains(all, name) {
			t.Errorf("no test knows the ending %s", name)
		}
	}
}

func wantedEndings(full string) map[string][]string {
	onAccount := bounceEvent("Permanent", "OnAccountSuppressionList", "5.1.1", "Amazon SES did not send the message to this address because it is on the "+
		"suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "+
		"https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html", "dns; amazonses.com")
	unknown := bounceEvent("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown", remote)
	return map[string][]string{
		"success": {sendEvent, deliveryEvent}, "delivered": {sendEvent, deliveryEvent}, "anybody": {sendEvent, deliveryEvent},
		"bounce":       {sendEvent, unknown},
		"returned":     {sendEvent, deliveryEvent, unknown},
		"no-email":     {sendEvent, bounceEvent("Permanent", "NoEmail", "5.1.1", "smtp; 550 5.1.1 The email account that you tried to reach does not exist", remote)},
		"dead-domain":  {sendEvent, bounceEvent("Permanent", "General", "5.1.2", "smtp; 550 5.1.2 bad destination system address", remote)},
		"moved":        {sendEvent, bounceEvent("Permanent", "General", "5.7.17", "smtp; 550 5.7.17 mailbox owner has changed", remote)},
		"domain-moved": {sendEvent, bounceEvent("Permanent", "General", "5.7.18", "smtp; 550 5.7.18 domain owner has changed", remote)},
		"spam":         {sendEvent, bounceEvent("Permanent", "General", "5.7.1", "smtp; 550 5.7.1 message refused as spam", remote)},
		"forged-status": {sendEvent,
			bounceEvent("Permanent", "General", `5.1.1","kind":"recover`, `smtp; 550 5.1.1 "user" \ unknown <tag>`, remote)},
		"invalid-domain": {sendEvent, bounceEvent("Transient", "General", "5.4.4", "smtp; 550 5.4.4 Invalid domain", "dns; amazonses.com")},
		"content":        {sendEvent, bounceEvent("Transient", "ContentRejected", "5.6.0", "smtp; 554 5.6.0 message content rejected", remote)},
		"full":           {sendEvent, full, full, bounceEvent("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full", remote)},
		"expired": {sendEvent, delayEvent("RecipientServerError", "4.3.0", "smtp; 451 4.3.0 try again later"), bounceEvent("Transient", "General", "4.4.7",
			"smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<451 4.3.0 try again later>", remote)},
		"slow":      {sendEvent, delayEvent("TransientCommunicationFailure", "4.4.1", "smtp; 421 4.4.1 Unable to connect to remote host"), slowDelivery},
		"complaint": {sendEvent, deliveryEvent, complaintEvent("abuse")},
		"not-spam":  {sendEvent, deliveryEvent, complaintEvent("not-spam")},
		"ooto": {sendEvent, deliveryEvent, `{"bounce":{"bounceSubType":"General","bounceType":"Transient","bouncedRecipients":[{"emailAddress":"ADDRESS"}],` +
			`"feedbackId":"F","timestamp":"T"},"eventType":"Bounce"}`},
		"undetermined": {sendEvent, deliveryEvent,
			`{"bounce":{"bounceSubType":"Undetermined","bounceType":"Undetermined","bouncedRecipients":[],"feedbackId":"F","timestamp":"T"},"eventType":"Bounce"}`},
		"suppressionlist": {sendEvent, bounceEvent("Permanent", "Suppressed", "5.1.1", "Amazon SES has suppressed sending to this address because it has a recent "+
			"history of bouncing as an invalid address. For more information about how to remove an address from the suppression list, see the Amazon SES "+
			"Developer Guide: https://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html", "dns; amazonses.com")},
		"listed": {sendEvent, onAccount},
		"listed-complaint": {sendEvent, `{"complaint":{"complainedRecipients":[{"emailAddress":"ADDRESS"}],"complaintSubType":"OnAccountSuppressionList",` +
			`"feedbackId":"F","timestamp":"T"},"eventType":"Complaint"}`},
		"virus": {sendEvent, `{"eventType":"Reject","reject":{"reason":"Bad content"}}`},
		"rendering": {`{"eventType":"Rendering Failure","failure":{"errorMessage":"Attribute 'attributeName' is not present in the rendering data.",` +
			`"templateName":"MyTemplate"}}`},
	}
}

// TestTheMailObjectHasThePublishedMembers holds the mail object of each event to the members of the published example of its kind.
func TestTheMailObjectHasThePublishedMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		bare := []string{"destination", "headersTruncated", "messageId", "sendingAccountId", "source", "sourceArn", "tags", "timestamp"}
		whole := slices.Sorted(slices.Values(append([]string{"commonHeaders", "headers"}, bare...)))
		for _, name := range []string{"complaint", "full", "virus", "rendering"} {
			for _, event := range s.told("verify", name+"@"+Simulator) {
				mail := event.detail["mail"].(map[string]any)
				want := whole
				if event.kind == "Email Delivery Delayed" || event.kind == "Email Rendering Failed" {
					want = bare
				}
				if got := slices.Sorted(maps.Keys(mail)); !slices.Equal(got, want) {
					t.Errorf("%s: members %v, want %v", event.kind, got, want)
				}
				tags := mail["tags"].(map[string][]string)
				wantTags := map[string]string{
					"kind": "verify", "ses:configuration-set": "verify", "ses:from-domain": "mail.example", "ses:caller-identity": "local", "ses:source-ip": "127.0.0.1",
				}
				for tag, value := range wantTags {
					if len(tags) != len(wantTags) || !slices.Equal(tags[tag], []string{value}) {
						t.Errorf("%s: tags %v", event.kind, tags)
					}
				}
				if mail["source"] != "Shop <account@mail.example>" || mail["sourceArn"] != "arn:aws:ses:local-1:000000000000:identity/account@mail.example" {
					t.Errorf("%s: from %v, %v", event.kind, mail["source"], mail["sourceArn"])
				}
			}
		}
	})
}

func TestRejectIsRefusedWhenItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		var refused *fault
		if err := s.mail("verify", "reject+x@"+Simulator); !errors.As(err, &refused) || refused.kind != "MessageRejected" {
			t.Errorf("got %v", err)
		}
		if len(s.Mails("")) != 0 || len(s.events()) != 0 {
			t.Errorf("kept %d, told %s", len(s.Mails("")), kinds(s.events()))
		}
	})
}

func TestAMailboxEndsAsAScriptSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.change(`{"mailboxes":{"Mei@Lane.example":"moved","bounce@` + Simulator + `":"delivered","li@lane.example":"reject"}}`)
		if got := kinds(s.told("recover", "mei@lane.EXAMPLE")); got != "Email Sent, Email Bounced" {
			t.Errorf("moved: %s", got)
		}
		if got := kinds(s.told("recover", "bounce@"+Simulator)); got != "Email Sent, Email Delivered" {
			t.Errorf("delivered: %s", got)
		}
		if err := s.mail("recover", "li@lane.example"); err == nil {
			t.Error("reject was taken")
		}
		// A recycled mailbox: unknown at first, and somebody's again.
		s.change(`{"mailboxes":{"mei@lane.example":"delivered"}}`)
		if got := kinds(s.told("recover", "mei@lane.example")); got != "Email Sent, Email Delivered" {
			t.Errorf("recycled: %s", got)
		}
		s.change(`{"mailboxes":{"bounce@` + Simulator + `":""}}`)
		if got := kinds(s.told("recover", "bounce@"+Simulator)); got != "Email Sent, Email Bounced" {
			t.Errorf("given back: %s", got)
		}
		if left := s.State().Mailboxes; !maps.Equal(left, map[string]string{"mei@lane.example": "delivered", "li@lane.example": "reject"}) {
			t.Errorf("left %v", left)
		}
	})
}

func TestTheAccountsListHoldsBackWhatASetSuppresses(t *testing.T) {
	const onIt = "Email Sent, Email Bounced"
	for _, test := range []struct{ name, ending, first, second, then string }{
		{"a hard bounce", "bounce", "verify", "verify", onIt},
		{"a complaint", "complaint", "verify", "verify", onIt},
		{"what the account does by itself", "bounce", "unsaid", "verify", onIt},
		{"a set that goes past the list", "bounce", "verify", "recover", "Email Sent, Email Delivered"},
		{"a set that puts nobody on it", "bounce", "recover", "verify", "Email Sent, Email Delivered"},
		{"a set that has another reason", "bounce", "verify", "complaints", "Email Sent, Email Delivered"},
		{"a set that has the same reason", "complaint", "verify", "complaints", onIt},
		{"a soft bounce", "full", "verify", "verify", "Email Sent, Email Delivered"},
		{"an automatic answer", "ooto", "verify", "verify", "Email Sent, Email Delivered"},
		{"a report that it is no spam", "not-spam", "verify", "verify", "Email Sent, Email Delivered"},
		{"what SES held back itself", "suppressionlist", "verify", "verify", "Email Sent, Email Delivered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				s.change(`{"events":"off","mailboxes":{"mei@lane.example":"` + test.ending + `"}}`) // the list knows without the events
				s.told(test.first, "mei@lane.example")
				s.change(`{"events":"prompt","mailboxes":{"mei@lane.example":"delivered"}}`)
				events := s.told(test.second, "Mei@lane.example")
				if got := kinds(events); got != test.then {
					t.Fatalf("got %s, want %s", got, test.then)
				}
				if test.then == onIt && !strings.Contains(shape(t, events[1]), `"bounceSubType":"OnAccountSuppressionList"`) {
					t.Errorf("got %s", shape(t, events[1]))
				}
			})
		})
	}
}

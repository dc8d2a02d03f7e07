package main

import (
	"strings"

	"mailbind/shared/binding"
)

// A verdict is what an event says of the mail, in our own words.
type verdict struct {
	fate binding.Fate
	why  binding.Why
}

// plain are the events that say all there is to say by their names. A mail is rejected for a virus that SES
// finds in it, and a rendering fails for a template's sake: we have none, so both are for us to look at.
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
var plain = map[string]verdict{
	"Email Sent":             {binding.Sent, binding.WhyNone},
	"Email Delivered":        {binding.Delivered, binding.WhyNone},
	"Email Rejected":         {binding.Bounced, binding.WhyContentRefused},
	"Email Rendering Failed": {binding.Bounced, binding.WhyContentRefused},
}

// verdict reads what the event says. says is false for what changes nothing, known for an event of no rule.
func (e event) verdict() (v verdict, says, known bool) {
	if v, ok := plain[e.Event]; ok {
		return v, true, true
	}
	switch e.Event {
	case "Email Bounced":
		return e.bounce(), true, true
	case "Email Delivery Delayed":
		return e.delay(), true, true
	case "Email Complaint Received":
		v, says = e.complaint()
		return v, says, true
	}
	return verdict{}, false, false
}

// delay goes by the delay's type (same page, "DeliveryDelay object"). SES goes on trying: all types but two are
// trouble on the way, which the account holder can only wait for.
func (e event) delay() verdict {
	why := binding.WhyTemporary
	switch e.Type {
	case "MailboxFull":
		why = binding.WhyFull
	case "SpamDetected":
		why = binding.WhySpam
	}
	return verdict{binding.Delayed, why}
}

// complaint goes by the complaint's subtype and the type of the feedback report (RFC 5965 section 3.1, its
// types at https://www.iana.org/assignments/marf-parameters/; the values are case-insensitive). Without a report,
// or with one of a type to come, it is a complaint: somebody or something took the mail for unwanted.
func (e event) complaint() (v verdict, says bool) {
	switch e.SubType {
	case "OnAccountSuppressionList", "OnTenantSuppressionList": // about another mail, long ago; this one SES did not send
		return verdict{binding.Bounced, binding.WhySuppressed}, true
	}
	switch strings.ToLower(e.Type) {
	case "not-spam", "auth-failure", "virus": // the contrary, or a machine's word about the mail and not a person's
		return verdict{}, false
	}
	return verdict{binding.Complained, binding.WhyNone}, true
}

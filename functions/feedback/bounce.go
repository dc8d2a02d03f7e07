package main

import (
	"regexp"
	"strings"

	"mailbind/shared/binding"
)

// A bounce is a kind of bounces, and what it says of the mail.
type bounce struct {
	kind, subKind, status string
	fate                  binding.Fate
	why                   binding.Why
}

// bounces are the kinds of bounces, the first that fits counts. Types and subtypes are SES's ("Bounce types"
// of https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html), status codes those
// of https://www.iana.org/assignments/smtp-enhanced-status-codes/ (RFC 3463 and later). "" fits everything; a
// status that ends in a dot fits those that begin with it.
//
// A server says by its status what it refused, and SES's type and subtype are a reading of that, so the status
// counts first. mailbox-unknown leads to a hold of the account's recovery in the end, so only a server that
// surely speaks of a mailbox that is not there may say so; a bounce without a reason makes a doubt, and mail
// is still tried.
var bounces = []bounce{
	// SES took the mail and did not try to send it. The status that it gives with the first of these, 5.1.1, is its
	// own word, and the list is one that it keeps for all its customers: what the server says is not known.
	{"", "Suppressed", "", binding.Bounced, binding.WhySuppressed},
	{"", "OnAccountSuppressionList", "", binding.Bounced, binding.WhySuppressed},
	{"", "OnTenantSuppressionList", "", binding.Bounced, binding.WhySuppressed},
	{"", "UnsubscribedRecipient", "", binding.Bounced, binding.WhySuppressed},
	{"", "EmailValidationSuppressed", "", binding.Bounced, binding.WhySuppressed},
	// RFC 7293: mailbox or domain has another owner than when it was proved. No other condition has
	// these codes, and nobody but a server that was asked says them: they count under each type.
	{"", "", "5.7.17", binding.Bounced, binding.WhyOwnerChanged},
	{"", "", "5.7.18", binding.Bounced, binding.WhyOwnerChanged},

	// Transient: SES tried for hours, or a server answered after it had taken the mail. An out-of-office answer
	// comes as General too, so nothing here but what is said about the mail itself undoes a delivery.
	{"Transient", "MailboxFull", "", binding.GaveUp, binding.WhyFull},
	{"Transient", "ContentRejected", "", binding.Bounced, binding.WhySpam}, // a filter's word
	{"Transient", "AttachmentRejected", "", binding.Bounced, binding.WhyContentRefused},
	{"Transient", "MessageTooLarge", "", binding.Bounced, binding.WhyContentRefused},
	{"Transient", "", "4.2.2", binding.GaveUp, binding.WhyFull},
	{"Transient", "", "5.2.2", binding.GaveUp, binding.WhyFull},
	{"Transient", "", "5.7.", binding.GaveUp, binding.WhySpam},
	// SES's own word for a domain that is not in DNS: no automatic answer has it.
	{"Transient", "", "5.4.4", binding.Bounced, binding.WhyNoMail},
	{"Transient", "", "", binding.GaveUp, binding.WhyTemporary}, // General, CustomTimeoutExceeded
	// Where SES cannot tell, a status of class 4 is a server's "not now".
	{"Undetermined", "", "4.2.2", binding.GaveUp, binding.WhyFull},
	{"Undetermined", "", "4.", binding.GaveUp, binding.WhyTemporary},
	// Without any it may be an automatic answer too: some come without a recipient.
	{"Undetermined", "", none, binding.GaveUp, binding.WhyNone},

	// Permanent and Undetermined.
	{"", "", "5.1.1", binding.Bounced, binding.WhyUnknown}, // "the mailbox specified in the address does not exist"
	{"", "", "5.1.6", binding.Bounced, binding.WhyUnknown}, // "was at one time valid, but mail is no longer being accepted"
	// The domain: it does not exist or takes no mail; it says so itself (null MX, RFC 7505); no way to it is known,
	// which is also what SES says of a domain without any record.
	{"", "", "5.1.2", binding.Bounced, binding.WhyNoMail},
	{"", "", "5.1.10", binding.Bounced, binding.WhyNoMail},
	{"", "", "5.4.4", binding.Bounced, binding.WhyNoMail},
	{"", "", "5.2.2", binding.Bounced, binding.WhyFull},
	// "The mailbox exists, but is not accepting messages". Gmail says it of mailboxes that get too much mail, too,
	// and so anybody could have an owner's recovery held by a flood.
	{"", "", "5.2.1", binding.Bounced, binding.WhyNone},
	{"", "", "5.2.3", binding.Bounced, binding.WhyContentRefused}, // longer than the mailbox may take
	{"", "", "5.3.4", binding.Bounced, binding.WhyContentRefused}, // bigger than the system may take
	{"", "", "5.6.", binding.Bounced, binding.WhyContentRefused},  // its content or its form
	{"", "", "5.7.", binding.Bounced, binding.WhySpam},            // security and policy: what filters answer
	// What is left of the statuses is no server's clear word: 5.1.0 is anything about the address, 5.1.3 its
	// syntax, which was good enough to be proved, 5.4.1 an unknown recipient at one large provider and a line
	// that is down at others, 5.0.0 and 5.5.0 anything at all. There SES's reading of the whole answer counts.
	{"", "NoEmail", "", binding.Bounced, binding.WhyUnknown},
	{"", "", "", binding.Bounced, binding.WhyNone},
}

// none stands for a bounce without a status code, or with one that is none.
const none = "none"

// enhanced is a status code as RFC 3463 section 2 has it, with what may follow it: a comment, in which a server
// may say anything (RFC 3464 section 2.1.1). Anything else that a server sends is none.
var enhanced = regexp.MustCompile(`(?s)^([245]\.\d{1,3}\.\d{1,3})(?:[ \t\r\n(].*)?$`)

func (e event) bounce() verdict {
	status := none
	if code := enhanced.FindStringSubmatch(strings.TrimSpace(e.Status)); code != nil {
		status = code[1]
	}
	for _, b := range bounces {
		if b.fits(e.Type, e.SubType, status) {
			return verdict{b.fate, b.why}
		}
	}
	panic("feedback: internal error: no kind fits every bounce")
}

func (b bounce) fits(kind, subKind, status string) bool {
	under := strings.HasSuffix(b.status, ".") && strings.HasPrefix(status, b.status)
	return (b.kind == "" || b.kind == kind) && (b.subKind == "" || b.subKind == subKind) && (b.status == "" || b.status == status || under)
}

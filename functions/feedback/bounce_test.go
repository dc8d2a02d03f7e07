package main

import (
	"fmt"
	"slices"
	"testing"

	"mailbind/shared/binding"
)

// bounceTable holds each type and subtype of AWS's page and each status that decides, with what they come to.
var bounceTable = []struct {
	kind, subKind, status string
	fate                  binding.Fate
	why                   binding.Why
}{
	{"Undetermined", "Undetermined", "", binding.GaveUp, ""},
	{"Undetermined", "Undetermined", "5.1.1", binding.Bounced, binding.WhyUnknown},
	{"Undetermined", "Undetermined", "5.7.1", binding.Bounced, binding.WhySpam},
	{"Undetermined", "Undetermined", "4.2.2", binding.GaveUp, binding.WhyFull},
	{"Undetermined", "Undetermined", "4.4.7", binding.GaveUp, binding.WhyTemporary},
	{"Permanent", "General", "", binding.Bounced, ""},
	{"Permanent", "General", "5.0.0", binding.Bounced, ""},
	{"Permanent", "General", "5.1.0", binding.Bounced, ""},
	{"Permanent", "General", "5.1.2", binding.Bounced, binding.WhyNoMail},
	{"Permanent", "General", "5.1.3", binding.Bounced, ""},
	{"Permanent", "General", "5.1.6", binding.Bounced, binding.WhyUnknown},
	{"Permanent", "General", "5.1.10", binding.Bounced, binding.WhyNoMail},
	{"Permanent", "General", "5.1.11", binding.Bounced, ""},
	{"Permanent", "General", "5.2.1", binding.Bounced, ""},
	{"Permanent", "General", "5.2.2", binding.Bounced, binding.WhyFull},
	{"Permanent", "General", "5.2.3", binding.Bounced, binding.WhyContentRefused},
	{"Permanent", "General", "5.3.4", binding.Bounced, binding.WhyContentRefused},
	{"Permanent", "General", "5.4.1", binding.Bounced, ""},
	{"Permanent", "General", "5.4.4", binding.Bounced, binding.WhyNoMail},
	{"Permanent", "General", "5.5.0", binding.Bounced, ""},
	{"Permanent", "General", "5.6.0", binding.Bounced, binding.WhyContentRefused},
	{"Permanent", "General", "5.6.11", binding.Bounced, binding.WhyContentRefused},
	{"Permanent", "General", "5.7.1", binding.Bounced, binding.WhySpam},
	{"Permanent", "General", "5.7.17", binding.Bounced, binding.WhyOwnerChanged},
	{"Permanent", "General", "5.7.18", binding.Bounced, binding.WhyOwnerChanged},
	{"Permanent", "General", "5.7.26", binding.Bounced, binding.WhySpam},
	{"Permanent", "General", "4.4.7", binding.Bounced, ""},
	{"Permanent", "NoEmail", "", binding.Bounced, binding.WhyUnknown},
	{"Permanent", "NoEmail", "5.1.1", binding.Bounced, binding.WhyUnknown},
	{"Permanent", "NoEmail", "5.5.0", binding.Bounced, binding.WhyUnknown},
	{"Permanent", "NoEmail", "5.2.1", binding.Bounced, ""},
	{"Permanent", "NoEmail", "5.4.4", binding.Bounced, binding.WhyNoMail},
	{"Permanent", "NoEmail", "5.7.17", binding.Bounced, binding.WhyOwnerChanged},
	{"Permanent", "Suppressed", "5.1.1", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "OnAccountSuppressionList", "", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "OnAccountSuppressionList", "5.1.1", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "OnTenantSuppressionList", "", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "UnsubscribedRecipient", "", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "EmailValidationSuppressed", "", binding.Bounced, binding.WhySuppressed},
	{"Permanent", "SomethingNew", "", binding.Bounced, ""},
	{"SomethingNew", "SomethingNew", "", binding.Bounced, ""},
	{"Transient", "General", "", binding.GaveUp, binding.WhyTemporary},
	{"Transient", "General", "5.1.1", binding.GaveUp, binding.WhyTemporary},
	{"Transient", "General", "4.2.2", binding.GaveUp, binding.WhyFull},
	{"Transient", "General", "5.2.2", binding.GaveUp, binding.WhyFull},
	{"Transient", "General", "4.7.1", binding.GaveUp, binding.WhyTemporary},
	{"Transient", "General", "5.7.1", binding.GaveUp, binding.WhySpam},
	{"Transient", "General", "5.7.17", binding.Bounced, binding.WhyOwnerChanged},
	{"Transient", "MailboxFull", "", binding.GaveUp, binding.WhyFull},
	{"Transient", "MailboxFull", "5.1.1", binding.GaveUp, binding.WhyFull},
	{"Transient", "MessageTooLarge", "", binding.Bounced, binding.WhyContentRefused},
	{"Transient", "CustomTimeoutExceeded", "", binding.GaveUp, binding.WhyTemporary},
	{"Transient", "ContentRejected", "", binding.Bounced, binding.WhySpam},
	{"Transient", "ContentRejected", "5.1.1", binding.Bounced, binding.WhySpam},
	{"Transient", "AttachmentRejected", "", binding.Bounced, binding.WhyContentRefused},
	{"Transient", "SomethingNew", "", binding.GaveUp, binding.WhyTemporary},
	{"Transient", "General", "5.4.4", binding.Bounced, binding.WhyNoMail},
}

// Twice mailbox-unknown or domain-accepts-no-mail holds an account's recovery. Of all that a server can say, with all that
// SES can make of it, this is what leads there; SES's own lists and what is passing never do.
func TestOnlySureWordsCallAMailboxGone(t *testing.T) {
	surely := []string{"5.1.1", "5.1.6", "5.1.2", "5.1.10", "5.4.4"}
	statuses := []string{"", "2.0.0", "9.9.9", "5.1.1.1", "null"}
	for class := 4; class <= 5; class++ {
		for subject := range 8 {
			for detail := range 40 {
				statuses = append(statuses, fmt.Sprintf("%d.%d.%d", class, subject, detail))
			}
		}
	}
	kinds := []string{"", "Permanent", "Transient", "Undetermined", "SomethingNew"}
	subKinds := []string{"", "General", "NoEmail", "Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList", "UnsubscribedRecipient", "EmailValidationSuppressed",
		"MailboxFull", "MessageTooLarge", "CustomTimeoutExceeded", "ContentRejected", "AttachmentRejected", "Undetermined", "SomethingNew"}
	unsent := subKinds[3:8]
	for _, kind := range kinds {
		for _, subKind := range subKinds {
			for _, status := range statuses {
				v := event{Type: kind, SubType: subKind, Status: status}.bounce()
				gone := v.why == binding.WhyUnknown || v.why == binding.WhyNoMail
				may := (kind != "Transient" || status == "5.4.4") && !slices.Contains(unsent, subKind) && (subKind == "NoEmail" || slices.Contains(surely, status))
				if gone && (!may || v.fate != binding.Bounced) {
					t.Errorf("%s %s %s is %v", kind, subKind, status, v)
				}
				foreign := (status == "5.7.17" || status == "5.7.18") && !slices.Contains(unsent, subKind)
				if foreign != (v.why == binding.WhyOwnerChanged) {
					t.Errorf("%s %s %s is %v", kind, subKind, status, v)
				}
				if v.fate != binding.Bounced && v.fate != binding.GaveUp {
					t.Errorf("%s %s %s is %v", kind, subKind, status, v)
				}
			}
		}
	}
}

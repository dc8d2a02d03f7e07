package ses

import (
	"strings"
	"time"
)

// ending is what becomes of a mail, in the order of time. Without a step the mail is refused when it is sent.
type ending []step

// step is one event of a mail.
type step struct {
	after  time.Duration // since the mail was taken
	event  string        // type as in a configuration set: SEND, BOUNCE ...
	detail func(m Mail, at time.Time) map[string]any
	lists  string // why the address comes onto the account's suppression list with it: "BOUNCE", "COMPLAINT" or "" for not at all
}

// Simulator is the domain of SES's mailbox simulator.
const Simulator = "simulator.amazonses.com"

// A mail server answers within seconds; these are shorter, in the proportions that scripts and people can watch.
const (
	atOnce    = 50 * time.Millisecond
	answered  = 400 * time.Millisecond
	reported  = 800 * time.Millisecond // by the person, or by his mail program
	firstTry  = time.Second
	secondTry = 2 * time.Second
	lastTry   = 3 * time.Second
	patience  = 5 * time.Second
)

var (
	send     = step{after: atOnce, event: "SEND", detail: sent}
	delivery = step{after: answered, event: "DELIVERY", detail: delivered}
)

// endings are what a mailbox can do with a mail, by the local part that plays it at the simulator's domain (a label after + is
// ignored, as by SES). success, bounce, complaint, ooto and suppressionlist are the simulator's own:
// https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator. What SES publishes for them was seen
// in recorded events: bounce is Permanent/General 5.1.1, ooto is a Transient/General bounce after the delivery, with no status, and
// suppressionlist is Permanent/Suppressed. The others are ours, in the words of
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
var endings = map[string]ending{
	"success":   {send, delivery},
	"delivered": {send, delivery}, // the same by the word of what is seen

	"bounce":       {send, hard("General", "5.1.1", "smtp; 550 5.1.1 user unknown")},
	"no-email":     {send, hard("NoEmail", "5.1.1", "smtp; 550 5.1.1 The email account that you tried to reach does not exist")},
	"dead-domain":  {send, hard("General", "5.1.2", "smtp; 550 5.1.2 bad destination system address")},
	"moved":        {send, hard("General", "5.7.17", "smtp; 550 5.7.17 mailbox owner has changed")}, // RFC 7293
	"domain-moved": {send, hard("General", "5.7.18", "smtp; 550 5.7.18 domain owner has changed")},
	"spam":         {send, hard("General", "5.7.1", "smtp; 550 5.7.1 message refused as spam")},
	"returned":     {send, delivery, later(hard("General", "5.1.1", "smtp; 550 5.1.1 user unknown"))}, // taken, then given back

	// What a mail server answers is text of a stranger: this one tries to be more than a text.
	"forged-status": {send, hard("General", `5.1.1","kind":"recover`, `smtp; 550 5.1.1 "user" \ unknown <tag>`)},

	// A name that is not in DNS is a transient bounce to SES, though its status says for good.
	"invalid-domain": {send, own("Transient", "General", "5.4.4", "smtp; 550 5.4.4 Invalid domain")},
	"content":        {send, soft(answered, "ContentRejected", "5.6.0", "smtp; 554 5.6.0 message content rejected")},
	"full": {send, delayed(firstTry, "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"),
		delayed(secondTry, "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"), soft(lastTry, "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full")},
	"expired": {send, delayed(firstTry, "RecipientServerError", "4.3.0", "smtp; 451 4.3.0 try again later"),
		soft(lastTry, "General", "4.4.7", "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<451 4.3.0 try again later>")},
	"slow": {send, delayed(firstTry, "TransientCommunicationFailure", "4.4.1", "smtp; 421 4.4.1 Unable to connect to remote host"),
		{after: patience, event: "DELIVERY", detail: delivered}},

	"complaint": {send, delivery, {after: reported, event: "COMPLAINT", detail: complained("abuse"), lists: "COMPLAINT"}},
	"not-spam":  {send, delivery, {after: reported, event: "COMPLAINT", detail: complained("not-spam")}},

	// An automatic answer is a bounce to SES: the simulator's, and those of mailboxes whose answer it cannot read.
	"ooto":         {send, delivery, {after: reported, event: "BOUNCE", detail: bounce{kind: "Transient", subKind: "General"}.event}},
	"undetermined": {send, delivery, {after: reported, event: "BOUNCE", detail: bounce{kind: "Undetermined", subKind: "Undetermined", nobody: true}.event}},

	// What SES does not send, because the address is on the list of all its customers, or on the account's own.
	"suppressionlist": {send, own("Permanent", "Suppressed", "5.1.1", "Amazon SES has suppressed sending to this address because it has a recent "+
		"history of bouncing as an invalid address. For more information about how to remove an address from the suppression list, see the Amazon SES "+
		"Developer Guide: https://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html")},
	"listed":           onList,
	"listed-complaint": {send, {after: answered, event: "COMPLAINT", detail: suppressedComplaint}},

	"reject":    {},                                                            // refused at once: MessageRejected
	"virus":     {send, {after: answered, event: "REJECT", detail: rejected}},  // taken, and found to be bad then
	"rendering": {{after: atOnce, event: "RENDERING_FAILURE", detail: failed}}, // of a template that does not fit its data: never sent
}

// onList is the ending of a mail to an address on the account's suppression list.
var onList = ending{send, own("Permanent", "OnAccountSuppressionList", "5.1.1", "Amazon SES did not send the message to this address because it is on "+
	"the suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "+
	"https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html")}

// hard is the bounce that a mail server answers for good.
func hard(subKind, status, diagnostic string) step {
	what := bounce{kind: "Permanent", subKind: subKind, status: status, diagnostic: diagnostic, reporter: remoteReporter}
	return step{after: answered, event: "BOUNCE", detail: what.event, lists: "BOUNCE"}
}

// soft is the bounce after which SES tries no more.
func soft(after time.Duration, subKind, status, diagnostic string) step {
	what := bounce{kind: "Transient", subKind: subKind, status: status, diagnostic: diagnostic, reporter: remoteReporter}
	return step{after: after, event: "BOUNCE", detail: what.event}
}

// own is a bounce that SES makes itself, having asked no mail server.
func own(kind, subKind, status, diagnostic string) step {
	what := bounce{kind: kind, subKind: subKind, status: status, diagnostic: diagnostic, reporter: ownReporter}
	return step{after: answered, event: "BOUNCE", detail: what.event}
}

func later(s step) step {
	s.after = reported
	return s
}

// endingOf looks at the first recipient: at what a script said of him, else at the simulator's addresses, and whether SES sends to him at
// all. Everybody else gets the mail.
func (s *Service) endingOf(m Mail) ending {
	address := strings.ToLower(m.recipients[0])
	name, domain, _ := strings.Cut(address, "@")
	s.mu.Lock()
	defer s.mu.Unlock()
	what := endings["success"]
	if played, told := s.mailboxes[address]; told {
		what = endings[played]
	} else if domain == Simulator {
		name, _, _ = strings.Cut(name, "+")
		if known, ok := endings[name]; ok {
			what = known
		}
	}
	if len(what) > 0 && s.suppressed(m.ConfigurationSet, address) {
		return onList
	}
	return what
}

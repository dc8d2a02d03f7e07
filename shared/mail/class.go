package mail

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/aws/smithy-go"

	"mailbind/shared/binding"
)

// Classes of errors of Send, for counting and alarms.
const (
	ClassThrottled = "throttled" // the sending rate: passes by itself in a second
	ClassQuota     = "quota"     // the quota of 24 hours, or another limit of the account: passes when somebody acts or the day does
	ClassPaused    = "paused"    // AWS or the operator stopped sending
	ClassIdentity  = "identity"  // SES no longer takes our From address as verified
	ClassRejected  = "rejected"  // SES refuses this mail
	ClassLetter    = "letter"    // the letter itself cannot be written
	ClassOutage    = "outage"    // everything else: no answer, 5xx, a setting that SES does not know
)

// Class names why a Send failed; "" for nil. An error that is none of Send's is an outage.
func Class(err error) string {
	if err == nil {
		return ""
	}
	var e *sendError
	if errors.As(err, &e) {
		return e.class
	}
	return ClassOutage
}

// A sendError says what class of trouble it was and SES's error code. It never repeats SES's own
// message: MessageRejected quotes the recipient's address, and errors are logged.
type sendError struct {
	class   string
	what    string // an error code, or our own words
	cause   error
	refused bool
}

func (e *sendError) Error() string { return "mail: " + e.class + ": " + e.what }

// Unwrap lets errors.Is find binding.ErrMailRefused, and what the SDK said, down to the context's error.
func (e *sendError) Unwrap() []error {
	if e.refused {
		return []error{binding.ErrMailRefused, e.cause}
	}
	return []error{e.cause}
}

// classify sorts an error of SendEmail by its code (API reference of SES v2, SendEmail, errors).
func (s Sender) classify(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return &sendError{class: ClassOutage, what: transport(err), cause: err}
	}
	class := ClassOutage
	switch code := api.ErrorCode(); code {
	case "TooManyRequestsException", "ThrottlingException", "Throttling", "RequestThrottled", "RequestThrottledException":
		// SES tells the rate and the daily quota apart only in the message: "Maximum sending rate
		// exceeded." and "Daily message quota exceeded.". AWS does not promise the words, so only
		// a message that speaks of a day or a quota is one; anything else passes for the rate.
		class = ClassThrottled
		if speaksOfQuota(api.ErrorMessage()) {
			class = ClassQuota
		}
	case "LimitExceededException":
		class = ClassQuota // never the rate, by its documentation; alarms at once, as a quota does
	case "SendingPausedException", "AccountSuspendedException":
		class = ClassPaused
	case "MailFromDomainNotVerifiedException":
		class = ClassIdentity
	case "MessageRejected", "BadRequestException":
		class = ClassRejected
		if s.isIdentity(api.ErrorMessage()) {
			class = ClassIdentity
		}
	}
	return &sendError{class: class, what: api.ErrorCode(), cause: err, refused: class == ClassRejected}
}

func speaksOfQuota(message string) bool {
	message = strings.ToLower(message)
	return strings.Contains(message, "daily") || strings.Contains(message, "quota") || strings.Contains(message, "24 hour")
}

// isIdentity finds the MessageRejected that is no verdict on the mail: "Email address is not verified.
// The following identities failed the check in region …: " and our own From address among them. SES
// says so when the DNS records of the identity are gone; every mail would be lost if it counted as
// refused. In the sandbox the same words name the recipient: then the mail is refused indeed.
func (s Sender) isIdentity(message string) bool {
	from := s.From
	if _, rest, ok := strings.Cut(from, "<"); ok {
		from = strings.TrimSuffix(rest, ">")
	}
	return strings.Contains(message, "not verified") && from != "" &&
		strings.Contains(strings.ToLower(message), strings.ToLower(from))
}

// transport says in short why there was no answer. The SDK's text is not used: it is long, and what
// it quotes is not ours to decide.
func transport(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error() // host and cause; the URL holds no more than the host either
	}
	return "no answer"
}

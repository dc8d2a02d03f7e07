package ses

import (
	"encoding/json"
	"io"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Limits of SES.
const (
	sizeLimit        = 40 << 20
	recipientLimit   = 50
	headerNameLimit  = 126
	headerValueLimit = 995
	tagLimit         = 256
)

// request is SendEmail's input, as far as it is played. A field that is not here is refused: it would change what is sent.
type request struct {
	FromEmailAddress       string
	Destination            struct{ ToAddresses, CcAddresses, BccAddresses []string }
	ReplyToAddresses       []string
	ConfigurationSetName   string
	ConfigurationOverrides json.RawMessage
	EmailTags              []struct{ Name, Value string }
	Content                struct {
		Simple *struct {
			Subject *content
			Body    struct{ Text, Html *content }
			Headers []struct{ Name, Value string }
		}
	}
}

type content struct{ Data, Charset string }

// accept checks a mail as SES does, keeps it and starts its events. The error is a *fault.
func (s *Service) accept(body io.Reader, now time.Time) (Mail, error) {
	var input request
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&input); err != nil {
		return Mail{}, badRequest("the request is not understood by the local stack: %v", err)
	}
	for _, check := range []func(*request) *fault{s.checkSender, checkRecipients, checkContent, checkHeaders, checkTags, s.checkSet} {
		if refused := check(&input); refused != nil {
			return Mail{}, refused
		}
	}
	taken := input.mail(now)
	if len(taken.Raw) > sizeLimit {
		return Mail{}, badRequest("Message length is more than %d bytes long: %d.", sizeLimit, len(taken.Raw))
	}
	what := s.endingOf(taken)
	if len(what) == 0 {
		return Mail{}, refusals[Rejected]
	}
	s.keep(taken)
	s.tell(taken, what, now)
	return taken, nil
}

func (s *Service) checkSender(input *request) *fault {
	if input.FromEmailAddress == "" {
		return badRequest("Missing required header 'From'.")
	}
	if !printable(input.FromEmailAddress) {
		return badRequest("From address contains characters that are not ASCII: encode its name (RFC 2047)")
	}
	address, err := mail.ParseAddress(input.FromEmailAddress)
	if err != nil {
		return badRequest("Invalid From address: %v", err)
	}
	_, domain, _ := strings.Cut(strings.ToLower(address.Address), "@")
	if !s.identities[strings.ToLower(address.Address)] && !s.identities[domain] {
		return &fault{http.StatusBadRequest, "MessageRejected", "Email address is not verified. The following identities failed the check in region LOCAL-1: " + address.Address}
	}
	return nil
}

// recipientForm is what SES takes as a recipient without a name: ASCII alone, the domain in A-labels.
var recipientForm = regexp.MustCompile("^[!-?A-~]+@[A-Za-z0-9.-]+$")

func checkRecipients(input *request) *fault {
	all := input.recipients()
	if len(all) == 0 {
		return badRequest("At least one recipient is needed.")
	}
	if len(all) > recipientLimit {
		return badRequest("Recipient count exceeds %d.", recipientLimit)
	}
	for _, recipient := range append(all, input.ReplyToAddresses...) {
		address, err := mail.ParseAddress(recipient)
		if err != nil || !printable(recipient) || !recipientForm.MatchString(address.Address) {
			return badRequest("Local address or domain contains control, whitespace or characters that are not ASCII")
		}
	}
	return nil
}

func (input *request) recipients() []string {
	return append(append(append([]string{}, input.Destination.ToAddresses...), input.Destination.CcAddresses...), input.Destination.BccAddresses...)
}

func checkContent(input *request) *fault {
	simple := input.Content.Simple
	if simple == nil {
		return badRequest("the local stack takes Simple content alone")
	}
	if simple.Subject == nil || simple.Subject.Data == "" {
		return badRequest("Missing required field Subject")
	}
	if strings.ContainsAny(simple.Subject.Data, "\r\n") {
		return badRequest("Header 'Subject' contains a line break")
	}
	if empty(simple.Body.Text) && empty(simple.Body.Html) {
		return badRequest("Missing required field Body")
	}
	for _, part := range []*content{simple.Subject, simple.Body.Text, simple.Body.Html} {
		if part != nil && !strings.EqualFold(part.Charset, "UTF-8") && !ascii(part.Data) {
			return badRequest("the content has characters outside of ASCII and its Charset is %q, not UTF-8", part.Charset)
		}
	}
	return nil
}

func empty(part *content) bool { return part == nil || part.Data == "" }

// ownHeaders are set by SES or have a parameter of their own.
var ownHeaders = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "reply-to": true, "sender": true, "return-path": true, "date": true,
	"message-id": true, "mime-version": true, "content-type": true, "content-transfer-encoding": true, "dkim-signature": true,
}

func checkHeaders(input *request) *fault {
	seen := map[string]bool{}
	for _, header := range input.Content.Simple.Headers {
		name := strings.ToLower(header.Name)
		switch {
		case header.Name == "" || len(header.Name) > headerNameLimit || !printable(header.Name) || strings.ContainsAny(header.Name, ": "):
			return badRequest("Invalid header name %q", header.Name)
		case header.Value == "" || len(header.Value) > headerValueLimit || !printable(header.Value):
			return badRequest("Invalid value of header %s: want 1 to %d printable ASCII characters", header.Name, headerValueLimit)
		case len(header.Name)+len(header.Value) > headerValueLimit+1:
			return badRequest("Header %s is too long", header.Name)
		case ownHeaders[name] || strings.HasPrefix(name, "x-ses-"):
			return badRequest("Header %s cannot be set", header.Name)
		case seen[name]:
			return badRequest("Header %s is there twice", header.Name)
		}
		seen[name] = true
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func checkTags(input *request) *fault {
	seen := map[string]bool{}
	for _, tag := range input.EmailTags {
		for _, text := range []string{tag.Name, tag.Value} {
			if len(text) > tagLimit || !tagForm.MatchString(text) {
				return badRequest("Invalid tag %s=%s: want letters, digits, _ and -, at most %d", tag.Name, tag.Value, tagLimit)
			}
		}
		if seen[tag.Name] {
			return badRequest("Duplicate tag name %s", tag.Name)
		}
		seen[tag.Name] = true
	}
	return nil
}

func (s *Service) checkSet(input *request) *fault {
	if input.ConfigurationSetName == "" {
		return nil
	}
	if _, known := s.sets[input.ConfigurationSetName]; !known {
		return &fault{http.StatusNotFound, "NotFoundException", "Configuration set <" + input.ConfigurationSetName + "> does not exist."}
	}
	return nil
}

func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] > 0x7f {
			return false
		}
	}
	return true
}

package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"mailbind/shared/binding"
)

// API is what Sender needs of *sesv2.Client. Who builds the client sets RetryMaxAttempts to 1: the
// mail stays due and the stream is the retry, and the SDK would retry a spent daily quota in vain.
type API interface {
	SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
}

// A Sender renders a letter and hands it to SES. It implements binding.Sender.
type Sender struct {
	API        API
	Words      Words
	From       string // From address, of a verified identity
	VerifySet  string // configuration set of verify and notice: suppression on
	RecoverSet string // configuration set of the rest: no suppression, so that an owner who once marked a mail as spam still gets these
}

var _ binding.Sender = Sender{}

// Send makes one SES request of l. A nil error means that SES took the mail. The error wraps
// binding.ErrMailRefused when sending this mail again is useless; every other error is an outage.
// Class names the reason. No error text holds an address or a secret.
func (s Sender) Send(ctx context.Context, l binding.Letter) error {
	content, err := s.Words.Render(l)
	if err != nil {
		return &sendError{class: ClassLetter, what: err.Error(), cause: err, refused: true}
	}
	set, err := s.set(l.Kind)
	if err != nil {
		return &sendError{class: ClassLetter, what: err.Error(), cause: err, refused: true}
	}
	if _, err := s.API.SendEmail(ctx, s.request(l, content, set)); err != nil {
		return s.classify(err)
	}
	return nil
}

func (s Sender) set(k binding.Kind) (string, error) {
	switch k {
	case binding.KindVerify, binding.KindNotice:
		return s.VerifySet, nil
	case binding.KindBound, binding.KindReconfirm, binding.KindRecover, binding.KindChanged:
		return s.RecoverSet, nil
	}
	return "", fmt.Errorf("%w: no configuration set for this kind", ErrLetter)
}

// request is the whole of what SES is told. There is one recipient, the stored address without a
// display name, and no header or tag that an account holder could write into but with that address.
func (s Sender) request(l binding.Letter, c Content, set string) *sesv2.SendEmailInput {
	return &sesv2.SendEmailInput{
		FromEmailAddress:     aws.String(s.From),
		Destination:          &types.Destination{ToAddresses: []string{l.To.String()}},
		ConfigurationSetName: aws.String(set),
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: utf8Content(c.Subject),
			Body:    &types.Body{Text: utf8Content(c.Text), Html: utf8Content(c.HTML)},
			Headers: headers(l, c),
		}},
		// Tags come back in every event of this mail: t is sealed, kind is one of our own words.
		EmailTags: []types.MessageTag{
			{Name: aws.String("t"), Value: aws.String(l.Tag)},
			{Name: aws.String("kind"), Value: aws.String(string(l.Kind))},
		},
		// Tracking would rewrite the links and put their tokens into click events; an account's
		// default must not turn it on.
		ConfigurationOverrides: &types.ConfigurationOverrides{Tracking: &types.TrackingConfigurationOverrides{
			ClickTrackingEnabled: types.FeatureStatusDisabled,
			OpenTrackingEnabled:  types.FeatureStatusDisabled,
		}},
	}
}

func headers(l binding.Letter, c Content) []types.MessageHeader {
	h := []types.MessageHeader{
		// RFC 3834, section 5: no vacation notice answers this mail. The second is how Exchange is
		// told the same.
		header("Auto-Submitted", "auto-generated"),
		header("X-Auto-Response-Suppress", "All"),
		header("Content-Language", c.Language),
	}
	// Not on a mail that asks for a confirmation: it has to reach whoever reads the mailbox now, or a doubt
	// that the host's record of owners began, be the record right or wrong, could never end. It is of no use
	// to a new owner, who has no session of the account, but for saying so.
	if !l.Since.IsZero() && l.Kind != binding.KindReconfirm {
		// RFC 7293, section 3: a host that knows that the mailbox changed hands after this time does
		// not deliver, and says so (5.7.17). The address is a dot-atom and a host name, as Parse
		// takes them, so nothing in it can end or comment it; the time is RFC 5322's date-time.
		h = append(h, header("Require-Recipient-Valid-Since", l.To.String()+"; "+l.Since.UTC().Format(time.RFC1123Z)))
	}
	return h
}

func header(name, value string) types.MessageHeader {
	return types.MessageHeader{Name: aws.String(name), Value: aws.String(value)}
}

func utf8Content(s string) *types.Content {
	return &types.Content{Charset: aws.String("UTF-8"), Data: aws.String(s)}
}

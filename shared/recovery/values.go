package recovery

import (
	"slices"
	"time"

	"mailbind/shared/binding"
)

// The named values of the rules, used under these names by the use cases, the store's conditions and
// storetest.Memory alike. Tries of codes are those of binding: binding.TriesPerCode, binding.TriesPerDay.
const (
	// MailLife is how long code and link of a recovery mail work at least, and Overlap how long they work
	// after the next mail may be sent: the newest mail is usable whatever strangers ask for (P14).
	MailLife = 30 * time.Minute
	Overlap  = 10 * time.Minute
	// ChallengeAge is when the next mail brings a new challenge although the old one could go on
	// (NIST SP 800-63B-4 section 4.2.1 allows 24 hours for what is sent by email).
	ChallengeAge = 24 * time.Hour
	// Quiet is how long no mail must have gone for the spacing to begin anew.
	Quiet = 24 * time.Hour
	// GrantLife is how long whoever showed a right code or link has for the new password, even past the
	// challenge's own end.
	GrantLife = 10 * time.Minute
	// Presentations is how often links and grants of one challenge may be presented with a password: each
	// costs a hash.
	Presentations = 3
	// FreshFor is how long a bell is worth a mail; who rang it has given up by then, and may ring again.
	FreshFor = binding.LateAfter
	// CallerPerMinute and CallerPerHour are what one network may ask for: an IPv4 address, which may be a
	// carrier's and stand for thousands, or an IPv6 /64.
	CallerPerMinute = 60
	CallerPerHour   = 600
	// CallerLife keeps a caller's counter past its hour.
	CallerLife = 2 * time.Hour
	// HoldLimit is how long the platform may pause recovery in one call.
	HoldLimit = 30 * 24 * time.Hour
)

var spacing = [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// Spacing is how long after the first, second, third and every later mail in a row the next may be sent.
func Spacing() []time.Duration { return slices.Clone(spacing[:]) }

// MailsPerDay is the most that the spacing lets through in 24 hours, whoever asks and however often.
const MailsPerDay = 16

// rung is the step of the spacing that a mail sent now stands on, from 1.
func (c Challenge) rung(now time.Time) int {
	if c.MailedAt.IsZero() || !c.MailedAt.After(now.Add(-Quiet)) {
		return 1
	}
	return min(c.Rung+1, len(spacing))
}

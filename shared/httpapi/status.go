package httpapi

import (
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/timeline"
)

// StatusBody is the JSON of a status. Times are RFC 3339 in UTC. Members that say nothing are absent.
type StatusBody struct {
	State     string      `json:"state"`
	Ref       string      `json:"ref"`
	Address   string      `json:"address,omitempty"`
	Check     string      `json:"check,omitempty"`
	ExpiresAt *time.Time  `json:"expires_at,omitempty"`
	ResendAt  *time.Time  `json:"resend_at,omitempty"`
	BoundAt   *time.Time  `json:"bound_at,omitempty"`
	ProvedAt  *time.Time  `json:"proved_at,omitempty"`
	Mail      *MailBody   `json:"mail,omitempty"`
	Health    string      `json:"health,omitempty"`
	DeniedBy  string      `json:"denied_by,omitempty"`
	Until     *time.Time  `json:"denied_until,omitempty"`
	Advice    *AdviceBody `json:"advice,omitempty"` // beside Health and DeniedBy, always
}

// MailBody is what became of a mail: in words for programs, and in What and Do for people.
type MailBody struct {
	Fate    string     `json:"fate"`
	Reason  string     `json:"reason,omitempty"`
	Next    string     `json:"next"`
	At      *time.Time `json:"at,omitempty"`
	Support string     `json:"support,omitempty"`
	What    string     `json:"what"`
	Do      string     `json:"do"`
}

// AdviceBody is what to say about a bound mailbox. It is there while all is well too, for the page on which a
// platform shows the address; Next is what a banner goes by.
type AdviceBody struct {
	Next string `json:"next,omitempty"`
	What string `json:"what"`
	Do   string `json:"do"`
}

// StatusJSON writes a status as every operation on a binding answers it, with words for people in the language
// of a BCP 47 tag: that of the session, as in the account's mails. from is the From address of our mails, which
// people look for and tell their provider to let through.
func StatusJSON(s binding.Status, locale, from string) StatusBody {
	b := StatusBody{
		State: string(s.State), Ref: s.Ref, Address: s.Address, Check: s.Check,
		ExpiresAt: moment(s.ExpiresAt), ResendAt: moment(s.ResendAt), BoundAt: moment(s.BoundAt), ProvedAt: moment(s.ProvedAt), Health: s.Health,
	}
	if s.State == binding.None {
		b.State = "none"
	}
	if m := s.Mail; m != nil {
		w := timeline.Mail(locale, timeline.MailFacts{Fate: m.Fate, Reason: m.Reason, Next: m.Next, Over: s.State == binding.Expired, Sender: from})
		b.Mail = &MailBody{Fate: m.Fate, Reason: m.Reason, Next: m.Next, At: moment(m.At), Support: m.Support, What: w.What, Do: w.Do}
	}
	if s.Health != "" {
		w := timeline.Health(locale, s.Health, s.HealthNext)
		b.Advice = &AdviceBody{Next: s.HealthNext, What: w.What, Do: w.Do}
	}
	if s.DeniedBy != "" {
		w := timeline.Denied(locale, s.DeniedBy)
		b.DeniedBy, b.Until, b.Advice = s.DeniedBy, moment(s.DeniedTill), &AdviceBody{Next: deniedNext, What: w.What, Do: w.Do}
	}
	return b
}

// deniedNext is what an account does whose claim was denied.
const deniedNext = "other-address"

// Accepted is the status code of an answer that a verify mail may follow: 200 once there is nothing to wait for.
func Accepted(s binding.Status) int {
	if s.State == binding.Bound {
		return 200
	}
	return 202
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

package httpapi

import (
	"time"

	"mailbind/shared/binding"
)

// StatusBody is the JSON of a status. Times are RFC 3339 in UTC.
type StatusBody struct {
	State     string     `json:"state"`
	Ref       string     `json:"ref"`
	Address   string     `json:"address,omitempty"`
	Check     string     `json:"check,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	ResendAt  *time.Time `json:"resend_at,omitempty"`
	BoundAt   *time.Time `json:"bound_at,omitempty"`
	Mail      *MailBody  `json:"mail,omitempty"`
	Health    string     `json:"health,omitempty"`
}

// MailBody is what became of a mail.
type MailBody struct {
	Fate   string     `json:"fate"`
	Reason string     `json:"reason,omitempty"`
	Next   string     `json:"next"`
	At     *time.Time `json:"at,omitempty"`
}

// StatusJSON writes a status as every operation on a binding answers it.
func StatusJSON(s binding.Status) StatusBody {
	b := StatusBody{
		State: string(s.State), Ref: s.Ref, Address: s.Address, Check: s.Check,
		ExpiresAt: moment(s.ExpiresAt), ResendAt: moment(s.ResendAt), BoundAt: moment(s.BoundAt), Health: s.Health,
	}
	if s.State == binding.None {
		b.State = "none"
	}
	if s.Mail != nil {
		b.Mail = &MailBody{Fate: s.Mail.Fate, Reason: s.Mail.Reason, Next: s.Mail.Next, At: moment(s.Mail.At)}
	}
	return b
}

// Accepted is the status code of an answer that a mail may follow: 200 once there is nothing to wait for.
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

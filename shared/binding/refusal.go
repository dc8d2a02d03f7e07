package binding

import "time"

// A Reason is one thing that a caller is told when a request is refused: the last segment of the
// problem's type (RFC 9457). A Reason is an error, so errors.Is(err, ErrCooldown) works.
type Reason string

func (r Reason) Error() string { return string(r) }

// The reasons of binding. shared/httpapi holds the one table from these to HTTP.
const (
	ErrMalformed      Reason = "malformed"
	ErrInvalidAddress Reason = "invalid-address"
	ErrLikelyTypo     Reason = "likely-typo"
	ErrDisposable     Reason = "disposable-address"
	ErrAlreadyBound   Reason = "already-bound"
	ErrAddressTaken   Reason = "address-taken"
	ErrAddressDenied  Reason = "address-denied"
	ErrMailboxRefused Reason = "mailbox-refused"
	ErrNothingPending Reason = "nothing-pending"
	ErrExpired        Reason = "expired"
	ErrSuperseded     Reason = "superseded"
	ErrInvalidToken   Reason = "invalid-token"
	ErrWrongCode      Reason = "wrong-code"
	ErrCheckMismatch  Reason = "check-mismatch"
	ErrTriesExhausted Reason = "tries-exhausted"
	ErrReauthRequired Reason = "reauth-required"
	ErrCooldown       Reason = "cooldown"
	ErrDailyLimit     Reason = "daily-limit"
	ErrUnavailable    Reason = "unavailable"
)

// A Refusal is an error that the caller may be told about. Every other error is an outage: it is
// logged and never shown.
type Refusal struct {
	Reason     Reason
	Detail     string        // the member "reason" of the problem: one word of our own, or empty
	Reasons    []string      // password-refused: the rules that it breaks
	Suggestion string        // likely-typo, and invalid-address where only an input method or the clipboard is to blame: what was probably meant
	TriesLeft  int           // wrong-code and check-mismatch: how many are left
	RetryAfter time.Duration // cooldown, daily-limit, unavailable, address-denied when asking for a mail: when asking again can help; else 0
}

func (r *Refusal) Error() string {
	if r.Detail == "" {
		return string(r.Reason)
	}
	return string(r.Reason) + ": " + r.Detail
}

func (r *Refusal) Unwrap() error { return r.Reason }

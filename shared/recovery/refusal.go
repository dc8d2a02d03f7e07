package recovery

import "mailbind/shared/binding"

// The reasons of recovery, beside those of binding. shared/httpapi holds the one table from these to HTTP.
const (
	// ErrRefused is every way in which a code, link or grant does not bring anybody in: wrong, unknown, expired,
	// used, used up, paused. Who holds none of them could tell addresses apart by anything finer (P8).
	ErrRefused binding.Reason = "recovery-refused"
	// ErrPassword comes with the rules that the password breaks (Refusal.Reasons).
	ErrPassword binding.Reason = "password-refused"
	// ErrCallerLimit says that this network asked too often. It is the same for every address.
	ErrCallerLimit binding.Reason = "caller-limit"
)

// NoPassword is the rule that an account without a password gets none by recovery: its users sign in some
// other way, and a mailbox must not open a second one (Service.FirstPassword).
const NoPassword = "no-password"

// refused is the one refusal.
func refused() error { return &binding.Refusal{Reason: ErrRefused} }

package page

import (
	"slices"
	"time"

	"github.com/a-h/templ"
)

// None of the pages of recovery says whether an address is bound: what they show comes from what was
// typed and from what was posted with it.

// An AskView is what the page shows that asks for the bound address.
type AskView struct {
	Email      string        // as typed, when a post was refused; may be empty
	Problem    string        // why it was refused, the last segment of the problem's type; empty on the first visit
	RetryAfter time.Duration // caller-limit, unavailable: when trying again can help
}

// An AskedView is what the page shows that takes the code. At most one of Refused and NotCode is true.
type AskedView struct {
	Email   string // as typed
	Refused bool   // the code just typed was not taken: wrong, old, used or used up, told in one sentence
	NotCode bool   // what was just typed can be no code; no try was charged
}

// A ResetView is what the page behind a recovery mail's link shows.
type ResetView struct {
	Token   string
	Email   string   // as typed before
	Host    bool     // the platform keeps the passwords: only the address is asked
	Refused bool     // not the address of the link, or the link is old, used or used up, told in one sentence
	Reasons []string // why the password was refused: too-short, too-long, not-text, common, pattern, personal, no-password
}

// A NewPasswordView is what the page shows that follows a right code.
type NewPasswordView struct {
	Grant   string
	Email   string   // as typed: password managers keep the new password under it
	Reasons []string // as in ResetView
}

// A ReturnView is what the page shows that brings a person back to a platform that keeps the passwords.
type ReturnView struct {
	URL   string // HostReturnURL of the configuration; its origin is what HeadersReturning is given
	Grant string
}

// noPassword is the reason for which no other password would do better.
const noPassword = "no-password"

// askURL is the page of Ask.
const askURL templ.SafeURL = "/recover"

// Ask is the page of GET /recover, and of a refused POST /v1/recovery. A problem that has no words of
// its own is told in general ones.
func (s Site) Ask(l Lang, v AskView) []byte {
	w := l.words()
	var problem string
	if v.Problem != "" {
		var ok bool
		if problem, ok = w.Ask.Problems[v.Problem]; !ok {
			problem = w.Ask.Problems[""]
		}
		problem = fill(problem, "{wait}", w.wait(v.RetryAfter))
	}
	return render(ask(s, w, v, problem, s.filler()))
}

// Asked answers POST /v1/recovery, the same for every address, and a code that was not taken.
func (s Site) Asked(l Lang, v AskedView) []byte {
	w := l.words()
	var wrong string
	switch {
	case v.NotCode:
		wrong = w.Asked.NotCode
	case v.Refused:
		wrong = w.Asked.Refused
	}
	return render(asked(s, w, v, wrong, s.filler()))
}

// Reset is the page of GET /reset, and of a refusal of its form. Unless Host is set it goes with
// HeadersForPassword. The form posts token, email and password to /v1/recovery/password; with Host it
// posts token and email to /v1/recovery/verify.
func (s Site) Reset(l Lang, v ResetView) []byte {
	w := l.words()
	switch {
	case slices.Contains(v.Reasons, noPassword):
		return s.noPassword(w)
	case v.Host:
		return render(confirmed(s, w, v, s.filler()))
	}
	return render(reset(s, w, v, s.filler()))
}

// NewPassword answers a right code, and a refused password sent with its grant. It goes with
// HeadersForPassword. The form posts grant and password to /v1/recovery/password.
func (s Site) NewPassword(l Lang, v NewPasswordView) []byte {
	w := l.words()
	if slices.Contains(v.Reasons, noPassword) {
		return s.noPassword(w)
	}
	return render(newPassword(s, w, v, s.filler()))
}

// Return answers a right code or link where the platform keeps the passwords: one button posts the
// grant there. It goes with HeadersReturning.
func (s Site) Return(l Lang, v ReturnView) []byte {
	w := l.words()
	return render(returned(s, w, v, s.filler()))
}

// RecoveryRefused tells a refusal of recovery that no form can mend, as Refused does for binding.
// retryAfter is said where waiting helps (caller-limit, unavailable); 0 is not known.
func (s Site) RecoveryRefused(l Lang, problem string, retryAfter time.Duration) []byte {
	w := l.words()
	o, ok := w.RecoveryRefused[problem]
	if !ok {
		o = w.RecoveryRefused[""]
	}
	url, text := askURL, w.AskNew
	if problem == "unavailable" { // a new mail would be one more thing to wait for
		url, text = "", ""
	}
	return render(told(s, w, o.fill("{platform}", s.Platform, "{wait}", w.wait(retryAfter)), url, text))
}

// noPassword is told instead of a form that could never succeed.
func (s Site) noPassword(w *words) []byte {
	return render(told(s, w, w.NoPassword.fill("{platform}", s.Platform), "", ""))
}

// mistyped tells whether the field has to change: only then it takes the focus, which opens the
// keyboard of a phone over the words.
func (v AskView) mistyped() bool { return v.Problem == "invalid-address" }

// reasons gives the sentences for the reasons why a password was refused, each once.
func (w *words) reasons(names []string) []string {
	var out []string
	for _, name := range names {
		sentence, ok := w.Password.Reasons[name]
		if !ok {
			sentence = w.Password.Reasons[""]
		}
		if !slices.Contains(out, sentence) {
			out = append(out, sentence)
		}
	}
	return out
}

// described names what describes a field: what was wrong, first, and the hint.
func described(wrong bool, hint string) string {
	switch {
	case !wrong:
		return hint
	case hint == "":
		return "wrong"
	}
	return "wrong " + hint
}

package mail

import (
	"fmt"
	"time"
)

var english = register(&language{
	Tag:    "en",
	Serves: []string{"en"},

	Time: func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	Day:  func(t time.Time) string { return t.UTC().Format("2 January 2006") },
	Life: func(d time.Duration) string {
		if n := hours(d); n > 0 {
			return fmt.Sprintf("%d hours", n)
		}
		if n := minutes(d); n != 1 {
			return fmt.Sprintf("%d minutes", n)
		}
		return "1 minute"
	},

	HeadingOpen:  "— ",
	HeadingClose: " —",
	Colon:        ": ",

	Account:        "Account",
	AccountLabel:   "{label}, ref {ref}",
	AccountNoLabel: "ref {ref}",
	Automatic:      "{platform} sent this mail automatically. Replies to it are not read.",
	Help:           "Help: ",

	Verify: verifyWords{
		Subject:        "Confirm your email address for {platform}",
		Preheader:      "Somebody asked to bind this email address to an account on {platform}. Was it you?",
		Title:          "Is this your email address?",
		Intro:          "Somebody who is signed in to {platform} asked to bind this email address to their account:",
		IfYou:          "If it was you",
		EnterCode:      "Type this code where {platform} asks for it:",
		OrOpen:         "Or open this page. It asks for the 4-digit number that your {platform} window is showing now; that number is not in this mail.",
		ValidFor:       "Code and page work for {life}, until {time}.",
		ValidUntil:     "Code and page work until {time}.",
		ForEver:        "Binding is for ever. Once confirmed, this address cannot be changed or removed, and it becomes the way back into the account. Confirm only an address that you will keep.",
		IfNotYou:       "If it was not you",
		NothingHappens: "You need not do anything: without you, nothing is bound. To keep that account away from this address, open this page and press the button there:",
		NeverTell:      "Never tell the code to anybody. Nobody from {platform} will ever ask you for it, by phone, chat or mail.",
		Spam:           "Was this mail in the spam folder? Mark it as “not spam”, so that later mails about your account reach you.",
	},
	Notice: noticeWords{
		Subject:     "Your email address is still bound to your {platform} account",
		Preheader:   "Somebody tried to use your email address for another account. Nothing has changed.",
		Title:       "Nothing has changed",
		Intro:       "Somebody who is signed in to {platform} tried to bind this email address to another account. That is not possible, because the address is bound to yours:",
		StaysYours:  "It stays bound to your account for ever. Nobody can take it over by asking.",
		AskedAt:     "Tried on",
		NothingToDo: "There is nothing to do and nothing to click.",
		IfYou:       "If it was you",
		SignIn:      "You already have an account with this address: sign in to that one. If you have lost its password, choose “Forgot password” on the sign-in page of {platform}.",
		IfNotYou:    "If it was not you",
		Ignore:      "You can delete this mail. Somebody may simply have mistyped an address.",
		NoLink:      "This mail has no links and no code, on purpose. If a mail about this asks you to click or to tell a code, do not trust it.",

		UnnamedSubject: "Your email address was not bound on {platform}",
		UnnamedIntro:   "Somebody who is signed in to {platform} tried to bind this email address to their account. That is not possible, because the address is in use already, or was until a short while ago.",
		UnnamedSignIn:  "If you already have an account with this address, sign in to that one. Otherwise choose another address for now.",
	},
	Bound: boundWords{
		Subject:     "This email address is now bound to your {platform} account",
		Preheader:   "Keep this mail as your receipt.",
		Title:       "Your email address is bound",
		Intro:       "This email address now belongs to this {platform} account:",
		BoundAt:     "Bound on",
		ForEver:     "The binding is for ever: the address cannot be changed or removed.",
		KeepMailbox: "If you ever lose your password, this address is the way back into the account. Keep access to this mailbox.",
		IfNotYou:    "If this was not you",
		TellUs:      "Tell us by {until}. Open this page and press the button there; {platform} will then look into it:",
		NeverTell:   "Nobody from {platform} will ever ask you for a code or a password, by phone, chat or mail.",
	},
})

// hours gives d in whole hours when that is an honest way to say it (from 2 hours on), else 0. It
// rounds: a mail that leaves seconds after the request still says 24 hours.
func hours(d time.Duration) int {
	if d < 2*time.Hour-5*time.Minute {
		return 0
	}
	return int(d.Round(time.Hour) / time.Hour)
}

// minutes gives d in whole minutes, at least 1.
func minutes(d time.Duration) int {
	return max(1, int(d.Round(time.Minute)/time.Minute))
}

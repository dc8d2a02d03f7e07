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
	Spam:           "Was this mail in the spam folder? Mark it as “not spam”, so that later mails about your account reach you.",
	OnlySupport:    "On purpose, this mail has no code, and no link but the one to support. If a mail about this asks you to click anything else, or to tell a code or a password, do not trust it.",

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
	Reconfirm: reconfirmWords{
		Subject:    "{platform}: confirm that this mailbox is still yours",
		Preheader:  "Somebody who is signed in to your {platform} account asked for this mail. Was it you?",
		Title:      "Is this mailbox still yours?",
		Intro:      "This email address is bound to a {platform} account. Somebody who is signed in to that account asked to confirm that they still read this mailbox:",
		IfYou:      "If it was you",
		EnterCode:  "Type this code in {platform}, where you asked for it:",
		ValidFor:   "The code works for {life}, until {time}.",
		ValidUntil: "The code works until {time}.",
		Ignored:    "If you do not type it, nothing changes: the address stays bound, and if recovery of the account by mail is paused, it stays paused.",
		NotAsked:   "If the account is yours, but you did not ask",
		SomebodyIn: "Somebody else may be signed in to your account. They can do nothing with this request without the code, so keep it to yourself. To put them out, change your password where you are signed in to {platform}, or contact support.",
		NotYours:   "If the account is not yours",
		TellUs:     "Open this page and press the button there. {platform} is told, and nobody gets into that account by a mail to your mailbox until its owner has settled this:",
		NeverTell:  "Never tell the code to anybody, and do not forward this mail. Nobody from {platform} will ever ask you for the code, by phone, chat or mail.",
	},
	Recover: recoverWords{
		Subject:        "Get back into your {platform} account",
		Preheader:      "Somebody asked for a way back into your {platform} account. Was it you?",
		Title:          "Get back into your account",
		Intro:          "Somebody entered this email address on {platform} and asked to get back into this account:",
		IfYou:          "If it was you",
		EnterCode:      "Type this code on the page where you asked:",
		OrOpen:         "Or open this page. It asks for this email address once more:",
		ValidFor:       "Code and page work for {life}, until {time}.",
		ValidUntil:     "Code and page work until {time}.",
		Newest:         "If you have several of these mails, use the newest.",
		IfNotYou:       "If it was not you",
		NothingHappens: "You need not do anything, and nothing changes: your password and your account stay as they are, and this address stays bound. Nobody can use this request without the code or the link in this mail.",
		Mistyped:       "Somebody may simply have mistyped an address. If they try again, more of these mails may come, at most {mails} a day. They do no harm: you can delete them, and you need not tell anybody.",
		NeverTell:      "Never tell the code to anybody, and do not forward this mail. Nobody from {platform} will ever ask you for the code, by phone, chat or mail.",
	},
	Held: heldWords{
		Subject:    "Recovery of your {platform} account is paused",
		Preheader:  "Somebody asked for a way back into your account. Support can help you.",
		Title:      "Account recovery is paused",
		Paused:     "{platform} has paused the recovery of this account. That is why this mail brings no code and no link to get in. Your password has not been changed by this request.",
		IfYou:      "If it was you",
		AskSupport: "Contact the support of {platform}. They know about it and can help you:",
		IfNotYou:   "If it was not you",
		Ignore:     "You need not do anything, and you can delete this mail. Somebody may simply have mistyped an address.",
	},
	Doubted: doubtedWords{
		Subject:      "Account recovery by this address is paused on {platform}",
		Preheader:    "Somebody asked for a way back into an account. This mail says why it brings none.",
		Title:        "Account recovery is paused for this address",
		Intro:        "Somebody entered this email address on {platform} and asked to get back into the account that it is bound to.",
		Paused:       "{platform} is not sure that this mailbox still belongs to the owner of that account. To protect the account, this mail brings no code and no link to get in. The password has not been changed by this request.",
		Why:          "The reason may be that mails to this address came back, that the mailbox has a new owner, or that somebody said the address was not theirs.",
		IfYours:      "If the account is yours",
		SignIn:       "Sign in to {platform} as usual and confirm this email address there. After that, recovery by mail works again. If you are still signed in on another phone or computer, you can confirm it there.",
		CannotSignIn: "If you cannot sign in anywhere, contact the support of {platform}:",
		IfNotYours:   "If the account is not yours",
		Ignore:       "You need not do anything, and you can delete this mail. Somebody who had this address before you may have an account with it, or somebody mistyped an address.",
	},
	Changed: changedWords{
		Subject:      "The password of your {platform} account was changed",
		Preheader:    "If it was you, there is nothing to do. If not, this mail says what to do now.",
		Title:        "Your password was changed",
		Intro:        "The password of this {platform} account was changed:",
		ChangedAt:    "Changed on",
		IfYou:        "If it was you",
		NothingToDo:  "There is nothing to do. {platform} ends your sessions on other devices: sign in there with the new password.",
		IfNotYou:     "If it was not you",
		ActNow:       "Act now, in this order. Whoever did this may be able to read your mail, or may have used a device on which you were signed in.",
		MailboxFirst: "1. Change the password of this mailbox first, at your mail provider. Otherwise a stranger who can read it can do the same again.",
		ThenRecover:  "2. Then choose “Forgot password” on the sign-in page of {platform} and set a new password. That also ends the sessions of whoever got in.",
		TellSupport:  "3. Tell the support of {platform} what happened:",
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

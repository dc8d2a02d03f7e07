package page

import (
	"fmt"
	"time"
)

var english = register(&words{
	Lang:   English,
	Serves: []string{"en"},

	Time: func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	Wait: func(d time.Duration) string {
		if d > 90*time.Second {
			return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
		}
		return fmt.Sprintf("%d seconds", max(2, int((d+time.Second-1)/time.Second)))
	},

	Address:   "Email address",
	Account:   "Account",
	Reference: "ref {ref}",
	NotMe:     "This wasn’t me",
	OpenAgain: "Open the page again",
	AskNew:    "Ask for a new mail",
	Help:      "Help: ",

	Confirm: confirmWords{
		Title:         "Bind this email address?",
		Intro:         "Somebody who is signed in to {platform} asked to bind your email address to this account. Bind it only if that was you. You need not sign in here.",
		ForEver:       "Binding is for ever. The address cannot be changed or removed afterwards, and it becomes the way back into this account.",
		Number:        "The 4-digit number shown in your {platform} window",
		NumberHint:    "You find it where you typed the address. It is not in the mail.",
		NumberFormat:  "Four digits, such as 0123",
		Bind:          "Bind this address",
		WrongOneLeft:  "That is not the number. You have 1 try left.",
		WrongManyLeft: "That is not the number. You have {n} tries left.",
		NotNumber:     "Please type the 4 digits. No try was used up.",
		ValidUntil:    "This page works until {time}.",
		NoNumber:      "No number at hand? Open {platform} where you are signed in, on any device: it shows the number until the address is bound. Or type the code from the mail there.",
		NotYou:        "You did not ask for this, or you do not know this account?",
	},
	Deny: denyWords{
		Title:   "This wasn’t you?",
		Intro:   "Somebody who is signed in to {platform} asked to bind your email address to this account, or has done so.",
		Effect:  "If the address is not bound yet, the button ends the request, and for 30 days this account can neither use your address nor have you sent another such mail.",
		IfBound: "If it is bound already, it stays bound, but {platform} is told, and nobody gets into the account by a mail to this mailbox until its owner has signed in and confirmed the address again.",
		Button:  "This wasn’t me",
		IfYou:   "If it was you, or the account is yours, close this page. Nothing has happened so far.",
	},
	Denied: outcome{
		Title: "Thank you: that account is kept away",
		What:  "{address} is not bound to that account, and that account cannot ask for it again for 30 days.",
		Next:  "There is nothing more to do. You can close this page.",
	},
	Disputed: outcome{
		Title: "{platform} has been told",
		What:  "{address} was bound to that account already. A binding is for ever, so nothing was unbound. We have noted that it was not you, and {platform} has been told.",
		Next:  "Recovery of that account by mail is paused until somebody who is signed in to it types a code that is sent to this mailbox: pass no such code on. If you can say more about this, write to support; the link is below.",
	},
	Undo: undoWords{
		Offer:  "Pressed by mistake? It can be taken back within 24 hours.",
		Button: "Undo",
	},
	Done: map[Result]outcome{
		ResultBound: {
			Title: "Your email address is bound",
			What:  "It belongs to your {platform} account now, for ever. A receipt is on its way to your mailbox.",
			Next:  "You can close this page and go back to {platform}.",
		},
		ResultDenied: {
			Title: "Thank you: that account is kept away",
			What:  "Your address is not bound to that account, and that account cannot ask for it again for 30 days.",
			Next:  "There is nothing more to do. You can close this page.",
		},
		ResultUndone: {
			Title: "Taken back",
			What:  "Your “This wasn’t me” no longer counts.",
			Next:  "If the address is bound already, you can close this page. If not, and you want to bind it, go back to {platform} and ask for a new mail there.",
		},
		ResultChanged: {
			Title: "Your password is changed",
			What:  "The old one no longer works, and other devices have to sign in again. A mail that confirms this is on its way to your mailbox.",
			Next:  "Go back to {platform} and sign in with the new password.",
		},
	},
	Refused: map[string]outcome{
		"": {
			Title: "That did not work",
			What:  "Your request could not be carried out. Nothing was bound.",
			Next:  "Open the link in the mail again. If that does not help, type the code from the mail in {platform}.",
		},
		"expired": {
			Title: "This link has expired",
			What:  "It is too old by now. Nothing was bound, and nothing was taken back.",
			Next:  "To bind the address, ask for a new mail in {platform}. To take back “This wasn’t me” after more than 24 hours, write to support. If you never asked for this, you need not do anything.",
		},
		"superseded": {
			Title: "There is a newer mail",
			What:  "The account has asked again since this mail was sent, and only the newest request counts.",
			Next:  "Use the newest mail. If you see none, look in the spam folder, or ask for a new mail in {platform}.",
		},
		"address-taken": {
			Title: "This address belongs to another account",
			What:  "It is already bound to another {platform} account, and an address belongs to one account for ever.",
			Next:  "Sign in to that account; if you lost its password, choose “Forgot password” at {platform}. For this account, use another address.",
		},
		"already-bound": {
			Title: "This account has an address already",
			What:  "Another email address is bound to this account, and an account keeps its address for ever.",
			Next:  "There is nothing more to do. You can close this page.",
		},
		"address-denied": {
			Title: "The mailbox owner said no",
			What:  "Somebody who reads this mailbox pressed “This wasn’t me”, or marked our mail as spam. So this account cannot use the address for 30 days.",
			Next:  "Use another address, or wait. A mistake can be taken back within 24 hours: open “This wasn’t me” from the mail, press the button there, then “Undo”.",
		},
		"tries-exhausted": {
			Title: "Too many wrong numbers",
			What:  "This link no longer binds the address, to keep others from guessing. Nothing was bound.",
			Next:  "The code in the same mail still works: type it in {platform}.",
		},
		"invalid-token": {
			Title: "This link is not complete",
			What:  "A part of it is missing or was changed. Some mail apps cut long links.",
			Next:  "Copy the whole link from the mail, or type the code from the mail in {platform}.",
		},
		"nothing-pending": {
			Title: "There is nothing to confirm",
			What:  "The request of this mail has ended. Nothing was bound just now.",
			Next:  "If you want to bind the address, ask for a new mail in {platform}.",
		},
		"cross-site": {
			Title: "This came from another website",
			What:  "To keep you safe, this page takes answers only from itself. Nothing was bound.",
			Next:  "Open the link in the mail again and use the form there.",
		},
		"malformed": {
			Title: "Something was missing",
			What:  "Your browser did not send what the page needs. Nothing was bound.",
			Next:  "Open the link in the mail again, best in your phone’s own browser, or type the code from the mail in {platform}.",
		},
		"not-found": {
			Title: "There is no such page",
			What:  "The address of this page is not one of ours.",
			Next:  "Open the link in the mail again. Some mail apps cut long links: if so, copy the whole link.",
		},
		"unavailable": {
			Title: "Please try again in a moment",
			What:  "The service is busy, so we cannot say yet whether your request was carried out. Trying again does no harm.",
			Next:  "Wait {wait}, then open the link in the mail again.",
		},
	},

	Ask: askWords{
		Title:    "Get back into your account",
		Intro:    "Type the email address that is bound to your {platform} account. We send it a mail with a link and a code, and with either you choose a new password.",
		Button:   "Send the mail",
		NoChange: "Sending it changes nothing: your password stays as it is until you choose a new one.",
		Problems: map[string]string{
			"":                "That did not work. Please try once more.",
			"invalid-address": "Mail cannot be sent to this address. Please check how it is spelled; it should look like name@example.com.",
			"caller-limit":    "Too many requests came from your network; those of others who use it count too. Wait {wait}, or try from another network, such as mobile data.",
			"cross-site":      "This came from another website, so no mail was sent. Please use the form here.",
			"malformed":       "Your browser did not send what the page needs. Please try once more.",
			"unavailable":     "The service is busy. Wait {wait}, then press the button again. Trying again does no harm.",
		},
	},
	Asked: askedWords{
		Title:    "Check your mailbox",
		Sent:     "If this address is bound to a {platform} account, a mail is on its way to it. We do not say here whether it is, so that nobody can find out who has an account.",
		How:      "Open the link in the mail on any device, or type the code from the mail here.",
		Code:     "The code from the mail",
		CodeHint: "8 letters and digits, such as ABCD\u2011EFGH. Capitals or small letters, both work.",
		Button:   "Continue",
		Refused:  "This code was not taken: it is mistyped, too old or used already, or there were too many tries. Compare it with the newest mail, or open the link in that mail, which may still work when the code does not.",
		NotCode:  "A code has 8 letters and digits, such as ABCD\u2011EFGH. Please type it as it stands in the mail. No try was used up.",
		NoMail:   "No mail?",
		Wait:     "Wait a minute or two. Some mail services take longer.",
		Spam:     "Look in the spam folder.",
		Right:    "Check that the address above is spelled right, and that it is the one you bound.",
		Spacing:  "You can ask for another mail after 1 minute; with each one the wait grows, up to 2 hours. Asking sooner sends nothing, and the newest mail goes on working.",
		Support:  "If all this does not help, write to support; the link is below.",
		Again:    "Send another mail",
		Another:  "Use another address",
	},
	Reset: resetWords{
		Title:      "Choose a new password",
		Intro:      "This is for your {platform} account. Type the email address that got the mail, and a new password.",
		HostTitle:  "Confirm your email address",
		HostIntro:  "Type the email address that got the mail. You then choose a new password at {platform}.",
		HostButton: "Continue",
		Why:        "We ask for it so that the link alone is of no use to anybody who finds it.",
		Refused:    "That did not work: the mail was sent to another address, or the link is too old or was used already. Check the address, or ask for a new mail.",
		Old:        "Is the link too old, or used already?",
		NotYou:     "If you did not ask for this, close the page: your password stays as it is.",
	},
	NewPassword: newPasswordWords{
		Title: "Choose a new password",
		Intro: "The code was right. Choose a new password for your {platform} account now: this page works for a few minutes only.",
	},
	Password: passwordWords{
		Label:   "New password",
		Rule:    "At least 15 characters. A few words in a row are good, spaces included. You can also paste one, or let your password manager make it.",
		Show:    "Show password",
		Effect:  "The old password stops working, and other devices have to sign in again.",
		Button:  "Set the new password",
		Refused: "This password was not taken:",
		Advice:  "Take four or five words that have nothing to do with each other, or let your password manager make one.",
		Reasons: map[string]string{
			"":          "It cannot be used here.",
			"too-short": "It is too short. It needs at least 15 characters.",
			"too-long":  "It is too long. It can have up to 256 characters.",
			"not-text":  "A part of it arrived damaged and cannot be read as text. Please type it again.",
			"common":    "It is on lists of passwords that were stolen elsewhere, or is a common one made longer.",
			"pattern":   "It is a row of keys or a repeated pattern.",
			"personal":  "It is made of your email address or of the name {platform}.",
		},
	},
	NoPassword: outcome{
		Title: "This account has no password",
		What:  "People sign in to it in another way, so there is no password to replace. Nothing was changed.",
		Next:  "Sign in to {platform} the way you did before, for example with an account of another service. If that does not work, write to support; the link is below.",
	},
	Return: returnWords{
		Title:  "Your email address is confirmed",
		What:   "Go on to {platform} and choose a new password there.",
		Button: "Continue to {platform}",
		Soon:   "Please go on now: this page works for a few minutes only, and once.",
	},
	RecoveryRefused: map[string]outcome{
		"": {
			Title: "That did not work",
			What:  "Your request could not be carried out, and nothing was changed.",
			Next:  "Ask for a new mail, and use its link or code. If that does not help, write to support; the link is below.",
		},
		"recovery-refused": {
			Title: "This link or code does not work",
			What:  "It is mistyped or incomplete, too old, used already, or a newer mail has replaced it. Nothing was changed just now.",
			Next:  "Use the newest mail, or ask for a new one and use its link or code soon.",
		},
		"password-refused": {
			Title: "This password was not taken",
			What:  "It cannot be used for this account. Nothing was changed.",
			Next:  "Open the link in the mail again, or ask for a new mail, and choose another one: four or five words that have nothing to do with each other, or one that your password manager makes.",
		},
		"expired": {
			Title: "This link has expired",
			What:  "To keep you safe, it works for a short time only. Nothing was changed.",
			Next:  "If you want a new password, ask for a new mail and open its link soon. If you never asked for this, you need not do anything.",
		},
		"invalid-token": {
			Title: "This link is not complete",
			What:  "A part of it is missing or was changed. Some mail apps cut long links.",
			Next:  "Copy the whole link from the mail, or ask for a new mail.",
		},
		"invalid-address": {
			Title: "This is no address for mail",
			What:  "Mail cannot be sent to what was typed. Nothing was changed.",
			Next:  "Begin again, and check how the address is spelled.",
		},
		"caller-limit": {
			Title: "Too many requests from your network",
			What:  "Others who use the same network count too. Nothing was changed.",
			Next:  "Wait {wait}, or try from another network, such as mobile data.",
		},
		"cross-site": {
			Title: "This came from another website",
			What:  "To keep you safe, this page takes answers only from itself. Nothing was changed.",
			Next:  "Open the link in the mail again and use the form there, or ask for a new mail.",
		},
		"malformed": {
			Title: "Something was missing",
			What:  "Your browser did not send what the page needs. Nothing was changed.",
			Next:  "Open the link in the mail again, best in your phone’s own browser, or ask for a new mail.",
		},
		"unavailable": {
			Title: "Please try again in a moment",
			What:  "The service is busy, so we cannot say yet whether your request was carried out. Trying again does no harm.",
			Next:  "Wait {wait}, then go back and press the button again, or open the link in the mail again.",
		},
	},
})

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
		Intro:   "Somebody who is signed in to {platform} asked to bind your email address to this account.",
		Effect:  "Press the button, and this account cannot use your address for 30 days. Its request ends, and it sends you no more mails. Nothing else changes, for you or for others.",
		IfBound: "If the address is bound to this account already, it stays bound; {platform} is told that you object.",
		Button:  "This wasn’t me",
		IfYou:   "If it was you, close this page. Nothing has happened so far.",
	},
	Denied: outcome{
		Title: "Thank you: that account is kept away",
		What:  "{address} is not bound to that account, and that account cannot ask for it again for 30 days.",
		Next:  "There is nothing more to do. You can close this page.",
	},
	Disputed: outcome{
		Title: "{platform} has been told",
		What:  "{address} was bound to that account already. A binding is for ever, so nothing was unbound. We have noted that it was not you, and {platform} has been told.",
		Next:  "Resetting that account’s password by mail is stopped for now. If you can say more about this, write to support; the link is below.",
	},
	Undo: undoWords{
		Offer:  "Pressed by mistake? You can take it back for 24 hours.",
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
			Next:  "If you want to bind the address, go back to {platform} and ask for a new mail there. Otherwise you can close this page.",
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
			What:  "It is too old to bind an address. Nothing was bound.",
			Next:  "If you want to bind the address, ask for a new mail in {platform}. If you never asked for this, you need not do anything.",
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
			Title: "Somebody said “This wasn’t me”",
			What:  "The button “This wasn’t me” was pressed for this address, so this account cannot use it for 30 days.",
			Next:  "Use another address, or wait. Who pressed it by mistake can take it back for 24 hours: open “This wasn’t me” from the mail once more.",
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
})

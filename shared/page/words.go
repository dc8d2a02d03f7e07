package page

import (
	"strings"
	"time"
)

// words are all words of all pages in one language. A new language is one new file with one value of
// this type; TestEveryLanguageIsComplete says what is missing in it.
//
// A sentence may hold these names, each replaced once: {platform}, {address}, {ref}, {time}, {n}, {wait}.
type words struct {
	Lang   Lang
	Serves []string // lower-case language ranges

	Time func(time.Time) string     // a point in time with its zone named
	Wait func(time.Duration) string // "30 seconds"

	Address, Account string // names of facts
	Reference        string // the account's reference
	NotMe            string // the link to the deny page
	OpenAgain        string // the link back to the confirm page
	AskNew           string // the link to the page that asks for the address
	Help             string // before the support link, with its space

	Confirm  confirmWords
	Deny     denyWords
	Denied   outcome // the claim is denied
	Disputed outcome // the address was bound already
	Undo     undoWords
	Done     map[Result]outcome
	Refused  map[string]outcome // by problem; "" is every other one

	Ask             askWords
	Asked           askedWords
	Reset           resetWords
	NewPassword     newPasswordWords
	Password        passwordWords
	NoPassword      outcome // nothing there to reset
	Return          returnWords
	RecoveryRefused map[string]outcome // as Refused
}

type confirmWords struct {
	Title, Intro  string
	ForEver       string
	Number        string // label of the field
	NumberHint    string // where the number is found
	NumberFormat  string // what the browser says of anything but four digits
	Bind          string // the button
	WrongOneLeft  string // the alert, with one try left
	WrongManyLeft string // and with more
	NotNumber     string // the alert when it was no number at all
	ValidUntil    string
	NoNumber      string // what to do without the session at hand
	NotYou        string // before the link
}

type denyWords struct {
	Title, Intro  string
	Effect        string // what the button does
	IfBound       string
	Button, IfYou string
}

type undoWords struct{ Offer, Button string }

type askWords struct {
	Title, Intro string
	Button       string
	NoChange     string
	Problems     map[string]string // the alert, by problem; "" is every other one
}

type askedWords struct {
	Title, Sent    string // Sent is the same for every address
	How            string
	Code, CodeHint string // label of the field, and what a code looks like, with a hyphen (U+2011) at which no line ends
	Button         string
	Refused        string // the alert: one sentence for wrong, old, used and used up
	NotCode        string // the alert when it can be no code
	NoMail         string // before what to do when none comes:

	Wait, Spam, Right, Spacing, Support string
	Again                               string // the button that asks once more
	Another                             string // the link to ask for another address
}

type resetWords struct {
	Title, Intro         string
	HostTitle, HostIntro string // where the platform keeps the passwords
	HostButton           string
	Why                  string // why the address is asked for
	Refused              string // the alert: one sentence for the wrong address and a link that is old, used or used up
	Old                  string // before the link to a new mail
	NotYou               string
}

type newPasswordWords struct{ Title, Intro string }

type passwordWords struct {
	Label, Rule     string
	Show            string // the box that shows what is typed
	Effect          string // what the button does
	Button          string
	Refused, Advice string            // around the reasons
	Reasons         map[string]string // "" is every other one
}

type returnWords struct{ Title, What, Button, Soon string }

// An outcome is what happened and what to do next, in plain words.
type outcome struct{ Title, What, Next string }

// fill puts values in the places of their names, in one pass: a value is never looked into.
func fill(s string, namesAndValues ...string) string {
	return strings.NewReplacer(namesAndValues...).Replace(s)
}

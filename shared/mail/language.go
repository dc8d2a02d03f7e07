package mail

import (
	"strings"
	"time"
)

// A language is every word of every mail in one language. A new language is one new file with one
// value of this type, registered by its declaration; TestEveryLanguageIsComplete then says what is
// missing in it.
//
// A string may hold these names, each replaced once and never inside what was put in:
// {platform} the platform's name, {label} the masked label, {ref} the account's reference,
// {time} a point in time, {life} a duration, {until} the last day for an objection, {mails} how many
// recovery mails a day can bring.
type language struct {
	Tag    string   // BCP 47, as in lang="" and Content-Language
	Serves []string // lower-case language ranges that this language answers (RFC 4647, section 3.4)

	Time func(time.Time) string     // a point in time with its zone named
	Day  func(time.Time) string     // the day of it, same zone
	Life func(time.Duration) string // "24 hours"

	HeadingOpen, HeadingClose string // around a heading in the text part
	Colon                     string // between a name and its value, with its space

	Account        string // name of the fact
	AccountLabel   string // the account when it has a label
	AccountNoLabel string // and when it has none
	Automatic      string // last lines: nobody reads answers
	Help           string // before the support link, with its space
	Spam           string // where a mail must not be missed the next time
	OnlySupport    string // where support is the only link, and why that is so

	Verify    verifyWords
	Notice    noticeWords
	Bound     boundWords
	Reconfirm reconfirmWords
	Recover   recoverWords
	Held      heldWords    // in place of Recover where the platform paused recovery
	Doubted   doubtedWords // in place of Recover where the mailbox is in doubt; read by strangers too
	Changed   changedWords
}

type verifyWords struct {
	Subject, Preheader, Title string
	Intro                     string
	IfYou                     string
	EnterCode                 string
	OrOpen                    string
	ValidFor                  string // when the life is known
	ValidUntil                string // when only the end is known
	ForEver                   string
	IfNotYou                  string
	NothingHappens            string
	NeverTell                 string
}

type noticeWords struct {
	Subject, Preheader, Title string
	Intro                     string
	StaysYours                string
	AskedAt                   string // name of the fact
	NothingToDo               string
	IfYou                     string
	SignIn                    string
	IfNotYou                  string
	Ignore                    string
	NoLink                    string

	// In place of those above where the letter names no account: the address was released a while
	// ago and nobody holds it, or its holder cannot be named. They claim no more than is known.
	UnnamedSubject, UnnamedIntro, UnnamedSignIn string
}

type boundWords struct {
	Subject, Preheader, Title string
	Intro                     string
	BoundAt                   string // name of the fact
	ForEver                   string
	KeepMailbox               string
	IfNotYou                  string
	TellUs                    string
	NeverTell                 string
}

type reconfirmWords struct {
	Subject, Preheader, Title string
	Intro                     string
	IfYou                     string
	EnterCode                 string
	ValidFor                  string // when the life is known
	ValidUntil                string // when only the end is known
	Ignored                   string
	NotAsked                  string // heading: the account is the reader's, the asking was not
	SomebodyIn                string
	NotYours                  string // heading: the account is not the reader's
	TellUs                    string
	NeverTell                 string
}

type recoverWords struct {
	Subject, Preheader, Title string
	Intro                     string // of Held too
	IfYou                     string
	EnterCode                 string
	OrOpen                    string
	ValidFor                  string // when the life is known
	ValidUntil                string // when only the end is known
	Newest                    string
	IfNotYou                  string
	NothingHappens            string
	Mistyped                  string
	NeverTell                 string
}

type heldWords struct {
	Subject, Preheader, Title string
	Paused                    string
	IfYou                     string
	AskSupport                string
	IfNotYou                  string
	Ignore                    string
}

type doubtedWords struct {
	Subject, Preheader, Title string
	Intro                     string
	Paused                    string
	Why                       string
	IfYours                   string
	SignIn                    string
	CannotSignIn              string
	IfNotYours                string
	Ignore                    string
}

type changedWords struct {
	Subject, Preheader, Title string
	Intro                     string
	ChangedAt                 string // name of the fact
	IfYou                     string
	NothingToDo               string
	IfNotYou                  string
	ActNow                    string
	MailboxFirst              string
	ThenRecover               string
	TellSupport               string
}

// languages maps each served range to its language. It is filled while the package's variables are
// initialised, before any function of it can be called, and never changed after.
var languages = map[string]*language{}

func register(l *language) *language {
	for _, r := range l.Serves {
		if languages[r] != nil {
			panic("mail: two languages serve " + r)
		}
		languages[r] = l
	}
	return l
}

// languageFor looks a BCP 47 tag up as RFC 4647, section 3.4 says: the tag, then the tag without its
// last subtag, and so on. What nobody serves is answered in English.
func languageFor(tag string) *language {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	for tag != "" {
		if l := languages[tag]; l != nil {
			return l
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return english
}

// fill puts values in the places of their names. It is one pass: a value that looks like a name stays
// what it is.
func fill(s string, namesAndValues ...string) string {
	return strings.NewReplacer(namesAndValues...).Replace(s)
}

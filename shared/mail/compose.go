package mail

import (
	"strings"
	"time"

	"mailbind/shared/binding"
)

// objection is how long after binding "this was not me" is taken, from the expiry that the link's
// token carries (design: not me, 30 days).
const objection = 30 * 24 * time.Hour

// A message is one mail in blocks, before it is text or HTML. Both parts are made from the same
// blocks, so they cannot come to say different things.
type message struct {
	lang      *language
	platform  string
	subject   string
	preheader string // what a mail app shows beside the subject; on lock screens too, so no secret
	title     string
	blocks    []block
}

// A block is one visual piece of a mail.
type block interface{ isBlock() }

type (
	paragraph string // running text
	callout   string // running text that must not be missed
	small     string // running text at the end
	heading   string
	code      string // alone on its line
	link      string // an absolute URL, alone on its line; its text is its target
	aside     string // the same, for the link that most readers do not need
	contact   string // where support is, alone on its line: the thing to do
	help      struct{ words, url string }
	factList  []fact
	rule      struct{} // a new part of the mail begins
)

type fact struct{ name, value string }

func (paragraph) isBlock() {}
func (callout) isBlock()   {}
func (small) isBlock()     {}
func (heading) isBlock()   {}
func (code) isBlock()      {}
func (link) isBlock()      {}
func (aside) isBlock()     {}
func (contact) isBlock()   {}
func (help) isBlock()      {}
func (factList) isBlock()  {}
func (rule) isBlock()      {}

func (w Words) verify(l binding.Letter, lang *language) message {
	words, say := lang.Verify, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: append([]block{
			paragraph(say(words.Intro)),
			factList{w.account(l, lang)},
			heading(words.IfYou),
			paragraph(say(words.EnterCode)),
			code(l.Code),
			paragraph(say(words.OrOpen)),
			link(w.BaseURL + "/verify?t=" + l.Token),
			paragraph(valid(l, lang, words.ValidFor, words.ValidUntil)),
			callout(say(words.ForEver)),
			rule{},
			heading(words.IfNotYou),
			paragraph(say(words.NothingHappens)),
			aside(w.BaseURL + "/deny?t=" + l.Token),
			rule{},
			small(say(words.NeverTell)),
			small(say(lang.Spam)),
		}, w.ending(say, lang)...),
	}
}

// notice has no link at all, not even to support: it goes to somebody who did not ask and has nothing
// to do, and a mail without links cannot be imitated with one.
func (w Words) notice(l binding.Letter, lang *language) message {
	words, say := lang.Notice, w.filler(l, lang)
	subject, intro, signIn := words.Subject, words.Intro, words.SignIn
	if l.Ref == "" {
		subject, intro, signIn = words.UnnamedSubject, words.UnnamedIntro, words.UnnamedSignIn
	}
	var facts factList
	if l.Ref != "" {
		facts = append(facts, w.account(l, lang))
	}
	if !l.At.IsZero() {
		facts = append(facts, fact{words.AskedAt, lang.Time(l.At)})
	}
	blocks := []block{paragraph(say(intro))}
	if len(facts) > 0 {
		blocks = append(blocks, facts)
	}
	if l.Ref != "" {
		blocks = append(blocks, paragraph(say(words.StaysYours)))
	}
	return message{
		subject: say(subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: append(blocks,
			callout(say(words.NothingToDo)),
			rule{},
			heading(words.IfYou),
			paragraph(say(signIn)),
			heading(words.IfNotYou),
			paragraph(say(words.Ignore)),
			rule{},
			small(say(words.NoLink)),
			small(say(lang.Automatic)),
		),
	}
}

func (w Words) bound(l binding.Letter, lang *language) message {
	words, say := lang.Bound, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: append([]block{
			paragraph(say(words.Intro)),
			factList{w.account(l, lang), {words.BoundAt, lang.Time(l.At)}},
			callout(say(words.ForEver)),
			paragraph(say(words.KeepMailbox)),
			rule{},
			heading(words.IfNotYou),
			paragraph(say(words.TellUs)),
			link(w.BaseURL + "/deny?t=" + l.Token),
			rule{},
			small(say(words.NeverTell)),
		}, w.ending(say, lang)...),
	}
}

// account names the account as mails may: the label masked, the reference whole.
func (w Words) account(l binding.Letter, lang *language) fact {
	if label := mask(l.Label); label != "" {
		return fact{lang.Account, fill(lang.AccountLabel, "{label}", label, "{ref}", l.Ref)}
	}
	return fact{lang.Account, fill(lang.AccountNoLabel, "{ref}", l.Ref)}
}

// valid says until when code and link work, and for how long where the letter tells.
func valid(l binding.Letter, lang *language, validFor, validUntil string) string {
	if life := l.Expires.Sub(l.At); !l.At.IsZero() && life > 0 {
		return fill(validFor, "{life}", lang.Life(life), "{time}", lang.Time(l.Expires))
	}
	return fill(validUntil, "{time}", lang.Time(l.Expires))
}

func (w Words) ending(say func(string) string, lang *language) []block {
	return []block{small(say(lang.Automatic)), help{lang.Help, w.Support}}
}

// filler puts the values that any sentence may name into it.
func (w Words) filler(l binding.Letter, lang *language) func(string) string {
	r := strings.NewReplacer(
		"{platform}", w.Platform,
		"{time}", lang.Time(l.Expires),
		"{until}", lang.Day(l.At.Add(objection)),
		"{mails}", mostRecoveries,
	)
	return r.Replace
}

package mail

import "mailbind/shared/binding"

// reconfirm asks whoever reads a bound mailbox now whether it is still the account's. Its code does nothing
// but in the account's own session, so it has no link to open and tells a stranger nothing to get in by; the
// one link is for who is not the owner. The owner who did not ask is told something else: for them that link
// would pause their own way back while somebody is in their account.
//
// It names the account, as doubted does not: who shall say that an account is not theirs has to be told
// which, and the page behind the link says it too.
func (w Words) reconfirm(l binding.Letter, lang *language) message {
	words, say := lang.Reconfirm, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: append([]block{
			paragraph(say(words.Intro)),
			factList{w.account(l, lang)},
			heading(words.IfYou),
			paragraph(say(words.EnterCode)),
			code(l.Code),
			paragraph(valid(l, lang, words.ValidFor, words.ValidUntil)),
			paragraph(say(words.Ignored)),
			rule{},
			heading(words.NotAsked),
			paragraph(say(words.SomebodyIn)),
			heading(words.NotYours),
			paragraph(say(words.TellUs)),
			aside(w.BaseURL + "/deny?t=" + l.Token),
			rule{},
			small(say(words.NeverTell)),
			small(say(lang.Spam)),
		}, w.ending(say, lang)...),
	}
}

package mail

import "mailbind/shared/binding"

// mostRecoveries is how many recovery mails one address gets in 24 hours, whoever asks and however
// often: their spacing of 1, 5, 30 and then 120 minutes leaves room for no more.
const mostRecoveries = "16"

// recovery has no link that says "this was not me": asking changes nothing, so there is nothing to
// take back, and a link that stopped these mails would be a stranger's way to lock the owner out.
func (w Words) recovery(l binding.Letter, lang *language) message {
	switch l.Paused {
	case binding.PausedHold:
		return w.held(l, lang)
	case binding.PausedRisk:
		return w.doubted(l, lang)
	}
	words, say := lang.Recover, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: append([]block{
			paragraph(say(words.Intro)),
			factList{w.account(l, lang)},
			heading(words.IfYou),
			paragraph(say(words.EnterCode)),
			code(l.Code),
			paragraph(say(words.OrOpen)),
			link(w.BaseURL + "/reset?t=" + l.Token),
			paragraph(valid(l, lang, words.ValidFor, words.ValidUntil)),
			paragraph(say(words.Newest)),
			rule{},
			heading(words.IfNotYou),
			callout(say(words.NothingHappens)),
			paragraph(say(words.Mistyped)),
			rule{},
			small(say(words.NeverTell)),
			small(say(lang.Spam)),
		}, w.ending(say, lang)...),
	}
}

// held goes where the platform paused recovery. Its support knows why; this mail does not say more
// than that, as it does not know who reads it.
func (w Words) held(l binding.Letter, lang *language) message {
	words, say := lang.Held, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: []block{
			paragraph(say(lang.Recover.Intro)),
			factList{w.account(l, lang)},
			callout(say(words.Paused)),
			rule{},
			heading(words.IfYou),
			paragraph(say(words.AskSupport)),
			contact(w.Support),
			heading(words.IfNotYou),
			paragraph(say(words.Ignore)),
			rule{},
			small(say(lang.OnlySupport)),
			small(say(lang.Automatic)),
		},
	}
}

// doubted goes to a mailbox that may be a stranger's by now, so it names the account not at all:
// neither the label, not even masked, nor the reference, with which support could be made to believe
// that the stranger is the owner. The owner misses neither: one address is bound to one account.
func (w Words) doubted(l binding.Letter, lang *language) message {
	words, say := lang.Doubted, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: []block{
			paragraph(say(words.Intro)),
			callout(say(words.Paused)),
			paragraph(say(words.Why)),
			rule{},
			heading(words.IfYours),
			paragraph(say(words.SignIn)),
			paragraph(say(words.CannotSignIn)),
			contact(w.Support),
			heading(words.IfNotYours),
			paragraph(say(words.Ignore)),
			rule{},
			small(say(lang.OnlySupport)),
			small(say(lang.Automatic)),
		},
	}
}

// changed leads back to the sign-in page only in words: the owner knows that page, and a mail that
// alarms and links is what phishing looks like.
func (w Words) changed(l binding.Letter, lang *language) message {
	words, say := lang.Changed, w.filler(l, lang)
	return message{
		subject: say(words.Subject), preheader: say(words.Preheader), title: say(words.Title),
		blocks: []block{
			paragraph(say(words.Intro)),
			factList{w.account(l, lang), {words.ChangedAt, lang.Time(l.At)}},
			heading(words.IfYou),
			paragraph(say(words.NothingToDo)),
			rule{},
			heading(words.IfNotYou),
			callout(say(words.ActNow)),
			paragraph(say(words.MailboxFirst)),
			paragraph(say(words.ThenRecover)),
			paragraph(say(words.TellSupport)),
			contact(w.Support),
			rule{},
			small(say(lang.OnlySupport)),
			small(say(lang.Automatic)),
		},
	}
}

// Package timeline says in plain words what became of a mail and how a bound mailbox is, and what to do
// about it. The API serves these words beside its own (fate, reason, next, health), so that a platform
// shows them as they are and needs none of its own.
//
// The account holder who reads them waits for a mail, often on a phone, and knows nothing of how mail
// works. So Words.What is a short sentence or two about what happened, Words.Do about what to do,
// and neither holds a word of the trade, a remote server's text or any blame. They follow from the facts
// alone: a verify mail and the notice in its place get the same ones (P8).
//
// Every combination of facts has an answer, also one that no code gives today or that a newer function
// sends to an older one: the lists are read from the special to the general, and end in a sentence that is
// always true.
//
// The package imports strings and nothing else, and its lists are data without code that runs at start.
// Linked into a Lambda binary (arm64, -trimpath -ldflags '-s -w', norpc) it adds 30 KB, nearly all of it the
// words; one answer takes 0.2 µs and 3 allocations of 250 bytes.
package timeline

import "strings"

// Words are what an account holder reads.
type Words struct {
	What string // what happened
	Do   string // what to do
}

// MailFacts are what is known of a mail, in the words of the API; each may be empty or unknown.
type MailFacts struct {
	Fate   string // queued, not-sent, sent, delayed, bounced, delivered, complained
	Reason string // why, where it is known
	Next   string // what to do
	Over   bool   // the request of this mail has ended, and no code or link of it works any more
	Sender string // the From address of our mails, with or without a display name; empty: spoken of as "our sender address"
}

// Mail tells what became of a mail in the language of a BCP 47 tag; what is not served is English.
func Mail(lang string, m MailFacts) Words {
	l := lookup(lang)
	if m.Next == bindAgain {
		m.Over = true
	}
	if m.Over && m.Next != "contact-support" {
		m.Next = bindAgain
	}
	w := Words{Do: first(l.do, m.Next, m.Fate, m.Reason)}
	if m.Over {
		w.What = first(l.over, "", m.Fate, m.Reason)
	}
	if w.What == "" {
		w.What = first(l.what, "", m.Fate, m.Reason)
	}
	if strings.Contains(w.Do, sender) {
		w.Do = strings.ReplaceAll(w.Do, sender, l.sender(m.Sender))
	}
	return w
}

// Denied tells that the mailbox's reader ended a claim, by denied_by of the API.
func Denied(lang, by string) Words {
	l := lookup(lang)
	return Words{What: first(l.health, "", "denied", by), Do: first(l.care, "", "denied", by)}
}

// Health tells how a bound mailbox is, by health and advice.next of the API.
func Health(lang, health, next string) Words {
	l := lookup(lang)
	return Words{What: first(l.health, next, health, ""), Do: first(l.care, next, health, "")}
}

const (
	bindAgain = "bind-again"
	sender    = "{sender}" // where a sentence names the sender of our mails
)

// A line is a sentence and the facts that it is for; an empty fact is any.
type line struct{ next, fate, reason, text string }

// first gives the first sentence for the facts; "" if there is none.
func first(lines []line, next, fate, reason string) string {
	for _, l := range lines {
		if (l.next == "" || l.next == next) && (l.fate == "" || l.fate == fate) && (l.reason == "" || l.reason == reason) {
			return l.text
		}
	}
	return ""
}

// A language is every sentence in one language; a new one is one new file and its entry in languages.
// In health and care the fate of a line is the health.
type language struct {
	serves    []string // lower-case language ranges (RFC 4647, section 3.4)
	what      []line   // of mails
	over      []line   // in place of what, once the request has ended
	do        []line
	health    []line // of mailboxes; with the fate denied, of what a mailbox's reader ended
	care      []line // what to do about them
	ourSender string // in place of the sender's address where that is not known
	around    string // between an address and the words on both sides
}

// sender is the bare address of a From value.
func (l *language) sender(from string) string {
	if _, rest, ok := strings.Cut(from, "<"); ok {
		from = strings.TrimSuffix(rest, ">")
	}
	if from == "" {
		return l.ourSender
	}
	return l.around + from + l.around
}

var languages = [...]*language{&english, &chinese}

// lookup finds the language of a tag as RFC 4647, section 3.4 says: the tag, then the tag without its last
// subtag, and so on. So Traditional Chinese is answered by whoever serves zh until a file serves zh-hant.
func lookup(tag string) *language {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	for tag != "" {
		for _, l := range languages {
			for _, r := range l.serves {
				if r == tag {
					return l
				}
			}
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return &english
}

package httpapi

import (
	"slices"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/timeline"
)

// given collects the words of the statuses that a test brings about, by the enum of the description.
type given map[string][]string

func (g given) add(b StatusBody) {
	put := func(enum, word string) {
		if word != "" && !slices.Contains(g[enum], word) {
			g[enum] = append(g[enum], word)
		}
	}
	put("Status.state", b.State)
	put("Status.health", b.Health)
	if b.Mail != nil {
		put("Mail.fate", b.Mail.Fate)
		put("Mail.reason", b.Mail.Reason)
		put("Mail.next", b.Mail.Next)
	}
	if b.Advice != nil {
		put("Advice.next", b.Advice.Next)
	}
}

// A health is how a bound mailbox came to be what it is. u-1 is bound at noon.
type health struct {
	word, next string
	come       func(w *world, verify, receipt binding.Letter)
}

var healths = []health{
	{"ok", "", func(*world, binding.Letter, binding.Letter) {}},
	{"ok", "review", func(w *world, _, _ binding.Letter) { w.now = w.now.AddDate(1, 0, 0) }},
	{"bounced", "confirm", func(w *world, _, receipt binding.Letter) { w.reported(receipt, binding.Bounced, binding.WhyNone) }},
	{"bounced", "confirm", func(w *world, _, receipt binding.Letter) { w.reported(receipt, binding.Bounced, binding.WhyUnknown) }},
	{"full", "make-room", func(w *world, _, receipt binding.Letter) { w.reported(receipt, binding.GaveUp, binding.WhyFull) }},
	{"ok", "", func(w *world, _, receipt binding.Letter) {
		w.reported(receipt, binding.GaveUp, binding.WhyFull)
		w.now = w.now.Add(time.Hour)
		w.reported(w.another(receipt), binding.Delivered, binding.WhyNone)
	}},
	{"complained", "confirm", func(w *world, _, receipt binding.Letter) { w.reported(receipt, binding.Complained, binding.WhyNone) }},
	{"owner-changed", "confirm", func(w *world, _, receipt binding.Letter) {
		w.reported(receipt, binding.Bounced, binding.WhyOwnerChanged)
		w.now = w.now.Add(time.Hour)
		w.reported(w.another(receipt), binding.Delivered, binding.WhyNone)
	}},
	{"broken", "confirm", func(w *world, _, receipt binding.Letter) {
		w.reported(receipt, binding.Bounced, binding.WhyUnknown)
		w.now = w.now.Add(binding.GoneTwice)
		w.reported(w.another(receipt), binding.Bounced, binding.WhyNoMail)
	}},
	{"disputed", "confirm", func(w *world, verify, _ binding.Letter) {
		w.now = w.now.Add(time.Hour)
		w.reported(verify, binding.Complained, binding.WhyNone)
	}},
	{"disowned", "confirm", func(w *world, _, receipt binding.Letter) {
		if _, err := w.service.Deny(w.Context(), receipt.Token, binding.NewRequest(), w.now); err != nil {
			w.Fatal(err)
		}
	}},
}

// Every word of the description is one that an account is told, and every word that it is told is in the
// description: each is brought about, through the mailer and the reports of the provider.
func TestEveryWordOfAStatusIsBroughtAbout(t *testing.T) {
	told := given{}
	for _, e := range endings(t) {
		w := newWorld(t)
		told.add(w.status("u-1"))
		w.bind("u-1", "a@example.net", 0)
		e.end(w)
		told.add(w.status("u-1"))
		w.now = noon.Add(binding.ChallengeLife)
		told.add(w.status("u-1"))

		w = newWorld(t)
		w.now = noon.Add(-24 * time.Hour)
		boundTo("a@example.net")(w)
		w.deliver("u-1") // the receipt
		w.now = noon
		w.read(w.call("u-1", reconfirmRoute, ""), 202)
		if e.name != "denied by the button, and undone" { // it is the claim's
			e.end(w)
		}
		told.add(w.status("u-1"))
	}
	for _, h := range healths {
		w := newWorld(t)
		w.bind("u-1", "a@example.net", 0)
		verify := w.deliver("u-1")
		w.prove("u-1")
		receipt := w.deliver("u-1")
		h.come(w, verify, receipt)
		b := w.status("u-1")
		if b.Health != h.word || b.Advice == nil || b.Advice.Next != h.next {
			t.Errorf("%s, %s: health %s, advice %+v", h.word, h.next, b.Health, b.Advice)
		}
		told.add(b)
	}
	d := description(t)
	for enum, keys := range map[string][]string{
		"Status.state": {"Status", "state"}, "Status.health": {"Status", "health"}, "Mail.fate": {"Mail", "fate"},
		"Mail.reason": {"Mail", "reason"}, "Mail.next": {"Mail", "next"}, "Advice.next": {"Advice", "next"},
	} {
		same(t, enum, words(d.at(d.schema(keys[0]), "properties", keys[1], "enum")), told[enum])
	}
}

// Of every word there is something to say to people that is not said of a word that nobody knows.
func TestEveryWordOfAStatusHasWordsForPeople(t *testing.T) {
	d := description(t)
	enum := func(schema, member string) []string {
		return words(d.at(d.schema(schema), "properties", member, "enum"))
	}
	for _, locale := range []string{"en", "zh-CN"} {
		mail := func(fate, reason, next string) timeline.Words {
			return timeline.Mail(locale, timeline.MailFacts{Fate: fate, Reason: reason, Next: next})
		}
		for _, fate := range enum("Mail", "fate") {
			if mail(fate, "", "wait").What == mail("x", "", "wait").What {
				t.Errorf("%s: fate %s", locale, fate)
			}
		}
		for _, reason := range enum("Mail", "reason") {
			if mail("not-sent", reason, "wait").What == mail("not-sent", "x", "wait").What {
				t.Errorf("%s: reason %s", locale, reason)
			}
		}
		for _, next := range enum("Mail", "next") {
			if !slices.ContainsFunc(enum("Mail", "fate"), func(fate string) bool { return mail(fate, "", next).Do != mail("x", "", "x").Do }) {
				t.Errorf("%s: next %s", locale, next)
			}
		}
		for _, h := range healths {
			is, unknown := timeline.Health(locale, h.word, h.next), timeline.Health(locale, "x", "x")
			if is.What == unknown.What || is.Do == unknown.Do {
				t.Errorf("%s: health %s, %s", locale, h.word, h.next)
			}
		}
	}
}

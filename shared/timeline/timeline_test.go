package timeline

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailbind/shared/golden"
)

// The words of the API; "" is one that is absent, and the last of each a word that nobody here knows.
// TestNoWordOfTheAPIIsForgotten holds them against the sources.
var (
	fates   = []string{"queued", "not-sent", "sent", "delayed", "bounced", "delivered", "complained", "", "eaten"}
	reasons = []string{"", "held", "content-refused", "temporary", "late", "mailbox-unknown", "domain-accepts-no-mail", "suppressed",
		"mailbox-full", "refused-as-spam", "owner-changed", "raining"}
	nexts       = []string{"wait", "check-inbox", "check-spam", "resend", "other-address", "try-tomorrow", "contact-support", "bind-again", "", "pray"}
	healths     = []string{"ok", "disputed", "bounced", "full", "complained", "broken", "owner-changed", "disowned", "", "ill"}
	healthNexts = []string{"", "confirm", "make-room", "contact-support", "review", "pray"}
	deniers     = []string{"not-me", "complaint", "", "a spirit"}
	langs       = []string{"en", "zh-CN"}
)

const testSender = "no-reply@account.shop.example"

// eachMail runs f over every combination of facts in every language.
func eachMail(f func(lang string, m MailFacts, w Words)) {
	for _, lang := range langs {
		for _, fate := range fates {
			for _, reason := range reasons {
				for _, next := range nexts {
					for _, over := range []bool{false, true} {
						for _, sender := range []string{"", testSender} {
							m := MailFacts{fate, reason, next, over, sender}
							f(lang, m, Mail(lang, m))
						}
					}
				}
			}
		}
	}
}

func eachHealth(f func(lang, health, next string, w Words)) {
	for _, lang := range langs {
		for _, health := range healths {
			for _, next := range healthNexts {
				f(lang, health, next, Health(lang, health, next))
			}
		}
	}
}

// each runs f over every answer there is.
func each(f func(lang, facts string, w Words)) {
	eachMail(func(lang string, m MailFacts, w Words) {
		facts := strings.Join([]string{m.Fate, m.Reason, m.Next, m.Sender}, "|")
		if m.Over {
			facts += "|over"
		}
		f(lang, facts, w)
	})
	eachHealth(func(lang, health, next string, w Words) { f(lang, health+"|"+next, w) })
	for _, lang := range langs {
		for _, by := range deniers {
			f(lang, "denied|"+by, Denied(lang, by))
		}
	}
}

// A phone shows about 40 Latin or 20 Chinese characters in a line: nobody reads more than three lines of
// what happened and eight of what to do.
func TestEveryAnswerSaysBothThingsInAFewLines(t *testing.T) {
	each(func(lang, facts string, w Words) {
		what, do := 120, 200
		if lang == "zh-CN" {
			what, do = 60, 100
		}
		if n := utf8.RuneCountInString(w.What); n == 0 || n > what {
			t.Errorf("%s %s: what has %d characters: %s", lang, facts, n, w.What)
		}
		if n := utf8.RuneCountInString(w.Do); n == 0 || n > do {
			t.Errorf("%s %s: do has %d characters: %s", lang, facts, n, w.Do)
		}
		for _, s := range []string{w.What, w.Do} {
			if strings.TrimSpace(s) != s || strings.Contains(s, "  ") || !strings.HasSuffix(s, map[string]string{"en": ".", "zh-CN": "。"}[lang]) {
				t.Errorf("%s %s: %q is no sentence", lang, facts, s)
			}
		}
	})
}

// What is said in one language is not left in the other.
func TestEveryAnswerIsInItsLanguage(t *testing.T) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x3000 && r < 0xff00 })
	}
	each(func(lang, facts string, w Words) {
		if chinese := lang == "zh-CN"; han(w.What) != chinese || han(w.Do) != chinese {
			t.Errorf("%s %s: %+v", lang, facts, w)
		}
	})
}

// Words of the trade, of remote servers and of our own API say nothing to the person; a brace is a
// placeholder that nothing filled.
func TestNoAnswerSpeaksOfMachines(t *testing.T) {
	machine := []string{"smtp", "mx", "dns", "bounce", "suppress", "server", "domain", "null", "ses", "5.", "550", "4xx", "error", "queue", "api",
		"{", "}", "%", "服务器", "域名", "退信", "队列", "抑制"}
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' && r < 0x80 })
	}
	each(func(lang, facts string, w Words) {
		text := strings.ReplaceAll(w.What+" "+w.Do, testSender, "")
		for _, m := range machine {
			if latin := m[0] >= 'a' && m[0] <= 'z'; latin && slices.Contains(words(text), m) || !latin && strings.Contains(text, m) {
				t.Errorf("%s %s: %q in %+v", lang, facts, m, w)
			}
		}
		for _, word := range slices.Concat(fates, reasons, nexts, healths, healthNexts) {
			if strings.Contains(word, "-") && strings.Contains(text, word) {
				t.Errorf("%s %s: %q in %+v", lang, facts, word, w)
			}
		}
	})
}

// The goldens hold every sentence once, with the facts that get it.
func TestAnswersAreAsTheGoldensShowThem(t *testing.T) {
	for _, lang := range langs {
		var what, do, health sentences
		for _, fate := range fates {
			for _, reason := range reasons {
				for _, next := range nexts {
					w := Mail(lang, MailFacts{fate, reason, next, false, testSender})
					if do.add(next+": "+fate+" "+reason, w.Do); next == "" || next == bindAgain {
						what.add(next+": "+fate+" "+reason, w.What)
					}
				}
			}
		}
		for _, h := range healths {
			for _, next := range healthNexts {
				w := Health(lang, h, next)
				health.add(h+": "+next, w.What+"\n  "+w.Do)
			}
		}
		for _, by := range deniers {
			w := Denied(lang, by)
			health.add("denied: "+by, w.What+"\n  "+w.Do)
		}
		golden.Check(t, "mail."+lang+".golden", "# what\n\n"+what.String()+"# do\n\n"+do.String())
		golden.Check(t, "health."+lang+".golden", health.String())
	}
}

// sentences are texts in the order in which they first came, each with the facts that got it.
type sentences struct {
	texts []string
	facts map[string][]string
}

func (s *sentences) add(facts, text string) {
	if s.facts == nil {
		s.facts = map[string][]string{}
	}
	if s.facts[text] == nil {
		s.texts = append(s.texts, text)
	}
	s.facts[text] = append(s.facts[text], strings.TrimSpace(facts))
}

func (s *sentences) String() string {
	var b strings.Builder
	for _, text := range s.texts {
		b.WriteString(strings.Join(s.facts[text], " | ") + "\n  " + text + "\n\n")
	}
	return b.String()
}

func BenchmarkMail(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Mail("zh-CN", MailFacts{Fate: "bounced", Reason: "refused-as-spam", Next: "resend", Sender: testSender})
	}
}

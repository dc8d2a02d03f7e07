package timeline

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Words of the sources that these lists lack would be told in the general sentence only.
func TestNoWordOfTheAPIIsForgotten(t *testing.T) {
	claim, err := os.ReadFile("../binding/claim.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +(Why|Risk) += "([a-z-]+)"`).FindAllSubmatch(claim, -1) {
		list := map[string][]string{"Why": reasons, "Risk": healths}[string(m[1])]
		if found++; !slices.Contains(list, string(m[2])) {
			t.Errorf("%s %s has no words", m[1], m[2])
		}
	}
	if found < 8 {
		t.Errorf("only %d reasons and risks found", found)
	}
	api, err := os.ReadFile("../httpapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found = 0
	lists := map[string][]string{"fate": fates, "next": nexts, "health": healths, "health_next": healthNexts}
	for _, m := range regexp.MustCompile(`(?m)^ +(fate|next|health|health_next):\n +type: string\n +enum: \[([a-z, -]+)\]`).FindAllSubmatch(api, -1) {
		found++
		for word := range strings.SplitSeq(string(m[2]), ", ") {
			if !slices.Contains(lists[string(m[1])], word) {
				t.Errorf("%s %s has no words", m[1], word)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d lists found in the description of the API", found)
	}
}

// Known words are told in sentences of their own, and both languages tell the same facts apart.
func TestEveryKnownWordHasASentenceOfItsOwn(t *testing.T) {
	for _, lang := range langs {
		unknown := Mail(lang, MailFacts{Fate: "eaten", Reason: "raining", Next: "pray"})
		for _, fate := range fates[:len(fates)-2] {
			if Mail(lang, MailFacts{Fate: fate}).What == unknown.What {
				t.Errorf("%s: fate %s is told in general words", lang, fate)
			}
		}
		for _, reason := range reasons[1 : len(reasons)-1] {
			if reason != "temporary" && Mail(lang, MailFacts{Reason: reason}).What == unknown.What {
				t.Errorf("%s: reason %s is told in general words", lang, reason)
			}
		}
		for _, next := range nexts[:len(nexts)-2] {
			if Mail(lang, MailFacts{Fate: "queued", Next: next}).Do == unknown.Do {
				t.Errorf("%s: next %s is told in general words", lang, next)
			}
		}
		for _, health := range healths[:len(healths)-2] {
			if w, other := Health(lang, health, ""), Health(lang, "ill", "pray"); w.What == other.What || w.Do == other.Do {
				t.Errorf("%s: health %s is told in general words", lang, health)
			}
		}
	}
	facts := func(lines []line) (all []line) {
		for _, l := range lines {
			l.text = ""
			all = append(all, l)
		}
		return all
	}
	for _, l := range languages {
		for i, lines := range [][]line{l.what, l.over, l.do, l.health, l.care} {
			if !slices.Equal(facts(lines), facts([][]line{english.what, english.over, english.do, english.health, english.care}[i])) {
				t.Errorf("%s: list %d tells other facts apart than the English one", l.serves, i)
			}
		}
	}
}

// A line that stands behind a more general one is never read.
func TestEveryLineIsReached(t *testing.T) {
	for _, l := range languages {
		for i, lines := range [][]line{l.what, l.over, l.do, l.health, l.care} {
			for j, x := range lines {
				for _, y := range lines[:j] {
					if (y.next == "" || y.next == x.next) && (y.fate == "" || y.fate == x.fate) && (y.reason == "" || y.reason == x.reason) {
						t.Errorf("%s: list %d: %+v is hidden by %+v", l.serves, i, x, y)
					}
				}
			}
		}
	}
}

// says fails where a text lacks a phrase, or holds it against not.
func says(t *testing.T, facts, text, phrase string, want bool) {
	t.Helper()
	if strings.Contains(text, phrase) != want {
		t.Errorf("%s: says %q: %v, want %v: %s", facts, phrase, !want, want, text)
	}
}

// After the end nothing sends the reader back to a code or to asking for the same mail again.
func TestAfterTheEndNoCodeIsPromised(t *testing.T) {
	eachMail(func(lang string, m MailFacts, w Words) {
		if !m.Over && m.Next != bindAgain {
			return
		}
		for _, promise := range []string{"code works", "may still work", "ask for the mail again", "can still come", "still being tried", "in a moment", "on its way",
			"可以使用", "可能仍然有效", "重新获取邮件", "自动送达", "仍在尝试", "马上", "正在送往"} {
			says(t, lang+" "+m.Fate+" "+m.Reason+" "+m.Next, w.What+w.Do, promise, false)
		}
	})
}

// Held is one word for a mailbox that has had enough and for a pause of all mail, and which of them it is
// must not be guessed from the words.
func TestHeldIsTrueForTheMailboxAndForThePause(t *testing.T) {
	w := Mail("en", MailFacts{Fate: "not-sent", Reason: "held", Next: "try-tomorrow"})
	says(t, "held", w.What, "enough mails for today, or we have paused", true)
	says(t, "held", w.Do, "tomorrow", true)
	w = Mail("zh", MailFacts{Fate: "not-sent", Reason: "held", Next: "try-tomorrow"})
	says(t, "held", w.What, "已达上限，或者我们正在暂停", true)
	says(t, "held", w.Do, "明天", true)
}

// What a transient answer means nobody knows, so nothing claims that the mail is lost; and a code that did
// arrive works after every report.
func TestAnAutomaticAnswerIsNotCalledALoss(t *testing.T) {
	for _, reason := range []string{"", "temporary"} {
		w := Mail("en", MailFacts{Fate: "bounced", Reason: reason, Next: "resend"})
		says(t, "bounced "+reason, w.What, "may not have arrived", true)
		says(t, "bounced "+reason, w.Do, "If it has arrived after all, its code works.", true)
		w = Mail("zh", MailFacts{Fate: "bounced", Reason: reason, Next: "resend"})
		says(t, "bounced "+reason, w.What, "可能没有送达", true)
		says(t, "bounced "+reason, w.Do, "其中的验证码可以使用", true)
	}
	says(t, "delivered", Mail("en", MailFacts{Fate: "delivered", Next: "check-spam"}).Do, "A code that has arrived works, whatever is shown here.", true)
}

func TestTheSenderIsNamedWhereItIsKnown(t *testing.T) {
	m := MailFacts{Fate: "bounced", Reason: "refused-as-spam", Next: "resend"}
	for from, want := range map[string]string{"": "Add our sender address to", testSender: "Add " + testSender + " to", "Teahouse <" + testSender + ">": "Add " + testSender + " to"} {
		m.Sender = from
		says(t, from, Mail("en", m).Do, want, true)
	}
	for from, want := range map[string]string{"": "请将我们的发件地址加入", "茶馆 <" + testSender + ">": "请将 " + testSender + " 加入"} {
		m.Sender = from
		says(t, from, Mail("zh", m).Do, want, true)
	}
}

// Recovery is spoken of as paused for the risks that hold it, and for no other.
func TestOnlyHoldingRisksSpeakOfAPause(t *testing.T) {
	eachHealth(func(lang, health, next string, w Words) {
		holds := health == "broken" || health == "owner-changed" || health == "disowned"
		says(t, health+" "+next, w.What, map[string]string{"en": "Recovery by mail is paused", "zh-CN": "通过邮件找回账号已暂停"}[lang], holds)
		if holds && next != "make-room" && next != "review" {
			says(t, health+" "+next, w.Do, map[string]string{"en": "a code by mail and type it here", "zh-CN": "获取邮件验证码，并在此处输入"}[lang], true)
		}
	})
}

func TestLanguagesAreFoundByTheirTags(t *testing.T) {
	en, zh := Mail("en", MailFacts{Fate: "sent"}), Mail("zh-CN", MailFacts{Fate: "sent"})
	for tag, want := range map[string]Words{
		"": en, "en": en, "en-GB": en, "fr": en, "zhx": en, "-": en, "--": en, "x-zh": en, "*": en,
		"zh": zh, "ZH": zh, "zh-CN": zh, "zh_CN": zh, "zh-Hans": zh, "zh-Hans-SG": zh, "zh-Hant": zh, "zh-TW": zh, "zh-HK": zh, "zh-Hant-MO": zh,
	} {
		if got := Mail(tag, MailFacts{Fate: "sent"}); got != want {
			t.Errorf("%q: %+v", tag, got)
		}
	}
}

package main_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// timelineInBrowser is what an account holder sees of mails that arrive late or never, and of a bound mailbox in doubt.
func timelineInBrowser(t *testing.T, s *stack) {
	t.Run("a slow mailbox", func(t *testing.T) { slowMailbox(t, s) })
	t.Run("an unknown mailbox", func(t *testing.T) { unknownMailbox(t, s) })
	t.Run("a bound mailbox that is gone", func(t *testing.T) { mailboxThatIsGone(t, s) })
	t.Run("reports in any order", func(t *testing.T) { reportsInAnyOrder(t, s) })
	t.Run("not me and its undoing", func(t *testing.T) { notMeAndUndone(t, s) })
	t.Run("mails held and facts unknown", func(t *testing.T) { heldAndUnknown(t, s) })
	t.Run("words of both languages", func(t *testing.T) { wordsOfBothLanguages(t, s) })
}

// reconfirmLine is in the mail that asks for a confirmation, in English.
var reconfirmLine = regexp.MustCompile(`Is this mailbox still yours\?`)

// asksToBind opens the demo page in English, for a session of some language, on the narrowest phone.
func asksToBind(t *testing.T, s *stack, account, language string) *holder {
	t.Helper()
	h := &holder{t: t, stack: s, pages: s.url, demo: browser(t), account: account, language: language}
	narrow(t, h.demo)
	do(t, h.demo,
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(chromedp.CSS("#account")),
		chromedp.Click(chromedp.CSS("#lang-en")),
		chromedp.SetValue(chromedp.CSS("#account"), account),
		chromedp.SetValue(chromedp.CSS("#locale"), language),
		chromedp.Click(chromedp.CSS("#sign-in")),
		chromedp.WaitVisible(chromedp.CSS("#endings .chip")),
	)
	return h
}

// plays presses the button that binds an address with that ending.
func (h *holder) plays(ending string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.Click(chromedp.CSS("#endings .chip[data-ending="+ending+"]")), chromedp.WaitVisible(chromedp.CSS("#state[data-state=pending]")))
}

// at waits until the newest station is that one, and holds that it says what the API says.
func (h *holder) at(fate string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS(station(fate)+" .do")))
	told := h.status().Mail
	if told.Fate != fate {
		h.t.Fatalf("the page shows %s, the API tells %s", fate, told.Fate)
	}
	for class, want := range map[string]string{"what": told.What, "do": told.Do} {
		if got := shown(h.t, h.demo, station(fate)+" ."+class); got != want || want == "" {
			h.t.Errorf("%s: .%s shows %q, the API tells %q", fate, class, got, want)
		}
	}
	if support := shown(h.t, h.demo, station(fate)+" .news"); told.Support != "" && !strings.Contains(support, told.Support) {
		h.t.Errorf("%s: the reference %s is not shown: %s", fate, told.Support, support)
	}
	fits(h.t, h.demo)
}

func station(fate string) string {
	return "#timeline > li[data-fate=" + fate + "][aria-current=step]"
}

type told struct {
	State, Health string
	ProvedAt      time.Time `json:"proved_at"`
	Mail          struct{ Fate, Reason, What, Do, Support string }
	Advice        struct{ What, Do string }
}

// status asks the API as the page does.
func (h *holder) status() (body told) {
	h.t.Helper()
	token, err := h.stack.token(h.account, "", h.language)
	if err != nil {
		h.t.Fatal(err)
	}
	a, err := h.stack.call(token, "GET", "/v1/binding", "")
	if err != nil {
		h.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		h.t.Fatalf("%v: %s", err, a.body)
	}
	return body
}

// passed are the stations of the line, the oldest first.
func (h *holder) passed(want ...string) {
	h.t.Helper()
	got, err := chromedp.Run(h.demo, chromedp.Evaluate[[]string](`[...document.querySelectorAll("#timeline > li")].map((li) => li.dataset.fate)`))
	if err != nil || !slices.Equal(got, want) {
		h.t.Errorf("the line has the stations %v (%v), want %v", got, err, want)
	}
}

// typesTheCode types the code of the mail that is open on the page, and waits for what css names.
func (h *holder) typesTheCode(css string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS("#mail-code")))
	do(h.t, h.demo,
		chromedp.SetValue(chromedp.CSS("#code"), shown(h.t, h.demo, "#mail-code")),
		chromedp.Click(chromedp.CSS("#verify")),
		chromedp.WaitVisible(chromedp.CSS(css)),
	)
	fits(h.t, h.demo)
}

func slowMailbox(t *testing.T, s *stack) {
	h := asksToBind(t, s, "timeline-slow", "zh-CN")
	h.plays("slow")
	h.at("delayed")
	text := shown(t, h.demo, station("delayed")+" .what")
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
		t.Errorf("a session in Chinese reads %q", text)
	}
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS(station("delayed")+"[data-live=true] .news[lang=zh-CN]")))
	h.at("delivered")
	h.passed("asked", "queued", "sent", "delayed", "delivered")
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#code")), chromedp.WaitReady(chromedp.CSS(station("delivered")+"[data-live=false]")))
	h.typesTheCode("#state[data-state=bound]")
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#timeline > li[data-fate=done]")))
	h.passed("asked", "queued", "sent", "delayed", "delivered", "done")
}

// unknownMailbox holds that a bounce leads to another address, and bars nobody from typing a code that came all the same.
func unknownMailbox(t *testing.T, s *stack) {
	h := asksToBind(t, s, "timeline-bounce", "en")
	h.plays("bounce")
	h.at("bounced")
	h.passed("asked", "queued", "sent", "bounced")
	do(t, h.demo,
		chromedp.WaitVisible(chromedp.CSS(station("bounced")+"[data-reason=mailbox-unknown] .support")),
		chromedp.WaitVisible(chromedp.CSS("#resend[data-ready=false]")),
		chromedp.Click(chromedp.CSS("#other-address")),
		chromedp.WaitVisible(chromedp.CSS("#bind-form[data-kind=other] #email:focus")),
		chromedp.Click(chromedp.CSS("#resend")),
		chromedp.WaitVisible(chromedp.CSS("#error[data-name=mailbox-refused]")),
	)
	fits(t, h.demo)
	h.typesTheCode("#state[data-state=bound]")
}

// mailboxThatIsGone holds that the owner of a bound mailbox sees the doubt, what it does, and how to end it.
func mailboxThatIsGone(t *testing.T, s *stack) {
	h := holds(t, s, "timeline-gone", "en")
	proved := h.status().ProvedAt
	h.healthy("ok")
	do(t, h.demo,
		chromedp.Click(chromedp.CSS("#ending-bounce")),
		chromedp.WaitVisible(chromedp.CSS("#ending[data-ending=bounce]")),
		chromedp.Click(chromedp.CSS("#reconfirm")),
		chromedp.WaitVisible(chromedp.CSS("#code:focus")),
	)
	h.at("bounced")
	h.passed("asked", "queued", "sent", "bounced")
	h.healthy("bounced")
	h.worries("bounced")
	do(t, h.demo,
		chromedp.Click(chromedp.CSS("#shift-day")),
		chromedp.WaitVisible(chromedp.CSS("#shift[data-days='1']")),
		chromedp.SetValue(chromedp.CSS("#new-password"), oldPassword),
		chromedp.Click(chromedp.CSS("#set-password")), // its mail comes back too, a day later
		chromedp.WaitVisible(chromedp.CSS("#health[data-health=broken][data-tone=bad]")),
		chromedp.Click(chromedp.CSS("#shift-back")),
		chromedp.WaitVisible(chromedp.CSS("#shift[data-days='0']")),
	)
	h.healthy("broken")
	h.worries("broken")
	code := h.found(codeLine, reconfirmLine)
	do(t, h.demo,
		chromedp.SetValue(chromedp.CSS("#code"), code),
		chromedp.Click(chromedp.CSS("#verify")),
		chromedp.WaitVisible(chromedp.CSS("#health[data-health=ok] #reconfirm")),
		chromedp.WaitNotVisible(chromedp.CSS("#code")),
		chromedp.WaitVisible(chromedp.CSS("#events .event[data-event='binding.well'][data-cause=confirmed][data-account=timeline-gone]")),
	)
	h.healthy("ok")
	h.passed("asked", "queued", "sent", "bounced", "done")
	again := h.status().ProvedAt
	at, err := chromedp.Run(h.demo, chromedp.AttributeValue(chromedp.CSS("#proved"), "datetime"))
	if err != nil || at.Value != again.Format(time.RFC3339) || !again.After(proved) {
		t.Errorf("the page says that the mailbox was proved at %q (%v), the API %v, and %v at first", at.Value, err, again, proved)
	}
}

// healthy waits until the page shows that health, and holds that it says what the API says.
func (h *holder) healthy(health string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS("#health[data-health="+health+"]")))
	told := h.status()
	if told.Health != health {
		h.t.Fatalf("the page shows %s, the API tells %s", health, told.Health)
	}
	for id, want := range map[string]string{"#health-what": told.Advice.What, "#health-do": told.Advice.Do} {
		if got := shown(h.t, h.demo, id); got != want || want == "" {
			h.t.Errorf("%s: %s shows %q, the API tells %q", health, id, got, want)
		}
	}
	fits(h.t, h.demo)
}

// worries waits for the event by which the platform learns of a risk.
func (h *holder) worries(cause string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf("#events .event[data-event='binding.at_risk'][data-cause=%s][data-account=%s]", cause, h.account))))
}

// reportsInAnyOrder plays reports that come twice and the last one first, by the page's own buttons.
func reportsInAnyOrder(t *testing.T, s *stack) {
	for manner, ending := range map[string]string{"double": "moved", "shuffled": "full"} {
		h := asksToBind(t, s, "timeline-"+manner, "en")
		h.reports(manner)
		h.plays(ending)
		do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#timeline > li[data-fate=sent]"))) // the mail is out, and its reports will come so
		h.reports("prompt")
		h.at("bounced")
		time.Sleep(time.Second) // the others come now
		h.at("bounced")
		h.passed("asked", "queued", "sent", "bounced")
	}
}

func (h *holder) reports(manner string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.Click(chromedp.CSS("#reports-"+manner)), chromedp.WaitVisible(chromedp.CSS("#reports[data-events="+manner+"]")))
}

// notMeAndUndone goes from a mail of the inbox to "this wasn't me" and back.
func notMeAndUndone(t *testing.T, s *stack) {
	h := holds(t, s, "timeline-notme", "en")
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#mail-links:not(:has([data-link=verify])) [data-link=deny]"))) // the receipt's
	link, err := chromedp.Run(h.demo, chromedp.AttributeValue(chromedp.CSS("#mail-links [data-link=deny]"), "href"))
	if err != nil || !link.Exists {
		t.Fatalf("the receipt has no link for who is not its owner: %v", err)
	}
	phone := tab(t, h.demo)
	speaking(t, phone, "en")
	narrow(t, phone)
	do(t, phone,
		chromedp.Navigate(link.Value),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("form:has([value=undo]) button")),
	)
	fits(t, phone)
	toFront(t, h.demo)
	h.healthy("disowned")
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#events .event[data-event='binding.disputed'][data-cause=not-me][data-account=timeline-notme]")))
	toFront(t, phone)
	do(t, phone, chromedp.Click(chromedp.CSS("form:has([value=undo]) button")), chromedp.WaitNotPresent(chromedp.CSS("[value=undo]")))
	toFront(t, h.demo)
	h.healthy("ok")
	do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#events .event[data-event='binding.well'][data-cause=undone][data-account=timeline-notme]")))
}

// heldAndUnknown has the page read answers that take a day, or a newer service: it shows their words as they are.
func heldAndUnknown(t *testing.T, s *stack) {
	h := asksToBind(t, s, "timeline-mocked", "en")
	h.plays("success")
	h.at("delivered")
	for _, mail := range []struct{ json, fate, css string }{
		{`{fate: "not-sent", reason: "held", next: "try-tomorrow", support: "AAAA-BBBBBBBB", what: "Held it is.", do: "Tomorrow."}`, "not-sent",
			"#mail-part[data-next=try-tomorrow] #resend[data-ready=false]"},
		{`{fate: "eaten", reason: "by-a-dog", next: "buy-a-cat", what: "The dog ate it.", do: "Buy a cat."}`, "eaten", "#mail-part[data-next=buy-a-cat] #resend"},
	} {
		do(t, h.demo, chromedp.WaitVisible(chromedp.CSS("#code")))
		if _, err := chromedp.Run(h.demo, chromedp.Evaluate[any](`(() => {
			window.asked ??= window.fetch;
			window.fetch = async (path, options) => {
				const answer = await window.asked(path, options);
				if (path !== "/v1/binding") return answer;
				return Response.json({...await answer.json(), mail: `+mail.json+`});
			};
		})()`)); err != nil {
			t.Fatal(err)
		}
		do(t, h.demo, chromedp.WaitVisible(chromedp.CSS(station(mail.fate)+" .do")), chromedp.WaitVisible(chromedp.CSS(mail.css)), chromedp.WaitVisible(chromedp.CSS("#code")))
		fits(t, h.demo)
	}
	if text := shown(t, h.demo, station("eaten")); !strings.Contains(text, "The dog ate it.") || !strings.Contains(text, "Buy a cat.") || !strings.Contains(text, "by-a-dog") {
		t.Errorf("of a fate that the page does not know it shows %q", text)
	}
}

// wordsOfBothLanguages holds that the page has each word in both, with the same places to fill, and none that it lacks.
func wordsOfBothLanguages(t *testing.T, s *stack) {
	page := browser(t)
	do(t, page, chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(chromedp.CSS("#account")))
	wrong, err := chromedp.Run(page, chromedp.Evaluate[[]string](`Promise.all([import("/_local/ui/words-en.js"), import("/_local/ui/words-zh.js")]).then(([{ en }, { zh }]) => {
		const places = (words) => [...(words ?? "").matchAll(/\{\w+\}/g)].map(String).sort().join();
		const keys = [...new Set([...Object.keys(en), ...Object.keys(zh)])];
		const named = [...document.querySelectorAll("[data-t], [data-t-label], [data-t-placeholder]")].flatMap((n) => [n.dataset.t, n.dataset.tLabel, n.dataset.tPlaceholder]);
		return [...keys.filter((k) => !en[k] || !zh[k] || places(en[k]) !== places(zh[k])), ...named.filter((k) => k && !en[k])];
	})`, chromedp.EvalAwaitPromise))
	if err != nil || len(wrong) > 0 {
		t.Errorf("words that are not alike in both languages, or not there: %v %v", wrong, err)
	}
}

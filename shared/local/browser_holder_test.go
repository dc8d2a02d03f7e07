package main_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

const (
	oldPassword = "seven lamps over the harbour"
	newPassword = "eight boats beside the pier"
	// thirdPassword is one that nobody is to get.
	thirdPassword = "nine kites above the market"
)

// holder is an account holder at the demo page, whose address is bound.
type holder struct {
	t        *testing.T
	stack    *stack
	pages    string // where mailbind's pages are
	demo     context.Context
	account  string
	language string
	address  string
}

// holds opens the demo page in a language and binds an address by the code of its mail.
func holds(t *testing.T, s *stack, account, language string) *holder {
	t.Helper()
	h := &holder{t: t, stack: s, pages: s.url, demo: browser(t), account: account, language: language, address: account + "@shop.example"}
	speaking(t, h.demo, language)
	narrow(t, h.demo)
	do(t, h.demo,
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(chromedp.CSS("#account")),
		chromedp.Click(chromedp.CSS("#lang-"+language[:2])),
		chromedp.SetValue(chromedp.CSS("#account"), account),
		chromedp.SetValue(chromedp.CSS("#label"), "李记灯饰"),
		chromedp.SetValue(chromedp.CSS("#locale"), language),
		chromedp.Click(chromedp.CSS("#sign-in")),
		chromedp.WaitVisible(chromedp.CSS("#email")),
		chromedp.SetValue(chromedp.CSS("#email"), h.address),
		chromedp.Click(chromedp.CSS("#bind")),
		chromedp.WaitVisible(chromedp.CSS("#state[data-state=pending]")),
	)
	do(t, h.demo,
		chromedp.SendKeys(chromedp.CSS("#code"), h.found(codeLine, linkLine)),
		chromedp.Click(chromedp.CSS("#verify")),
		chromedp.WaitVisible(chromedp.CSS("#access")),
	)
	return h
}

// found waits for the mail that has such a link, and finds what is in it.
func (h *holder) found(what, link *regexp.Regexp) string {
	h.t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		mails, err := h.stack.mails(h.address)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, m := range mails {
			if match := what.FindStringSubmatch(m.Text); match != nil && link.MatchString(m.Text) {
				return match[1]
			}
		}
	}
	h.t.Fatalf("no mail has %s and %s", what, link)
	return ""
}

// setsPassword sets the first password; session 1 begins with it.
func (h *holder) setsPassword() {
	h.t.Helper()
	do(h.t, h.demo,
		chromedp.WaitVisible(chromedp.CSS("#set-form")),
		chromedp.SetValue(chromedp.CSS("#new-password"), oldPassword),
		chromedp.Click(chromedp.CSS("#set-password")),
		chromedp.WaitVisible(chromedp.CSS(`#sessions > li[data-n="1"][data-state=alive]`)),
	)
	fits(h.t, h.demo)
}

// signsIn types a password and waits for what the shop says: a session of that number, or the name of a refusal.
func (h *holder) signsIn(password string, want any) {
	h.t.Helper()
	shows := fmt.Sprintf("#error[data-name=%v]", want)
	if n, is := want.(int); is {
		shows = fmt.Sprintf(`#sessions > li[data-n="%d"][data-state=alive]`, n)
	}
	do(h.t, h.demo,
		chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("#password-sign-in")),
		chromedp.WaitVisible(chromedp.CSS(shows)),
	)
	fits(h.t, h.demo)
}

// forgets presses "Forgot password?" and asks for a mail in the tab that opens.
func (h *holder) forgets(language string) context.Context {
	h.t.Helper()
	tabs := chromedp.WaitNewTarget(h.demo, func(info *target.Info) bool { return strings.HasSuffix(info.URL, "/recover") })
	do(h.t, h.demo, chromedp.Click(chromedp.CSS("#forgot")))
	phone := watched(h.t, h.demo, chromedp.WithTargetID(<-tabs))
	speaking(h.t, phone, language)
	narrow(h.t, phone)
	do(h.t, phone, chromedp.Navigate(h.pages+"/recover")) // again, in that language
	h.asks(phone)
	return phone
}

// plain asks for a mail in a tab that runs no script.
func (h *holder) plain() context.Context {
	h.t.Helper()
	phone := tab(h.t, h.demo)
	if _, err := chromedp.Call(phone, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		h.t.Fatal(err)
	}
	do(h.t, phone, chromedp.Navigate(h.pages+"/recover"))
	h.asks(phone)
	return phone
}

// asks fills the page of /recover and waits for the page that takes the code.
func (h *holder) asks(phone context.Context) {
	h.t.Helper()
	do(h.t, phone, chromedp.WaitVisible(chromedp.CSS("#email")))
	fits(h.t, phone)
	do(h.t, phone,
		chromedp.SendKeys(chromedp.CSS("#email"), h.address),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("#code")),
	)
	if text := shown(h.t, phone, "body"); !strings.Contains(text, h.address) {
		h.t.Errorf("the page does not show what was typed:\n%s", text)
	}
	fits(h.t, phone)
}

// ended waits until the demo page shows the sessions 1 to n as ended, and why. It offers no first password then: there is one.
func (h *holder) ended(n int, by string) {
	h.t.Helper()
	toFront(h.t, h.demo)
	for i := range n {
		do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf(`#sessions > li[data-n="%d"][data-state=ended][data-ended-by="%s"]`, i+1, by))))
	}
	do(h.t, h.demo, chromedp.WaitReady(chromedp.CSS("#set-form[hidden]")), chromedp.WaitReady(chromedp.CSS("#set-over:not([hidden])")))
	fits(h.t, h.demo)
}

// told waits for an event of the account in the panel of the demo page.
func (h *holder) told(kind string) {
	h.t.Helper()
	do(h.t, h.demo, chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf(`#events .event[data-event="%s"][data-account="%s"]`, kind, h.account))))
}

// back goes to a page that was the answer to a form: the browser keeps none of it.
func back(t *testing.T, ctx context.Context) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.NavigateBack())
	html, failed := chromedp.Run(ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if err == nil || !strings.Contains(err.Error(), "ERR_CACHE_MISS") || failed != nil || strings.Contains(html, `name="grant"`) {
		t.Errorf("going back gives %v, %v and a page of %d bytes", err, failed, len(html))
	}
}

// speaking makes a tab ask for pages in one language.
func speaking(t *testing.T, ctx context.Context, language string) {
	t.Helper()
	agent, err := chromedp.Run(ctx, chromedp.Evaluate[string]("navigator.userAgent"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language}); err != nil {
		t.Fatal(err)
	}
}

// narrow makes a tab as wide as the narrowest phone.
func narrow(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, chromedp.EmulateViewport(320, 640))
}

// toFront shows a tab: one that is behind another rests.
func toFront(t *testing.T, ctx context.Context) {
	t.Helper()
	if _, err := chromedp.Call(ctx, page.BringToFront, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
}

// fits holds that nothing of the page stands out to the side.
func fits(t *testing.T, ctx context.Context) {
	t.Helper()
	over, err := chromedp.Run(ctx, chromedp.Evaluate[float64]("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
	if err != nil || over > 0 {
		t.Errorf("the page is %v pixels too wide, %v", over, err)
	}
}

func isAt(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	if at, err := chromedp.Run(ctx, chromedp.Location()); err != nil || at != want {
		t.Errorf("the browser is at %q (%v), want %s\n%s", at, err, want, shown(t, ctx, "body"))
	}
}

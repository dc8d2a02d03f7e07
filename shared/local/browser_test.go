package main_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	logs "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a Chromium without a window, of a phone's size. One that cannot start fails the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(390, 844))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	return tab(t, ctx)
}

// tab opens a tab that is watched.
func tab(t *testing.T, parent context.Context) context.Context {
	t.Helper()
	return watched(t, parent)
}

// watched opens a tab, or takes one that is there, and fails the test for whatever the page complains of: a blocked
// style, a refused form, a script's error.
func watched(t *testing.T, parent context.Context, options ...chromedp.ContextOption) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, logs.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *logs.EventEntryAdded:
			if e.Entry.Level == logs.EntryLevelError && !expected(e.Entry.Text) {
				t.Errorf("the browser says: %s", e.Entry.Text)
			}
		case *runtime.EventConsoleAPICalled:
			t.Errorf("the page writes to the console: %s", e.Type)
		case *runtime.EventExceptionThrown:
			t.Errorf("the page's script fails at %s:%d: %s", e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// expected are answers with an error status, which a browser logs: the pages of refusals.
func expected(text string) bool {
	return strings.Contains(text, "the server responded with a status of 4")
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func shown(t *testing.T, ctx context.Context, css string) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(css)))
	if err != nil {
		t.Fatalf("%s: %v", css, err)
	}
	return strings.TrimSpace(text)
}

// inBrowser is what people see, in a real browser.
func inBrowser(t *testing.T, s *stack) {
	t.Run("binding", func(t *testing.T) { bindingInBrowser(t, s) })
	t.Run("timeline", func(t *testing.T) { timelineInBrowser(t, s) })
	t.Run("recovery by code", func(t *testing.T) { recoveryByCode(t, s) })
	t.Run("recovery by link", func(t *testing.T) { recoveryByLink(t, s) })
	t.Run("recovery without script", func(t *testing.T) { recoveryWithoutScript(t, s) })
	t.Run("forms of other sites", func(t *testing.T) { formsOfOtherSites(t, s) })
}

// bindingInBrowser is the first session of a stranger: the demo page, the number, the mail's link on a page
// without script, and the account bound.
func bindingInBrowser(t *testing.T, s *stack) {
	const address = "browser@shop.example"
	demo := browser(t)
	do(t, demo,
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(chromedp.CSS("#account")),
		chromedp.SetValue(chromedp.CSS("#account"), "browser-1"),
		chromedp.SetValue(chromedp.CSS("#label"), "李记灯饰"),
		chromedp.Click(chromedp.CSS("#sign-in")),
		chromedp.WaitVisible(chromedp.CSS("#email")),
		chromedp.SetValue(chromedp.CSS("#email"), address),
		chromedp.Click(chromedp.CSS("#bind")),
		chromedp.WaitVisible(chromedp.CSS("#state[data-state=pending]")),
		chromedp.WaitVisible(chromedp.CSS("#timeline > li[data-fate=sent]")),
	)
	number, ref := shown(t, demo, "#check"), shown(t, demo, "#ref")
	number = strings.Join(strings.Fields(number), "")
	m, err := s.arrived(address, 1)
	if err != nil {
		t.Fatal(err)
	}
	link := linkLine.FindStringSubmatch(m.Text)
	if link == nil {
		t.Fatalf("no link in the mail:\n%s", m.Text)
	}
	wrongNumber := "0000"
	if number == wrongNumber {
		wrongNumber = "0001"
	}

	alignedLeft(t, demo)

	phone := tab(t, demo)
	if _, err := chromedp.Call(phone, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(t, phone, chromedp.Navigate(link[1]), chromedp.WaitVisible(chromedp.CSS("input[name=check]")))
	for _, want := range []string{"李记灯饰", ref, address} {
		if text := shown(t, phone, "body"); !strings.Contains(text, want) {
			t.Errorf("the page does not show %q:\n%s", want, text)
		}
	}
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("input[name=check]"), wrongNumber),
		chromedp.Click(chromedp.CSS("button[type=submit], form button")),
		chromedp.WaitVisible(chromedp.CSS("[role=alert]")),
		chromedp.SendKeys(chromedp.CSS("input[name=check]"), number),
		chromedp.Click(chromedp.CSS("button[type=submit], form button")),
		chromedp.Sleep(time.Second),
	)
	at, err := chromedp.Run(phone, chromedp.Location())
	if err != nil || at != s.url+"/done?r=bound" {
		t.Errorf("the browser is at %q (%v), want /done?r=bound\n%s", at, err, shown(t, phone, "body"))
	}
	do(t, demo, chromedp.WaitVisible(chromedp.CSS("#state[data-state=bound]")))
	if text := shown(t, demo, "#bound-address"); !strings.Contains(text, "•") || strings.Contains(text, "browser@") {
		t.Errorf("the bound address is shown as %q", text)
	}
}

// alignedLeft holds that every line of the mail list begins at the same place, however long it is.
func alignedLeft(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, chromedp.WaitVisible(chromedp.CSS(".mail .mail-subject")))
	lines, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[...document.querySelectorAll(".mail")].flatMap((row) => {
		const inside = row.getBoundingClientRect().left + parseFloat(getComputedStyle(row).paddingLeft) + row.clientLeft;
		return [...row.children].map((line) => line.getBoundingClientRect().left - inside);
	})`))
	if err != nil || len(lines) < 3 {
		t.Fatalf("%d lines in the list of mails: %v", len(lines), err)
	}
	for i, off := range lines {
		if off > 1 || off < -1 {
			t.Errorf("line %d of the list of mails begins %.1f pixels off the edge", i, off)
		}
	}
}

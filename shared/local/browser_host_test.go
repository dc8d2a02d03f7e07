package main_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestRecoveryLeadsBackToAPlatformThatKeepsPasswords is the circle in host mode.
func TestRecoveryLeadsBackToAPlatformThatKeepsPasswords(t *testing.T) {
	s := start(t, "-password-mode", "host")
	t.Run("by code", func(t *testing.T) { backByCode(t, s) })
	t.Run("by link, without script", func(t *testing.T) { backByLink(t, s) })
}

// backByCode clicks twice, as many people do, on all that brings them back.
func backByCode(t *testing.T, s *stack) {
	h := holds(t, s, "circle-host", "zh-CN")
	h.pages = strings.Replace(s.url, "127.0.0.1", "localhost", 1) // another site than the platform's, as in life
	h.setsPassword()
	h.signsIn(oldPassword, 2)
	phone := h.forgets("zh-CN")
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("#code"), h.found(codeLine, resetLine)),
		chromedp.Click(chromedp.CSS("form[action='/v1/recovery/verify'] button")),
		chromedp.WaitVisible(chromedp.CSS("form[action$='/_local/platform/return'] button")),
	)
	fits(t, phone)
	clickTwice(t, phone)
	do(t, phone, chromedp.WaitVisible(chromedp.CSS("main[data-kind=form] #password")))
	isAt(t, phone, s.url+"/_local/platform/return")
	fits(t, phone)
	do(t, phone, chromedp.SendKeys(chromedp.CSS("#password"), newPassword))
	clickTwice(t, phone)
	do(t, phone, chromedp.WaitVisible(chromedp.CSS("main[data-kind=changed]")))
	isAt(t, phone, s.url+"/_local/platform/changed")
	fits(t, phone)
	h.ended(2, "own-password")
	h.told("recovery.finished")
	h.signsIn(oldPassword, "wrong-password")
	h.signsIn(newPassword, 3)
	toFront(t, phone)
	back(t, phone)
	do(t, phone, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("main[data-kind=over]"))) // the grant is spent
	fits(t, phone)
	toFront(t, h.demo)
	h.signsIn(newPassword, 4)
}

// clickTwice clicks on a form's button, and again when the form is on its way; the browser shows the answer to the second.
func clickTwice(t *testing.T, phone context.Context) {
	t.Helper()
	if _, err := chromedp.Run(phone, chromedp.Evaluate[any](`(() => {
		const button = document.querySelector("main form button");
		setTimeout(() => button.click(), 15);
		button.click();
	})()`)); err != nil {
		t.Fatal(err)
	}
}

func backByLink(t *testing.T, s *stack) {
	h := holds(t, s, "circle-host-link", "en")
	h.setsPassword()
	phone := h.plain()
	do(t, phone,
		chromedp.Navigate(h.found(resetLine, resetLine)),
		chromedp.SendKeys(chromedp.CSS("#email"), h.address),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("form[action$='/_local/platform/return'] button")),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("main[data-kind=form] #password")),
		chromedp.SendKeys(chromedp.CSS("#password"), "lamps"),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("#wrong")),
		chromedp.SendKeys(chromedp.CSS("#password"), newPassword),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("main[data-kind=changed]")),
	)
	h.ended(1, "own-password")
	h.signsIn(newPassword, 2)
}

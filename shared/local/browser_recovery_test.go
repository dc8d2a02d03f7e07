package main_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// recoveryByCode is the whole circle in Chinese: set, sign in, forget, code, new password, and back in.
func recoveryByCode(t *testing.T, s *stack) {
	h := holds(t, s, "circle-code", "zh-CN")
	h.setsPassword()
	h.signsIn(oldPassword, 2)
	phone := h.forgets("zh-CN")
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("#code"), h.found(codeLine, resetLine)),
		chromedp.Click(chromedp.CSS("form[action='/v1/recovery/verify'] button")),
		chromedp.WaitVisible(chromedp.CSS("#password")),
	)
	fits(t, phone)
	do(t, phone, chromedp.SendKeys(chromedp.CSS("#password"), "lamps"), chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitVisible(chromedp.CSS("#reasons")))
	fits(t, phone)
	canBeShown(t, phone, newPassword)
	do(t, phone, chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitNotPresent(chromedp.CSS("#password")))
	isAt(t, phone, s.url+"/done?r=changed")
	fits(t, phone)
	h.ended(2, "credential.changed")
	for _, kind := range []string{"binding.bound", "recovery.started", "recovery.finished", "credential.changed"} {
		h.told(kind)
	}
	h.signsIn(oldPassword, "wrong-password")
	h.signsIn(newPassword, 3)
	h.goesBack(phone)
	h.signsIn(newPassword, 4)
	if _, err := s.arrived(h.address, 5); err != nil { // binding, its receipt, first password, recovery, new password
		t.Error(err)
	}
	if mails, err := s.mails(h.address); err != nil || len(mails) != 5 {
		t.Errorf("%d mails came, %v; want 5", len(mails), err)
	}
}

// canBeShown types a password and looks at it with the box that the script brings.
func canBeShown(t *testing.T, phone context.Context, password string) {
	t.Helper()
	do(t, phone, chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.WaitVisible(chromedp.CSS("#show")))
	for _, want := range []string{"text", "password"} {
		do(t, phone, chromedp.Click(chromedp.CSS("#shown")))
		kind, err := chromedp.Run(phone, chromedp.JavascriptAttribute[string](chromedp.CSS("#password"), "type"))
		if err != nil || kind != want {
			t.Errorf("the field is of type %q, %v; want %q", kind, err, want)
		}
	}
}

// goesBack goes back from the page of success, as people do, and sends again what the browser offers to send again: no
// secret is shown, and nothing changes.
func (h *holder) goesBack(phone context.Context) {
	h.t.Helper()
	toFront(h.t, phone)
	back(h.t, phone)
	do(h.t, phone, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#reasons"))) // "lamps" once more
	do(h.t, phone,
		chromedp.SendKeys(chromedp.CSS("#password"), thirdPassword),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("main a[href='/recover']")), // the grant is spent
	)
	fits(h.t, phone)
	back(h.t, phone)
	back(h.t, phone)
	do(h.t, phone, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#wrong"))) // the code is spent too
	toFront(h.t, h.demo)
}

// recoveryByLink is the circle in English, by the link of the mail.
func recoveryByLink(t *testing.T, s *stack) {
	h := holds(t, s, "circle-link", "en")
	h.setsPassword()
	h.forgets("en")
	phone := tab(t, h.demo)
	speaking(t, phone, "en")
	narrow(t, phone)
	do(t, phone, chromedp.Navigate(h.found(resetLine, resetLine)), chromedp.WaitVisible(chromedp.CSS("#password")))
	if text := shown(t, phone, "body"); strings.Contains(text, h.address) {
		t.Errorf("the link's page tells the address:\n%s", text)
	}
	fits(t, phone)
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("#email"), "another@shop.example"),
		chromedp.SendKeys(chromedp.CSS("#password"), newPassword),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("[role=alert]")),
	)
	fits(t, phone)
	do(t, phone, chromedp.Clear(chromedp.CSS("#email")), chromedp.SendKeys(chromedp.CSS("#email"), h.address))
	canBeShown(t, phone, newPassword)
	do(t, phone, chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitNotPresent(chromedp.CSS("#password")))
	isAt(t, phone, s.url+"/done?r=changed")
	h.ended(1, "credential.changed")
	h.signsIn(oldPassword, "wrong-password")
	h.signsIn(newPassword, 2)
	do(t, phone, chromedp.Navigate(h.found(resetLine, resetLine)), chromedp.WaitVisible(chromedp.CSS("#password")))
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("#email"), h.address),
		chromedp.SendKeys(chromedp.CSS("#password"), thirdPassword),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitVisible(chromedp.CSS("[role=alert]")),
	)
	h.signsIn(newPassword, 3) // the spent link changed nothing
}

// recoveryWithoutScript needs no script on any page of ours.
func recoveryWithoutScript(t *testing.T, s *stack) {
	h := holds(t, s, "circle-plain", "en")
	h.setsPassword()
	phone := h.plain()
	do(t, phone,
		chromedp.SendKeys(chromedp.CSS("#code"), h.found(codeLine, resetLine)),
		chromedp.Click(chromedp.CSS("form[action='/v1/recovery/verify'] button")),
		chromedp.WaitVisible(chromedp.CSS("#password")),
		chromedp.WaitNotVisible(chromedp.CSS("#show")),
		chromedp.SendKeys(chromedp.CSS("#password"), newPassword),
		chromedp.Click(chromedp.CSS("main form button")),
		chromedp.WaitNotPresent(chromedp.CSS("#password")),
	)
	isAt(t, phone, s.url+"/done?r=changed")
	h.ended(1, "credential.changed")
	h.signsIn(newPassword, 2)
}

// formsOfOtherSites holds that a form of another site does nothing, and one of another port of this machine neither.
func formsOfOtherSites(t *testing.T, s *stack) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<link rel="icon" href="data:,"><form method="post" action="%s%s"><input name="email" value="victim@shop.example"><button>x</button></form>`, s.url, r.URL.Path)
	}))
	defer other.Close()
	_, port, err := net.SplitHostPort(other.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	phone := browser(t)
	for _, host := range []string{"127.0.0.1", "localhost"} { // of the same site, and of another
		for _, path := range []string{"/v1/recovery", "/v1/recovery/verify", "/v1/recovery/password", "/_local/platform/sign-in"} {
			do(t, phone, chromedp.Navigate("http://"+host+":"+port+path), chromedp.WaitVisible(chromedp.CSS("button")))
			response, err := chromedp.RunResponse(phone, chromedp.Click(chromedp.CSS("button")))
			if err != nil || response.Status != http.StatusForbidden {
				t.Errorf("%s from %s: %+v, %v", path, host, response, err)
			}
		}
	}
	if mails, err := s.mails("victim@shop.example"); err != nil || len(mails) > 0 {
		t.Errorf("%d mails, %v", len(mails), err)
	}
}

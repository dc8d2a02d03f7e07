package page

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	testGrant  = "AVx1mY0pGrAnTbJd3uW8sZ5rKfH2nLcT7gVa9oEiXyMwRtUqPkBjDhGlCzNfSvA4e6O0_qwJ1rTyUiOpAsDfGhJk"
	testOrigin = "https://shop.example"
	testReturn = testOrigin + "/account/recovered?from=mail"
)

// recoveryPages gives every page of recovery in one language by the name of its golden.
func recoveryPages(l Lang) map[string][]byte {
	longest := strings.Repeat("w", 64) + "@" + strings.Repeat("long-label.", 16) + "example"
	reasons := []string{"too-short", "too-long", "not-text", "common", "pattern", "personal", "teapot"}
	all := map[string][]byte{
		"ask":                    testSite.Ask(l, AskView{}),
		"asked":                  testSite.Asked(l, AskedView{Email: testAddress}),
		"asked-refused":          testSite.Asked(l, AskedView{Email: testAddress, Refused: true}),
		"asked-not-code":         testSite.Asked(l, AskedView{Email: testAddress, NotCode: true}),
		"asked-worst":            testSite.Asked(l, AskedView{Email: longest, Refused: true}),
		"reset":                  testSite.Reset(l, ResetView{Token: testToken}),
		"reset-refused":          testSite.Reset(l, ResetView{Token: testToken, Email: testAddress, Refused: true}),
		"reset-reasons":          testSite.Reset(l, ResetView{Token: testToken, Email: testAddress, Reasons: []string{"common"}}),
		"reset-host":             testSite.Reset(l, ResetView{Token: testToken, Host: true}),
		"reset-host-refused":     testSite.Reset(l, ResetView{Token: testToken, Email: testAddress, Host: true, Refused: true}),
		"new-password":           testSite.NewPassword(l, NewPasswordView{Grant: testGrant, Email: testAddress}),
		"new-password-too-short": testSite.NewPassword(l, NewPasswordView{Grant: testGrant, Email: testAddress, Reasons: []string{"too-short"}}),
		"new-password-reasons":   testSite.NewPassword(l, NewPasswordView{Grant: testGrant, Email: testAddress, Reasons: reasons}),
		"no-password":            testSite.NewPassword(l, NewPasswordView{Grant: testGrant, Email: testAddress, Reasons: []string{"no-password"}}),
		"return":                 testSite.Return(l, ReturnView{URL: testReturn, Grant: testGrant}),
	}
	for problem := range english.Ask.Problems {
		v := AskView{Email: "ming.li@mail", Problem: problem, RetryAfter: 20 * time.Second}
		if problem == "" {
			v.Problem = "teapot"
		}
		all["ask-"+v.Problem] = testSite.Ask(l, v)
	}
	for problem := range english.RecoveryRefused {
		name := "recovery-" + problem
		if problem == "" {
			name = "recovery-other"
		}
		all[name] = testSite.RecoveryRefused(l, problem, 20*time.Second)
	}
	return all
}

// recoveryForms gives what the forms of recoveryPages post, as TestFormsPostExactlyThis writes it.
func recoveryForms() map[string][]string {
	const typed = "ming.li@mail"
	token := "/v1/recovery/password token=" + testToken + " email="
	host := "/v1/recovery/verify token=" + testToken + " email="
	want := map[string][]string{
		"ask":   {"/v1/recovery email="},
		"reset": {token + " password="}, "reset-refused": {token + testAddress + " password="}, "reset-reasons": {token + testAddress + " password="},
		"reset-host": {host}, "reset-host-refused": {host + testAddress},
		"return": {testReturn + " grant=" + testGrant},
	}
	for _, problem := range []string{"invalid-address", "caller-limit", "cross-site", "malformed", "unavailable", "teapot"} {
		want["ask-"+problem] = []string{"/v1/recovery email=" + typed}
	}
	for _, name := range []string{"new-password", "new-password-too-short", "new-password-reasons"} {
		want[name] = []string{"/v1/recovery/password grant=" + testGrant + " password="}
	}
	for _, name := range []string{"asked", "asked-refused", "asked-not-code"} {
		want[name] = []string{"/v1/recovery/verify email=" + testAddress + " code=", "/v1/recovery email=" + testAddress}
	}
	worst := strings.Repeat("w", 64) + "@" + strings.Repeat("long-label.", 16) + "example"
	want["asked-worst"] = []string{"/v1/recovery/verify email=" + worst + " code=", "/v1/recovery email=" + worst}
	return want
}

// A page of recovery never speaks of binding as what went wrong, and each problem and reason that the
// server can give has words of its own.
func TestEveryProblemOfRecoveryHasWordsOfItsOwn(t *testing.T) {
	for _, l := range langs {
		other := string(testSite.RecoveryRefused(l, "", 0))
		for _, problem := range []string{"recovery-refused", "password-refused", "expired", "invalid-token", "invalid-address", "caller-limit",
			"cross-site", "malformed", "unavailable"} {
			page := string(testSite.RecoveryRefused(l, problem, 0))
			if page == other || page == string(testSite.Refused(l, problem, RefusedView{})) {
				t.Errorf("%s: %s is told in words that are not its own", l, problem)
			}
			if strings.Contains(page, "bound") || strings.Contains(page, "绑定") {
				t.Errorf("%s: %s speaks of binding", l, problem)
			}
			if offered := strings.Contains(page, `href="/recover"`); offered != (problem != "unavailable") {
				t.Errorf("%s: %s: a new mail is offered: %v", l, problem, offered)
			}
		}
		if string(testSite.RecoveryRefused(l, "teapot", 0)) != other {
			t.Errorf("%s: an unknown problem is not told in general words", l)
		}
		general := testSite.Ask(l, AskView{Problem: "teapot"})
		for _, problem := range []string{"invalid-address", "caller-limit", "cross-site", "malformed", "unavailable"} {
			if slices.Equal(testSite.Ask(l, AskView{Problem: problem}), general) {
				t.Errorf("%s: %s is asked again in general words", l, problem)
			}
		}
		seen := l.words().reasons([]string{"too-short", "too-long", "not-text", "common", "pattern", "personal", "teapot", "kettle"})
		if len(seen) != 7 {
			t.Errorf("%s: eight reasons, two unknown, are told as %q", l, seen)
		}
	}
}

// P8: what answers a request, and a code that was not taken, is the same for every address but for the
// address itself; every reason for which a code or a link is not taken is one sentence.
func TestAskedSaysTheSameOfEveryAddress(t *testing.T) {
	for _, l := range langs {
		for _, refused := range []bool{false, true} {
			page := func(email string) string {
				return strings.ReplaceAll(string(testSite.Asked(l, AskedView{Email: email, Refused: refused})), email, "")
			}
			if page(testAddress) != page("wang.fang@post.example") {
				t.Errorf("%s: two addresses are told different things", l)
			}
		}
		first := string(testSite.Asked(l, AskedView{Email: testAddress}))
		if strings.Contains(first, `role="alert"`) || !strings.Contains(first, "<bdi>"+testAddress+"</bdi>") {
			t.Errorf("%s: the first answer alerts, or does not show the address", l)
		}
	}
}

func TestWaitingIsSaidWhereItHelps(t *testing.T) {
	for _, problem := range []string{"caller-limit", "unavailable"} {
		for name, page := range map[string][]byte{
			"ask":     testSite.Ask(English, AskView{Problem: problem, RetryAfter: 10 * time.Minute}),
			"refused": testSite.RecoveryRefused(English, problem, 10*time.Minute),
		} {
			if !strings.Contains(string(page), "Wait 10 minutes,") {
				t.Errorf("%s, %s: the wait is not said", name, problem)
			}
		}
		if !strings.Contains(string(testSite.Ask(English, AskView{Problem: problem})), "Wait 30 seconds,") {
			t.Errorf("%s: a wait that is not known is not said", problem)
		}
	}
}

// Another password would not do better, so none is asked for, and no grant is given out again.
func TestNoPasswordIsToldWithoutAForm(t *testing.T) {
	for _, l := range langs {
		byGrant := testSite.NewPassword(l, NewPasswordView{Grant: testGrant, Email: testAddress, Reasons: []string{"no-password"}})
		byLink := testSite.Reset(l, ResetView{Token: testToken, Email: testAddress, Reasons: []string{"no-password"}})
		if !slices.Equal(byGrant, byLink) || strings.Contains(string(byGrant), "<form") || strings.Contains(string(byGrant), testGrant) {
			t.Errorf("%s: a form that cannot succeed is shown", l)
		}
	}
}

// Tokens, grants and addresses stand in fields and in text, never where a browser keeps or sends them.
func TestNothingOfRecoveryIsInAURL(t *testing.T) {
	for _, l := range langs {
		for name, page := range recoveryPages(l) {
			for _, n := range elements(t, page) {
				for _, a := range n.Attr {
					if a.Key == "value" {
						continue
					}
					for _, secret := range []string{testToken[:12], testGrant[:12], testAddress} {
						if strings.Contains(a.Val, secret) {
							t.Errorf("%s/%s: <%s %s=%q>", name, l, n.Data, a.Key, a.Val)
						}
					}
				}
			}
		}
	}
}

func BenchmarkAsked(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(testSite.Asked(Chinese, AskedView{Email: testAddress}))))
	}
}

func BenchmarkReset(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(testSite.Reset(Chinese, ResetView{Token: testToken}))))
	}
}

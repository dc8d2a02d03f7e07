package page

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/golden"
)

const testToken = "AVx1mY0pQbJd3uW8sZ5rKfH2nLcT7gVa9oEiXyMwRtUqPkBjDhGlCzNfSvA4e6O0_qwJ1rTyUiOpAsDfGhJkLzXcVbNm-3QWERTYuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZX0123456789abcd"

const (
	testAddress = "ming.li@mail.example"
	testLabel   = "李明的小店"
)

var (
	testSite    = Site{Platform: "Lantern Market", Support: "https://help.shop.example/mail"}
	testConfirm = ConfirmView{Token: testToken, Label: testLabel, Ref: "7QK2", Address: testAddress, Expires: time.Date(2026, 11, 23, 8, 15, 3, 0, time.UTC)}
	langs       = []Lang{English, Chinese}
	results     = []Result{ResultBound, ResultDenied, ResultUndone, ResultChanged}
)

// pages gives every page in one language by the name of its golden.
func pages(l Lang) map[string][]byte {
	mismatch, last, worst, letters := testConfirm, testConfirm, testConfirm, testConfirm
	letters.NotNumber = true
	mismatch.Mismatch, mismatch.TriesLeft = true, 2
	last.Mismatch, last.TriesLeft = true, 1
	worst.Label = strings.Repeat("W", 16)
	worst.Address = strings.Repeat("w", 64) + "@" + strings.Repeat("long-label.", 16) + "example"
	all := map[string][]byte{
		"confirm":          testSite.Confirm(l, testConfirm),
		"confirm-mismatch": testSite.Confirm(l, mismatch),
		"confirm-letters":  testSite.Confirm(l, letters),
		"confirm-last":     testSite.Confirm(l, last),
		"confirm-worst":    testSite.Confirm(l, worst),
		"deny":             testSite.Deny(l, DenyView{Token: testToken, Label: testLabel, Ref: "7QK2", Address: testAddress}),
		"denied":           testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress, Undo: true}),
		"denied-final":     testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress}),
		"disputed":         testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress, Bound: true, Undo: true}),
	}
	for _, r := range results {
		all["done-"+string(r)] = testSite.Done(l, r)
	}
	for problem := range english.Refused {
		name := "refused-" + problem
		if problem == "" {
			name = "refused-other"
		}
		all[name] = testSite.Refused(l, problem, RefusedView{Token: testToken, RetryAfter: 20 * time.Second})
	}
	maps.Copy(all, recoveryPages(l))
	return all
}

// eachPage runs a test over every page in every language.
func eachPage(t *testing.T, f func(t *testing.T, l Lang, name string, page []byte)) {
	t.Helper()
	for _, l := range langs {
		for name, page := range pages(l) {
			t.Run(name+"/"+string(l), func(t *testing.T) { f(t, l, name, page) })
		}
	}
}

func TestPagesAreAsTheGoldensShowThem(t *testing.T) {
	eachPage(t, func(t *testing.T, l Lang, name string, page []byte) {
		golden.Check(t, name+"."+string(l)+".html.golden", string(page))
	})
}

// A page is rendered for each problem that a form or a link can meet; none falls back to the general words.
func TestEveryProblemOfThePagesHasWordsOfItsOwn(t *testing.T) {
	for _, l := range langs {
		other := string(testSite.Refused(l, "", RefusedView{}))
		for _, problem := range []string{"expired", "superseded", "address-taken", "already-bound", "address-denied", "tries-exhausted",
			"invalid-token", "nothing-pending", "cross-site", "malformed", "not-found", "unavailable"} {
			if string(testSite.Refused(l, problem, RefusedView{})) == other {
				t.Errorf("%s: %s is told in general words", l, problem)
			}
		}
		if string(testSite.Refused(l, "teapot", RefusedView{})) != other {
			t.Errorf("%s: an unknown problem is not told in general words", l)
		}
	}
}

func TestUnavailableSaysHowLongToWait(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0: "Wait 30 seconds,", 300 * time.Millisecond: "Wait 2 seconds,", 5 * time.Second: "Wait 5 seconds,", 61 * time.Second: "Wait 61 seconds,", 10 * time.Minute: "Wait 10 minutes,",
	} {
		if page := string(testSite.Refused(English, "unavailable", RefusedView{RetryAfter: wait})); !strings.Contains(page, want) {
			t.Errorf("%v: %q is not said", wait, want)
		}
	}
}

func TestConfirmShowsWhomAndForEver(t *testing.T) {
	for _, l := range langs {
		page := string(testSite.Confirm(l, testConfirm))
		for _, want := range []string{testLabel, "7QK2", testAddress, l.words().Confirm.ForEver, "href=\"/deny?t=" + testToken + "\""} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is not shown", l, want)
			}
		}
	}
	unnamed := testConfirm
	unnamed.Label = ""
	if page := string(testSite.Confirm(English, unnamed)); strings.Count(page, "<bdi>") != 1 || !strings.Contains(page, "ref 7QK2") {
		t.Error("without a label the reference stands alone")
	}
}

func TestWrongNumberSaysWhatIsLeft(t *testing.T) {
	for left, want := range map[int]string{1: "You have 1 try left.", 2: "You have 2 tries left."} {
		v := testConfirm
		v.Mismatch, v.TriesLeft = true, left
		if page := string(testSite.Confirm(English, v)); !strings.Contains(page, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if page := string(testSite.Confirm(English, testConfirm)); strings.Contains(page, "tries left") || strings.Contains(page, "alert\"") {
		t.Error("the first visit speaks of tries")
	}
}

func TestUndoIsOfferedOnlyWhenItCanBeDone(t *testing.T) {
	for _, l := range langs {
		for _, bound := range []bool{false, true} {
			for _, undo := range []bool{false, true} {
				page := string(testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress, Bound: bound, Undo: undo}))
				if got := strings.Contains(page, `value="undo"`); got != undo {
					t.Errorf("%s: bound %v, undo %v: offered %v", l, bound, undo, got)
				}
				if !undo && strings.Contains(page, testToken) {
					t.Errorf("%s: the token is there for nothing", l)
				}
			}
		}
	}
}

// Whether the address is bound is not known before the button is pressed, and 30 days are for an address
// that is not, the pause of recovery for one that is.
func TestNotMeSaysWhatItDoesToABoundAddressAndToAnother(t *testing.T) {
	for l, said := range map[Lang]struct{ days, paused, stays []string }{
		English: {[]string{"30 days"}, []string{"by mail is paused", "by a mail to this mailbox until"}, []string{"stays bound", "nothing was unbound"}},
		Chinese: {[]string{"30 天"}, []string{"该账号已暂停", "都不能通过此邮箱"}, []string{"绑定不会解除", "没有解除"}},
	} {
		holds := func(page []byte, words []string) bool {
			return slices.ContainsFunc(words, func(s string) bool { return strings.Contains(string(page), s) })
		}
		for name, c := range map[string]struct {
			page                []byte
			days, paused, stays bool
		}{
			"before":  {testSite.Deny(l, DenyView{Token: testToken, Ref: "7QK2", Address: testAddress}), true, true, true},
			"unbound": {testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress, Undo: true}), true, false, false},
			"bound":   {testSite.Denied(l, DeniedView{Token: testToken, Address: testAddress, Bound: true, Undo: true}), false, true, true},
		} {
			if got := [...]bool{holds(c.page, said.days), holds(c.page, said.paused), holds(c.page, said.stays)}; got != [...]bool{c.days, c.paused, c.stays} {
				t.Errorf("%s, %s: days, pause and binding are said: %v", l, name, got)
			}
		}
	}
}

func TestParseResultTakesOnlyItsOwnWords(t *testing.T) {
	for _, r := range results {
		if got, ok := ParseResult(string(r)); !ok || got != r {
			t.Errorf("%s is not read", r)
		}
		for _, l := range langs {
			if _, ok := l.words().Done[r]; !ok {
				t.Errorf("%s: no words for %s", l, r)
			}
		}
	}
	for _, s := range []string{"", "Bound", "bound ", "<b>", "expired"} {
		if r, ok := ParseResult(s); ok {
			t.Errorf("%q is read as %q", s, r)
		}
	}
	if got := testSite.Done(English, "<script>"); string(got) != string(testSite.Refused(English, "", RefusedView{})) {
		t.Error("an unknown result is not told as a refusal")
	}
}

func TestNegotiateChoosesByWeight(t *testing.T) {
	for header, want := range map[string]Lang{
		"":                                      English,
		"*":                                     English,
		"de":                                    English,
		"zh-CN,zh;q=0.9,en;q=0.8":               Chinese,
		"zh-cn":                                 Chinese,
		"ZH-Hans-SG":                            Chinese,
		"zh-TW,zh-HK;q=0.9":                     Chinese,
		"en-US,en;q=0.9,zh-CN;q=0.8":            English,
		"en;q=0.5, zh;q=0.9":                    Chinese,
		"fr,zh;q=0.1":                           Chinese,
		"zh;q=0":                                English,
		"zh;q=x":                                English,
		"zh;q=NaN, en;q=0.1":                    English,
		"zh;q=2, en;q=0.1":                      English,
		"zh ; q=0.7 , en ; q=0.6":               Chinese,
		";;;,,,=,q=1":                           English,
		strings.Repeat("xx,", maxRanges) + "zh": English,
	} {
		if got := Negotiate(header); got != want {
			t.Errorf("%.60q: %s, want %s", header, got, want)
		}
	}
}

func FuzzNegotiateAnswersAServedLanguage(f *testing.F) {
	f.Add("zh-CN,zh;q=0.9,en;q=0.8")
	f.Fuzz(func(t *testing.T, header string) {
		if l := Negotiate(header); !slices.Contains(langs, l) {
			t.Errorf("%q: %s", header, l)
		}
	})
}

func BenchmarkConfirm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(testSite.Confirm(Chinese, testConfirm))))
	}
}

func BenchmarkRefused(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(testSite.Refused(English, "expired", RefusedView{Token: testToken}))))
	}
}

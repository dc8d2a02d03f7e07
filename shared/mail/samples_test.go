package mail

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

const (
	testCode  = "7K3M-Q9TD"
	testToken = "AVx1mY0pQbJd3uW8sZ5rKfH2nLcT7gVa9oEiXyMwRtUqPkBjDhGlCzNfSvA4e6O0_qwJ1rTyUiOpAsDfGhJkLzXcVbNm-3QWERTYuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZX0123456789abcd"
)

var (
	testWords = Words{BaseURL: "https://account.shop.example", Platform: "Lantern Market", Support: "https://help.shop.example/mail"}
	testAsked = time.Date(2026, 11, 22, 8, 15, 3, 0, time.UTC)
	testSince = time.Date(2026, 3, 4, 23, 50, 9, 700e6, time.FixedZone("UTC+8", 8*60*60))
)

// testLinks are all links of ours that any mail of testWords and testToken holds.
var testLinks = []string{
	testWords.BaseURL + "/verify?t=" + testToken, testWords.BaseURL + "/deny?t=" + testToken, testWords.BaseURL + "/reset?t=" + testToken,
}

// testLetter gives a letter of a kind as the mailer makes them.
func testLetter(kind binding.Kind, locale string) binding.Letter {
	l := binding.Letter{Kind: kind, Locale: locale, Label: "李明的小店", Ref: "7QK2", At: testAsked, Tag: "c2VhbGVk"}
	switch kind {
	case binding.KindVerify, binding.KindReconfirm:
		l.Code, l.Token, l.Expires = testCode, testToken, testAsked.Add(24*time.Hour)
	case binding.KindBound:
		l.Token = testToken
	case binding.KindRecover:
		l.Code, l.Token, l.Expires, l.Since = testCode, testToken, testAsked.Add(30*time.Minute), testSince
	case binding.KindChanged:
		l.Since = testSince
	}
	return l
}

// A sample is one mail there is: a kind, and what makes it another mail than others of the kind.
type sample struct {
	name string // of the goldens
	kind binding.Kind
	with func(*binding.Letter)
}

func (s sample) letter(locale string) binding.Letter {
	l := testLetter(s.kind, locale)
	if s.with != nil {
		s.with(&l)
	}
	return l
}

func pausedBy(p binding.Pause) func(*binding.Letter) {
	return func(l *binding.Letter) { l.Paused, l.Code, l.Token, l.Expires = p, "", "", time.Time{} }
}

var samples = []sample{
	{"verify", binding.KindVerify, nil},
	{"notice", binding.KindNotice, nil},
	{"notice-unnamed", binding.KindNotice, func(l *binding.Letter) { l.Label, l.Ref = "", "" }},
	{"bound", binding.KindBound, nil},
	{"reconfirm", binding.KindReconfirm, nil},
	{"recover", binding.KindRecover, nil},
	{"recover-unlabelled", binding.KindRecover, func(l *binding.Letter) { l.Label = "" }},
	{"recover-hold", binding.KindRecover, pausedBy(binding.PausedHold)},
	{"recover-risk", binding.KindRecover, pausedBy(binding.PausedRisk)},
	{"changed", binding.KindChanged, nil},
}

var locales = []string{"en", "zh-CN"}

// eachMail runs a test over every mail there is.
func eachMail(t *testing.T, f func(t *testing.T, l binding.Letter, c Content)) {
	t.Helper()
	for _, s := range samples {
		for _, locale := range locales {
			t.Run(s.name+"/"+locale, func(t *testing.T) {
				l := s.letter(locale)
				c, err := testWords.Render(l)
				if err != nil {
					t.Fatal(err)
				}
				f(t, l, c)
			})
		}
	}
}

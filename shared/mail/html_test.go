package mail

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"mailbind/shared/binding"
)

// shownText gives what a person sees of a page: text outside head and hidden elements.
func shownText(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	walk(parse(t, page), func(n *html.Node) bool {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		return n.Data != "head"
	})
	return b.String()
}

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// walk visits n and, where f says true, what is in it.
func walk(n *html.Node, f func(*html.Node) bool) {
	if !f(n) {
		return
	}
	for c := range n.ChildNodes() {
		walk(c, f)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestLinksAreExactlyOursAndShowTheirTargets(t *testing.T) {
	eachMail(t, func(t *testing.T, l binding.Letter, c Content) {
		verify, deny, reset := testWords.BaseURL+"/verify?t="+l.Token, testWords.BaseURL+"/deny?t="+l.Token, testWords.BaseURL+"/reset?t="+l.Token
		want := map[binding.Kind][]string{
			binding.KindVerify:    {verify, deny, testWords.Support},
			binding.KindBound:     {deny, testWords.Support},
			binding.KindReconfirm: {deny, testWords.Support},
			binding.KindRecover:   {reset, testWords.Support},
			binding.KindChanged:   {testWords.Support},
		}[l.Kind]
		if l.Paused != binding.NotPaused {
			want = []string{testWords.Support}
		}
		var got []string
		walk(parse(t, c.HTML), func(n *html.Node) bool {
			if n.Type == html.ElementNode && n.Data == "a" {
				got = append(got, attr(n, "href"))
				if n.FirstChild == nil || n.FirstChild.Data != attr(n, "href") {
					t.Errorf("link to %s shows something else", attr(n, "href"))
				}
			}
			return true
		})
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("links %q, want %q", got, want)
		}
		if n := strings.Count(c.Text, "://"); n != len(want) {
			t.Errorf("text holds %d links, want %d", n, len(want))
		}
	})
}

func TestHTMLLoadsNothingAndRunsNothing(t *testing.T) {
	forbidden := map[string]bool{"script": true, "img": true, "link": true, "iframe": true, "form": true, "input": true, "button": true,
		"object": true, "embed": true, "svg": true, "video": true, "audio": true, "base": true, "source": true}
	eachMail(t, func(t *testing.T, l binding.Letter, c Content) {
		walk(parse(t, c.HTML), func(n *html.Node) bool {
			if n.Type != html.ElementNode {
				return true
			}
			if forbidden[n.Data] {
				t.Errorf("holds <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "background" || a.Key == "action" {
					t.Errorf("<%s %s>", n.Data, a.Key)
				}
			}
			if n.Data == "html" && attr(n, "lang") != c.Language {
				t.Errorf("lang is %q", attr(n, "lang"))
			}
			return true
		})
		if s := strings.ToLower(c.HTML); strings.Contains(s, "url(") || strings.Contains(s, "@import") || strings.Contains(s, "expression(") {
			t.Error("a style loads something")
		}
	})
}

// Mail apps make links of what looks like one. Outside our own links nothing may.
func TestNothingElseLooksLikeALink(t *testing.T) {
	eachMail(t, func(t *testing.T, l binding.Letter, c Content) {
		rest := strings.NewReplacer(testLinks[0], "", testLinks[1], "", testLinks[2], "", testWords.Support, "", testWords.Platform, "")
		for part, body := range map[string]string{"text": rest.Replace(c.Text), "html": rest.Replace(shownText(t, c.HTML))} {
			for _, word := range strings.Fields(body) {
				if looksLikeALink(word) {
					t.Errorf("%s: %q", part, word)
				}
			}
		}
	})
}

// looksLikeALink holds for a scheme, an @, or a dot between two letters or digits.
func looksLikeALink(word string) bool {
	if strings.Contains(word, "://") || strings.Contains(word, "@") || strings.HasPrefix(word, "www.") {
		return true
	}
	runes := []rune(word)
	for i := 1; i+1 < len(runes); i++ {
		if runes[i] == '.' && alphanumeric(runes[i-1]) && alphanumeric(runes[i+1]) {
			return true
		}
	}
	return false
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func TestLabelsNeverReachAMailWhole(t *testing.T) {
	for _, label := range []string{
		"CANARY evil.example", "https://CANARY.example/x", "加V信CANARY领奖", `"><script>CANARY</script>`, "<a href=x>CANARY", "{platform}CANARY", "\r\nBcc: CANARY@evil.example",
		"\u202eCANARY", "=?utf-8?q?CANARY?=", "9CANARY9", "&lt;CANARY", "___CANARY", "z" + strings.Repeat("\u0301", 400) + "CANARY", "\xff\xfeCANARY",
	} {
		for _, s := range samples {
			for _, locale := range locales {
				l := s.letter(locale)
				l.Label = label
				c, err := testWords.Render(l)
				if err != nil {
					t.Fatal(err)
				}
				for part, body := range map[string]string{"subject": c.Subject, "text": c.Text, "html": c.HTML} {
					for _, canary := range []string{"CANARY", "ANARY", "evil", "<script", "Bcc", "\u202e", strings.Repeat("\u0301", maxMarks+1)} {
						if strings.Contains(body, canary) {
							t.Errorf("%s %s %s: label %q brings %q", s.name, locale, part, label, canary)
						}
					}
				}
			}
		}
	}
}

func TestMaskShowsOneLetter(t *testing.T) {
	for label, want := range map[string]string{
		"":             "",
		"李明的小店":        "李•••",
		"li_ming":      "l•••",
		"  _-阿里":       "阿•••",
		"7":            "7•••",
		"e\u0301toile": "e\u0301•••",
		"नि":           "नि•••",
		"_- ":          "",
		"٣abc":         "٣•••",
		"a.cn":         "a•••",
		"𠮷野家":          "𠮷•••",
	} {
		if got := mask(label); got != want {
			t.Errorf("mask(%q) = %q, want %q", label, got, want)
		}
	}
}

func TestWithoutALabelTheReferenceStandsAlone(t *testing.T) {
	for locale, want := range map[string]string{"en": "Account: ref 7QK2\n", "zh-CN": "账号：编号 7QK2\n"} {
		l := testLetter(binding.KindVerify, locale)
		l.Label = ""
		c, err := testWords.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.Text, want) {
			t.Errorf("%s: want %q in %s", locale, want, c.Text)
		}
	}
}

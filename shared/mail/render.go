package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailbind/shared/binding"
)

// MaxPlatform is the longest platform name, in characters, with which every subject stays within
// the 78 characters of RFC 5322, section 2.1.1.
const MaxPlatform = 28

// Words are what every mail of one deployment says alike.
type Words struct {
	BaseURL  string // https origin of the pages, no trailing slash; all links but Support begin with it
	Platform string // the platform's name as its users know it, at most MaxPlatform characters
	Support  string // https: or mailto: URL where people find help
}

// Content is one rendered mail: UTF-8, lines ended by \n.
type Content struct {
	Language string // BCP 47, for Content-Language
	Subject  string // no secret, nothing an account holder wrote, at most 78 characters
	Text     string
	HTML     string
}

// ErrLetter says that a letter lacks what its kind needs, or holds what no letter may. It is a defect
// of the letter: rendering it again is useless.
var ErrLetter = errors.New("mail: not a letter that can be written")

// Check reports every setting that cannot be used, in one error; nil if all can.
func (w Words) Check() error {
	var bad []error
	base, err := url.Parse(w.BaseURL)
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil ||
		(base.Scheme != "https" && !(base.Scheme == "http" && base.Hostname() == "127.0.0.1")) {
		bad = append(bad, errors.New("mail: base URL: want https://host without path"))
	}
	if n := utf8.RuneCountInString(w.Platform); n == 0 || n > MaxPlatform || strings.ContainsFunc(w.Platform, notPlain) {
		bad = append(bad, fmt.Errorf("mail: platform name: want 1 to %d plain characters", MaxPlatform))
	}
	support, err := url.Parse(w.Support)
	if err != nil || !(support.Scheme == "https" && support.Host != "" || support.Scheme == "mailto" && support.Opaque != "") {
		bad = append(bad, errors.New("mail: support: want an https: or mailto: URL"))
	}
	return errors.Join(bad...)
}

// notPlain holds for what cannot stand in a subject or would become a link or a placeholder.
func notPlain(r rune) bool {
	return !unicode.IsPrint(r) || strings.ContainsRune("<>{}@/:", r)
}

// Render writes a letter in its own language. The only errors are defects of the letter (ErrLetter).
func (w Words) Render(l binding.Letter) (Content, error) {
	if err := check(l); err != nil {
		return Content{}, err
	}
	lang := languageFor(l.Locale)
	var m message
	switch l.Kind {
	case binding.KindVerify:
		m = w.verify(l, lang)
	case binding.KindNotice:
		m = w.notice(l, lang)
	case binding.KindBound:
		m = w.bound(l, lang)
	case binding.KindReconfirm:
		m = w.reconfirm(l, lang)
	case binding.KindRecover:
		m = w.recovery(l, lang)
	case binding.KindChanged:
		m = w.changed(l, lang)
	}
	m.lang, m.platform = lang, w.Platform

	var b bytes.Buffer
	if err := mailHTML(m).Render(context.Background(), &b); err != nil {
		return Content{}, fmt.Errorf("mail: %s: %w", l.Kind, err)
	}
	return Content{Language: lang.Tag, Subject: m.subject, Text: m.text(), HTML: lines.Replace(b.String())}, nil
}

// check refuses a letter whose values do not have the shapes that keep them from becoming anything
// else in a mail. Values are never quoted: errors are logged.
func check(l binding.Letter) error {
	needsToken, needsCode := false, false
	switch l.Kind {
	case binding.KindVerify, binding.KindReconfirm:
		needsToken, needsCode = true, true
	case binding.KindBound:
		needsToken = true
	case binding.KindRecover:
		needsToken, needsCode = l.Paused == binding.NotPaused, l.Paused == binding.NotPaused
	case binding.KindNotice, binding.KindChanged:
	default:
		return fmt.Errorf("%w: unknown kind", ErrLetter)
	}
	switch {
	case !isRef(l.Ref) && !(l.Ref == "" && l.Kind == binding.KindNotice):
		return fmt.Errorf("%w: %s: reference", ErrLetter, l.Kind)
	case needsToken && !isToken(l.Token):
		return fmt.Errorf("%w: %s: token", ErrLetter, l.Kind)
	case needsCode && !isCode(l.Code):
		return fmt.Errorf("%w: %s: code", ErrLetter, l.Kind)
	case l.Paused != binding.NotPaused && l.Paused != binding.PausedHold && l.Paused != binding.PausedRisk:
		return fmt.Errorf("%w: %s: unknown pause", ErrLetter, l.Kind)
	case l.Paused != binding.NotPaused && (l.Code != "" || l.Token != ""):
		return fmt.Errorf("%w: %s: a code or token where recovery is paused", ErrLetter, l.Kind)
	case needsCode && l.Expires.IsZero():
		return fmt.Errorf("%w: %s: expiry", ErrLetter, l.Kind)
	case l.Kind == binding.KindBound && l.At.IsZero():
		return fmt.Errorf("%w: %s: time of binding", ErrLetter, l.Kind)
	case l.Kind == binding.KindChanged && l.At.IsZero():
		return fmt.Errorf("%w: %s: time of change", ErrLetter, l.Kind)
	}
	return nil
}

// The shapes are checked by hand: three compiled expressions would cost every start of the function.

func isRef(s string) bool { return len(s) == 4 && !strings.ContainsFunc(s, notSymbol) }

func isCode(s string) bool {
	first, second, ok := strings.Cut(s, "-")
	return ok && isRef(first) && isRef(second)
}

// isToken takes base64url without padding, as shared/token makes it; 1024 is far above its longest.
func isToken(s string) bool {
	return s != "" && len(s) <= 1024 && !strings.ContainsFunc(s, func(r rune) bool {
		return notSymbol(r) && !('a' <= r && r <= 'z') && r != '-' && r != '_'
	})
}

func notSymbol(r rune) bool { return !('0' <= r && r <= '9') && !('A' <= r && r <= 'Z') }

// lines ends a line after every block element: RFC 5322 allows 998 octets in a line, and a mail app
// that shows a source should show one that can be read. Text cannot hold these tags: it is escaped.
var lines = strings.NewReplacer(
	"</tr>", "</tr>\n", "</td>", "</td>\n", "</p>", "</p>\n", "</h1>", "</h1>\n", "</h2>", "</h2>\n",
	"</div>", "</div>\n", "</a>", "</a>\n", "<body", "\n<body", "<td", "\n<td", "<table", "\n<table",
	"\" style=\"", "\"\nstyle=\"", // a link stands in its element twice
)

package page

import (
	"bytes"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// A Site is what all pages of one deployment say alike.
type Site struct {
	Platform string // the platform's name as its users know it
	Support  string // https: or mailto: URL where people find help
}

// A ConfirmView is what the page behind a mail's link shows. All of it comes out of the token.
type ConfirmView struct {
	Token     string
	Label     string // the account's label, whole: only here may it be seen whole; may be empty
	Ref       string
	Address   string
	Expires   time.Time
	Mismatch  bool // the number just sent was wrong
	TriesLeft int  // with Mismatch: how many are left, at least 1
	NotNumber bool // what was just sent was no number of 4 digits; no try was charged
}

// A DenyView is what the page behind "this wasn't me" shows.
type DenyView struct {
	Token   string
	Label   string
	Ref     string
	Address string
}

// A DeniedView is the answer to "this wasn't me".
type DeniedView struct {
	Token   string
	Address string
	Bound   bool // the address was bound to that account before: nothing was unbound, the platform was told
	Undo    bool // it can be taken back now
}

// A RefusedView is what a page about a refusal may know beyond its problem; all of it may be absent.
type RefusedView struct {
	Token      string        // an authentic token: the page offers the way on that it is still good for
	RetryAfter time.Duration // unavailable: when trying again can help
}

// A Result is the value of r in /done?r=…: an enumeration, so that nobody can make the page say
// anything by a link.
type Result string

const (
	ResultBound   Result = "bound"
	ResultDenied  Result = "denied"
	ResultUndone  Result = "undone"
	ResultChanged Result = "changed" // the password
)

// ParseResult reads the value of r; false if it is none.
func ParseResult(s string) (Result, bool) {
	switch r := Result(s); r {
	case ResultBound, ResultDenied, ResultUndone, ResultChanged:
		return r, true
	}
	return "", false
}

// Confirm is the page of GET /verify, and of a wrong number posted there.
func (s Site) Confirm(l Lang, v ConfirmView) []byte {
	w := l.words()
	return render(confirm(s, w, v, s.filler()))
}

// Deny is the page of GET /deny: it says what its button does, and does nothing itself.
func (s Site) Deny(l Lang, v DenyView) []byte {
	w := l.words()
	return render(deny(s, w, v, s.filler()))
}

// Denied answers a posted "this wasn't me".
func (s Site) Denied(l Lang, v DeniedView) []byte {
	w := l.words()
	o := w.Denied
	if v.Bound {
		o = w.Disputed
	}
	return render(denied(s, w, v, o.fill("{platform}", s.Platform, "{address}", v.Address)))
}

// Done is the page of GET /done. A Result that ParseResult does not know is told as a refusal.
func (s Site) Done(l Lang, r Result) []byte {
	w := l.words()
	o, ok := w.Done[r]
	if !ok {
		return s.Refused(l, "", RefusedView{})
	}
	return render(told(s, w, o.fill("{platform}", s.Platform), "", ""))
}

// defaultWait is said when a refusal does not say how long to wait.
const defaultWait = 30 * time.Second

func (w *words) wait(d time.Duration) string {
	if d <= 0 {
		d = defaultWait
	}
	return w.Wait(d)
}

// Refused tells a refusal by its problem, the last segment of the problem's type (RFC 9457). A problem
// that has no words of its own is told in general ones.
func (s Site) Refused(l Lang, problem string, v RefusedView) []byte {
	w := l.words()
	o, ok := w.Refused[problem]
	if !ok {
		o = w.Refused[""]
	}
	var linkURL templ.SafeURL
	var linkText string
	if v.Token != "" {
		switch problem {
		case "expired", "superseded", "tries-exhausted":
			linkURL, linkText = denyURL(v.Token), w.NotMe
		case "unavailable", "malformed", "cross-site", "check-mismatch":
			linkURL, linkText = verifyURL(v.Token), w.OpenAgain
		}
	}
	return render(told(s, w, o.fill("{platform}", s.Platform, "{wait}", w.wait(v.RetryAfter)), linkURL, linkText))
}

func (o outcome) fill(namesAndValues ...string) outcome {
	r := strings.NewReplacer(namesAndValues...)
	return outcome{Title: r.Replace(o.Title), What: r.Replace(o.What), Next: r.Replace(o.Next)}
}

func (s Site) filler() func(string) string {
	return strings.NewReplacer("{platform}", s.Platform).Replace
}

// supportShown is the text of the support link: where it goes.
func (s Site) supportShown() string { return strings.TrimPrefix(s.Support, "mailto:") }

// wrong is what the page says of the number just sent; "" on the first visit.
func (v ConfirmView) wrong(w *words) string {
	switch {
	case v.NotNumber:
		return w.Confirm.NotNumber
	case !v.Mismatch:
		return ""
	case v.TriesLeft == 1:
		return w.Confirm.WrongOneLeft
	}
	return fill(w.Confirm.WrongManyLeft, "{n}", strconv.Itoa(v.TriesLeft))
}

func verifyURL(token string) templ.SafeURL {
	return templ.SafeURL("/verify?t=" + url.QueryEscape(token))
}

func denyURL(token string) templ.SafeURL { return templ.SafeURL("/deny?t=" + url.QueryEscape(token)) }

// render cannot fail: the templates call nothing that can, the buffer takes everything, and the
// context is never cancelled. So an error is a defect of this package.
func render(c templ.Component) []byte {
	var b bytes.Buffer
	b.Grow(8 << 10)
	if err := c.Render(context.Background(), &b); err != nil {
		panic("page: " + err.Error())
	}
	return b.Bytes()
}

package binding

import (
	"cmp"
	"slices"
	"time"
)

// A SignKind is what one report says about a mailbox.
type SignKind string

// The kinds. signRanks holds their order.
const (
	SignAlive      SignKind = "alive"      // its server took a mail
	SignFull       SignKind = "full"       // no room
	SignReturned   SignKind = "returned"   // refused for good, for a reason that says nothing about whose it is
	SignGone       SignKind = "gone"       // no such mailbox, or its domain takes no mail
	SignComplained SignKind = "complained" // its reader marked a mail as spam
	SignForeign    SignKind = "foreign"    // it belongs to somebody else (RFC 7293)
)

// signRanks order the signs of one second, so that trouble has the last word.
var signRanks = map[SignKind]int{SignAlive: 1, SignFull: 2, SignReturned: 3, SignGone: 4, SignComplained: 5, SignForeign: 6}

// Known says whether the kind is one of ours.
func (k SignKind) Known() bool { return signRanks[k] != 0 }

// A Sign is one report about a bound mailbox. At is in whole seconds; Mail is the mark of the mail that it
// is about (SendID.Mark).
type Sign struct {
	At   time.Time
	Kind SignKind
	Mail string
}

// SortSigns puts signs into the order in which they happened.
func SortSigns(signs []Sign) {
	slices.SortFunc(signs, func(a, b Sign) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(signRanks[a.Kind], signRanks[b.Kind]), cmp.Compare(a.Mail, b.Mail))
	})
}

// A Standing is how a bound mailbox stands by its signs: a risk and since when, or none.
type Standing struct {
	Risk  Risk
	Since time.Time
}

// watch is the state in which the signs of a mailbox are read, one after the other.
type watch struct {
	Standing
	gone   Sign      // the first of its end since it was last heard of
	heard  time.Time // when it was
	before Sign      // what gone was until then
}

func (w watch) next(s Sign) watch {
	if w.Risk.Holds() { // no sign ends it: a mailbox that was given away takes mail again
		return w
	}
	to := func(r Risk, instead ...Risk) {
		if w.Risk == NoRisk || slices.Contains(instead, w.Risk) {
			w.Standing = Standing{r, s.At}
		}
	}
	switch s.Kind {
	case SignAlive:
		if !s.At.Equal(w.heard) {
			w.heard, w.before = s.At, w.gone
		}
		w.gone = Sign{}
		if w.Risk == MailBounced || w.Risk == MailboxFull {
			w.Standing = Standing{}
		}
	case SignFull:
		to(MailboxFull)
	case SignReturned:
		to(MailBounced, MailboxFull)
	case SignGone:
		if w.gone == (Sign{}) && s.At.Equal(w.heard) { // which came first is not known: no delivery may end the hold
			w.gone = w.before
		}
		switch {
		case w.gone == Sign{}:
			w.gone = s
			to(MailBounced, MailboxFull)
		case s.Mail != w.gone.Mail && !s.At.Before(w.gone.At.Add(GoneTwice)): // of two mails, for one comes back once
			to(Broken, MailBounced, MailboxFull, MailComplained)
		}
	case SignComplained:
		to(MailComplained, MailBounced, MailboxFull)
	case SignForeign:
		to(OwnerChanged, MailBounced, MailboxFull, MailComplained)
	}
	return w
}

// read reads signs in the order in which they happened. A mail that its server took was not refused by it: what
// comes later under the same mail's name was said by somebody behind, be it a mailbox that it was sent on to, or
// whoever saw the mail's return path. That makes a doubt, and never holds recovery.
func read(signs []Sign) (w watch) {
	signs = slices.Clone(signs)
	for i, s := range signs {
		took := func(o Sign) bool { return o.Kind == SignAlive && o.Mail == s.Mail }
		if (s.Kind == SignGone || s.Kind == SignForeign) && slices.ContainsFunc(signs, took) {
			signs[i].Kind = SignReturned
		}
	}
	SortSigns(signs)
	for _, s := range signs {
		w = w.next(s)
	}
	return w
}

// Judge says how a mailbox stands by its signs. The order in which they were told does not matter: they
// are read in the order in which they happened.
func Judge(signs []Sign) Standing { return read(signs).Standing }

const (
	// manySigns is when the oldest are looked through for those that say nothing any more.
	manySigns = 16
	// mostSigns is when the newest are, too: whoever makes mails come back must not make the row grow.
	mostSigns = 64
	// MaxSigns are all that a row takes before some go: many reports at the same time may pass mostSigns.
	MaxSigns = 128
	// signsCount is for how long after a mail was sent its server may be said not to have taken it: SES itself
	// tries for 14 hours at most (MaxDeliverySeconds of SES v2's DeliveryOptions), and no server refuses a mail
	// that it is not asked to take.
	signsCount = 24 * time.Hour
	// signsSettle is for how long the sign that it was taken is remembered at least: so long, and as long as
	// EventBridge may keep such a report, and a day.
	signsSettle = 3 * 24 * time.Hour
)

// settled gives the signs, of those in order, whose loss changes nothing: they are so old that no report of
// their time counts any more, and what they came to is told by those that are left as well. Of too many,
// younger ones go that change nothing today, and last of all those that say that a mail was taken, which void
// what may yet be said of it. There always are some to go: a few signs make every state, and those that make it
// stay. A hold must not end because others crowd its signs out.
func settled(signs []Sign) (drop []Sign) {
	if len(signs) <= manySigns {
		return nil
	}
	kept := slices.Clone(signs)
	without := func(list []Sign, i int) []Sign { return slices.Delete(slices.Clone(list), i, i+1) }
	shed := func(i int) bool { // lets the sign at i go, if it changes nothing of what came of all
		rest := without(kept, i)
		if read(rest) != read(kept) {
			return false
		}
		drop, kept = append(drop, kept[i]), rest
		return true
	}
	line := signs[len(signs)-1].At.Add(-signsSettle)
	young := slices.IndexFunc(signs, func(s Sign) bool { return !s.At.Before(line) })
	old := slices.Clone(signs[:young]) // the first of kept: younger signs may yet fall into what came of them alone
	for i := 0; i < len(old) && len(kept) > manySigns/2; {
		fewer := without(old, i)
		if read(fewer) != read(old) || !shed(i) {
			i++
			continue
		}
		old = fewer
	}
	for i := len(kept) - 1; i >= 0 && len(kept) > mostSigns; i-- {
		if kept[i].Kind != SignAlive {
			shed(i)
		}
	}
	for i := 0; i < len(kept) && len(kept) > mostSigns; {
		if !shed(i) {
			i++
		}
	}
	return drop
}

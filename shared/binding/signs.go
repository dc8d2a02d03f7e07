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

// A Sign is one report about a bound mailbox. At is in whole seconds.
type Sign struct {
	At   time.Time
	Kind SignKind
}

// SortSigns puts signs into the order in which they happened.
func SortSigns(signs []Sign) {
	slices.SortFunc(signs, func(a, b Sign) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(signRanks[a.Kind], signRanks[b.Kind]))
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
	gone time.Time // the first sign of its end since it was last heard of
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
		w.gone = time.Time{}
		if w.Risk == MailBounced || w.Risk == MailboxFull {
			w.Standing = Standing{}
		}
	case SignFull:
		to(MailboxFull)
	case SignReturned:
		to(MailBounced, MailboxFull)
	case SignGone:
		switch {
		case w.gone.IsZero():
			w.gone = s.At
			to(MailBounced, MailboxFull)
		case !s.At.Before(w.gone.Add(GoneTwice)):
			to(Broken, MailBounced, MailboxFull, MailComplained)
		}
	case SignComplained:
		to(MailComplained, MailBounced, MailboxFull)
	case SignForeign:
		to(OwnerChanged, MailBounced, MailboxFull, MailComplained)
	}
	return w
}

// read reads signs that are in order.
func read(signs []Sign) (w watch) {
	for _, s := range signs {
		w = w.next(s)
	}
	return w
}

// Judge says how a mailbox stands by its signs. The order in which they were told does not matter: they
// are read in the order in which they happened.
func Judge(signs []Sign) Standing {
	signs = slices.Clone(signs)
	SortSigns(signs)
	return read(signs).Standing
}

const (
	// manySigns is when the oldest are looked through for those that say nothing any more.
	manySigns = 16
	// mostSigns is when they go whatever they say: the row must not grow without end.
	mostSigns = 64
	// signsSettle is after how long no report of an earlier time is expected: EventBridge tries for a day.
	signsSettle = 3 * 24 * time.Hour
)

// settled gives the signs, of those in order, whose loss changes nothing: they are so old that no report of
// their time will come any more, and what they came to is told by those that are left as well.
func settled(signs []Sign) (drop []Sign) {
	if len(signs) <= manySigns {
		return nil
	}
	line := signs[len(signs)-1].At.Add(-signsSettle)
	old := slices.Clone(signs[:slices.IndexFunc(signs, func(s Sign) bool { return !s.At.Before(line) })])
	all := read(old)
	for i := 0; i < len(old) && len(signs)-len(drop) > manySigns/2; {
		without := slices.Delete(slices.Clone(old), i, i+1)
		if read(without) != all {
			i++
			continue
		}
		drop, old = append(drop, old[i]), without
	}
	for i := 0; len(signs)-len(drop) > mostSigns; i++ {
		if !slices.Contains(drop, signs[i]) {
			drop = append(drop, signs[i])
		}
	}
	return drop
}

package binding

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var signsFrom = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// signs writes "0 gone, 25 gone" as signs, in hours; each is of a mail of its own.
func signs(list ...any) (out []Sign) {
	for i := 0; i < len(list); i += 2 {
		out = append(out, Sign{signsFrom.Add(time.Duration(list[i].(int)) * time.Hour), list[i+1].(SignKind), fmt.Sprint("mail", i)})
	}
	return out
}

// ofOneMail has all signs be of one mail.
func ofOneMail(signs []Sign) []Sign {
	for i := range signs {
		signs[i].Mail = "mail"
	}
	return signs
}

func TestWhatTheSignsOfAMailboxComeTo(t *testing.T) {
	for _, v := range []struct {
		signs []Sign
		risk  Risk
		since int
	}{
		{nil, NoRisk, 0},
		{signs(0, SignAlive), NoRisk, 0},
		{signs(1, SignFull), MailboxFull, 1},
		{signs(1, SignFull, 2, SignFull), MailboxFull, 1},
		{signs(1, SignFull, 2, SignAlive), NoRisk, 0},
		{signs(1, SignReturned), MailBounced, 1},
		{signs(1, SignFull, 2, SignReturned), MailBounced, 2},
		{signs(1, SignReturned, 2, SignFull), MailBounced, 1},
		{signs(1, SignReturned, 30, SignReturned), MailBounced, 1}, // says nothing of whose it is
		{signs(1, SignReturned, 2, SignAlive), NoRisk, 0},
		{signs(1, SignGone), MailBounced, 1},
		{signs(1, SignGone, 24, SignGone), MailBounced, 1}, // within a day
		{signs(1, SignGone, 25, SignGone), Broken, 25},
		{signs(1, SignGone, 2, SignGone, 25, SignGone), Broken, 25},
		{signs(1, SignGone, 10, SignAlive, 25, SignGone), MailBounced, 25}, // it was there between
		{signs(1, SignGone, 10, SignAlive), NoRisk, 0},
		{signs(1, SignGone, 25, SignGone, 26, SignAlive, 90, SignAlive), Broken, 25}, // given to somebody else
		{signs(1, SignComplained), MailComplained, 1},
		{signs(1, SignComplained, 2, SignAlive), MailComplained, 1}, // alive, and annoyed
		{signs(1, SignReturned, 2, SignComplained, 3, SignReturned), MailComplained, 2},
		{signs(1, SignComplained, 2, SignGone, 26, SignGone), Broken, 26},
		{signs(1, SignForeign), OwnerChanged, 1},
		{signs(1, SignForeign, 2, SignAlive, 3, SignComplained), OwnerChanged, 1},
		{signs(1, SignGone, 25, SignGone, 26, SignForeign), Broken, 25}, // both hold: the first stays
		{ofOneMail(signs(1, SignGone, 26, SignGone)), MailBounced, 1},   // one mail comes back once
		{ofOneMail(signs(1, SignAlive, 2, SignGone, 27, SignGone)), MailBounced, 2},
		{ofOneMail(signs(1, SignAlive, 2, SignForeign)), MailBounced, 2}, // its own server took it: said by somebody behind
		{append(ofOneMail(signs(1, SignAlive, 2, SignGone)), Sign{signsFrom.Add(40 * time.Hour), SignGone, "another"}), MailBounced, 2},
		{signs(1, SignAlive, 1, SignReturned), MailBounced, 1}, // of one second trouble has the last word
		{signs(1, SignAlive, 1, SignGone), MailBounced, 1},
		{signs(1, SignGone, 2, SignAlive, 25, SignAlive, 25, SignAlive, 25, SignGone), MailBounced, 25},
		{ofOneMail(signs(1, SignAlive, 1, SignGone)), MailBounced, 1}, // also of one mail that came back from behind
		{signs(1, SignGone, 25, SignAlive, 25, SignGone), Broken, 25}, // and no delivery ends a hold
	} {
		want := Standing{Risk: v.risk}
		if v.risk != NoRisk {
			want.Since = signsFrom.Add(time.Duration(v.since) * time.Hour)
		}
		if got := Judge(v.signs); got != want {
			t.Errorf("%v: %v, want %v", v.signs, got, want)
		}
	}
}

// randomSigns are n signs of so many hours; those of one mail lie within two days.
func randomSigns(r *rand.Rand, n, hours int) (out []Sign) {
	kinds := []SignKind{SignAlive, SignAlive, SignAlive, SignFull, SignReturned, SignGone, SignGone, SignComplained, SignForeign}
	for range n {
		hour := r.IntN(hours)
		s := Sign{signsFrom.Add(time.Duration(hour) * time.Hour), kinds[r.IntN(len(kinds))], fmt.Sprint("mail", hour/48, "-", r.IntN(3))}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func TestTheOrderOfReportsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	risks := map[Risk]int{}
	for range 20000 {
		s := randomSigns(r, 1+r.IntN(8), 1+r.IntN(80))
		want := Judge(s)
		risks[want.Risk]++
		r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
		if got := Judge(s); got != want {
			t.Fatalf("%v: %v, want %v", s, got, want)
		}
	}
	if len(risks) != 6 {
		t.Errorf("the signs came to %v only", risks)
	}
}

// What is dropped changes neither the standing nor what later signs make of it; and the row stays small
// whatever comes.
func TestSignsThatAreSettledSayNothingAnyMore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dropped := 0
	for range 3000 {
		s := randomSigns(r, 1+r.IntN(60), 24*30)
		SortSigns(s)
		drop := settled(s)
		dropped += len(drop)
		kept := slices.DeleteFunc(slices.Clone(s), func(x Sign) bool { return slices.Contains(drop, x) })
		if len(s) <= manySigns && len(drop) > 0 || len(s)-len(drop) < manySigns/2 && len(drop) > 0 {
			t.Fatalf("%d of %d signs were dropped", len(drop), len(s))
		}
		newest := s[len(s)-1].At
		for _, x := range drop {
			if len(s) <= mostSigns && !x.At.Before(newest.Add(-signsSettle)) {
				t.Fatalf("%v is not settled, the newest is of %v", x, newest)
			}
		}
		for range 5 {
			later := randomSigns(r, 4, 9*24) // up to two days after it, and as late as reports may come
			for i := range later {
				later[i].At = later[i].At.Add(newest.Add(-signsSettle).Sub(signsFrom))
				later[i].Mail = "later " + later[i].Mail
				if young := s[r.IntN(len(s))]; young.At.After(newest.Add(-signsSettle)) {
					later[i].Mail = young.Mail // a mail that something was heard of already
				}
			}
			if got, want := Judge(append(slices.Clone(kept), later...)), Judge(append(slices.Clone(s), later...)); got != want {
				t.Fatalf("without %v, after %v: %v, want %v", drop, later, got, want)
			}
		}
	}
	if dropped == 0 {
		t.Fatal("nothing was ever dropped")
	}
}

// Whoever makes mails come back, or forges that they do, neither makes the row grow nor crowds out the signs of
// what holds recovery.
func TestNoFloodOfSignsMakesTheRowGrowOrEndsAHold(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, hold := range map[string][]Sign{
		"broken": signs(0, SignGone, 24, SignGone), "owner-changed": signs(0, SignForeign),
	} {
		for _, flood := range [][]SignKind{{SignGone}, {SignFull}, {SignAlive}, {SignComplained}, {SignAlive, SignComplained}, {SignAlive, SignGone, SignFull}} {
			for _, step := range []time.Duration{time.Second, time.Hour, 12 * time.Hour} {
				all := slices.Clone(hold)
				for i := range 500 {
					all = append(all, Sign{signsFrom.Add(25*time.Hour + time.Duration(i)*step), flood[r.IntN(len(flood))], fmt.Sprint("flood", i/2)})
					SortSigns(all)
					if got := Judge(all); string(got.Risk) != name {
						t.Fatalf("%s, %v every %v: after %d it is %q", name, flood, step, i, got.Risk)
					}
					drop := settled(all)
					all = slices.DeleteFunc(all, func(x Sign) bool { return slices.Contains(drop, x) })
					if len(all) > mostSigns {
						t.Fatalf("a row holds %d signs", len(all))
					}
				}
			}
		}
	}
}

func TestEverySignHasItsPlaceInTheOrder(t *testing.T) {
	seen := map[int]SignKind{}
	for _, k := range []SignKind{SignAlive, SignFull, SignReturned, SignGone, SignComplained, SignForeign} {
		if other, taken := seen[signRanks[k]]; taken || !k.Known() {
			t.Errorf("%s has the place of %q", k, other)
		}
		seen[signRanks[k]] = k
	}
	if SignKind("x").Known() || len(signRanks) != len(seen) {
		t.Error(fmt.Sprint(signRanks))
	}
}

func TestWhatAReportSaysOfTheMailbox(t *testing.T) {
	for _, v := range []struct {
		fate Fate
		why  Why
		want SignKind
	}{
		{Sent, WhyNone, ""}, {Delayed, WhyFull, ""}, {GaveUp, WhyTemporary, ""}, {GaveUp, WhyFull, SignFull},
		{Delivered, WhyNone, SignAlive}, {Complained, WhyNone, SignComplained},
		{Bounced, WhyUnknown, SignGone}, {Bounced, WhyNoMail, SignGone}, {Bounced, WhyOwnerChanged, SignForeign},
		{Bounced, WhyFull, SignFull}, {Bounced, WhyContentRefused, ""},
		{Bounced, WhySpam, SignReturned}, {Bounced, WhySuppressed, SignReturned}, {Bounced, WhyNone, SignReturned},
	} {
		got, says := Report{Fate: v.fate, Why: v.why}.sign()
		if says != (v.want != "") || says && got != v.want {
			t.Errorf("%s %q: %q %v, want %q", v.fate, v.why, got, says, v.want)
		}
	}
}

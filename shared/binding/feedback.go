package binding

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// A Report is what the mail provider says became of one mail, under the tag that rode with it.
type Report struct {
	Tag    Tag
	Fate   Fate
	Why    Why
	At     time.Time // when it happened; of what a remote server tells, by that server's clock
	Mailed time.Time // when the provider took the mail; zero: At
	Told   time.Time // when the provider told it: the same however often it is delivered; zero: At
}

// Feedback takes the provider's reports: those of mails that an account asked for tell it what became of
// them, those of mails to an owner tell how the bound mailbox stands, and a complaint is "not me". A report
// may come late, twice, or before an older one; all orders end in the same row.
//
// It goes by the tag alone, which only we can make. Of the address that a remote server names, nothing is read.
type Feedback struct{ Store Reports }

// Heard is what a report came to, for logs.
type Heard string

// The words.
const (
	HeardNoted    Heard = "noted"    // the row has it
	HeardStale    Heard = "stale"    // known, or overtaken
	HeardDenied   Heard = "denied"   // the account is kept away from the address, and a claim on it is over
	HeardDisputed Heard = "disputed" // the binding is in dispute
	HeardAtRisk   Heard = "at-risk"  // the bound mailbox is in doubt, or in another than before
	HeardWell     Heard = "well"     // it is in none any more
	HeardNobody   Heard = "nobody"   // no row is bound to that address as the tag has it, or it was proved since the mail
)

// Take takes one report. An error is an outage: nothing is lost, and the report is to be delivered again.
// Round trips: 1, or 0 where it says nothing; one more where a confirmation's mail speaks of its mailbox too, where
// a verdict changes, or for a complaint; a complaint about a claim that moved on, or is bound by now, takes 3.
func (f *Feedback) Take(ctx context.Context, r Report) (Heard, error) {
	r.times()
	switch r.Tag.Kind {
	case KindVerify: // or the notice in its place: never the owner's mailbox (P8)
		heard, err := f.tell(ctx, r)
		if err != nil || r.Fate != Complained {
			return heard, err
		}
		return f.complain(ctx, r)
	case KindReconfirm:
		if heard, err := f.tell(ctx, r); err != nil {
			return heard, err
		}
	}
	return f.watch(ctx, r)
}

// times brings a report's times into whole seconds, with the ones that are not there.
func (r *Report) times() {
	whole := func(t time.Time) time.Time {
		if t.IsZero() {
			t = r.At
		}
		return time.Unix(t.Unix(), 0).UTC()
	}
	r.At, r.Mailed, r.Told = whole(r.At), whole(r.Mailed), whole(r.Told)
}

// tell notes the fate of the newest send.
func (f *Feedback) tell(ctx context.Context, r Report) (Heard, error) {
	err := f.Store.Tell(ctx, News{Account: r.Tag.Account, Send: r.Tag.Send, Fate: r.Fate, Why: r.Why, At: r.At})
	if _, refused := errors.AsType[*Refused](err); refused {
		return HeardStale, nil
	}
	if err != nil {
		return "", fmt.Errorf("binding: feedback: tell: %w", err)
	}
	return HeardNoted, nil
}

// complain is "not me", said to the mail provider: by the address, also where the claim has moved on. A
// binding is disputed and never disowned by it: a button beside "delete" is pressed by mistake, and its
// reader finds no way to take it back.
func (f *Feedback) complain(ctx context.Context, r Report) (Heard, error) {
	cause := "/complaint/" + hex.EncodeToString(r.Tag.Send[:])
	d := Denial{Account: r.Tag.Account, EmailKey: r.Tag.EmailKey, Event: "binding.denied" + cause, Said: r.At, Now: r.Told}
	heard, step := HeardDenied, f.Store.Deny
	for range 4 { // each refusal shows the row, and the row names the step; it can move on only so often
		err := step(ctx, d)
		if err == nil {
			return heard, nil
		}
		refused, ok := errors.AsType[*Refused](err)
		if !ok {
			return "", fmt.Errorf("binding: feedback: complaint: %w", err)
		}
		old := refused.Old
		if old.Undone == d.EmailKey && old.UndoneAt.After(d.Said) {
			return HeardStale, nil
		}
		switch d.next(old) {
		case nextDone:
			return HeardStale, nil
		case nextBound:
			if !old.DisputedAt.IsZero() || !old.ProvedAt.Before(d.Said) {
				return HeardStale, nil
			}
			d.Event = "binding.disputed" + cause
			heard, step = HeardDisputed, f.Store.DisputeOnly
		case nextMoved:
			heard, step = HeardDenied, f.Store.DenyMoved
		case nextHere:
			heard, step = HeardDenied, f.Store.Deny
		}
	}
	return "", unexplained("feedback: complaint")
}

// watch adds what the mail says of a bound mailbox to its signs, and then writes what they come to. The two
// are apart so that any order of reports ends the same: whoever adds the last sign judges by all of them.
func (f *Feedback) watch(ctx context.Context, r Report) (Heard, error) {
	kind, says := r.sign()
	if !says {
		return HeardStale, nil
	}
	at := r.At
	if earliest := r.Told.Add(-signsCount); at.Before(earliest) { // signs of that time may be gone by now
		at = earliest
	}
	o := Observation{Account: r.Tag.Account, EmailKey: r.Tag.EmailKey, Mailed: r.Mailed, Sign: Sign{At: at, Kind: kind, Mail: r.Tag.Send.Mark()}}
	for range 4 {
		row, err := f.Store.Observe(ctx, o)
		refused, is := errors.AsType[*Refused](err)
		full := is && refused.Old.watched(o) && len(refused.Old.Signs) >= MaxSigns
		if full { // judged as it is, some go
			row, err = refused.Old, nil
		} else if is {
			return HeardNobody, nil
		}
		if err != nil {
			return "", fmt.Errorf("binding: feedback: observe: %w", err)
		}
		heard, err := f.judge(ctx, r, row)
		if _, moved := errors.AsType[*Refused](err); moved {
			continue
		}
		if err != nil || !full {
			return heard, err
		}
		// Room was made: the sign is added now.
	}
	return "", unexplained("feedback: judge")
}

// watched says whether the row is that of the mailbox, and of no later proof.
func (c Claim) watched(o Observation) bool {
	return c.State == Bound && c.EmailKey == o.EmailKey && !c.ProvedAt.After(o.Mailed)
}

func (f *Feedback) judge(ctx context.Context, r Report, row Claim) (Heard, error) {
	v := Verdict{Account: r.Tag.Account, EmailKey: r.Tag.EmailKey, Signs: row.Signs, Drop: settled(row.Signs),
		Standing: Judge(row.Signs), Was: Standing{row.Risk, row.RiskSince}}
	if row.Risk == Disowned { // a person's word: no report ends it, nor takes its place
		v.Standing = v.Was
	}
	if v.Standing == v.Was && len(v.Drop) == 0 {
		return HeardNoted, nil
	}
	heard, fact := HeardNoted, fmt.Sprintf("%x-%d", r.Tag.Send, r.At.Unix()) // one mail may come back more than once
	if v.Standing.Risk != v.Was.Risk {
		heard, v.Event = HeardAtRisk, "binding.at_risk/"+string(v.Standing.Risk)+"/"+fact
		if v.Standing.Risk == NoRisk {
			heard, v.Event = HeardWell, "binding.well/delivered/"+fact
		}
	}
	err := f.Store.Judge(ctx, v)
	if _, moved := errors.AsType[*Refused](err); err != nil && !moved {
		return "", fmt.Errorf("binding: feedback: judge: %w", err)
	}
	return heard, err
}

// sign is what a report says of the mailbox; false: nothing. What a server refuses for its content says
// nothing of it, nor does what may be an automatic answer. What is told so late that nobody remembers whether
// the mail had been taken makes a doubt and no more.
func (r Report) sign() (SignKind, bool) {
	kind, says := r.says()
	if (kind == SignGone || kind == SignForeign) && r.Told.Sub(r.Mailed) > signsCount {
		kind = SignReturned
	}
	return kind, says
}

func (r Report) says() (SignKind, bool) {
	switch r.Fate {
	case Delivered:
		return SignAlive, true
	case Complained:
		return SignComplained, true
	case GaveUp:
		return SignFull, r.Why == WhyFull
	case Bounced:
		switch r.Why {
		case WhyUnknown, WhyNoMail:
			return SignGone, true
		case WhyOwnerChanged:
			return SignForeign, true
		case WhyFull:
			return SignFull, true
		case WhyContentRefused:
			return "", false
		}
		return SignReturned, true
	}
	return "", false
}

package storetest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// whole wants the row to be that claim, in every field.
func (w *world) whole(what string, k binding.AccountKey, want binding.Claim) {
	w.t.Helper()
	if got := w.read(k); !reflect.DeepEqual(got, want) {
		w.t.Errorf("%s: the row is\n%+v, want\n%+v", what, got, want)
	}
}

// inEachState gives an account that is pending, one that is denied and one that is bound.
func (w *world) inEachState() map[binding.State]binding.Opening {
	w.t.Helper()
	denied := w.claimed()
	if err := w.Deny(w.ctx, w.denial(denied)); err != nil {
		w.t.Fatal(err)
	}
	return map[binding.State]binding.Opening{binding.Pending: w.claimed(), binding.Denied: denied, binding.Bound: w.boundTo()}
}

// tell: news outranks by fate, then by time, then by reason. Nothing else of the row changes, whatever its state.
func tell(_ *testing.T, w *world) {
	for state, o := range w.inEachState() {
		want := w.read(o.Account)
		for i, n := range []struct {
			fate  binding.Fate
			why   binding.Why
			at    time.Duration
			taken bool
		}{
			{binding.Sent, binding.WhyNone, time.Minute, true},
			{binding.Sent, binding.WhyNone, time.Minute, false},
			{binding.Sent, binding.WhyNone, time.Minute + time.Second/2, false}, // of the same second
			{binding.Sent, binding.WhyFull, time.Minute, true},                  // a later reason, by its word
			{binding.Sent, binding.WhyHeld, time.Minute, false},
			{binding.Sent, binding.WhyFull, time.Minute, false},
			{binding.Sent, binding.WhyTemporary, 0, false}, // earlier
			{binding.Sent, binding.WhyNone, 2 * time.Minute, true},
			{binding.Sent, binding.WhyTemporary, time.Minute, false},
			{binding.Delayed, binding.WhyNone, 0, true}, // higher, and earlier
			{binding.Sent, binding.WhyTemporary, time.Hour, false},
			{binding.NotSent, binding.WhyHeld, time.Hour, false},
			{binding.Delivered, binding.WhyNone, 5 * time.Minute, true},
			{binding.GaveUp, binding.WhyFull, time.Hour, false},
			{binding.Bounced, binding.WhyUnknown, 3 * time.Minute, true},
			{binding.Delivered, binding.WhyNone, time.Hour, false},
			{binding.Complained, binding.WhyNone, 4 * time.Minute, true},
			{binding.Bounced, binding.WhyOwnerChanged, time.Hour, false},
		} {
			err := w.Tell(w.ctx, binding.News{Account: o.Account, Send: o.Send, Fate: n.fate, Why: n.why, At: w.now.Add(n.at)})
			if n.taken {
				want.Fate, want.Why, want.FateAt = n.fate, n.why, w.now.Add(n.at).Truncate(time.Second)
				if err != nil {
					w.t.Errorf("%s, news %d: %v", state, i, err)
				}
			} else if old := w.refused("news that outranks nothing", err); old.Fate != want.Fate || old.State != state {
				w.t.Errorf("%s, news %d: the refusal shows %+v", state, i, old)
			}
			w.whole("told", o.Account, want)
		}
	}
}

// tellSend: news is of the newest send, also after the mailer's own word.
func tellSend(t *testing.T, w *world) {
	o := w.claimed()
	n := binding.News{Account: o.Account, Send: id(), Fate: binding.Bounced, Why: binding.WhyUnknown, At: w.now}
	w.refused("news of another send", w.Tell(w.ctx, n))
	n.Account, n.Send = w.account(), o.Send
	w.refused("news of no row", w.Tell(w.ctx, n))
	if c := w.read(n.Account); c.State != binding.None || c.Fate != binding.Queued {
		t.Errorf("news made a row: %+v", c)
	}
	n.Account = o.Account
	if err := w.Finish(w.ctx, binding.Finish{Order: w.order(o), Fate: binding.NotSent, Why: binding.WhyHeld, Now: w.now}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(binding.CooldownSame)
	again := w.must(w.Requeue(w.ctx, binding.Requeue{Account: o.Account, Send: id(), Now: w.now}))
	w.refused("news of the send before", w.Tell(w.ctx, n))
	w.whole("told of the send before", o.Account, again)
	n.Send = again.Send
	if err := w.Tell(w.ctx, n); err != nil {
		t.Error(err)
	}
	want := again
	want.Fate, want.Why, want.FateAt = n.Fate, n.Why, n.At
	w.whole("told before the mailer came to it", o.Account, want)
}

// sign is one of a mail that has no other.
func sign(at time.Time, k binding.SignKind) binding.Sign {
	return binding.Sign{At: at, Kind: k, Mail: "0M"}
}

// saw adds signs to the row of a bound account, in the order given.
func (w *world) saw(o binding.Opening, signs ...binding.Sign) (c binding.Claim) {
	w.t.Helper()
	for _, s := range signs {
		c = w.must(w.Observe(w.ctx, binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: w.now, Sign: s}))
	}
	return c
}

func observe(t *testing.T, w *world) {
	o := w.boundTo()
	want := w.read(o.Account)
	full, alive := sign(w.now.Add(time.Hour), binding.SignFull), sign(w.now, binding.SignAlive)
	gone := sign(w.now.Add(time.Hour), binding.SignGone)
	another, early := gone, sign(w.now.Add(-time.Hour), binding.SignGone) // by a clock that is not ours
	another.Mail = "0N"
	for _, s := range []binding.Sign{gone, full, alive, another, early, gone, alive} {
		if want.Signs = append(slices.Clone(want.Signs), s); len(want.Signs) > 5 {
			want.Signs = want.Signs[:5]
		}
		binding.SortSigns(want.Signs)
		if got := w.saw(o, s); !slices.Equal(got.Signs, want.Signs) {
			t.Errorf("Observe gave %v, want %v", got.Signs, want.Signs)
		}
		w.whole("observed", o.Account, want)
	}
	w.saw(o, sign(alive.At.Add(time.Second/2), binding.SignAlive)) // of the same second
	for what, b := range map[string]binding.Observation{
		"of a mail before it was proved": {Account: o.Account, EmailKey: o.EmailKey, Mailed: w.now.Add(-time.Second), Sign: sign(w.now.Add(2*time.Hour), binding.SignGone)},
		"of another address":             {Account: o.Account, EmailKey: id(), Mailed: w.now, Sign: sign(w.now.Add(2*time.Hour), binding.SignGone)},
	} {
		_, err := w.Observe(w.ctx, b)
		if old := w.refused("a sign "+what, err); old.State != binding.Bound {
			t.Errorf("%s: the refusal shows %+v", what, old)
		}
	}
	w.whole("refused signs", o.Account, want)
	for state, o := range w.inEachState() {
		if state == binding.Bound {
			continue
		}
		before := w.read(o.Account)
		_, err := w.Observe(w.ctx, binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: w.now, Sign: gone})
		w.refused("a sign for who is not bound", err)
		w.whole("not bound", o.Account, before)
	}
	ghost := w.account()
	_, err := w.Observe(w.ctx, binding.Observation{Account: ghost, Mailed: w.now, Sign: gone})
	w.refused("a sign for no row", err)
	w.whole("a sign", ghost, binding.Claim{})
}

// observeMost: a row takes so many signs and no more; what it has is no refusal, and of another time neither once
// some are gone.
func observeMost(t *testing.T, w *world) {
	o := w.boundTo()
	all := make([]binding.Sign, binding.MaxSigns)
	for i := range all {
		all[i] = sign(w.now.Add(time.Duration(i)*time.Minute), binding.SignAlive)
	}
	w.saw(o, all...)
	more := binding.Observation{Account: o.Account, EmailKey: o.EmailKey, Mailed: w.now, Sign: sign(w.now, binding.SignGone)}
	_, err := w.Observe(w.ctx, more)
	if old := w.refused("a sign too many", err); len(old.Signs) != binding.MaxSigns {
		t.Errorf("the refusal shows %d signs", len(old.Signs))
	}
	if c := w.saw(o, all[7]); !slices.Equal(c.Signs, all) {
		t.Errorf("with one that it had the row holds %d signs", len(c.Signs))
	}
	if err := w.Judge(w.ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: all, Drop: all[5:6]}); err != nil {
		t.Fatal(err)
	}
	if c := w.saw(o, more.Sign); len(c.Signs) != binding.MaxSigns || !slices.Contains(c.Signs, more.Sign) {
		t.Errorf("in place of one that went the row holds %d signs", len(c.Signs))
	}
}

// judge: a verdict is written if the signs, in any order, and the standing are those that it was made of.
func judge(t *testing.T, w *world) {
	o := w.boundTo()
	full, gone := sign(w.now.Add(time.Minute), binding.SignFull), sign(w.now.Add(time.Hour), binding.SignGone)
	want := w.saw(o, full, gone)
	v := binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: []binding.Sign{gone, full},
		Standing: binding.Standing{Risk: binding.MailBounced, Since: gone.At}, Event: "binding.at_risk/bounced/r1"}
	bent := func(what string, bend func(*binding.Verdict)) {
		t.Helper()
		silent, well, dropping := v, v, v
		silent.Event, well.Standing, dropping.Drop = "", binding.Standing{}, []binding.Sign{full}
		all := dropping
		all.Event, all.Standing = "", binding.Standing{}
		for _, n := range []binding.Verdict{v, silent, well, dropping, all} {
			bend(&n)
			w.refused(what, w.Judge(w.ctx, n))
			w.whole(what, o.Account, want)
		}
	}
	since := func(r binding.Risk, at time.Time) func(*binding.Verdict) {
		return func(n *binding.Verdict) { n.Was = binding.Standing{Risk: r, Since: at} }
	}
	bent("a sign more on the row", func(n *binding.Verdict) { n.Signs = []binding.Sign{full} })
	bent("a sign less on the row", func(n *binding.Verdict) { n.Signs = append(slices.Clone(n.Signs), sign(gone.At, binding.SignAlive)) })
	bent("another sign on the row", func(n *binding.Verdict) { n.Signs = []binding.Sign{full, sign(gone.At, binding.SignAlive)} })
	bent("signs where none were seen", func(n *binding.Verdict) { n.Signs = nil })
	bent("another address", func(n *binding.Verdict) { n.EmailKey = id() })
	bent("a risk that is not there", since(binding.MailboxFull, full.At))
	if err := w.Judge(w.ctx, v); err != nil {
		t.Fatal(err)
	}
	want.Risk, want.RiskSince, want.Event = binding.MailBounced, gone.At, v.Event
	w.whole("judged", o.Account, want)
	v.Standing.Since = full.At
	bent("a risk where none was seen", func(*binding.Verdict) {})
	bent("another risk", since(binding.MailboxFull, gone.At))
	bent("a risk of another time", since(binding.MailBounced, full.At))
	v.Was, v.Event = binding.Standing{Risk: binding.MailBounced, Since: gone.At}, ""
	if err := w.Judge(w.ctx, v); err != nil {
		t.Fatal(err)
	}
	want.RiskSince = full.At
	w.whole("judged anew, in silence", o.Account, want)
	for state, o := range w.inEachState() {
		if state != binding.Bound {
			before := w.read(o.Account)
			w.refused("who is not bound", w.Judge(w.ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Standing: v.Standing, Event: "e"}))
			w.whole("not bound", o.Account, before)
		}
	}
	ghost := w.account()
	w.refused("no row", w.Judge(w.ctx, binding.Verdict{Account: ghost, Standing: v.Standing, Event: "e"}))
	w.whole("a verdict", ghost, binding.Claim{})
}

// judgeDrops: a verdict takes signs away that say nothing any more, with a risk and without.
func judgeDrops(t *testing.T, w *world) {
	o := w.boundTo()
	full, alive := sign(w.now.Add(time.Minute), binding.SignFull), sign(w.now.Add(time.Hour), binding.SignAlive)
	want := w.saw(o, full, alive)
	risk := binding.Standing{Risk: binding.MailboxFull, Since: full.At}
	for i, v := range []binding.Verdict{
		{Signs: want.Signs, Drop: want.Signs[:1], Standing: risk, Event: "binding.at_risk/full/r1"},
		{Signs: want.Signs[1:], Drop: []binding.Sign{full}, Standing: risk, Was: risk}, // gone already
		{Signs: want.Signs[1:], Drop: want.Signs[1:], Was: risk, Event: "binding.well/delivered/r2"},
		{Standing: risk, Event: "binding.at_risk/full/r3"},
		{Was: risk},
	} {
		v.Account, v.EmailKey = o.Account, o.EmailKey
		if err := w.Judge(w.ctx, v); err != nil {
			t.Fatalf("verdict %d: %v", i, err)
		}
		want.Signs = [][]binding.Sign{{alive}, {alive}, nil, nil, nil}[i]
		want.Risk, want.RiskSince = v.Standing.Risk, v.Standing.Since
		if v.Event != "" {
			want.Event = v.Event
		}
		w.whole("judged", o.Account, want)
	}
	w.saw(o, alive)
	w.refused("signs where none were seen", w.Judge(w.ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Standing: risk, Event: "e"}))
}

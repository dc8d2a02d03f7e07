package storetest

import (
	"encoding/hex"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// event is one report of a history, without whom it is about. Mail names the mail that it is of; histories of
// one mail leave it out.
type event struct {
	at   time.Duration
	fate binding.Fate
	why  binding.Why
	mail byte
}

// history is five events, and what their account's row comes to in any order.
type history struct {
	name string
	kind binding.Kind
	// start makes the account whose row is told.
	start  func(*world) binding.Opening
	events [5]event
	want   func(c *binding.Claim, from time.Time) // changes the row that start left
	ev     string                                 // how the newest fact begins: in any order, the last one says what is so
}

// aMail is every kind of report that there is of one.
var aMail = [5]event{
	{at: 2 * time.Second, fate: binding.Sent},
	{at: 3 * time.Minute, fate: binding.Delayed, why: binding.WhyTemporary},
	{at: 9 * time.Minute, fate: binding.Delivered},
	{at: 8 * time.Minute, fate: binding.Bounced, why: binding.WhyUnknown},
	{at: 20 * time.Minute, fate: binding.Complained},
}

// histories of one mail that an account asked for.
var mailHistories = []history{
	{"a claim's mail", binding.KindVerify, (*world).claimed, aMail, func(c *binding.Claim, from time.Time) {
		at := from.Add(20 * time.Minute)
		c.Fate, c.FateAt, c.State = binding.Complained, at, binding.Denied
		c.Denied[address.EmailKey{}], c.TTL = at.Add(binding.DeniedFor), at.Add(binding.RowLife)
		delete(c.Due, binding.KindVerify)
	}, "binding.denied/complaint/"},
	{"the mail of a claim that was bound", binding.KindVerify, (*world).boundTo, aMail, func(c *binding.Claim, from time.Time) {
		c.Fate, c.FateAt, c.DisputedAt = binding.Complained, from.Add(20*time.Minute), from.Add(20*time.Minute)
	}, "binding.disputed/complaint/"}, // the mailbox is not watched by what became of a claim's mail
	{"the mail of a claim that moved on", binding.KindVerify, (*world).movedOn, aMail, func(c *binding.Claim, from time.Time) {
		at := from.Add(20 * time.Minute)
		c.Denied[address.EmailKey{}], c.TTL = at.Add(binding.DeniedFor), at.Add(binding.RowLife)
	}, ""},
	{"two bounces of one time", binding.KindVerify, (*world).claimed, [5]event{
		{at: time.Minute, fate: binding.Bounced, why: binding.WhyFull}, {at: time.Minute, fate: binding.Bounced, why: binding.WhySpam},
		{at: time.Minute, fate: binding.Bounced}, {at: 0, fate: binding.Bounced, why: binding.WhyUnknown}, {at: time.Hour, fate: binding.GaveUp, why: binding.WhyTemporary},
	}, func(c *binding.Claim, from time.Time) {
		c.Fate, c.FateAt, c.Why = binding.Bounced, from.Add(time.Minute), binding.WhySpam
	}, ""},
	{"a confirmation's mail", binding.KindReconfirm, (*world).confirming, aMail, func(c *binding.Claim, from time.Time) {
		c.Fate, c.FateAt = binding.Complained, from.Add(20*time.Minute)
		c.Risk, c.RiskSince = binding.MailComplained, from.Add(20*time.Minute)
		c.Signs = []binding.Sign{{At: from.Add(8 * time.Minute), Kind: binding.SignGone, Mail: "0"}, {At: from.Add(9 * time.Minute), Kind: binding.SignAlive, Mail: "0"},
			{At: from.Add(20 * time.Minute), Kind: binding.SignComplained, Mail: "0"}}
	}, "binding.at_risk/complained/"},
}

// movedOn is a claim whose account claims another address by now. The Opening is the one before.
func (w *world) movedOn() binding.Opening {
	w.t.Helper()
	o := w.claimed()
	a, ek := w.mailbox()
	n := w.opening(o.Account, a, ek)
	n.Now = w.now.Add(binding.CooldownOther)
	w.must(w.Open(w.ctx, n))
	return o
}

// signHistories are of five mails to a bound mailbox. Standing and signs are of the row.
var signHistories = []history{
	ofSigns("gone, alive, gone, full, complained", binding.MailComplained, 50*time.Hour,
		event{0, binding.Bounced, binding.WhyUnknown, 1}, event{10 * time.Hour, binding.Delivered, "", 2}, event{26 * time.Hour, binding.Bounced, binding.WhyNoMail, 3},
		event{30 * time.Hour, binding.GaveUp, binding.WhyFull, 4}, event{50 * time.Hour, binding.Complained, "", 5}),
	ofSigns("given to somebody else", binding.Broken, 25*time.Hour,
		event{0, binding.Bounced, binding.WhyUnknown, 1}, event{25 * time.Hour, binding.Bounced, binding.WhyUnknown, 2}, event{30 * time.Hour, binding.Delivered, "", 3},
		event{31 * time.Hour, binding.Complained, "", 4}, event{90 * time.Hour, binding.Delivered, "", 5}),
	ofSigns("foreign", binding.OwnerChanged, 5*time.Hour,
		event{0, binding.Bounced, binding.WhyUnknown, 1}, event{2 * time.Hour, binding.Complained, "", 2}, event{5 * time.Hour, binding.Bounced, binding.WhyOwnerChanged, 3},
		event{30 * time.Hour, binding.Bounced, binding.WhyUnknown, 4}, event{31 * time.Hour, binding.Delivered, "", 5}),
	ofSigns("all in one second", binding.MailComplained, time.Hour,
		event{time.Hour, binding.Delivered, "", 1}, event{time.Hour, binding.Bounced, binding.WhyFull, 2}, event{time.Hour, binding.Bounced, binding.WhySpam, 3},
		event{time.Hour, binding.Bounced, binding.WhyUnknown, 4}, event{time.Hour, binding.Complained, "", 5}),
	ofSigns("full now and then, and well", binding.NoRisk, 0,
		event{0, binding.GaveUp, binding.WhyFull, 1}, event{time.Hour, binding.Delivered, "", 2}, event{2 * time.Hour, binding.Bounced, binding.WhyFull, 3},
		event{3 * time.Hour, binding.Bounced, binding.WhyNone, 4}, event{4 * time.Hour, binding.Delivered, "", 5}),
	ofSigns("nothing that says anything", binding.NoRisk, 0,
		event{time.Hour, binding.Sent, "", 1}, event{time.Hour, binding.Delayed, binding.WhyTemporary, 2}, event{2 * time.Hour, binding.GaveUp, binding.WhyTemporary, 3},
		event{3 * time.Hour, binding.Bounced, binding.WhyContentRefused, 4}, event{4 * time.Hour, binding.NotSent, binding.WhyContentRefused, 5}),
}

func ofSigns(name string, risk binding.Risk, since time.Duration, events ...event) history {
	kinds := map[binding.Why]binding.SignKind{binding.WhyUnknown: binding.SignGone, binding.WhyNoMail: binding.SignGone,
		binding.WhyOwnerChanged: binding.SignForeign, binding.WhyFull: binding.SignFull, binding.WhySpam: binding.SignReturned, binding.WhyNone: binding.SignReturned}
	h := history{name: name, kind: binding.KindBound, start: (*world).boundTo, events: [5]event(events)}
	if risk != binding.NoRisk {
		h.ev = "binding.at_risk/" + string(risk) + "/"
	}
	h.want = func(c *binding.Claim, from time.Time) {
		for _, e := range events {
			kind, says := kinds[e.why]
			switch {
			case e.fate == binding.Delivered:
				kind = binding.SignAlive
			case e.fate == binding.Complained:
				kind = binding.SignComplained
			case e.fate != binding.Bounced && e.why != binding.WhyFull || !says:
				continue
			}
			c.Signs = append(c.Signs, binding.Sign{At: from.Add(e.at), Kind: kind, Mail: strconv.Itoa(int(e.mail))})
		}
		if c.Risk = risk; risk != binding.NoRisk {
			c.RiskSince = from.Add(since)
		}
	}
	return h
}

// reports are those of the history about that account.
func (h history) reports(o binding.Opening, from time.Time) (out []binding.Report) {
	for _, e := range h.events {
		tag := binding.Tag{Kind: h.kind, Account: o.Account, EmailKey: o.EmailKey, Send: mailOf(o, e.mail)}
		out = append(out, binding.Report{Tag: tag, Fate: e.fate, Why: e.why, At: from.Add(e.at)})
	}
	return out
}

// mailOf is a mail by its number; 0 is the one that the account asked for.
func mailOf(o binding.Opening, n byte) binding.SendID {
	o.Send[0] ^= n
	return o.Send
}

// nameless is the row without what is drawn anew for each account, once that is as it should be, and without ev.
func (w *world) nameless(o binding.Opening) (c binding.Claim, ev string) {
	w.t.Helper()
	c = w.read(o.Account)
	if c.Account != o.Account {
		w.t.Fatalf("the row is of account %s", c.Account)
	}
	if until, denied := c.Denied[o.EmailKey]; denied {
		delete(c.Denied, o.EmailKey)
		c.Denied[address.EmailKey{}] = until
	}
	for kind := range c.Due {
		c.Due[kind] = binding.SendID{}
	}
	ev = c.Event
	for n := range byte(6) { // by numbers
		send := mailOf(o, n)
		ev = strings.Replace(ev, hex.EncodeToString(send[:]), strconv.Itoa(int(n)), 1)
		for i := range c.Signs {
			if c.Signs[i].Mail == send.Mark() {
				c.Signs[i].Mail = strconv.Itoa(int(n))
			}
		}
	}
	c.Account, c.Address, c.EmailKey, c.Challenge, c.Send, c.Event = binding.AccountKey{}, address.Address{}, address.EmailKey{}, binding.ChallengeID{}, binding.SendID{}, ""
	c.Confirming = binding.ChallengeID{}
	return c, ev
}

// end is what every order has to come to.
func (w *world) end(h history, o binding.Opening) binding.Claim {
	w.t.Helper()
	c, _ := w.nameless(o)
	h.want(&c, w.now)
	return c
}

// ended wants the row of a history to be at its end, and gives its newest fact.
func (w *world) ended(h history, o binding.Opening, want binding.Claim, order any) (ev string) {
	w.t.Helper()
	got, ev := w.nameless(o)
	if !reflect.DeepEqual(got, want) || !strings.HasPrefix(ev, h.ev) {
		w.t.Fatalf("%s, %v: the row is\n%+v, %s, want\n%+v, %s", h.name, order, got, ev, want, h.ev)
	}
	return ev
}

// permutations gives all orders of five.
func permutations() (out [][5]int) {
	for n := range 5 * 5 * 5 * 5 * 5 {
		p, seen := [5]int{}, 0
		for i := range p {
			p[i] = n % 5
			seen |= 1 << p[i]
			n /= 5
		}
		if seen == 1<<5-1 {
			out = append(out, p)
		}
	}
	return out
}

// doubled is the order with each event once more, at a random place.
func doubled(p [5]int, r *rand.Rand) []int {
	out := p[:]
	for i := range 5 {
		at := r.IntN(len(out) + 1)
		out = append(out[:at:at], append([]int{i}, out[at:]...)...)
	}
	return out
}

// inAllOrders holds a history to its end in all 120 orders, and in each with duplicates, or in every so manyth. It
// gives the facts that were the newest in the end.
func (w *world) inAllOrders(h history, every int) map[string]int {
	w.t.Helper()
	f := &binding.Feedback{Store: w}
	facts := map[string]int{}
	r := rand.New(rand.NewPCG(120, 5))
	for i, p := range permutations() {
		if i%every != 0 {
			continue
		}
		for _, order := range [][]int{p[:], doubled(p, r)} {
			o := h.start(w)
			want, reports := w.end(h, o), h.reports(o, w.now)
			for _, i := range order {
				if _, err := f.Take(w.ctx, reports[i]); err != nil {
					w.t.Fatalf("%s, order %v: %v", h.name, order, err)
				}
			}
			facts[w.ended(h, o, want, order)]++
		}
	}
	return facts
}

// every is how many orders of history i one is tried of.
func (w *world) every(i int) int {
	if w.Sparse && i > 0 {
		return 8
	}
	return 1
}

// ordersOfAMail: all orders of five reports of one mail, with duplicates too, end in the same row, its newest fact
// included: what a mail that an account asked for tells makes one fact at most, but for a confirmation's.
func ordersOfAMail(t *testing.T, w *world) {
	for i, h := range mailHistories {
		if facts := w.inAllOrders(h, w.every(i)); len(facts) != 1 {
			t.Errorf("%s: the newest facts are %v", h.name, facts)
		}
	}
}

// ordersOfSigns: all orders of five reports about a bound mailbox end in the same row. The newest fact is that of
// the last change that somebody was told of, so its mail is another one in another order, and a mailbox that
// was well all along by the time its trouble is told has made none; where there is a risk, it names this one.
func ordersOfSigns(t *testing.T, w *world) {
	for i, h := range signHistories {
		facts := w.inAllOrders(h, w.every(i))
		for ev := range facts {
			if h.ev == "" && !strings.HasPrefix(ev, "binding.well/delivered/") && ev != "binding.bound/r1" {
				t.Errorf("%s: it is well, and the newest fact is %s", h.name, ev)
			}
		}
		t.Logf("%s: the newest facts are %v", h.name, facts)
	}
}

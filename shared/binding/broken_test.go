package binding_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// A broken store forgets one rule. The walks must see it, or they would pass whatever the code does.
type broken struct {
	name    string
	promise string // that the walk names
	store   func(tapped) binding.Store
	outbox  func(tapped) binding.Outbox
	reports func(tapped) binding.Reports
}

var brokenStores = []broken{
	{name: "finish ignores which order is due", promise: "P6", outbox: func(s tapped) binding.Outbox { return finishesAny{s} }},
	{name: "finish takes a mail off that the provider did not take", promise: "P6", outbox: func(s tapped) binding.Outbox { return finishesEarly{s} }},
	{name: "open orders no mail", promise: "P6", store: func(s tapped) binding.Store { return ordersNothing{s} }},
	{name: "bind skips the denial", promise: "P5", store: func(s tapped) binding.Store { return skipsDenial{s} }},
	{name: "bind takes what is bound", promise: "P2", store: func(s tapped) binding.Store { return takesTaken{s} }},
	{name: "codes are not charged", promise: "P9", store: func(s tapped) binding.Store { return chargesNothing{s} }},
	{name: "numbers are not charged", promise: "P9", store: func(s tapped) binding.Store { return chargesNoNumber{s} }},
	{name: "a pressed button binds", promise: "P4", store: func(s tapped) binding.Store { return bindsOnPress{s} }},
	{name: "a delivery ends every doubt", promise: "P3, watched", reports: func(s tapped) binding.Reports { return deliversAll{s} }},
	{name: "a report takes the place of a person's word", promise: "P3, watched", reports: func(s tapped) binding.Reports { return overrules{s} }},
	{name: "a complaint about a binding ends it", promise: "P2, P3", reports: func(s tapped) binding.Reports { return unbindsByComplaint{s} }},
	{name: "not me unbinds", promise: "P2, P3", store: func(s tapped) binding.Store { return unbinds{s} }},
}

func TestWalksNoticeEveryBrokenRule(t *testing.T) {
	const walks = 400
	for _, b := range brokenStores {
		t.Run(b.name, func(t *testing.T) {
			for seed := range uint64(walks) {
				_, _, err := randomWalk(t, seed, 80, func(w *world) {
					if b.store != nil {
						w.service.Store = b.store(tapped{w})
					}
					if b.reports != nil {
						w.feedback.Store = b.reports(tapped{w})
					}
					if b.outbox != nil {
						w.mailer.Outbox = b.outbox(tapped{w})
					}
				})
				if err == nil {
					continue
				}
				if !strings.HasPrefix(err.Error(), b.promise) {
					t.Errorf("seed %d notices %q, want %s", seed, err, b.promise)
				}
				return
			}
			t.Errorf("%d walks noticed nothing", walks)
		})
	}
}

type finishesAny struct{ tapped }

func (s finishesAny) Finish(ctx context.Context, f binding.Finish) error {
	row, err := s.memory.Claim(ctx, f.Order.Account, f.Now)
	if err != nil {
		return err
	}
	f.Order.Send = row.Due[f.Order.Kind]
	return s.memory.Finish(ctx, f)
}

// finishesEarly ends the order when the mail is booked, before it is sent.
type finishesEarly struct{ tapped }

func (s finishesEarly) Book(ctx context.Context, b binding.Booking) (bool, error) {
	ok, err := s.memory.Book(ctx, b)
	if ok && err == nil {
		f := binding.Finish{Order: binding.Order{Account: b.Account, Kind: binding.KindVerify, Send: b.Send}, Now: b.Now}
		err = s.memory.Finish(ctx, f)
	}
	return ok, err
}

type ordersNothing struct{ tapped }

func (s ordersNothing) Open(ctx context.Context, o binding.Opening) (binding.Claim, error) {
	c, err := s.memory.Open(ctx, o)
	if err == nil {
		f := binding.Finish{Order: binding.Order{Account: o.Account, Kind: binding.KindVerify, Send: o.Send}, Now: o.Now}
		err = s.memory.Finish(ctx, f)
	}
	return c, err
}

type skipsDenial struct{ tapped }

func (s skipsDenial) Bind(ctx context.Context, b binding.Binding) error {
	d := binding.Denial{Account: b.Account, EmailKey: b.EmailKey, Challenge: b.Challenge, Now: b.Now}
	_ = s.memory.Undo(ctx, d) // refused where nothing is denied
	return s.memory.Bind(ctx, b)
}

type takesTaken struct{ tapped }

func (s takesTaken) Bind(ctx context.Context, b binding.Binding) error {
	_, holder, err := s.memory.Load(ctx, b.Account, b.EmailKey, b.Now)
	if err != nil {
		return err
	}
	if holder.Bound && holder.Owner != b.Account {
		s.memory.Release(nil, holder.Owner, b.EmailKey, b.Now.Add(-time.Hour))
	}
	return s.memory.Bind(ctx, b)
}

type chargesNothing struct{ tapped }

func (s chargesNothing) ChargeCode(ctx context.Context, t binding.Try) (binding.Claim, error) {
	c, err := s.memory.ChargeCode(ctx, t)
	if err == nil {
		err = s.memory.GiveBack(ctx, t, true)
	}
	return c, err
}

type chargesNoNumber struct{ tapped }

func (s chargesNoNumber) ChargeNumber(ctx context.Context, t binding.Try) (binding.Claim, error) {
	c, err := s.memory.ChargeNumber(ctx, t)
	if err == nil {
		err = s.memory.GiveBack(ctx, t, false)
	}
	return c, err
}

type bindsOnPress struct{ tapped }

func (s bindsOnPress) ChargeNumber(ctx context.Context, t binding.Try) (binding.Claim, error) {
	c, err := s.memory.ChargeNumber(ctx, t)
	if err == nil { // where it is refused, it is refused
		_ = s.memory.Bind(ctx, binding.Binding{Account: c.Account, Address: c.Address, EmailKey: c.EmailKey,
			Challenge: c.Challenge, Send: binding.SendID{1}, Event: "binding.bound/x", Request: "x", Now: t.Now})
	}
	return c, err
}

type unbinds struct{ tapped }

func (s unbinds) Dispute(ctx context.Context, d binding.Denial) error {
	err := s.memory.Dispute(ctx, d)
	if err == nil {
		s.memory.Release(nil, d.Account, d.EmailKey, d.Now.Add(time.Hour))
	}
	return err
}

type deliversAll struct{ tapped }

func (s deliversAll) Observe(ctx context.Context, o binding.Observation) (binding.Claim, error) {
	c, err := s.memory.Observe(ctx, o)
	if err == nil && o.Sign.Kind == binding.SignAlive && c.Risk.Holds() {
		c.Signs = nil // judged as if nothing had been
		v := binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Was: binding.Standing{Risk: c.Risk, Since: c.RiskSince}}
		row, _ := s.memory.Claim(ctx, o.Account, o.Sign.At)
		v.Signs, v.Drop = row.Signs, row.Signs
		err = s.memory.Judge(ctx, v)
	}
	return c, err
}

type overrules struct{ tapped }

func (s overrules) Observe(ctx context.Context, o binding.Observation) (binding.Claim, error) {
	c, err := s.memory.Observe(ctx, o)
	if err == nil && c.Risk == binding.Disowned {
		err = s.memory.Judge(ctx, binding.Verdict{Account: o.Account, EmailKey: o.EmailKey, Signs: c.Signs,
			Was: binding.Standing{Risk: c.Risk, Since: c.RiskSince}, Standing: binding.Judge(c.Signs)})
		c.Risk = binding.NoRisk
	}
	return c, err
}

type unbindsByComplaint struct{ tapped }

func (s unbindsByComplaint) DisputeOnly(ctx context.Context, d binding.Denial) error {
	s.memory.Release(nil, d.Account, d.EmailKey, d.Now)
	return s.memory.DisputeOnly(ctx, d)
}

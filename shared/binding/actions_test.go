package binding_test

import (
	"errors"
	"fmt"
	"time"

	"mailbind/shared/binding"
)

// An action is one step of the small world. It gives the pair that was proven by mailbox and session
// together, and an error for a promise that its own answer breaks.
type action struct {
	name string
	do   func(e *explorer) (*pair, error)
}

// actions are what a random walk draws from: the interesting ones more often.
var actions = walkActions()

// shortActions are what every short path is made of.
var shortActions = []action{
	bind("li", 0), bind("wang", 0), bind("li", 1), resend("li"),
	linkRight, linkWrong, codeRight("li"), codeRight("wang"), codeWrong("li"), appToken("li"), appToken("wang"),
	deny, undo, deliver, deliverAgain, deliverWhileBinding, reconfirm("li"), reportGone, reportComplaint,
	clock(time.Minute), clock(16 * time.Minute), clock(24 * time.Hour),
}

func walkActions() []action {
	all := []action{linkRight, linkRight, linkWrong, presses, deny, undo, guesses("li"), guesses("wang"),
		deliver, deliver, deliver, deliver, deliverAgain, deliverDown, deliverLost, deliverWhileBinding,
		report, report, reportGone, reportGone, reportComplaint, reconfirm("li"), reconfirm("wang"),
		clock(5 * time.Second), clock(10 * time.Second), clock(time.Minute), clock(time.Minute), clock(16 * time.Minute),
		clock(6 * time.Hour), clock(24 * time.Hour), clock(30 * 24 * time.Hour)}
	for _, sub := range walkers {
		for box := range mailboxes {
			all = append(all, bind(sub, box), bind(sub, box))
		}
		all = append(all, resend(sub), resend(sub), codeRight(sub), codeWrong(sub), codeWrong(sub), appToken(sub))
	}
	return all
}

func bind(sub string, box int) action {
	return action{"bind " + sub + " " + mailboxes[box], func(e *explorer) (*pair, error) {
		return nil, answered("bind", errOf(e.bind(sub, mailboxes[box])))
	}}
}

func resend(sub string) action {
	return action{"resend " + sub, func(e *explorer) (*pair, error) { return nil, answered("resend", errOf(e.resend(sub))) }}
}

func clock(d time.Duration) action {
	return action{"wait " + d.String(), func(e *explorer) (*pair, error) { e.after(d); return nil, nil }}
}

// letter draws one that carries a token; false: none went out yet.
func (e *explorer) letter() (seen, bool) {
	var with []seen
	for _, s := range e.mail {
		if s.Token != "" {
			with = append(with, s)
		}
	}
	if len(with) == 0 {
		return seen{}, false
	}
	return with[e.pick(len(with))], true
}

// linkRight: mailbox and session together. The number is the one that the session shows now, which for
// an old letter may be another challenge's.
var linkRight = action{"link, right number", func(e *explorer) (*pair, error) {
	s, ok := e.letter()
	if !ok {
		return nil, nil
	}
	st, err := e.status(s.sub)
	if err != nil || st.Check == "" {
		return nil, answered("status", err)
	}
	return &s.pair, e.press(s, st.Check)
}}

// linkWrong: a stranger or a scanner with the mail alone.
var linkWrong = action{"link, wrong number", func(e *explorer) (*pair, error) {
	s, ok := e.letter()
	if !ok {
		return nil, nil
	}
	l, err := binding.OpenLink(e.ctx, e.service.Keys, s.Token, e.now)
	if err != nil {
		return nil, answered("link", err)
	}
	return nil, e.press(s, wrong(l.Key.Number(l.Account, l.Challenge)))
}}

// presses spends a whole link.
var presses = action{"guess numbers", func(e *explorer) (*pair, error) {
	s, ok := e.letter()
	if !ok {
		return nil, nil
	}
	l, err := binding.OpenLink(e.ctx, e.service.Keys, s.Token, e.now)
	if err != nil {
		return nil, answered("link", err)
	}
	for range binding.LinkTries + 1 {
		if err := e.press(s, wrong(l.Key.Number(l.Account, l.Challenge))); err != nil {
			return nil, err
		}
	}
	return nil, nil
}}

func (e *explorer) press(s seen, number string) error {
	before := e.row(s.sub)
	press := func() (binding.Status, error) { return e.link(s.Token, number) }
	_, err := press()
	if before.State == binding.Pending && before.Challenge == s.cid {
		if err := compared(e.byLink, s.cid, binding.LinkTries, err); err != nil {
			return err
		}
	}
	if err == nil {
		return e.again(s.sub, press)
	}
	return answered("link", err)
}

// codeRight types the code of a mail, be it this account's or another's.
func codeRight(sub string) action {
	return action{"code " + sub, func(e *explorer) (*pair, error) {
		s, ok := e.letter()
		if !ok || s.Code == "" {
			return nil, nil
		}
		var proof *pair
		if s.sub == sub {
			proof = &s.pair
		}
		return proof, e.enter(sub, s.Code)
	}}
}

func codeWrong(sub string) action {
	return action{"wrong code " + sub, func(e *explorer) (*pair, error) {
		s, ok := e.letter()
		if !ok || s.Code == "" {
			s.Code = "0000-0000"
		}
		return nil, e.enter(sub, wrong(s.Code))
	}}
}

// guesses spends a whole code, and asks for the next one.
func guesses(sub string) action {
	return action{"guess " + sub, func(e *explorer) (*pair, error) {
		for range binding.TriesPerCode + 1 {
			if err := e.enter(sub, "ZZZZ-ZZZZ"); err != nil {
				return nil, err
			}
		}
		e.after(time.Minute)
		return nil, answered("resend", errOf(e.resend(sub)))
	}}
}

func (e *explorer) enter(sub, code string) error {
	before := e.row(sub)
	enter := func() (binding.Status, error) { return e.code(sub, code) }
	_, err := enter()
	if open := before.Alive(e.now); before.State == binding.Pending || before.State == binding.Bound && open {
		cid := before.Challenge
		if before.State == binding.Bound {
			cid = before.Confirming
		}
		if err := compared(e.byCode, codeOf{cid, before.CodesUsed}, binding.TriesPerCode, err); err != nil {
			return err
		}
		if err := compared(e.byDay, dayOf{sub, binding.Day(e.now)}, binding.TriesPerDay, err); err != nil {
			return err
		}
	}
	if err == nil {
		return e.again(sub, enter)
	}
	return answered("code", err)
}

// appToken sends a mail's token from a session, be it the account's own or another's.
func appToken(sub string) action {
	return action{"token " + sub, func(e *explorer) (*pair, error) {
		s, ok := e.letter()
		if !ok {
			return nil, nil
		}
		var proof *pair
		if s.sub == sub {
			proof = &s.pair
		}
		send := func() (binding.Status, error) { return e.token(sub, s.Token) }
		_, err := send()
		if err == nil {
			return proof, e.again(sub, send)
		}
		return proof, answered("token", err)
	}}
}

var deny = action{"not me", func(e *explorer) (*pair, error) {
	s, ok := e.letter()
	if !ok {
		return nil, nil
	}
	_, err := e.deny(s.Token)
	if err != nil {
		return nil, answered("deny", err)
	}
	e.denied[s.pair] = e.now.Add(binding.DeniedFor)
	if row := e.row(s.sub); row.State == binding.Denied {
		e.ended[row.Send] = true
	}
	return nil, nil
}}

var undo = action{"undo", func(e *explorer) (*pair, error) {
	s, ok := e.letter()
	if !ok {
		return nil, nil
	}
	_, err := e.undo(s.Token)
	if err == nil {
		delete(e.denied, s.pair)
		e.undone = true
	}
	return nil, answered("undo", err)
}}

func reconfirm(sub string) action {
	return action{"reconfirm " + sub, func(e *explorer) (*pair, error) { return nil, answered("reconfirm", errOf(e.reconfirm(sub))) }}
}

// report is the provider's, about any mail that went out: anything, of now or of up to two days ago.
var report = action{"report", func(e *explorer) (*pair, error) {
	fates := []binding.Fate{binding.Sent, binding.Delayed, binding.GaveUp, binding.Delivered, binding.Delivered, binding.Bounced}
	reasons := []binding.Why{binding.WhyNone, binding.WhyFull, binding.WhyUnknown, binding.WhyOwnerChanged, binding.WhySuppressed}
	return nil, e.tell(fates[e.pick(len(fates))], reasons[e.pick(len(reasons))], time.Duration(e.pick(48))*time.Hour)
}}

var reportGone = action{"report: no such mailbox", func(e *explorer) (*pair, error) {
	return nil, e.tell(binding.Bounced, binding.WhyUnknown, 0)
}}

var reportComplaint = action{"report: marked as spam", func(e *explorer) (*pair, error) {
	return nil, e.tell(binding.Complained, binding.WhyNone, 0)
}}

func (e *explorer) tell(fate binding.Fate, why binding.Why, ago time.Duration) error {
	if len(e.mail) == 0 {
		return nil
	}
	s := e.mail[e.pick(len(e.mail))]
	tag, err := binding.OpenTag(e.names.Data, s.Tag)
	if err != nil {
		return err
	}
	if fate == binding.Delivered && e.back[tag.Send] {
		return nil
	}
	e.back[tag.Send] = e.back[tag.Send] || fate == binding.Bounced
	heard, err := e.feedback.Take(e.ctx, binding.Report{Tag: tag, Fate: fate, Why: why, At: e.now.Add(-ago), Told: e.now})
	if heard == binding.HeardDenied {
		e.denied[s.pair] = e.now.Add(binding.DeniedFor)
		if row := e.row(s.sub); row.State == binding.Denied {
			e.ended[row.Send] = true
		}
	}
	return err
}

// hand gives a drawn record to the mailer. It is through only when the mailer says so.
func (e *explorer) hand() error {
	if len(e.stream) == 0 {
		return nil
	}
	i := e.pick(len(e.stream))
	o := e.stream[i]
	out, err := e.mailer.Deliver(e.ctx, o, e.now)
	if err != nil {
		if e.post.err == nil {
			return fmt.Errorf("deliver: an outage where nothing failed: %w", err)
		}
		return nil
	}
	if out != binding.OutcomeSent && out != binding.OutcomeSkipped {
		e.ended[o.Send] = true
	}
	e.stream = append(e.stream[:i:i], e.stream[i+1:]...)
	e.done = append(e.done, o)
	return nil
}

var deliver = action{"deliver", func(e *explorer) (*pair, error) { return nil, e.hand() }}

var errProvider = errors.New("the provider is down")

var deliverDown = action{"deliver while the provider is down", func(e *explorer) (*pair, error) {
	e.post.err = errProvider
	defer func() { e.post.err = nil }()
	return nil, e.hand()
}}

var deliverLost = action{"deliver, the provider's answer is lost", func(e *explorer) (*pair, error) {
	e.post.err, e.post.lost = errProvider, true
	defer func() { e.post.err, e.post.lost = nil, false }()
	return nil, e.hand()
}}

// deliverAgain is a record that comes a second time, at any time later.
var deliverAgain = action{"deliver again", func(e *explorer) (*pair, error) {
	if len(e.done) == 0 {
		return nil, nil
	}
	o := e.done[e.pick(len(e.done))]
	if _, err := e.mailer.Deliver(e.ctx, o, e.now); err != nil {
		return nil, fmt.Errorf("deliver again: %w", err)
	}
	return nil, nil
}}

// deliverWhileBinding: the mailer is slow, and the account holder moves on while the mail is handed over.
var deliverWhileBinding = action{"deliver slowly, binding meanwhile", func(e *explorer) (*pair, error) {
	var during error
	e.post.during = func() {
		e.after(15 * time.Second)
		sub, box := walkers[e.pick(2)], mailboxes[e.pick(2)]
		during = answered("bind", errOf(e.bind(sub, box)))
	}
	defer func() { e.post.during = nil }()
	return nil, errors.Join(e.hand(), during)
}}

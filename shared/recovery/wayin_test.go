package recovery_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// siege is a day on which a stranger asks for the owner's address whenever the bell can be rung, from a new
// network each time, while the mailer is behind and the provider is down for a while.
type siege struct {
	*world
	behind     time.Duration // the stream's delay
	down, back time.Time     // the provider takes nothing in between
	waiting    []recovery.Order
	since      []time.Time
	asked      int
}

// step is half a minute: a request, and what the stream brings by now.
const step = 30 * time.Second

func (s *siege) step() {
	s.t.Helper()
	s.asked++
	from := netip.AddrFrom4([4]byte{10, byte(s.asked >> 16), byte(s.asked >> 8), byte(s.asked)})
	before, _ := s.due("li@qq.com")
	s.ok(s.service.Ask(s.ctx, "li@qq.com", from, s.now))
	if o, due := s.due("li@qq.com"); due && o != before {
		s.waiting, s.since = append(s.waiting, o), append(s.since, s.now)
	}
	s.post.err = nil
	if !s.now.Before(s.down) && s.now.Before(s.back) {
		s.post.err = errors.New("down")
	}
	for len(s.waiting) > 0 && s.now.Sub(s.since[0]) >= s.behind {
		if _, err := s.mailer.Deliver(s.ctx, s.waiting[0], s.now); err != nil {
			break // it comes again: what follows of this row waits
		}
		s.waiting, s.since = s.waiting[1:], s.since[1:]
	}
	s.after(step)
}

// usable is a letter of the inbox whose link would set a password now.
func (s *siege) usable() (binding.Letter, bool) {
	c := s.challenge("li@qq.com")
	for i := len(s.post.letters) - 1; i >= 0; i-- {
		l := s.post.letters[i]
		opened, err := recovery.OpenLink(s.ctx, s.service.Keys, l.Token, s.now)
		if err == nil && c.Takes(opened.Challenge, s.now) && c.UsedAt.IsZero() && c.Presented < recovery.Presentations {
			return l, true
		}
	}
	return binding.Letter{}, false
}

func besieged(t *testing.T, behind time.Duration, outage time.Duration, down time.Duration) *siege {
	t.Helper()
	s := &siege{world: newWorld(t), behind: behind}
	s.bound("li", "li@qq.com")
	s.down = s.now.Add(outage)
	s.back = s.down.Add(down)
	return s
}

// day runs a whole day, and looks at each half minute after the first mail.
func (s *siege) day(until time.Duration) (without time.Duration) {
	s.t.Helper()
	for end := s.now.Add(until); s.now.Before(end); {
		s.step()
		if len(s.post.letters) == 0 {
			continue
		}
		if _, ok := s.usable(); !ok {
			without += step
		}
	}
	return without
}

// P14: at every moment of the day the newest mails hold a link that works, and there are at most 16.
func TestNoStrangerKeepsTheOwnerFromAWayIn(t *testing.T) {
	for _, c := range []struct {
		behind, outage time.Duration
		outages        int
	}{{0, 0, 1}, {90 * time.Second, 0, 1}, {0, 5 * time.Minute, 60}, {90 * time.Second, 5 * time.Minute, 60}} {
		most := 0
		for i := range c.outages {
			s := besieged(t, c.behind, time.Duration(i)*24*time.Minute, c.outage)
			if without := s.day(24 * time.Hour); without > 0 {
				t.Errorf("mailer %s behind, provider down for %s from minute %d on: %s without a way in", c.behind, c.outage, i*24, without)
			}
			most = max(most, len(s.post.letters))
		}
		t.Logf("mailer %s behind, provider down for %s: at most %d mails", c.behind, c.outage, most)
		if most > recovery.MailsPerDay || most < recovery.MailsPerDay-4 {
			t.Errorf("mailer %s behind, provider down for %s: %d mails", c.behind, c.outage, most)
		}
	}
}

// A reset that is begun from any of these mails is finished, whatever the stranger does meanwhile.
func TestAResetFinishesUnderSiege(t *testing.T) {
	for minute := 3; minute < 24*60; minute += 31 {
		for _, byCode := range []bool{false, true} {
			s := besieged(t, 90*time.Second, 2*time.Hour, 5*time.Minute)
			s.day(time.Duration(minute) * time.Minute)
			l, ok := s.usable()
			if !ok {
				t.Fatalf("minute %d: no way in", minute)
			}
			what := fmt.Sprintf("minute %d, by code %t", minute, byCode)
			proof := link(l)
			if byCode { // the newest mail has the newest code
				grant, err := s.code("li@qq.com", s.post.letters[len(s.post.letters)-1].Code)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				proof = recovery.Proof{Grant: grant.Text}
			}
			if left := l.Expires.Sub(s.now); byCode || left > 9*time.Minute {
				s.day(9 * time.Minute) // it takes the owner a while to think of a password
			}
			if _, err := s.set(proof, newPassword); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// Bells by the hundred do not fail the reset: they touch its row, and are never part of its transaction.
func TestBellsDoNotFailAReset(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	p := link(w.mail("li@qq.com"))
	busy := 0
	w.tap = func(step string, call func() error) error {
		if step == "change" && busy < 4 { // the table is busy with them four times
			busy++
			for range 100 {
				w.ok(w.memory.Ring(w.ctx, recovery.Bell{EmailKey: w.emailKey("li@qq.com"), Send: binding.NewSend(), Now: w.now}))
			}
			return &binding.Conflict{Cause: errFault}
		}
		return call()
	}
	w.ok(errOf(w.set(p, newPassword)))
	if busy != 4 {
		t.Errorf("%d conflicts", busy)
	}
	// Given up after five, the presentation is given back: the link has lost nothing.
	w.after(time.Hour)
	p = link(w.mail("li@qq.com"))
	w.tap = func(step string, call func() error) error {
		if step == "change" {
			return &binding.Conflict{Cause: errFault}
		}
		return call()
	}
	for range 10 {
		w.calls = nil
		w.refused(errOf(w.set(p, newPassword+" again")), binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: 2 * time.Second})
		w.same("steps", w.calls, []string{"present", "change", "change", "change", "change", "change", "give back presented"})
	}
	w.tap = nil
	w.ok(errOf(w.set(p, newPassword+" again")))
}

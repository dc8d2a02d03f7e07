package storetest

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

func addressKey(k [16]byte) address.EmailKey { return k }

// of bends one form of a confirmation's mail.
func of(f binding.RequeueForm, b bend[binding.Reconfirmation]) func(*Memory) BindingStore {
	return bent{reconfirm: func(m *Memory, q *binding.Reconfirmation) func() {
		if q.Form == f {
			return b(m, q)
		}
		return nil
	}}.on
}

type reconfirmation = binding.Reconfirmation

// What a form may not look at.
func unbound(m *Memory, q *reconfirmation) func() {
	return show(m, q.Account, stateOf, becomes(binding.Bound))
}
func atOnce(m *Memory, q *reconfirmation) func() {
	return show(m, q.Account, resendAt, becomes(time.Time{}))
}
func uncapped(m *Memory, q *reconfirmation) func() {
	m.edit(q.Account, func(r *row) {
		if n := r.sends[binding.Day(q.Now)]; n >= binding.SendsPerDay {
			r.sends[binding.Day(q.Now)] = 0
		}
	})
	return nil
}
func stillOpen(m *Memory, q *reconfirmation) func() {
	return show(m, q.Account, expiresAt, becomes(sec(q.Now.Add(time.Hour))))
}
func notDue(m *Memory, q *reconfirmation) func() {
	m.edit(q.Account, func(r *row) { delete(r.Due, binding.KindReconfirm) })
	return nil
}

func showsTries(n int) bend[reconfirmation] {
	return func(m *Memory, q *reconfirmation) func() { return show(m, q.Account, triesOf, becomes(n)) }
}

var brokenConfirmations = []brokenStore{
	{"confirms who is not bound", "ReconfirmOpensAConfirmation", of(binding.Afresh, unbound)},
	{"confirms in place of what is open", "ReconfirmOpensAConfirmation", of(binding.Afresh, func(m *Memory, q *reconfirmation) func() {
		return show(m, q.Account, expiresAt, becomes(time.Time{}))
	})},
	{"confirms under the old key", "ReconfirmOpensAConfirmation", of(binding.Afresh, func(m *Memory, q *reconfirmation) func() {
		if r := m.peek(q.Account); r.Alive(q.Now) {
			q.Key = r.Key
		}
		return nil
	})},
	{"confirms at once", "ReconfirmOpensAConfirmation", of(binding.Afresh, atOnce)},
	{"confirms without end", "ReconfirmCountsByDay", of(binding.Afresh, uncapped)},
	{"confirms in place of the claim", "ReconfirmOpensAConfirmation", of(binding.Afresh, func(m *Memory, q *reconfirmation) func() {
		return func() { m.edit(q.Account, func(r *row) { r.Challenge = r.Confirming }) }
	})},
	{"confirms for a while", "OnlyUnboundRowsHaveALife", of(binding.Afresh, func(m *Memory, q *reconfirmation) func() { return livesOn(q.Account, m) })},
	{"mails who is not bound", "ReconfirmSendsTheSameCode", of(binding.SameCode, unbound)},
	{"mails what is over", "ReconfirmSendsTheSameCode", of(binding.SameCode, stillOpen)},
	{"mails a spent code", "ReconfirmSendsTheSameCode", of(binding.SameCode, showsTries(0))},
	{"mails at once", "ReconfirmSendsTheSameCode", of(binding.SameCode, atOnce)},
	{"mails without end", "ReconfirmCountsByDay", of(binding.SameCode, uncapped)},
	{"mails what is due", "ReconfirmSendsTheSameCode", of(binding.SameCode, notDue)},
	{"renews who is not bound", "ReconfirmRenewsASpentCode", of(binding.NewCode, unbound)},
	{"renews what is over", "ReconfirmRenewsASpentCode", of(binding.NewCode, stillOpen)},
	{"renews a good code", "ReconfirmRenewsASpentCode", of(binding.NewCode, showsTries(binding.TriesPerCode))},
	{"renews at once", "ReconfirmRenewsASpentCode", of(binding.NewCode, atOnce)},
	{"renews without end", "ReconfirmCountsByDay", of(binding.NewCode, uncapped)},
	{"renews what is due", "ReconfirmRenewsASpentCode", of(binding.NewCode, notDue)},
	{"is late for what is over", "ReconfirmOverdueIsUncharged", of(binding.Overdue, stillOpen)},
	{"is late for what was sent", "ReconfirmOverdueIsUncharged", of(binding.Overdue, func(m *Memory, q *reconfirmation) func() {
		m.edit(q.Account, func(r *row) { r.Due[binding.KindReconfirm] = id() })
		return nil
	})},
	{"is late too early", "ReconfirmOverdueIsUncharged", of(binding.Overdue, atOnce)},
	{"charges what is late", "ReconfirmOverdueIsUncharged", of(binding.Overdue, func(m *Memory, q *reconfirmation) func() {
		return func() { m.edit(q.Account, func(r *row) { r.sends[binding.Day(q.Now)]++ }) }
	})},
	{"is late for a spent code", "ReconfirmOverdueIsUncharged", of(binding.Overdue, showsTries(0))},
	{"is late for another code where what is over", "ReconfirmOverdueRenewsASpentCode", of(binding.OverdueNewCode, stillOpen)},
	{"is late for another code where it was sent", "ReconfirmOverdueRenewsASpentCode", of(binding.OverdueNewCode, func(m *Memory, q *reconfirmation) func() {
		m.edit(q.Account, func(r *row) { r.Due[binding.KindReconfirm] = id() })
		return nil
	})},
	{"is late for another code too early", "ReconfirmOverdueRenewsASpentCode", of(binding.OverdueNewCode, atOnce)},
	{"is late for another code in place of a good one", "ReconfirmOverdueRenewsASpentCode", of(binding.OverdueNewCode, showsTries(binding.TriesPerCode))},
	{"is late for the same code, spent", "ReconfirmOverdueRenewsASpentCode", of(binding.OverdueNewCode, func(m *Memory, q *reconfirmation) func() {
		used := m.peek(q.Account).CodesUsed
		return func() { m.edit(q.Account, func(r *row) { r.CodesUsed = used }) }
	})},

	{"proves by any challenge", "ConfirmKeepsItsConditions", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		c.Challenge = m.peek(c.Account).Confirming
		return nil
	}}.on},
	{"proves by what is over", "ConfirmKeepsItsConditions", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		return show(m, c.Account, expiresAt, becomes(sec(c.Now.Add(time.Hour))))
	}}.on},
	{"proves who is not bound", "ConfirmKeepsItsConditions", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		return show(m, c.Account, stateOf, becomes(binding.Bound))
	}}.on},
	{"proves twice", "ConfirmProvesAnew", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		return show(m, c.Account, expiresAt, func(t time.Time) time.Time {
			if t.IsZero() {
				return sec(c.Now.Add(time.Hour))
			}
			return t
		})
	}}.on},
	{"proves over a doubt in silence", "ConfirmSeesADoubtThatCameBetween", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		if !c.Doubted {
			r := m.peek(c.Account)
			c.Doubted = r.Risk != binding.NoRisk || !r.DisputedAt.IsZero()
		}
		return nil
	}}.on},
	{"proves over a dispute in silence", "ConfirmSeesADoubtThatCameBetween", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		if r := m.peek(c.Account); !c.Doubted && r.Risk == binding.NoRisk {
			c.Doubted = !r.DisputedAt.IsZero()
		}
		return nil
	}}.on},
	{"proves over a risk in silence", "ConfirmSeesADoubtThatCameBetween", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		if r := m.peek(c.Account); !c.Doubted && r.DisputedAt.IsZero() {
			c.Doubted = r.Risk != binding.NoRisk
		}
		return nil
	}}.on},
	{"proves by a fact each time", "ConfirmSeesADoubtThatCameBetween", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		r := m.peek(c.Account)
		if sure := r.Risk == binding.NoRisk && r.DisputedAt.IsZero(); c.Doubted && sure {
			c.Doubted = false
		}
		return nil
	}}.on},
	{"proves and keeps the dispute", "ConfirmProvesAnew", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		was := m.peek(c.Account).DisputedAt
		return func() { m.edit(c.Account, func(r *row) { r.DisputedAt = was }) }
	}}.on},
	{"proves and keeps the signs", "ConfirmProvesAnew", bent{confirm: func(m *Memory, c *binding.Confirmation) func() {
		was := m.peek(c.Account).Signs
		return func() { m.edit(c.Account, func(r *row) { r.Signs = was }) }
	}}.on},
	{"charges no codes of the bound", "ACodeIsChargedOnABoundRow", bent{charge: func(m *Memory, t *binding.Try) func() {
		if m.peek(t.Account).State == binding.Bound {
			return func() { m.edit(t.Account, func(r *row) { r.Tries = 0 }) }
		}
		return nil
	}}.on},
	{"takes no codes of the bound", "ACodeIsChargedOnABoundRow", bent{charge: func(m *Memory, t *binding.Try) func() {
		if m.peek(t.Account).State == binding.Bound {
			return noSuch(&t.Account)
		}
		return nil
	}}.on},
}

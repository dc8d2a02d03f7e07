package storetest

import (
	"time"

	"mailbind/shared/binding"
)

type bentRequeue struct {
	*Memory
	form binding.RequeueForm
	bend bend[binding.Requeue]
}

func (b bentRequeue) Requeue(c ctx, q binding.Requeue) (out binding.Claim, err error) {
	if q.Form != b.form {
		return b.Memory.Requeue(c, q)
	}
	b.bend.around(b.Memory, &q, func() { out, err = b.Memory.Requeue(c, q) })
	return out, err
}

// requeues bends one form of a claim's mail.
func requeues(f binding.RequeueForm, b bend[binding.Requeue]) func(*Memory) BindingStore {
	return func(m *Memory) BindingStore { return bentRequeue{m, f, b} }
}

func showsTriesOf(n int) bend[binding.Requeue] {
	return func(m *Memory, q *binding.Requeue) func() { return show(m, q.Account, triesOf, becomes(n)) }
}

// brokenRequeues break one rule of a claim's mail that is late, or of one that was not sent.
var brokenRequeues = []brokenStore{
	{"requeues a spent code", "RequeueOverdueIsUncharged", requeues(binding.Overdue, showsTriesOf(0))},
	{"requeues another code for a good one", "RequeueOverdueRenewsASpentCode", requeues(binding.OverdueNewCode, showsTriesOf(binding.TriesPerCode))},
	{"requeues another code at once", "RequeueOverdueRenewsASpentCode", requeues(binding.OverdueNewCode, func(m *Memory, q *binding.Requeue) func() {
		return show(m, q.Account, resendAt, becomes(time.Time{}))
	})},
	{"requeues another code of what is over", "RequeueOverdueRenewsASpentCode", requeues(binding.OverdueNewCode, func(m *Memory, q *binding.Requeue) func() {
		return show(m, q.Account, expiresAt, becomes(sec(q.Now.Add(time.Hour))))
	})},
	{"requeues another code of what was sent", "RequeueOverdueRenewsASpentCode", requeues(binding.OverdueNewCode, func(m *Memory, q *binding.Requeue) func() {
		m.edit(q.Account, func(r *row) { r.Due[binding.KindVerify] = id() })
		return nil
	})},
	{"requeues another code at a charge", "RequeueOverdueRenewsASpentCode", requeues(binding.OverdueNewCode, func(m *Memory, q *binding.Requeue) func() {
		return func() { m.edit(q.Account, func(r *row) { r.sends[binding.Day(q.Now)]++ }) }
	})},
	{"requeues to none that was not sent", "RequeueKeepsItsConditions", requeues(binding.SameCode, refusesUnsent)},
	{"requeues another code to none that was not sent", "RequeueOfASpentCodeKeepsItsConditions", requeues(binding.NewCode, refusesUnsent)},
	{"requeues another code to the dead", "RequeueOfASpentCodeKeepsItsConditions", requeues(binding.NewCode, func(m *Memory, q *binding.Requeue) func() {
		return show(m, q.Account, fateOf, becomes(binding.NotSent))
	})},
}

func refusesUnsent(m *Memory, q *binding.Requeue) func() {
	if r := m.peek(q.Account); r.Fate == binding.NotSent && r.Why.Dead() {
		return noSuch(&q.Account)
	}
	return nil
}

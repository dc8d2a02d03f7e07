package storetest

import (
	"errors"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

type deniesWithMailDue struct{ *Memory }

func (b deniesWithMailDue) Deny(c ctx, d binding.Denial) error {
	var due binding.SendID
	b.edit(d.Account, func(r *row) { due = r.Due[binding.KindVerify] })
	err := b.Memory.Deny(c, d)
	if err == nil {
		b.edit(d.Account, func(r *row) { r.Due[binding.KindVerify] = due })
	}
	return err
}

type deniesWhatMovedOn struct{ *Memory }

func (b deniesWhatMovedOn) DenyMoved(c ctx, d binding.Denial) error {
	err := b.Memory.DenyMoved(c, d)
	if err == nil {
		b.edit(d.Account, func(r *row) { r.State = binding.Denied })
	}
	return err
}

type unbinds struct{ *Memory }

func (b unbinds) Dispute(c ctx, d binding.Denial) error {
	err := b.Memory.Dispute(c, d)
	if err == nil {
		b.mu.Lock()
		delete(b.emails, d.EmailKey)
		b.mu.Unlock()
	}
	return err
}

type disputesInSilence struct{ *Memory }

func (b disputesInSilence) Dispute(c ctx, d binding.Denial) error {
	d.Event = ""
	return b.Memory.Dispute(c, d)
}

type undoesForEver struct{ *Memory }

func (b undoesForEver) Undo(c ctx, d binding.Denial) error {
	b.edit(d.Account, func(r *row) {
		if r.State == binding.Denied {
			r.Denied[d.EmailKey] = d.Now.Add(binding.DeniedFor)
		}
	})
	return b.Memory.Undo(c, d)
}

type seesNoHolder struct{ *Memory }

func (b seesNoHolder) Load(c ctx, k binding.AccountKey, ek address.EmailKey, now time.Time) (binding.Claim, binding.Holder, error) {
	claim, _, err := b.Memory.Load(c, k, ek, now)
	return claim, binding.Holder{}, err
}

type booksTwice struct{ *Memory }

func (b booksTwice) Book(c ctx, n binding.Booking) (bool, error) {
	n.Send = id()
	return b.Memory.Book(c, n)
}

type booksForOne struct{ *Memory }

func (b booksForOne) Book(c ctx, n binding.Booking) (bool, error) {
	n.Account = id()
	return b.Memory.Book(c, n)
}

type finishesAny struct{ *Memory }

func (b finishesAny) Finish(c ctx, f binding.Finish) error {
	b.edit(f.Order.Account, func(r *row) { f.Order.Send = r.Due[f.Order.Kind] })
	return b.Memory.Finish(c, f)
}

type finishesGhosts struct{ *Memory }

func (b finishesGhosts) Finish(c ctx, f binding.Finish) error {
	b.mu.Lock()
	if b.accounts[f.Order.Account] == nil {
		b.accounts[f.Order.Account] = &row{Claim: binding.Claim{AcceptedAt: f.Now}}
	}
	b.mu.Unlock()
	return b.Memory.Finish(c, f)
}

type forgetsRenewedDenials struct{ *Memory }

func (b forgetsRenewedDenials) Finish(c ctx, f binding.Finish) error {
	err := b.Memory.Finish(c, f)
	b.edit(f.Order.Account, func(r *row) {
		for _, ek := range f.Ended {
			delete(r.Denied, ek)
		}
	})
	return err
}

type chokesOnDenials struct{ *Memory }

func (b chokesOnDenials) Finish(c ctx, f binding.Finish) error {
	if len(f.Ended) > 80 {
		return errors.New("expression too long")
	}
	return b.Memory.Finish(c, f)
}

type refillsByRequeue struct{ *Memory }

func (b refillsByRequeue) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	b.edit(q.Account, func(r *row) { clear(r.sends) })
	return b.Memory.Requeue(c, q)
}

type livesWhileDue struct{ *Memory }

func (b livesWhileDue) Requeue(c ctx, q binding.Requeue) (binding.Claim, error) {
	if q.Form == binding.Overdue {
		b.edit(q.Account, func(r *row) { r.Expires = q.Now.Add(time.Hour) })
	}
	return b.Memory.Requeue(c, q)
}

type givesBackRenewed struct{ *Memory }

func (b givesBackRenewed) GiveBack(c ctx, t binding.Try, code bool) error {
	err := b.Memory.GiveBack(c, t, code)
	b.edit(t.Account, func(r *row) {
		if r.Op == t.Op && !code {
			r.LinkTries--
		}
	})
	return err
}

type givesBackTomorrow struct{ *Memory }

func (b givesBackTomorrow) GiveBack(c ctx, t binding.Try, code bool) error {
	b.edit(t.Account, func(r *row) {
		if r.tries[binding.Day(t.Now)] == 0 {
			r.Tries--
		}
	})
	return b.Memory.GiveBack(c, t, code)
}

type undoesAnyDispute struct{ *Memory }

func (b undoesAnyDispute) UndoDispute(c ctx, d binding.Denial) error {
	b.edit(d.Account, func(r *row) { d.EmailKey = r.EmailKey })
	return b.Memory.UndoDispute(c, d)
}

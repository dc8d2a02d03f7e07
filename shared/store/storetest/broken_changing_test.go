package storetest

import (
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

type changesInSilence struct{ *Memory }

func (b changesInSilence) Change(c ctx, n recovery.Change) error {
	n.Changed = ""
	return b.Memory.Change(c, n)
}

type forgetsClients struct{ *Memory }

// forget takes the clients off a credential.
func (b forgetsClients) forget(k binding.AccountKey) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.credential(k); c.Hash != "" {
		c.Clients = nil
		b.keep(k, c)
	}
}

func (b forgetsClients) Change(c ctx, n recovery.Change) error {
	err := b.Memory.Change(c, n)
	if err == nil {
		b.forget(n.Account)
	}
	return err
}

func (b forgetsClients) Put(c ctx, p recovery.Put) error {
	err := b.Memory.Put(c, p)
	if err == nil {
		b.forget(p.Account)
	}
	return err
}

type leavesDue struct{ *Memory }

func (b leavesDue) Change(c ctx, n recovery.Change) error {
	var due binding.SendID
	b.editAsked(n.EmailKey, func(c *challenge) { due = c.Due })
	err := b.Memory.Change(c, n)
	b.editAsked(n.EmailKey, func(c *challenge) { c.Due = due })
	return err
}

type changesUsed struct{ *Memory }

func (b changesUsed) Change(c ctx, n recovery.Change) error {
	b.Unuse(n.EmailKey)
	return b.Memory.Change(c, n)
}

type changesOver struct{ *Memory }

func (b changesOver) Change(c ctx, n recovery.Change) (err error) {
	aroundAsked(b.Memory, n.EmailKey, expires, n.Now.Add(time.Hour), func() { err = b.Memory.Change(c, n) })
	return err
}

type changesAny struct{ *Memory }

func (b changesAny) Change(c ctx, n recovery.Change) error {
	b.editAsked(n.EmailKey, func(c *challenge) { n.Challenge = c.ID })
	return b.Memory.Change(c, n)
}

type changesByHalves struct{ *Memory }

func (b changesByHalves) Change(c ctx, n recovery.Change) error {
	err := b.Memory.Change(c, n)
	if r, ok := err.(*recovery.ChangeRefused); ok && !r.CredentialFalse {
		b.mu.Lock()
		b.keep(n.Account, recovery.Credential{Hash: n.Hash, Version: n.Version, ChangedAt: n.Now})
		b.mu.Unlock()
	}
	return err
}

type changesBack struct{ *Memory }

func (b changesBack) Change(c ctx, n recovery.Change) error {
	b.Fall(n.Account)
	return b.Memory.Change(c, n)
}

type givesFirst struct{ *Memory }

func (b givesFirst) Change(c ctx, n recovery.Change) error {
	n.First = true
	return b.Memory.Change(c, n)
}

type changesHeld struct{ *Memory }

func (b changesHeld) Change(c ctx, n recovery.Change) error {
	return around(b.Memory, n.Account, func(r *row) *time.Time { return &r.Hold }, time.Time{}, func() error { return b.Memory.Change(c, n) })
}

type changesRisky struct {
	*Memory
	risk binding.Risk
}

func (b changesRisky) Change(c ctx, n recovery.Change) error {
	b.edit(n.Account, func(r *row) {
		if r.Risk == b.risk {
			r.Risk = ""
		}
	})
	return b.Memory.Change(c, n)
}

type changesElsewhere struct{ *Memory }

func (b changesElsewhere) Change(c ctx, n recovery.Change) error {
	return around(b.Memory, n.Account, func(r *row) *address.EmailKey { return &r.EmailKey }, n.EmailKey, func() error { return b.Memory.Change(c, n) })
}

type changesPending struct{ *Memory }

func (b changesPending) Change(c ctx, n recovery.Change) error {
	return around(b.Memory, n.Account, func(r *row) *binding.State { return &r.State }, binding.Bound, func() error { return b.Memory.Change(c, n) })
}

type tellsOne struct{ *Memory }

func (b tellsOne) Change(c ctx, n recovery.Change) error {
	err := b.Memory.Change(c, n)
	if r, ok := err.(*recovery.ChangeRefused); ok && r.ChallengeFalse {
		return &recovery.ChangeRefused{ChallengeFalse: true, Challenge: r.Challenge}
	}
	return err
}

type changesInTurn struct{ *Memory }

// Change looks first and writes later: whoever comes between is overwritten.
func (b changesInTurn) Change(c ctx, n recovery.Change) error {
	used := false
	b.editAsked(n.EmailKey, func(c *challenge) { used = !c.UsedAt.IsZero() })
	time.Sleep(2 * time.Millisecond)
	if !used {
		b.Unuse(n.EmailKey)
		n.Version += time.Now().UnixNano() // so that each is the newest
	}
	return b.Memory.Change(c, n)
}

type unbindsByChange struct{ *Memory }

func (b unbindsByChange) Change(c ctx, n recovery.Change) error {
	err := b.Memory.Change(c, n)
	if err == nil {
		b.mu.Lock()
		delete(b.emails, n.EmailKey)
		b.mu.Unlock()
	}
	return err
}

package storetest

import (
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

type putsOverAny struct{ *Memory }

func (b putsOverAny) Put(c ctx, p recovery.Put) error {
	p.If = nil
	return b.Memory.Put(c, p)
}

type putsBack struct{ *Memory }

func (b putsBack) Put(c ctx, p recovery.Put) error {
	if p.If == nil {
		b.Fall(p.Account)
	}
	return b.Memory.Put(c, p)
}

type putsInSilence struct{ *Memory }

func (b putsInSilence) Put(c ctx, p recovery.Put) error {
	p.Bound = false
	return b.Memory.Put(c, p)
}

type touchesAny struct{ *Memory }

func (b touchesAny) Touch(c ctx, t recovery.Touch) (bool, error) {
	cred, _ := b.Credential(c, t.Account)
	t.OldHash = cred.Hash
	return b.Memory.Touch(c, t)
}

type touchesLater struct{ *Memory }

func (b touchesLater) Touch(c ctx, t recovery.Touch) (bool, error) {
	cred, _ := b.Credential(c, t.Account)
	t.Version = cred.Version
	return b.Memory.Touch(c, t)
}

type touchesGhosts struct{ *Memory }

func (b touchesGhosts) Touch(_ ctx, t recovery.Touch) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(t.Account, recovery.Credential{Hash: t.Hash, Version: t.Version, Clients: t.Clients})
	return true, nil
}

type holdsAny struct{ *Memory }

func (b holdsAny) Hold(c ctx, k binding.AccountKey, until time.Time) (bool, error) {
	_, err := b.Memory.Hold(c, k, until)
	return true, err
}

type holdsForEver struct{ *Memory }

func (b holdsForEver) Hold(c ctx, k binding.AccountKey, until time.Time) (bool, error) {
	if until.IsZero() {
		until = time.Now().Add(366 * 24 * time.Hour)
	}
	return b.Memory.Hold(c, k, until)
}

type provesByHold struct{ *Memory }

func (b provesByHold) Hold(c ctx, k binding.AccountKey, until time.Time) (bool, error) {
	ok, err := b.Memory.Hold(c, k, until)
	b.edit(k, func(r *row) { r.ProvedAt = until })
	return ok, err
}

package recovery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mailbind/shared/recovery"
)

// forgetful are stores that each forget one rule.
var forgetful = map[string]func(w *walker, inner tapped) tappedStore{
	"changes a password with a used challenge":   func(w *walker, s tapped) tappedStore { return usesTwice{s} },
	"changes a password that is held":            func(w *walker, s tapped) tappedStore { return ignoresHold{s} },
	"lets a version fall":                        func(w *walker, s tapped) tappedStore { return letsFall{s} },
	"redeems a grant for a second key":           func(w *walker, s tapped) tappedStore { return redeemsTwice{s} },
	"renews a challenge with the used one in it": func(w *walker, s tapped) tappedStore { return carriesUsed{s} },
	"forgets the password that it was told":      func(w *walker, s tapped) tappedStore { return forgetsHash{s} },
}

type tappedStore interface {
	recovery.Store
	recovery.Outbox
	recovery.PlatformStore
}

type usesTwice struct{ tapped }

func (s usesTwice) Change(ctx context.Context, c recovery.Change) error {
	s.w.memory.Unuse(c.EmailKey)
	return s.tapped.Change(ctx, c)
}

func (s usesTwice) Present(ctx context.Context, t recovery.Try) (recovery.Challenge, error) {
	s.w.memory.Unuse(t.EmailKey)
	return s.tapped.Present(ctx, t)
}

type ignoresHold struct{ tapped }

func (s ignoresHold) Change(ctx context.Context, c recovery.Change) error {
	row, err := s.w.memory.Claim(ctx, c.Account, c.Now)
	if err != nil {
		return err
	}
	s.w.memory.Hold(ctx, c.Account, time.Time{})
	defer s.w.memory.Hold(ctx, c.Account, row.Hold)
	return s.tapped.Change(ctx, c)
}

type letsFall struct{ tapped }

func (s letsFall) Change(ctx context.Context, c recovery.Change) error {
	err := s.tapped.Change(ctx, c)
	s.w.memory.Fall(c.Account)
	return err
}

type redeemsTwice struct{ tapped }

func (s redeemsTwice) Redeem(ctx context.Context, r recovery.Redemption) error {
	s.w.memory.Unuse(r.EmailKey)
	return s.tapped.Redeem(ctx, r)
}

type carriesUsed struct{ tapped }

func (s carriesUsed) Renew(ctx context.Context, o recovery.Opening) (recovery.Challenge, error) {
	o.Previous = o.Seen
	return s.tapped.Renew(ctx, o)
}

type forgetsHash struct{ tapped }

func (s forgetsHash) Put(ctx context.Context, p recovery.Put) error {
	p.Hash = "a$0$another"
	return s.tapped.Put(ctx, p)
}

// Each is noticed by the walks, or they prove nothing.
func TestRandomWalksNoticeAForgottenRule(t *testing.T) {
	for name, forget := range forgetful {
		noticed := ""
		for seed := uint64(0); seed < 400 && noticed == ""; seed++ {
			w := newWalker(t, seed)
			broken := forget(w, tapped{w.world})
			w.service.Store, w.platform.Store, w.mailer.Outbox = broken, broken, broken
			w.walk(400)
			noticed = strings.Join(w.faults, "; ")
		}
		if noticed == "" {
			t.Errorf("a store that %s passes", name)
		}
	}
}

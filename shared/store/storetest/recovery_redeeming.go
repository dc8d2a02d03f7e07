package storetest

import (
	"reflect"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func redeem(t *testing.T, w *recoveries) {
	owner := w.boundTo()
	o := w.opened(owner.EmailKey, owner.Account)
	w.askedAgain(o)
	r := w.redemption(o)
	want := w.ended(w.row(o.EmailKey))
	w.ok(w.Redeem(w.ctx, r))
	want.UsedBy, want.Event = r.Key, r.Event
	if c := w.row(o.EmailKey); !reflect.DeepEqual(c, want) {
		t.Errorf("the row is\n%+v, want\n%+v", c, want)
	}
	again := r
	again.Event, again.Now = "recovery.finished/r2", r.Now.Add(time.Minute)
	if old := w.no("again", w.Redeem(w.ctx, again)); !reflect.DeepEqual(old, want) {
		t.Errorf("the refusal shows\n%+v, want\n%+v", old, want)
	}
	again.Key = id()
	if old := w.no("by another key", w.Redeem(w.ctx, again)); old.UsedBy != r.Key || !old.UsedAt.Equal(r.Now) {
		t.Errorf("the refusal shows %+v", old)
	}
	if r := w.changeRefused("a new password by it", w.Change(w.ctx, w.change(o))); !r.ChallengeFalse {
		t.Errorf("the refusal is %+v", r)
	}
}

func redeemRefuses(t *testing.T, w *recoveries) {
	redemption := func(o recovery.Opening, at time.Time) recovery.Redemption {
		r := w.redemption(o)
		r.Now = at
		return r
	}
	nobody := w.opened(address.EmailKey(id()), binding.AccountKey{})
	o := w.opened(address.EmailKey(id()), w.account())
	for what, spoil := range map[string]func(*recovery.Redemption){
		"no row":               func(r *recovery.Redemption) { r.EmailKey = id() },
		"another account":      func(r *recovery.Redemption) { r.Account = w.account() },
		"nobody's":             func(r *recovery.Redemption) { r.EmailKey, r.Challenge = nobody.EmailKey, nobody.Challenge },
		"another challenge":    func(r *recovery.Redemption) { r.Challenge = id() },
		"over for ten minutes": func(r *recovery.Redemption) { r.Now = o.Expires.Add(recovery.GrantLife) },
	} {
		r := redemption(o, w.now)
		spoil(&r)
		if old := w.no(what, w.Redeem(w.ctx, r)); !old.UsedAt.IsZero() || (old.ID == o.Challenge) != (r.EmailKey == o.EmailKey) {
			t.Errorf("%s: the refusal shows %+v", what, old)
		}
	}
	w.ok(w.Redeem(w.ctx, redemption(o, o.Expires.Add(recovery.GrantLife-time.Second))))

	first := w.opened(address.EmailKey(id()), w.account())
	second := w.replaced(first, true)
	w.no("the previous one later", w.Redeem(w.ctx, redemption(first, second.Now.Add(recovery.GrantLife))))
	w.ok(w.Redeem(w.ctx, redemption(first, second.Now.Add(recovery.GrantLife-time.Second))))
	w.no("the next one after it", w.Redeem(w.ctx, redemption(second, w.now)))
}

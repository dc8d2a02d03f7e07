package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// lossyRescue is lossy, for recovery.
func lossyRescue(t *testing.T) (*rescue, *losing) {
	l := &losing{}
	c := client(t, func(o *dynamodb.Options) {
		o.HTTPClient = l
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 1 })
	})
	return newRescue(t, c, nil), l
}

func recoveryRefusedBy(t *testing.T, err error) recovery.Challenge {
	t.Helper()
	r, ok := errors.AsType[*recovery.Refused](err)
	if !ok {
		t.Fatalf("%v, want a refusal by the own write", err)
	}
	return r.Old
}

// TestALostAnswerOfRecoveryEndsAsTheContractSays, as TestALostAnswerEndsAsTheContractSays.
func TestALostAnswerOfRecoveryEndsAsTheContractSays(t *testing.T) {
	r, l := lossyRescue(t)
	ctx := t.Context()
	owner := r.bound("li", "li@example.com")
	ek := owner.EmailKey
	lost := func(what string) {
		t.Helper()
		if l.dropped != 1 {
			t.Errorf("%s: %d written answers were dropped, want 1", what, l.dropped)
		}
	}
	try := func(op string) recovery.Try {
		return recovery.Try{EmailKey: ek, Challenge: cid, Op: op, Now: r.now}
	}
	l.next(1)
	if err := r.store.Ring(ctx, recovery.Bell{EmailKey: ek, Send: sid, Now: r.now}); err != nil {
		t.Errorf("ring: %v", err)
	}
	lost("ring")
	if c := r.row("li@example.com"); c.Due != sid {
		t.Errorf("ring: the row shows %+v", c)
	}

	o := recovery.Opening{EmailKey: ek, Send: sid, Challenge: cid, Owner: owner.Account, Expires: r.now.Add(time.Hour), Event: "e", Now: r.now}
	l.next(1)
	_, err := r.store.Renew(ctx, o)
	lost("renew")
	if old := recoveryRefusedBy(t, err); old.ID != cid || old.Due != sid || old.Owner != owner.Account {
		t.Errorf("renew: the row shows %+v", old)
	}
	x := recovery.Extension{EmailKey: ek, Send: sid, Challenge: cid, NewCode: true, Owner: owner.Account, Expires: r.now.Add(time.Hour), Now: r.now}
	l.next(1)
	_, err = r.store.Extend(ctx, x)
	lost("extend")
	if old := recoveryRefusedBy(t, err); old.CodesUsed != 1 {
		t.Errorf("extend: the row shows %+v", old)
	}
	l.next(1)
	if err := r.store.Settle(ctx, recovery.Settlement{EmailKey: ek, Send: sid, Booked: true, Rung: 1, ResendAt: r.now, Now: r.now}); err != nil {
		t.Errorf("settle: %v", err)
	}
	lost("settle")

	l.next(1)
	_, err = r.store.ChargeGuess(ctx, try("r1/code"))
	lost("guess")
	if old := recoveryRefusedBy(t, err); old.Op != "r1/code" || old.Tries != 1 || old.TriesToday != 1 {
		t.Errorf("guess: the row shows %+v", old)
	}
	l.next(1)
	if err := r.store.GiveBackGuess(ctx, try("r1/code")); err != nil {
		t.Errorf("give back guess: %v", err)
	}
	lost("give back guess")
	l.next(1)
	_, err = r.store.Present(ctx, try("r2/present"))
	lost("present")
	if old := recoveryRefusedBy(t, err); old.PresentOp != "r2/present" || old.Op != "" || old.Presented != 1 || old.Tries != 0 || old.TriesToday != 0 {
		t.Errorf("present: the row shows %+v", old)
	}
	l.next(1)
	if err := r.store.GiveBackPresented(ctx, try("r2/present")); err != nil {
		t.Errorf("give back presented: %v", err)
	}
	lost("give back presented")
	if c := r.row("li@example.com"); c.Presented != 0 || c.PresentOp != "" {
		t.Errorf("give back presented: the row shows %+v", c)
	}

	d := recovery.Redemption{EmailKey: ek, Challenge: cid, Account: owner.Account, Key: client16, Event: "e", Now: r.now}
	l.next(1)
	err = r.store.Redeem(ctx, d)
	lost("redeem")
	if old := recoveryRefusedBy(t, err); old.UsedBy != client16 {
		t.Errorf("redeem: the row shows %+v", old)
	}
	cred := r.credential("li")
	l.next(1)
	ok, err := r.store.Touch(ctx, recovery.Touch{Account: owner.Account, Version: cred.Version, OldHash: cred.Hash, Hash: cred.Hash, Clients: [][16]byte{{1}}})
	lost("touch")
	if !ok || err != nil || len(r.credential("li").Clients) != 1 {
		t.Errorf("touch: %v, %v", ok, err)
	}
	l.next(1)
	ok, err = r.store.Hold(ctx, owner.Account, r.now.Add(time.Hour))
	lost("hold")
	if !ok || err != nil {
		t.Errorf("hold: %v, %v", ok, err)
	}
	l.next(1)
	if err := r.store.Void(ctx, ek, r.now.Add(time.Second)); err != nil {
		t.Errorf("void: %v", err)
	}
	lost("void")
	if c := r.row("li@example.com"); !c.UsedAt.Equal(r.now.Add(time.Second)) || c.UsedBy != ([16]byte{}) || !c.ResendAt.IsZero() {
		t.Errorf("void: the row shows %+v", c)
	}
	r.auditRows()
}

// TestALostTransactionOfRecoveryIsSuccess: DynamoDB knows the request by its token.
func TestALostTransactionOfRecoveryIsSuccess(t *testing.T) {
	r, l := lossyRescue(t)
	ctx := t.Context()
	owner := r.bound("li", "li@example.com")
	r.now = r.now.Add(time.Minute)
	letter := r.letter("li@example.com")
	c := recovery.Change{EmailKey: owner.EmailKey, Challenge: r.row("li@example.com").ID, Account: owner.Account, Hash: newHash, Version: r.now.UnixMilli(),
		Send: sid, Finished: "e", Changed: "e", Request: string(binding.NewRequest()), Now: r.now}
	l.next(1)
	if err := r.store.Change(ctx, c); err != nil || l.dropped != 1 {
		t.Errorf("change: %v with %d answers dropped", err, l.dropped)
	}
	p := recovery.Put{Account: owner.Account, Hash: oldHash, Version: c.Version + 1, Bound: true, EmailKey: owner.EmailKey,
		Send: sid, Changed: "e2", Request: string(binding.NewRequest()), Now: r.now.Add(time.Second)}
	l.next(1)
	if err := r.store.Put(ctx, p); err != nil || l.dropped != 1 {
		t.Errorf("put: %v with %d answers dropped", err, l.dropped)
	}
	if row := r.row("li@example.com"); !row.UsedAt.Equal(p.Now) || row.ID != c.Challenge {
		t.Errorf("put: the row shows %+v", row)
	}
	p.Bound, p.Version, p.Request = false, p.Version+1, string(binding.NewRequest())
	l.next(1)
	if err := r.store.Put(ctx, p); err != nil || l.dropped != 1 {
		t.Errorf("put alone: %v with %d answers dropped", err, l.dropped)
	}
	if cred := r.credential("li"); cred.Version != p.Version || letter.Token == "" {
		t.Errorf("the credential is %+v", cred)
	}
	r.auditRows()
}

// TestNobodyNoticesALostAnswerOfRecovery: through the use cases, a call whose first answer is lost is answered as
// one whose answer came, is charged once, and mails once.
func TestNobodyNoticesALostAnswerOfRecovery(t *testing.T) {
	r, l := lossyRescue(t)
	ctx := t.Context()
	r.bound("li", "li@example.com")
	r.now = r.now.Add(time.Minute)
	do := func(what string, call func() error, want error) {
		t.Helper()
		l.next(1)
		if err := call(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if l.dropped != 1 {
			t.Errorf("%s: no written answer was dropped", what)
		}
	}
	do("ask", func() error { return r.ask("li@example.com") }, nil)
	do("mail", func() error { _, err := r.mail("li@example.com"); return err }, nil)
	letter := r.last()
	if c := r.row("li@example.com"); c.Due != (binding.SendID{}) || c.Rung != 1 {
		t.Errorf("mailed: %+v", c)
	}
	do("wrong code", func() error {
		_, err := r.service.ProveCode(ctx, "li@example.com", "0000-0000", binding.NewRequest(), r.now)
		return err
	}, recovery.ErrRefused)
	do("right code", func() error {
		_, err := r.service.ProveCode(ctx, "li@example.com", letter.Code, binding.NewRequest(), r.now)
		return err
	}, nil)
	do("set", func() error { _, err := r.set(letter, newPassword); return err }, nil)
	if c := r.row("li@example.com"); c.Tries != 2 || c.TriesToday != 2 || c.Presented != 1 || c.UsedAt.IsZero() {
		t.Errorf("the row counts %d tries, presented %d times", c.Tries, c.Presented)
	}
	do("the platform sets", func() error {
		_, err := r.platform.Set(ctx, "li", oldPassword, nil, binding.NewRequest(), r.now.Add(time.Second))
		return err
	}, nil)
	if c := r.row("li@example.com"); c.UsedAt.IsZero() || !c.ResendAt.IsZero() {
		t.Errorf("the platform's password left %+v", c)
	}
	do("hold", func() error { _, err := r.platform.Hold(ctx, "li", r.now.Add(time.Hour), r.now); return err }, nil)
	do("release", func() error { _, err := r.platform.Release(ctx, "li", r.now); return err }, nil)
	do("check", func() error {
		out, err := r.platform.Check(ctx, "li", oldPassword, "phone", r.now)
		if err == nil && !out.OK {
			t.Errorf("check: %+v", out)
		}
		return err
	}, nil)
	r.now = r.now.Add(time.Hour)
	next := r.letter("li@example.com")
	grant, err := r.service.ProveLink(ctx, next.Token, "li@example.com", r.now)
	if err != nil {
		t.Fatal(err)
	}
	do("redeem", func() error {
		_, err := r.platform.Redeem(ctx, grant.Text, "order-1", binding.NewRequest(), r.now)
		return err
	}, nil)
	r.auditRows()
}

package store_test

import (
	"context"
	"fmt"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

var (
	caller   = recovery.CallerKey{0xca, 6}
	previous = binding.ChallengeID{0xc1, 7}
	client16 = [16]byte{0xc7, 8}
	oneMeter = recovery.Meter{Name: account.String() + "#1795348800000", Burst: 10, Every: 6 * time.Minute}
)

const (
	oldHash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b2xk"
	newHash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$bmV3"
)

func guess(op string) recovery.Try {
	return recovery.Try{EmailKey: emailKey, Challenge: cid, Op: op, Now: noon}
}

func theChange() recovery.Change {
	return recovery.Change{EmailKey: emailKey, Challenge: cid, Account: account, Hash: newHash, Version: noon.UnixMilli(), Send: sid,
		Finished: "recovery.finished/r1", Changed: "credential.changed/r1/1795348800000", Request: "r1", Now: noon}
}

func thePut(versions ...int64) recovery.Put {
	p := recovery.Put{Account: account, Hash: newHash, Version: noon.UnixMilli(), Bound: true, EmailKey: emailKey, Send: sid,
		Changed: "credential.changed/r1/1795348800000", Request: "r1", Now: noon}
	for _, v := range versions {
		p.If = &v
	}
	return p
}

func renewal() recovery.Opening {
	return recovery.Opening{EmailKey: emailKey, Send: sid, Seen: previous, Challenge: cid, Previous: previous, Key: token.KeyID{1, 2, 3, 4},
		Owner: account, Expires: noon.Add(recovery.MailLife), Event: "recovery.started/r1", Now: noon}
}

func extension() recovery.Extension {
	return recovery.Extension{EmailKey: emailKey, Send: sid, Challenge: cid, CodesUsed: 2, Owner: account, Expires: noon.Add(recovery.MailLife), Now: noon}
}

func settlement(booked bool) recovery.Settlement {
	return recovery.Settlement{EmailKey: emailKey, Send: sid, Booked: booked, Rung: 2, ResendAt: noon.Add(5 * time.Minute), Now: noon}
}

func redemption() recovery.Redemption {
	return recovery.Redemption{EmailKey: emailKey, Challenge: cid, Account: account, Key: [16]byte{0x1d, 9}, Event: "recovery.finished/r1", Now: noon}
}

func theTouch(clients ...[16]byte) recovery.Touch {
	return recovery.Touch{Account: account, Version: noon.UnixMilli(), OldHash: oldHash, Hash: newHash, Clients: clients}
}

// recoverySteps are the methods of recovery's interfaces.
func recoverySteps() []step {
	type c = context.Context
	type s = *store.Store
	first, alone, fromNone, toNone, told, newCode := theChange(), thePut(), renewal(), renewal(), extension(), extension()
	first.First = true
	alone.Bound = false
	fromNone.Seen, fromNone.Previous = binding.ChallengeID{}, binding.ChallengeID{}
	toNone.Previous, toNone.Owner = binding.ChallengeID{}, binding.AccountKey{}
	told.Event = "recovery.held/r1"
	newCode.NewCode = true
	renews := func(name string, o recovery.Opening) step {
		return step{name: name, run: func(ctx c, st s) error { _, err := st.Renew(ctx, o); return err }}
	}
	extends := func(name string, x recovery.Extension) step {
		return step{name: name, run: func(ctx c, st s) error { _, err := st.Extend(ctx, x); return err }}
	}
	puts := func(name string, p recovery.Put) step {
		return step{name: name, run: func(ctx c, st s) error { return st.Put(ctx, p) }}
	}
	return []step{
		{name: "CountCaller", run: func(ctx c, st s) error { _, _, err := st.CountCaller(ctx, caller, noon.Add(7*time.Minute)); return err }},
		{name: "Ring", run: func(ctx c, st s) error { return st.Ring(ctx, recovery.Bell{EmailKey: emailKey, Send: sid, Now: noon}) }},
		{name: "ChargeGuess", run: func(ctx c, st s) error { _, err := st.ChargeGuess(ctx, guess("r1/code")); return err }},
		{name: "GiveBackGuess", run: func(ctx c, st s) error { return st.GiveBackGuess(ctx, guess("r1/code")) }},
		{name: "Present", run: func(ctx c, st s) error { _, err := st.Present(ctx, guess("r1/present")); return err }},
		{name: "GiveBackPresented", run: func(ctx c, st s) error { return st.GiveBackPresented(ctx, guess("r1/present")) }},
		{name: "Credential", run: func(ctx c, st s) error { _, err := st.Credential(ctx, account); return err }},
		{name: "Change", run: func(ctx c, st s) error { return st.Change(ctx, theChange()) }},
		{name: "Change-First", run: func(ctx c, st s) error { return st.Change(ctx, first) }},
		{name: "Redeem", run: func(ctx c, st s) error { return st.Redeem(ctx, redemption()) }},
		{name: "Spend", run: func(ctx c, st s) error { _, err := st.Spend(ctx, oneMeter, noon); return err }},
		{name: "Spend-Running", run: func(ctx c, st s) error { _, err := st.Spend(ctx, oneMeter, noon); return err },
			turn: item{"full_at": num(fmt.Sprint(noon.Unix() + 1))}},
		{name: "Refill", run: func(ctx c, st s) error { return st.Refill(ctx, oneMeter, false, noon) }},
		{name: "Refill-Full", run: func(ctx c, st s) error { return st.Refill(ctx, oneMeter, true, noon) }},
		{name: "Touch", run: func(ctx c, st s) error { _, err := st.Touch(ctx, theTouch(client16, [16]byte{1})); return err }},
		{name: "Touch-NoClients", run: func(ctx c, st s) error { _, err := st.Touch(ctx, theTouch()); return err }},
		puts("Put", thePut()),
		puts("Put-If", thePut(1795348000000)),
		puts("Put-IfNone", thePut(0)),
		puts("Put-Unbound", alone),
		{name: "Hold", run: func(ctx c, st s) error { _, err := st.Hold(ctx, account, noon.Add(time.Hour)); return err }},
		{name: "Hold-Ends", run: func(ctx c, st s) error { _, err := st.Hold(ctx, account, time.Time{}); return err }},
		{name: "Void", run: func(ctx c, st s) error { return st.Void(ctx, emailKey, noon) }},
		{name: "Recall", run: func(ctx c, st s) error { _, _, err := st.Recall(ctx, emailKey, noon); return err }},
		{name: "Owner", run: func(ctx c, st s) error { _, err := st.Owner(ctx, account, noon); return err }},
		renews("Renew", renewal()),
		renews("Renew-First", fromNone),
		renews("Renew-Ending", toNone),
		extends("Extend", extension()),
		extends("Extend-Told", told),
		extends("Extend-NewCode", newCode),
		{name: "Settle", run: func(ctx c, st s) error { return st.Settle(ctx, settlement(true)) }},
		{name: "Settle-Unbooked", run: func(ctx c, st s) error { return st.Settle(ctx, settlement(false)) }},
	}
}

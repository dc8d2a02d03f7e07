package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// rescueWithConflicts is withConflicts, for recovery.
func rescueWithConflicts(t *testing.T, race func(*testing.T, *rescue)) {
	t.Run("serialised", func(t *testing.T) { race(t, newRescue(t, client(t), nil)) })
	t.Run("conflicting", func(t *testing.T) {
		race(t, newRescue(t, client(t), func(a store.API) store.API { return conflicting{API: a, share: 20} }))
	})
}

// TestWrongGuessesAreChargedFiveTimes: P9 under 200 wrong codes at once; nobody is told how many are left, and
// the link of the same mail goes on.
func TestWrongGuessesAreChargedFiveTimes(t *testing.T) {
	rescueWithConflicts(t, func(t *testing.T, r *rescue) {
		r.bound("li", "li@example.com")
		l := r.letter("li@example.com")
		got := count(t, atOnce(200, func(i int) error {
			code := fmt.Sprintf("0000-%04d", i)
			if code == l.Code {
				code = "1111-1111"
			}
			_, err := patient(func() (recovery.Grant, error) {
				return r.service.ProveCode(t.Context(), "li@example.com", code, binding.NewRequest(), r.now)
			})
			return err
		}))
		if got[recovery.ErrRefused] != 200 {
			t.Errorf("answers: %v", got)
		}
		if c := r.row("li@example.com"); c.Tries != binding.TriesPerCode || c.TriesToday != binding.TriesPerCode {
			t.Errorf("the row counts %d tries, %d today", c.Tries, c.TriesToday)
		}
		if _, err := patient(func() (recovery.Grant, error) {
			return r.service.ProveCode(t.Context(), "li@example.com", l.Code, binding.NewRequest(), r.now)
		}); !errors.Is(err, recovery.ErrRefused) {
			t.Errorf("the right code after them: %v", err)
		}
		if _, err := patient(func() (recovery.Done, error) { return r.set(l, newPassword) }); err != nil {
			t.Errorf("the link of the same mail: %v", err)
		}
		r.auditRows()
	})
}

// TestOneOfManyResetsWins: 20 resets with one link and passwords of their own. Three are presented, and so
// three hashes are made; one changes the password, and all others are refused.
func TestOneOfManyResetsWins(t *testing.T) {
	rescueWithConflicts(t, func(t *testing.T, r *rescue) {
		const racers = 20
		before := r.bound("li", "li@example.com")
		l := r.letter("li@example.com")
		old, hashed := r.credential("li"), r.hasher.hashed
		var won atomic.Int64
		got := count(t, atOnce(racers, func(i int) error {
			done, err := patient(func() (recovery.Done, error) {
				return r.set(l, fmt.Sprintf("phrase %d of the harbour lamps", i))
			})
			if err == nil {
				won.Store(done.Version)
			}
			return err
		}))
		if got[""] != 1 || got[recovery.ErrRefused] != racers-1 {
			t.Errorf("answers: %v, want one success and %d refusals", got, racers-1)
		}
		if n := r.hasher.hashed - hashed; r.calm && n > recovery.Presentations {
			t.Errorf("%d hashes were made, want at most %d", n, recovery.Presentations)
		}
		c, cred, claim := r.row("li@example.com"), r.credential("li"), r.claim("li")
		if c.Presented > recovery.Presentations || c.UsedAt.IsZero() || c.Due != (binding.SendID{}) {
			t.Errorf("the row is %+v", c)
		}
		if cred.Version != won.Load() || cred.Version <= old.Version || cred.Challenge != c.ID {
			t.Errorf("the credential is %+v, the winner was told version %d", cred, won.Load())
		}
		if _, due := claim.Due[binding.KindChanged]; !due || claim.Event == before.Event {
			t.Errorf("the owner is not told: %+v", claim)
		}
		r.auditRows()
	})
}

// TestAGrantIsRedeemedForOneKey: the platform asks 20 times at once with the same key and with others.
func TestAGrantIsRedeemedForOneKey(t *testing.T) {
	rescueWithConflicts(t, func(t *testing.T, r *rescue) {
		r.bound("li", "li@example.com")
		l := r.letter("li@example.com")
		grant, err := r.service.ProveLink(t.Context(), l.Token, "li@example.com", r.now)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		keys := map[string]int{}
		got := count(t, atOnce(40, func(i int) error {
			key := fmt.Sprint("order-", i%2)
			_, err := patient(func() (recovery.Redeemed, error) {
				return r.platform.Redeem(t.Context(), grant.Text, key, binding.NewRequest(), r.now)
			})
			if err == nil {
				mu.Lock()
				keys[key]++
				mu.Unlock()
			}
			return err
		}))
		if got[""] != 20 || got[recovery.ErrRefused] != 20 || len(keys) != 1 {
			t.Errorf("answers: %v, redeemed by %v", got, keys)
		}
		r.auditRows()
	})
}

// TestStrangersBellsDoNotRefuseAReset: a hundred times a second strangers ask for the addresses of people who set a
// new password meanwhile, and the mailer does what they ask. A fifth of all transactions and of the strangers'
// writes meet a conflict. No reset is refused, and none has to be asked for twice.
func TestStrangersBellsDoNotRefuseAReset(t *testing.T) {
	const owners = 20
	r := newRescue(t, client(t), func(a store.API) store.API { return conflicting{API: a, share: 20, apart: true} })
	noisy := store.New(conflicting{API: client(t), share: 20}, r.tables, r.data)
	mailer := *r.rescuer
	mailer.Outbox = noisy
	email := func(i int) string { return fmt.Sprintf("owner%d@example.com", i) }
	letters := make([]binding.Letter, owners)
	for i := range owners {
		r.bound(fmt.Sprint("owner-", i), email(i))
		letters[i] = r.letter(email(i))
	}
	r.now = r.now.Add(2 * time.Minute) // the bells are heard
	var at, bells, busy atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	ring := func() {
		victim := r.emailKey(email(int(at.Load())))
		err := noisy.Ring(t.Context(), recovery.Bell{EmailKey: victim, Send: binding.NewSend(), Now: r.now})
		if _, is := errors.AsType[*binding.Conflict](err); is {
			busy.Add(1)
		} else if err != nil {
			t.Errorf("a bell: %v", err)
		}
		if bells.Add(1)%5 == 0 {
			_, _ = mailer.Deliver(t.Context(), recovery.Order{EmailKey: victim}, r.now) // what is busy stays due
		}
	}
	wg.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				wg.Go(ring)
			}
		}
	})
	begun := time.Now()
	slowest := time.Duration(0)
	for i, l := range letters {
		at.Store(int64(i))
		time.Sleep(30 * time.Millisecond)
		start := time.Now()
		if _, err := r.set(l, newPassword); err != nil {
			t.Errorf("reset %d: %v", i, err)
		}
		slowest = max(slowest, time.Since(start))
	}
	close(stop)
	wg.Wait()
	t.Logf("%d bells in %v, %d met a busy table; the slowest of %d resets took %v", bells.Load(), time.Since(begun).Round(time.Millisecond),
		busy.Load(), owners, slowest.Round(time.Millisecond))
	for i := range owners {
		if c := r.credential(fmt.Sprint("owner-", i)); c.Challenge == (binding.ChallengeID{}) {
			t.Errorf("reset %d left %+v", i, c)
		}
	}
	r.auditRows()
}

// between runs something after the first write that is refused.
type between struct {
	store.API
	then func()
}

func (b *between) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	out, err := b.API.UpdateItem(ctx, in, o...)
	if then := b.then; err != nil && then != nil {
		b.then = nil
		then()
	}
	return out, err
}

// TestARefillBetweenTheFormsGivesNoMore: a meter that is found running and is full again a moment later is spent as
// a full one; the second form must not count on from a time that is over.
func TestARefillBetweenTheFormsGivesNoMore(t *testing.T) {
	c := client(t)
	names := tables(t, c)
	calm := store.New(c, names, dataKey(t))
	now := noonToday().Add(24 * time.Hour)
	m := recovery.Meter{Name: "m", Burst: 3, Every: time.Minute}
	for _, full := range []bool{false, true} {
		if _, err := calm.Spend(t.Context(), m, now); err != nil {
			t.Fatal(err)
		}
		st := store.New(&between{c, func() {
			if err := calm.Refill(t.Context(), m, full, now); err != nil {
				t.Error(err)
			}
		}}, names, dataKey(t))
		now = now.Add(30 * time.Second)
		if wait, err := st.Spend(t.Context(), m, now); wait != 0 || err != nil {
			t.Fatalf("%v, %v", wait, err)
		}
		left, next := -1, time.Duration(0)
		for ; next == 0 && left < 9; left++ {
			var err error
			if next, err = calm.Spend(t.Context(), m, now); err != nil {
				t.Fatal(err)
			}
		}
		if left != m.Burst-1 || next != m.Every {
			t.Errorf("refilled in full: %v: %d tries are left, and the next in %v; want %d and %v", full, left, next, m.Burst-1, m.Every)
		}
		now = now.Add(time.Hour)
	}
}

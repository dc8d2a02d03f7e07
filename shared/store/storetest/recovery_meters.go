package storetest

import (
	"sync"
	"testing"
	"time"

	"mailbind/shared/recovery"
)

// aMeter holds five tries and gains one every minute.
func (w *recoveries) aMeter() recovery.Meter {
	k := w.account()
	return recovery.Meter{Name: k.String() + "#1", Burst: 5, Every: time.Minute}
}

// spend takes one, or gives how long to wait.
func (w *recoveries) spend(m recovery.Meter) time.Duration {
	w.t.Helper()
	wait, err := w.Spend(w.ctx, m, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return wait
}

// drain takes what a meter holds, which must be so many.
func (w *recoveries) drain(what string, m recovery.Meter, want int) {
	w.t.Helper()
	n := 0
	for w.spend(m) == 0 {
		if n++; n > 2*m.Burst {
			break
		}
	}
	if n != want {
		w.t.Errorf("%s: the meter held %d tries, want %d", what, n, want)
	}
}

func meter(_ *testing.T, w *recoveries) {
	m := w.aMeter()
	w.drain("new", m, m.Burst)
	for range 3 {
		w.now = w.now.Add(m.Every)
		w.drain("after one Every", m, 1)
	}
	w.now = w.now.Add(2*m.Every + m.Every/2)
	w.drain("after two and a half", m, 2)
	w.now = w.now.Add(m.Every / 2)
	w.drain("the other half", m, 1)
	w.now = w.now.Add(time.Duration(m.Burst) * m.Every)
	w.drain("full again", m, m.Burst)
	w.now = w.now.Add(100 * m.Every)
	w.drain("full for long", m, m.Burst)
	w.drain("another's", w.aMeter(), m.Burst)
	one := w.aMeter()
	one.Burst = 1
	w.drain("of one try", one, 1)
	w.now = w.now.Add(one.Every)
	w.drain("of one try, later", one, 1)
}

func meterWait(t *testing.T, w *recoveries) {
	for _, m := range []recovery.Meter{w.aMeter(), {Name: w.aMeter().Name, Burst: 1, Every: time.Hour}, {Name: w.aMeter().Name, Burst: 50, Every: 72 * time.Second}} {
		w.drain("new", m, m.Burst)
		if wait := w.spend(m); wait != m.Every {
			t.Errorf("spent at once: wait %v, want %v", wait, m.Every)
		}
		w.now = w.now.Add(m.Every / 3)
		wait := w.spend(m)
		if wait != m.Every-m.Every/3 {
			t.Errorf("asked again: wait %v, want %v", wait, m.Every-m.Every/3)
		}
		w.now = w.now.Add(wait - time.Second)
		if left := w.spend(m); left != time.Second {
			t.Errorf("a second early: wait %v, want 1s", left)
		}
		w.now = w.now.Add(time.Second)
		if left := w.spend(m); left != 0 {
			t.Errorf("after the wait that was told: wait %v more", left)
		}
		if wait := w.spend(m); wait != m.Every {
			t.Errorf("the one after it: wait %v, want %v", wait, m.Every)
		}
	}
}

func refill(_ *testing.T, w *recoveries) {
	give := func(m recovery.Meter, full bool) {
		w.t.Helper()
		w.ok(w.Refill(w.ctx, m, full, w.now))
	}
	m := w.aMeter()
	give(m, false)
	give(m, true)
	w.drain("one that was never used, refilled", m, m.Burst)
	give(m, false)
	w.drain("one given back", m, 1)
	give(m, false)
	give(m, false)
	w.drain("two given back", m, 2)
	give(m, true)
	w.drain("all given back", m, m.Burst)
	for range 3 * m.Burst {
		give(m, false)
	}
	w.drain("more given back than it holds", m, m.Burst)
	w.now = w.now.Add(time.Duration(m.Burst)*m.Every - time.Second)
	give(m, false) // all but full by now
	give(m, false)
	w.drain("given back when it is all but full", m, m.Burst)
	w.now = w.now.Add(100 * m.Every)
	give(m, false)
	w.drain("given back when it is full", m, m.Burst)
}

// meterRace: a hundred guesses at once are not all compared.
func meterRace(t *testing.T, w *recoveries) {
	m := w.aMeter()
	m.Burst = 10
	var mu sync.Mutex
	var wg sync.WaitGroup
	taken := 0
	for range 100 {
		wg.Go(func() {
			wait, err := w.Spend(w.ctx, m, w.now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("spend: %v", err)
			} else if wait == 0 {
				taken++
			}
		})
	}
	wg.Wait()
	if taken != m.Burst {
		t.Errorf("%d tries were taken at once, want %d", taken, m.Burst)
	}
}

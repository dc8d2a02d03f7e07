package mx

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// dead are servers that never answer.
func dead(ctx context.Context, _ string) Answer {
	<-ctx.Done()
	return Unknown
}

// after answers when some time has passed.
func after(wait time.Duration, answer Answer) func(context.Context, string) Answer {
	return func(ctx context.Context, _ string) Answer {
		select {
		case <-time.After(wait):
			return answer
		case <-ctx.Done():
			return Unknown
		}
	}
}

// together asks for domains in one batch, as the mailer does for rows of their own, and gives how long it took.
func together(t *testing.T, c *Checker, domains ...string) time.Duration {
	t.Helper()
	begun := time.Now()
	ctx := Batch(t.Context())
	var wg sync.WaitGroup
	for _, domain := range domains {
		wg.Go(func() {
			if !c.Accepts(ctx, domain) {
				t.Errorf("%s takes no mail", domain)
			}
		})
	}
	wg.Wait()
	return time.Since(begun)
}

// names are distinct domains.
func names(n, of int) (out []string) {
	for i := range of {
		out = append(out, fmt.Sprintf("d%d-%d.example", n, i))
	}
	return out
}

// 1,200 domains of one server that never answers, in ten lanes of batches of ten: what waits behind them waits for seconds.
// An instance serves one lane at a time, and begins with all its savings at worst.
func TestAServerThatNeverAnswersHoldsUpALaneForSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		time.Sleep(24 * time.Hour)
		var all, longest time.Duration
		for n := range 1200 / 10 / 10 {
			took := together(t, c, names(n, 10)...)
			all, longest = all+took, max(longest, took)
		}
		t.Logf("12 batches of 10: %v in all, %v at most", all, longest)
		if longest > time.Second || all > 4500*time.Millisecond {
			t.Errorf("12 batches of 10 took %v, one of them %v", all, longest)
		}
	})
}

// In the long run a batch waits for its tenth of a second, and all of them together for a twentieth of the time more.
func TestWaitingInTheLongRunIsAShareOfTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		begun := time.Now()
		const batches = 1000
		for n := range batches {
			together(t, c, names(n, 10)...)
		}
		took := time.Since(begun)
		if most := burst + batches*least; took > most+took/share {
			t.Errorf("%d batches took %v", batches, took)
		}
	})
}

// Slow answers cost as much as none: what counts is the waiting.
func TestSlowAnswersAreNoWayAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(after(900*time.Millisecond, Takes))
		var all time.Duration
		for n := range 12 {
			all += together(t, c, names(n, 10)...)
		}
		if all > 4500*time.Millisecond {
			t.Errorf("12 batches took %v", all)
		}
	})
}

// Servers that answer cost no savings, however many are asked: the next that is slow is waited for all the same.
func TestPromptAnswersCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		c := New(func(ctx context.Context, domain string) Answer {
			if slow.Load() {
				return after(900*time.Millisecond, None)(ctx, domain)
			}
			return after(least, Takes)(ctx, domain)
		})
		for n := range 1000 {
			together(t, c, names(n, 10)...)
		}
		slow.Store(true)
		if c.Accepts(Batch(t.Context()), "null-mx.example") {
			t.Error("not asked")
		}
	})
}

// Also when nothing is saved, servers that answer promptly are heard; after a minute without trouble the slow ones are, too.
func TestSpentSavingsComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := dead
		c := New(func(ctx context.Context, domain string) Answer { return answer(ctx, domain) })
		for n := range 10 {
			together(t, c, names(n, 10)...)
		}
		answer = after(90*time.Millisecond, None)
		if c.Accepts(Batch(t.Context()), "prompt.example") {
			t.Error("a prompt answer is not waited for")
		}
		answer = after(900*time.Millisecond, None)
		if !c.Accepts(Batch(t.Context()), "slow.example") {
			t.Error("a slow answer is waited for though nothing is saved")
		}
		time.Sleep(burst * share)
		for n := range 3 {
			if c.Accepts(Batch(t.Context()), fmt.Sprintf("slow%d.example", n)) {
				t.Errorf("slow answer %d is not waited for though a minute has passed", n)
			}
		}
	})
}

// Batches that wait at the same time may spend more than is saved: the next ones have their tenth of a second all the same.
func TestOverspentSavingsLeaveEachBatchItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() { together(t, c, names(n, 1)...) })
		}
		wg.Wait()
		if took := together(t, c, "a.example"); took != least {
			t.Errorf("took %v", took)
		}
	})
}

// What a batch waits is counted as long as it waits: the time in which its mails are sent is not, and its look-ups share a second.
func TestABatchHasOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(after(400*time.Millisecond, None))
		ctx := Batch(t.Context())
		ask := func(domain string, want bool, took time.Duration) {
			t.Helper()
			begun := time.Now()
			if got := c.Accepts(ctx, domain); got != want || time.Since(begun) != took {
				t.Errorf("%s: %v after %v, want %v after %v", domain, got, time.Since(begun), want, took)
			}
		}
		ask("a.example", false, 400*time.Millisecond)
		time.Sleep(20 * time.Second) // SES is slow
		ask("b.example", false, 400*time.Millisecond)
		ask("c.example", true, 200*time.Millisecond)
		ask("d.example", true, 0)
		ask("a.example", false, 0) // known
		ctx = Batch(t.Context())
		ask("d.example", false, 400*time.Millisecond)
		ctx = t.Context() // no batch: each by itself
		ask("e.example", false, 400*time.Millisecond)
		ask("f.example", false, 400*time.Millisecond)
	})
}

func TestLookUpsOfABatchShareItsSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		ctx := Batch(t.Context())
		begun := time.Now()
		var wg sync.WaitGroup
		for i, domain := range names(0, 5) {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 300 * time.Millisecond)
				c.Accepts(ctx, domain)
			})
		}
		wg.Wait()
		if took := time.Since(begun); took != 1200*time.Millisecond { // the last one found nothing left
			t.Errorf("took %v", took)
		}
		if c.Accepts(ctx, "more.example"); time.Since(begun) != 1200*time.Millisecond {
			t.Errorf("took %v", time.Since(begun))
		}
	})
}

// A caller whose time is over is told at once.
func TestTheCallersOwnEndIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if !c.Accepts(Batch(ctx), "a.example") || time.Since(begun) != 50*time.Millisecond {
			t.Errorf("took %v", time.Since(begun))
		}
	})
}

func TestWhatIsAskedAtOnceIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		c := New(func(ctx context.Context, domain string) Answer {
			asked.Add(1)
			return after(50*time.Millisecond, None)(ctx, domain)
		})
		ctx := Batch(t.Context())
		var wg sync.WaitGroup
		var refused atomic.Int32
		for range 10 {
			wg.Go(func() {
				if !c.Accepts(ctx, "null-mx.example") {
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		if asked.Load() != 1 || refused.Load() != 10 || len(c.asking) != 0 {
			t.Errorf("asked %d times, refused %d of 10, %d still asked for", asked.Load(), refused.Load(), len(c.asking))
		}
	})
}

// Who waits for somebody else's question goes on when their own time is over, and nothing is taken for a verdict.
func TestWaitingForAnothersQuestionEndsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(dead)
		go c.Accepts(Batch(t.Context()), "a.example")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if !c.Accepts(Batch(ctx), "a.example") || time.Since(begun) != 50*time.Millisecond {
			t.Errorf("took %v", time.Since(begun))
		}
		time.Sleep(time.Second)
	})
}

func TestAnswersAreKeptForMinutes(t *testing.T) {
	for answer, keep := range map[Answer]time.Duration{Takes: 10 * time.Minute, None: 2 * time.Minute, Unknown: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			c := New(func(context.Context, string) Answer { asked++; return answer })
			ask := func(want int) {
				t.Helper()
				if got := c.Accepts(t.Context(), "a.example"); got != (answer != None) || asked != want {
					t.Errorf("%v: %v, asked %d times, want %d", answer, got, asked, want)
				}
			}
			ask(1)
			time.Sleep(keep - time.Nanosecond)
			ask(1)
			time.Sleep(time.Nanosecond)
			ask(2)
		})
	}
}

// Between two invocations the monotonic clock may stand still, and the answer would never age.
func TestAnswersAgeByTheWallClock(t *testing.T) {
	var c cache
	c.put("a.example", Takes, time.Now())
	if until := c.young["a.example"].until; until != until.Round(0) {
		t.Errorf("good until %v", until)
	}
}

// The cache is bounded, and a flood of domains that nobody asks for again leaves those that are in use.
func TestAFloodLeavesWhatIsInUse(t *testing.T) {
	asked := map[string]int{}
	c := New(func(_ context.Context, domain string) Answer { asked[domain]++; return Takes })
	for n := range 10 * generation {
		c.Accepts(t.Context(), names(n, 1)[0])
		if n%100 == 0 {
			c.Accepts(t.Context(), "large.example")
		}
		if size := len(c.known.young) + len(c.known.old); size > 2*generation {
			t.Fatalf("%d domains are kept", size)
		}
	}
	if asked["large.example"] != 1 {
		t.Errorf("a domain in use was asked for %d times", asked["large.example"])
	}
	if c.Accepts(t.Context(), "d0-0.example"); asked["d0-0.example"] != 2 {
		t.Error("nothing is ever forgotten")
	}
}

func TestAKnownDomainCostsNothing(t *testing.T) {
	c := New(func(context.Context, string) Answer { return Takes })
	ctx := Batch(t.Context())
	if n := testing.AllocsPerRun(100, func() { c.Accepts(ctx, "large.example") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkKnownDomain(b *testing.B) {
	c := New(func(context.Context, string) Answer { return Takes })
	ctx := Batch(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		c.Accepts(ctx, "large.example")
	}
}

// What a domain that is not known costs beside its answer, the flood's price.
func BenchmarkNewDomain(b *testing.B) {
	c := New(func(context.Context, string) Answer { return Unknown })
	domains := names(0, 100_000)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		c.Accepts(Batch(b.Context()), domains[n%len(domains)])
		n++
	}
}

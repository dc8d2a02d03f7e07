package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// result is what one operation took in one round.
type result struct {
	operation operation
	clients   int
	took      []time.Duration
	wall      time.Duration
	wrong     int    // answers that were not the expected one
	example   string // one of them
	counts    Counts
	cpu       time.Duration // of the function's processes
	cpuKnown  bool
}

// add takes in another result of the same operation at as many clients.
func (r *result) add(other *result) {
	r.took, r.wall, r.wrong = append(r.took, other.took...), r.wall+other.wall, r.wrong+other.wrong
	if r.example == "" {
		r.example = other.example
	}
	for call, n := range other.counts {
		r.counts[call] += n
	}
	r.cpu, r.cpuKnown = r.cpu+other.cpu, r.cpuKnown && other.cpuKnown
}

// trips are the round trips to the database that the operation's function made.
func (r *result) trips() int { return r.counts.of(r.operation.function, Database) }

// asPromised says whether each request made the round trips that the README promises.
func (r *result) asPromised() bool { return r.trips() == r.operation.trips*len(r.took) }

// measure runs one operation once for each of the people, by so many clients at once, and counts what reaches the services
// meanwhile. The error is of a request that got no answer.
func (d *driver) measure(ctx context.Context, op operation, clients int, who []person) (*result, error) {
	used := d.meter(op.function)
	before := d.stack.Tally.Counts()
	r, err := drive(op, clients, len(who), func(i int) (reply, error) {
		got, err := op.ask(ctx, d, &who[i])
		who[i].answered = got.ended
		return got, err
	})
	r.counts = d.stack.Tally.Counts().since(before)
	r.cpu, r.cpuKnown = used()
	return r, err
}

// drive makes n requests by so many clients at once, each client one after the other.
func drive(op operation, clients, n int, one func(i int) (reply, error)) (*result, error) {
	r := &result{operation: op, clients: clients, took: make([]time.Duration, n)}
	var (
		next    atomic.Int64
		mu      sync.Mutex
		failure error
		working sync.WaitGroup
	)
	note := func(got reply, err error) (goOn bool) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && failure == nil {
			failure = fmt.Errorf("load: %s: %w", op.name, err)
		}
		if err == nil && got.status != op.status {
			r.wrong++
			r.example = fmt.Sprintf("%s: status %d, want %d: %.300s", op.name, got.status, op.status, got.body)
		}
		return failure == nil
	}
	start := time.Now()
	for range clients {
		working.Go(func() {
			for goOn := true; goOn; {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				began := time.Now()
				got, err := one(i)
				r.took[i] = time.Since(began)
				goOn = note(got, err)
			}
		})
	}
	working.Wait()
	r.wall = time.Since(start)
	return r, failure
}

// parallel calls one for 0 to n-1, eight at once, and gives the first error.
func parallel(n int, one func(i int) error) error {
	var (
		next    atomic.Int64
		failed  atomic.Pointer[error]
		working sync.WaitGroup
	)
	for range min(8, n) {
		working.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := one(i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	working.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// meter starts to measure the processor time of a function's instances; its function gives what they used since, one that began
// meanwhile with its start. false: it is not known, or an instance has ended.
func (d *driver) meter(function string) func() (time.Duration, bool) {
	earlier := d.processes(function)
	before, known := cpu(earlier)
	return func() (time.Duration, bool) {
		now := d.processes(function)
		for _, id := range earlier {
			known = known && slices.Contains(now, id)
		}
		after, still := cpu(now)
		return after - before, known && still
	}
}

func (d *driver) processes(function string) []int {
	for _, f := range d.stack.Functions() {
		if f.Name == function {
			return f.Processes
		}
	}
	return nil
}

// rest waits until every mail is reported, and no function has ended an event or asked a service for a while: mails and what follows from
// them belong to the phase before.
func (d *driver) rest(ctx context.Context) error {
	const still = 400 * time.Millisecond // four looks of the stack at its streams
	calls, since := int64(-1), time.Now()
	for limit := time.Now().Add(mailLimit); ; {
		sum, missing := int64(0), d.missing()
		for _, f := range d.stack.Functions() {
			sum += f.Calls
		}
		for _, n := range d.stack.Tally.Counts() {
			sum += int64(n)
		}
		if sum != calls {
			calls, since = sum, time.Now()
		}
		if missing <= 0 && time.Since(since) >= still {
			return nil
		}
		if time.Now().After(limit) {
			return fmt.Errorf("load: after %v, functions are still called, or reports are missing: %d", mailLimit, missing)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

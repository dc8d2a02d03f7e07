package mx

import (
	"context"
	"time"
)

// How long a batch waits for name servers.
const (
	most  = time.Second            // whatever was saved
	least = 100 * time.Millisecond // also when nothing is saved; most servers that answer at all answer sooner
	burst = 3 * time.Second        // the most that is saved
	share = 20                     // of so much time, one part is saved
)

// savings are the time that an instance may wait beyond what every batch has. N batches that come at once wait for burst + N×least
// at most, and for a twentieth of the time in the long run beyond least, however many servers do not answer. They do not depend on
// whose servers those are: domains are free to make. Any instance may serve any lane: where there are twice as many instances as
// lanes, a lane may spend the savings of two.
type savings struct {
	left time.Duration // below zero if batches waited at the same time
	at   time.Time
}

// patience is what a batch may wait that begins now.
func (s *savings) patience(now time.Time) time.Duration {
	if saved := now.Sub(s.at) / share; saved > 0 {
		s.left, s.at = min(s.left+saved, burst), now
	}
	return min(least+max(s.left, 0), most)
}

// A batch is a number of mails that come to an end together. What it waited is the time in which it waited for one server or
// more. The Checker's lock is held around its methods.
type batch struct {
	begun   bool
	limit   time.Duration
	waited  time.Duration // in full
	waiting int           // look-ups going on
	since   time.Time     // with the first of them
}

type batchKey struct{}

// Batch makes the look-ups of a context share the patience of one batch, which begins with the first of them.
func Batch(ctx context.Context) context.Context {
	return context.WithValue(ctx, batchKey{}, &batch{})
}

func batchOf(ctx context.Context) *batch {
	if b, ok := ctx.Value(batchKey{}).(*batch); ok {
		return b
	}
	return &batch{}
}

// begin says how long a look-up may take. Only one that may take time begins, and must end.
func (b *batch) begin(s *savings, now time.Time) time.Duration {
	if !b.begun {
		b.begun, b.limit = true, s.patience(now)
	}
	if b.waiting == 0 {
		b.since = now
	}
	left := b.limit - b.waited - now.Sub(b.since)
	if left > 0 {
		b.waiting++
	}
	return left
}

// end pays for what the batch waited beyond what every batch has.
func (b *batch) end(s *savings, now time.Time) {
	b.waiting--
	if b.waiting > 0 {
		return
	}
	before := b.waited
	b.waited += now.Sub(b.since)
	s.left -= max(b.waited, least) - max(before, least)
}

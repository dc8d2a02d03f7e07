package mx

import (
	"context"
	"sync"
	"time"
)

// How long an answer is good for. The servers' own times are not seen; most are longer.
const (
	keepTakes   = 10 * time.Minute
	keepNone    = 2 * time.Minute // somebody may be setting the domain up
	keepUnknown = time.Minute     // a server in trouble is not waited for again by every mail
)

// A Checker says whether domains take mail (binding.Domains). It is for one instance of a function, and safe for concurrent use.
type Checker struct {
	ask func(ctx context.Context, domain string) Answer

	mu      sync.Mutex
	known   cache
	asking  map[string]chan struct{} // closed when the answer is known
	savings savings
}

// New makes a checker. ask asks for a domain as Resolver.Ask does, until its ctx ends.
func New(ask func(ctx context.Context, domain string) Answer) *Checker {
	return &Checker{ask: ask, asking: map[string]chan struct{}{}, savings: savings{left: burst, at: time.Now()}}
}

// Accepts is false if a domain, in A-labels, surely takes no mail. It waits no longer than is left to the batch of ctx (Batch);
// without one, the call is a batch by itself.
func (c *Checker) Accepts(ctx context.Context, domain string) bool {
	now := time.Now()
	c.mu.Lock()
	answer, ok := c.known.get(domain, now)
	if ok {
		c.mu.Unlock()
		return answer != None
	}
	b := batchOf(ctx)
	patience := b.begin(&c.savings, now)
	if patience <= 0 {
		c.mu.Unlock()
		return true
	}
	answered, others := c.asking[domain]
	if !others {
		answered = make(chan struct{})
		c.asking[domain] = answered
	}
	c.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if others {
		select {
		case <-answered:
		case <-ctx.Done():
		}
	} else {
		answer = c.ask(ctx, domain)
	}
	now = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	b.end(&c.savings, now)
	if others {
		answer, _ = c.known.get(domain, now)
		return answer != None
	}
	c.known.put(domain, answer, now)
	delete(c.asking, domain)
	close(answered)
	return answer != None
}

package lambda

import (
	"context"
	"time"
)

// Processes are the ids of the instances that exist now.
func (p *Pool) Processes() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []int
	for one := range p.instances {
		ids = append(ids, one.process.ID())
	}
	return ids
}

// Grow starts instances, one after the other, until there are n of them or as many as may be, and gives how long each took from
// its start to its first call for an event. The error is one of ctx, ErrClosed or why an instance did not start.
func (p *Pool) Grow(ctx context.Context, n int) ([]time.Duration, error) {
	var took []time.Duration
	for p.Stats().Instances < min(n, p.function.Concurrency) {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return took, ctx.Err()
		case <-p.closing.Done():
			return took, ErrClosed
		}
		began := time.Now()
		one, err := p.start(ctx)
		if err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
		p.put(one)
	}
	return took, nil
}

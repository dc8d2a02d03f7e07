package storetest

import (
	"maps"
	"time"

	"mailbind/shared/recovery"
)

type holdsOneMore struct{ *Memory }

func (b holdsOneMore) Spend(c ctx, m recovery.Meter, now time.Time) (time.Duration, error) {
	m.Burst++
	return b.Memory.Spend(c, m, now)
}

type gainsFast struct{ *Memory }

func (b gainsFast) Spend(c ctx, m recovery.Meter, now time.Time) (time.Duration, error) {
	m.Every /= 2
	return b.Memory.Spend(c, m, now)
}

type waits struct {
	*Memory
	more time.Duration
}

func (b waits) Spend(c ctx, m recovery.Meter, now time.Time) (time.Duration, error) {
	wait, err := b.Memory.Spend(c, m, now)
	if wait > 0 {
		wait += b.more
	}
	return wait, err
}

type refillsAll struct{ *Memory }

func (b refillsAll) Refill(c ctx, m recovery.Meter, _ bool, now time.Time) error {
	return b.Memory.Refill(c, m, true, now)
}

type overfills struct{ *Memory }

// Refill gives back to what is full.
func (b overfills) Refill(_ ctx, m recovery.Meter, _ bool, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if full, is := b.recoveries.meters[m.Name]; is {
		b.recoveries.meters[m.Name] = full.Add(-m.Every)
	}
	return nil
}

// Spend takes from what was given back beyond full.
func (b overfills) Spend(c ctx, m recovery.Meter, now time.Time) (time.Duration, error) {
	b.mu.Lock()
	full, is := b.recoveries.meters[m.Name]
	if is && full.Before(now) {
		b.recoveries.meters[m.Name] = full.Add(m.Every)
		b.mu.Unlock()
		return 0, nil
	}
	b.mu.Unlock()
	return b.Memory.Spend(c, m, now)
}

type spendsInTurn struct{ *Memory }

// Spend looks first and writes later.
func (b spendsInTurn) Spend(c ctx, m recovery.Meter, now time.Time) (time.Duration, error) {
	b.mu.Lock()
	was := maps.Clone(b.recoveries.meters)
	b.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
	b.mu.Lock()
	if full, is := was[m.Name]; is {
		b.recoveries.meters[m.Name] = full
	} else {
		delete(b.recoveries.meters, m.Name)
	}
	b.mu.Unlock()
	return b.Memory.Spend(c, m, now)
}

package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Pauses before a batch is handed over again: doubled from the first to the last. AWS goes on to longer ones; whoever switches the
// mail service on again on this machine does not want to wait for them.
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 5 * time.Second
)

// lane carries the records of some keys, those of one read of the shard together.
type lane chan []record

// runLane hands over what comes through the lane, one batch after the other.
func (m Mapping) runLane(ctx context.Context, from lane, words io.Writer) {
	var waiting []record
	for {
		waiting = m.collect(ctx, from, waiting)
		if len(waiting) == 0 {
			return
		}
		size := min(len(waiting), m.BatchSize)
		m.deliver(ctx, waiting[:size], words)
		waiting = waiting[size:]
	}
}

// collect gives what is waiting and what follows until there is a batch or the window is over. It waits for the first record;
// nothing comes when the lane or ctx has ended.
func (m Mapping) collect(ctx context.Context, from lane, waiting []record) []record {
	if len(waiting) == 0 {
		select {
		case waiting = <-from:
		case <-ctx.Done():
			return nil
		}
	}
	window := time.NewTimer(m.Window)
	defer window.Stop()
	for len(waiting) > 0 && len(waiting) < m.BatchSize {
		select {
		case next, open := <-from:
			if !open {
				return waiting
			}
			waiting = append(waiting, next...)
		case <-window.C:
			return waiting
		case <-ctx.Done():
			return nil
		}
	}
	return waiting
}

// deliver hands a batch over until every record is done with: taken, or given up by age or number of tries. After a report of item
// failures it goes on from the first that failed, the later ones included, as the checkpoint of a shard does.
func (m Mapping) deliver(ctx context.Context, batch []record, words io.Writer) {
	tries, wait := 0, firstPause
	for len(batch) > 0 && ctx.Err() == nil {
		if batch = m.dropOld(batch, words); len(batch) == 0 {
			return
		}
		done, crashed := m.hand(ctx, batch, words)
		if done > 0 {
			batch = batch[done:]
			tries, wait = 0, firstPause
			if len(batch) == 0 {
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		if crashed && m.Bisect && len(batch) > 1 {
			half := len(batch) / 2
			m.deliver(ctx, batch[:half], words)
			batch = batch[half:]
			continue
		}
		if tries++; m.MaxRetries >= 0 && tries > m.MaxRetries {
			fmt.Fprintf(words, "stream %s: %d records given up after %d tries\n", m.Name, len(batch), tries)
			return
		}
		pause(ctx, wait)
		wait = min(2*wait, lastPause)
	}
}

func (m Mapping) dropOld(batch []record, words io.Writer) []record {
	for len(batch) > 0 && m.MaxAge >= 0 && time.Since(batch[0].created) > m.MaxAge {
		fmt.Fprintf(words, "stream %s: record %s given up, it is older than %v\n", m.Name, batch[0].sequence, m.MaxAge)
		batch = batch[1:]
	}
	return batch
}

// hand invokes the function once. done records from the front are finished; crashed: the function failed as a whole.
func (m Mapping) hand(ctx context.Context, batch []record, words io.Writer) (done int, crashed bool) {
	bodies := make([]json.RawMessage, 0, len(batch))
	for _, one := range batch {
		bodies = append(bodies, one.body)
	}
	event, err := json.Marshal(map[string]any{"Records": bodies})
	if err != nil {
		panic("dynamo: records that are not JSON: " + err.Error())
	}
	payload, functionError, err := m.Invoke(ctx, event)
	if err != nil {
		return 0, false // the stack is stopping
	}
	if functionError != "" {
		fmt.Fprintf(words, "stream %s: the function failed on %d records, they are tried again: %s\n", m.Name, len(batch), payload)
		return 0, true
	}
	if !m.ItemFailures {
		return len(batch), false
	}
	return firstFailure(payload, batch), false
}

// firstFailure reads a report of item failures. An answer that is no report, and an item that is not in the batch, fail the whole
// batch; an empty or missing report is a success.
func firstFailure(payload []byte, batch []record) int {
	var report struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(payload, &report); err != nil {
		return 0
	}
	lowest := len(batch)
	for _, failure := range report.BatchItemFailures {
		at := -1
		for i, one := range batch {
			if one.sequence == failure.ItemIdentifier {
				at = i
			}
		}
		if at < 0 {
			return 0
		}
		lowest = min(lowest, at)
	}
	return lowest
}

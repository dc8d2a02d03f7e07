// Package lambda runs functions as AWS Lambda does: each instance is a process of its own that asks the Runtime API for events,
// one at a time. There are as many instances as there are events at once; an instance that answered is used again; one that
// exits, panics or runs past the function's timeout is gone and the next event starts another.
//
// An instance gets nothing of this machine's environment: the settings given, and what Lambda itself sets.
// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes" and "Defined runtime environment variables".
package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Function says what to run.
type Function struct {
	Name        string // for people: the prefix of its log lines
	FullName    string // FunctionName on AWS
	ARN         string
	Folder      string // holds the program, named bootstrap
	Timeout     time.Duration
	Memory      int // MB; told to the function, not enforced
	LogFormat   string
	LogLevel    string
	Region      string
	AccessKeyID string // made up; services tell by it who calls
	Environment map[string]string
	Concurrency int // most instances at once; at least 1
}

// Result is what an invocation came to. FunctionError is "" for a success, otherwise "Unhandled" with a Payload of
// {"errorType","errorMessage"}: the function failed, crashed, did not start or ran out of time.
type Result struct {
	Payload       []byte
	FunctionError string
}

// Stats are a function's numbers since the start. Times are in milliseconds; -1: not yet measured.
type Stats struct {
	Name        string  `json:"name"`
	Instances   int     `json:"instances"`   // running now
	InitMS      float64 `json:"init_ms"`     // of the first instance: from its start to its first call for an event
	FirstMS     float64 `json:"first_ms"`    // of the first event: from handing it out to the answer
	Invocations int64   `json:"invocations"` // ended
	Errors      int64   `json:"errors"`      // of these, with a FunctionError
}

// ErrClosed is returned once the pool was closed.
var ErrClosed = errors.New("the function's pool is closed")

// initLimit is how long an instance may take to ask for its first event, as on AWS.
const initLimit = 10 * time.Second

// Pool runs one function.
type Pool struct {
	function Function
	logs     io.Writer
	slots    chan struct{} // one for each instance that exists
	idle     chan struct{} // one for each of free
	settling atomic.Int64  // instances that answered and do not ask again yet
	closing  context.Context
	close    context.CancelFunc

	mu        sync.Mutex
	instances map[*instance]bool
	free      []*instance // instances that ask for an event; the last one to answer is last
	stats     Stats
	awaited   sync.WaitGroup
}

// NewPool starts no process yet. Whole log lines of the function go to logs, which may be shared.
func NewPool(function Function, logs io.Writer) *Pool {
	closing, closeAll := context.WithCancel(context.Background())
	return &Pool{
		function: function, logs: &lines{out: logs, prefix: "[" + function.Name + "] "},
		slots: make(chan struct{}, function.Concurrency), idle: make(chan struct{}, function.Concurrency),
		closing: closing, close: closeAll, instances: map[*instance]bool{},
		stats: Stats{Name: function.Name, InitMS: -1, FirstMS: -1},
	}
}

// Warm starts an instance, so that one that cannot start shows at once. The error is in plain words.
func (p *Pool) Warm(ctx context.Context) error {
	one, err := p.take(ctx)
	if err != nil {
		return err
	}
	p.put(one)
	return nil
}

// Invoke hands the event to an instance and waits for the answer. An error is one of ctx or ErrClosed; all else is a Result.
func (p *Pool) Invoke(ctx context.Context, event []byte) (Result, error) {
	one, err := p.take(ctx)
	var failed *startError
	if errors.As(err, &failed) {
		p.count(true)
		return failure("Runtime.ExitError", failed.Error()), nil
	}
	if err != nil {
		return Result{}, err
	}
	started := time.Now()
	result := one.run(event)
	if one.firstDone.CompareAndSwap(false, true) {
		p.noteFirst(time.Since(started))
	}
	p.count(result.FunctionError != "")
	p.settle(one)
	return result, nil
}

// take gives an instance that waits for an event, starting one when all are busy.
func (p *Pool) take(ctx context.Context) (*instance, error) {
	for {
		one, err := p.choose(ctx)
		if err != nil {
			return nil, err
		}
		if one == nil {
			return p.start(ctx)
		}
		if !one.gone() {
			return one, nil
		}
		p.drop(one) // it died while it had nothing to do
	}
}

// choose gives an idle instance, or nil with a slot taken for a new one.
func (p *Pool) choose(ctx context.Context) (*instance, error) {
	select {
	case <-p.idle:
		return p.pop(), nil
	case <-p.closing.Done():
		return nil, ErrClosed
	default:
	}
	if p.settling.Load() > 0 {
		// One has just answered and will ask again within a fraction of a millisecond: a caller who sends one request after
		// the other should not meet a cold start each time.
		timer := time.NewTimer(5 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-p.idle:
			return p.pop(), nil
		case <-timer.C:
		}
	}
	select {
	case <-p.idle:
		return p.pop(), nil
	case p.slots <- struct{}{}:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closing.Done():
		return nil, ErrClosed
	}
}

// put makes an instance free.
func (p *Pool) put(one *instance) {
	p.mu.Lock()
	p.free = append(p.free, one)
	p.mu.Unlock()
	p.idle <- struct{}{} // has room for all
}

// pop takes the instance that answered last, for whoever got a value of idle. Its memory is warm: events that come one after the
// other take a third less processor time than by instances in turn.
func (p *Pool) pop() *instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	one := p.free[last]
	p.free = p.free[:last]
	return one
}

func (p *Pool) start(ctx context.Context) (*instance, error) {
	started := time.Now()
	one, err := startInstance(p.function, p.logs)
	if err != nil {
		<-p.slots
		return nil, &startError{fmt.Errorf("%s did not start: %w", p.function.Name, err)}
	}
	p.mu.Lock()
	p.instances[one] = true
	p.mu.Unlock()
	timer := time.NewTimer(initLimit)
	defer timer.Stop()
	select {
	case <-one.asks:
		p.noteInit(time.Since(started))
		return one, nil
	case <-one.process.Done():
		err = &startError{fmt.Errorf("%s did not start: its program ended (%v)%s", p.function.Name, ended(one), one.initFailure())}
	case <-timer.C:
		err = &startError{fmt.Errorf("%s did not start: it asked for no event within %v", p.function.Name, initLimit)}
	case <-ctx.Done():
		err = ctx.Err()
	case <-p.closing.Done():
		err = ErrClosed
	}
	p.drop(one)
	return nil, err
}

// startError is a failure of the function's own program to start.
type startError struct{ cause error }

func (e *startError) Error() string { return e.cause.Error() }

// settle takes the instance back when it asks for the next event, without keeping the caller waiting.
func (p *Pool) settle(one *instance) {
	p.settling.Add(1)
	p.awaited.Go(func() {
		defer p.settling.Add(-1)
		select {
		case <-one.asks:
			p.put(one)
		case <-one.process.Done():
			p.drop(one)
		case <-p.closing.Done():
		}
	})
}

func (p *Pool) drop(one *instance) {
	one.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.instances[one] {
		delete(p.instances, one)
		<-p.slots
	}
}

// Close ends every instance at once and waits until all are gone.
func (p *Pool) Close() {
	p.close()
	p.awaited.Wait()
	p.mu.Lock()
	left := make([]*instance, 0, len(p.instances))
	for one := range p.instances {
		left = append(left, one)
	}
	p.mu.Unlock()
	for _, one := range left {
		p.drop(one)
	}
}

// Stats gives the numbers so far.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	stats := p.stats
	stats.Instances = len(p.instances)
	return stats
}

func (p *Pool) count(failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Invocations++
	if failed {
		p.stats.Errors++
	}
}

func (p *Pool) noteInit(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stats.InitMS < 0 {
		p.stats.InitMS = milliseconds(took)
	}
}

func (p *Pool) noteFirst(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stats.FirstMS < 0 {
		p.stats.FirstMS = milliseconds(took)
	}
}

func milliseconds(took time.Duration) float64 {
	return float64(took.Round(10*time.Microsecond).Microseconds()) / 1000
}

// failure is how Lambda itself words a failed invocation.
func failure(kind, message string) Result {
	payload, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	if err != nil {
		panic("lambda: strings that are not JSON: " + err.Error())
	}
	return Result{Payload: payload, FunctionError: "Unhandled"}
}

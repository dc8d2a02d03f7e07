// Package load drives the local stack through its own front door, each operation a bounded number of times, and prints what that
// took as Markdown tables: rates, latencies, processor time, round trips to the database and requests to the mail service as they
// really arrived there, memory and starts of each function, and whether bind, the status after it and recovery tell what an address is.
//
// Round trips do not depend on the machine; they are held to those of the README, and a difference is an error. The other numbers are of
// one machine that carries the clients, the gateway, the functions, the mail service and DynamoDB Local at once: good for
// comparing two states of the code in the same hour, and for nothing else.
package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Stack is the running stack as it lets itself be driven and observed.
type Stack struct {
	Base      string // http://127.0.0.1:PORT
	Database  string // endpoint of the database
	Counted   string // endpoint of the relay in front of it
	Tally     *Tally // what the relay and the mail service count
	Host      bool   // the platform keeps the passwords: PasswordMode host
	Functions func() []Function
	Grow      func(ctx context.Context, instances int) (map[string][]time.Duration, error) // how long each one took that was started
	Built     time.Duration                                                                // from the start until binaries and database were there
	Ready     time.Duration                                                                // from the start until requests are answered
}

// Function is one function now.
type Function struct {
	Name      string
	Binary    int64 // bytes
	Processes []int
	FirstMS   float64 // the first event ever, from handing it out to the answer; -1: there was none
	Calls     int64   // events so far
	Errors    int64   // of these, failed
}

// mostWait is the longest wait for a cooldown; a longer one than the minute of the README means that something else is wrong.
const mostWait = 90 * time.Second

var errCooldown = errors.New("load: the cooldown of a resend is longer than a minute")

// Run drives the stack and prints the tables, also those of a run that broke off. The error says what was not as it has to be:
// wrong answers, round trips that are not the README's, requests of unknown origin, an answer that tells what it must not.
func Run(ctx context.Context, stack Stack, plan Plan, out io.Writer) error {
	d := &driver{
		stack: stack, plan: plan, run: rand.Text()[:10], idle: map[string]int64{}, inits: map[string][]time.Duration{},
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, crowd: newCrowd(stack.Base),
	}
	defer d.client.CloseIdleConnections()
	defer d.crowd.close()
	if err := d.crowd.there(ctx); err != nil {
		return err
	}
	for _, f := range stack.Functions() {
		if size, ok := memory(f.Processes, "VmRSS"); ok {
			d.idle[f.Name] = size
		}
	}
	relayed, err := d.relayCost(ctx)
	if err != nil {
		return err
	}
	began, before := time.Now(), machineNow()
	err = d.play(ctx)
	printed := d.report(out, time.Since(began), machineNow().since(before), relayed)
	return errors.Join(err, printed, d.verdict())
}

// verdict joins everything that is not as it has to be.
func (d *driver) verdict() error {
	var faults []error
	for _, r := range d.results {
		if r.wrong > 0 {
			faults = append(faults, fmt.Errorf("load: %d of %d answers at %d clients were not the expected ones; one of them: %s",
				r.wrong, len(r.took), r.clients, r.example))
		}
		if !r.asPromised() {
			faults = append(faults, fmt.Errorf("load: %s: %d round trips for %d requests; the README has %d for each",
				r.operation.name, r.trips(), len(r.took), r.operation.trips))
		}
	}
	for _, m := range d.mails {
		if calls := m.counts.of(sender, Mail); calls != len(m.delays) {
			faults = append(faults, fmt.Errorf("load: %s: %d requests to the mail service for %d mails", m.cause.name, calls, len(m.delays)))
		}
		if !m.asPromised() {
			faults = append(faults, fmt.Errorf("load: mail after %s: %d round trips for %d orders; the README has %d for each",
				m.cause.name, m.trips(), m.n, m.cause.mailed))
		}
	}
	for _, l := range d.lives {
		if !l.asPromised() {
			faults = append(faults, fmt.Errorf("load: %d reports of %d mails after %s, noted in %d round trips; want %d of each mail, noted in %d",
				l.reports, l.mails, l.cause.name, l.noted(), reportsPerMail, l.cause.letter.noted()))
		}
	}
	for call, n := range d.stack.Tally.Counts() {
		if call.Function == "" {
			faults = append(faults, fmt.Errorf("load: %d requests %s of a client that does not name its function", n, call.Name))
		}
	}
	if n := d.missing(); n != 0 {
		faults = append(faults, fmt.Errorf("load: %d reports are missing of all that were due", n))
	}
	for _, f := range d.stack.Functions() {
		if f.Errors > 0 {
			faults = append(faults, fmt.Errorf("load: %s failed on %d of %d events", f.Name, f.Errors, f.Calls))
		}
	}
	for _, l := range d.likenesses {
		if l.unlike != "" {
			faults = append(faults, fmt.Errorf("load: answers of %s differ: %s", l.name, l.unlike))
		}
		for _, told := range l.tells() {
			faults = append(faults, fmt.Errorf("load: timing of %s tells addresses apart: %s", l.name, told))
		}
	}
	return errors.Join(faults...)
}

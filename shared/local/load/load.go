// Package load drives the local stack through its own front door and prints what that took, as a
// Markdown table. The numbers are of one machine, with DynamoDB Local and the load itself on it: good for
// comparing two states of the code in the same hour, and for nothing else. Round trips to tables are
// counted elsewhere, by tests.
package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// A Plan says how much is asked: each operation n times by so many clients at once.
type Plan struct{ Clients, N int }

// Default takes about a minute on two processors.
var Default = []Plan{{Clients: 1, N: 150}, {Clients: 8, N: 600}}

// Run drives the stack at base and prints the tables. An answer that is not the expected one is an error
// in the end, after the tables.
func Run(ctx context.Context, base string, plans []Plan, out io.Writer) error {
	d := &driver{ctx: ctx, base: base, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "| operation \t| clients \t| n \t| per second \t| p50 ms \t| p99 ms \t| wrong answers \t|")
	fmt.Fprintln(table, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	wrong := 0
	for _, p := range plans {
		results, err := d.play(p)
		for _, r := range results {
			fmt.Fprintf(table, "| %s \t| %d \t| %d \t| %.0f \t| %.1f \t| %.1f \t| %d \t|\n",
				r.name, p.Clients, len(r.took), float64(len(r.took))/r.wall.Seconds(), ms(percentile(r.took, 50)), ms(percentile(r.took, 99)), r.wrong)
			wrong += r.wrong
		}
		if err != nil {
			return errors.Join(err, table.Flush())
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, lag := range d.lags {
		fmt.Fprintln(out, "\n"+lag)
	}
	if err := d.functions(out); err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("load: %d answers were not the expected ones", wrong)
	}
	return nil
}

// functions prints each function's start and first call.
func (d *driver) functions(out io.Writer) error {
	var list []struct {
		Name        string
		Instances   int
		Init        float64 `json:"init_ms"`
		First       float64 `json:"first_ms"`
		Invocations int
		Errors      int
	}
	if _, err := d.ask("GET", "/_local/functions", "", "", &list); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "\n| function \t| instances \t| init ms \t| first call ms \t| calls \t| errors \t|\n|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, f := range list {
		fmt.Fprintf(table, "| %s \t| %d \t| %.1f \t| %.1f \t| %d \t| %d \t|\n", f.Name, f.Instances, f.Init, f.First, f.Invocations, f.Errors)
	}
	return table.Flush()
}

type result struct {
	name  string
	took  []time.Duration
	wall  time.Duration
	wrong int
}

// phase runs one operation n times and holds each answer to a status.
func (d *driver) phase(name string, p Plan, want int, one func(i int) (status int, err error)) (result, error) {
	took := make([]time.Duration, p.N)
	var next, wrong atomic.Int64
	var failed atomic.Pointer[error]
	var clients sync.WaitGroup
	start := time.Now()
	for range p.Clients {
		clients.Go(func() {
			for i := int(next.Add(1)) - 1; i < p.N && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				began := time.Now()
				status, err := one(i)
				took[i] = time.Since(began)
				if err != nil {
					failed.CompareAndSwap(nil, &err)
				} else if status != want {
					wrong.Add(1)
				}
			}
		})
	}
	clients.Wait()
	r := result{name: name, took: took, wall: time.Since(start), wrong: int(wrong.Load())}
	if err := failed.Load(); err != nil {
		return r, fmt.Errorf("load: %s: %w", name, *err)
	}
	return r, nil
}

// percentile is the smallest value that p per cent of the values do not exceed (nearest rank).
func percentile(values []time.Duration, p int) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

type driver struct {
	ctx    context.Context
	base   string
	client *http.Client
	lags   []string // how long mails took, in words
}

// ask makes one call; body "" sends none. A JSON answer is read into the value, if there is one.
func (d *driver) ask(method, path, token, body string, into any) (status int, err error) {
	req, err := http.NewRequestWithContext(d.ctx, method, d.base+path, bytes.NewBufferString(body))
	if err != nil {
		return 0, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := d.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || into == nil {
		return res.StatusCode, err
	}
	return res.StatusCode, json.Unmarshal(text, into)
}

var (
	codeIn  = regexp.MustCompile(`(?m)^([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})$`)
	tokenIn = regexp.MustCompile(`/verify\?t=([A-Za-z0-9_-]+)`)
)

// secrets waits for the verify mail to an address and takes code and token out of it.
func (d *driver) secrets(address string) (code, token string, err error) {
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var mails []struct{ Text string }
		if _, err := d.ask("GET", "/_local/mails?to="+url.QueryEscape(address), "", "", &mails); err != nil {
			return "", "", err
		}
		if len(mails) > 0 {
			c, t := codeIn.FindStringSubmatch(mails[0].Text), tokenIn.FindStringSubmatch(mails[0].Text)
			if c == nil || t == nil {
				return "", "", errors.New("load: a verify mail without code or link")
			}
			return c[1], t[1], nil
		}
		if time.Now().After(limit) {
			return "", "", errors.New("load: a mail did not come within a minute")
		}
	}
}

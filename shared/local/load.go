package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailbind/shared/local/load"
	"mailbind/shared/local/relay"
)

// measured is what a stack that is to be measured has beside: with -load alone.
type measured struct {
	tally *load.Tally
	relay *relay.Relay
	began time.Time
	built time.Duration // until binaries and database were there
}

// count puts the relay in front of the database and gives its endpoint.
func (s *stack) count(database string) (string, error) {
	s.measured.built = time.Since(s.measured.began)
	counted, err := load.NewRelay(strings.TrimPrefix(database, "http://"), s.measured.tally)
	if err != nil {
		return "", err
	}
	s.onClose(counted.Close)
	s.measured.relay = counted
	return counted.URL(), nil
}

// counting counts the mails that functions ask for.
func counting(tally *load.Tally, mail http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tally.Sent(r.Header.Get("User-Agent"))
		mail.ServeHTTP(w, r)
	})
}

// measure drives the stack by the plan and prints the tables. It ends early when a server of the stack ends or ctx does.
func (s *stack) measure(ctx context.Context, plan load.Plan, out io.Writer) error {
	ready := time.Since(s.measured.began)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-s.failed:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	sizes := map[string]int64{}
	for _, function := range s.product.Functions {
		info, err := os.Stat(filepath.Join(s.binaries, function.Name, "bootstrap"))
		if err != nil {
			return err
		}
		sizes[function.Name] = info.Size()
	}
	return load.Run(ctx, load.Stack{
		Base: s.base, Database: s.database, Counted: s.measured.relay.URL(), Tally: s.measured.tally, Host: s.passwordMode() == "host",
		Functions: func() []load.Function { return s.observed(sizes) }, Grow: s.grow, Built: s.measured.built, Ready: ready,
	}, plan, out)
}

func (s *stack) observed(sizes map[string]int64) []load.Function {
	var all []load.Function
	for _, function := range s.product.Functions {
		pool := s.pools[function.ID]
		stats := pool.Stats()
		all = append(all, load.Function{
			Name: function.Name, Binary: sizes[function.Name], Processes: pool.Processes(),
			FirstMS: stats.FirstMS, Calls: stats.Invocations, Errors: stats.Errors,
		})
	}
	return all
}

// grow starts instances of all functions until there are as many as said: for a function that reads streams, one for each batch that
// may be under way, and one to spare for each two of its mappings' lanes that turn at once. For one that the bus calls as many: each batch
// may end in events.
func (s *stack) grow(ctx context.Context, instances int) (map[string][]time.Duration, error) {
	wanted, most := map[string]int{}, 0
	for _, stream := range s.product.Streams {
		wanted[stream.Function] += stream.Parallel + 2
		most = max(most, wanted[stream.Function])
	}
	for _, rule := range s.product.Rules {
		for _, target := range rule.Targets {
			wanted[target.Function] = max(wanted[target.Function], most)
		}
	}
	grown := map[string][]time.Duration{}
	for _, function := range s.product.Functions {
		took, err := s.pools[function.ID].Grow(ctx, max(wanted[function.ID], instances))
		if err != nil {
			return nil, err
		}
		grown[function.Name] = took
	}
	return grown, nil
}

// troubles lets through all but the functions' log lines of level INFO and their metrics: thousands of either in a measurement.
type troubles struct{ out io.Writer }

func (t troubles) Write(line []byte) (int, error) {
	if bytes.HasPrefix(line, []byte("[")) && (bytes.Contains(line, []byte(`"level":"INFO"`)) || bytes.Contains(line, []byte(`"_aws":`))) {
		return len(line), nil
	}
	return t.out.Write(line)
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"mailbind/shared/local/load"
)

func main() {
	signals := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup asks to outlive the terminal
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	ctx = endWithGoRun(ctx)
	if err := run(ctx, os.Args[1:], os.Stdout, &whole{out: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, "mailbind:", err)
		os.Exit(1)
	}
}

// run starts the stack, says that it is ready and waits for the end of ctx. It returns when nothing runs any more.
func run(ctx context.Context, arguments []string, stdout, words io.Writer) (err error) {
	options, err := parseOptions(arguments, words)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if options.load != nil {
		words = troubles{words}
	}
	stack, err := start(ctx, options, words)
	if ctx.Err() != nil && err != nil {
		return nil // told to stop while it started
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "ready", stack.base)
	if options.load != nil {
		err = stack.measure(ctx, *options.load, stdout)
		stack.close()
		return err
	}
	fmt.Fprintf(words, "try it at %s/ ; Ctrl-C stops it\n", stack.base)
	select {
	case <-ctx.Done():
	case err = <-stack.failed:
	}
	fmt.Fprintln(words, "stopping")
	stack.close()
	return err
}

type options struct {
	listen   string
	dynamodb string     // "": start DynamoDB Local
	host     bool       // the platform keeps the passwords: PasswordMode host
	back     string     // where it takes grants: HostReturnURL; "": at the example platform
	load     *load.Plan // nil: no measurement
}

func parseOptions(arguments []string, words io.Writer) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(words)
	flags.StringVar(&parsed.listen, "listen", "127.0.0.1:8080", "where to listen; on the loopback only; port 0 takes a free one")
	flags.StringVar(&parsed.dynamodb, "dynamodb", "", "`URL` of a running DynamoDB-compatible endpoint on the loopback (default: start DynamoDB Local)")
	flags.Func("password-mode", "`managed|host`: who keeps the passwords, the product or the platform that calls it (default managed)", func(mode string) error {
		parsed.host = mode == "host"
		if mode != "host" && mode != "managed" {
			return errors.New("want managed or host")
		}
		return nil
	})
	flags.StringVar(&parsed.back, "host-return-url", "", "with -password-mode host: the `URL` of your platform that takes grants (default: the example platform's)")
	measure := loadFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("there is no argument %q", flags.Arg(0))
	}
	var err error
	if parsed.load, err = measure(&parsed.listen); err != nil {
		return options{}, err
	}
	host, port, err := net.SplitHostPort(parsed.listen)
	if err != nil {
		return options{}, fmt.Errorf("-listen %s: want HOST:PORT", parsed.listen)
	}
	if !loopback(host) {
		return options{}, fmt.Errorf("-listen %s: only 127.0.0.1 is listened on; the stack has keys and mails that are nobody else's", parsed.listen)
	}
	parsed.listen = net.JoinHostPort("127.0.0.1", port)
	if parsed.back != "" {
		if err := checkBack(parsed.back, parsed.host); err != nil {
			return options{}, err
		}
	}
	if parsed.dynamodb == "" {
		return parsed, nil
	}
	endpoint, err := url.Parse(parsed.dynamodb)
	if err != nil || endpoint.Scheme != "http" || !loopback(endpoint.Hostname()) || strings.Trim(endpoint.Path, "/") != "" {
		return options{}, fmt.Errorf("-dynamodb %s: want http://127.0.0.1:PORT; tables elsewhere are never touched from here", parsed.dynamodb)
	}
	parsed.dynamodb = "http://" + endpoint.Host
	return parsed, nil
}

// checkBack refuses a URL that the functions would refuse when they start: its origin stands in the policy of a page.
func checkBack(back string, host bool) error {
	if !host {
		return errors.New("-host-return-url has a meaning with -password-mode host alone")
	}
	page, err := url.Parse(back)
	switch {
	case err != nil || page.Hostname() == "" || page.User != nil || strings.ContainsAny(back, "#;, '\""):
		return fmt.Errorf("-host-return-url %s: want a URL such as http://127.0.0.1:3000/reset", back)
	case page.Scheme != "https" && !(page.Scheme == "http" && page.Hostname() == "127.0.0.1"):
		return fmt.Errorf("-host-return-url %s: want https, or http at 127.0.0.1", back)
	}
	return nil
}

// loadFlags declares -load and what goes with it. The function, called after Parse, gives the plan, nil without -load, and changes
// where to listen to a free port unless a port was asked for.
func loadFlags(flags *flag.FlagSet) func(listen *string) (*load.Plan, error) {
	var (
		wanted = flags.Bool("load", false, "drive every operation, print what it took, and end; listens on a free port unless -listen says more")
		rounds = flags.String("load-rounds", load.Default, "with -load: `CLIENTSxREQUESTS` for each operation, several joined by commas")
		pairs  = flags.Int("load-pairs", 300, "with -load: `pairs` of requests that compare a bound address with one that is not")
		resend = flags.Bool("load-resend", true, "with -load: wait for the cooldown of a minute and measure resend too")
	)
	return func(listen *string) (*load.Plan, error) {
		given := map[string]bool{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		if !*wanted {
			for _, name := range []string{"load-rounds", "load-pairs", "load-resend"} {
				if given[name] {
					return nil, fmt.Errorf("-%s has a meaning with -load alone", name)
				}
			}
			return nil, nil
		}
		if !given["listen"] {
			*listen = "127.0.0.1:0"
		}
		if *pairs < 0 || *pairs > 10_000 {
			return nil, fmt.Errorf("-load-pairs %d: want 0 to 10000", *pairs)
		}
		parsed, err := load.ParseRounds(*rounds)
		if err != nil {
			return nil, fmt.Errorf("-load-rounds: %w", err)
		}
		return &load.Plan{Rounds: parsed, Pairs: *pairs, Resend: *resend}, nil
	}
}

func loopback(host string) bool { return host == "127.0.0.1" || host == "localhost" }

// whole lets several goroutines write whole lines.
type whole struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *whole) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(text)
}

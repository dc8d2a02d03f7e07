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
	stack, err := start(ctx, options, words)
	if ctx.Err() != nil && err != nil {
		return nil // told to stop while it started
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "ready", stack.base)
	if options.load {
		err = load.Run(ctx, stack.base, load.Default, stdout)
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
	dynamodb string // "": start DynamoDB Local
	load     bool   // measure, print and end
}

func parseOptions(arguments []string, words io.Writer) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(words)
	flags.StringVar(&parsed.listen, "listen", "127.0.0.1:8080", "where to listen; on the loopback only; port 0 takes a free one")
	flags.StringVar(&parsed.dynamodb, "dynamodb", "", "`URL` of a running DynamoDB-compatible endpoint on the loopback (default: start DynamoDB Local)")
	flags.BoolVar(&parsed.load, "load", false, "drive every operation, print how long it took, and end")
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("there is no argument %q", flags.Arg(0))
	}
	host, port, err := net.SplitHostPort(parsed.listen)
	if err != nil {
		return options{}, fmt.Errorf("-listen %s: want HOST:PORT", parsed.listen)
	}
	if !loopback(host) {
		return options{}, fmt.Errorf("-listen %s: only 127.0.0.1 is listened on; the stack has keys and mails that are nobody else's", parsed.listen)
	}
	parsed.listen = net.JoinHostPort("127.0.0.1", port)
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

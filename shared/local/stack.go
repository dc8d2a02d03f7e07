package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mailbind/shared/local/bus"
	"mailbind/shared/local/dns"
	"mailbind/shared/local/dynamo"
	"mailbind/shared/local/dynamolocal"
	"mailbind/shared/local/iam"
	"mailbind/shared/local/issuer"
	"mailbind/shared/local/lambda"
	"mailbind/shared/local/load"
	"mailbind/shared/local/platform"
	"mailbind/shared/local/secrets"
	"mailbind/shared/local/ses"
	"mailbind/shared/local/template"
)

// stackName is the name of the CloudFormation stack that is played.
const stackName = "mailbind-local"

// instances is how many of one function run at once, unless the template says less. Further requests wait.
const instances = 50

// stack is everything that runs.
type stack struct {
	base    string // http://127.0.0.1:PORT
	product *template.Product
	words   io.Writer
	failed  chan error // a server that ended by itself

	issuer   *issuer.Issuer
	pools    map[string]*lambda.Pool // by the function's logical id
	ses      *ses.Service
	bus      *bus.Bus
	secrets  *secrets.Service
	platform *platform.Platform

	binaries string    // folder of the functions' programs
	database string    // endpoint
	measured *measured // nil without -load

	keep secrets.Keep // nil: the keys end with the run, as its tables do

	ends []func() // what close calls, last first
}

// start starts everything; after an error nothing runs and no file is left.
func start(ctx context.Context, options options, words io.Writer) (_ *stack, err error) {
	s := &stack{words: words, failed: make(chan error, 2), pools: map[string]*lambda.Pool{}}
	if options.load != nil {
		s.measured = &measured{tally: &load.Tally{}, began: time.Now()}
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	listener, err := net.Listen("tcp4", options.listen)
	if err != nil {
		return nil, fmt.Errorf("%w; is the stack running already? -listen 127.0.0.1:0 takes a free port", err)
	}
	s.onClose(func() { listener.Close() })
	s.base = "http://" + listener.Addr().String()
	if err := s.readTemplate(options); err != nil {
		return nil, err
	}
	fmt.Fprintf(words, "building %d functions and starting the database; the first time takes a minute or two\n", len(s.product.Functions))
	binaries, endpoint, err := s.buildAndFetch(ctx, options)
	if err != nil {
		return nil, err
	}
	s.binaries, s.database = binaries, endpoint
	if options.dynamodb != "" {
		client := dynamo.Client(endpoint, template.Region)
		s.keep = func(name, fresh string) (string, error) {
			return dynamo.Keep(ctx, client, stackName+"-keys", name, fresh)
		}
	}
	endpoints, err := s.startServices(endpoint)
	if err != nil {
		return nil, err
	}
	streams, err := s.makeTables(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	if err := s.prime(ctx); err != nil {
		return nil, err
	}
	if err := s.startFunctions(ctx, binaries, endpoints); err != nil {
		return nil, err
	}
	if err := s.startStreams(endpoint, streams); err != nil {
		return nil, err
	}
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	s.serve(listener, handler)
	for _, sentence := range s.product.NotEnforced {
		fmt.Fprintln(words, "note:", sentence)
	}
	return s, nil
}

func (s *stack) onClose(end func()) { s.ends = append(s.ends, end) }

func (s *stack) close() {
	for _, end := range slices.Backward(s.ends) {
		end()
	}
	s.ends = nil
}

// values are the template's parameters as this machine has them. The password's mode is named when it is not the template's own, which
// a template without passwords does not have.
func values(base string, host bool) map[string]string {
	parameters := map[string]string{
		"Stage": "local", "BaseUrl": base, "JwtIssuer": base + "/_local/issuer", "JwtAudience": "mailbind-local", "JwtScope": "email:manage",
		"Platform": "Lantern Market", "Support": "mailto:help@lantern-market.example", "FromAddress": "account@mail.lantern-market.example",
	}
	if host {
		parameters["PasswordMode"], parameters["HostReturnURL"] = "host", base+"/_local/platform/return"
	}
	return parameters
}

func (s *stack) readTemplate(options options) error {
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	path, err := template.Find(folder)
	if err != nil {
		return err
	}
	parameters := values(s.base, options.host)
	if options.back != "" {
		parameters["HostReturnURL"] = options.back
	}
	if s.product, err = template.Read(path, stackName, parameters); err != nil {
		return err
	}
	parameters = s.product.Parameters
	s.issuer, err = issuer.New(issuer.Issuer{
		URL: parameters["JwtIssuer"], Audience: parameters["JwtAudience"], Scope: parameters["JwtScope"],
		LabelClaim: parameters["LabelClaim"], LocaleClaim: parameters["LocaleClaim"],
	})
	s.makePlatform()
	return err
}

// buildAndFetch builds the functions while DynamoDB Local starts. It gives the folder of the binaries and the database's endpoint.
func (s *stack) buildAndFetch(ctx context.Context, options options) (binaries, endpoint string, err error) {
	if binaries, err = os.MkdirTemp("", "mailbind-local-"); err != nil {
		return "", "", err
	}
	s.onClose(func() { os.RemoveAll(binaries) })
	// One that fails stops the other.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var starting sync.WaitGroup
	starting.Go(func() {
		sources := map[string]string{}
		for _, function := range s.product.Functions {
			sources[function.Name] = function.Source
		}
		if err := lambda.Build(ctx, binaries, sources); err != nil {
			cancel(err)
		}
	})
	endpoint, stop := options.dynamodb, func() {}
	starting.Go(func() {
		var failure error
		if options.dynamodb != "" {
			failure = dynamolocal.Answers(ctx, endpoint)
		} else {
			endpoint, stop, failure = dynamolocal.Start(ctx)
		}
		if failure != nil {
			cancel(failure)
		}
	})
	starting.Wait()
	if stop != nil {
		s.onClose(stop)
	}
	return binaries, endpoint, context.Cause(ctx)
}

// startServices starts what the functions call, and gives them the settings that lead there.
func (s *stack) startServices(database string) (map[string]string, error) {
	var specs []secrets.Spec
	for _, secret := range s.product.Secrets {
		specs = append(specs, secrets.Spec{Name: secret.Name, ARN: secret.ARN, Length: secret.Length, Exclude: secret.Exclude})
	}
	var err error
	if s.secrets, err = secrets.New(specs, s.keep); err != nil {
		return nil, err
	}
	rules, err := s.rules()
	if err != nil {
		return nil, err
	}
	s.bus = bus.New(template.Region, template.Account, rules, s.words)
	s.onClose(s.bus.Close)
	s.ses = ses.New(s.sets(), s.identities(), s.publishSES)
	s.onClose(s.ses.Close)
	names, err := dns.Start()
	if err != nil {
		return nil, err
	}
	s.onClose(names.Close)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	guard, err := s.guard()
	if err != nil {
		return nil, err
	}
	s.serve(listener, onlyFor(listener.Addr().String(), guard.Services(s.services())))
	services := "http://" + listener.Addr().String()
	if s.measured != nil { // what the guard refuses makes no round trip
		if database, err = s.count(database); err != nil {
			return nil, err
		}
	}
	if database, err = s.relay(guard, database); err != nil {
		return nil, err
	}
	return map[string]string{
		"MAILBIND_DYNAMODB_ENDPOINT": database, "MAILBIND_SECRETS_ENDPOINT": services, "MAILBIND_SES_ENDPOINT": services,
		"MAILBIND_EVENTS_ENDPOINT": services, "MAILBIND_DNS": names.Address(),
	}, nil
}

// startFunctions starts one instance of each function: one that cannot start is said before anybody calls it.
func (s *stack) startFunctions(ctx context.Context, binaries string, endpoints map[string]string) error {
	var (
		warming sync.WaitGroup
		mu      sync.Mutex
		faults  []error
	)
	for _, function := range s.product.Functions {
		concurrency := instances
		if function.Concurrency > 0 {
			concurrency = min(concurrency, function.Concurrency)
		}
		environment := map[string]string{}
		for _, settings := range []map[string]string{function.Environment, endpoints} {
			for name, value := range settings {
				environment[name] = value
			}
		}
		pool := lambda.NewPool(lambda.Function{
			Name: function.Name, FullName: function.FullName, ARN: function.ARN, Folder: filepath.Join(binaries, function.Name), Timeout: function.Timeout,
			Memory: function.Memory, LogFormat: function.LogFormat, LogLevel: function.LogLevel, Region: template.Region,
			AccessKeyID: iam.AccessKeyID(function.FullName), Environment: environment, Concurrency: concurrency,
		}, s.words)
		s.pools[function.ID] = pool
		s.onClose(pool.Close)
		warming.Go(func() {
			if err := pool.Warm(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				faults = append(faults, err)
			}
		})
	}
	warming.Wait()
	return errors.Join(faults...)
}

func (s *stack) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	s.onClose(func() { server.Close() })
}

package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"mailbind/shared/httpapi"
	"mailbind/shared/store"
	"mailbind/shared/telemetry"
	"mailbind/shared/token"
)

// A Function is one function being put together. Its settings are read first, then Connect names every
// fault at once or makes the connections, then Serve runs it.
type Function struct {
	*Env
	Name   string
	Report *telemetry.Reporter
	Config aws.Config

	scope token.Scope
}

// New begins a function; name is that of its folder.
func New(name string) *Function {
	e := NewEnv()
	e.refuseLocal()
	return &Function{
		Env: e, Name: name, Report: telemetry.New(), Config: awsConfig(e, name),
		scope: token.Scope{Stage: e.Text("MAILBIND_STAGE"), Epoch: e.Count("MAILBIND_EPOCH")},
	}
}

// A Connector makes a part of a function ready.
type Connector interface {
	connect(context.Context) error
}

// initLimit ends init before Lambda does (10 seconds), so that the log says why.
const initLimit = 8 * time.Second

// Connect stops the function if a setting is missing or wrong, naming them all on standard error, and
// makes its parts ready, at once. A function that cannot be made ready stops: Lambda starts another.
func (f *Function) Connect(parts ...Connector) {
	if err := f.Err(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", f.Name, err)
		os.Exit(1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), initLimit)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range parts {
		g.Go(func() error { return p.connect(ctx) })
	}
	if err := g.Wait(); err != nil {
		if errors.Is(err, store.ErrKeyMismatch) {
			f.Report.Count(telemetry.KeyMismatch)
		}
		f.Report.Error("init failed", "cause", err.Error())
		fmt.Fprintf(os.Stderr, "%s: %v\n", f.Name, err)
		os.Exit(1)
	}
}

// Serve runs the function behind the HTTP API.
func (f *Function) Serve(claims httpapi.Claims, routes map[string]httpapi.Route) {
	lambda.Start(httpapi.Serve(f.Report, claims, routes))
}

// Claims reads which claims name the account holder.
func (f *Function) Claims() httpapi.Claims {
	return httpapi.Claims{Label: f.Text("MAILBIND_LABEL_CLAIM"), Locale: f.Text("MAILBIND_LOCALE_CLAIM")}
}

// Check adds the faults that a part finds in settings of its own; not while one of them is missing,
// which is told already.
func (f *Function) Check(check func() error, settings ...string) {
	if slices.Contains(settings, "") {
		return
	}
	if err := check(); err != nil {
		f.fault("%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

// Endpoint gives the loopback address of a service on the local stage, nil on AWS.
func (f *Function) Endpoint(name string) *string { return f.endpoint(name) }

// Local says whether this is the stack on a developer's machine.
func (f *Function) Local() bool { return f.local() }

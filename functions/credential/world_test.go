package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/password"
	"mailbind/shared/recovery"
	"mailbind/shared/store/storetest"
	"mailbind/shared/telemetry/telemetrytest"
	"mailbind/shared/token"
)

// A world is the function on a store in memory, with real keys and hashes.
type world struct {
	*testing.T
	memory  *storetest.Memory
	service *recovery.Service // for those who want back in
	caller  caller
	letter  binding.Letter
	lines   func() []string // what was logged and counted so far
}

const (
	sub         = "u-1029"
	mine        = "seller@mail.example.net"
	good, other = "seven lamps over the harbour", "nine kettles under the bridge"
	awsID       = "8a434f0e-9a53-4f0e-9a53-0f6f5c1f7b21"
)

func newWorld(t *testing.T, host bool) *world {
	t.Helper()
	w := &world{T: t, memory: &storetest.Memory{}}
	data, err := token.NewDataKey([]byte(strings.Repeat("d", 64)))
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (token.Secrets, error) {
		return token.Secrets{Current: []byte(strings.Repeat("t", 64))}, nil
	}
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test"}, load, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	names := binding.Names{Data: data, Namespace: "main"}
	hasher := password.Hasher{Pepper: data.Pepper, KeyID: data.ID().String(), Params: password.Params{Memory: 64, Time: 1, Threads: 1}}
	report, lines := telemetrytest.Recorded(t)
	w.lines = lines
	w.service = &recovery.Service{Store: w.memory, Names: names, Keys: keys}
	w.caller = caller{host: host, report: report, platform: &recovery.Platform{
		Store: w.memory, Names: names, Keys: keys, Policy: password.Policy{Platform: "Teahouse", Hosts: []string{"id.example.com"}}, Hasher: hasher}}
	return w
}

// bound is an account that is bound to an address.
func (w *world) bound(sub, email string) {
	w.Helper()
	session := binding.Session{Who: binding.Who{Issuer: "https://login.example.com/", Subject: sub, Label: "canary-label"}}
	binds, now := &binding.Service{Store: w.memory, Names: w.service.Names, Keys: w.service.Keys}, time.Now()
	if _, err := binds.Bind(w.Context(), session, email, true, now.Add(-time.Hour)); err != nil {
		w.Fatal(err)
	}
	c := w.claim(sub)
	code := w.service.Keys.Current().Code(token.Verify, c.Account, c.Challenge, c.CodesUsed)
	if _, err := binds.VerifyCode(w.Context(), session, code, binding.NewRequest(), now); err != nil {
		w.Fatal(err)
	}
}

func (w *world) claim(sub string) binding.Claim {
	w.Helper()
	c, err := w.memory.Claim(w.Context(), w.service.Names.Account(sub), time.Now())
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// Send keeps a letter, as SES would take it.
func (w *world) Send(_ context.Context, l binding.Letter) error {
	w.letter = l
	return nil
}

// mailed is what the owner of an address gets who asks for a way back in.
func (w *world) mailed(email string) binding.Letter {
	w.Helper()
	now := time.Now()
	if err := w.service.Ask(w.Context(), email, netip.Addr{}, now); err != nil {
		w.Fatal(err)
	}
	a, err := address.Parse(email)
	if err != nil {
		w.Fatal(err)
	}
	m := recovery.Mailer{Outbox: w.memory, Sender: w, Names: w.service.Names, Keys: w.service.Keys}
	if _, err := m.Deliver(w.Context(), recovery.Order{EmailKey: w.service.Names.Email(a)}, now); err != nil {
		w.Fatal(err)
	}
	return w.letter
}

func (w *world) grant(email string) string {
	w.Helper()
	g, err := w.service.ProveLink(w.Context(), w.mailed(email).Token, email, time.Now())
	if err != nil {
		w.Fatal(err)
	}
	return g.Text
}

// invoke hands a payload over as Lambda does, and gives the answer as it goes back.
func (w *world) invoke(payload string) (string, error) {
	w.Helper()
	ctx := lambdacontext.NewContext(w.Context(), &lambdacontext.LambdaContext{AwsRequestID: awsID})
	out, err := w.caller.handle(ctx, json.RawMessage(payload))
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(out)
	if err != nil {
		w.Fatal(err)
	}
	return string(text), nil
}

// call is invoke with members of text, and without an outage.
func (w *world) call(op string, members ...string) string {
	w.Helper()
	in := map[string]string{"op": op}
	for i := 0; i < len(members); i += 2 {
		in[members[i]] = members[i+1]
	}
	payload, err := json.Marshal(in)
	if err != nil {
		w.Fatal(err)
	}
	out, err := w.invoke(string(payload))
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// version is that of an answer.
func (w *world) version(answer string) int64 {
	w.Helper()
	var v struct{ Version *int64 }
	if err := json.Unmarshal([]byte(answer), &v); err != nil || v.Version == nil {
		w.Fatalf("%s: %v", answer, err)
	}
	return *v.Version
}

func (w *world) is(got, want string) {
	w.Helper()
	if got != want {
		w.Errorf("is   %s\nwant %s", got, want)
	}
}

// away is a store that is not there; busy one that others keep busy.
type away struct {
	recovery.PlatformStore
	err error
}

var errAway = errors.New("dynamo-is-away")

func (a away) Claim(context.Context, binding.AccountKey, time.Time) (binding.Claim, error) {
	return binding.Claim{}, a.err
}
func (a away) Credential(context.Context, binding.AccountKey) (recovery.Credential, error) {
	return recovery.Credential{}, a.err
}
func (a away) Hold(context.Context, binding.AccountKey, time.Time) (bool, error) {
	return false, a.err
}

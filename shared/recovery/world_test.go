package recovery_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/password"
	"mailbind/shared/recovery"
	"mailbind/shared/store/storetest"
	"mailbind/shared/token"
)

// noon is when every test starts: far from midnight UTC, where the daily counters turn.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

var (
	dataSecret = []byte(strings.Repeat("d", 64))
	secretOne  = []byte(strings.Repeat("1", 64))
	secretTwo  = []byte(strings.Repeat("2", 64))
)

const (
	oldPassword = "the old pass phrase of li"
	newPassword = "seven lamps over the harbour"
)

var home = netip.MustParseAddr("203.0.113.7")

// world is recovery on a store in memory, with accounts that were bound by the real rules, a post office, the
// streams of both tables and a clock that only moves when it is told to.
type world struct {
	t        testing.TB
	ctx      context.Context
	now      time.Time
	memory   *storetest.Memory
	tap      func(step string, call func() error) error // nil: calls pass unseen
	calls    []string
	hasher   *hasher
	service  *recovery.Service
	platform *recovery.Platform
	mailer   *recovery.Mailer
	binds    *binding.Service
	receipts *binding.Mailer
	post     *post
	secrets  token.Secrets
	names    binding.Names
	requests int
}

// post is a Sender that keeps what it took.
type post struct {
	letters []binding.Letter
	err     error // what Send answers
	lost    bool  // the mail is taken all the same: only the answer is lost
	during  func()
}

func (p *post) Send(_ context.Context, l binding.Letter) error {
	if p.during != nil {
		during := p.during
		p.during = nil
		during()
	}
	if p.err == nil || p.lost {
		p.letters = append(p.letters, l)
	}
	return p.err
}

// hasher counts what argon2id would have to do. A hash of another generation is stale.
type hasher struct {
	mu         sync.Mutex
	work       int
	generation string
}

func (h *hasher) did() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.work++
}

func (h *hasher) Hash(normal string) string {
	h.did()
	return fmt.Sprintf("%s$%d$%s", h.generation, h.work, normal)
}

func (h *hasher) Verify(phc, normal string) (ok, stale bool, err error) {
	h.did()
	parts := strings.SplitN(phc, "$", 3)
	if len(parts) != 3 {
		return false, false, errors.New("no hash of ours")
	}
	return parts[2] == normal, parts[0] != h.generation, nil
}

func (h *hasher) Dummy(string) { h.did() }

func newWorld(t testing.TB) *world {
	t.Helper()
	data, err := token.NewDataKey(dataSecret)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), now: noon, memory: &storetest.Memory{}, hasher: &hasher{generation: "a"}, post: &post{},
		secrets: token.Secrets{Current: secretOne}, names: binding.Names{Data: data, Namespace: "main"}}
	keys, store := w.keyring(), tapped{w}
	policy := password.Policy{Platform: "Lantern Market"}
	noBackoff := func(context.Context, int) {}
	w.service = &recovery.Service{Store: store, Names: w.names, Keys: keys, Policy: policy, Hasher: w.hasher, Backoff: noBackoff}
	w.platform = &recovery.Platform{Store: store, Names: w.names, Keys: keys, Policy: policy, Hasher: w.hasher, Backoff: noBackoff}
	w.mailer = &recovery.Mailer{Outbox: store, Sender: w.post, Names: w.names, Keys: keys}
	w.binds = &binding.Service{Store: w.memory, Names: w.names, Keys: keys}
	w.receipts = &binding.Mailer{Outbox: w.memory, Sender: w.post, Names: w.names, Keys: keys}
	return w
}

// keyring is another instance's: it reads the secrets as they are now.
func (w *world) keyring() *token.Keyring {
	w.t.Helper()
	load := func(context.Context) (token.Secrets, error) { return w.secrets, nil }
	keys, err := token.NewKeyring(w.ctx, token.Scope{Stage: "test"}, load, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return keys
}

func (w *world) request() binding.Request {
	w.requests++
	return binding.Request(fmt.Sprintf("request-%d", w.requests))
}

func (w *world) account(sub string) binding.AccountKey { return w.names.Account(sub) }

func (w *world) emailKey(email string) address.EmailKey {
	w.t.Helper()
	a, err := address.Parse(email)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.names.Email(a)
}

func (w *world) after(d time.Duration) { w.now = w.now.Add(d) }

// pending is an account that claims an address and has not proven it.
func (w *world) pending(sub, email string) binding.Letter {
	w.t.Helper()
	session := binding.Session{Who: binding.Who{Issuer: "https://idp.example", Subject: sub, Label: "shop " + sub, Locale: "zh-CN"}}
	if _, err := w.binds.Bind(w.ctx, session, email, false, w.now); err != nil {
		w.t.Fatal(err)
	}
	row, err := w.memory.Claim(w.ctx, w.account(sub), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	order := binding.Order{Account: row.Account, EmailKey: row.EmailKey, Kind: binding.KindVerify, Send: row.Due[binding.KindVerify]}
	if _, err := w.receipts.Deliver(w.ctx, order, w.now); err != nil {
		w.t.Fatal(err)
	}
	return w.post.letters[len(w.post.letters)-1]
}

// bound is an account with an address and the old password, and an empty post office.
func (w *world) bound(sub, email string) {
	w.t.Helper()
	letter := w.pending(sub, email)
	session := binding.Session{Who: binding.Who{Issuer: "https://idp.example", Subject: sub}}
	if _, err := w.binds.VerifyCode(w.ctx, session, letter.Code, w.request(), w.now); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.platform.Set(w.ctx, sub, oldPassword, nil, w.request(), w.now); err != nil {
		w.t.Fatal(err)
	}
	w.after(time.Minute)
	w.post.letters, w.hasher.work, w.calls = nil, 0, nil
}

// ask rings the bell.
func (w *world) ask(email string) {
	w.t.Helper()
	if err := w.service.Ask(w.ctx, email, home, w.now); err != nil {
		w.t.Fatal(err)
	}
}

// due is the order that the stream would show; false: none is due.
func (w *world) due(email string) (recovery.Order, bool) {
	c := w.challenge(email)
	return recovery.Order{EmailKey: c.EmailKey, Send: c.Due}, c.Due != binding.SendID{}
}

// deliver ends what is due for the address.
func (w *world) deliver(email string) binding.Outcome {
	w.t.Helper()
	o, due := w.due(email)
	if !due {
		w.t.Fatal("nothing is due")
	}
	out, err := w.mailer.Deliver(w.ctx, o, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// mail asks and delivers, and gives the letter.
func (w *world) mail(email string) binding.Letter {
	w.t.Helper()
	before := len(w.post.letters)
	w.ask(email)
	if out := w.deliver(email); out != binding.OutcomeSent || len(w.post.letters) != before+1 {
		w.t.Fatalf("%s, %d letters; want one", out, len(w.post.letters)-before)
	}
	return w.post.letters[before]
}

func (w *world) challenge(email string) recovery.Challenge {
	w.t.Helper()
	c, _, err := w.memory.Recall(w.ctx, w.emailKey(email), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) row(sub string) binding.Claim {
	w.t.Helper()
	c, err := w.memory.Claim(w.ctx, w.account(sub), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) credential(sub string) recovery.Credential {
	w.t.Helper()
	c, err := w.memory.Credential(w.ctx, w.account(sub))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) code(email, code string) (recovery.Grant, error) {
	return w.service.ProveCode(w.ctx, email, code, w.request(), w.now)
}

func (w *world) set(p recovery.Proof, typed string) (recovery.Done, error) {
	return w.service.SetPassword(w.ctx, p, typed, w.request(), w.now)
}

// link is the proof that a letter's link is, for who knows the address.
func link(l binding.Letter) recovery.Proof {
	return recovery.Proof{Token: l.Token, Email: l.To.String()}
}

func (w *world) check(sub, typed, client string) recovery.Checked {
	w.t.Helper()
	c, err := w.platform.Check(w.ctx, sub, typed, client, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func errOf[T any](_ T, err error) error { return err }

// refused wants this very refusal, with every member as given.
func (w *world) refused(err error, want binding.Refusal) {
	w.t.Helper()
	got, ok := errors.AsType[*binding.Refusal](err)
	if !ok || !reflect.DeepEqual(*got, want) {
		w.t.Errorf("refused with %#v (%v), want %#v", got, err, want)
	}
}

// theOne is the one refusal.
var theOne = binding.Refusal{Reason: recovery.ErrRefused}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("refused: %v", err)
	}
}

func (w *world) same(what string, got, want any) {
	w.t.Helper()
	if !reflect.DeepEqual(got, want) {
		w.t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

// wrong changes the last symbol of a code.
func wrong(right string) string {
	last := byte('0')
	if right[len(right)-1] == last {
		last = '1'
	}
	return right[:len(right)-1] + string(last)
}

package binding_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/store/storetest"
	"mailbind/shared/token"
)

// noon is when every test starts: far from midnight UTC, where the daily counters turn.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// Secrets of the tests, of the length that the template makes.
var (
	dataSecret = []byte(strings.Repeat("d", 64))
	secretOne  = []byte(strings.Repeat("1", 64))
	secretTwo  = []byte(strings.Repeat("2", 64))
)

// world is the whole domain on a store in memory: two use case objects, a post office, a stream and a
// clock that only moves when it is told to.
type world struct {
	t        testing.TB
	ctx      context.Context
	now      time.Time
	memory   *storetest.Memory
	tap      tap // nil: calls of the store pass unseen
	calls    []string
	service  *binding.Service
	mailer   *binding.Mailer
	feedback *binding.Feedback
	post     post
	secrets  token.Secrets
	names    binding.Names

	stream   []binding.Order
	due      map[binding.AccountKey]map[binding.Kind]binding.SendID
	accounts []string
	keys     map[string]binding.AccountKey
	requests int
}

// post is a Sender that keeps what it took.
type post struct {
	letters []binding.Letter
	err     error  // what Send answers
	lost    bool   // the mail is taken all the same: only the answer is lost
	during  func() // runs while a mail is on its way
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

func newWorld(t testing.TB) *world {
	t.Helper()
	data, err := token.NewDataKey(dataSecret)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), now: noon, memory: &storetest.Memory{},
		secrets: token.Secrets{Current: secretOne}, names: binding.Names{Data: data, Namespace: "main"},
		due: map[binding.AccountKey]map[binding.Kind]binding.SendID{}, keys: map[string]binding.AccountKey{}}
	keys := w.keyring()
	w.service = &binding.Service{Store: tapped{w}, Names: w.names, Keys: keys, RecentLogin: 10 * time.Minute}
	w.mailer = &binding.Mailer{Outbox: tapped{w}, Sender: &w.post, Names: w.names, Keys: keys}
	w.feedback = &binding.Feedback{Store: tapped{w}}
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

func (w *world) session(sub string) binding.Session {
	return binding.Session{
		Who:      binding.Who{Issuer: "https://idp.example", Subject: sub, Label: "shop " + sub, Locale: "zh-CN"},
		SignedIn: w.now.Add(-time.Minute),
	}
}

func (w *world) account(sub string) binding.AccountKey {
	k, ok := w.keys[sub]
	if !ok {
		k = w.names.Account(sub)
		w.keys[sub] = k
	}
	return k
}

func (w *world) emailKey(email string) address.EmailKey { return w.names.Email(w.address(email)) }

func (w *world) address(email string) address.Address {
	w.t.Helper()
	a, err := address.Parse(email)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// request is a new id, as the gateway gives one to each call.
func (w *world) request() binding.Request {
	w.requests++
	return binding.Request(fmt.Sprintf("request-%d", w.requests))
}

// One call of each operation. Each ends with a look at the stream.

func (w *world) bind(sub, email string) (binding.Status, error) {
	defer w.look(sub)
	return w.service.Bind(w.ctx, w.session(sub), email, false, w.now)
}

func (w *world) status(sub string) (binding.Status, error) {
	return w.service.Status(w.ctx, w.session(sub), w.now)
}

func (w *world) resend(sub string) (binding.Status, error) {
	defer w.look(sub)
	return w.service.Resend(w.ctx, w.session(sub), w.now)
}

func (w *world) link(text, number string) (binding.Status, error) {
	defer w.look(w.accounts...)
	return w.service.VerifyLink(w.ctx, text, number, w.request(), w.now)
}

func (w *world) code(sub, code string) (binding.Status, error) {
	defer w.look(sub)
	return w.service.VerifyCode(w.ctx, w.session(sub), code, w.request(), w.now)
}

func (w *world) token(sub, text string) (binding.Status, error) {
	defer w.look(sub)
	return w.service.VerifyToken(w.ctx, w.session(sub), text, w.request(), w.now)
}

func (w *world) reconfirm(sub string) (binding.Status, error) {
	defer w.look(sub)
	return w.service.Reconfirm(w.ctx, w.session(sub), w.now)
}

// reported has the provider tell what became of a letter, at this time.
func (w *world) reported(l binding.Letter, fate binding.Fate, why binding.Why) binding.Heard {
	w.t.Helper()
	return w.reportedAt(l, fate, why, w.now)
}

// another is a letter as the given one, sent anew.
func (w *world) another(l binding.Letter) binding.Letter {
	w.t.Helper()
	tag, err := binding.OpenTag(w.names.Data, l.Tag)
	if err != nil {
		w.t.Fatal(err)
	}
	tag.Send = binding.NewSend()
	l.Tag = tag.Seal(w.names.Data)
	return l
}

func (w *world) reportedAt(l binding.Letter, fate binding.Fate, why binding.Why, at time.Time) binding.Heard {
	w.t.Helper()
	tag, err := binding.OpenTag(w.names.Data, l.Tag)
	if err != nil {
		w.t.Fatal(err)
	}
	heard, err := w.feedback.Take(w.ctx, binding.Report{Tag: tag, Fate: fate, Why: why, At: at, Told: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
	return heard
}

func (w *world) deny(text string) (binding.DenyResult, error) {
	return w.service.Deny(w.ctx, text, w.request(), w.now)
}

func (w *world) undo(text string) (binding.DenyResult, error) {
	return w.service.UndoDeny(w.ctx, text, w.request(), w.now)
}

// look plays the table's stream: a record whose due mail is new is an order.
func (w *world) look(subs ...string) {
	for _, sub := range subs {
		k := w.account(sub)
		if _, known := w.due[k]; !known {
			w.accounts = append(w.accounts, sub)
		}
		row := w.row(sub)
		for kind, send := range row.Due {
			if w.due[k][kind] != send {
				w.stream = append(w.stream, binding.Order{Account: k, EmailKey: row.EmailKey, Kind: kind, Send: send})
			}
		}
		w.due[k] = row.Due
	}
}

// row reads an account's row past the tap.
func (w *world) row(sub string) binding.Claim {
	w.t.Helper()
	c, err := w.memory.Claim(w.ctx, w.account(sub), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// deliver ends every order of the stream and gives the letters that went out.
func (w *world) deliver() []binding.Letter {
	w.t.Helper()
	before := len(w.post.letters)
	for len(w.stream) > 0 {
		o := w.stream[0]
		w.stream = w.stream[1:]
		if _, err := w.mailer.Deliver(w.ctx, o, w.now); err != nil {
			w.t.Fatalf("deliver %s: %v", o.Kind, err)
		}
	}
	return w.post.letters[before:]
}

// mail delivers what is due, which must be one letter of that kind.
func (w *world) mail(kind binding.Kind) binding.Letter {
	w.t.Helper()
	letters := w.deliver()
	if len(letters) != 1 || letters[0].Kind != kind {
		w.t.Fatalf("%d letters went out (%+v), want one of kind %s", len(letters), letters, kind)
	}
	return letters[0]
}

func (w *world) after(d time.Duration) { w.now = w.now.Add(d) }

// ok wants an answer.
func (w *world) ok(st binding.Status, err error) binding.Status {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("refused: %v", err)
	}
	return st
}

func (w *world) okDeny(r binding.DenyResult, err error) binding.DenyResult {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("refused: %v", err)
	}
	return r
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

// state wants the state of an account.
func (w *world) state(sub string, want binding.State) {
	w.t.Helper()
	if st := w.ok(w.status(sub)); st.State != want {
		w.t.Errorf("%s is %q, want %q", sub, st.State, want)
	}
}

func (w *world) same(what string, got, want any) {
	w.t.Helper()
	if !reflect.DeepEqual(got, want) {
		w.t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

// pending is a claim whose mail has arrived: the answer of bind, and the letter.
func (w *world) pending(sub, email string) (binding.Status, binding.Letter) {
	w.t.Helper()
	st := w.ok(w.bind(sub, email))
	return st, w.mail(binding.KindVerify)
}

// bound is an account with a binding whose receipt has arrived.
func (w *world) bound(sub, email string) (verify, receipt binding.Letter) {
	w.t.Helper()
	_, verify = w.pending(sub, email)
	w.ok(w.code(sub, verify.Code))
	return verify, w.mail(binding.KindBound)
}

// wrong changes the last symbol of a code or number.
func wrong(right string) string {
	last := byte('0')
	if right[len(right)-1] == last {
		last = '1'
	}
	return right[:len(right)-1] + string(last)
}

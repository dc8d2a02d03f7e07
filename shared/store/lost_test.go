package store_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/store"
)

// losing lets every request through to DynamoDB Local and drops the next answers of success on
// the way back, so that the SDK's own retry meets its own write.
type losing struct {
	mu      sync.Mutex
	pass    int // that go through before
	drop    int
	dropped int
	fail    int // that do not even reach it, after those that pass
}

func (l *losing) Do(r *http.Request) (*http.Response, error) {
	if l.failed() {
		return nil, io.ErrUnexpectedEOF
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drop == 0 || res.StatusCode != http.StatusOK {
		return res, nil
	}
	if l.pass > 0 {
		l.pass--
		return res, nil
	}
	l.drop--
	l.dropped++
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return nil, io.ErrUnexpectedEOF
}

// next loses the next n answers.
func (l *losing) next(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop, l.dropped = n, 0
}

// after loses the next n answers after so many that are not lost.
func (l *losing) after(pass, n int) {
	l.next(n)
	l.pass = pass
}

// refuse fails n requests after so many that go through.
func (l *losing) refuse(pass, n int) {
	l.next(0)
	l.pass, l.fail = pass, n
}

func (l *losing) failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.fail == 0:
		return false
	case l.pass > 0:
		l.pass--
		return false
	}
	l.fail--
	return true
}

// lossy is a site whose answers can be lost. The SDK retries as it does, only without the wait.
func lossy(t *testing.T) (*site, *losing) {
	l := &losing{}
	c := client(t, func(o *dynamodb.Options) {
		o.HTTPClient = l
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 1 })
	})
	return newSite(t, c, nil), l
}

func refusedBy(t *testing.T, err error) binding.Claim {
	t.Helper()
	r, ok := errors.AsType[*binding.Refused](err)
	if !ok {
		t.Fatalf("%v, want a refusal by the own write", err)
	}
	return r.Old
}

// TestALostAnswerEndsAsTheContractSays: each step is written, its answer dropped, and sent again by the
// SDK. Steps that are refused then show their own write; the others end as if nothing had been lost.
func TestALostAnswerEndsAsTheContractSays(t *testing.T) {
	s, l := lossy(t)
	ctx := t.Context()
	account := func(name string) (binding.Claim, binding.Opening) {
		c := s.asked(name, strings.ReplaceAll(name, " ", "-")+"@example.com")
		return c, binding.Opening{Account: c.Account, Who: c.Who, Address: c.Address, EmailKey: c.EmailKey, Key: c.Key, Now: s.now}
	}
	lost := func(what string) {
		t.Helper()
		if l.dropped != 1 {
			t.Errorf("%s: %d written answers were dropped, want 1", what, l.dropped)
		}
	}
	try := func(c binding.Claim, op string) binding.Try {
		return binding.Try{Account: c.Account, Challenge: c.Challenge, Op: op, Now: s.now}
	}

	_, o := account("open")
	o.Account, o.Challenge, o.Send = binding.AccountKey{7}, binding.ChallengeID{8}, binding.SendID{9}
	l.next(1)
	_, err := s.store.Open(ctx, o)
	lost("open")
	if old := refusedBy(t, err); old.Challenge != o.Challenge || old.Send != o.Send || old.SendsToday != 1 {
		t.Errorf("open: the row shows %+v", old)
	}

	c, _ := account("requeue")
	s.deliver("requeue", binding.KindVerify)
	later := s.now.Add(binding.CooldownSame)
	l.next(1)
	_, err = s.store.Requeue(ctx, binding.Requeue{Account: c.Account, Send: binding.SendID{9}, Now: later})
	lost("requeue")
	if old := refusedBy(t, err); old.Send != (binding.SendID{9}) || old.SendsToday != 2 {
		t.Errorf("requeue: the row shows %+v", old)
	}

	l.next(1)
	_, err = s.store.ChargeNumber(ctx, try(c, "n/number"))
	lost("number")
	if old := refusedBy(t, err); old.Op != "n/number" || old.LinkTries != 1 {
		t.Errorf("number: the row shows %+v", old)
	}
	l.next(1)
	_, err = s.store.ChargeCode(ctx, try(c, "c/code"))
	lost("code")
	if old := refusedBy(t, err); old.Op != "c/code" || old.Tries != 1 || old.TriesToday != 1 {
		t.Errorf("code: the row shows %+v", old)
	}
	l.next(1)
	if err := s.store.GiveBack(ctx, try(c, "c/code"), true); err != nil {
		t.Errorf("give back: %v", err)
	}
	lost("give back")
	if now := s.claim("requeue"); now.Tries != 0 || now.TriesToday != 0 || now.LinkTries != 1 {
		t.Errorf("give back: the row shows %+v", now)
	}
}

// TestALostAnswerOfTheTransactionIsSuccess by its ClientRequestToken.
func TestALostAnswerOfTheTransactionIsSuccess(t *testing.T) {
	s, l := lossy(t)
	c := s.asked("bind", "bind@example.com")
	l.next(1)
	err := s.store.Bind(t.Context(), binding.Binding{Account: c.Account, Address: c.Address, EmailKey: c.EmailKey, Challenge: c.Challenge,
		Send: binding.SendID{1}, Event: "e", Request: string(binding.NewRequest()), Now: s.now})
	if err != nil || l.dropped != 1 {
		t.Errorf("%v with %d answers dropped", err, l.dropped)
	}
	if bound := s.audit(); len(bound) != 1 {
		t.Errorf("%d bound", len(bound))
	}
	l.next(1)
	if err := store.LeaveFingerprint(t.Context(), client(t, func(o *dynamodb.Options) { o.HTTPClient = l }), s.tables.Bindings, s.data); err != nil || l.dropped != 1 {
		t.Errorf("the fingerprint: %v with %d answers dropped", err, l.dropped)
	}
	if print, err := store.Fingerprint(t.Context(), client(t), s.tables.Bindings); err != nil || store.CheckFingerprint(print, s.data) != nil {
		t.Errorf("the fingerprint: %q, %v", print, err)
	}
}

// TestALostAnswerOfTheMailerIsSuccess, and what was booked is counted once.
func TestALostAnswerOfTheMailerIsSuccess(t *testing.T) {
	s, l := lossy(t)
	b := binding.Booking{Inbox: address.InboxKey{1}, Account: binding.AccountKey{2}, Send: binding.SendID{3}, Now: s.now}
	for i := range binding.InboxPerAccount {
		b.Send[1] = byte(i)
		l.next(1)
		if ok, err := s.store.Book(t.Context(), b); !ok || err != nil || l.dropped != 1 {
			t.Errorf("book: %v, %v", ok, err)
		}
	}
	for _, row := range s.scan(s.tables.Limits) {
		if n := len(row["sids"].(*types.AttributeValueMemberBS).Value); n != binding.InboxPerAccount {
			t.Errorf("%d mails are counted, want %d", n, binding.InboxPerAccount)
		}
	}
	c := s.asked("finish", "finish@example.com")
	l.next(1)
	if err := s.store.Finish(t.Context(), binding.Finish{Order: s.order(c, binding.KindVerify), Now: s.now}); err != nil || l.dropped != 1 {
		t.Errorf("finish: %v", err)
	}
	if now := s.claim("finish"); len(now.Due) != 0 || now.AcceptedAt.IsZero() {
		t.Errorf("finish: the row shows %+v", now)
	}
}

// TestNobodyNoticesALostAnswer: through the service, a call whose first answer is lost is answered as
// one whose answer came, charges once, and orders one mail.
func TestNobodyNoticesALostAnswer(t *testing.T) {
	s, l := lossy(t)
	ctx := t.Context()
	do := func(what string, call func() error, want error) {
		t.Helper()
		l.next(1)
		if err := call(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if l.dropped != 1 {
			t.Errorf("%s: no written answer was dropped", what)
		}
	}
	who := session("someone")
	do("bind", func() error { _, err := s.svc.Bind(ctx, who, "someone@example.com", true, s.now); return err }, nil)
	c := s.claim("someone")
	if c.SendsToday != 1 {
		t.Errorf("bind: %d sends", c.SendsToday)
	}
	do("deliver", func() error {
		_, err := s.mailer.Deliver(ctx, s.order(c, binding.KindVerify), s.now)
		return err
	}, nil)
	s.now = s.now.Add(binding.CooldownSame)
	do("resend", func() error { _, err := s.svc.Resend(ctx, who, s.now); return err }, nil)
	do("wrong number", func() error {
		_, err := s.svc.VerifyLink(ctx, s.link(c), anotherNumber(s.number(c)), binding.NewRequest(), s.now)
		return err
	}, binding.ErrCheckMismatch)
	do("wrong code", func() error {
		_, err := s.svc.VerifyCode(ctx, who, s.wrongCode(c, 1), binding.NewRequest(), s.now)
		return err
	}, binding.ErrWrongCode)
	if c = s.claim("someone"); c.SendsToday != 2 || c.LinkTries != 1 || c.Tries != 1 || c.TriesToday != 1 {
		t.Errorf("the row counts %d sends, %d numbers, %d codes", c.SendsToday, c.LinkTries, c.Tries)
	}
	do("not me", func() error { _, err := s.svc.Deny(ctx, s.link(c), binding.NewRequest(), s.now); return err }, nil)
	do("undo", func() error { _, err := s.svc.UndoDeny(ctx, s.link(c), binding.NewRequest(), s.now); return err }, nil)
	if now := s.claim("someone"); now.State != binding.Pending || len(now.Denied) != 0 {
		t.Errorf("undone: %+v", now)
	}
	do("right code", func() error {
		_, err := s.svc.VerifyCode(ctx, who, s.code(c), binding.NewRequest(), s.now)
		return err
	}, nil)
	do("dispute", func() error {
		out, err := s.svc.Deny(ctx, s.link(c), binding.NewRequest(), s.now)
		if err == nil && !out.Bound {
			t.Error("a bound address is not told to be")
		}
		return err
	}, nil)
	if now := s.claim("someone"); now.Risk != binding.Disowned || now.State != binding.Bound {
		t.Errorf("disputed: %+v", now)
	}
	do("undo the dispute", func() error {
		_, err := s.svc.UndoDeny(ctx, s.link(c), binding.NewRequest(), s.now)
		return err
	}, nil)
	if now := s.claim("someone"); now.Risk != binding.NoRisk || !now.DisputedAt.IsZero() {
		t.Errorf("the dispute stands: %+v", now)
	}
	s.audit()
}

// TestAnAnswerLostForGoodIsAnOutage that leaves no half state, and asking again heals it.
func TestAnAnswerLostForGoodIsAnOutage(t *testing.T) {
	s, l := lossy(t)
	c := s.asked("unlucky", "unlucky@example.com")
	l.next(100)
	_, err := s.svc.VerifyToken(t.Context(), session("unlucky"), s.link(c), binding.NewRequest(), s.now)
	if _, refusal := errors.AsType[*binding.Refusal](err); err == nil || refusal {
		t.Errorf("%v, want an outage", err)
	}
	l.next(0)
	s.audit()
	st, err := s.svc.VerifyToken(t.Context(), session("unlucky"), s.link(c), binding.NewRequest(), s.now)
	if err != nil || st.State != binding.Bound {
		t.Errorf("asking again: %+v, %v", st, err)
	}
	if bound := s.audit(); len(bound) != 1 {
		t.Errorf("%d bound", len(bound))
	}
}

func anotherNumber(n string) string {
	if n == "0000" {
		return "0001"
	}
	return "0000"
}

var _ aws.HTTPClient = (*losing)(nil)

package store_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// step is one way to call one method. Its name is the method's, or the method's and a form.
type step struct {
	name string
	run  func(context.Context, *store.Store) error
	turn item // a form that a method turns to when its first is refused: by this row
}

func (s step) method() string {
	name, _, _ := strings.Cut(s.name, "-")
	return name
}

// file is the step's name in lower case with hyphens.
func (s step) file() string {
	var b strings.Builder
	for i, r := range s.name {
		if 'A' <= r && r <= 'Z' {
			if i > 0 && !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// The inputs of the steps are fixed, so that a request differs from its golden only if an expression does.
var (
	noon     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	account  = binding.AccountKey{0xac, 1}
	emailKey = address.EmailKey{0xee, 2}
	cid      = binding.ChallengeID{0xc1, 3}
	sid      = binding.SendID{0x51, 4}
	inbox    = address.InboxKey{0x1b, 5}
	physical = store.Tables{Accounts: "stack-accounts", Bindings: "stack-bindings", Recoveries: "stack-recoveries",
		Credentials: "stack-credentials", Limits: "stack-limits"}
	wang = mustAddress("Wang.Li@example.com")
)

func mustAddress(s string) address.Address {
	a, err := address.Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

func opening() binding.Opening {
	return binding.Opening{Account: account, Address: wang, EmailKey: emailKey, Challenge: cid, Key: token.KeyID{1, 2, 3, 4}, Send: sid, Now: noon,
		Who: binding.Who{Issuer: "https://idp.example", Subject: "u-42", Label: "李记灯饰", Locale: "zh-CN"}}
}

func theBinding() binding.Binding {
	return binding.Binding{Account: account, Address: wang, EmailKey: emailKey, Challenge: cid, Send: sid,
		Event: "binding.bound/r1", Request: "r1", Now: noon}
}

func requeue(f binding.RequeueForm) binding.Requeue {
	return binding.Requeue{Account: account, Form: f, Send: sid, Now: noon}
}

func try(op string) binding.Try {
	return binding.Try{Account: account, Challenge: cid, Op: op, Now: noon}
}

func denial() binding.Denial {
	return binding.Denial{Account: account, EmailKey: emailKey, Challenge: cid, Event: "binding.denied/r1", Said: noon.Add(-time.Minute), Now: noon}
}

func reconfirmation(f binding.RequeueForm) binding.Reconfirmation {
	return binding.Reconfirmation{Account: account, Form: f, Challenge: cid, Key: token.KeyID{1, 2, 3, 4}, Send: sid, Now: noon}
}

func confirmation(doubted bool) binding.Confirmation {
	return binding.Confirmation{Account: account, Challenge: cid, Doubted: doubted, Event: "binding.well/confirmed/r1", Now: noon}
}

func news() binding.News {
	return binding.News{Account: account, Send: sid, Fate: binding.Bounced, Why: binding.WhyUnknown, At: noon}
}

// twoSigns are of a mailbox that came to an end.
func twoSigns() []binding.Sign {
	return []binding.Sign{{At: noon.Add(-25 * time.Hour), Kind: binding.SignGone, Mail: "0M"}, {At: noon, Kind: binding.SignGone, Mail: "0N"}}
}

func observation() binding.Observation {
	return binding.Observation{Account: account, EmailKey: emailKey, Mailed: noon.Add(-time.Hour), Sign: twoSigns()[1]}
}

// verdict finds the mailbox bounced, where nothing was held against it.
func verdict() binding.Verdict {
	return binding.Verdict{Account: account, EmailKey: emailKey, Signs: twoSigns()[:1], Event: "binding.at_risk/bounced/r1",
		Standing: binding.Standing{Risk: binding.MailBounced, Since: noon}}
}

func finishOf(k binding.Kind) binding.Finish {
	return binding.Finish{Order: binding.Order{Account: account, EmailKey: emailKey, Kind: k, Send: sid}, Now: noon}
}

// steps lists every exported method, in every form that makes a request of its own.
func steps() []step {
	disowned, atRisk := denial(), denial()
	disowned.Disowned = true
	atRisk.Disowned, atRisk.Signs, atRisk.Restore = true, twoSigns(), binding.Standing{Risk: binding.Broken, Since: noon}
	anew, well, dropping, noSigns := verdict(), verdict(), verdict(), verdict()
	anew.Was, anew.Signs, anew.Event = binding.Standing{Risk: binding.MailBounced, Since: noon.Add(-time.Hour)}, twoSigns(), ""
	well.Was, well.Standing, well.Event = verdict().Standing, binding.Standing{}, "binding.well/delivered/r1"
	dropping.Standing, dropping.Signs, dropping.Drop, dropping.Event = binding.Standing{}, twoSigns(), twoSigns()[:1], ""
	noSigns.Signs = nil
	notSent, forgetting := finishOf(binding.KindVerify), finishOf(binding.KindVerify)
	notSent.Fate, notSent.Why = binding.NotSent, binding.WhyHeld
	forgetting.Ended = []address.EmailKey{{1}, {2}}
	type c = context.Context
	type s = *store.Store
	denies := func(name string, f func(s, c, binding.Denial) error, d binding.Denial) step {
		return step{name: name, run: func(ctx c, st s) error { return f(st, ctx, d) }}
	}
	return append(recoverySteps(), []step{
		{name: "Claim", run: func(ctx c, st s) error { _, err := st.Claim(ctx, account, noon); return err }},
		{name: "Open", run: func(ctx c, st s) error { _, err := st.Open(ctx, opening()); return err }},
		{name: "Requeue-SameCode", run: func(ctx c, st s) error { _, err := st.Requeue(ctx, requeue(binding.SameCode)); return err }},
		{name: "Requeue-NewCode", run: func(ctx c, st s) error { _, err := st.Requeue(ctx, requeue(binding.NewCode)); return err }},
		{name: "Requeue-Overdue", run: func(ctx c, st s) error { _, err := st.Requeue(ctx, requeue(binding.Overdue)); return err }},
		{name: "Requeue-OverdueNewCode", run: func(ctx c, st s) error { _, err := st.Requeue(ctx, requeue(binding.OverdueNewCode)); return err }},
		{name: "ChargeNumber", run: func(ctx c, st s) error { _, err := st.ChargeNumber(ctx, try("r1/number")); return err }},
		{name: "ChargeCode", run: func(ctx c, st s) error { _, err := st.ChargeCode(ctx, try("r1/code")); return err }},
		{name: "GiveBack-Number", run: func(ctx c, st s) error { return st.GiveBack(ctx, try("r1/number"), false) }},
		{name: "GiveBack-Code", run: func(ctx c, st s) error { return st.GiveBack(ctx, try("r1/code"), true) }},
		{name: "Bind", run: func(ctx c, st s) error { return st.Bind(ctx, theBinding()) }},
		denies("Deny", (*store.Store).Deny, denial()),
		denies("DenyMoved", (*store.Store).DenyMoved, denial()),
		denies("Dispute", (*store.Store).Dispute, denial()),
		denies("Undo", (*store.Store).Undo, denial()),
		denies("UndoMoved", (*store.Store).UndoMoved, denial()),
		denies("DisputeOnly", (*store.Store).DisputeOnly, denial()),
		denies("UndoDispute", (*store.Store).UndoDispute, denial()),
		denies("UndoDispute-Well", (*store.Store).UndoDispute, disowned),
		denies("UndoDispute-AtRisk", (*store.Store).UndoDispute, atRisk),
		{name: "Reconfirm-Afresh", run: func(ctx c, st s) error { _, err := st.Reconfirm(ctx, reconfirmation(binding.Afresh)); return err }},
		{name: "Reconfirm-SameCode", run: func(ctx c, st s) error { _, err := st.Reconfirm(ctx, reconfirmation(binding.SameCode)); return err }},
		{name: "Reconfirm-NewCode", run: func(ctx c, st s) error { _, err := st.Reconfirm(ctx, reconfirmation(binding.NewCode)); return err }},
		{name: "Reconfirm-Overdue", run: func(ctx c, st s) error { _, err := st.Reconfirm(ctx, reconfirmation(binding.Overdue)); return err }},
		{name: "Reconfirm-OverdueNewCode", run: func(ctx c, st s) error {
			_, err := st.Reconfirm(ctx, reconfirmation(binding.OverdueNewCode))
			return err
		}},
		{name: "Confirm", run: func(ctx c, st s) error { _, err := st.Confirm(ctx, confirmation(false)); return err }},
		{name: "Confirm-Doubted", run: func(ctx c, st s) error { _, err := st.Confirm(ctx, confirmation(true)); return err }},
		{name: "Tell", run: func(ctx c, st s) error { return st.Tell(ctx, news()) }},
		{name: "Observe", run: func(ctx c, st s) error { _, err := st.Observe(ctx, observation()); return err }},
		{name: "Judge", run: func(ctx c, st s) error { return st.Judge(ctx, verdict()) }},
		{name: "Judge-Anew", run: func(ctx c, st s) error { return st.Judge(ctx, anew) }},
		{name: "Judge-Well", run: func(ctx c, st s) error { return st.Judge(ctx, well) }},
		{name: "Judge-Dropping", run: func(ctx c, st s) error { return st.Judge(ctx, dropping) }},
		{name: "Judge-NoSigns", run: func(ctx c, st s) error { return st.Judge(ctx, noSigns) }},
		{name: "Load", run: func(ctx c, st s) error { _, _, err := st.Load(ctx, account, emailKey, noon); return err }},
		{name: "Book", run: func(ctx c, st s) error {
			_, err := st.Book(ctx, binding.Booking{Inbox: inbox, Account: account, Send: sid, Now: noon})
			return err
		}},
		{name: "Finish", run: func(ctx c, st s) error { return st.Finish(ctx, finishOf(binding.KindVerify)) }},
		{name: "Finish-NotSent", run: func(ctx c, st s) error { return st.Finish(ctx, notSent) }},
		{name: "Finish-Forgetting", run: func(ctx c, st s) error { return st.Finish(ctx, forgetting) }},
		{name: "Finish-Receipt", run: func(ctx c, st s) error { return st.Finish(ctx, finishOf(binding.KindBound)) }},
	}...)
}

// withKeyRow adds the two functions that need no Store, because they run before there is one.
func withKeyRow(t testing.TB, api store.API) []step {
	d := dataKey(t)
	return append(steps(),
		step{name: "Fingerprint", run: func(ctx context.Context, _ *store.Store) error {
			_, err := store.Fingerprint(ctx, api, physical.Bindings)
			return err
		}},
		step{name: "LeaveFingerprint", run: func(ctx context.Context, _ *store.Store) error {
			return store.LeaveFingerprint(ctx, api, physical.Bindings, d)
		}})
}

// TestEveryMethodIsAStep keeps the list whole: rules that are held over all steps hold over all methods.
func TestEveryMethodIsAStep(t *testing.T) {
	listed := map[string]bool{}
	for _, s := range steps() {
		listed[s.method()] = true
	}
	for m := range reflect.TypeFor[*store.Store]().Methods() {
		if !listed[m.Name] {
			t.Errorf("method %s is not in steps()", m.Name)
		}
		delete(listed, m.Name)
	}
	for name := range listed {
		t.Errorf("steps() names %s, which is no method", name)
	}
}

// requests gives what each step asks of DynamoDB when everything succeeds, but for what makes it turn to another form.
func requests(t testing.TB) map[string]any {
	t.Helper()
	out := map[string]any{}
	var seen []any
	api := answers(nil, &seen)
	write, turn := api.update, item(nil)
	api.update = func(in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
		if turn == nil {
			return write(in)
		}
		row := turn
		turn = nil
		return nil, failedCondition(row)
	}
	st := store.New(api, physical, dataKey(t))
	for _, s := range withKeyRow(t, api) {
		seen, turn = nil, s.turn
		if err := s.run(context.Background(), st); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if len(seen) != 1 {
			t.Fatalf("%s made %d calls, want 1", s.name, len(seen))
		}
		out[s.name] = seen[0]
	}
	return out
}

package store_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// A site is the whole service on DynamoDB Local: real keys, real rows, a sender that keeps letters.
type site struct {
	t      testing.TB
	svc    *binding.Service
	mailer *binding.Mailer
	store  *store.Store
	data   *token.DataKey
	names  binding.Names
	tables store.Tables
	now    time.Time
	calm   bool // no call is disturbed
	post
}

// post keeps the letters that were sent.
type post struct {
	mu      sync.Mutex
	letters []binding.Letter
}

func (p *post) Send(_ context.Context, l binding.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, l)
	return nil
}

func (p *post) last() binding.Letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.letters[len(p.letters)-1]
}

// newSite makes the tables and a service whose calls go through wrap.
func newSite(t testing.TB, c *dynamodb.Client, wrap func(store.API) store.API) *site {
	t.Helper()
	s := &site{t: t, data: dataKey(t), tables: tables(t, client(t)), now: noonToday(), calm: wrap == nil}
	s.names = binding.Names{Data: s.data, Namespace: "main"}
	var api store.API = c
	if wrap != nil {
		api = wrap(c)
	}
	s.store = store.New(api, s.tables, s.data)
	keys, err := token.NewKeyring(t.Context(), token.Scope{Stage: "test", Epoch: 1}, func(context.Context) (token.Secrets, error) {
		return token.Secrets{Current: bytes.Repeat([]byte("t"), 64)}, nil
	}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.svc = &binding.Service{Store: s.store, Names: s.names, Keys: keys, TestDomains: true}
	s.mailer = &binding.Mailer{Outbox: s.store, Sender: &s.post, Names: s.names, Keys: keys}
	return s
}

// noonToday keeps a test's minutes within one UTC day, and rows young by the clock that TTL goes by.
func noonToday() time.Time { return time.Unix(binding.Day(time.Now())*86400+43200, 0).UTC() }

// session is the account holder's; the account is named by its JWT subject.
func session(sub string) binding.Session {
	return binding.Session{Who: binding.Who{Issuer: "https://idp.example", Subject: sub, Label: "李记灯饰", Locale: "zh-CN"}}
}

// asked has the account ask for the address, and gives its claim.
func (s *site) asked(sub, email string) binding.Claim {
	s.t.Helper()
	if _, err := patient(func() (binding.Status, error) {
		return s.svc.Bind(s.t.Context(), session(sub), email, true, s.now)
	}); err != nil {
		s.t.Errorf("bind %s: %v", sub, err)
	}
	return s.claim(sub)
}

func (s *site) claim(sub string) binding.Claim {
	s.t.Helper()
	c, err := s.store.Claim(s.t.Context(), s.names.Account(sub), s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// code and link are what the mail of a claim carries; of a bound account, the code is its confirmation's.
func (s *site) code(c binding.Claim) string {
	if c.State == binding.Bound {
		return s.svc.Keys.Current().Code(token.Reconfirm, c.Account, c.Confirming, c.CodesUsed)
	}
	return s.svc.Keys.Current().Code(token.Verify, c.Account, c.Challenge, c.CodesUsed)
}

func (s *site) link(c binding.Claim) string {
	return binding.Link{Key: s.svc.Keys.Current(), Account: c.Account, Challenge: c.Challenge, Address: c.Address,
		Label: c.Who.Label, Expires: c.Expires}.Seal()
}

func (s *site) number(c binding.Claim) string {
	return s.svc.Keys.Current().Number(c.Account, c.Challenge)
}

// wrongCode is a code that the claim does not have.
func (s *site) wrongCode(c binding.Claim, i int) string {
	for ; ; i += 1 << 16 {
		const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
		b := make([]byte, token.CodeLen)
		for j, n := range b {
			b[j] = alphabet[(i>>(5*j)+int(n))&31]
		}
		if string(b) != s.code(c) {
			return string(b)
		}
	}
}

func (s *site) order(c binding.Claim, k binding.Kind) binding.Order {
	return binding.Order{Account: c.Account, EmailKey: c.EmailKey, Kind: k, Send: c.Due[k]}
}

// deliver ends the order of the claim's row.
func (s *site) deliver(sub string, k binding.Kind) binding.Outcome {
	s.t.Helper()
	out, err := s.mailer.Deliver(s.t.Context(), s.order(s.claim(sub), k), s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// scan reads a whole table by key.
func (s *site) scan(table string) map[string]item {
	s.t.Helper()
	out := map[string]item{}
	pages := dynamodb.NewScanPaginator(client(s.t), &dynamodb.ScanInput{TableName: &table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range page.Items {
			out[row["pk"].(*types.AttributeValueMemberS).Value] = row
		}
	}
	return out
}

func same(a, b types.AttributeValue) bool { return a != nil && b != nil && flat(a) == flat(b) }

// feedback takes the provider's reports, by the same store.
func (s *site) feedback() *binding.Feedback { return &binding.Feedback{Store: s.store} }

// tag is the newest mail's that the account asked for.
func tag(c binding.Claim, kind binding.Kind) binding.Tag {
	return binding.Tag{Kind: kind, Account: c.Account, EmailKey: c.EmailKey, Send: c.Send}
}

// report has the provider tell of the claim's newest mail.
func (s *site) report(c binding.Claim, kind binding.Kind, fate binding.Fate, why binding.Why, at time.Time) binding.Heard {
	s.t.Helper()
	heard, err := s.feedback().Take(s.t.Context(), binding.Report{Tag: tag(c, kind), Fate: fate, Why: why, At: at})
	if err != nil {
		s.t.Fatal(err)
	}
	return heard
}

// boundBy is an account that is bound to a new address.
func (s *site) boundBy(sub, email string) binding.Claim {
	s.t.Helper()
	c := s.asked(sub, email)
	if _, err := s.svc.VerifyToken(s.t.Context(), session(sub), s.link(c), binding.NewRequest(), s.now); err != nil {
		s.t.Fatal(err)
	}
	return s.claim(sub)
}

// receiptLink is what the receipt of a binding carries: it says "not me", and binds nothing.
func (s *site) receiptLink(c binding.Claim) string {
	return binding.Link{Key: s.svc.Keys.Current(), Account: c.Account, Challenge: c.Challenge, Address: c.Address, Expires: c.BoundAt}.Seal()
}

// audit holds every row of the tables against every other: P2 and P3 as they stand on disk. It gives
// the keys of the accounts that are bound.
func (s *site) audit() map[string]bool {
	s.t.Helper()
	accounts, bindings := s.scan(s.tables.Accounts), s.scan(s.tables.Bindings)
	bound := map[string]bool{}
	for pk, row := range accounts {
		has := bindings["b#"+pk]
		switch row["state"].(*types.AttributeValueMemberS).Value {
		case "bound":
			bound[pk] = true
			ek := address.EmailKey(row["ek"].(*types.AttributeValueMemberB).Value)
			email := bindings["e#"+ek.String()]
			if !same(has["ek"], row["ek"]) || !same(has["cid"], row["cid"]) || !same(has["bound_at"], row["bound_at"]) {
				s.t.Errorf("account %s is bound, its row of bindings says %v", pk, has)
			}
			if owner, ok := email["owner"].(*types.AttributeValueMemberB); !ok || binding.AccountKey(owner.Value).String() != pk {
				s.t.Errorf("account %s is bound, the address's row says %v", pk, email)
			}
			if !same(email["cid"], row["cid"]) || !same(email["bound_at"], row["bound_at"]) {
				s.t.Errorf("account %s and its address tell of different bindings", pk)
			}
			left := []string{"ttl", "link_tries", "due_verify"}
			if row["rcid"] == nil { // no confirmation was asked for
				left = append(left, "expires", "resend_at", "tries", "due_reconfirm")
			}
			for _, left := range left {
				if row[left] != nil {
					s.t.Errorf("account %s is bound and keeps %s", pk, left)
				}
			}
		default:
			if has != nil || row["bound_at"] != nil || row["due_bound"] != nil {
				s.t.Errorf("account %s is not bound, and half a binding is there: %v", pk, has)
			}
			if row["ttl"] == nil {
				s.t.Errorf("account %s is not bound and would be kept for ever", pk)
			}
			for _, early := range []string{"rcid", "due_reconfirm", "signs", "risk", "disputed_at", "proved_at"} {
				if row[early] != nil {
					s.t.Errorf("account %s is not bound and has %s", pk, early)
				}
			}
		}
	}
	s.auditAddresses(bindings, bound)
	return bound
}

func (s *site) auditAddresses(bindings map[string]item, bound map[string]bool) {
	s.t.Helper()
	addresses := 0
	for pk, row := range bindings {
		switch pk[:2] {
		case "e#":
			addresses++
			sealed := row["addr"].(*types.AttributeValueMemberB).Value
			plain, err := s.data.OpenAtRest(token.Place{Table: "bindings", Key: pk, Attribute: "addr"}, sealed)
			if err != nil || "e#"+s.names.Email(mustAddress(string(plain))).String() != pk {
				s.t.Errorf("the address under %s does not belong there: %v", pk, err)
			}
			if owner := binding.AccountKey(row["owner"].(*types.AttributeValueMemberB).Value); !bound[owner.String()] {
				s.t.Errorf("%s belongs to an account that is not bound", pk)
			}
		case "b#":
			if !bound[pk[2:]] {
				s.t.Errorf("%s is of an account that is not bound", pk)
			}
		default:
			s.t.Errorf("bindings holds %s", pk)
		}
	}
	if addresses != len(bound) || len(bindings) != 2*len(bound) {
		s.t.Errorf("%d accounts bound, %d addresses, %d rows of bindings", len(bound), addresses, len(bindings))
	}
}

package store_test

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/password"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// A rescue is all of recovery on a site: for people who want back in, for the mailer and for the platform.
type rescue struct {
	*site
	service  *recovery.Service
	platform *recovery.Platform
	rescuer  *recovery.Mailer
	hasher   *hasher
}

// hasher counts the hashes that argon2id would have to make.
type hasher struct {
	mu     sync.Mutex
	hashed int
}

func (h *hasher) Hash(normal string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hashed++
	return "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("c", 22) + "$" + normal + strings.Repeat("h", max(0, 43-len(normal)))
}

func (h *hasher) Verify(phc, normal string) (ok, stale bool, err error) {
	_, rest, is := strings.Cut(phc, strings.Repeat("c", 22)+"$")
	if !is {
		return false, false, errors.New("no hash of ours")
	}
	return strings.TrimRight(rest, "h") == strings.TrimRight(normal, "h"), false, nil
}

func (h *hasher) Dummy(string) {}

const (
	oldPassword = "the old pass phrase of li"
	newPassword = "seven lamps over the quay"
)

var home = netip.MustParseAddr("203.0.113.7")

// newRescue is a site on the next day: rows of limits live for two hours, and the tables collect by the clock.
func newRescue(t testing.TB, c *dynamodb.Client, wrap func(store.API) store.API) *rescue {
	t.Helper()
	s := newSite(t, c, wrap)
	s.now = s.now.Add(24 * time.Hour)
	h, policy := &hasher{}, password.Policy{Platform: "Lantern Market"}
	return &rescue{
		site: s, hasher: h,
		service:  &recovery.Service{Store: s.store, Names: s.names, Keys: s.svc.Keys, Policy: policy, Hasher: h},
		platform: &recovery.Platform{Store: s.store, Names: s.names, Keys: s.svc.Keys, Policy: policy, Hasher: h},
		rescuer:  &recovery.Mailer{Outbox: s.store, Sender: &s.post, Names: s.names, Keys: s.svc.Keys},
	}
}

// bound is an account bound to that address, with the old password.
func (r *rescue) bound(sub, email string) binding.Claim {
	r.t.Helper()
	c := r.asked(sub, email)
	if _, err := patient(func() (binding.Status, error) {
		return r.svc.VerifyToken(r.t.Context(), session(sub), r.link(c), binding.NewRequest(), r.now)
	}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := patient(func() (int64, error) {
		return r.platform.Set(r.t.Context(), sub, oldPassword, nil, binding.NewRequest(), r.now)
	}); err != nil {
		r.t.Fatal(err)
	}
	r.now = r.now.Add(time.Second) // so that versions rise by the clock
	return r.claim(sub)
}

func (r *rescue) ask(email string) error {
	_, err := patient(func() (int, error) { return 0, r.service.Ask(r.t.Context(), email, home, r.now) })
	return err
}

func (r *rescue) emailKey(email string) address.EmailKey { return r.names.Email(mustAddress(email)) }

func (r *rescue) row(email string) recovery.Challenge {
	r.t.Helper()
	c, _, err := r.store.Recall(r.t.Context(), r.emailKey(email), r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rescue) credential(sub string) recovery.Credential {
	r.t.Helper()
	c, err := r.store.Credential(r.t.Context(), r.names.Account(sub))
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// mail ends what is due for the address.
func (r *rescue) mail(email string) (binding.Outcome, error) {
	ek := r.emailKey(email)
	var out binding.Outcome
	var err error
	for range 40 { // a busy table fails the record, and the stream brings it again
		if out, err = r.rescuer.Deliver(r.t.Context(), recovery.Order{EmailKey: ek}, r.now); err == nil {
			break
		}
	}
	return out, err
}

// letter asks for a mail and gives it.
func (r *rescue) letter(email string) binding.Letter {
	r.t.Helper()
	if err := r.ask(email); err != nil {
		r.t.Fatal(err)
	}
	if out, err := r.mail(email); out != binding.OutcomeSent || err != nil {
		r.t.Fatalf("%s, %v", out, err)
	}
	return r.last()
}

func (r *rescue) set(l binding.Letter, typed string) (recovery.Done, error) {
	return r.service.SetPassword(r.t.Context(), recovery.Proof{Token: l.Token, Email: l.To.String()}, typed, binding.NewRequest(), r.now)
}

// auditRows holds what stands on disk: every row of recoveries has a life and the shape of all others, no
// credential ends, and what was asked for is nobody's or a bound account's. A row that nobody asked for is what a
// password set by the platform left: it says when, and no more.
func (r *rescue) auditRows() {
	r.t.Helper()
	accounts := r.scan(r.tables.Accounts)
	for pk, row := range r.scan(r.tables.Recoveries) {
		if row["ttl"] == nil {
			r.t.Errorf("recoveries %s has no life: %v", pk, row)
		}
		if row["asked_at"] == nil && (row["used_at"] == nil || len(row) != len(item{"pk": nil, "ttl": nil, "used_at": nil})) {
			r.t.Errorf("nobody asked for recoveries %s: %v", pk, row)
		}
		owner, is := row["owner"].(*types.AttributeValueMemberB)
		if is != (row["cid"] != nil) || is && len(owner.Value) != 16 {
			r.t.Errorf("recoveries %s has a challenge and says %v of its owner", pk, row["owner"])
		}
		if k := (binding.AccountKey{}); is && [16]byte(owner.Value) != k {
			if account := accounts[binding.AccountKey(owner.Value).String()]; account["bound_at"] == nil {
				r.t.Errorf("recoveries %s belongs to an account that is not bound", pk)
			}
		}
	}
	for pk, row := range r.scan(r.tables.Credentials) {
		if row["ttl"] != nil || row["hash"] == nil || row["version"] == nil || row["dk"] == nil {
			r.t.Errorf("credentials %s: %v", pk, row)
		}
	}
	for pk, row := range r.scan(r.tables.Limits) {
		if row["ttl"] == nil {
			r.t.Errorf("limits %s is kept for ever: %v", pk, row)
		}
	}
	r.audit()
}

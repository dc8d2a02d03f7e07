package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// set writes an attribute that no step of this package writes yet: what another function reports.
func (s *site) set(c binding.Claim, name, number, word string) {
	s.t.Helper()
	in := &dynamodb.UpdateItemInput{TableName: &s.tables.Accounts, Key: item{"pk": str(c.Account.String())},
		UpdateExpression: aws.String("SET " + name + "=:v"), ExpressionAttributeValues: item{":v": str(word)}}
	if number != "" {
		in.ExpressionAttributeValues[":v"] = num(number)
	}
	if _, err := client(s.t).UpdateItem(s.t.Context(), in); err != nil {
		s.t.Fatal(err)
	}
}

// TestAHigherFateStands: the mailer's verdict never takes back what the provider reported, and the
// order ends all the same; a lower or absent fate gives way.
func TestAHigherFateStands(t *testing.T) {
	s := newSite(t, client(t), nil)
	for fate := binding.Queued; fate <= binding.Complained; fate++ {
		sub := fmt.Sprint("fate ", fate)
		c := s.asked(sub, fmt.Sprintf("fate%d@example.com", fate))
		if fate != binding.Queued {
			s.set(c, "fate", fmt.Sprint(int(fate)), "")
			s.set(c, "why", "", "temporary")
		}
		f := binding.Finish{Order: s.order(c, binding.KindVerify), Fate: binding.Sent, Why: binding.WhyHeld, Now: s.now}
		if err := s.store.Finish(t.Context(), f); err != nil {
			t.Errorf("%s: %v", fate, err)
		}
		now, want, why := s.claim(sub), fate, binding.WhyTemporary
		if fate < binding.Sent {
			want, why = binding.Sent, binding.WhyHeld
		}
		if now.Fate != want || now.Why != why || len(now.Due) != 0 {
			t.Errorf("%s: the row shows %s, %q, due %v; want %s, %q", fate, now.Fate, now.Why, now.Due, want, why)
		}
	}
}

// TestARiskThatHoldsIsNotTakenBack: "not me" on a mailbox that is broken already marks the dispute and
// leaves the risk, and its undoing does not heal the mailbox.
func TestARiskThatHoldsIsNotTakenBack(t *testing.T) {
	s := newSite(t, client(t), nil)
	c := s.asked("broken", "broken@example.com")
	if _, err := s.svc.VerifyToken(t.Context(), session("broken"), s.link(c), binding.NewRequest(), s.now); err != nil {
		t.Fatal(err)
	}
	for _, risk := range []binding.Risk{binding.Broken, binding.OwnerChanged} {
		s.set(c, "risk", "", string(risk))
		s.set(c, "risk_since", fmt.Sprint(s.now.Unix()), "")
		if out, err := s.svc.Deny(t.Context(), s.link(c), binding.NewRequest(), s.now); err != nil || !out.Bound {
			t.Errorf("%s: not me: %+v, %v", risk, out, err)
		}
		d := binding.Denial{Account: c.Account, EmailKey: c.EmailKey, Challenge: c.Challenge, Event: "e", Now: s.now}
		if err := s.store.UndoDispute(t.Context(), d); !isRefused(err) {
			t.Errorf("%s: undone: %v", risk, err)
		}
		if now := s.claim("broken"); now.Risk != risk || now.DisputedAt.IsZero() {
			t.Errorf("%s: the row shows %q, disputed at %v", risk, now.Risk, now.DisputedAt)
		}
	}
	s.set(c, "risk", "", "bounced") // a risk that a delivery would end gives way
	if out, err := s.svc.Deny(t.Context(), s.link(c), binding.NewRequest(), s.now); err != nil || !out.Bound {
		t.Errorf("bounced: not me: %+v, %v", out, err)
	}
	if now := s.claim("broken"); now.Risk != binding.Disowned {
		t.Errorf("bounced: the row shows %q", now.Risk)
	}
	s.audit()
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*binding.Refused](err)
	return ok
}

// TestTheFirstFingerprintStands: two instances of one key agree, and one of another key is told so and
// changes nothing.
func TestTheFirstFingerprintStands(t *testing.T) {
	c := client(t)
	table := tables(t, c).Bindings
	other, err := token.NewDataKey([]byte(strings.Repeat("o", 64)))
	if err != nil {
		t.Fatal(err)
	}
	if print, err := store.Fingerprint(t.Context(), c, table); print != "" || err != nil {
		t.Errorf("a new stack: %q, %v", print, err)
	}
	own := dataKey(t)
	for range 2 {
		if err := store.LeaveFingerprint(t.Context(), c, table, own); err != nil {
			t.Error(err)
		}
	}
	if err := store.LeaveFingerprint(t.Context(), c, table, other); !errors.Is(err, store.ErrKeyMismatch) {
		t.Errorf("another key: %v", err)
	}
	if print, err := store.Fingerprint(t.Context(), c, table); print != own.Fingerprint() || err != nil {
		t.Errorf("%q, %v", print, err)
	}
}

package store_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/store"
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
		sub := fmt.Sprint("fate ", int(fate)) // two of them go by one word
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

// TestARiskThatHoldsIsNotTakenBack: "not me" disowns a mailbox that is broken already, or belongs to somebody else,
// and its undoing does not heal the mailbox, be it that the end is told while it is disowned.
func TestARiskThatHoldsIsNotTakenBack(t *testing.T) {
	s := newSite(t, client(t), nil)
	for risk, why := range map[binding.Risk]binding.Why{binding.Broken: binding.WhyUnknown, binding.OwnerChanged: binding.WhyOwnerChanged, binding.NoRisk: ""} {
		for _, told := range []string{"before", "between"} {
			sub := told + "-" + string(risk)
			c := s.boundBy(sub, sub+"@example.com")
			link := s.receiptLink(c)
			s.now = s.now.Add(25 * time.Hour)
			deny := func() {
				if out, err := s.svc.Deny(t.Context(), link, binding.NewRequest(), s.now); err != nil || !out.Bound {
					t.Errorf("%s: not me: %+v, %v", sub, out, err)
				}
			}
			tell := func() {
				fate := binding.Bounced
				if risk == binding.NoRisk {
					fate = binding.Delivered
				}
				first := c // of two mails
				first.Send[0] ^= 1
				s.report(first, binding.KindBound, fate, why, s.now.Add(-25*time.Hour))
				s.report(c, binding.KindBound, fate, why, s.now)
			}
			if told == "between" {
				deny()
				tell()
			} else {
				tell()
				if now := s.claim(sub); now.Risk != risk {
					t.Fatalf("%s: the row shows %q", sub, now.Risk)
				}
				deny()
			}
			if now := s.claim(sub); now.Risk != binding.Disowned || now.DisputedAt != s.now || len(now.Signs) != 2 {
				t.Errorf("%s: disowned, the row shows %+v", sub, now)
			}
			if _, err := s.svc.UndoDeny(t.Context(), link, binding.NewRequest(), s.now); err != nil {
				t.Errorf("%s: undo: %v", sub, err)
			}
			if now := s.claim(sub); now.Risk != risk || !now.DisputedAt.IsZero() || now.State != binding.Bound {
				t.Errorf("%s: undone, the row shows %+v", sub, now)
			}
		}
	}
	s.audit()
}

// TestADenialThatStandsStillEndsAClaim: no step leaves a claim pending whose address is denied, and if one did, "not
// me" would not be lost on it.
func TestADenialThatStandsStillEndsAClaim(t *testing.T) {
	s := newSite(t, client(t), nil)
	c := s.asked("odd", "odd@example.com")
	s.set(c, "denied_"+hex.EncodeToString(c.EmailKey[:]), fmt.Sprint(s.now.Add(binding.DeniedFor).Unix()), "")
	if _, err := s.svc.Deny(t.Context(), s.link(c), binding.NewRequest(), s.now); err != nil {
		t.Error(err)
	}
	if now := s.claim("odd"); now.State != binding.Denied {
		t.Errorf("the row is %s", now.State)
	}
}

// TestTheFirstFingerprintStands: two instances of one key agree, and one of another key is told so and
// changes nothing.
func TestTheFirstFingerprintStands(t *testing.T) {
	c := client(t)
	table := tables(t, c).Bindings
	other := dataKeyOf(t, "o")
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

package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// stolen is what somebody can do who holds a mail: a new password by its link, one by a grant for its code, and
// that grant at the platform.
func (r *rescue) stolen(l binding.Letter) []func() error {
	r.t.Helper()
	ctx := r.t.Context()
	grant, err := patient(func() (recovery.Grant, error) {
		return r.service.ProveCode(ctx, l.To.String(), l.Code, binding.NewRequest(), r.now)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return []func() error{
		func() error { _, err := r.set(l, "a phrase of the thief in the fog"); return err },
		func() error {
			_, err := r.service.SetPassword(ctx, recovery.Proof{Grant: grant.Text}, "another phrase of the thief", binding.NewRequest(), r.now)
			return err
		},
		func() error {
			_, err := r.platform.Redeem(ctx, grant.Text, "order-1", binding.NewRequest(), r.now)
			return err
		},
	}
}

// TestAPasswordSetInASessionEndsWhatAThiefHolds: the thief comes at the same time, by link, code and grant. However
// it falls out, the password is the session's, and nothing that was mailed before is good any more.
func TestAPasswordSetInASessionEndsWhatAThiefHolds(t *testing.T) {
	rescueWithConflicts(t, func(t *testing.T, r *rescue) {
		for round := range 5 {
			sub, email := fmt.Sprint("li-", round), fmt.Sprintf("li%d@example.com", round)
			r.bound(sub, email)
			thief := r.stolen(r.letter(email))
			var version atomic.Int64
			atOnce(1+len(thief), func(i int) error {
				if i > 0 {
					_, err := patient(func() (int, error) { return 0, thief[i-1]() })
					return err
				}
				v, err := patient(func() (int64, error) {
					return r.platform.Set(t.Context(), sub, newPassword, nil, binding.NewRequest(), r.now)
				})
				if version.Store(v); err != nil {
					t.Errorf("round %d: the session's own: %v", round, err)
				}
				return err
			})
			before := r.credential(sub)
			if before.Version != version.Load() || before.Challenge != (binding.ChallengeID{}) {
				t.Errorf("round %d: the credential is %+v, the session was told version %d", round, before, version.Load())
			}
			if c := r.row(email); c.UsedAt.IsZero() || c.Due != (binding.SendID{}) || !c.ResendAt.IsZero() {
				t.Errorf("round %d: the row is %+v", round, c)
			}
			for i, again := range thief[:2] {
				if _, err := patient(func() (int, error) { return 0, again() }); !errors.Is(err, recovery.ErrRefused) {
					t.Errorf("round %d: way %d afterwards: %v", round, i, err)
				}
			}
			if after := r.credential(sub); after.Hash != before.Hash || after.Version != before.Version {
				t.Errorf("round %d: the credential became %+v", round, after)
			}
			r.letter(email) // the bell is heard
		}
		r.auditRows()
	})
}

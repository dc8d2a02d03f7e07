package store

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// takes is recovery.Challenge.Takes: the challenge is the row's, or the one before it for GrantLife after it
// was replaced, and not over for longer than a grant lives. Its values are takesValues.
const takes = "(cid=:cid OR (pcid=:cid AND opened>:grant)) AND expires>:grant"

func takesValues(id binding.ChallengeID, now time.Time) values {
	return values{":cid": blob(id[:]), ":grant": at(now.Add(-recovery.GrantLife)), ":now": at(now)}
}

// fresh keeps a call whose answer was lost from being charged again. Presentations have a name of their own
// (pop), so that a stranger's guess between a presentation and its giving back does not keep it.
const (
	fresh        = "(attribute_not_exists(op) OR op<>:op)"
	freshPresent = "(attribute_not_exists(pop) OR pop<>:op)"
)

// ChargeGuess charges one try of the code. See recovery.Proofs.
func (s *Store) ChargeGuess(ctx context.Context, t recovery.Try) (recovery.Challenge, error) {
	n, old7 := triesToday(t.Now)
	return s.updateChallenge(ctx, "charge guess", t.EmailKey, expression{
		names:  n,
		update: "SET op=:op ADD tries :one, #t0 :one REMOVE " + old7,
		condition: "expires>:now AND attribute_not_exists(used_at) AND tries<:max AND (attribute_not_exists(#t0) OR #t0<:day) AND " +
			fresh,
		values: values{":op": text(t.Op), ":now": at(t.Now), ":one": num(1), ":max": num(binding.TriesPerCode), ":day": num(binding.TriesPerDay)},
	}, t.Now)
}

// GiveBackGuess undoes a charge. See recovery.Proofs. A new code starts its tries anew while op stays, and
// they are not given back; a new challenge removes op.
func (s *Store) GiveBackGuess(ctx context.Context, t recovery.Try) error {
	n, _ := triesToday(t.Now)
	return s.undo(ctx, "give back guess", t, expression{
		names:     n,
		update:    "ADD tries :minus, #t0 :minus REMOVE op",
		condition: "op=:op AND tries>:zero AND #t0>:zero",
	})
}

// Present counts that a challenge is presented with a password. See recovery.Proofs.
func (s *Store) Present(ctx context.Context, t recovery.Try) (recovery.Challenge, error) {
	v := takesValues(t.Challenge, t.Now)
	v[":op"], v[":one"], v[":most"] = text(t.Op), num(1), num(recovery.Presentations)
	return s.updateChallenge(ctx, "present", t.EmailKey, expression{
		update: "SET pop=:op ADD claims :one", condition: takes + " AND claims<:most AND " + freshPresent, values: v,
	}, t.Now)
}

// GiveBackPresented undoes a count. See recovery.Proofs.
func (s *Store) GiveBackPresented(ctx context.Context, t recovery.Try) error {
	return s.undo(ctx, "give back presented", t, expression{
		update: "ADD claims :minus REMOVE pop", condition: "pop=:op AND claims>:zero",
	})
}

// undo takes a charge back, or leaves what is no longer the newest.
func (s *Store) undo(ctx context.Context, step string, t recovery.Try, e expression) error {
	e.values = values{":op": text(t.Op), ":minus": num(-1), ":zero": num(0)}
	_, _, err := s.write(ctx, step, s.tables.Recoveries, recoveryPK(t.EmailKey), e)
	return err
}

// Redeem uses a challenge up for the platform. See recovery.Grants.
func (s *Store) Redeem(ctx context.Context, r recovery.Redemption) error {
	v := takesValues(r.Challenge, r.Now)
	v[":owner"], v[":key"], v[":ev"] = blob(r.Account[:]), blob(r.Key[:]), text(r.Event)
	_, err := s.updateChallenge(ctx, "redeem", r.EmailKey, expression{
		update:    "SET used_at=:now, used_by=:key, ev=:ev " + heard,
		condition: takes + " AND #owner=:owner AND attribute_not_exists(used_at)",
		values:    v,
	}, r.Now)
	return err
}

// heard takes off a used challenge's row what is due and how long the bell is deaf: the mails that were sent
// hold no way in any more.
const heard = "REMOVE due_recover, resend_at"

// Void ends what was mailed to an address. See recovery.Passwords. A row that is not there is not made; a grant
// that was redeemed is not given again to its own key.
func (s *Store) Void(ctx context.Context, ek address.EmailKey, now time.Time) error {
	_, _, err := s.write(ctx, "void", s.tables.Recoveries, recoveryPK(ek), expression{
		update: "SET used_at=:now " + heard + ", used_by", condition: "attribute_exists(pk)", values: values{":now": at(now)},
	})
	return err
}

// updateChallenge runs one conditional write on the row of an address and gives the row after it, or
// *recovery.Refused with the row that refused it.
func (s *Store) updateChallenge(ctx context.Context, step string, ek address.EmailKey, e expression, now time.Time) (recovery.Challenge, error) {
	row, refused, err := s.write(ctx, step, s.tables.Recoveries, recoveryPK(ek), e)
	if err != nil {
		return recovery.Challenge{}, err
	}
	c, err := challenge(ek, row, now)
	if err != nil {
		return recovery.Challenge{}, named(step, err)
	}
	if refused {
		return recovery.Challenge{}, &recovery.Refused{Old: c}
	}
	return c, nil
}

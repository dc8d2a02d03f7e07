package store

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// Recall reads the row of an address and who holds it. See recovery.Outbox.
func (s *Store) Recall(ctx context.Context, ek address.EmailKey, now time.Time) (recovery.Challenge, binding.Holder, error) {
	rows, err := s.gather(ctx, "recall", map[string]string{s.tables.Recoveries: recoveryPK(ek), s.tables.Bindings: emailPK(ek)})
	if err != nil {
		return recovery.Challenge{}, binding.Holder{}, err
	}
	c, err := challenge(ek, rows[s.tables.Recoveries], now)
	if err != nil {
		return recovery.Challenge{}, binding.Holder{}, named("recall", err)
	}
	h, err := holder(rows[s.tables.Bindings])
	if err != nil {
		return recovery.Challenge{}, binding.Holder{}, named("recall", err)
	}
	return c, h, nil
}

// Owner reads the account that an address is bound to. See recovery.Outbox. It asks in the way in which the
// mailer reads everything, so that the mailer needs no other permission.
func (s *Store) Owner(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error) {
	rows, err := s.gather(ctx, "owner", map[string]string{s.tables.Accounts: accountPK(k)})
	if err != nil {
		return binding.Claim{}, err
	}
	c, err := s.claim(k, rows[s.tables.Accounts], now)
	return c, named("owner", err)
}

// Renew opens a challenge in place of the one that was read. See recovery.Outbox. The row keeps the day's
// tries, and its ops go: what was charged of the old challenge is not given back to the new one.
func (s *Store) Renew(ctx context.Context, o recovery.Opening) (recovery.Challenge, error) {
	e := expression{
		update: "SET cid=:cid, kid=:kid, cn=:zero, coded_at=:now, opened=:now, expires=:exp, tries=:zero, claims=:zero, #owner=:owner, ev=:ev",
		values: values{
			":sid": blob(o.Send[:]), ":seen": blob(o.Seen[:]), ":cid": blob(o.Challenge[:]), ":pcid": blob(o.Previous[:]),
			":kid": text(o.Key.String()), ":owner": blob(o.Owner[:]), ":ev": text(o.Event), ":zero": num(0),
			":now": at(o.Now), ":exp": at(o.Expires),
		},
		condition: "due_recover=:sid AND cid=:seen",
	}
	if o.Seen == (binding.ChallengeID{}) {
		e.condition = "due_recover=:sid AND attribute_not_exists(cid)"
	}
	const used = " REMOVE used_at, used_by, op, pop"
	if o.Previous == (binding.ChallengeID{}) {
		e.update += used + ", pcid"
	} else {
		e.update += ", pcid=:pcid" + used
	}
	return s.updateChallenge(ctx, "renew", o.EmailKey, e, o.Now)
}

// Extend mails the living challenge once more. See recovery.Outbox.
func (s *Store) Extend(ctx context.Context, x recovery.Extension) (recovery.Challenge, error) {
	e := expression{
		update:    "SET expires=:exp, #owner=:owner",
		condition: "due_recover=:sid AND cid=:cid AND cn=:cn AND attribute_not_exists(used_at)",
		values: values{
			":sid": blob(x.Send[:]), ":cid": blob(x.Challenge[:]), ":cn": num(int64(x.CodesUsed)), ":exp": at(x.Expires),
			":owner": blob(x.Owner[:]), ":ev": text(x.Event), ":one": num(1), ":zero": num(0), ":now": at(x.Now),
		},
	}
	if x.NewCode {
		e.update += ", cn=cn+:one, coded_at=:now, tries=:zero"
	}
	if x.Event != "" {
		e.update += ", ev=:ev"
	}
	return s.updateChallenge(ctx, "extend", x.EmailKey, e, x.Now)
}

// Settle takes the order off the row. See recovery.Outbox.
func (s *Store) Settle(ctx context.Context, t recovery.Settlement) error {
	e := expression{
		update: "REMOVE due_recover", condition: "due_recover=:sid",
		values: values{":sid": blob(t.Send[:]), ":next": at(t.ResendAt), ":rung": num(int64(t.Rung)), ":now": at(t.Now)},
	}
	if t.Booked {
		e.update = "SET resend_at=:next, rung=:rung, mailed_at=:now " + e.update
	}
	_, _, err := s.write(ctx, "settle", s.tables.Recoveries, recoveryPK(t.EmailKey), e)
	return err
}

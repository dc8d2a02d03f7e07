package store

import (
	"context"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// Claim reads the row. See binding.Claims.
func (s *Store) Claim(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error) {
	row, err := s.get(ctx, "claim", s.tables.Accounts, accountPK(k))
	if err != nil {
		return binding.Claim{}, err
	}
	c, err := s.claim(k, row, now)
	return c, named("claim", err)
}

// Open starts a challenge. See binding.Claims.
//
// The cooldown for another address is told from resend_at alone: it was booked CooldownSame after the
// last order, so CooldownOther after that order is CooldownSame-CooldownOther earlier.
func (s *Store) Open(ctx context.Context, o binding.Opening) (binding.Claim, error) {
	n, old7 := today(o.Now)
	n["#deny"] = deniedName(o.EmailKey)
	addr, who := s.sealed(o.Account, o.Address, o.Who)
	e := expression{
		names: n,
		update: "SET who=:who, #state=:pending, ek=:ek, addr=:addr, canon=:v, cid=:cid, kid=:kid, cn=:zero, opened=:now, " +
			"expires=:exp, resend_at=:again, tries=:zero, link_tries=:zero, due_verify=:sid, sid=:sid, #ttl=:ttl " +
			"ADD #s0 :one REMOVE accepted_at, fate, fate_at, why, " + old7,
		condition: "attribute_not_exists(bound_at) AND (attribute_not_exists(#deny) OR #deny<=:now) " +
			"AND (attribute_not_exists(cid) OR ek<>:ek OR #state<>:pending OR expires<=:now) " +
			"AND (attribute_not_exists(resend_at) OR resend_at<=:now OR (ek<>:ek AND resend_at<=:other)) " +
			"AND (attribute_not_exists(#s0) OR #s0<:cap)",
		values: values{
			":who": who, ":addr": addr, ":pending": text(string(binding.Pending)), ":ek": blob(o.EmailKey[:]),
			":v": num(address.CanonVersion), ":cid": blob(o.Challenge[:]), ":kid": text(o.Key.String()),
			":sid": blob(o.Send[:]), ":zero": num(0), ":one": num(1), ":cap": num(binding.SendsPerDay),
			":now": at(o.Now), ":exp": at(o.Now.Add(binding.ChallengeLife)), ":again": at(o.Now.Add(binding.CooldownSame)),
			":other": at(o.Now.Add(binding.CooldownSame - binding.CooldownOther)), ":ttl": at(o.Now.Add(binding.RowLife)),
		},
	}
	return s.update(ctx, "open", o.Account, e, o.Now)
}

// Requeue orders one more mail. See binding.Claims.
func (s *Store) Requeue(ctx context.Context, q binding.Requeue) (binding.Claim, error) {
	n, old7 := today(q.Now)
	const pending = "#state=:pending AND expires>:now AND "
	free := "resend_at<=:now AND (attribute_not_exists(#s0) OR #s0<:cap) AND attribute_not_exists(due_verify) " +
		"AND (attribute_not_exists(why) OR NOT (why IN (:unknown, :nomail, :suppressed)) OR fate<=:notsent)"
	const late = "attribute_exists(due_verify) AND resend_at<=:late"
	e := expression{names: n}
	set, add := "SET due_verify=:sid, sid=:sid, resend_at=:again, #ttl=:ttl", " ADD #s0 :one"
	switch q.Form {
	case binding.SameCode:
		e.condition = pending + "tries<:max AND " + free
	case binding.NewCode:
		set += ", cn=cn+:one, tries=:zero"
		e.condition = pending + "tries>=:max AND " + free
	case binding.Overdue:
		add = ""
		e.condition = pending + "tries<:max AND " + late
	case binding.OverdueNewCode:
		add = ""
		set += ", cn=cn+:one, tries=:zero"
		e.condition = pending + "tries>=:max AND " + late
	}
	e.update = set + add + " REMOVE accepted_at, fate, fate_at, why, " + old7
	e.values = values{
		":sid": blob(q.Send[:]), ":pending": text(string(binding.Pending)), ":zero": num(0), ":one": num(1),
		":max": num(binding.TriesPerCode), ":cap": num(binding.SendsPerDay),
		":now": at(q.Now), ":again": at(q.Now.Add(binding.CooldownSame)), ":late": at(binding.LateLine(q.Now)),
		":ttl":     at(q.Now.Add(binding.RowLife)),
		":unknown": text(string(binding.WhyUnknown)), ":nomail": text(string(binding.WhyNoMail)),
		":suppressed": text(string(binding.WhySuppressed)), ":notsent": num(int64(binding.NotSent)),
	}
	return s.update(ctx, "requeue", q.Account, e, q.Now)
}

// update runs one conditional write on an account's row and gives the row after it, or *binding.Refused
// with the row that refused it.
func (s *Store) update(ctx context.Context, step string, k binding.AccountKey, e expression, now time.Time) (binding.Claim, error) {
	row, refused, err := s.write(ctx, step, s.tables.Accounts, accountPK(k), e)
	if err != nil {
		return binding.Claim{}, err
	}
	c, err := s.claim(k, row, now)
	if err == nil && refused {
		return binding.Claim{}, &binding.Refused{Old: c}
	}
	return c, named(step, err)
}

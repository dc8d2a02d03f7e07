package store

import (
	"context"

	"mailbind/shared/binding"
)

// Reconfirm orders a mail that has a bound mailbox confirmed. See binding.Claims. cid stays: it names the
// challenge that bound the address. No form sets a ttl.
func (s *Store) Reconfirm(ctx context.Context, q binding.Reconfirmation) (binding.Claim, error) {
	n, old7 := today(q.Now)
	e := expression{names: n}
	const (
		open = " AND expires>:now" // of a bound row, nothing but a confirmation expires
		free = " AND (attribute_not_exists(resend_at) OR resend_at<=:now) AND (attribute_not_exists(#s0) OR #s0<:cap)"
		none = " AND attribute_not_exists(due_reconfirm)"
		late = " AND attribute_exists(due_reconfirm) AND resend_at<=:late"
	)
	set, add := "SET due_reconfirm=:sid, sid=:sid, resend_at=:again", " ADD #s0 :one"
	e.condition = "attribute_exists(bound_at)"
	switch q.Form {
	case binding.Afresh:
		set += ", rcid=:cid, kid=:kid, cn=:zero, opened=:now, expires=:exp, tries=:zero"
		e.condition += " AND (attribute_not_exists(expires) OR expires<=:now OR kid<>:kid)" + free
	case binding.SameCode:
		e.condition += open + " AND tries<:max" + free + none
	case binding.NewCode:
		set += ", cn=cn+:one, tries=:zero"
		e.condition += open + " AND tries>=:max" + free + none
	case binding.Overdue:
		add = ""
		e.condition += open + " AND tries<:max" + late
	case binding.OverdueNewCode:
		add = ""
		set += ", cn=cn+:one, tries=:zero"
		e.condition += open + " AND tries>=:max" + late
	}
	e.update = set + add + " REMOVE accepted_at, fate, fate_at, why, " + old7
	e.values = values{
		":sid": blob(q.Send[:]), ":cid": blob(q.Challenge[:]), ":kid": text(q.Key.String()),
		":zero": num(0), ":one": num(1), ":max": num(binding.TriesPerCode), ":cap": num(binding.SendsPerDay),
		":now": at(q.Now), ":exp": at(q.Now.Add(binding.ChallengeLife)), ":again": at(q.Now.Add(binding.CooldownSame)),
		":late": at(binding.LateLine(q.Now)),
	}
	return s.update(ctx, "reconfirm", q.Account, e, q.Now)
}

// Confirm ends the open confirmation. See binding.Proofs. rcid stays, so that asking again finds it done.
func (s *Store) Confirm(ctx context.Context, c binding.Confirmation) (binding.Claim, error) {
	n, old7 := today(c.Now)
	e := expression{
		names:     n,
		update:    "SET proved_at=:now",
		condition: "attribute_exists(bound_at) AND rcid=:cid AND expires>:now AND ",
		values:    values{":now": at(c.Now), ":cid": blob(c.Challenge[:]), ":ev": text(c.Event)},
	}
	if c.Doubted {
		e.update += ", ev=:ev"
		e.condition += "(attribute_exists(risk) OR attribute_exists(disputed_at))"
	} else {
		e.condition += "attribute_not_exists(risk) AND attribute_not_exists(disputed_at)"
	}
	e.update += " REMOVE risk, risk_since, signs, disputed_at, expires, resend_at, tries, due_reconfirm, " + old7
	return s.update(ctx, "confirm", c.Account, e, c.Now)
}

package store

import (
	"context"

	"mailbind/shared/binding"
)

// Deny ends an unbound claim on this very address. See binding.Denials. The fate of the mail stays: reports of
// it come in any order.
func (s *Store) Deny(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "deny", d,
		"SET #state=:denied, #deny=:until, ev=:ev, #ttl=:ttl REMOVE due_verify",
		"ek=:ek AND attribute_not_exists(bound_at) AND (#state<>:denied OR attribute_not_exists(#deny) OR #deny<=:line) AND "+notUndone)
}

// notUndone: nobody said since that it was them after all.
const notUndone = "(attribute_not_exists(undone_at) OR undone_at<=:said OR undone_ek<>:ek)"

// DenyMoved remembers the denial alone. See binding.Denials.
func (s *Store) DenyMoved(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "deny moved", d,
		"SET #deny=:until, #ttl=:ttl",
		"attribute_exists(pk) AND attribute_not_exists(bound_at) AND ek<>:ek AND (attribute_not_exists(#deny) OR #deny<=:until) AND "+notUndone)
}

// Dispute marks a binding of this address, and disowns it. See binding.Denials. It meets bound rows only, and so
// never sets a ttl.
func (s *Store) Dispute(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "dispute", d, "SET disputed_at=:now, risk=:disowned, risk_since=:now, ev=:ev",
		"attribute_exists(bound_at) AND ek=:ek AND (attribute_not_exists(risk) OR risk<>:disowned)")
}

// DisputeOnly marks a binding of this address. See binding.Denials.
func (s *Store) DisputeOnly(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "dispute only", d, "SET disputed_at=:now, ev=:ev",
		"attribute_exists(bound_at) AND ek=:ek AND attribute_not_exists(disputed_at) AND proved_at<:said AND "+notUndone)
}

// Undo makes a denied claim pending again. See binding.Denials.
func (s *Store) Undo(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "undo", d, "SET #state=:pending, undone_at=:now, undone_ek=:ek REMOVE #deny",
		"ek=:ek AND cid=:cid AND #state=:denied AND #deny>:line AND attribute_not_exists(bound_at)")
}

// UndoMoved forgets the denial alone. See binding.Denials.
func (s *Store) UndoMoved(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "undo moved", d, "SET undone_at=:now, undone_ek=:ek REMOVE #deny", "#deny>:line")
}

// UndoDispute takes back a dispute. See binding.Denials.
func (s *Store) UndoDispute(ctx context.Context, d binding.Denial) error {
	set, remove := "SET ev=:ev, undone_at=:now, undone_ek=:ek", " REMOVE disputed_at"
	condition := "attribute_exists(bound_at) AND ek=:ek AND disputed_at>:since AND " + seenSigns(d.Signs)
	switch {
	case !d.Disowned:
		condition += " AND (attribute_not_exists(risk) OR risk<>:disowned)"
	case d.Restore.Risk == binding.NoRisk:
		condition += " AND risk=:disowned"
		remove += ", risk, risk_since"
	default:
		condition += " AND risk=:disowned"
		set += ", risk=:risk, risk_since=:risk_since"
	}
	return s.denial(ctx, "undo dispute", d, set+remove, condition)
}

func (s *Store) denial(ctx context.Context, step string, d binding.Denial, update, condition string) error {
	_, err := s.update(ctx, step, d.Account, expression{
		update: update, condition: condition,
		names: names{"#deny": deniedName(d.EmailKey)},
		values: values{
			":ek": blob(d.EmailKey[:]), ":cid": blob(d.Challenge[:]), ":ev": text(d.Event), ":now": at(d.Now), ":said": at(d.When()),
			":until": at(d.Now.Add(binding.DeniedFor)), ":ttl": at(d.Now.Add(binding.RowLife)), ":line": at(binding.UndoLine(d.Now)),
			":since": at(d.Now.Add(-binding.UndoFor)), ":denied": text(string(binding.Denied)), ":pending": text(string(binding.Pending)),
			":disowned": text(string(binding.Disowned)), ":signs": signSet(d.Signs...),
			":risk": text(string(d.Restore.Risk)), ":risk_since": at(d.Restore.Since),
		},
	}, d.Now)
	return err
}

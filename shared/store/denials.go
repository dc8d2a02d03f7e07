package store

import (
	"context"

	"mailbind/shared/binding"
)

// Deny ends an unbound claim on this very address. See binding.Denials.
func (s *Store) Deny(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "deny", d,
		"SET #state=:denied, #deny=:until, ev=:ev, #ttl=:ttl REMOVE due_verify, fate, fate_at, why",
		"ek=:ek AND attribute_not_exists(bound_at)")
}

// DenyMoved remembers the denial alone. See binding.Denials.
func (s *Store) DenyMoved(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "deny moved", d,
		"SET #deny=:until, #ttl=:ttl",
		"attribute_exists(pk) AND attribute_not_exists(bound_at) AND ek<>:ek")
}

// Dispute marks a binding of this address. See binding.Denials. It meets bound rows only, and so
// never sets a ttl.
func (s *Store) Dispute(ctx context.Context, d binding.Denial) error {
	if d.Risky {
		return s.denial(ctx, "dispute", d, "SET disputed_at=:now, ev=:ev",
			"attribute_exists(bound_at) AND ek=:ek AND risk IN (:broken, :owner_changed, :disowned)")
	}
	return s.denial(ctx, "dispute", d, "SET disputed_at=:now, risk=:disowned, risk_since=:now, ev=:ev",
		"attribute_exists(bound_at) AND ek=:ek AND (attribute_not_exists(risk) OR NOT (risk IN (:broken, :owner_changed, :disowned)))")
}

// Undo makes a denied claim pending again. See binding.Denials.
func (s *Store) Undo(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "undo", d, "SET #state=:pending REMOVE #deny",
		"ek=:ek AND cid=:cid AND #state=:denied AND #deny>:line AND attribute_not_exists(bound_at)")
}

// UndoMoved forgets the denial alone. See binding.Denials.
func (s *Store) UndoMoved(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "undo moved", d, "REMOVE #deny", "#deny>:line")
}

// UndoDispute takes back a dispute. See binding.Denials.
func (s *Store) UndoDispute(ctx context.Context, d binding.Denial) error {
	return s.denial(ctx, "undo dispute", d, "SET ev=:ev REMOVE disputed_at, risk, risk_since",
		"attribute_exists(bound_at) AND ek=:ek AND risk=:disowned AND risk_since>:since")
}

func (s *Store) denial(ctx context.Context, step string, d binding.Denial, update, condition string) error {
	_, err := s.update(ctx, step, d.Account, expression{
		update: update, condition: condition,
		names: names{"#deny": deniedName(d.EmailKey)},
		values: values{
			":ek": blob(d.EmailKey[:]), ":cid": blob(d.Challenge[:]), ":ev": text(d.Event), ":now": at(d.Now),
			":until": at(d.Now.Add(binding.DeniedFor)), ":ttl": at(d.Now.Add(binding.RowLife)), ":line": at(binding.UndoLine(d.Now)),
			":since": at(d.Now.Add(-binding.UndoFor)), ":denied": text(string(binding.Denied)), ":pending": text(string(binding.Pending)),
			":broken": text(string(binding.Broken)), ":owner_changed": text(string(binding.OwnerChanged)), ":disowned": text(string(binding.Disowned)),
		},
	}, d.Now)
	return err
}

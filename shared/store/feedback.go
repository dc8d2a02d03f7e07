package store

import (
	"context"
	"strings"

	"mailbind/shared/binding"
)

// Tell takes news of the newest send. See binding.Reports. A reason that is none is written as an empty text,
// so that there is always one to compare with.
func (s *Store) Tell(ctx context.Context, n binding.News) error {
	_, err := s.update(ctx, "tell", n.Account, expression{
		update: "SET fate=:fate, fate_at=:at, why=:why",
		condition: "sid=:sid AND (attribute_not_exists(fate) OR fate<:fate OR " +
			"(fate=:fate AND (fate_at<:at OR (fate_at=:at AND why<:why))))",
		values: values{
			":sid": blob(n.Send[:]), ":fate": num(int64(n.Fate)), ":at": at(n.At), ":why": text(string(n.Why)),
		},
	}, n.At)
	return err
}

// Observe adds a sign. See binding.Reports. Like all that is written of bound rows, it sets no ttl.
func (s *Store) Observe(ctx context.Context, o binding.Observation) (binding.Claim, error) {
	return s.update(ctx, "observe", o.Account, expression{
		update: "ADD signs :sign",
		condition: "attribute_exists(bound_at) AND ek=:ek AND proved_at<=:mailed " +
			"AND (attribute_not_exists(signs) OR size(signs)<:most OR contains(signs, :one))",
		values: values{
			":sign": signSet(o.Sign), ":one": text(signText(o.Sign)), ":most": num(binding.MaxSigns),
			":ek": blob(o.EmailKey[:]), ":mailed": at(o.Mailed),
		},
	}, o.Sign.At)
}

// Judge writes a verdict. See binding.Reports.
func (s *Store) Judge(ctx context.Context, v binding.Verdict) error {
	e := expression{
		condition: "attribute_exists(bound_at) AND ek=:ek AND " + seenSigns(v.Signs),
		values: values{
			":ek": blob(v.EmailKey[:]), ":signs": signSet(v.Signs...), ":drop": signSet(v.Drop...), ":ev": text(v.Event),
			":risk": text(string(v.Standing.Risk)), ":since": at(v.Standing.Since),
			":was": text(string(v.Was.Risk)), ":was_since": at(v.Was.Since),
		},
	}
	if v.Was.Risk == binding.NoRisk {
		e.condition += " AND attribute_not_exists(risk)"
	} else {
		e.condition += " AND risk=:was AND risk_since=:was_since"
	}
	var set, clauses []string
	if v.Standing.Risk != binding.NoRisk {
		set = append(set, "risk=:risk, risk_since=:since")
	}
	if v.Event != "" {
		set = append(set, "ev=:ev")
	}
	if len(set) > 0 {
		clauses = append(clauses, "SET "+strings.Join(set, ", "))
	}
	if v.Standing.Risk == binding.NoRisk {
		clauses = append(clauses, "REMOVE risk, risk_since")
	}
	if len(v.Drop) > 0 {
		clauses = append(clauses, "DELETE signs :drop")
	}
	e.update = strings.Join(clauses, " ")
	_, err := s.update(ctx, "judge", v.Account, e, v.Standing.Since)
	return err
}

// seenSigns is the condition that the row's signs are those. Sets are equal whatever their order, and are compared
// whole (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Condition.html, EQ).
func seenSigns(signs []binding.Sign) string {
	if len(signs) == 0 {
		return "attribute_not_exists(signs)"
	}
	return "signs=:signs"
}

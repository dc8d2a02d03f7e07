package store

import (
	"context"
	"errors"

	"mailbind/shared/binding"
)

// ChargeNumber charges one try of the check number. See binding.Proofs.
func (s *Store) ChargeNumber(ctx context.Context, t binding.Try) (binding.Claim, error) {
	e := expression{
		update:    "SET op=:op, #ttl=:ttl ADD link_tries :one",
		condition: "#state=:pending AND cid=:cid AND expires>:now AND link_tries<:three AND (attribute_not_exists(op) OR op<>:op)",
		values: values{
			":op": text(t.Op), ":cid": blob(t.Challenge[:]), ":now": at(t.Now), ":one": num(1), ":three": num(binding.LinkTries),
			":pending": text(string(binding.Pending)), ":ttl": at(t.Now.Add(binding.RowLife)),
		},
	}
	return s.update(ctx, "charge number", t.Account, e, t.Now)
}

// ChargeCode charges one try of the code. See binding.Proofs. It sets no ttl: the row may be bound.
func (s *Store) ChargeCode(ctx context.Context, t binding.Try) (binding.Claim, error) {
	n, old7 := today(t.Now)
	e := expression{
		names:  n,
		update: "SET op=:op ADD tries :one, #t0 :one REMOVE " + old7,
		condition: "(#state=:pending OR #state=:bound) AND expires>:now AND tries<:max AND (attribute_not_exists(#t0) OR #t0<:day) " +
			"AND (attribute_not_exists(op) OR op<>:op)",
		values: values{
			":op": text(t.Op), ":now": at(t.Now), ":one": num(1), ":max": num(binding.TriesPerCode), ":day": num(binding.TriesPerDay),
			":pending": text(string(binding.Pending)), ":bound": text(string(binding.Bound)),
		},
	}
	return s.update(ctx, "charge code", t.Account, e, t.Now)
}

// GiveBack undoes a charge. See binding.Proofs. The transaction removes the counters, and a new code or
// claim starts them anew while op stays: a charge that was followed by either is not given back.
func (s *Store) GiveBack(ctx context.Context, t binding.Try, code bool) error {
	n, _ := today(t.Now)
	e := expression{names: n, values: values{":op": text(t.Op), ":minus": num(-1), ":zero": num(0)}}
	if code {
		e.update = "ADD tries :minus, #t0 :minus REMOVE op"
		e.condition = "op=:op AND tries>:zero AND #t0>:zero"
	} else {
		e.update = "ADD link_tries :minus REMOVE op"
		e.condition = "op=:op AND link_tries>:zero"
	}
	_, err := s.update(ctx, "give back", t.Account, e, t.Now)
	if _, gone := errors.AsType[*binding.Refused](err); gone {
		return nil
	}
	return err
}

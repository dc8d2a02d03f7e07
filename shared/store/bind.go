package store

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// free is the condition of both rows of a binding: nobody has it, or it was released and its
// quarantine is over. With it a Put can create and never overwrite.
const free = "attribute_not_exists(pk) OR released_at<=:now"

// Bind is the transaction. See binding.Proofs. It is the one place that writes table bindings.
//
// link_tries is not looked at: three wrong numbers close the link for strangers, and must not kill
// the code or the app. The day's counters stay in the row.
func (s *Store) Bind(ctx context.Context, b binding.Binding) error {
	in := &dynamodb.TransactWriteItemsInput{
		ClientRequestToken: (*string)(&b.Request),
		TransactItems:      []types.TransactWriteItem{{Update: s.bindAccount(b)}, {Put: s.bindEmail(b)}, {Put: s.bindOwner(b)}},
	}
	err := patiently(ctx, "bind", func() error { _, err := s.api.TransactWriteItems(ctx, in); return err })
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if _, busy := errors.AsType[*binding.Conflict](err); !ok || busy {
		return err
	}
	return s.bindRefused(b, cancelled.CancellationReasons, err)
}

func (s *Store) bindAccount(b binding.Binding) *types.Update {
	n, old7 := today(b.Now)
	n["#deny"] = deniedName(b.EmailKey)
	e := expression{
		names: n,
		update: "SET #state=:bound, bound_at=:now, proved_at=:now, due_bound=:sid, ev=:ev " +
			"REMOVE due_verify, expires, resend_at, tries, link_tries, #ttl, " + old7,
		condition: "attribute_not_exists(bound_at) AND #state=:pending AND cid=:cid AND ek=:ek AND expires>:now " +
			"AND (attribute_not_exists(#deny) OR #deny<=:now)",
		values: values{
			":bound": text(string(binding.Bound)), ":pending": text(string(binding.Pending)), ":now": at(b.Now),
			":sid": blob(b.Send[:]), ":ev": text(b.Event), ":cid": blob(b.Challenge[:]), ":ek": blob(b.EmailKey[:]),
		},
	}
	used, v := e.use()
	return &types.Update{
		TableName: &s.tables.Accounts, Key: key(accountPK(b.Account)),
		UpdateExpression: &e.update, ConditionExpression: &e.condition,
		ExpressionAttributeNames: used, ExpressionAttributeValues: v,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

func (s *Store) bindEmail(b binding.Binding) *types.Put {
	pk := emailPK(b.EmailKey)
	return s.putBinding(item{
		"pk": text(pk), "owner": blob(b.Account[:]), "canon": num(address.CanonVersion),
		"addr": blob(s.data.SealAtRest(token.Place{Table: "bindings", Key: pk, Attribute: "addr"}, []byte(b.Address.String()))),
	}, b)
}

func (s *Store) bindOwner(b binding.Binding) *types.Put {
	return s.putBinding(item{"pk": text(boundPK(b.Account)), "ek": blob(b.EmailKey[:])}, b)
}

func (s *Store) putBinding(row item, b binding.Binding) *types.Put {
	row["cid"], row["bound_at"], row["dk"] = blob(b.Challenge[:]), at(b.Now), text(s.data.ID().String())
	condition := free
	return &types.Put{
		TableName: &s.tables.Bindings, Item: row, ConditionExpression: &condition,
		ExpressionAttributeValues:           values{":now": at(b.Now)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// bindRefused reads the reasons of the three parts, in the order of the request. A reason that is
// neither absent nor a false condition is an outage.
func (s *Store) bindRefused(b binding.Binding, reasons []types.CancellationReason, cause error) error {
	if len(reasons) != 3 {
		return cause
	}
	out := &binding.BindRefused{}
	for i, r := range reasons {
		if r.Code == nil || *r.Code == "None" {
			continue
		}
		if *r.Code != "ConditionalCheckFailed" {
			if slices.Contains(busyCodes, *r.Code) {
				continue // beside a false condition, which trying again cannot help
			}
			return cause
		}
		rd := reader{row: r.Item}
		switch i {
		case 0:
			old, err := s.claim(b.Account, r.Item, b.Now)
			if err != nil {
				return err
			}
			out.Old = old
		case 1:
			out.EmailTaken, out.Owner = true, rd.key("owner")
		case 2:
			out.AccountHas = true
		}
		if rd.err != nil {
			return rd.err
		}
	}
	return out
}

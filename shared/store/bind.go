package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// free is the condition of both rows of a binding: nobody has it, or it was released and its
// quarantine is over. With it a Put can create, and never overwrite what stands.
const free = "attribute_not_exists(pk) OR released_at<=:now"

// Bind is the transaction. See binding.Proofs. It is the one place that writes table bindings.
//
// link_tries is not looked at: three wrong numbers close the link for strangers, and must not kill
// the code or the app. The day's counters stay in the row.
func (s *Store) Bind(ctx context.Context, b binding.Binding) error {
	parts := []types.TransactWriteItem{s.bindAccount(b), {Put: s.bindEmail(b)}, {Put: s.bindOwner(b)}}
	out := &binding.BindRefused{}
	refused, err := s.transact(ctx, "bind", b.Request, parts, func(part int, row item) error { return s.readReason(out, b, part, row) })
	if refused {
		return out
	}
	return err
}

func (s *Store) bindAccount(b binding.Binding) types.TransactWriteItem {
	n, old7 := today(b.Now)
	n["#deny"] = deniedName(b.EmailKey)
	return part(s.tables.Accounts, accountPK(b.Account), expression{
		names: n,
		update: "SET #state=:bound, bound_at=:now, proved_at=:now, due_bound=:sid, ev=:ev " +
			"REMOVE due_verify, expires, resend_at, tries, link_tries, #ttl, " + old7,
		condition: "attribute_not_exists(bound_at) AND #state=:pending AND cid=:cid AND ek=:ek AND expires>:now " +
			"AND (attribute_not_exists(#deny) OR #deny<=:now)",
		values: values{
			":bound": text(string(binding.Bound)), ":pending": text(string(binding.Pending)), ":now": at(b.Now),
			":sid": blob(b.Send[:]), ":ev": text(b.Event), ":cid": blob(b.Challenge[:]), ":ek": blob(b.EmailKey[:]),
		},
	})
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

// readReason takes what one part's old row tells. Both rows of a binding name the other, so that one of
// them is enough to know a binding that is this very one: while another transaction is under way, one
// part may be all that is told.
func (s *Store) readReason(out *binding.BindRefused, b binding.Binding, part int, row item) (err error) {
	r := reader{row: row}
	switch part {
	case 0:
		out.Old, err = s.claim(b.Account, row, b.Now)
		return err
	case 1:
		out.EmailTaken, out.Owner = true, r.key("owner")
	case 2:
		out.AccountHas = true
		if r.key("ek") == b.EmailKey && r.time("released_at").IsZero() {
			out.EmailTaken, out.Owner = true, b.Account
		}
	}
	return r.err
}

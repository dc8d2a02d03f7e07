package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// lower is the condition that keeps versions rising.
const lower = "(attribute_not_exists(version) OR version<:version)"

// Change is the transaction that ends a recovery. See recovery.Changes. The used challenge orders no mail any
// more. Known clients stay: they are the owner's way in while strangers guess.
func (s *Store) Change(ctx context.Context, c recovery.Change) error {
	set := expression{
		update:    "SET #hash=:hash, version=:version, changed_at=:now, cid=:cid, dk=:dk",
		condition: lower + " AND attribute_exists(#hash)",
		values:    s.credentialValues(c.Hash, c.Version, c.Now),
	}
	if c.First {
		set.condition = lower
	}
	set.values[":cid"] = blob(c.Challenge[:])
	used := expression{
		update:    "SET used_at=:now, ev=:ev " + heard,
		condition: takes + " AND attribute_not_exists(used_at)",
		values:    takesValues(c.Challenge, c.Now),
	}
	used.values[":ev"] = text(c.Finished)
	tell := toldOwner(c.Send, c.Changed, c.Now)
	tell.condition += " AND ek=:ek AND (attribute_not_exists(#hold) OR #hold<=:now) " +
		"AND (attribute_not_exists(risk) OR NOT (risk IN (:broken, :owner_changed, :disowned)))"
	tell.values[":ek"] = blob(c.EmailKey[:])
	tell.values[":broken"], tell.values[":disowned"] = text(string(binding.Broken)), text(string(binding.Disowned))
	tell.values[":owner_changed"] = text(string(binding.OwnerChanged))
	parts := []types.TransactWriteItem{
		part(s.tables.Recoveries, recoveryPK(c.EmailKey), used),
		part(s.tables.Credentials, accountPK(c.Account), set),
		part(s.tables.Accounts, accountPK(c.Account), tell),
	}
	return s.change(ctx, "change", c.Request, parts, []reading{challengeRow(c.EmailKey, c.Now), credentialRow, s.accountRow(c.Account, c.Now)})
}

// Put writes a password that the platform sets. See recovery.Passwords. An account that is not bound has
// nobody to tell and nothing to end, and a transaction of one part.
func (s *Store) Put(ctx context.Context, p recovery.Put) error {
	set := expression{
		update:    "SET #hash=:hash, version=:version, changed_at=:now, dk=:dk REMOVE cid",
		condition: lower,
		values:    s.credentialValues(p.Hash, p.Version, p.Now),
	}
	switch {
	case p.If != nil && *p.If == 0:
		set.condition = "attribute_not_exists(version)"
	case p.If != nil:
		set.condition = "version=:if AND version<:version"
		set.values[":if"] = num(*p.If)
	}
	parts, reads := []types.TransactWriteItem{part(s.tables.Credentials, accountPK(p.Account), set)}, []reading{credentialRow}
	if p.Bound {
		// Without a condition, since nothing may have been mailed: the row is then made, and has a life. It is
		// used, so the next mail begins a challenge.
		void := expression{update: "SET used_at=:now, #ttl=:ttl " + heard + ", used_by", values: values{":now": at(p.Now), ":ttl": at(p.Now.Add(binding.RowLife))}}
		parts = append(parts, part(s.tables.Accounts, accountPK(p.Account), toldOwner(p.Send, p.Changed, p.Now)),
			part(s.tables.Recoveries, recoveryPK(p.EmailKey), void))
		reads = append(reads, s.accountRow(p.Account, p.Now), challengeRow(p.EmailKey, p.Now))
	}
	return s.change(ctx, "put", p.Request, parts, reads)
}

func (s *Store) credentialValues(hash string, version int64, now time.Time) values {
	return values{":hash": text(hash), ":version": num(version), ":now": at(now), ":dk": text(s.data.ID().String())}
}

// toldOwner makes the mail of a changed password due to the owner of a bound account.
func toldOwner(send binding.SendID, event string, now time.Time) expression {
	return expression{
		update:    "SET due_changed=:sid, changed_at=:now, ev=:ev",
		condition: "attribute_exists(bound_at)",
		values:    values{":sid": blob(send[:]), ":now": at(now), ":ev": text(event)},
	}
}

// A reading takes into the refusal what one part's old row tells.
type reading func(*recovery.ChangeRefused, item) error

func (s *Store) change(ctx context.Context, step, request string, parts []types.TransactWriteItem, reads []reading) error {
	out := &recovery.ChangeRefused{}
	refused, err := s.transact(ctx, step, request, parts, func(part int, row item) error { return reads[part](out, row) })
	if refused {
		return out
	}
	return err
}

func challengeRow(ek address.EmailKey, now time.Time) reading {
	return func(out *recovery.ChangeRefused, row item) (err error) {
		out.ChallengeFalse = true
		out.Challenge, err = challenge(ek, row, now)
		return err
	}
}

func credentialRow(out *recovery.ChangeRefused, row item) (err error) {
	out.CredentialFalse = true
	out.Credential, err = credential(row)
	return err
}

func (s *Store) accountRow(k binding.AccountKey, now time.Time) reading {
	return func(out *recovery.ChangeRefused, row item) (err error) {
		out.AccountFalse = true
		out.Account, err = s.claim(k, row, now)
		return err
	}
}

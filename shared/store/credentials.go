package store

import (
	"context"
	"slices"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// Credential reads an account's credential. See recovery.Changes.
func (s *Store) Credential(ctx context.Context, k binding.AccountKey) (recovery.Credential, error) {
	row, err := s.get(ctx, "credential", s.tables.Credentials, accountPK(k))
	if err != nil {
		return recovery.Credential{}, err
	}
	c, err := credential(row)
	return c, named("credential", err)
}

// Touch writes what a right password teaches. See recovery.Passwords. The version stays: it is the same
// password.
func (s *Store) Touch(ctx context.Context, t recovery.Touch) (bool, error) {
	e := expression{
		update: "SET #hash=:hash REMOVE clients", condition: "version=:version AND #hash=:old",
		values: values{":hash": text(t.Hash), ":old": text(t.OldHash), ":version": num(t.Version)},
	}
	if len(t.Clients) > 0 {
		e.update = "SET #hash=:hash, clients=:clients"
		e.values[":clients"] = blob(packClients(t.Clients))
	}
	_, refused, err := s.write(ctx, "touch", s.tables.Credentials, accountPK(t.Account), e)
	return err == nil && !refused, err
}

// Hold pauses recovery of a bound account, or ends the pause. See recovery.Passwords.
func (s *Store) Hold(ctx context.Context, k binding.AccountKey, until time.Time) (bool, error) {
	e := expression{update: "REMOVE #hold", condition: "attribute_exists(bound_at)"}
	if !until.IsZero() {
		e.update, e.values = "SET #hold=:until", values{":until": at(until)}
	}
	_, refused, err := s.write(ctx, "hold", s.tables.Accounts, accountPK(k), e)
	return err == nil && !refused, err
}

// credential reads a credentials row; nil is no row. A row without a password or version is none of ours:
// it would read as an account that may get its first one.
func credential(row item) (recovery.Credential, error) {
	if len(row) == 0 {
		return recovery.Credential{}, nil
	}
	r := reader{row: row}
	c := recovery.Credential{Hash: r.text("hash"), Version: r.number("version"), ChangedAt: r.time("changed_at"), Challenge: r.key("cid")}
	if c.Hash == "" {
		r.fail("hash")
	}
	if c.Version <= 0 {
		r.fail("version")
	}
	if row["clients"] != nil {
		b := r.blob("clients")
		if len(b) == 0 || len(b)%16 != 0 {
			r.fail("clients")
		}
		for one := range slices.Chunk(b[:len(b)/16*16], 16) {
			c.Clients = append(c.Clients, [16]byte(one))
		}
	}
	return c, r.err
}

// packClients writes the clients one after the other.
func packClients(clients [][16]byte) []byte {
	var b []byte
	for _, one := range clients {
		b = append(b, one[:]...)
	}
	return b
}

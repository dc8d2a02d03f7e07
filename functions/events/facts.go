package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/setup"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// owners reads an account; *store.Store.
type owners interface {
	Claim(ctx context.Context, k binding.AccountKey, now time.Time) (binding.Claim, error)
}

// facts reads what records of both tables made true. That of an account names its owner itself; that of the
// row of an address names the account, which is read: nobody's name is kept with an address.
type facts struct {
	data   *token.DataKey
	owners owners
	tables store.Tables // their names
}

// The errors of facts beside those of store.NewFact, which are records that nobody can read.
var (
	// errLater is an outage: the record is to come again.
	errLater = errors.New("events: not now")
	// errGone is a fact of an account that is no longer there: there is nobody to tell it of.
	errGone = errors.New("events: the account is gone")
)

// of gives the fact of a record; false: it made none, or the error says why it cannot be told.
func (f facts) of(ctx context.Context, r events.DynamoDBEventRecord, now time.Time) (store.Fact, bool, error) {
	switch setup.TableOf(r.EventSourceArn) {
	case f.tables.Accounts:
		return store.NewFact(r, f.data)
	case f.tables.Recoveries:
	default: // a mapping, or a setting, is not as it should be
		return store.Fact{}, false, fmt.Errorf("%w: a record of another table", errLater)
	}
	m, is, err := store.NewMark(r)
	if err != nil || !is {
		return store.Fact{}, false, err
	}
	c, err := f.owners.Claim(ctx, m.Owner, now)
	if err != nil {
		return store.Fact{}, false, fmt.Errorf("%w: owner: %w", errLater, err)
	}
	fact := store.Fact{Account: m.Owner, Who: c.Who, Event: m.Event, At: m.At}
	if c.State == binding.None {
		return fact, false, errGone
	}
	return fact, true, nil
}

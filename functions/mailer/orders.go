package main

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/setup"
	"mailbind/shared/store"
)

// deliverer ends one order of an account's row; *binding.Mailer.
type deliverer interface {
	Deliver(ctx context.Context, o binding.Order, now time.Time) (binding.Outcome, error)
}

// recoverer ends one order of the row of an address; *recovery.Mailer.
type recoverer interface {
	Deliver(ctx context.Context, o recovery.Order, now time.Time) (binding.Outcome, error)
}

// orders reads the records of both tables. Each has a mapping of its own, so that a flood of claims cannot
// delay a recovery; whose a record is, its stream's name tells.
type orders struct {
	accounts   deliverer
	recoveries recoverer
	tables     store.Tables // their names
}

// errTable is a record of a table that no mail comes from: a mapping, or a setting, is not as it should be.
var errTable = errors.New("mailer: a record of another table")

// read gives the mails that a record orders. Errors are errTable and those of store.Orders.
func (o orders) read(r events.DynamoDBEventRecord) (out []order, err error) {
	switch setup.TableOf(r.EventSourceArn) {
	case o.tables.Accounts:
		due, err := store.Orders(r)
		for _, d := range due {
			out = append(out, order{d.Kind, d.Send, func(ctx context.Context, now time.Time) (binding.Outcome, error) {
				return o.accounts.Deliver(ctx, d, now)
			}})
		}
		return out, err
	case o.tables.Recoveries:
		due, err := store.RecoveryOrders(r)
		for _, d := range due {
			out = append(out, order{binding.KindRecover, d.Send, func(ctx context.Context, now time.Time) (binding.Outcome, error) {
				return o.recoveries.Deliver(ctx, d, now)
			}})
		}
		return out, err
	}
	return nil, errTable
}

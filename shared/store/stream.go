package store

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

// Orders reads what a stream record of table accounts orders: one mail for each due_<kind> that this
// write made new. Filters of an event source cannot compare images, so it is done here; a record that
// a later write repeats (REMOVE of another attribute, the mailer's own finish) orders nothing. Orders of
// one record come sorted by their kind. An error is a record that this package did not write; it says
// which attribute is not as it should be, and nothing that the record holds.
func Orders(r events.DynamoDBEventRecord) ([]binding.Order, error) {
	if gone(r) {
		return nil, nil
	}
	k, err := keyOf(r)
	if err != nil {
		return nil, err
	}
	var out []binding.Order
	for _, name := range slices.Sorted(maps.Keys(r.Change.NewImage)) {
		kind, ok := strings.CutPrefix(name, "due_")
		if !ok {
			continue
		}
		sid, is, err := newlyDue(r, name)
		if err != nil {
			return nil, err
		}
		if !is {
			continue
		}
		ek, err := key16(r.Change.NewImage["ek"])
		if err != nil {
			return nil, fmt.Errorf("%w: attribute ek", errRow)
		}
		out = append(out, binding.Order{Account: k, EmailKey: address.EmailKey(ek), Kind: binding.Kind(kind), Send: sid})
	}
	return out, nil
}

// RecoveryOrders reads what a stream record of table recoveries orders: the mail that this write made due, or
// none. Errors are those of Orders.
func RecoveryOrders(r events.DynamoDBEventRecord) ([]recovery.Order, error) {
	if gone(r) {
		return nil, nil
	}
	ek, err := keyOf(r)
	if err != nil {
		return nil, err
	}
	sid, is, err := newlyDue(r, dueName(binding.KindRecover))
	if err != nil || !is {
		return nil, err
	}
	return []recovery.Order{{EmailKey: ek, Send: sid}}, nil
}

// A Fact is what a write made true of an account, for others to act on.
type Fact struct {
	Account binding.AccountKey
	Who     binding.Who // of the session that made the claim
	Event   string      // the attribute ev: type/request id, or type/cause/request id; each write that makes a fact has its own
	At      time.Time   // when DynamoDB made the record, in whole seconds, UTC: right after the write
}

// NewFact reads the fact that a stream record of table accounts shows; false: its write made none, for
// ev stays in the row while later writes change the rest. The record is enough, as who lies in its new
// image: no table is read, and a record that comes again gives the same fact, whatever the row has become.
// Errors are those of Orders.
func NewFact(r events.DynamoDBEventRecord, data *token.DataKey) (Fact, bool, error) {
	ev, is, err := newEvent(r)
	if err != nil || !is {
		return Fact{}, false, err
	}
	k, err := keyOf(r)
	if err != nil {
		return Fact{}, false, err
	}
	f := Fact{Account: k, Event: ev}
	if f.At, err = madeAt(r); err != nil {
		return Fact{}, false, err
	}
	who, is := r.Change.NewImage["who"]
	if !is || who.IsNull() || who.DataType() != events.DataTypeBinary {
		return Fact{}, false, fmt.Errorf("%w: attribute who", errRow)
	}
	plain, err := data.OpenAtRest(token.Place{Table: "accounts", Key: accountPK(k), Attribute: "who"}, who.Binary())
	if err != nil || !unpackWho(plain, &f.Who) {
		return Fact{}, false, fmt.Errorf("%w: attribute who", errRow)
	}
	return f, true, nil
}

// A Mark is what a write made true of a recovery. The account's row says who its owner is.
type Mark struct {
	Owner binding.AccountKey
	Event string    // the attribute ev: type/request id
	At    time.Time // as Fact.At
}

// NewMark reads the fact that a stream record of table recoveries shows; false: its write made none, or it is
// of an address that is nobody's. Errors are those of Orders.
func NewMark(r events.DynamoDBEventRecord) (Mark, bool, error) {
	ev, is, err := newEvent(r)
	if err != nil || !is {
		return Mark{}, false, err
	}
	owner, err := key16(r.Change.NewImage["owner"])
	if err != nil {
		return Mark{}, false, fmt.Errorf("%w: attribute owner", errRow)
	}
	if owner == (binding.AccountKey{}) {
		return Mark{}, false, nil
	}
	m := Mark{Owner: owner, Event: ev}
	if m.At, err = madeAt(r); err != nil {
		return Mark{}, false, err
	}
	return m, true, nil
}

// gone says that a record shows no row.
func gone(r events.DynamoDBEventRecord) bool {
	return r.EventName == string(events.DynamoDBOperationTypeRemove) || len(r.Change.NewImage) == 0
}

// newlyDue gives the mail that a due attribute names, if this write made it due.
func newlyDue(r events.DynamoDBEventRecord, name string) (sid binding.SendID, is bool, err error) {
	due, is := r.Change.NewImage[name]
	if !is {
		return sid, false, nil
	}
	if sid, err = key16(due); err != nil {
		return sid, false, fmt.Errorf("%w: attribute %s", errRow, name)
	}
	if old, had := r.Change.OldImage[name]; had {
		if before, err := key16(old); err == nil && before == sid {
			return sid, false, nil
		}
	}
	return sid, true, nil
}

// newEvent gives a row's fact, if this write made it.
func newEvent(r events.DynamoDBEventRecord) (event string, is bool, err error) {
	ev, is := r.Change.NewImage["ev"]
	if !is || gone(r) {
		return "", false, nil
	}
	if ev.IsNull() || ev.DataType() != events.DataTypeString {
		return "", false, fmt.Errorf("%w: attribute ev", errRow)
	}
	if old, had := r.Change.OldImage["ev"]; had && old.DataType() == events.DataTypeString && old.String() == ev.String() {
		return "", false, nil
	}
	return ev.String(), true, nil
}

// madeAt is when DynamoDB made the record. A time of our own would be another one when it comes again.
func madeAt(r events.DynamoDBEventRecord) (time.Time, error) {
	at := r.Change.ApproximateCreationDateTime.Time
	if at.Unix() <= 0 {
		return time.Time{}, fmt.Errorf("%w: no time", errRow)
	}
	return time.Unix(at.Unix(), 0).UTC(), nil
}

// keyOf reads the key that both tables with a stream lead their rows with.
func keyOf(r events.DynamoDBEventRecord) (k [16]byte, err error) {
	pk, ok := r.Change.Keys["pk"]
	if !ok || pk.DataType() != events.DataTypeString {
		return k, fmt.Errorf("%w: attribute pk", errRow)
	}
	b, err := base64.RawURLEncoding.DecodeString(pk.String())
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("%w: attribute pk", errRow)
	}
	return [16]byte(b), nil
}

func key16(v events.DynamoDBAttributeValue) (k [16]byte, err error) {
	// An absent attribute says that it is binary, and panics when it is read.
	if v.IsNull() || v.DataType() != events.DataTypeBinary || len(v.Binary()) != len(k) {
		return k, errRow
	}
	return [16]byte(v.Binary()), nil
}

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
	"mailbind/shared/token"
)

// Orders reads what a stream record of table accounts orders: one mail for each due_<kind> that this
// write made new. Filters of an event source cannot compare images, so it is done here; a record that
// a later write repeats (REMOVE of another attribute, the mailer's own finish) orders nothing. Orders of
// one record come sorted by their kind. An error is a record that this package did not write; it says
// which attribute is not as it should be, and nothing that the record holds.
func Orders(r events.DynamoDBEventRecord) ([]binding.Order, error) {
	if r.EventName == string(events.DynamoDBOperationTypeRemove) || len(r.Change.NewImage) == 0 {
		return nil, nil
	}
	k, err := accountOf(r.Change.Keys)
	if err != nil {
		return nil, err
	}
	var out []binding.Order
	for _, name := range slices.Sorted(maps.Keys(r.Change.NewImage)) {
		kind, ok := strings.CutPrefix(name, "due_")
		if !ok {
			continue
		}
		sid, err := key16(r.Change.NewImage[name])
		if err != nil {
			return nil, fmt.Errorf("%w: attribute due_%s", errRow, kind)
		}
		if old, had := r.Change.OldImage[name]; had {
			if before, err := key16(old); err == nil && before == sid {
				continue
			}
		}
		ek, err := key16(r.Change.NewImage["ek"])
		if err != nil {
			return nil, fmt.Errorf("%w: attribute ek", errRow)
		}
		out = append(out, binding.Order{Account: k, EmailKey: address.EmailKey(ek), Kind: binding.Kind(kind), Send: sid})
	}
	return out, nil
}

// A Fact is what a write made true of an account, for others to act on.
type Fact struct {
	Account binding.AccountKey
	Who     binding.Who // of the session that made the claim
	Event   string      // the attribute ev: type/request id; each write that makes a fact has its own
	At      time.Time   // when DynamoDB made the record, in whole seconds, UTC: right after the write
}

// NewFact reads the fact that a stream record of table accounts shows; false: its write made none, for
// ev stays in the row while later writes change the rest. The record is enough, as who lies in its new
// image: no table is read, and a record that comes again gives the same fact, whatever the row has become.
// Errors are those of Orders.
func NewFact(r events.DynamoDBEventRecord, data *token.DataKey) (Fact, bool, error) {
	image := r.Change.NewImage
	ev, is := image["ev"]
	if !is || r.EventName == string(events.DynamoDBOperationTypeRemove) {
		return Fact{}, false, nil
	}
	if ev.IsNull() || ev.DataType() != events.DataTypeString {
		return Fact{}, false, fmt.Errorf("%w: attribute ev", errRow)
	}
	if old, had := r.Change.OldImage["ev"]; had && old.DataType() == events.DataTypeString && old.String() == ev.String() {
		return Fact{}, false, nil
	}
	k, err := accountOf(r.Change.Keys)
	if err != nil {
		return Fact{}, false, err
	}
	at := r.Change.ApproximateCreationDateTime.Time
	if at.Unix() <= 0 {
		return Fact{}, false, fmt.Errorf("%w: no time", errRow)
	}
	f := Fact{Account: k, Event: ev.String(), At: time.Unix(at.Unix(), 0).UTC()}
	who, is := image["who"]
	if !is || who.IsNull() || who.DataType() != events.DataTypeBinary {
		return Fact{}, false, fmt.Errorf("%w: attribute who", errRow)
	}
	plain, err := data.OpenAtRest(token.Place{Table: "accounts", Key: accountPK(k), Attribute: "who"}, who.Binary())
	if err != nil || !unpackWho(plain, &f.Who) {
		return Fact{}, false, fmt.Errorf("%w: attribute who", errRow)
	}
	return f, true, nil
}

func accountOf(keys map[string]events.DynamoDBAttributeValue) (k binding.AccountKey, err error) {
	pk, ok := keys["pk"]
	if !ok || pk.DataType() != events.DataTypeString {
		return k, fmt.Errorf("%w: attribute pk", errRow)
	}
	b, err := base64.RawURLEncoding.DecodeString(pk.String())
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("%w: attribute pk", errRow)
	}
	return binding.AccountKey(b), nil
}

func key16(v events.DynamoDBAttributeValue) (k [16]byte, err error) {
	// An absent attribute says that it is binary, and panics when it is read.
	if v.IsNull() || v.DataType() != events.DataTypeBinary || len(v.Binary()) != len(k) {
		return k, errRow
	}
	return [16]byte(v.Binary()), nil
}

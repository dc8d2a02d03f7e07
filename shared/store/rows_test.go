package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// flat is a request without pointers, to compare.
func flat(request any) any { return fmt.Sprint(deref(reflect.ValueOf(request))) }

func deref(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return deref(v.Elem())
	case reflect.Struct:
		var out []any
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, deref(v.Field(i)))
			}
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			out[k.String()] = deref(v.MapIndex(k))
		}
		return out
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes()
		}
		out := []any{}
		for i := range v.Len() {
			out = append(out, deref(v.Index(i)))
		}
		return out
	}
	return v.Interface()
}

// boundRow is a row as the steps leave it, with every attribute that the reader knows.
func boundRow(t testing.TB) item {
	t.Helper()
	d := dataKey(t)
	at := func(attribute string) token.Place {
		return token.Place{Table: "accounts", Key: account.String(), Attribute: attribute}
	}
	now := fmt.Sprint(noon.Unix())
	day := binding.Day(noon)
	return item{
		"pk": str(account.String()), "state": str("bound"), "canon": num("1"), "ek": bin(emailKey[:]), "cid": bin(cid[:]),
		"kid": str("01020304"), "cn": num("1"), "opened": num(now), "expires": num(now), "resend_at": num(now),
		fmt.Sprintf("sends_%d", day): num("2"), fmt.Sprintf("tries_%d", day): num("3"), "tries": num("1"), "link_tries": num("2"),
		"op": str("r1/code"), "sid": bin(sid[:]), "accepted_at": num(now), "fate": num("4"), "fate_at": num(now), "why": str("temporary"),
		"hold": num(now), "changed_at": num(now), "bound_at": num(now), "proved_at": num(now), "disputed_at": num(now), "risk": str("disowned"), "risk_since": num(now),
		"rcid": bin(cid[:]), "undone_at": num(now), "undone_ek": bin(emailKey[:]), "signs": &types.AttributeValueMemberSS{Value: []string{now + "/gone/0N", "1795000000/alive/0M"}},
		"ev": str("binding.bound/r1"), "ttl": num(now), "due_bound": bin(cid[:]),
		"denied_" + strings.Repeat("0a", 16): num(now),
		"addr":                               bin(d.SealAtRest(at("addr"), []byte(wang.String()))),
		"who":                                bin(d.SealAtRest(at("who"), []byte("\x00\x01i\x00\x04u-42\x00\x01l\x00\x02en"))),
	}
}

// reading gives what Claim makes of a row.
func reading(t testing.TB, row item) (binding.Claim, error) {
	return store.New(double{get: func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
		return &dynamodb.GetItemOutput{Item: row}, nil
	}}, physical, dataKey(t)).Claim(t.Context(), account, noon)
}

func TestARowIsReadWhole(t *testing.T) {
	c, err := reading(t, boundRow(t))
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%s was not read", v.Type().Field(i).Name)
		}
	}
	if want := []binding.Sign{{At: time.Unix(1795000000, 0).UTC(), Kind: binding.SignAlive, Mail: "0M"}, {At: noon, Kind: binding.SignGone, Mail: "0N"}}; !slices.Equal(c.Signs, want) {
		t.Errorf("signs are %v, want them in their order, %v", c.Signs, want)
	}
	if c.Who != (binding.Who{Issuer: "i", Subject: "u-42", Label: "l", Locale: "en"}) {
		t.Errorf("who is %+v", c.Who)
	}
}

// spoiler keeps copies of a row that differ from it in one attribute.
type spoiler struct {
	row  func() item
	rows map[string]item
}

func (s spoiler) spoil(what, name string, v types.AttributeValue) {
	row := s.row()
	row[name] = v
	s.rows[name+" "+what] = row
}

// everyType spoils each attribute by every type that it does not have, and by values that its type takes and
// the attribute does not.
func (s spoiler) everyType() {
	for name, v := range s.row() {
		if name == "pk" || name == "dk" {
			continue
		}
		s.spoil("is a list", name, &types.AttributeValueMemberL{})
		s.spoil("is NULL", name, &types.AttributeValueMemberNULL{Value: true})
		switch v.(type) {
		case *types.AttributeValueMemberS:
			s.spoil("is a number", name, num("1"))
		case *types.AttributeValueMemberSS:
			s.spoil("is a text", name, str("1795000000/gone/0M"))
			s.spoil("are numbers", name, &types.AttributeValueMemberNS{Value: []string{"1"}})
			s.spoil("are bytes", name, &types.AttributeValueMemberBS{Value: [][]byte{[]byte("1795000000/gone/0M")}})
		case *types.AttributeValueMemberN:
			s.spoil("is a text", name, str("1"))
			s.spoil("is a fraction", name, num("1.5"))
			s.spoil("is too large", name, num("9223372036854775808"))
			s.spoil("is no number", name, num(""))
		case *types.AttributeValueMemberB:
			s.spoil("is a text", name, str("x"))
			s.spoil("is empty", name, bin([]byte{}))
			s.spoil("is nil", name, bin(nil))
			s.spoil("is short", name, bin(make([]byte, 15)))
			s.spoil("is long", name, bin(make([]byte, 17)))
		}
	}
}

// unreadable are rows of accounts that this package did not write.
func unreadable(t testing.TB) map[string]item {
	t.Helper()
	d := dataKey(t)
	out := map[string]item{}
	s := spoiler{func() item { return boundRow(t) }, out}
	s.everyType()
	spoil := s.spoil
	spoil("is unknown", "state", str("frozen"))
	spoil("is odd", "kid", str("0102030"))
	spoil("is no hex", "kid", str("0102030x"))
	for _, name := range []string{"denied_", "denied_0a", "denied_zz", "denied_" + strings.Repeat("0", 31), "denied_" + strings.Repeat("0", 33),
		"denied_" + strings.Repeat("0a", 17), "denied_" + strings.Repeat("0a", 4000)} {
		spoil("is misnamed", name, num("1"))
	}
	for _, sign := range []string{"", "/", "//", "1795000000", "1795000000/", "1795000000/gone", "1795000000/gone/", "/gone/0M", "x/gone/0M", "1.5/gone/0M",
		"1795000000/dead/0M", "1795000000/gone/0M/x", "01795000000/gone/0M", "+1795000000/gone/0M", " 1795000000/gone/0M", "9223372036854775808/gone/0M"} {
		spoil(fmt.Sprintf("hold %q", sign), "signs", &types.AttributeValueMemberSS{Value: []string{"1795000000/alive/0M", sign}})
	}
	noState := boundRow(t)
	delete(noState, "state")
	out["no state"] = noState
	seal := func(p token.Place, plain string) types.AttributeValue { return bin(d.SealAtRest(p, []byte(plain))) }
	own := func(a string) token.Place {
		return token.Place{Table: "accounts", Key: account.String(), Attribute: a}
	}
	other := binding.AccountKey{9}
	for _, name := range []string{"addr", "who"} {
		plain := map[string]string{"addr": wang.String(), "who": "\x00\x00\x00\x00\x00\x00\x00\x00"}[name]
		spoil("was moved from another row", name, seal(token.Place{Table: "accounts", Key: other.String(), Attribute: name}, plain))
		spoil("was moved from another attribute", name, seal(own(name+"2"), plain))
		spoil("was moved from another table", name, seal(token.Place{Table: "bindings", Key: account.String(), Attribute: name}, plain))
	}
	spoil("is no address", "addr", seal(own("addr"), "nobody"))
	for i, plain := range []string{"", "\x00", "\x00\x05ab", "\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00!", "\xff\xff"} {
		spoil(fmt.Sprint("is cut ", i), "who", seal(own("who"), plain))
	}
	return out
}

// TestUnreadableRowsAreOutages on every way a row comes back: read, after a write, with a refusal, in a
// transaction.
func TestUnreadableRowsAreOutages(t *testing.T) {
	for what, row := range unreadable(t) {
		_, err := reading(t, row)
		isOutage(t, step{name: "Claim"}, err)
		if err == nil || strings.Contains(err.Error(), "0a0a") {
			t.Errorf("%s: %v", what, err)
		}
		written := store.New(double{update: func(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
			return &dynamodb.UpdateItemOutput{Attributes: row}, nil
		}}, physical, dataKey(t))
		_, err = written.Open(t.Context(), opening())
		isOutage(t, step{name: "Open"}, err)
		var seen []any
		_, err = store.New(answers(failedCondition(row), &seen), physical, dataKey(t)).ChargeCode(t.Context(), try("r1/code"))
		isOutage(t, step{name: "ChargeCode"}, err)
		isOutage(t, step{name: "Bind"}, bindCancelled(t, reason("ConditionalCheckFailed", row), reason("None", nil), reason("None", nil)))
		_, _, err = loading(t, row, nil)
		isOutage(t, step{name: "Load"}, err)
	}
}

func loading(t testing.TB, own, email item) (binding.Claim, binding.Holder, error) {
	return store.New(double{batchGet: func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
		out := map[string][]item{}
		if own != nil {
			out[physical.Accounts] = []item{own}
		}
		if email != nil {
			out[physical.Bindings] = []item{email}
		}
		return &dynamodb.BatchGetItemOutput{Responses: out}, nil
	}}, physical, dataKey(t)).Load(t.Context(), account, emailKey, noon)
}

func TestUnreadableBindingsAreOutages(t *testing.T) {
	for what, row := range map[string]item{
		"owner is a text":        {"owner": str("x")},
		"owner is short":         {"owner": bin(make([]byte, 15))},
		"released_at is a text":  {"owner": bin(account[:]), "released_at": str("1")},
		"released_at is a float": {"released_at": num("1e3")},
	} {
		if _, _, err := loading(t, nil, row); err == nil {
			t.Errorf("%s: Load takes it", what)
		} else {
			isOutage(t, step{name: "Load"}, err)
		}
		if row["released_at"] != nil {
			continue // the condition read it, the answer to it does not
		}
		isOutage(t, step{name: "Bind"}, bindCancelled(t, reason("None", nil), reason("ConditionalCheckFailed", row), reason("None", nil)))
	}
	for what, row := range map[string]item{"is a text": {"fingerprint": str("x"), "wrong": nil}, "is a number": {"fingerprint": num("1")}, "is missing": {"pk": str("k")}} {
		_, err := store.Fingerprint(t.Context(), double{get: func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
			return &dynamodb.GetItemOutput{Item: row}, nil
		}}, physical.Bindings)
		if (err == nil) != (what == "is a text") {
			t.Errorf("a fingerprint that %s: %v", what, err)
		}
		left := store.LeaveFingerprint(t.Context(), double{transact: func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
			return nil, cancelledFor(reason("ConditionalCheckFailed", row))
		}}, physical.Bindings, dataKey(t))
		if mismatch := what == "is a text"; left == nil || errors.Is(left, store.ErrKeyMismatch) != mismatch {
			t.Errorf("leaving one where one %s: %v", what, left)
		}
	}
}

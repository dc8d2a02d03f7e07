package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// FuzzRowsNeverPanic puts two attributes of any name, type and value into a row, plain or sealed for
// their place, and reads it in every way that rows come back.
func FuzzRowsNeverPanic(f *testing.F) {
	f.Add("denied_"+strings.Repeat("0a", 16), byte(1), []byte("1795348800"), "state", byte(0), []byte("pending"))
	f.Add("denied_"+strings.Repeat("0a", 17), byte(1), []byte("1"), "denied_", byte(1), []byte("1"))
	f.Add("who", byte(6), []byte("\x00\x01i\x00\x04u-42\x00\x01l\x00\x02en"), "addr", byte(6), []byte("a@example.com"))
	f.Add("who", byte(6), []byte("\xff\xff"), "addr", byte(6), []byte("a@b@c"))
	f.Add("due_", byte(2), make([]byte, 16), "due_verify", byte(2), make([]byte, 15))
	f.Add("fate", byte(1), []byte("-9223372036854775808"), "expires", byte(1), []byte("9223372036854775807"))
	f.Add("owner", byte(2), make([]byte, 16), "released_at", byte(1), []byte("1e9"))
	f.Add("kid", byte(0), []byte("0102030x"), "cn", byte(3), []byte{1})
	f.Add("ek", byte(4), []byte{}, "cid", byte(5), []byte{})
	f.Add("clients", byte(2), make([]byte, 17), "version", byte(1), []byte("-1"))
	f.Add("pcid", byte(2), make([]byte, 15), "used_by", byte(0), []byte("x"))
	f.Add("pop", byte(1), []byte("1"), "used_at", byte(0), []byte("r1/present"))
	f.Add("full_at", byte(1), []byte("9223372036854775807"), "h", byte(1), []byte("9223372036854775807"))
	f.Add("signs", byte(7), []byte("1795348800/gone/0N\n1795000000/alive/0M"), "rcid", byte(2), make([]byte, 16))
	f.Add("signs", byte(7), []byte("-9223372036854775808/foreign/0\n1795000000/gone/\n//\n"), "risk", byte(0), []byte("broken"))
	d := dataKey(f)
	f.Fuzz(func(t *testing.T, name1 string, kind1 byte, value1 []byte, name2 string, kind2 byte, value2 []byte) {
		value := func(name string, kind byte, v []byte) types.AttributeValue {
			switch kind % 8 {
			case 0:
				return str(string(v))
			case 1:
				return num(string(v))
			case 2:
				return bin(v)
			case 3:
				return &types.AttributeValueMemberBOOL{Value: len(v) > 0}
			case 4:
				return &types.AttributeValueMemberBS{Value: [][]byte{v}}
			case 5:
				return nil
			case 7:
				return &types.AttributeValueMemberSS{Value: strings.Split(string(v), "\n")}
			}
			return bin(d.SealAtRest(token.Place{Table: "accounts", Key: account.String(), Attribute: name}, v))
		}
		row := boundRow(t)
		row[name1], row[name2] = value(name1, kind1, value1), value(name2, kind2, value2)
		c, err := reading(t, row)
		if err != nil {
			isOutage(t, step{name: "Claim"}, err)
		} else if c.State == binding.None {
			t.Errorf("a row reads as none: %v", row)
		} else {
			findsItsSigns(t, row, c.Signs)
		}
		if _, _, err := loading(t, row, row); err != nil {
			isOutage(t, step{name: "Load"}, err)
		}
		if _, err := credentials(t, row); err != nil {
			isOutage(t, step{name: "Credential"}, err)
		}
		if _, _, err := recalling(t, row, row); err != nil {
			isOutage(t, step{name: "Recall"}, err)
		}
		if err := changeCancelled(t, row, row, row); err == nil {
			t.Error("a cancelled transaction succeeds")
		}
		refusing := store.New(double{update: func(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(row) }}, physical, d)
		if wait, err := refusing.Spend(t.Context(), oneMeter, noon); wait < 0 || wait == 0 && err == nil {
			t.Errorf("a refused try is taken: %v", wait)
		}
		if _, ok, _ := refusing.CountCaller(t.Context(), caller, noon); ok {
			t.Error("a refused request is counted")
		}
		if err := bindCancelled(t, reason(failed, row), reason(failed, row), reason(failed, row)); err == nil {
			t.Error("a cancelled transaction succeeds")
		}
		_, err = store.Fingerprint(t.Context(), double{get: func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
			return &dynamodb.GetItemOutput{Item: row}, nil
		}}, physical.Bindings)
		if err != nil {
			isNamed(t, step{name: "Fingerprint"}, err)
		}
	})
}

// findsItsSigns: what a verdict says it saw is what the row holds, so that it meets its own condition.
func findsItsSigns(t *testing.T, row item, signs []binding.Sign) {
	t.Helper()
	var seen []any
	if err := store.New(answers(nil, &seen), physical, dataKey(t)).Judge(t.Context(), binding.Verdict{Signs: signs, Event: "e"}); err != nil {
		t.Fatal(err)
	}
	in := seen[0].(*dynamodb.UpdateItemInput)
	said, some := in.ExpressionAttributeValues[":signs"].(*types.AttributeValueMemberSS)
	held, any := row["signs"].(*types.AttributeValueMemberSS)
	if !some || !any {
		if some != (any && len(held.Value) > 0) {
			t.Errorf("of a row with signs %v a verdict saw %v", held, said)
		}
		return
	}
	slices.Sort(said.Value)
	if all := slices.Sorted(slices.Values(held.Value)); !slices.Equal(said.Value, all) {
		t.Errorf("of a row with signs %q a verdict saw %q", all, said.Value)
	}
}

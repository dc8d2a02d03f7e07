package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// askedRow is a row of recoveries as the steps leave it, with every attribute that the reader knows.
func askedRow() item {
	now := fmt.Sprint(noon.Unix())
	return item{
		"pk": str(emailKey.String()), "due_recover": bin(sid[:]), "asked_at": num(now), "mailed_at": num(now), "rung": num("2"),
		"resend_at": num(now), "cid": bin(cid[:]), "pcid": bin(previous[:]), "kid": str("01020304"), "cn": num("1"), "coded_at": num(now), "opened": num(now),
		"expires": num(now), "owner": bin(account[:]), "tries": num("3"), fmt.Sprintf("tries_%d", binding.Day(noon)): num("4"),
		"claims": num("1"), "op": str("r1/code"), "pop": str("r2/present"), "used_at": num(now), "used_by": bin(client16[:]), "ev": str("recovery.started/r1"), "ttl": num(now),
	}
}

// credentialRow is the same of credentials.
func credentialRow() item {
	return item{
		"pk": str(account.String()), "hash": str(oldHash), "version": num(fmt.Sprint(noon.UnixMilli())), "changed_at": num(fmt.Sprint(noon.Unix())),
		"cid": bin(cid[:]), "dk": str("01020304"), "clients": bin(append(client16[:], sid[:]...)),
	}
}

// recalling gives what Recall makes of rows.
func recalling(t testing.TB, asked, email item) (recovery.Challenge, binding.Holder, error) {
	return store.New(double{batchGet: func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
		out := map[string][]item{}
		if asked != nil {
			out[physical.Recoveries] = []item{asked}
		}
		if email != nil {
			out[physical.Bindings] = []item{email}
		}
		return &dynamodb.BatchGetItemOutput{Responses: out}, nil
	}}, physical, dataKey(t)).Recall(t.Context(), emailKey, noon)
}

// credentials gives what Credential makes of a row.
func credentials(t testing.TB, row item) (recovery.Credential, error) {
	return store.New(double{get: func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
		return &dynamodb.GetItemOutput{Item: row}, nil
	}}, physical, dataKey(t)).Credential(t.Context(), account)
}

func TestRowsOfRecoveryAreReadWhole(t *testing.T) {
	c, h, err := recalling(t, askedRow(), item{"owner": bin(account[:])})
	if err != nil || h.Owner != account {
		t.Fatal(h, err)
	}
	cred, err := credentials(t, credentialRow())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(cred)} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s.%s was not read", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	if len(cred.Clients) != 2 || cred.Clients[0] != client16 || cred.Clients[1] != sid {
		t.Errorf("the clients are %x", cred.Clients)
	}
}

// changeCancelled runs a Change that is refused for those reasons.
func changeCancelled(t testing.TB, rows ...item) error {
	var seen []any
	reasons := []string{none, none, none}
	for i, row := range rows {
		if row != nil {
			reasons[i] = failed
		}
	}
	cause := cancelledFor(reason(reasons[0], rows[0]), reason(reasons[1], rows[1]), reason(reasons[2], rows[2]))
	return store.New(answers(cause, &seen), physical, dataKey(t)).Change(t.Context(), theChange())
}

// TestUnreadableRowsOfRecoveryAreOutages on every way a row comes back: read, after a write, with a refusal, in
// a transaction.
func TestUnreadableRowsOfRecoveryAreOutages(t *testing.T) {
	s := spoiler{askedRow, map[string]item{}}
	s.everyType()
	s.spoil("is odd", "kid", str("0102030"))
	s.spoil("is no hex", "kid", str("0102030x"))
	for what, row := range s.rows {
		_, _, err := recalling(t, row, nil)
		isOutage(t, step{name: "Recall"}, err)
		if err == nil {
			t.Errorf("%s is read", what)
		}
		written := store.New(double{update: func(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
			return &dynamodb.UpdateItemOutput{Attributes: row}, nil
		}}, physical, dataKey(t))
		_, err = written.Renew(t.Context(), renewal())
		isOutage(t, step{name: "Renew"}, err)
		var seen []any
		_, err = store.New(answers(failedCondition(row), &seen), physical, dataKey(t)).Present(t.Context(), guess("r1/present"))
		isOutage(t, step{name: "Present"}, err)
		isOutage(t, step{name: "Change"}, changeCancelled(t, row, nil, nil))
	}
	for what, row := range unreadable(t) {
		_, err := store.New(double{batchGet: func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
			return &dynamodb.BatchGetItemOutput{Responses: map[string][]item{physical.Accounts: {row}}}, nil
		}}, physical, dataKey(t)).Owner(t.Context(), account, noon)
		isOutage(t, step{name: "Owner"}, err)
		isOutage(t, step{name: "Change"}, changeCancelled(t, nil, nil, row))
		if err == nil {
			t.Errorf("%s is read", what)
		}
	}
	_, _, err := recalling(t, nil, item{"owner": str("x")})
	isOutage(t, step{name: "Recall"}, err)
}

// TestUnreadableCredentialsAreOutages: also one without a password or version, which would read as an account
// that may get its first one.
func TestUnreadableCredentialsAreOutages(t *testing.T) {
	s := spoiler{credentialRow, map[string]item{}}
	s.everyType()
	s.spoil("is empty", "hash", str(""))
	s.spoil("is zero", "version", num("0"))
	s.spoil("is negative", "version", num("-1"))
	for _, name := range []string{"hash", "version"} {
		row := credentialRow()
		delete(row, name)
		s.rows["no "+name] = row
	}
	for what, row := range s.rows {
		_, err := credentials(t, row)
		isOutage(t, step{name: "Credential"}, err)
		if err == nil || strings.Contains(err.Error(), oldHash) {
			t.Errorf("%s: %v", what, err)
		}
		isOutage(t, step{name: "Change"}, changeCancelled(t, nil, row, nil))
		var seen []any
		p := thePut()
		p.Bound = false
		isOutage(t, step{name: "Put"}, store.New(answers(cancelledFor(reason(failed, row)), &seen), physical, dataKey(t)).Put(t.Context(), p))
	}
}

// TestUnreadableLimitsAreOutages: a counter or meter that cannot be read neither lets pass nor keeps out.
func TestUnreadableLimitsAreOutages(t *testing.T) {
	for what, v := range map[string]item{
		"is a text": {"m7": str("60"), "full_at": str("1")}, "is a list": {"h": bin(nil), "full_at": bin(nil)}, "is a fraction": {"m7": num("1.5"), "full_at": num("1.5")},
	} {
		refusing := store.New(double{update: func(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(v) }}, physical, dataKey(t))
		for name, err := range map[string]error{
			"CountCaller": func() error {
				_, ok, err := refusing.CountCaller(t.Context(), caller, noon.Add(7*60e9))
				if ok {
					t.Errorf("%s: counted", what)
				}
				return err
			}(),
			"Spend": func() error { _, err := refusing.Spend(t.Context(), oneMeter, noon); return err }(),
		} {
			isOutage(t, step{name: name}, err)
			if _, busy := errors.AsType[*binding.Conflict](err); busy {
				t.Errorf("%s: a counter that %s is called busy", name, what)
			}
		}
	}
}

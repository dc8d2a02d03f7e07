package main_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// bells are the rows of table recoveries, and the stack that writes them.
type bells struct {
	stack  *stack
	client *dynamodb.Client
	seen   map[string]bool // by pk
}

const recoveriesTable = "mailbind-local-recoveries"

// an owner of a bound address, with a password.
type owner struct{ account, address string }

const firstPassword, nextPassword = "seven lamps over the harbour", "nine boats below the bridge"

// bound makes an owner, to whom three mails came: code, receipt, and that there is a password.
func bound(t *testing.T, s *stack, name string) owner {
	t.Helper()
	o := owner{name + "-1", name + "@shop.example"}
	token := signIn(t, s, o.account, "")
	want(t, s, token, 202, "POST", "/v1/binding", `{"email":"`+o.address+`"}`)
	want(t, s, token, 200, "POST", "/v1/binding/verify", `{"code":"`+mailTo(t, s, o.address, 1).code+`"}`)
	mailTo(t, s, o.address, 2)
	o.sets(t, s, firstPassword)
	mailTo(t, s, o.address, 3)
	return o
}

func (o owner) sets(t *testing.T, s *stack, password string) {
	t.Helper()
	if a, err := s.credential(`{"op":"set","account":"` + o.account + `","password":"` + password + `"}`); err != nil || a.json(t)["version"] == nil {
		t.Fatalf("set: %s %v", a.body, err)
	}
}

func (o owner) signsIn(t *testing.T, s *stack, password string) bool {
	t.Helper()
	a, err := s.credential(`{"op":"check","account":"` + o.account + `","password":"` + password + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	return a.json(t)["ok"] == true
}

func (o owner) asks(t *testing.T, s *stack) {
	t.Helper()
	want(t, s, "", 202, "POST", "/v1/recovery", `{"email":"`+o.address+`"}`)
}

// mailed waits for the nth mail that has a way back in, or of those that have none: which of the two come first is chance.
func (o owner) mailed(t *testing.T, s *stack, wayIn bool, n int) letter {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := s.mails(o.address)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for i, m := range all {
			if resetLine.MatchString(m.Text) != wayIn {
				continue
			}
			if seen++; seen == n {
				return mailTo(t, s, o.address, i+1)
			}
		}
		if time.Now().After(limit) {
			t.Fatalf("of %d mails %d have a way in (%v), number %d did not come", len(all), seen, wayIn, n)
		}
	}
}

// types a code and gives the grant; "" for the one refusal.
func (o owner) types(t *testing.T, s *stack, status int, code string) string {
	t.Helper()
	grant, _ := want(t, s, "", status, "POST", "/v1/recovery/verify", `{"email":"`+o.address+`","code":"`+code+`"}`)["grant"].(string)
	return grant
}

func (o owner) opens(t *testing.T, s *stack, status int, token string) {
	t.Helper()
	want(t, s, "", status, "POST", "/v1/recovery/password", `{"email":"`+o.address+`","token":"`+token+`","password":"`+nextPassword+`"}`)
}

// fresh gives the key of the one row that was not there before.
func (b *bells) fresh(t *testing.T) (pk string) {
	t.Helper()
	for key := range b.rows(t) {
		if b.seen[key] {
			continue
		}
		if pk != "" {
			t.Fatal("two new rows of recoveries")
		}
		pk = key
	}
	if pk == "" {
		t.Fatal("no new row of recoveries")
	}
	b.seen[pk] = true
	return pk
}

func (b *bells) rows(t *testing.T) map[string]map[string]types.AttributeValue {
	t.Helper()
	table := recoveriesTable
	consistent := true
	page, err := b.client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]types.AttributeValue{}
	for _, row := range page.Items {
		rows[row["pk"].(*types.AttributeValueMemberS).Value] = row
	}
	return rows
}

func (b *bells) number(t *testing.T, pk, attribute string) int64 {
	t.Helper()
	value, ok := b.rows(t)[pk][attribute].(*types.AttributeValueMemberN)
	if !ok {
		t.Fatalf("the row has no number %s", attribute)
	}
	n, err := strconv.ParseInt(value.Value, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// move puts a time of a row to so long from now.
func (b *bells) move(t *testing.T, pk, attribute string, to time.Duration) {
	t.Helper()
	table, update, there := recoveriesTable, "SET #a=:t", "attribute_exists(#a)"
	_, err := b.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}},
		UpdateExpression: &update, ConditionExpression: &there, ExpressionAttributeNames: map[string]string{"#a": attribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberN{Value: fmt.Sprint(time.Now().Add(to).Unix())}},
	})
	if err != nil {
		t.Fatalf("%s: %v", attribute, err)
	}
}

// booked waits until the mailer has settled the mail that came: it writes after SES has answered.
func (b *bells) booked(t *testing.T, pk string) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, due := b.rows(t)[pk]["due_recover"]; !due {
			return
		}
		if time.Now().After(limit) {
			t.Fatal("the mail is still due")
		}
	}
}

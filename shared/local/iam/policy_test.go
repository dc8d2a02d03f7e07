package iam

import (
	"strings"
	"testing"
)

const (
	accounts = "arn:aws:dynamodb:local-1:000000000000:table/shop-accounts"
	bindings = "arn:aws:dynamodb:local-1:000000000000:table/shop-bindings"
)

// only are the statements of a role that shows every form that is understood.
var only = Policy{
	{Sid: "Accounts", Effect: "Allow", Actions: []string{"dynamodb:UpdateItem"}, Resources: []string{accounts}},
	{Sid: "Fingerprint", Effect: "Allow", Actions: []string{"dynamodb:GetItem"}, Resources: []string{bindings}, Conditions: []Condition{
		{"ForAllValues:StringEquals", LeadingKeys, []string{"k"}}, {"Null", LeadingKeys, []string{"false"}},
	}},
	{Sid: "Bind", Effect: "Allow", Actions: []string{"dynamodb:PutItem", "dynamodb:DeleteItem"}, Resources: []string{bindings}, Conditions: []Condition{
		{"ForAnyValue:StringEquals", EnclosingOperation, []string{"TransactWriteItems"}},
	}},
	{Sid: "Keep", Effect: "Deny", Actions: []string{"dynamodb:Delete*"}, Resources: []string{"*"}},
	{Sid: "Stream", Effect: "Allow", Actions: []string{"dynamodb:GetRecords"}, Resources: []string{accounts + "/stream/*"}},
	{Sid: "Mail", Effect: "Allow", Actions: []string{"ses:SendEmail"}, Resources: []string{"arn:aws:ses:local-1:000000000000:*"}, Conditions: []Condition{
		{"StringEquals", FromAddress, []string{"a@shop.example", "b@shop.example"}},
	}},
	{Sid: "First", Effect: "Allow", Actions: []string{"events:PutEvents"}, Resources: []string{"*"}, Conditions: []Condition{
		{"Null", EventSource, []string{"true"}},
	}},
}

func keyed(name string, values ...string) map[string][]string {
	return map[string][]string{name: values}
}

func TestACallNeedsAnAllowWhoseConditionsHoldAndNoDeny(t *testing.T) {
	inTransaction := keyed(EnclosingOperation, "TransactWriteItems")
	for _, test := range []struct {
		name string
		call Call
		want string // "": allowed
	}{
		{"allowed", Call{"dynamodb:UpdateItem", accounts, keyed(LeadingKeys, "a")}, ""},
		{"in other capitals", Call{"DynamoDB:updateitem", accounts, nil}, ""},
		{"no statement", Call{"dynamodb:PutItem", accounts, inTransaction}, "no statement"},
		{"longer action", Call{"dynamodb:UpdateItems", accounts, nil}, "no statement"},
		{"wrong table", Call{"dynamodb:UpdateItem", bindings, nil}, "no statement"},
		{"longer name of a table", Call{"dynamodb:UpdateItem", accounts + "2", nil}, "no statement"},
		{"row k", Call{"dynamodb:GetItem", bindings, keyed(LeadingKeys, "k")}, ""},
		{"another row", Call{"dynamodb:GetItem", bindings, keyed(LeadingKeys, "e#1")}, "Fingerprint of its role allows it on conditions"},
		{"row k and another", Call{"dynamodb:GetItem", bindings, keyed(LeadingKeys, "k", "e#1")}, "Fingerprint"},
		{"no row, for the Null clause", Call{"dynamodb:GetItem", bindings, nil}, "Fingerprint"},
		{"in a batch", Call{"dynamodb:BatchGetItem", bindings, keyed(LeadingKeys, "k")}, "no statement"},
		{"in a transaction", Call{"dynamodb:PutItem", bindings, inTransaction}, ""},
		{"outside of a transaction", Call{"dynamodb:PutItem", bindings, nil}, "Bind"},
		{"in another transaction", Call{"dynamodb:PutItem", bindings, keyed(EnclosingOperation, "TransactGetItems")}, "Bind"},
		{"allowed and denied", Call{"dynamodb:DeleteItem", bindings, inTransaction}, "Keep of its role forbids it"},
		{"any stream", Call{"dynamodb:GetRecords", accounts + "/stream/2026-01-01T00:00:00.000", nil}, ""},
		{"stream of another table", Call{"dynamodb:GetRecords", bindings + "/stream/2026-01-01T00:00:00.000", nil}, "no statement"},
		{"one of two values", Call{"ses:SendEmail", "arn:aws:ses:local-1:000000000000:identity/x", keyed(FromAddress, "b@shop.example")}, ""},
		{"neither of two values", Call{"ses:SendEmail", "arn:aws:ses:local-1:000000000000:identity/x", keyed(FromAddress, "B@shop.example")}, "Mail"},
		{"no value", Call{"ses:SendEmail", "arn:aws:ses:local-1:000000000000:identity/x", nil}, "Mail"},
		{"absent as wanted", Call{"events:PutEvents", "arn:x", nil}, ""},
		{"present, against Null true", Call{"events:PutEvents", "arn:x", keyed(EventSource, "mailbind")}, "First"},
	} {
		verdict := only.Judge(test.call)
		if verdict.Allowed != (test.want == "") || !strings.Contains(verdict.Why, test.want) {
			t.Errorf("%s: %+v, want %q", test.name, verdict, test.want)
		}
		if verdict.Explicit != strings.Contains(test.want, "forbids") {
			t.Errorf("%s: explicit is %v", test.name, verdict.Explicit)
		}
	}
	if verdict := (Policy{}).Judge(Call{"dynamodb:GetItem", accounts, nil}); verdict.Allowed {
		t.Error("a role without a statement allows")
	}
}

// Without the Null clause beside it ForAllValues is true for a call that brings no value: so it is on AWS.
func TestForAllValuesAloneHoldsForNone(t *testing.T) {
	loose := Policy{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}, Conditions: []Condition{
		{"ForAllValues:StringEquals", LeadingKeys, []string{"k"}},
	}}}
	for want, keys := range map[bool]map[string][]string{true: nil, false: keyed(LeadingKeys, "j")} {
		if verdict := loose.Judge(Call{"dynamodb:GetItem", accounts, keys}); verdict.Allowed != want {
			t.Errorf("%v: %+v", keys, verdict)
		}
	}
}

func TestWhatIsNotUnderstoodInAStatementIsAFault(t *testing.T) {
	for _, statement := range only {
		if err := statement.Fault(); err != nil {
			t.Errorf("%s: %v", statement.Sid, err)
		}
	}
	for _, test := range []struct {
		want   string
		change func(*Statement)
	}{
		{`"allow" is neither Allow nor Deny`, func(s *Statement) { s.Effect = "allow" }},
		{"Action is missing", func(s *Statement) { s.Actions = nil }},
		{"Resource is missing", func(s *Statement) { s.Resources = nil }},
		{`"dynamodb:*Item" is not understood`, func(s *Statement) { s.Actions = []string{"dynamodb:GetItem", "dynamodb:*Item"} }},
		{`"dynamodb:GetIte?" is not understood`, func(s *Statement) { s.Actions = []string{"dynamodb:GetIte?"} }},
		{`"GetItem" is not understood`, func(s *Statement) { s.Actions = []string{"GetItem"} }},
		{`"" is not understood`, func(s *Statement) { s.Actions = []string{""} }},
		{`table/*/stream/*" is not understood`, func(s *Statement) { s.Resources = []string{"arn:aws:dynamodb:local-1:0:table/*/stream/*"} }},
		{`"shop-accounts" is not understood`, func(s *Statement) { s.Resources = []string{"shop-accounts"} }},
		{`${aws:PrincipalTag/team}" is not understood`, func(s *Statement) { s.Resources = []string{"arn:aws:s3:::${aws:PrincipalTag/team}"} }},
		{"the operator StringLike is not", condition("StringLike", FromAddress, "*@shop.example")},
		{"the operator ForAllValues:StringLike is not", condition("ForAllValues:StringLike", LeadingKeys, "k*")},
		{"the operator StringEqualsIfExists is not", condition("StringEqualsIfExists", EnclosingOperation, "TransactWriteItems")},
		{"the key dynamodb:Attributes is not", condition("ForAllValues:StringEquals", "dynamodb:Attributes", "pk")},
		{"the key aws:SourceIp is not", condition("StringEquals", "aws:SourceIp", "192.0.2.1")},
		{"dynamodb:LeadingKeys has several values", condition("StringEquals", LeadingKeys, "k")},
		{"has no value", condition("StringEquals", FromAddress)},
		{`["maybe"] is neither true nor false`, condition("Null", LeadingKeys, "maybe")},
		{`["true" "false"] is neither`, condition("Null", LeadingKeys, "true", "false")},
		{"the variable in", condition("ForAllValues:StringEquals", LeadingKeys, "${aws:userid}")},
	} {
		for _, effect := range []string{"Allow", "Deny"} {
			statement := Statement{Effect: effect, Actions: []string{"dynamodb:GetItem"}, Resources: []string{accounts}}
			test.change(&statement)
			if err := statement.Fault(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v\nwant %s", effect, err, test.want)
			}
			if _, err := New(World{}, []Caller{{Name: "x", Policy: Policy{statement}}}, nil); err == nil {
				t.Errorf("a guard goes by a policy with the fault %q", test.want)
			}
		}
	}
}

func condition(operator, key string, values ...string) func(*Statement) {
	return func(s *Statement) { s.Conditions = []Condition{{operator, key, values}} }
}

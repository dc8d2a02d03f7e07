package iam

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
)

const (
	secretARN = "arn:aws:secretsmanager:local-1:000000000000:secret:shop/key-local0"
	sesARN    = "arn:aws:ses:local-1:000000000000:"
	busARN    = "arn:aws:events:local-1:000000000000:event-bus/"
)

// said is what a guard wrote.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(line)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// guarded is a guard of one function, which may do what the policy says.
func guarded(t testing.TB, policy Policy) (*Guard, *said) {
	t.Helper()
	words := &said{}
	guard, err := New(World{
		Region: "local-1", Account: "000000000000", PartitionKeys: map[string]string{"shop-accounts": "pk", "shop-bindings": "pk"},
		Secrets: map[string]string{"shop/key": secretARN}, Identities: []string{"shop.example", "only@other.example"},
	}, []Caller{{Name: "clerk", FullName: "shop-clerk", Role: "arn:aws:iam::000000000000:role/shop-ClerkRole", Policy: policy}}, words)
	if err != nil {
		t.Fatal(err)
	}
	return guard, words
}

func signed(fullName string) string {
	return "AWS4-HMAC-SHA256 Credential=" + AccessKeyID(fullName) + "/20260314/local-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
}

// TestARequestNeedsThePermissionsOfItsParts goes through the operations of DynamoDB.
func TestARequestNeedsThePermissionsOfItsParts(t *testing.T) {
	guard, _ := guarded(t, nil)
	lead := func(action, resource string, keys ...string) Call {
		return Call{"dynamodb:" + action, resource, keyed(LeadingKeys, keys...)}
	}
	none := map[string][]string{}
	within := func(operation string, call Call) Call {
		call.Keys[EnclosingOperation] = []string{operation}
		return call
	}
	for _, test := range []struct {
		operation, body string
		want            []Call
	}{
		{"GetItem", `{"TableName":"shop-bindings","Key":{"pk":{"S":"k"}},"ConsistentRead":true}`, []Call{lead("GetItem", bindings, "k")}},
		{"GetItem", `{"TableName":"` + bindings + `","Key":{"pk":{"S":"k"}}}`, []Call{lead("GetItem", bindings, "k")}},
		{"GetItem", `{"TableName":"shop-bindings","Key":{"id":{"S":"k"}}}`, []Call{{"dynamodb:GetItem", bindings, none}}},
		{"UpdateItem", `{"TableName":"shop-accounts","Key":{"pk":{"B":"AQ=="}}}`, []Call{lead("UpdateItem", accounts, "AQ==")}},
		{"DeleteItem", `{"TableName":"shop-accounts","Key":{"pk":{"N":"7"}}}`, []Call{lead("DeleteItem", accounts, "7")}},
		{"PutItem", `{"TableName":"shop-accounts","Item":{"pk":{"S":"a"},"n":{"L":[{"S":"x"}]},"m":{"M":{}}}}`, []Call{lead("PutItem", accounts, "a")}},
		{"PutItem", `{"TableName":"else","Item":{"pk":{"S":"a"}}}`, []Call{{"dynamodb:PutItem", strings.Replace(accounts, "shop-accounts", "else", 1), none}}},
		{"BatchGetItem", `{"RequestItems":{"shop-bindings":{"Keys":[{"pk":{"S":"b"}},{"pk":{"S":"c"}}],"ConsistentRead":true},
			"shop-accounts":{"Keys":[{"pk":{"S":"a"}}]}}}`,
			[]Call{lead("BatchGetItem", accounts, "a"), lead("BatchGetItem", bindings, "b", "c")}},
		{"BatchGetItem", `{"RequestItems":{"shop-bindings":{"Keys":[{"pk":{"S":"k"}},{}]}}}`, []Call{{"dynamodb:BatchGetItem", bindings, none}}},
		{"BatchWriteItem", `{"RequestItems":{"shop-accounts":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}}`,
			[]Call{lead("BatchWriteItem", accounts, "a", "b")}},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"shop-accounts","Key":{"pk":{"S":"a"}}}}]}`,
			[]Call{within("TransactGetItems", lead("GetItem", accounts, "a"))}},
		{"TransactWriteItems", `{"TransactItems":[{"Update":{"TableName":"shop-accounts","Key":{"pk":{"S":"a"}}}},
			{"Put":{"TableName":"shop-bindings","Item":{"pk":{"S":"b"}}}},{"Delete":{"TableName":"shop-bindings","Key":{"pk":{"S":"c"}}}},{"ConditionCheck":{"TableName":"shop-bindings","Key":{"pk":{"S":"d"}}}}]}`,
			[]Call{within("TransactWriteItems", lead("UpdateItem", accounts, "a")), within("TransactWriteItems", lead("PutItem", bindings, "b")),
				within("TransactWriteItems", lead("DeleteItem", bindings, "c")), within("TransactWriteItems", lead("ConditionCheckItem", bindings, "d"))}},
	} {
		got, unread := guard.dynamodb("DynamoDB_20120810."+test.operation, []byte(test.body))
		if unread != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %s\n got %v, %+v\nwant %v", test.operation, test.body, got, unread, test.want)
		}
	}
}

// A role that allows everything does not help: what a request asks for has to be known.
func TestARequestThatIsNotUnderstoodIsRefused(t *testing.T) {
	guard, words := guarded(t, Policy{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}}})
	for _, test := range []struct{ target, body string }{
		{"DynamoDB_20120810.Scan", `{"TableName":"shop-accounts"}`},
		{"DynamoDB_20120810.Query", `{"TableName":"shop-accounts"}`},
		{"DynamoDB_20120810.ExecuteStatement", `{"Statement":"SELECT * FROM \"shop-accounts\""}`},
		{"DynamoDBStreams_20120810.ListStreams", `{}`},
		{"", `{}`},
		{"DynamoDB_20120810.GetItem", `{"Key":{"pk":{"S":"k"}}}`},
		{"DynamoDB_20120810.GetItem", `{"TableName":"shop-accounts"`},
		{"DynamoDB_20120810.BatchGetItem", `{}`},
		{"DynamoDB_20120810.BatchGetItem", `{"RequestItems":{"shop-accounts":7}}`},
		{"DynamoDB_20120810.BatchWriteItem", `{"RequestItems":{"shop-accounts":[7]}}`},
		{"DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[]}`},
		{"DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{}]}`},
		{"DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Get":{"TableName":"shop-accounts","Key":{"pk":{"S":"a"}}}}]}`},
		{"DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Update":{"TableName":"shop-accounts"},"Put":{"TableName":"shop-bindings"}}]}`},
		{"DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Update":{"Key":{"pk":{"S":"a"}}}}]}`},
		{"DynamoDB_20120810.TransactGetItems", `7`},
	} {
		before := words.String()
		calls, unread := guard.dynamodb(test.target, []byte(test.body))
		refused := guard.judge(signed("shop-clerk"), calls, unread)
		if refused == nil || refused.kind != "AccessDeniedException" || !strings.Contains(strings.TrimPrefix(words.String(), before), "cannot judge") {
			t.Errorf("%s %s: %+v, said %q", test.target, test.body, refused, words)
		}
	}
}

const letter = `{"FromEmailAddress":"Shop <a@Shop.example>","ConfigurationSetName":"set","Content":{"Simple":{}}}`

// TestTheServicesAskForTheirResources goes through what functions ask of the services that are not DynamoDB.
func TestTheServicesAskForTheirResources(t *testing.T) {
	for _, test := range []struct {
		target, body string
		allow        []Statement
		denied       string // action and resource; "": it goes through
	}{
		{"secretsmanager.GetSecretValue", `{"SecretId":"shop/key"}`, allow("secretsmanager:GetSecretValue", secretARN), ""},
		{"secretsmanager.GetSecretValue", `{"SecretId":"` + secretARN + `"}`, allow("secretsmanager:GetSecretValue", secretARN), ""},
		{"secretsmanager.GetSecretValue", `{"SecretId":"shop/other"}`, allow("secretsmanager:GetSecretValue", secretARN),
			"secretsmanager:GetSecretValue on arn:aws:secretsmanager:local-1:000000000000:secret:shop/other"},
		{"secretsmanager.GetSecretValue", `{"SecretId":"shop/key"}`, nil, "secretsmanager:GetSecretValue on " + secretARN},
		{"secretsmanager.GetSecretValue", `{}`, allow("*", "*"), "secretsmanager:GetSecretValue on *"},
		{"secretsmanager.PutSecretValue", `{"SecretId":"shop/key"}`, allow("*", "*"), "secretsmanager.PutSecretValue on *"},
		{"AWSEvents.PutEvents", `{"Entries":[{"Source":"shop"},{"Source":"shop"}]}`, ours("default"), ""},
		{"AWSEvents.PutEvents", `{"Entries":[{"Source":"shop","EventBusName":"` + busARN + `own"}]}`, ours("own"), ""},
		{"AWSEvents.PutEvents", `{"Entries":[{"Source":"shop"},{"Source":"bank"}]}`, ours("default"), "events:PutEvents on " + busARN + "default"},
		{"AWSEvents.PutEvents", `{"Entries":[{"Detail":"{}"}]}`, ours("default"), "events:PutEvents on " + busARN + "default"},
		{"AWSEvents.PutEvents", `{"Entries":[{"Source":"shop"},{"Source":"shop","EventBusName":"own"}]}`, ours("default"), "events:PutEvents on " + busARN + "own"},
		{"AWSEvents.PutEvents", `{"Entries":[]}`, allow("*", "*"), "anything on *"},
		{"AWSEvents.PutEvents", `[]`, allow("*", "*"), "events:PutEvents on *"},
		{"", letter, from("a@Shop.example", "identity/shop.example", "configuration-set/set"), ""},
		{"", letter, from("a@Shop.example", "identity/shop.example"), "ses:SendEmail on " + sesARN + "configuration-set/set"},
		{"", letter, from("a@Shop.example", "configuration-set/set"), "ses:SendEmail on " + sesARN + "identity/shop.example"},
		{"", letter, from("b@shop.example", "identity/shop.example", "configuration-set/set"), "ses:SendEmail on " + sesARN + "identity/shop.example"},
		{"", strings.Replace(letter, "a@Shop.example", "only@other.example", 1), from("only@other.example", "identity/other.example", "configuration-set/set"),
			"ses:SendEmail on " + sesARN + "identity/only@other.example"}, // the address is verified, so the permission for its domain is another
		{"", strings.Replace(letter, "a@Shop.example", "x@else.example", 1), from("x@else.example", "identity/else.example"),
			"ses:SendEmail on " + sesARN + "identity/x@else.example"},
		{"", strings.Replace(letter, "Simple", "Raw", 1), allow("*", "*"), "ses:SendEmail on *"},
		{"", strings.Replace(letter, "Shop <a@Shop.example>", "nobody", 1), allow("*", "*"), "ses:SendEmail on *"},
		{"", `{`, allow("*", "*"), "ses:SendEmail on *"},
	} {
		guard, words := guarded(t, test.allow)
		line := ""
		if test.denied != "" {
			line = "denied: clerk may not " + test.denied + ": "
		}
		status, _, through := ask(guard, test.target, "/v2/email/outbound-emails", test.body, signed("shop-clerk"))
		told := strings.HasPrefix(words.String(), line)
		if !told || through != (test.denied == "") || through != (words.String() == "") || through != (status == http.StatusTeapot) {
			t.Errorf("%s %s: status %d, said %q, want %q", test.target, test.body, status, words, line)
		}
	}
	guard, words := guarded(t, allow("*", "*"))
	if _, _, through := ask(guard, "", "/v2/email/identities", "{}", signed("shop-clerk")); through || !strings.Contains(words.String(), "POST /v2/email/identities") {
		t.Errorf("another operation of SES: %q", words)
	}
}

// ask sends a request through the guard to a service that answers with what it got.
func ask(guard *Guard, target, path, body, authorization string) (status int, answer *httptest.ResponseRecorder, through bool) {
	request := httptest.NewRequest("POST", path, strings.NewReader(body))
	if target != "" {
		request.Header.Set("X-Amz-Target", target)
	}
	request.Header.Set("Authorization", authorization)
	recorder := httptest.NewRecorder()
	guard.Services(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got bytes.Buffer
		got.ReadFrom(r.Body)
		through = got.String() == body
		w.WriteHeader(http.StatusTeapot)
	})).ServeHTTP(recorder, request)
	return recorder.Code, recorder, through
}

func allow(action string, resources ...string) []Statement {
	return []Statement{{Sid: "Some", Effect: "Allow", Actions: []string{action}, Resources: resources}}
}

func ours(bus string) []Statement {
	statements := allow("events:PutEvents", busARN+bus)
	statements[0].Conditions = []Condition{{"ForAllValues:StringEquals", EventSource, []string{"shop"}}, {"Null", EventSource, []string{"false"}}}
	return statements
}

func from(address string, resources ...string) []Statement {
	statements := allow("ses:SendEmail")
	for _, resource := range resources {
		statements[0].Resources = append(statements[0].Resources, sesARN+resource)
	}
	statements[0].Conditions = []Condition{{"StringEquals", FromAddress, []string{address}}}
	return statements
}

func TestARefusalIsInTheServicesForm(t *testing.T) {
	guard, _ := guarded(t, nil)
	const who = "User: arn:aws:sts::000000000000:assumed-role/shop-ClerkRole/shop-clerk is not authorized to perform: "
	for _, test := range []struct {
		target, authorization, body string
		status                      int
		header, want                string
	}{
		{"secretsmanager.GetSecretValue", signed("shop-clerk"), `{"SecretId":"shop/key"}`, 400, "",
			`{"Message":"` + who + `secretsmanager:GetSecretValue on resource: ` + secretARN + ` because no identity-based policy allows ` +
				`the secretsmanager:GetSecretValue action","__type":"AccessDeniedException"}`},
		{"", signed("shop-clerk"), letter, 403, "AccessDeniedException",
			`{"message":"` + who + `ses:SendEmail on resource: ` + sesARN + `identity/shop.example ` +
				`because no identity-based policy allows the ses:SendEmail action"}`},
		{"AWSEvents.PutEvents", signed("shop-porter"), `{}`, 400, "",
			`{"Message":"The security token included in the request is invalid.","__type":"UnrecognizedClientException"}`},
		{"", "", letter, 403, "UnrecognizedClientException", `{"message":"The security token included in the request is invalid."}`},
	} {
		status, answer, _ := ask(guard, test.target, "/v2/email/outbound-emails", test.body, test.authorization)
		got := strings.TrimSpace(answer.Body.String())
		if status != test.status || got != test.want || answer.Header().Get("X-Amzn-Errortype") != test.header {
			t.Errorf("got %d %s %s\nwant %d %s", status, answer.Header(), got, test.status, test.want)
		}
	}
}

func TestEachFunctionHasAnAccessKeyIDOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for i := range 500 {
		name := fmt.Sprint("shop-", i)
		id := AccessKeyID(name)
		if len(id) != keyLength || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" || seen[id] != "" {
			t.Errorf("%s: %q, as %q", name, id, seen[id])
		}
		if seen[id] = name; accessKeyID(signed(name)) != id {
			t.Errorf("%q is not read again", id)
		}
	}
	for _, header := range []string{"", "Bearer x", "AWS4-HMAC-SHA256 Signature=0"} {
		if id := accessKeyID(header); id != "" {
			t.Errorf("%q: %q", header, id)
		}
	}
}

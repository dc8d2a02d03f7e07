package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"mailbind/shared/local/template"
)

// asked is a request of a function.
type asked struct{ name, target, body string }

// by sends it in the name of a function; false: it was refused.
func (a asked) by(t *testing.T, endpoint, key string) bool {
	t.Helper()
	request, err := http.NewRequest("POST", endpoint, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260314/local-1/x/aws4_request")
	if a.target != "" {
		request.Header.Set("X-Amz-Target", a.target)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 && !strings.Contains(string(body)+response.Header.Get("X-Amzn-Errortype"), "AccessDeniedException") {
		t.Errorf("%s: %d %s", a.name, response.StatusCode, body)
	}
	return response.StatusCode == 200
}

// asks is all that can be asked of the product's services.
func asks(product *template.Product) []asked {
	var all []asked
	row := func(member, table, pk string) string {
		return fmt.Sprintf(`{"TableName":%q,%q:{"pk":{"S":%q}}}`, table, member, pk)
	}
	part := func(kind, body string) string { return fmt.Sprintf(`{"TransactItems":[{%q:%s}]}`, kind, body) }
	for _, table := range product.Tables {
		key, item := row("Key", table.Name, "e#1"), row("Item", table.Name, "e#1")
		for _, one := range []asked{
			{"G", "GetItem", key}, {"Gk", "GetItem", row("Key", table.Name, "k")}, {"U", "UpdateItem", key}, {"P", "PutItem", item}, {"D", "DeleteItem", key},
			{"BG", "BatchGetItem", fmt.Sprintf(`{"RequestItems":{%q:{"Keys":[{"pk":{"S":"e#1"}}]}}}`, table.Name)},
			{"BW", "BatchWriteItem", fmt.Sprintf(`{"RequestItems":{%q:[{"DeleteRequest":{"Key":{"pk":{"S":"e#1"}}}}]}}`, table.Name)},
			{"TG", "TransactGetItems", part("Get", key)}, {"UT", "TransactWriteItems", part("Update", key)}, {"PT", "TransactWriteItems", part("Put", item)},
			{"DT", "TransactWriteItems", part("Delete", key)}, {"CT", "TransactWriteItems", part("ConditionCheck", key)},
			{"scan", "Scan", key}, {"query", "Query", key},
		} {
			all = append(all, asked{one.name + " " + strings.TrimPrefix(table.Name, stackName+"-"), "DynamoDB_20120810." + one.target, one.body})
		}
	}
	const accounts, bindings = stackName + "-accounts", stackName + "-bindings"
	all = append(all,
		asked{"BG accounts and bindings", "DynamoDB_20120810.BatchGetItem",
			fmt.Sprintf(`{"RequestItems":{%q:{"Keys":[{"pk":{"S":"a"}}]},%q:{"Keys":[{"pk":{"S":"e#1"}}]}}}`, accounts, bindings)},
		asked{"the transaction that binds", "DynamoDB_20120810.TransactWriteItems",
			fmt.Sprintf(`{"TransactItems":[{"Update":%s},{"Put":%s}]}`, row("Key", accounts, "a"), row("Item", bindings, "e#1"))},
		asked{"tables", "DynamoDB_20120810.ListTables", "{}"})
	for _, secret := range product.Secrets {
		all = append(all, asked{secret.ID, "secretsmanager.GetSecretValue", fmt.Sprintf(`{"SecretId":%q}`, secret.ARN)})
	}
	return append(all, told(product.Parameters["FromAddress"])...)
}

// told are mails and events.
func told(from string) []asked {
	mail := func(name, from, set string) asked {
		return asked{name, "", fmt.Sprintf(`{"FromEmailAddress":%q,"ConfigurationSetName":%q,"Content":{"Simple":{}}}`, from, set)}
	}
	event := func(name, bus string, sources ...string) asked {
		var entries []string
		for _, source := range sources {
			entries = append(entries, fmt.Sprintf(`{"Source":%q,"EventBusName":%q}`, source, bus))
		}
		return asked{name, "AWSEvents.PutEvents", `{"Entries":[` + strings.Join(entries, ",") + `]}`}
	}
	return []asked{
		mail("mail", from, stackName+"-VerifySet"), mail("mail by the other set", from, stackName+"-RecoverSet"), mail("mail without a set", from, ""),
		mail("mail by a set that is not ours", from, "other"), mail("mail from another", "x@mail.lantern-market.example", stackName+"-VerifySet"),
		event("event", "default", "mailbind", "mailbind"), event("event of another", "default", "orders"), event("events of two", "default", "mailbind", "orders"),
		event("event on another bus", "own", "mailbind"),
	}
}

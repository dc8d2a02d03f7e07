package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailbind/shared/local/iam"
	"mailbind/shared/local/template"
)

// mayDo is who may do what: G GetItem, BG BatchGetItem, U UpdateItem (T: inside a transaction alone), P PutItem
// inside a transaction, k GetItem of the row k of bindings; then the keys, and what is not a table's.
var mayDo = map[string]string{
	"bind":       "U accounts, k, DataKey, TokenKey",
	"resend":     "U accounts, k, DataKey, TokenKey",
	"status":     "G accounts, k, DataKey, TokenKey",
	"verify":     "U accounts, P bindings, k, DataKey, TokenKey",
	"recover":    "U limits, U recoveries, k, DataKey, TokenKey",
	"reset":      "U recoveries, T credentials, T accounts, G credentials, k, DataKey, TokenKey",
	"credential": "U recoveries, U credentials, U accounts, U limits, G credentials, G accounts, k, DataKey, TokenKey",
	"mailer":     "BG accounts, BG bindings, BG recoveries, U accounts, U recoveries, U limits, k, DataKey, TokenKey, mail",
	"events":     "G accounts, k, DataKey, event",
	"feedback":   "U accounts, k, DataKey",
	"page":       "TokenKey",
}

// TestEachFunctionMayDoWhatTheDesignSaysAndNothingElse asks everything in the name of every function. What is denied to one has to be
// told with its name.
func TestEachFunctionMayDoWhatTheDesignSaysAndNothingElse(t *testing.T) {
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if wrong := differences(t, string(source)); len(wrong) > 0 {
		t.Errorf("%s", strings.Join(wrong, "\n"))
	}
	for _, fault := range []struct {
		role, sid, old, new string // old and new: in the statement; "" and "": it is taken away
		want                []string
	}{
		{"Events", "Accounts", "", "", []string{"events: G accounts is denied", "events: Gk accounts is denied", "events: TG accounts is denied"}},
		{"Events", "Accounts", "dynamodb:GetItem", "dynamodb:BatchGetItem",
			[]string{"events: BG accounts is allowed", "events: G accounts is denied", "events: Gk accounts is denied", "events: TG accounts is denied"}},
		{"Mailer", "Write", ", !GetAtt Recoveries.Arn", "", []string{"mailer: U recoveries is denied", "mailer: UT recoveries is denied"}},
		{"Verify", "Bind", "[TransactWriteItems]", "[TransactWriteItems, TransactGetItems, PutItem]", nil}, // PutItem encloses nothing
		{"Verify", "Bind", "ForAnyValue:", "ForAllValues:", []string{"verify: P bindings is allowed"}},
		{"Verify", "Fingerprint", "[k]", "[j]", []string{"verify: Gk bindings is denied"}},
		{"Status", "Fingerprint", `ForAllValues:StringEquals: {"dynamodb:LeadingKeys": [k]}`, "",
			[]string{"status: G bindings is allowed", "status: TG bindings is allowed"}},
		{"Recover", "Bell", "UpdateItem", "Update*", nil},
		{"Recover", "Bell", "UpdateItem", "P*", []string{
			"recover: P limits is allowed", "recover: P recoveries is allowed", "recover: PT limits is allowed", "recover: PT recoveries is allowed",
			"recover: U limits is denied", "recover: U recoveries is denied", "recover: UT limits is denied", "recover: UT recoveries is denied",
		}},
		{"Page", "Keys", "!Ref TokenKey", "[!Ref TokenKey, !If [HasCertificate, !Ref \"AWS::NoValue\", !Ref DataKey]]", []string{"page: DataKey is allowed"}},
		{"Page", "Keys", "!Ref TokenKey", "[!Ref TokenKey, !If [HasCertificate, !Ref DataKey, !Ref \"AWS::NoValue\"]]", nil},
		{"Mailer", "Mail", "configuration-set/${RecoverSet}", "configuration-set/other", []string{
			"mailer: mail by a set that is not ours is allowed", "mailer: mail by the other set is denied",
		}},
		{"Mailer", "Mail", "identity/${FromAddress}", "identity/other", []string{
			"mailer: mail by the other set is denied", "mailer: mail is denied", "mailer: mail without a set is denied",
		}},
		{"Mailer", "Mail", "!Ref FromAddress}", "!Ref Support}", []string{
			"mailer: mail by the other set is denied", "mailer: mail is denied", "mailer: mail without a set is denied",
		}},
		{"Events", "Publish", "[mailbind]", "[mailbind, orders]", []string{"events: event of another is allowed", "events: events of two is allowed"}},
		{"Events", "Publish", "event-bus/${EventBus}", "event-bus/own", []string{"events: event is denied", "events: event on another bus is allowed"}},
	} {
		changed := seed(t, string(source), fault.role, fault.sid, fault.old, fault.new)
		if got := differences(t, changed); !slices.Equal(got, fault.want) {
			t.Errorf("%s.%s, %q for %q:\n got %q\nwant %q", fault.role, fault.sid, fault.new, fault.old, got, fault.want)
		}
	}
}

// TestARoleThatIsNotUnderstoodOrTooNarrowForItsStreamsStopsTheStart changes the real template.
func TestARoleThatIsNotUnderstoodOrTooNarrowForItsStreamsStopsTheStart(t *testing.T) {
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []struct{ role, sid, old, new, want string }{
		{"Mailer", "Stream", "", "",
			"Mailer.Events.Recoveries.Properties: arn:aws:iam::000000000000:role/mailbind-local-MailerRole may not dynamodb:GetRecords on arn:"},
		{"Events", "Stream", `"dynamodb:GetShardIterator", `, "",
			"EventsRole may not dynamodb:GetShardIterator on arn:aws:dynamodb:local-1:000000000000:table/mailbind-local-accounts/stream/"},
		{"Events", "Stream", `, !Sub "${Recoveries.Arn}/stream/*"`, "", "Events.Events.Recoveries.Properties"},
		{"Mailer", "Failures", "MailerFailures.Arn", "EventsFailures.Arn",
			"may not sqs:SendMessage on arn:aws:sqs:local-1:000000000000:mailbind-local-mailer-failures"},
		{"Reset", "Change", "ForAnyValue:StringEquals", "Null",
			`ResetRole.Policies[0].PolicyDocument.Statement[2]: Condition: the operator Null: dynamodb:EnclosingOperation`},
		{"Bind", "Accounts", "Action:", "NotAction:", "the property NotAction is not understood"},
		{"Bind", "Accounts", "dynamodb:UpdateItem", "dynamodb:*Item", `Action: "dynamodb:*Item" is not understood`},
		{"Status", "Fingerprint", "StringEquals", "StringLike", "the operator ForAllValues:StringLike is not understood"},
		{"Status", "Fingerprint", "dynamodb:LeadingKeys", "dynamodb:Attributes", "the key dynamodb:Attributes is not understood"},
	} {
		_, err := played(t, seed(t, string(source), fault.role, fault.sid, fault.old, fault.new))
		if err == nil || !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%s.%s, %q for %q: %v\nwant %q", fault.role, fault.sid, fault.new, fault.old, err, fault.want)
		}
	}
}

// played reads a template as the stack does.
func played(t *testing.T, source string) (*stack, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &stack{base: "http://127.0.0.1:8080"}
	var err error
	s.product, err = template.Read(path, stackName, values(s.base, false))
	return s, err
}

// seed changes a statement of a function's role, or takes it away.
func seed(t *testing.T, source, function, sid, old, new string) string {
	t.Helper()
	_, role, found := strings.Cut(source, "\n  "+function+"Role:\n")
	statement := regexp.MustCompile(`(?m)^ {14}- Sid: ` + sid + `\n(^ {16}.*\n)+`).FindString(role)
	if !found || statement == "" || !strings.Contains(statement, old) {
		t.Fatalf("%sRole has no statement %s with %q", function, sid, old)
	}
	changed := ""
	if old != "" {
		changed = strings.ReplaceAll(statement, old, new)
	}
	before, after, _ := strings.Cut(role, statement)
	return strings.TrimSuffix(source, role) + before + changed + after
}

// differences asks everything for everybody and gives what is not as mayDo has it: "events: G accounts is denied".
func differences(t *testing.T, source string) []string {
	t.Helper()
	s, err := played(t, source)
	if err != nil {
		t.Fatal(err)
	}
	var words bytes.Buffer
	s.words = &whole{out: &words}
	guard, err := s.guard()
	if err != nil {
		t.Fatal(err)
	}
	reached := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	database := httptest.NewServer(reached)
	defer database.Close()
	endpoint, err := s.relay(guard, database.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	services := httptest.NewServer(guard.Services(reached))
	defer services.Close()
	var wrong []string
	for _, function := range s.product.Functions {
		may := expand(mayDo[function.Name])
		for _, one := range asks(s.product) {
			at := services.URL + "/v2/email/outbound-emails"
			if strings.HasPrefix(one.target, "DynamoDB") {
				at = endpoint
			}
			words.Reset()
			allowed := one.by(t, at, iam.AccessKeyID(function.FullName))
			if said := strings.HasPrefix(words.String(), "denied: "+function.Name+" may not "); said == allowed {
				t.Errorf("%s: %s: allowed is %v, said %q", function.Name, one.name, allowed, words.String())
			}
			if allowed != may[one.name] {
				wrong = append(wrong, function.Name+": "+one.name+" is "+map[bool]string{true: "allowed", false: "denied"}[allowed])
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// expand gives the names of asks that a function may do.
func expand(design string) map[string]bool {
	may := map[string]bool{}
	for entry := range strings.SplitSeq(design, ", ") {
		kind, table, _ := strings.Cut(entry, " ")
		also := map[string][]string{
			"G": {"G", "Gk", "TG"}, "U": {"U", "UT"}, "T": {"UT"}, "P": {"PT"}, "BG": {"BG"},
		}[kind]
		for _, name := range also {
			may[name+" "+table] = true
		}
		switch kind {
		case "k":
			may["Gk bindings"] = true
		case "mail":
			may["mail"], may["mail by the other set"], may["mail without a set"] = true, true, true
		case "DataKey", "TokenKey", "event":
			may[kind] = true
		}
	}
	if may["UT accounts"] && may["PT bindings"] {
		may["the transaction that binds"] = true
	}
	if may["BG accounts"] && may["BG bindings"] {
		may["BG accounts and bindings"] = true
	}
	return may
}

// TestACallThatTheRoleDoesNotAllowIsRefusedAndSaid is the whole way, from a function's own process.
func TestACallThatTheRoleDoesNotAllowIsRefusedAndSaid(t *testing.T) {
	s := small(t)
	words := s.words.(*whole)
	for _, test := range []struct{ do, want, said string }{
		{`{"do":"publish"}`, `"status":200`, ""},
		{`{"do":"read","row":"k"}`, `"status":200`, ""},
		{`{"do":"read","row":"j"}`, `is not authorized to perform: dynamodb:GetItem`,
			"denied: echo may not dynamodb:GetItem on arn:aws:dynamodb:local-1:000000000000:table/mailbind-local-Things: the statement Row of its role allows it on"},
		{`{"do":"secret"}`, `assumed-role/mailbind-local-EchoRole/mailbind-local-echo is not authorized`,
			"denied: echo may not secretsmanager:GetSecretValue on arn:aws:secretsmanager:local-1:000000000000:secret:mailbind-local-TokenKey-local0: no statement"},
	} {
		words.mu.Lock()
		before := words.out.(*bytes.Buffer).Len()
		words.mu.Unlock()
		got := s.ask(t, "POST", "/2015-03-31/functions/echo/invocations", test.do, nil)
		words.mu.Lock()
		said := words.out.(*bytes.Buffer).String()[before:]
		words.mu.Unlock()
		if !strings.Contains(got.body, test.want) || !strings.Contains(said, test.said) || (test.said == "") == strings.Contains(said, "denied: ") {
			t.Errorf("%s: %+v, said %q", test.do, got, said)
		}
	}
}

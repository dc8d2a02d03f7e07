package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbind/shared/store"
	"mailbind/shared/token"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// cloud is as much of AWS as a start needs, on the wire: two secrets, and row k of a table of bindings.
type cloud struct {
	*httptest.Server
	mu    sync.Mutex
	data  string // the data key's secret
	row   string // row k as DynamoDB's JSON; "": none
	calls []string
}

func newCloud(t *testing.T, data string) *cloud {
	c := &cloud{data: data}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var in struct {
		SecretId, VersionStage string
		TableName              string
		Key                    map[string]map[string]string
		TransactItems          []struct {
			Put struct{ Item json.RawMessage }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.calls = append(c.calls, op)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch {
	case op == "GetSecretValue" && in.VersionStage == "AWSCURRENT":
		secret := map[string]string{"data": c.data, "token": strings.Repeat("t", 64)}[in.SecretId]
		fmt.Fprintf(w, `{"Name":%q,"SecretString":%q}`, in.SecretId, secret)
	case op == "GetSecretValue":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret value for staging label"}`)
	case op == "GetItem" && in.TableName == "bindings" && in.Key["pk"]["S"] == "k" && c.row != "":
		fmt.Fprintf(w, `{"Item":%s}`, c.row)
	case op == "TransactWriteItems" && len(in.TransactItems) == 1:
		c.row = string(in.TransactItems[0].Put.Item)
		fmt.Fprint(w, `{}`)
	default:
		fmt.Fprint(w, `{}`)
	}
}

func (c *cloud) function() *Function {
	return &Function{Name: "test", scope: token.Scope{Stage: "local"}, Config: awsConfig(c.env(), "test"), Env: c.env()}
}

func (c *cloud) env() *Env {
	return env(map[string]string{
		"MAILBIND_STAGE": "local", "MAILBIND_EPOCH": "1", "MAILBIND_NAMESPACE": "main", "MAILBIND_ACCOUNTS_TABLE": "accounts", "MAILBIND_BINDINGS_TABLE": "bindings",
		"MAILBIND_LIMITS_TABLE": "limits", "MAILBIND_DATA_KEY": "data", "MAILBIND_TOKEN_KEY": "token",
		"MAILBIND_DYNAMODB_ENDPOINT": c.URL, "MAILBIND_SECRETS_ENDPOINT": c.URL,
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "",
	})
}

// A new stack has no fingerprint: every function starts, and verify alone leaves one. After that a key that does not
// fit starts nowhere: under it every address would look unbound, and could be bound a second time.
func TestTheFirstKeyOfAStackIsItsKeyForEver(t *testing.T) {
	c := newCloud(t, one)
	connect := func(claims bool) error {
		f := c.function()
		core := f.Core(Accounts)
		if claims {
			core.ClaimingKey()
		}
		if err := f.Err(); err != nil {
			t.Fatal(err)
		}
		err := core.connect(t.Context())
		if err == nil && (core.Store == nil || core.Names.Data == nil || core.Keys.Current() == nil || core.Service().Store == nil) {
			t.Error("connected, and not usable")
		}
		return err
	}
	if err := connect(false); err != nil || c.row != "" {
		t.Errorf("a new stack: %v, row %q", err, c.row)
	}
	if slices.Contains(c.calls, "TransactWriteItems") {
		t.Error("a function that may not write bindings tried to")
	}
	if err := connect(true); err != nil || !strings.Contains(c.row, "fingerprint") {
		t.Errorf("verify in a new stack: %v, row %q", err, c.row)
	}
	for _, claims := range []bool{false, true} {
		if err := connect(claims); err != nil {
			t.Errorf("the same key: %v", err)
		}
	}
	row := c.row
	c.data = two
	for _, claims := range []bool{false, true} {
		if err := connect(claims); !errors.Is(err, store.ErrKeyMismatch) || c.row != row {
			t.Errorf("another key: %v, row %q", err, c.row)
		}
	}
	c.row = `{"pk":{"S":"k"}}`
	if err := connect(true); err == nil || errors.Is(err, store.ErrKeyMismatch) {
		t.Errorf("a row without a fingerprint: %v", err)
	}
}

// A hash is made with the pepper of the data key that its id names.
func TestHashesArePepperedByTheDataKey(t *testing.T) {
	c := newCloud(t, one)
	f := c.function()
	f.Env = env(map[string]string{"MAILBIND_PASSWORD_MEMORY": "19456", "MAILBIND_PASSWORD_PASSES": "2"})
	p := f.Passwords("Teahouse", "https://id.example.com")
	data, err := token.NewDataKey([]byte(one))
	if err != nil {
		t.Fatal(err)
	}
	core := c.function().Core()
	if err := core.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := p.Hasher(core)
	if h.KeyID != data.ID().String() || string(h.Pepper([]byte("x"))) != string(data.Pepper([]byte("x"))) || h.Params.Memory != 19456 || h.Params.Time != 2 {
		t.Errorf("%+v", h)
	}
	if other, err := token.NewDataKey([]byte(two)); err != nil || string(h.Pepper([]byte("x"))) == string(other.Pepper([]byte("x"))) {
		t.Errorf("any key's pepper: %v", err)
	}
}

func TestTheTablesAreThoseThatAFunctionNames(t *testing.T) {
	c := newCloud(t, one)
	f := c.function()
	f.Env = env(map[string]string{
		"MAILBIND_STAGE": "local", "MAILBIND_DATA_KEY": "data", "MAILBIND_BINDINGS_TABLE": "b", "MAILBIND_ACCOUNTS_TABLE": "a", "MAILBIND_RECOVERIES_TABLE": "r",
		"MAILBIND_CREDENTIALS_TABLE": "c", "MAILBIND_LIMITS_TABLE": "l", "MAILBIND_DYNAMODB_ENDPOINT": c.URL, "MAILBIND_SECRETS_ENDPOINT": c.URL,
	})
	if got := f.Data(Recoveries, Limits).Tables(); got != (store.Tables{Bindings: "b", Recoveries: "r", Limits: "l"}) {
		t.Errorf("%+v", got)
	}
	if got := f.Data(Accounts, Recoveries, Credentials, Limits).Tables(); got != (store.Tables{Accounts: "a", Bindings: "b", Recoveries: "r", Credentials: "c", Limits: "l"}) || f.Err() != nil {
		t.Errorf("%+v, %v", got, f.Err())
	}
}

func TestAStreamNamesItsTable(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:dynamodb:eu-west-1:123456789012:table/mailbind-accounts/stream/2025-11-24T15:00:00.000":              "mailbind-accounts",
		"arn:aws-cn:dynamodb:cn-north-1:123456789012:table/mailbind.table_of-accounts/stream/2025-11-24T15:00:00.000": "mailbind.table_of-accounts",
		"arn:aws:dynamodb:eu-west-1:123456789012:table/mailbind-accounts":                                             "", "": "", "mailbind-accounts": "", "arn:aws:kinesis:eu-west-1:123456789012:stream/mailbind": "",
	} {
		if got := TableOf(arn); got != want {
			t.Errorf("%q is of %q", arn, got)
		}
	}
}

// Three waits of a start cost one: both keys and the fingerprint are asked for before any of them is answered.
func TestAStartWaitsOnce(t *testing.T) {
	c := newCloud(t, one)
	var waiting sync.WaitGroup
	waiting.Add(5) // three stages of the token key, the pinned stage of the data key, the fingerprint
	var once sync.Mutex
	seen := 0
	c.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Lock()
		seen++
		first := seen <= 5
		once.Unlock()
		if first {
			waiting.Done()
			waiting.Wait()
		}
		c.serve(w, r)
	})
	core := c.function().Core(Accounts)
	if err := core.connect(t.Context()); err != nil {
		t.Errorf("they waited for each other: %v", err)
	}
}

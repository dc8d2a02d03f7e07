package store_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/local/dynamolocal"
	"mailbind/shared/store"
	"mailbind/shared/store/storetest"
	"mailbind/shared/token"
)

// local is the DynamoDB Local that the tests of this package share: started by the first that asks.
var local struct {
	sync.Once
	endpoint string
	stop     func()
	err      error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if local.stop != nil {
		local.stop()
	}
	os.Exit(code)
}

// client gives a client of DynamoDB Local. What cannot start fails: the contract is not proven by
// not running.
func client(t testing.TB, change ...func(*dynamodb.Options)) *dynamodb.Client {
	t.Helper()
	local.Do(func() { local.endpoint, local.stop, local.err = dynamolocal.Start(context.Background()) })
	if local.err != nil {
		t.Fatal(local.err)
	}
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &local.endpoint, DisableValidateResponseChecksum: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	}, change...)
}

// tables makes the tables under names of their own.
func tables(t testing.TB, c *dynamodb.Client) store.Tables {
	t.Helper()
	prefix := fmt.Sprintf("%s-%d-", strings.ReplaceAll(t.Name(), "/", "."), time.Now().UnixNano())
	out := store.Tables{Accounts: prefix + "accounts", Bindings: prefix + "bindings", Recoveries: prefix + "recoveries",
		Credentials: prefix + "credentials", Limits: prefix + "limits"}
	for _, name := range []string{out.Accounts, out.Bindings, out.Recoveries, out.Credentials, out.Limits} {
		_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
			TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if name == out.Bindings || name == out.Credentials {
			continue
		}
		_, err = c.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: aws.String(name),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func dataKey(t testing.TB) *token.DataKey { return dataKeyOf(t, "k") }

func dataKeyOf(t testing.TB, letter string) *token.DataKey {
	t.Helper()
	d, err := token.NewDataKey([]byte(strings.Repeat(letter, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDynamoDBKeepsTheContract(t *testing.T) {
	c := client(t)
	names := tables(t, c)
	s := store.New(c, names, dataKey(t))
	storetest.Run(t, storetest.Subject{Store: s, Outbox: s, Reports: s, Release: release(c, names), Sparse: true})
}

func TestDynamoDBKeepsTheContractOfRecovery(t *testing.T) {
	c := client(t)
	names := tables(t, c)
	storetest.RunRecovery(t, storetest.RecoverySubject{RecoveryStore: store.New(c, names, dataKey(t)), Doubt: doubt(c, names)})
}

// doubt plays the function that reads the provider's reports.
func doubt(c *dynamodb.Client, names store.Tables) func(*testing.T, binding.AccountKey, binding.Risk) {
	return func(t *testing.T, k binding.AccountKey, risk binding.Risk) {
		t.Helper()
		_, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &names.Accounts, Key: item{"pk": str(k.String())}, ConditionExpression: aws.String("attribute_exists(bound_at)"),
			UpdateExpression: aws.String("SET risk=:risk, risk_since=:since"), ExpressionAttributeValues: item{":risk": str(string(risk)), ":since": num("1")},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// release plays the operator's tool on both rows of a binding.
func release(c *dynamodb.Client, names store.Tables) func(*testing.T, binding.AccountKey, address.EmailKey, time.Time) {
	return func(t *testing.T, k binding.AccountKey, ek address.EmailKey, at time.Time) {
		t.Helper()
		for _, pk := range []string{"e#" + ek.String(), "b#" + k.String()} {
			_, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: &names.Bindings, Key: item{"pk": str(pk)},
				UpdateExpression:          aws.String("SET released_at=:at REMOVE #owner, addr"),
				ExpressionAttributeNames:  map[string]string{"#owner": "owner"},
				ExpressionAttributeValues: item{":at": num(fmt.Sprint(at.Unix()))},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

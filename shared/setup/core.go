package setup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// Keys are the token keys of a function, usable once connected.
type Keys struct {
	*token.Keyring
	vault secrets
	id    string
	scope token.Scope
}

// Keys reads the settings of the token keys.
func (f *Function) Keys() *Keys {
	return &Keys{vault: newSecrets(f.Config, f.endpoint("MAILBIND_SECRETS_ENDPOINT")), id: f.Text("MAILBIND_TOKEN_KEY"), scope: f.scope}
}

func (k *Keys) connect(ctx context.Context) (err error) {
	k.Keyring, err = keyring(ctx, k.vault, k.id, k.scope)
	return err
}

// Data is the data key of a function, known to be that of the tables: usable once connected.
type Data struct {
	*token.DataKey
	vault  secrets
	id     string
	dynamo *dynamodb.Client
	tables store.Tables
	claims bool
}

// Data reads the settings of the data key, of the table that has its fingerprint, and of the tables that the
// function uses beside it.
func (f *Function) Data(tables ...Table) *Data {
	d := &Data{
		vault:  newSecrets(f.Config, f.endpoint("MAILBIND_SECRETS_ENDPOINT")),
		id:     f.Text("MAILBIND_DATA_KEY"),
		dynamo: newDynamoDB(f.Config, f.endpoint("MAILBIND_DYNAMODB_ENDPOINT")),
		tables: store.Tables{Bindings: f.Text("MAILBIND_BINDINGS_TABLE")},
	}
	places := map[Table]*string{
		Accounts: &d.tables.Accounts, Recoveries: &d.tables.Recoveries, Credentials: &d.tables.Credentials, Limits: &d.tables.Limits,
	}
	for _, t := range tables {
		*places[t] = f.Text(string(t))
	}
	return d
}

// connect reads the key and the fingerprint at once.
func (d *Data) connect(ctx context.Context) error {
	var print string
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { d.DataKey, err = readDataKey(gctx, d.vault, d.id); return err })
	g.Go(func() (err error) { print, err = store.Fingerprint(gctx, d.dynamo, d.tables.Bindings); return err })
	if err := g.Wait(); err != nil {
		return err
	}
	switch {
	case print != "":
		return store.CheckFingerprint(print, d.DataKey)
	case d.claims:
		return store.LeaveFingerprint(ctx, d.dynamo, d.tables.Bindings, d.DataKey)
	}
	return nil // a new stack
}

// A Table is the setting that names one of the tables. That of bindings, where the data key's fingerprint
// is, every function has that has the key.
type Table string

const (
	Accounts    Table = "MAILBIND_ACCOUNTS_TABLE"
	Recoveries  Table = "MAILBIND_RECOVERIES_TABLE"
	Credentials Table = "MAILBIND_CREDENTIALS_TABLE"
	Limits      Table = "MAILBIND_LIMITS_TABLE"
)

// Tables are the names of the tables that the function uses.
func (d *Data) Tables() store.Tables { return d.tables }

// Store keeps their rows, once connected.
func (d *Data) Store() *store.Store { return store.New(d.dynamo, d.tables, d.DataKey) }

// A Core is what every function that writes or reads rows and makes tokens has: usable once connected.
type Core struct {
	Names binding.Names
	Keys  *Keys
	Store *store.Store

	data *Data
}

// Core reads the settings of the tables and of both keys.
func (f *Function) Core(tables ...Table) *Core {
	return &Core{Keys: f.Keys(), Names: binding.Names{Namespace: f.Text("MAILBIND_NAMESPACE")}, data: f.Data(tables...)}
}

// Tables are the names of the tables that the function uses.
func (c *Core) Tables() store.Tables { return c.data.tables }

// ClaimingKey has the function leave the data key's fingerprint in a new stack. It is for the one
// function that may write bindings.
func (c *Core) ClaimingKey() *Core {
	c.data.claims = true
	return c
}

// connect reads both keys and the fingerprint in the tables, at once: three waits cost one.
func (c *Core) connect(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.Keys.connect(ctx) })
	g.Go(func() error { return c.data.connect(ctx) })
	if err := g.Wait(); err != nil {
		return err
	}
	c.Names.Data = c.data.DataKey
	c.Store = c.data.Store()
	return nil
}

// Service is binding's service on this core.
func (c *Core) Service() *binding.Service {
	return &binding.Service{Store: c.Store, Names: c.Names, Keys: c.Keys}
}

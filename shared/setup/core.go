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
	vault    secrets
	id       string
	dynamo   *dynamodb.Client
	bindings string // the table with the fingerprint
	claims   bool
}

// Data reads the settings of the data key and of the table that has its fingerprint.
func (f *Function) Data() *Data {
	return &Data{
		vault:    newSecrets(f.Config, f.endpoint("MAILBIND_SECRETS_ENDPOINT")),
		id:       f.Text("MAILBIND_DATA_KEY"),
		dynamo:   newDynamoDB(f.Config, f.endpoint("MAILBIND_DYNAMODB_ENDPOINT")),
		bindings: f.Text("MAILBIND_BINDINGS_TABLE"),
	}
}

// connect reads the key and the fingerprint at once.
func (d *Data) connect(ctx context.Context) error {
	var print string
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { d.DataKey, err = readDataKey(gctx, d.vault, d.id); return err })
	g.Go(func() (err error) { print, err = store.Fingerprint(gctx, d.dynamo, d.bindings); return err })
	if err := g.Wait(); err != nil {
		return err
	}
	switch {
	case print != "":
		return store.CheckFingerprint(print, d.DataKey)
	case d.claims:
		return store.LeaveFingerprint(ctx, d.dynamo, d.bindings, d.DataKey)
	}
	return nil // a new stack
}

// A Core is what every function that writes or reads accounts has: usable once connected.
type Core struct {
	Names binding.Names
	Keys  *Keys
	Store *store.Store

	data   *Data
	tables store.Tables
}

// Core reads the settings of the tables and of both keys.
func (f *Function) Core() *Core {
	data := f.Data()
	return &Core{
		Keys:   f.Keys(),
		Names:  binding.Names{Namespace: f.Text("MAILBIND_NAMESPACE")},
		data:   data,
		tables: store.Tables{Accounts: f.Text("MAILBIND_ACCOUNTS_TABLE"), Bindings: data.bindings},
	}
}

// WithLimits adds the table of limits.
func (c *Core) WithLimits(f *Function) *Core {
	c.tables.Limits = f.Text("MAILBIND_LIMITS_TABLE")
	return c
}

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
	c.Store = store.New(c.data.dynamo, c.tables, c.data.DataKey)
	return nil
}

// Service is binding's service on this core.
func (c *Core) Service() *binding.Service {
	return &binding.Service{Store: c.Store, Names: c.Names, Keys: c.Keys}
}

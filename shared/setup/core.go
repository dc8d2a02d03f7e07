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

// A Core is what every function with tables has: usable once connected.
type Core struct {
	Names binding.Names
	Keys  *Keys
	Store *store.Store

	dynamo *dynamodb.Client
	tables store.Tables
	dataID string
	claims bool
}

// Core reads the settings of the tables and of both keys.
func (f *Function) Core() *Core {
	return &Core{
		Keys:   f.Keys(),
		Names:  binding.Names{Namespace: f.Text("MAILBIND_NAMESPACE")},
		dynamo: newDynamoDB(f.Config, f.endpoint("MAILBIND_DYNAMODB_ENDPOINT")),
		tables: store.Tables{Accounts: f.Text("MAILBIND_ACCOUNTS_TABLE"), Bindings: f.Text("MAILBIND_BINDINGS_TABLE")},
		dataID: f.Text("MAILBIND_DATA_KEY"),
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
	c.claims = true
	return c
}

// connect reads both keys and the fingerprint in the tables, at once: three waits cost one.
func (c *Core) connect(ctx context.Context) error {
	var print string
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.Keys.connect(gctx) })
	g.Go(func() (err error) { c.Names.Data, err = readDataKey(gctx, c.Keys.vault, c.dataID); return err })
	g.Go(func() (err error) { print, err = store.Fingerprint(gctx, c.dynamo, c.tables.Bindings); return err })
	if err := g.Wait(); err != nil {
		return err
	}
	c.Store = store.New(c.dynamo, c.tables, c.Names.Data)
	switch {
	case print != "":
		return store.CheckFingerprint(print, c.Names.Data)
	case c.claims:
		return store.LeaveFingerprint(ctx, c.dynamo, c.tables.Bindings, c.Names.Data)
	}
	return nil // a new stack
}

// Service is binding's service on this core.
func (c *Core) Service() *binding.Service {
	return &binding.Service{Store: c.Store, Names: c.Names, Keys: c.Keys}
}

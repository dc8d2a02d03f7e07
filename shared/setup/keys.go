package setup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"golang.org/x/sync/errgroup"

	"mailbind/shared/token"
)

// secrets is what is called of Secrets Manager.
type secrets interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// Stages of the two secrets. DataKey is read by a label of its own, which an operator pins to the first
// version: CloudFormation moves AWSCURRENT to a new value when the template's GenerateSecretString is
// edited. Until it is pinned, AWSCURRENT is read, and the fingerprint in the tables guards it.
const (
	stageData     = "mailbind-data"
	stageCurrent  = "AWSCURRENT"
	stagePrevious = "AWSPREVIOUS"
	stagePending  = "AWSPENDING"
)

// read gives one stage of a secret; nil if no version has it.
func read(ctx context.Context, api secrets, id, stage string) ([]byte, error) {
	out, err := api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id, VersionStage: &stage})
	if _, none := errors.AsType[*types.ResourceNotFoundException](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("setup: read secret %s at %s: %w", id, stage, err)
	}
	if out.SecretString == nil {
		return nil, fmt.Errorf("setup: secret %s at %s is no text", id, stage)
	}
	return []byte(*out.SecretString), nil
}

func readDataKey(ctx context.Context, api secrets, id string) (*token.DataKey, error) {
	for _, stage := range []string{stageData, stageCurrent} {
		secret, err := read(ctx, api, id, stage)
		if err != nil {
			return nil, err
		}
		if secret != nil {
			return token.NewDataKey(secret)
		}
	}
	return nil, fmt.Errorf("setup: the data key's secret %s has no value at %s or %s", id, stageData, stageCurrent)
}

// tokenLoader reads the three stages at once.
func tokenLoader(api secrets, id string) token.Loader {
	return func(ctx context.Context) (token.Secrets, error) {
		var s token.Secrets
		group, ctx := errgroup.WithContext(ctx)
		for stage, into := range map[string]*[]byte{stageCurrent: &s.Current, stagePrevious: &s.Previous, stagePending: &s.Pending} {
			group.Go(func() (err error) { *into, err = read(ctx, api, id, stage); return err })
		}
		return s, group.Wait()
	}
}

func keyring(ctx context.Context, api secrets, id string, scope token.Scope) (*token.Keyring, error) {
	return token.NewKeyring(ctx, scope, tokenLoader(api, id), time.Now())
}

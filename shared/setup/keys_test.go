package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"mailbind/shared/token"
)

// vault is Secrets Manager: the values of one secret by their stages; an error instead of a value is answered.
type vault struct {
	stages map[string]any
	mu     sync.Mutex
	asked  []string
}

func (v *vault) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, *in.VersionStage)
	if *in.SecretId != "arn:secret" {
		return nil, fmt.Errorf("no secret %s", *in.SecretId)
	}
	switch value := v.stages[*in.VersionStage].(type) {
	case string:
		return &secretsmanager.GetSecretValueOutput{SecretString: &value}, nil
	case []byte:
		return &secretsmanager.GetSecretValueOutput{SecretBinary: value}, nil
	case error:
		return nil, value
	}
	return nil, &types.ResourceNotFoundException{}
}

var (
	one, two, three = strings.Repeat("1", 64), strings.Repeat("2", 64), strings.Repeat("3", 64)
	errAway         = errors.New("away")
)

func TestTheDataKeyIsThePinnedVersion(t *testing.T) {
	for name, c := range map[string]struct {
		stages map[string]any
		want   string // "": refused
		asked  []string
	}{
		"pinned":                {map[string]any{stageData: one, stageCurrent: two}, one, []string{stageData}},
		"pinned, nothing else":  {map[string]any{stageData: one}, one, []string{stageData}},
		"not pinned":            {map[string]any{stageCurrent: two, stagePrevious: three}, two, []string{stageData, stageCurrent}},
		"nothing":               {map[string]any{stagePrevious: three}, "", []string{stageData, stageCurrent}},
		"pinned but not read":   {map[string]any{stageData: errAway, stageCurrent: two}, "", []string{stageData}},
		"pinned but denied":     {map[string]any{stageData: &types.DecryptionFailure{}, stageCurrent: two}, "", []string{stageData}},
		"pinned but deleted":    {map[string]any{stageData: &types.InvalidRequestException{}, stageCurrent: two}, "", []string{stageData}},
		"pinned but no text":    {map[string]any{stageData: []byte(one), stageCurrent: two}, "", []string{stageData}},
		"pinned but short":      {map[string]any{stageData: one[:42], stageCurrent: two}, "", []string{stageData}},
		"current, not read":     {map[string]any{stageCurrent: errAway}, "", []string{stageData, stageCurrent}},
		"current, an empty one": {map[string]any{stageCurrent: ""}, "", []string{stageData, stageCurrent}},
	} {
		v := &vault{stages: c.stages}
		got, err := readDataKey(t.Context(), v, "arn:secret")
		if !slices.Equal(v.asked, c.asked) {
			t.Errorf("%s: asked %v", name, v.asked)
		}
		if c.want == "" {
			if err == nil || got != nil || strings.Contains(err.Error(), "1111") || strings.Contains(err.Error(), "2222") {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		want, werr := token.NewDataKey([]byte(c.want))
		if err != nil || werr != nil || got.Fingerprint() != want.Fingerprint() {
			t.Errorf("%s: another key, %v", name, err)
		}
	}
}

func TestTokenKeysOpenByEveryStageAndSealByTheCurrent(t *testing.T) {
	scope := token.Scope{Stage: "test"}
	id := func(secret string) token.KeyID {
		k, err := token.NewKey([]byte(secret), scope)
		if err != nil {
			t.Fatal(err)
		}
		return k.ID()
	}
	for name, c := range map[string]struct {
		stages map[string]any
		known  []string // the first seals; none: refused
	}{
		"alone":                  {map[string]any{stageCurrent: one}, []string{one}},
		"just rotated":           {map[string]any{stageCurrent: two, stagePrevious: one}, []string{two, one}},
		"about to rotate":        {map[string]any{stageCurrent: one, stagePending: two}, []string{one, two}},
		"both":                   {map[string]any{stageCurrent: two, stagePrevious: one, stagePending: three}, []string{two, one, three}},
		"finished, still marked": {map[string]any{stageCurrent: two, stagePrevious: one, stagePending: two}, []string{two, one}},
		"none":                   {map[string]any{}, nil},
		"no current one":         {map[string]any{stagePrevious: one, stagePending: two}, nil},
		"current not read":       {map[string]any{stageCurrent: errAway, stagePrevious: one}, nil},
		"previous not read":      {map[string]any{stageCurrent: one, stagePrevious: errAway}, nil},
		"pending no text":        {map[string]any{stageCurrent: one, stagePending: []byte(two)}, nil},
		"pending short":          {map[string]any{stageCurrent: one, stagePending: "short"}, nil},
	} {
		v := &vault{stages: c.stages}
		ring, err := keyring(t.Context(), v, "arn:secret", scope)
		slices.Sort(v.asked)
		if !slices.Equal(v.asked, []string{stageCurrent, stagePending, stagePrevious}) {
			t.Errorf("%s: asked %v", name, v.asked)
		}
		if (err != nil) != (c.known == nil) || err != nil && strings.Contains(err.Error(), "1111") {
			t.Errorf("%s: %v", name, err)
		}
		for i, secret := range c.known {
			k, err := ring.Find(t.Context(), id(secret), noon)
			if err != nil || k.ID() != id(secret) || (ring.Current().ID() == id(secret)) != (i == 0) {
				t.Errorf("%s: key %d: %v", name, i, err)
			}
		}
	}
}

// Who reads the error knows which secret it was.
func TestErrorsNameTheSecret(t *testing.T) {
	for _, stages := range []map[string]any{{}, {stageData: errAway}, {stageData: []byte(one)}} {
		if _, err := readDataKey(t.Context(), &vault{stages: stages}, "arn:secret"); err == nil || !strings.Contains(err.Error(), "arn:secret") {
			t.Errorf("%v", err)
		}
	}
	if _, err := keyring(t.Context(), &vault{stages: map[string]any{stageCurrent: errAway}}, "arn:secret", token.Scope{}); !errors.Is(err, errAway) || !strings.Contains(err.Error(), stageCurrent) {
		t.Errorf("%v", err)
	}
}

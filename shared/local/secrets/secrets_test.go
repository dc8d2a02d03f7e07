package secrets

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

const arn = "arn:aws:secretsmanager:local-1:000000000000:secret:token-key-local0"

func start(t *testing.T) (*Service, func(id, stage string) (string, error)) {
	t.Helper()
	service, err := New([]Spec{{Name: "token-key", ARN: arn, Length: 64, Exclude: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	client := secretsmanager.New(secretsmanager.Options{
		Region: "local-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "LOCAL", SecretAccessKey: "local"}, nil
		}),
	})
	return service, func(id, stage string) (string, error) {
		input := &secretsmanager.GetSecretValueInput{SecretId: &id}
		if stage != "" {
			input.VersionStage = &stage
		}
		output, err := client.GetSecretValue(context.Background(), input)
		if err != nil {
			return "", err
		}
		return *output.SecretString, nil
	}
}

func TestASecretIsRandomAndOfTheFormAskedFor(t *testing.T) {
	_, get := start(t)
	_, getOther := start(t)
	value, err := get(arn, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(value) != 64 || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		t.Errorf("the value is %q", value)
	}
	if byName, err := get("token-key", Current); err != nil || byName != value {
		t.Errorf("by name and stage: %q, %v", byName, err)
	}
	if other, err := getOther(arn, ""); err != nil || other == value {
		t.Errorf("two runs have the same value, %v", err)
	}
}

func TestAKeptValueIsUsedAgain(t *testing.T) {
	kept := map[string]string{}
	keep := func(name, fresh string) (string, error) {
		if kept[name] == "" {
			kept[name] = fresh
		}
		return kept[name], nil
	}
	var values []string
	for range 2 {
		service, err := New([]Spec{{Name: "data-key", Length: 32}}, keep)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, service.secrets[0].versions[0].value)
	}
	if len(values[0]) != 32 || values[0] != values[1] {
		t.Errorf("got %q", values)
	}
	failing := func(string, string) (string, error) { return "", errors.New("no place") }
	if _, err := New([]Spec{{Name: "data-key", Length: 32}}, failing); err == nil {
		t.Error("a value that could not be kept was used")
	}
}

func TestAStageOrSecretThatIsNotThereIsTheSDKsResourceNotFound(t *testing.T) {
	_, get := start(t)
	for _, test := range [][2]string{{arn, Pending}, {arn, "mailbind-data"}, {"other", ""}} {
		_, err := get(test[0], test[1])
		var missing *types.ResourceNotFoundException
		if !errors.As(err, &missing) {
			t.Errorf("%v: got %v", test, err)
		}
	}
}

func TestARotationMovesTheStages(t *testing.T) {
	service, get := start(t)
	first, err := get(arn, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Finish(arn); err == nil {
		t.Error("finished without a pending version")
	}
	if err := service.Create(arn, Pending); err != nil {
		t.Fatal(err)
	}
	second, err := get(arn, Pending)
	if err != nil || second == first {
		t.Fatalf("pending: %q, %v", second, err)
	}
	if now, _ := get(arn, Current); now != first {
		t.Error("a pending version is current already")
	}
	if err := service.Finish(arn); err != nil {
		t.Fatal(err)
	}
	current, _ := get(arn, Current)
	previous, _ := get(arn, Previous)
	if current != second || previous != first {
		t.Error("the stages did not move")
	}
	if _, err := get(arn, Pending); err == nil {
		t.Error("a version is still pending")
	}
	if err := service.Remove(arn, Previous); err != nil {
		t.Fatal(err)
	}
	if _, err := get(arn, Previous); err == nil {
		t.Error("the previous version is still there")
	}
}

func TestAStageOfOnesOwnStaysWithItsVersion(t *testing.T) {
	service, get := start(t)
	first, _ := get(arn, "")
	for _, step := range []error{service.Attach(arn, "mailbind-data", Current), service.Create(arn, Pending), service.Finish(arn), service.Create(arn, Pending), service.Finish(arn)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if kept, err := get(arn, "mailbind-data"); err != nil || kept != first {
		t.Errorf("got %q, %v", kept, err)
	}
	for name, err := range map[string]error{
		"create current": service.Create(arn, Current), "attach a stage of AWS": service.Attach(arn, Previous, Current), "remove current": service.Remove(arn, Current),
		"unknown secret": service.Create("other", Pending), "attach from nowhere": service.Attach(arn, "x", "y"),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

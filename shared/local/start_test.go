package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"mailbind/shared/local/dynamolocal"
)

func TestOnlyTheLoopbackIsListenedOnAndReached(t *testing.T) {
	for _, arguments := range [][]string{
		{"-listen", "0.0.0.0:8080"}, {"-listen", ":8080"}, {"-listen", "192.0.2.1:80"}, {"-listen", "8080"}, {"-listen", "[::]:8080"},
		{"-dynamodb", "https://dynamodb.eu-west-1.amazonaws.com"}, {"-dynamodb", "http://example.com:8000"}, {"-dynamodb", "127.0.0.1:8000"},
		{"-dynamodb", "http://127.0.0.1.example.com:8000"}, {"-dynamodb", "http://127.0.0.1:8000/x"}, {"extra"}, {"-other"},
	} {
		if parsed, err := parseOptions(arguments, io.Discard); err == nil {
			t.Errorf("%q was taken as %+v", arguments, parsed)
		}
	}
	parsed, err := parseOptions([]string{"-listen", "localhost:0", "-dynamodb", "http://localhost:8000/"}, io.Discard)
	if err != nil || parsed != (options{listen: "127.0.0.1:0", dynamodb: "http://localhost:8000"}) {
		t.Errorf("got %+v, %v", parsed, err)
	}
}

func TestAStartThatFailsLeavesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	words := &bytes.Buffer{}
	err := run(context.Background(), []string{"-listen", "127.0.0.1:0"}, io.Discard, words)
	if err == nil || !strings.Contains(err.Error(), "there is no template.yaml") {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestTablesThatOutliveARunKeepTheirKeys starts two stacks, one after the other, on one database.
func TestTablesThatOutliveARunKeepTheirKeys(t *testing.T) {
	endpoint, stop, err := dynamolocal.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	t.Chdir("testdata/product")
	var keys []string
	for range 2 {
		s, err := start(context.Background(), options{listen: "127.0.0.1:0", dynamodb: endpoint}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest("POST", "/", strings.NewReader(`{"SecretId":"mailbind-local-TokenKey"}`))
		request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
		recorder := httptest.NewRecorder()
		s.secrets.ServeHTTP(recorder, request)
		var got struct{ SecretString string }
		if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, got.SecretString)
		s.close()
	}
	if len(keys[0]) != 32 || keys[0] != keys[1] {
		t.Errorf("the keys are %q", keys)
	}
	if err := dynamolocal.Answers(context.Background(), endpoint); err != nil {
		t.Errorf("a database that was there before was stopped: %v", err)
	}
}

func TestADatabaseThatDoesNotAnswerIsSaidBeforeAnythingElse(t *testing.T) {
	t.Chdir("testdata/product")
	err := run(context.Background(), []string{"-listen", "127.0.0.1:0", "-dynamodb", "http://127.0.0.1:1"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
}

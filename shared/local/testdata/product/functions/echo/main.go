// Command echo is the one function of a product for tests of the local stack: it asks services for something when it is told
// to, and answers with its event.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

func handle(ctx context.Context, event json.RawMessage) (any, error) {
	var told struct {
		Do      string `json:"do"`
		Row     string `json:"row"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(event, &told); err != nil {
		return nil, err
	}
	switch told.Do {
	case "fail":
		return nil, errors.New("told to fail")
	case "settings":
		return os.Environ(), nil
	case "publish":
		return ask(ctx, "MAILBIND_EVENTS_ENDPOINT", "AWSEvents.PutEvents",
			`{"Entries":[{"Source":"mailbind","DetailType":"thing.done","Detail":"{\"account\":\"u-1\"}"}]}`)
	case "read":
		return ask(ctx, "MAILBIND_DYNAMODB_ENDPOINT", "DynamoDB_20120810.GetItem",
			fmt.Sprintf(`{"TableName":%q,"Key":{"pk":{"S":%q}}}`, os.Getenv("THINGS"), told.Row))
	case "secret":
		return ask(ctx, "MAILBIND_SECRETS_ENDPOINT", "secretsmanager.GetSecretValue", fmt.Sprintf(`{"SecretId":%q}`, os.Getenv("KEY")))
	}
	if told.Version == "2.0" {
		return map[string]any{"statusCode": 200, "headers": map[string]string{"content-type": "application/json"}, "body": string(event)}, nil
	}
	return event, nil
}

// ask asks a service for something and gives its answer.
func ask(ctx context.Context, endpoint, target, body string) (any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv(endpoint), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+os.Getenv("AWS_ACCESS_KEY_ID")+"/20260314/local-1/service/aws4_request")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return map[string]any{"status": response.StatusCode, "answer": string(answer)}, err
}

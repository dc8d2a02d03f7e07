// Command echo is the one function of a product for tests of the local stack: it puts an event on the bus when it is told to, and
// answers with its event.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

func handle(ctx context.Context, event json.RawMessage) (any, error) {
	var told struct {
		Do      string `json:"do"`
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
		return publish(ctx)
	}
	if told.Version == "2.0" {
		return map[string]any{"statusCode": 200, "headers": map[string]string{"content-type": "application/json"}, "body": string(event)}, nil
	}
	return event, nil
}

func publish(ctx context.Context) (any, error) {
	body := `{"Entries":[{"Source":"mailbind","DetailType":"thing.done","Detail":"{\"account\":\"u-1\"}"}]}`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("MAILBIND_EVENTS_ENDPOINT"), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+os.Getenv("AWS_ACCESS_KEY_ID")+"/20260314/local-1/events/aws4_request")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return map[string]int{"status": response.StatusCode}, nil
}

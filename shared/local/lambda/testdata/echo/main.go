// Command echo is a function that does what its event says: echo, fail, panic, exit, wait, or tell its environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do     string `json:"do"`
	Millis int    `json:"millis"`
}

func main() {
	if os.Getenv("REFUSE") != "" {
		fmt.Fprintln(os.Stderr, "the setting KEY is missing")
		os.Exit(1)
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "fail":
		return nil, errors.New("told to fail")
	case "panic":
		panic("told to panic")
	case "exit":
		os.Exit(3)
	case "wait":
		time.Sleep(time.Duration(e.Millis) * time.Millisecond)
	case "environment":
		return os.Environ(), nil
	case "context":
		deadline, _ := ctx.Deadline()
		lc, _ := lambdacontext.FromContext(ctx)
		return map[string]any{"left_ms": time.Until(deadline).Milliseconds(), "arn": lc.InvokedFunctionArn, "id": lc.AwsRequestID, "name": lambdacontext.FunctionName}, nil
	case "log":
		fmt.Println("a line of the log")
	}
	return map[string]any{"pid": os.Getpid(), "did": e.Do}, nil
}

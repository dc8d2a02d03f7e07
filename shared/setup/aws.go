package setup

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// attemptLimit ends one attempt of a call; the SDK then tries again within the request's own limit.
const attemptLimit = 2 * time.Second

// awsConfig is the configuration that every client of the function shares. name shows up in the user
// agent and so in CloudTrail.
func awsConfig(e *Env, name string) aws.Config {
	region := e.Text("AWS_REGION")
	credentials := aws.Credentials{
		AccessKeyID: e.Text("AWS_ACCESS_KEY_ID"), SecretAccessKey: e.Text("AWS_SECRET_ACCESS_KEY"), SessionToken: e.Optional("AWS_SESSION_TOKEN"),
	}
	if _, ok := e.lookup("AWS_CONTAINER_CREDENTIALS_FULL_URI"); ok {
		e.fault("AWS_CONTAINER_CREDENTIALS_FULL_URI is set: credentials that are fetched are not supported")
	}
	return aws.Config{
		Region:      region,
		AppID:       "mailbind-" + name,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }),
		HTTPClient:  httpClient(attemptLimit),
	}
}

// httpClient ends each attempt at the limit. A connection that the peer dropped while the sandbox slept
// costs a failed attempt: connections are kept for shorter than the SDK would.
func httpClient(limit time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(limit).WithTransportOptions(func(t *http.Transport) {
		t.IdleConnTimeout = 20 * time.Second
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	})
}

// mailLimit ends a request to SES. A mail that SES takes after we gave up goes out twice, so it is
// long; the mailer has a minute.
const mailLimit = 20 * time.Second

// MailConfig is the configuration for SES: SendEmail has no idempotency token, so nothing but the
// stream tries again, and it is given time.
func (f *Function) MailConfig() aws.Config {
	cfg := f.Config
	cfg.HTTPClient = httpClient(mailLimit)
	cfg.RetryMaxAttempts = 1
	return cfg
}

// TableOf gives the name of the table that a stream belongs to, by the stream's ARN
// (arn:aws:dynamodb:region:account:table/name/stream/label); "" if it is none.
func TableOf(streamARN string) string {
	_, rest, _ := strings.Cut(streamARN, ":table/")
	name, _, ok := strings.Cut(rest, "/stream/")
	if !ok {
		return ""
	}
	return name
}

func newDynamoDB(cfg aws.Config, endpoint *string) *dynamodb.Client {
	return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		o.BaseEndpoint = endpoint
		// DynamoDB Local sends wrong checksums with refused conditions.
		o.DisableValidateResponseChecksum = endpoint != nil
	})
}

func newSecrets(cfg aws.Config, endpoint *string) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) { o.BaseEndpoint = endpoint })
}

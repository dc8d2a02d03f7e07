// Function events reads the stream of table accounts and tells the platform, on an event bus, what became of its accounts.
package main

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"mailbind/shared/event"
	"mailbind/shared/setup"
	"mailbind/shared/store"
)

func main() {
	f := setup.New("events")
	data := f.Data()
	publisher := event.Publisher{Bus: f.Text("MAILBIND_EVENT_BUS")}
	endpoint := f.Endpoint("MAILBIND_EVENTS_ENDPOINT")
	f.Connect(data)

	publisher.API = eventbridge.NewFromConfig(f.Config, func(o *eventbridge.Options) { o.BaseEndpoint = endpoint })
	read := func(r events.DynamoDBEventRecord) (store.Fact, bool, error) { return store.NewFact(r, data.DataKey) }
	b := batch{report: f.Report, read: read, bus: publisher}
	lambda.Start(b.handle)
}

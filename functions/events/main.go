// Function events reads the streams of tables accounts and recoveries and tells the platform, on an event
// bus, what became of its accounts.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"mailbind/shared/event"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("events")
	data := f.Data(setup.Accounts, setup.Recoveries)
	publisher := event.Publisher{Bus: f.Text("MAILBIND_EVENT_BUS")}
	endpoint := f.Endpoint("MAILBIND_EVENTS_ENDPOINT")
	f.Connect(data)

	publisher.API = eventbridge.NewFromConfig(f.Config, func(o *eventbridge.Options) { o.BaseEndpoint = endpoint })
	read := facts{data: data.DataKey, owners: data.Store(), tables: data.Tables()}
	b := batch{report: f.Report, read: read.of, bus: publisher}
	lambda.Start(b.handle)
}

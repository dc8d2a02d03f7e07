// Function feedback takes what SES reports of our mails, from EventBridge, and notes it in the row of the account
// that the mail was for.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"mailbind/shared/binding"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("feedback")
	data := f.Data(setup.Accounts)
	f.Connect(data)

	h := handler{data: data.DataKey, taker: &binding.Feedback{Store: data.Store()}, report: f.Report}
	lambda.Start(h.handle)
}

// Function mailer reads the streams of tables accounts and recoveries and sends the mails that are due.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"mailbind/shared/binding"
	"mailbind/shared/mail"
	"mailbind/shared/mx"
	"mailbind/shared/recovery"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("mailer")
	core := f.Core(setup.Accounts, setup.Recoveries, setup.Limits)
	words := mail.Words{BaseURL: f.BaseURL(), Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	sender := mail.Sender{
		Words: words,
		From:  f.Text("MAILBIND_FROM"), VerifySet: f.Text("MAILBIND_VERIFY_SET"), RecoverSet: f.Text("MAILBIND_RECOVER_SET"),
	}
	hold := f.Flag("MAILBIND_HOLD_VERIFY")
	domains := mx.New(mx.Resolver{Server: f.DNS()}.Ask)
	endpoint := f.Endpoint("MAILBIND_SES_ENDPOINT")
	f.Check(words.Check, words.BaseURL, words.Platform, words.Support)
	f.Connect(core)

	sender.API = sesv2.NewFromConfig(f.MailConfig(), func(o *sesv2.Options) { o.BaseEndpoint = endpoint })
	o := orders{
		accounts: &binding.Mailer{
			Outbox: core.Store, Sender: sender, Names: core.Names, Keys: core.Keys, Domains: domains, HoldVerify: hold,
		},
		recoveries: &recovery.Mailer{Outbox: core.Store, Sender: sender, Names: core.Names, Keys: core.Keys},
		tables:     core.Tables(),
	}
	b := batch{read: o.read, report: f.Report}
	lambda.Start(b.handle)
}

// Function resend has a mail sent again or anew: that of a living challenge, POST /v1/binding/resend, and the one
// with which a bound mailbox is confirmed, POST /v1/binding/reconfirm.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("resend")
	core, claims := f.Core(setup.Accounts), f.Claims()
	from := f.Text("MAILBIND_FROM")
	f.Connect(core)

	service := core.Service()
	f.Serve(claims, map[string]httpapi.Route{
		"POST /v1/binding/resend":    httpapi.Resend(service, from),
		"POST /v1/binding/reconfirm": httpapi.Reconfirm(service, from),
	})
}

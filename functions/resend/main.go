// Function resend has the mail of a living challenge sent again: POST /v1/binding/resend.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("resend")
	core, claims := f.Core(setup.Accounts), f.Claims()
	f.Connect(core)
	f.Serve(claims, map[string]httpapi.Route{"POST /v1/binding/resend": httpapi.Resend(core.Service())})
}

// Function status tells an account holder where the own claim stands: GET /v1/binding.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("status")
	core, claims := f.Core(setup.Accounts), f.Claims()
	from := f.Text("MAILBIND_FROM")
	f.Connect(core)
	f.Serve(claims, map[string]httpapi.Route{"GET /v1/binding": httpapi.StatusOf(core.Service(), from)})
}

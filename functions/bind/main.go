// Function bind opens an account's claim to an address: POST /v1/binding.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("bind")
	core, claims := f.Core(setup.Accounts), f.Claims()
	recent, scope, own := f.Seconds("MAILBIND_RECENT_LOGIN"), f.Optional("MAILBIND_BIND_SCOPE"), f.List("MAILBIND_OWN_DOMAINS")
	f.Connect(core)

	service := core.Service()
	service.RecentLogin, service.BindScope, service.OwnDomains, service.TestDomains = recent, scope, own, f.Local()
	f.Serve(claims, map[string]httpapi.Route{"POST /v1/binding": httpapi.Bind(service)})
}

// Function reset ends a recovery with a new password: POST /v1/recovery/password. It is the one function of
// the API that hashes passwords, and has the memory that a hash needs.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("reset")
	core := f.Core(setup.Accounts, setup.Recoveries, setup.Credentials)
	site := page.Site{Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	pages := f.BaseURL()
	passwords := f.Passwords(site.Platform, pages)
	host, first := f.Host(), f.Flag("MAILBIND_FIRST_PASSWORD")
	f.Connect(core)

	service := &recovery.Service{Store: core.Store, Names: core.Names, Keys: core.Keys,
		Policy: passwords.Policy, Hasher: passwords.Hasher(core), FirstPassword: first}
	s := setting{service: service, site: site, host: host}
	f.Serve(httpapi.Claims{}, map[string]httpapi.Route{
		"POST /v1/recovery/password": {Handler: s.handle, Public: true, MaxBody: httpapi.MaxPasswordBody, Origin: pages},
	})
}

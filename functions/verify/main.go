// Function verify ends a claim: bound, by code or token in the account's session (POST
// /v1/binding/verify) or by the link's page with the check number (POST /verify); or denied, and that
// undone. A bound account's confirmation ends by the code in the session too. It is the one function that
// may write bindings.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("verify")
	core, claims := f.Core(setup.Accounts).ClaimingKey(), f.Claims()
	from := f.Text("MAILBIND_FROM")
	site := page.Site{Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	origin := f.BaseURL()
	f.Connect(core)

	service := core.Service()
	press := pressed{service: service, site: site}
	f.Serve(claims, map[string]httpapi.Route{
		"POST /v1/binding/verify": httpapi.Verify(service, from),
		"POST /verify":            {Handler: press.handle, Public: true, Origin: origin},
	})
}

// Function recover lets people ask for a way back into their account (POST /v1/recovery) and trade the code
// or link that was mailed for a grant (POST /v1/recovery/verify). Whether an address is bound it learns from a
// right code alone.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("recover")
	core := f.Core(setup.Recoveries, setup.Limits)
	site := page.Site{Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	back, origin := f.ReturnURL(f.Host())
	pages := f.BaseURL()
	f.Connect(core)

	service := &recovery.Service{Store: core.Store, Names: core.Names, Keys: core.Keys}
	a := asking{service: service, site: site, returnURL: back, origin: origin}
	f.Serve(httpapi.Claims{}, map[string]httpapi.Route{
		"POST /v1/recovery":        {Handler: a.ask, Public: true, Origin: pages},
		"POST /v1/recovery/verify": {Handler: a.prove, Public: true, Origin: pages},
	})
}

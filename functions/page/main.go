// Function page shows the pages behind a mail's links, and the API's description. It reaches no table
// and changes nothing.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("page")
	keys, site := f.Keys(), page.Site{Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	f.BaseURL() // named here so that a wrong one is noticed before mails carry it
	f.Connect(keys)

	show := shown{keys: keys, site: site}
	routes := map[string]httpapi.Route{}
	for _, method := range []string{"GET ", "HEAD "} {
		routes[method+"/verify"] = httpapi.Route{Handler: show.confirm, Public: true}
		routes[method+"/deny"] = httpapi.Route{Handler: show.deny, Public: true}
		routes[method+"/done"] = httpapi.Route{Handler: show.done, Public: true}
		routes[method+"/openapi.yaml"] = httpapi.Route{Handler: httpapi.Description, Public: true}
	}
	f.Serve(httpapi.Claims{}, routes)
}

// Function page shows the pages behind a mail's links, the page that asks for a way back in, and the API's
// description. It reaches no table and changes nothing.
package main

import (
	"mailbind/shared/httpapi"
	"mailbind/shared/page"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("page")
	keys, site := f.Keys(), page.Site{Platform: f.Text("MAILBIND_PLATFORM"), Support: f.Support()}
	host := f.Host()
	f.BaseURL() // named here so that a wrong one is noticed before mails carry it
	f.Connect(keys)

	f.Serve(httpapi.Claims{}, shown{keys: keys, site: site, host: host}.routes())
}

// Function bind opens an account's claim to an address: POST /v1/binding.
package main

import (
	"fmt"

	"mailbind/shared/address"
	"mailbind/shared/address/disposable"
	"mailbind/shared/httpapi"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("bind")
	core, claims := f.Core(setup.Accounts), f.Claims()
	from := f.Text("MAILBIND_FROM")
	recent, scope := f.Seconds("MAILBIND_RECENT_LOGIN"), f.Optional("MAILBIND_BIND_SCOPE")
	own := domains(f, "MAILBIND_OWN_DOMAINS")
	refuse, thrown := f.Flag("MAILBIND_REFUSE_DISPOSABLE"), disposable.Domains{Extra: domains(f, "MAILBIND_DISPOSABLE_DOMAINS")}
	f.Connect(core)

	service := core.Service()
	service.RecentLogin, service.BindScope, service.OwnDomains, service.TestDomains = recent, scope, own, f.Local()
	if refuse {
		service.Disposable = thrown.Has
	}
	f.Serve(claims, map[string]httpapi.Route{"POST /v1/binding": httpapi.Bind(service, from)})
}

// domains gives a setting that lists domains, in the form in which addresses have theirs. One that is no
// domain would never hold, so the function does not start with it.
func domains(f *setup.Function, name string) (all []string) {
	for _, given := range f.List(name) {
		f.Check(func() error {
			domain, err := address.ParseDomain(given)
			if err != nil {
				return fmt.Errorf("%s: %q is no domain: %w", name, given, err)
			}
			all = append(all, domain)
			return nil
		})
	}
	return all
}

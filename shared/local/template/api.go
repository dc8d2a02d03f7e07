package template

import (
	"slices"
	"strings"
)

// readAPI reads the one HTTP API. Its authorizers and default are kept in the Product until the routes are read.
func (p *Product) readAPI(s *section, id string) {
	// TLS, log records and the execute-api host belong to AWS's edge.
	s.aside("Name", "Description", "FailOnWarnings", "DisableExecuteApiEndpoint", "AccessLogSettings", "Tags", "RouteSettings", "DefaultRouteSettings")
	if stage := s.text("StageName"); stage != "" && stage != "$default" {
		s.fail("StageName: only $default is understood by the local stack, not %s", stage)
	}
	auth := s.sub("Auth")
	if auth.has("DefaultAuthorizer") {
		auth.fail("DefaultAuthorizer is not understood: each event names its own, so that a public route is public on purpose")
	}
	auth.aside("DefaultAuthorizer")
	authorizers := auth.sub("Authorizers")
	for _, name := range authorizers.keys() {
		authorizer := authorizers.sub(name)
		if source := authorizer.text("IdentitySource"); source != "$request.header.Authorization" {
			authorizer.fail("IdentitySource: only $request.header.Authorization is understood, not %q", source)
		}
		configuration := authorizer.sub("JwtConfiguration")
		p.Authorizers[name] = Authorizer{Issuer: configuration.required("issuer"), Audience: texts(configuration.list("audience"))}
		if len(p.Authorizers[name].Audience) == 0 {
			configuration.fail("audience is missing")
		}
		configuration.end()
		authorizer.end()
	}
	auth.end()
	if s.has("DefaultRouteSettings") || s.has("RouteSettings") {
		p.note("the throttling of routes (DefaultRouteSettings, RouteSettings) is not enforced on this machine")
	}
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY"}

func (p *Product) readRoute(s *section, function string) {
	api := s.required("ApiId")
	if target := s.resolver.pseudo["AWS::StackName"] + "-"; !strings.HasPrefix(api, target) {
		s.fail("ApiId: %s is no API of this template", api)
	}
	route := Route{Method: strings.ToUpper(s.required("Method")), Path: s.required("Path"), Function: function}
	if route.Path != "$default" && !strings.HasPrefix(route.Path, "/") {
		s.fail("Path: %q does not begin with a slash", route.Path)
	}
	if !slices.Contains(methods, route.Method) {
		s.fail("Method: %q is no method", route.Method)
	}
	if version := s.text("PayloadFormatVersion"); version != "" && version != "2.0" {
		s.fail("PayloadFormatVersion: only 2.0 is understood by the local stack")
	}
	auth := s.sub("Auth")
	route.Authorizer = auth.text("Authorizer")
	route.Scopes = texts(auth.list("AuthorizationScopes"))
	auth.end()
	if route.Authorizer == "NONE" {
		route.Authorizer = ""
	}
	if _, known := p.Authorizers[route.Authorizer]; route.Authorizer != "" && !known {
		auth.fail("Authorizer: there is no authorizer %s", route.Authorizer)
	}
	if route.Authorizer == "" && len(route.Scopes) > 0 {
		auth.fail("AuthorizationScopes without an Authorizer have no effect")
	}
	p.Routes = append(p.Routes, route)
}

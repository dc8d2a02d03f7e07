package httpapi

import (
	"strconv"
	"strings"
	"time"

	"mailbind/shared/binding"
)

// Claims say which claims of the access token mean what on this platform.
type Claims struct{ Label, Locale string }

// session reads who is signed in from the claims that the gateway checked: issuer, audience, time and
// scope are its work. What it lets pass and must not here: a token without a person behind it (client
// credentials), and one with which staff act for a person (RFC 8693 section 4.1): they would bind for
// ever.
func (c Claims) session(e *Event) (binding.Session, error) {
	claims := e.RequestContext.Authorizer.JWT.Claims
	text := func(name string) string {
		s, _ := claims[name].(string)
		return s
	}
	sub := text("sub")
	_, act := claims["act"]
	switch {
	case len(sub) < 1 || len(sub) > 255 || text("iss") == "",
		// The gateway writes arrays and objects in Go's own way.
		strings.HasPrefix(sub, "[") || strings.HasPrefix(sub, "map["),
		act, machine(text):
		return binding.Session{}, refuse(ErrUnauthorized)
	}
	scopes := text("scope")
	if scopes == "" {
		scopes = text("scp")
	}
	if strings.HasPrefix(scopes, "[") && strings.HasSuffix(scopes, "]") {
		scopes = scopes[1 : len(scopes)-1]
	}
	return binding.Session{
		Who: binding.Who{Issuer: text("iss"), Subject: sub,
			Label: binding.ParseLabel(text(c.Label)), Locale: binding.ParseLocale(text(c.Locale))},
		SignedIn: authTime(text("auth_time")),
		Scopes:   strings.Fields(scopes),
	}, nil
}

// machine says whether a program got the token for itself (RFC 6749 section 4.4). No claim says so
// everywhere: its subject is the client (RFC 9068 section 2.2; Cognito, Okta), or the identity provider
// has a mark of its own (Auth0, Microsoft Entra).
func machine(claim func(string) string) bool {
	for _, client := range []string{"client_id", "azp", "appid", "cid"} {
		if claim("sub") == claim(client) {
			return true
		}
	}
	return claim("gty") == "client-credentials" || strings.HasSuffix(claim("sub"), "@clients") || claim("idtyp") == "app"
}

// authTime reads the claim auth_time, epoch seconds in decimal (OpenID Connect Core section 2).
// Anything else counts as absent.
func authTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != s {
		return time.Time{}
	}
	return time.Unix(n, 0)
}

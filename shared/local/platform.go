package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"mailbind/shared/local/bus"
	"mailbind/shared/local/pattern"
	"mailbind/shared/local/platform"
)

// makePlatform makes the platform that calls the product. It reaches it as from outside: function credential through Lambda's Invoke,
// mailbind's pages by their URL.
func (s *stack) makePlatform() {
	parameters := s.product.Parameters
	s.platform = platform.New(platform.Config{
		Name: parameters["Platform"], Pages: s.base, SignedIn: s.signedIn, KeepsPasswords: parameters["PasswordMode"] == "host",
		// Whoever opens the demo page as localhost gets mailbind's pages there too.
		Origins:  []string{s.base, strings.Replace(s.base, "127.0.0.1", "localhost", 1)},
		Mailbind: platform.Mailbind{Endpoint: s.base, Function: "credential", Client: http.DefaultClient},
	})
}

// passwordMode says who keeps the passwords: managed or host; "": there are none.
func (s *stack) passwordMode() string { return s.product.Parameters["PasswordMode"] }

// platformRule is the platform's own rule on the bus. It takes every event of the product's, whole.
func (s *stack) platformRule() (bus.Rule, error) {
	all, err := pattern.Compile(map[string]any{"source": []any{"mailbind"}})
	return bus.Rule{Name: "platform", Pattern: all, Targets: []bus.Target{{Name: "platform", Function: s.platform.Event}}}, err
}

// signedIn tells whose token of the local issuer that is.
func (s *stack) signedIn(token string) (string, bool) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return "", false
	}
	var claims jwt.Claims
	if err := parsed.Claims(s.issuer.Keys(), &claims); err != nil {
		return "", false
	}
	err = claims.Validate(jwt.Expected{Issuer: s.issuer.URL, AnyAudience: jwt.Audience{s.issuer.Audience}, Time: time.Now()})
	return claims.Subject, err == nil && claims.Subject != ""
}

// Package issuer plays the platform's identity provider on one machine: an OpenID Connect issuer with a key of its own for each
// run, and access tokens for whatever account is asked for.
package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Lifetime of a token.
const Lifetime = time.Hour

// Issuer signs tokens with RS256.
type Issuer struct {
	URL         string // the iss claim; the discovery document is at URL/.well-known/openid-configuration
	Audience    string
	Scope       string // what every token may do, space separated
	LabelClaim  string
	LocaleClaim string

	key    jose.JSONWebKey
	signer jose.Signer
}

// New makes the key.
func New(issuer Issuer) (*Issuer, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	issuer.key = jose.JSONWebKey{Key: private, KeyID: strings.ToLower(rand.Text()), Algorithm: string(jose.RS256), Use: "sig"}
	issuer.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: issuer.key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	return &issuer, nil
}

// Keys are the public keys.
func (i *Issuer) Keys() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}}
}

// Person is who a token is asked for. Label and Locale may be empty: then the token has no such claim.
type Person struct {
	Account string
	Label   string
	Locale  string
	AuthAge time.Duration // how long ago the person signed in
}

// Token gives an access token that is valid for Lifetime from now on.
func (i *Issuer) Token(person Person, now time.Time) (string, error) {
	claims := map[string]any{
		"iss": i.URL, "sub": person.Account, "aud": i.Audience, "scope": i.Scope, "jti": strings.ToLower(rand.Text()),
		"iat": now.Unix(), "exp": now.Add(Lifetime).Unix(), "auth_time": now.Add(-person.AuthAge).Unix(),
	}
	if person.Label != "" {
		claims[i.LabelClaim] = person.Label
	}
	if person.Locale != "" {
		claims[i.LocaleClaim] = person.Locale
	}
	return i.Sign(claims)
}

// Sign signs any claims; tests make bad tokens with it.
func (i *Issuer) Sign(claims map[string]any) (string, error) {
	token, err := jwt.Signed(i.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// Handler serves the discovery document and the public keys below URL's path.
func (i *Issuer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": i.URL, "jwks_uri": i.URL + "/jwks.json", "id_token_signing_alg_values_supported": []string{"RS256"},
			"response_types_supported": []string{"token"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /jwks.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, i.Keys()) })
	return mux
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value) // the connection's own errors show on the other side
}

package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Authorizer is a JWT authorizer: the token's signature is RSA by a key of Keys, named by its kid; iss is exactly Issuer; aud, or
// client_id where there is no aud, is one of Audience; exp, nbf and iat allow now.
type Authorizer struct {
	Issuer   string
	Audience []string
	Keys     jose.JSONWebKeySet
}

// identity is what the function gets to see of a token.
type identity struct {
	claims map[string]string
	scopes []string
}

// refusal is the gateway's own 401 or 403.
type refusal struct {
	status    int
	challenge string // the www-authenticate header
}

func unauthorized(scopes []string, reason string) *refusal {
	return &refusal{http.StatusUnauthorized, fmt.Sprintf(`Bearer scope="%s" error="invalid_token" error_description="%s"`, strings.Join(scopes, " "), reason)}
}

var rsaAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512}

// check takes the Authorization header, with or without the word Bearer.
func (a *Authorizer) check(header string, scopes []string, now time.Time) (*identity, *refusal) {
	if header == "" {
		return nil, &refusal{http.StatusUnauthorized, "Bearer"}
	}
	raw := header
	if scheme, rest, found := strings.Cut(header, " "); found && strings.EqualFold(scheme, "Bearer") {
		raw = strings.TrimSpace(rest)
	}
	token, err := jwt.ParseSigned(raw, rsaAlgorithms)
	if err != nil {
		return nil, unauthorized(scopes, "the token is not a JWT with an RSA signature")
	}
	keys := a.Keys.Key(token.Headers[0].KeyID)
	if len(keys) == 0 {
		return nil, unauthorized(scopes, "the token's key is unknown")
	}
	var payload json.RawMessage
	if err := token.Claims(keys[0], &payload); err != nil {
		return nil, unauthorized(scopes, "the token has a wrong signature")
	}
	claims, err := decodeClaims(payload)
	if err != nil {
		return nil, unauthorized(scopes, "the token's claims cannot be read")
	}
	if reason := a.objection(claims, now); reason != "" {
		return nil, unauthorized(scopes, reason)
	}
	granted := append(words(claims["scope"]), words(claims["scp"])...)
	var matching []string
	for _, scope := range scopes {
		if slices.Contains(granted, scope) {
			matching = append(matching, scope)
		}
	}
	if len(scopes) > 0 && len(matching) == 0 {
		return nil, &refusal{http.StatusForbidden, fmt.Sprintf(`Bearer scope="%s" error="insufficient_scope" error_description="the token lacks a scope"`, strings.Join(scopes, " "))}
	}
	return &identity{claims: asStrings(claims), scopes: matching}, nil
}

func decodeClaims(payload []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var claims map[string]any
	err := decoder.Decode(&claims)
	return claims, err
}

// objection says what is wrong with the claims; "" for nothing.
func (a *Authorizer) objection(claims map[string]any, now time.Time) string {
	if claims["iss"] != a.Issuer {
		return "the issuer is another one"
	}
	audience := claims["aud"]
	if audience == nil {
		audience = claims["client_id"]
	}
	if text, ok := audience.(string); ok {
		audience = []any{text} // one audience, whatever is in it
	}
	if !slices.ContainsFunc(words(audience), func(one string) bool { return slices.Contains(a.Audience, one) }) {
		return "the audience is another one"
	}
	expires, ok := moment(claims["exp"])
	if !ok || !now.Before(expires) {
		return "the token has expired"
	}
	for _, name := range []string{"nbf", "iat"} {
		if value, present := claims[name]; present {
			// Whole seconds: a token may be used in the second it was made in.
			if from, ok := moment(value); !ok || from.After(now) {
				return "the token is not valid yet"
			}
		}
	}
	return ""
}

func moment(value any) (time.Time, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	return time.UnixMilli(int64(seconds * 1000)), err == nil
}

// words are the members of a list, or the words of a string.
func words(value any) []string {
	switch value := value.(type) {
	case string:
		return strings.Fields(value)
	case []any:
		var all []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// asStrings writes every claim as API Gateway does: scalars as they are, lists as "[a b]", objects as "map[k:v]".
func asStrings(claims map[string]any) map[string]string {
	all := make(map[string]string, len(claims))
	for name, value := range claims {
		all[name] = fmt.Sprint(value)
	}
	return all
}

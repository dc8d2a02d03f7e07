package gateway

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"mailbind/shared/local/issuer"
)

const issuerURL = "http://127.0.0.1:8080/_local/issuer"

func newIssuer(t *testing.T) *issuer.Issuer {
	t.Helper()
	made, err := issuer.New(issuer.Issuer{URL: issuerURL, Audience: "api", Scope: "email:manage other", LabelClaim: "name", LocaleClaim: "locale"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func sign(t *testing.T, by *issuer.Issuer, change func(map[string]any)) string {
	t.Helper()
	now := time.Now().Unix()
	claims := map[string]any{"iss": issuerURL, "sub": "u-1", "aud": "api", "scope": "email:manage", "iat": now, "exp": now + 60}
	change(claims)
	token, err := by.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// hmacToken is signed with the public key's kid and a symmetric algorithm.
func hmacToken(t *testing.T, of *issuer.Issuer) string {
	t.Helper()
	key := jose.JSONWebKey{Key: []byte(strings.Repeat("k", 32)), KeyID: of.Keys().Keys[0].KeyID}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any{"iss": issuerURL, "aud": "api", "scope": "email:manage", "exp": time.Now().Unix() + 60}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTheAuthorizerRefusesEveryTokenThatIsNotForThisAPI(t *testing.T) {
	ours, other := newIssuer(t), newIssuer(t)
	good := sign(t, ours, func(map[string]any) {})
	changed := func(name string, value any) string {
		return "Bearer " + sign(t, ours, func(claims map[string]any) {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		})
	}
	now := time.Now().Unix()
	parts := strings.Split(good, ".")
	for _, test := range []struct {
		name, header string
		want         int
	}{
		{"none", "", 401},
		{"not a token", "Bearer x", 401},
		{"no signature (alg none)", "Bearer eyJhbGciOiJub25lIn0." + parts[1] + ".", 401},
		{"HS256", "Bearer " + hmacToken(t, ours), 401},
		{"a key that is not ours", "Bearer " + sign(t, other, func(map[string]any) {}), 401},
		{"a changed payload", "Bearer " + parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2], 401},
		{"issuer", changed("iss", issuerURL+"/"), 401},
		{"no issuer", changed("iss", nil), 401},
		{"audience", changed("aud", "web"), 401},
		{"no audience", changed("aud", nil), 401},
		{"expired", changed("exp", now-1), 401},
		{"no expiry", changed("exp", nil), 401},
		{"not valid yet", changed("nbf", now+60), 401},
		{"issued in the future", changed("iat", now+60), 401},
		{"scope", changed("scope", "email:read"), 403},
		{"no scope", changed("scope", nil), 403},
		{"good", "Bearer " + good, 204},
		{"good without the word", good, 204},
		{"good in lower case", "bearer " + good, 204},
		{"a list of audiences", changed("aud", []string{"web", "api"}), 204},
		{"client_id instead of aud", "Bearer " + sign(t, ours, func(c map[string]any) { delete(c, "aud"); c["client_id"] = "api" }), 204},
		{"scp instead of scope", "Bearer " + sign(t, ours, func(c map[string]any) { delete(c, "scope"); c["scp"] = []string{"email:manage"} }), 204},
	} {
		function := &recorder{payload: `{"statusCode":204}`}
		authorizer := &Authorizer{Issuer: issuerURL, Audience: []string{"api"}, Keys: ours.Keys()}
		response := serve(t, function, func(r *http.Request) {
			if test.header != "" {
				r.Header.Set("Authorization", test.header)
			}
		}, Route{Method: "POST", Path: "/v1/binding", Authorizer: authorizer, Scopes: []string{"email:manage"}})
		if response.StatusCode != test.want {
			t.Errorf("%s: got %d, want %d", test.name, response.StatusCode, test.want)
		}
		if test.want == 204 {
			continue
		}
		wantBody := map[int]string{401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[test.want]
		if got := body(t, response); got != wantBody || !strings.HasPrefix(response.Header.Get("Www-Authenticate"), "Bearer") {
			t.Errorf("%s: got %s, %s", test.name, got, response.Header.Get("Www-Authenticate"))
		}
		if function.event != nil {
			t.Errorf("%s: the function was reached", test.name)
		}
	}
}

func TestClaimsArriveAsStrings(t *testing.T) {
	ours := newIssuer(t)
	token := sign(t, ours, func(claims map[string]any) {
		claims["auth_time"], claims["flag"], claims["roles"], claims["act"] = 1763999910, true, []string{"a", "b"}, map[string]any{"sub": "x"}
	})
	function := &recorder{payload: `{"statusCode":204}`}
	authorizer := &Authorizer{Issuer: issuerURL, Audience: []string{"api"}, Keys: ours.Keys()}
	serve(t, function, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) },
		Route{Method: "POST", Path: "/v1/binding", Authorizer: authorizer, Scopes: []string{"email:manage", "more"}})
	for name, want := range map[string]string{"sub": "u-1", "auth_time": "1763999910", "flag": "true", "roles": "[a b]", "act": "map[sub:x]"} {
		if got := at(t, function.event, "requestContext.authorizer.jwt.claims."+name); got != want {
			t.Errorf("%s: got %v, want %q", name, got, want)
		}
	}
	if got := at(t, function.event, "requestContext.authorizer.jwt.scopes"); !reflect.DeepEqual(got, []any{"email:manage"}) {
		t.Errorf("scopes: %v", got)
	}
}

func TestTheIssuersOwnTokensPass(t *testing.T) {
	ours := newIssuer(t)
	now := time.Now()
	token, err := ours.Token(issuer.Person{Account: "seller-1", Label: "李记灯饰", Locale: "zh-CN", AuthAge: time.Minute}, now)
	if err != nil {
		t.Fatal(err)
	}
	authorizer := &Authorizer{Issuer: issuerURL, Audience: []string{"api"}, Keys: ours.Keys()}
	who, refused := authorizer.check("Bearer "+token, []string{"email:manage"}, now)
	if refused != nil {
		t.Fatal(refused)
	}
	for name, want := range map[string]string{"sub": "seller-1", "name": "李记灯饰", "locale": "zh-CN", "scope": "email:manage other"} {
		if who.claims[name] != want {
			t.Errorf("%s: got %q", name, who.claims[name])
		}
	}
	if _, refused := authorizer.check("Bearer "+token, nil, now.Add(issuer.Lifetime)); refused == nil {
		t.Error("it passes after its end")
	}
}

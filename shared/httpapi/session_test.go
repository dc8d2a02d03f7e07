package httpapi

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// person is a token of somebody who signed in, as Cognito, Auth0 and others write it.
func person() map[string]any {
	return map[string]any{
		"iss": "https://login.example.com/", "sub": "u-1029", "client_id": "web-app", "azp": "web-app", "scope": "openid email:manage",
		"auth_time": "1763999910", "name": "李记茶铺", "locale": "zh-CN",
	}
}

func with(more map[string]any) map[string]any {
	m := person()
	maps.Copy(m, more)
	for name, v := range more {
		if v == nil {
			delete(m, name)
		}
	}
	return m
}

func claimsOf(m map[string]any) *Event {
	e := &Event{}
	e.RequestContext.Authorizer.JWT.Claims = m
	return e
}

func TestSessionIsRead(t *testing.T) {
	s, err := Claims{Label: "name", Locale: "locale"}.session(claimsOf(person()))
	if err != nil {
		t.Fatal(err)
	}
	if s.Issuer != "https://login.example.com/" || s.Subject != "u-1029" || s.Label != "李记茶铺" || s.Locale != "zh-CN" ||
		!s.SignedIn.Equal(time.Unix(1763999910, 0)) || !slices.Equal(s.Scopes, []string{"openid", "email:manage"}) {
		t.Errorf("%+v", s)
	}
}

// Without a person's sub all such tokens would share one account.
func TestSessionsAreOfPersonsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]any
		ok     bool
	}{
		"person":                     {person(), true},
		"no claims":                  {nil, false},
		"no sub":                     {with(map[string]any{"sub": nil}), false},
		"empty sub":                  {with(map[string]any{"sub": ""}), false},
		"sub of 255 bytes":           {with(map[string]any{"sub": strings.Repeat("s", 255)}), true},
		"sub of 256 bytes":           {with(map[string]any{"sub": strings.Repeat("s", 256)}), false},
		"sub of 86 CJK characters":   {with(map[string]any{"sub": strings.Repeat("李", 86)}), false},
		"sub that is an array":       {with(map[string]any{"sub": "[u-1029 u-1030]"}), false},
		"sub that is an object":      {with(map[string]any{"sub": "map[id:u-1029]"}), false},
		"sub that is a number":       {with(map[string]any{"sub": 1029.0}), false},
		"sub that is a list":         {with(map[string]any{"sub": []any{"u-1029"}}), false},
		"sub with brackets inside":   {with(map[string]any{"sub": "auth0|[1029]"}), true},
		"no issuer":                  {with(map[string]any{"iss": nil}), false},
		"staff acting":               {with(map[string]any{"act": "map[sub:staff-7]"}), false},
		"staff acting, empty":        {with(map[string]any{"act": ""}), false},
		"Cognito client":             {map[string]any{"iss": "i", "sub": "4f0e9a53", "client_id": "4f0e9a53", "scope": "email/manage", "token_use": "access"}, false},
		"Cognito person":             {map[string]any{"iss": "i", "sub": "5d1f2a9c-8a43", "client_id": "4f0e9a53", "username": "x", "token_use": "access"}, true},
		"Auth0 client":               {map[string]any{"iss": "i", "sub": "k7Xa@clients", "azp": "k7Xa", "gty": "client-credentials"}, false},
		"Auth0 client without gty":   {map[string]any{"iss": "i", "sub": "k7Xa@clients", "azp": "k7Xa"}, false},
		"Auth0 person":               {map[string]any{"iss": "i", "sub": "auth0|5d1f2a9c", "azp": "k7Xa", "gty": "password"}, true},
		"Entra client":               {map[string]any{"iss": "i", "sub": "8a43-oid", "oid": "8a43-oid", "appid": "11-22", "azp": "11-22", "idtyp": "app"}, false},
		"Entra client whose app is":  {map[string]any{"iss": "i", "sub": "11-22", "appid": "11-22"}, false},
		"Entra person":               {map[string]any{"iss": "i", "sub": "AAAA-pairwise", "oid": "8a43-oid", "appid": "11-22", "scp": "email.manage"}, true},
		"Okta client":                {map[string]any{"iss": "i", "sub": "0oa1", "cid": "0oa1", "scp": "[email.manage]"}, false},
		"Okta person":                {map[string]any{"iss": "i", "sub": "me@example.com", "cid": "0oa1", "uid": "00u1", "scp": "[email.manage]"}, true},
		"RFC 9068 client":            {map[string]any{"iss": "i", "sub": "s6BhdRkqt3", "client_id": "s6BhdRkqt3"}, false},
		"claims of all types beside": {with(map[string]any{"email_verified": true, "exp": 1764003600.0, "groups": []any{"a"}, "x": map[string]any{}}), true},
	} {
		w := newWorld(t)
		e := event("", "GET /v1/binding", "")
		e.RequestContext.Authorizer.JWT.Claims = c.claims
		r := w.send(e)
		if c.ok && r.StatusCode != 200 || !c.ok && problemOf(t, r).Type != "/problems/unauthorized" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
}

func TestScopesAreReadInEverySpelling(t *testing.T) {
	for _, c := range []struct {
		scope, scp any
		want       []string
	}{
		{"a b", nil, []string{"a", "b"}},
		{"[a b]", nil, []string{"a", "b"}},
		{nil, "a b", []string{"a", "b"}},
		{nil, "[a b]", []string{"a", "b"}},
		{nil, "[a]", []string{"a"}},
		{"a", "b", []string{"a"}},
		{"", "b", []string{"b"}},
		{"[a", nil, []string{"[a"}},
		{"  a   b ", nil, []string{"a", "b"}},
		{"[]", nil, nil},
		{nil, nil, nil},
		{[]any{"a"}, nil, nil},
	} {
		s, err := Claims{}.session(claimsOf(with(map[string]any{"scope": c.scope, "scp": c.scp})))
		if err != nil || !slices.Equal(s.Scopes, c.want) {
			t.Errorf("%v, %v: %q, %v", c.scope, c.scp, s.Scopes, err)
		}
	}
}

// Anything but epoch seconds in decimal counts as absent, and absent is not recent.
func TestAuthTimeIsADecimalOrAbsent(t *testing.T) {
	for claim, want := range map[any]int64{
		"1763999910": 1763999910, "1": 1, "9999999999": 9999999999,
		"": 0, "0": 0, "-1": 0, "+1": 0, "01": 0, " 1": 0, "1 ": 0, "1.0": 0, "1.763999910e9": 0, "0x10": 0, "1_000": 0,
		"２０２６": 0, "2026-01-15T09:30:00Z": 0, "99999999999999999999": 0, 1763999910.0: 0, true: 0, nil: 0,
	} {
		s, err := Claims{}.session(claimsOf(with(map[string]any{"auth_time": claim})))
		if err != nil || want == 0 != s.SignedIn.IsZero() || want != 0 && s.SignedIn.Unix() != want {
			t.Errorf("%v: %v, %v", claim, s.SignedIn, err)
		}
	}
}

func TestBindingTakesAFreshSignInOrItsScope(t *testing.T) {
	at := func(ago time.Duration) string { return timeClaim(noon.Add(-ago)) }
	for _, c := range []struct {
		authTime, scope any
		ok              bool
	}{
		{at(time.Minute), nil, true}, {at(5 * time.Minute), nil, true}, {at(5*time.Minute + time.Second), nil, false},
		{nil, nil, false}, {"soon", nil, false}, {at(-time.Hour), nil, false}, {"9223372036854775807", nil, false},
		{nil, "email:bind", true}, {nil, "[openid email:bind]", true}, {nil, "email:binding", false}, {nil, "email:manage", false},
	} {
		w := newWorld(t)
		w.service.RecentLogin, w.service.BindScope = 5*time.Minute, "email:bind"
		e := event("u-1", "POST /v1/binding", `{"email":"a@example.net"}`)
		e.RequestContext.Authorizer.JWT.Claims = with(map[string]any{"auth_time": c.authTime, "scope": c.scope})
		r := w.send(e)
		if c.ok && r.StatusCode != 202 || !c.ok && problemOf(t, r).Type != "/problems/reauth-required" {
			t.Errorf("%v, %v: %d %s", c.authTime, c.scope, r.StatusCode, r.Body)
		}
	}
}

// The label and locale claims are named by the platform; what they hold is not trusted.
func TestLabelAndLocaleAreKeptOnlyWhenPlain(t *testing.T) {
	for _, c := range []struct {
		claims        Claims
		name, locale  any
		label, tongue string
	}{
		{Claims{Label: "name", Locale: "locale"}, "李记茶铺", "zh-CN", "李记茶铺", "zh-CN"},
		{Claims{Label: "nickname", Locale: "lang"}, "李记茶铺", "zh-CN", "", ""},
		{Claims{}, "李记茶铺", "zh-CN", "", ""},
		{Claims{Label: "name", Locale: "locale"}, "https://evil.example", "zh-CN\r\nBcc: x", "", ""},
		{Claims{Label: "name", Locale: "locale"}, "win@evil.example", "<b>", "", ""},
		{Claims{Label: "name", Locale: "locale"}, 7.0, []any{"zh"}, "", ""},
		{Claims{Label: "name", Locale: "locale"}, nil, nil, "", ""},
	} {
		s, err := c.claims.session(claimsOf(with(map[string]any{"name": c.name, "locale": c.locale})))
		if err != nil || s.Label != c.label || s.Locale != c.tongue {
			t.Errorf("%+v: %q %q %v", c, s.Label, s.Locale, err)
		}
	}
}

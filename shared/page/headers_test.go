package page

import (
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestHeadersAreExactlyThese(t *testing.T) {
	got := Headers(Chinese)
	csp := regexp.MustCompile(`sha256-[A-Za-z0-9+/]{43}=`).ReplaceAllString(got["Content-Security-Policy"], "HASH")
	got["Content-Security-Policy"] = csp
	want := map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Content-Language":             "zh-CN",
		"Content-Security-Policy":      "default-src 'none'; style-src 'HASH'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"X-Robots-Tag":                 "noindex, nofollow",
		"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	got["Cache-Control"] = "public"
	if Headers(Chinese)["Cache-Control"] != "no-store" {
		t.Error("the map is not the caller's own")
	}
	if got := Headers("xx")["Content-Language"]; got != "en" {
		t.Errorf("an unserved language says %s", got)
	}
}

// headersOf gives the header fields that a page of pages is served with.
func headersOf(l Lang, name string) map[string]string {
	switch {
	case name == "return":
		return HeadersReturning(l, testOrigin)
	case strings.HasPrefix(name, "reset-host"):
		return Headers(l)
	case strings.HasPrefix(name, "reset"), strings.HasPrefix(name, "new-password"):
		return HeadersForPassword(l)
	}
	return Headers(l)
}

func TestHeadersDifferOnlyWhereTheyMust(t *testing.T) {
	const common = "style-src 'sha256-"
	for _, l := range langs {
		for name, c := range map[string]struct{ headers, changed map[string]string }{
			"password": {HeadersForPassword(l), map[string]string{
				"Content-Security-Policy": strings.Replace(contentSecurityPolicy, common, "script-src '"+hashSource(script)+"'; "+common, 1)}},
			"returning": {HeadersReturning(l, testOrigin), map[string]string{
				"Content-Security-Policy": strings.Replace(contentSecurityPolicy, "form-action 'self'", "form-action "+testOrigin, 1),
				"Referrer-Policy":         "strict-origin"}},
		} {
			want := Headers(l)
			maps.Copy(want, c.changed)
			if !maps.Equal(c.headers, want) {
				t.Errorf("%s, %s: %v", l, name, c.headers)
			}
		}
	}
}

// The one script is on the pages with a new password, whole, once and alone; it fetches nothing, keeps
// nothing and writes nowhere.
func TestScriptIsOnlyWhereAPasswordIsTyped(t *testing.T) {
	eachPage(t, func(t *testing.T, l Lang, name string, page []byte) {
		scripts, passwords, want := 0, 0, 0
		for _, n := range elements(t, page) {
			switch {
			case n.Data == "script":
				scripts++
				if n.FirstChild.Data != script {
					t.Error("another script")
				}
			case n.Data == "input" && attr(n, "type") == "password":
				passwords++
			case attr(n, "id") == "show" && !has(n, "hidden"):
				t.Error("the box is there without script")
			}
		}
		if strings.Contains(headersOf(l, name)["Content-Security-Policy"], "script-src") {
			want = 1
		}
		if scripts != want || passwords != want {
			t.Errorf("%d scripts and %d passwords, want %d", scripts, passwords, want)
		}
	})
	for _, never := range []string{"</", "<!--", "fetch", "XMLHttp", "cookie", "storage", "Storage", "location", "innerHTML", "eval", "value", "paste"} {
		if strings.Contains(script, never) {
			t.Errorf("the script holds %q", never)
		}
	}
}

// TestColoursHaveEnoughContrast computes WCAG 2.1, 1.4.3 (text, 4.5) and 1.4.11 (borders of fields and
// the focus ring, 3) for every pair that the pages put together.
func TestColoursHaveEnoughContrast(t *testing.T) {
	light, dark, ok := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark colours")
	}
	for mode, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range []struct {
			over, under string
			least       float64
		}{
			{"ink", "card", 4.5}, {"ink", "panel", 4.5}, {"ink", "mark", 4.5}, {"soft", "card", 4.5}, {"soft", "panel", 4.5}, {"soft", "back", 4.5},
			{"go", "card", 4.5}, {"go", "back", 4.5}, {"on-go", "go", 4.5}, {"on-stop", "stop", 4.5}, {"alert-ink", "alert", 4.5},
			{"field", "card", 3}, {"go", "card", 3}, {"stop", "card", 3},
		} {
			if colours[pair.over] == "" || colours[pair.under] == "" {
				t.Fatalf("%s: no colour %s or %s", mode, pair.over, pair.under)
			}
			if c := contrast(t, colours[pair.over], colours[pair.under]); c < pair.least {
				t.Errorf("%s: %s on %s is %.2f, want %.1f", mode, pair.over, pair.under, c, pair.least)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.1.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var linear [3]float64
	for i := range linear {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			linear[i] = c / 12.92
		} else {
			linear[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
}

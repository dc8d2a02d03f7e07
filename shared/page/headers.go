package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// style is the one style element of every page.
//
//go:embed page.css
var style string

var contentSecurityPolicy = "default-src 'none'; style-src '" + styleHash(style) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// styleHash is the hash source of CSP level 3, section 2.3.1, for an inline element.
func styleHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Headers gives the header fields of every page in a language. The map is the caller's.
//
// Referrer-Policy is same-origin. The token is in the query of /verify and /deny, so no other origin
// may see a referrer; that much no-referrer would give too. But with no-referrer browsers also send
// "Origin: null" on our own forms, and whatever stands before the function (a firewall, a proxy, an
// old in-app browser without Sec-Fetch-Site) may take that for a foreign site. Our own origin learns
// nothing from the referrer that the request line did not tell it, and logs neither.
func Headers(l Lang) map[string]string {
	return map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Content-Language":             string(l.words().Lang),
		"Content-Security-Policy":      contentSecurityPolicy,
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY", // for browsers that do not know frame-ancestors
		"X-Robots-Tag":                 "noindex, nofollow",
		"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
}

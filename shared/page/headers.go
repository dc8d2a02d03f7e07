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

// script is the one script there is: it lets people look at the new password they type.
//
//go:embed show.js
var script string

var (
	contentSecurityPolicy  = policy("", "'self'")
	passwordSecurityPolicy = policy("script-src '"+hashSource(script)+"'; ", "'self'")
)

// policy is the Content-Security-Policy of a page: nothing but our style, what scripts says, and forms
// that go to formAction.
func policy(scripts, formAction string) string {
	return "default-src 'none'; " + scripts + "style-src '" + hashSource(style) + "'; form-action " + formAction + "; base-uri 'none'; frame-ancestors 'none'"
}

// hashSource is the hash source of CSP level 3, section 2.3.1, for an inline element.
func hashSource(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Headers gives the header fields of every page in a language but those that HeadersForPassword and
// HeadersReturning are for. No script runs under them. The map is the caller's.
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

// HeadersForPassword gives the header fields of pages with a field for a password (Reset, NewPassword).
// They differ in one thing: the script of show.js may run, named by its hash, and no other. NIST SP
// 800-63B, section 3.1.1.2, wants people to be able to look at what they type, and without script that
// cannot be done. Whoever runs none sees no box, and misses nothing else.
func HeadersForPassword(l Lang) map[string]string {
	h := Headers(l)
	h["Content-Security-Policy"] = passwordSecurityPolicy
	return h
}

// HeadersReturning gives the header fields of the page that posts a grant to the platform (Return).
// origin is that of the URL posted to, such as https://shop.example, and comes from the configuration.
//
// Forms may go there and nowhere else, not even to us: the page has one form. Chromium holds redirects
// after a post to the same rule, so the platform answers with a page, or redirects within its origin.
//
// Referrer-Policy is strict-origin, so the post says "Origin: " and our origin, and the platform can
// refuse posts from elsewhere; with same-origin it would say null. Only our origin is told, no path and
// no query, and nothing of that to a platform without TLS.
func HeadersReturning(l Lang, origin string) map[string]string {
	h := Headers(l)
	h["Content-Security-Policy"] = policy("", origin)
	h["Referrer-Policy"] = "strict-origin"
	return h
}

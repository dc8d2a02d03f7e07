// Package setup puts a function together: settings from the environment, keys, clients, and the first
// read of a table in init, where it costs the least: the connection is open and the certificates are
// parsed before the first request (a first request at 128 MB takes 4 ms instead of 113).
//
// The configuration of the SDK is written by hand instead of loaded by its config package: 1.8 MB less
// in every binary and 2 ms less in every init, and no file, profile or variable of a developer's machine
// is ever looked at.
package setup

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Env reads a function's settings and collects what is missing or wrong, so that one start names it
// all. Nothing has a default here: template.yaml has them.
type Env struct {
	lookup func(string) (string, bool)
	faults []string
}

// NewEnv reads from the process's environment.
func NewEnv() *Env { return &Env{lookup: os.LookupEnv} }

func (e *Env) fault(format string, args ...any) {
	if f := fmt.Sprintf(format, args...); !slices.Contains(e.faults, f) {
		e.faults = append(e.faults, f)
	}
}

// Optional gives a setting that must be there and may be empty.
func (e *Env) Optional(name string) string {
	v, ok := e.lookup(name)
	if !ok {
		e.fault("%s is missing", name)
	}
	return v
}

// Text gives a setting that may not be empty.
func (e *Env) Text(name string) string {
	v, ok := e.lookup(name)
	switch {
	case !ok:
		e.fault("%s is missing", name)
	case v == "":
		e.fault("%s is empty", name)
	}
	return v
}

// Count gives a whole number that is not negative.
func (e *Env) Count(name string) int {
	v := e.Text(name)
	n, err := strconv.Atoi(v)
	if v != "" && (err != nil || n < 0) {
		e.fault("%s is no whole number: %q", name, v)
	}
	return n
}

// Flag gives a setting that is true or false.
func (e *Env) Flag(name string) bool {
	v := e.Text(name)
	if v != "" && v != "true" && v != "false" {
		e.fault("%s is neither true nor false: %q", name, v)
	}
	return v == "true"
}

// Seconds gives a duration that is written in seconds.
func (e *Env) Seconds(name string) time.Duration { return time.Duration(e.Count(name)) * time.Second }

// List gives the parts of a comma-separated setting that may be empty.
func (e *Env) List(name string) []string {
	var out []string
	for part := range strings.SplitSeq(e.Optional(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// maxBaseURL keeps every link short enough for mail apps, in characters.
const maxBaseURL = 40

// BaseURL gives the origin that links and pages are under: https, or loopback on the local stage.
func (e *Env) BaseURL() string {
	const name = "MAILBIND_BASE_URL"
	v := e.Text(name)
	if v == "" {
		return v
	}
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Hostname() == "" || v != u.Scheme+"://"+u.Host:
		e.fault("%s is no origin (https://host, without a slash at the end): %q", name, v)
	case u.Scheme != "https" && !(e.local() && loopback(u)):
		e.fault("%s must be https: %q", name, v)
	case len(v) > maxBaseURL:
		e.fault("%s has more than %d characters: %q", name, maxBaseURL, v)
	}
	return v
}

// Support gives the URL that people are sent to for help.
func (e *Env) Support() string {
	const name = "MAILBIND_SUPPORT"
	v := e.Text(name)
	u, err := url.Parse(v)
	if v != "" && (err != nil || !(u.Scheme == "https" && u.Hostname() != "" || u.Scheme == "mailto" && u.Opaque != "")) {
		e.fault("%s must be an https: or mailto: URL: %q", name, v)
	}
	return v
}

// Host says whether the platform keeps its users' passwords itself and redeems grants (host), or leaves
// them to us (managed).
func (e *Env) Host() bool {
	const name = "MAILBIND_PASSWORD_MODE"
	v := e.Text(name)
	if v != "" && v != "managed" && v != "host" {
		e.fault("%s is neither managed nor host: %q", name, v)
	}
	return v == "host"
}

// ReturnURL gives the page of the platform that takes grants by POST, and its origin: https, or loopback on
// the local stage. Both are empty where the passwords are ours, and there the setting may be empty too. The
// origin goes into a policy of the page that posts the grant (CSP level 3, section 2.3.1, host-source), so
// the host has letters, digits, hyphens and dots alone.
func (e *Env) ReturnURL(host bool) (page, origin string) {
	const name = "MAILBIND_HOST_RETURN_URL"
	v := e.Optional(name)
	u, err := url.Parse(v)
	switch {
	case v == "":
		if _, there := e.lookup(name); there && host {
			e.fault("%s is empty, and the platform keeps the passwords", name)
		}
	case err != nil || !plainHost(u) || strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }):
		e.fault("%s is no URL (https://host/path, in ASCII): %q", name, v)
	case u.Scheme != "https" && !(e.local() && loopback(u)):
		e.fault("%s must be https: %q", name, v)
	case strings.Contains(v, "#"):
		e.fault("%s has a fragment: %q", name, v)
	case host:
		return v, u.Scheme + "://" + u.Host
	}
	return "", ""
}

// plainHost says whether a URL names a host and nobody's name or password beside it.
func plainHost(u *url.URL) bool {
	other := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.')
	}
	return u.Hostname() != "" && u.User == nil && u.Opaque == "" && !strings.ContainsFunc(u.Hostname(), other)
}

// local says whether this is the stack on a developer's machine.
func (e *Env) local() bool {
	v, _ := e.lookup("MAILBIND_STAGE")
	return v == "local"
}

// localOnly are settings that lead a function's calls elsewhere than to AWS.
var localOnly = []string{
	"MAILBIND_DYNAMODB_ENDPOINT", "MAILBIND_SECRETS_ENDPOINT", "MAILBIND_SES_ENDPOINT", "MAILBIND_EVENTS_ENDPOINT", "MAILBIND_DNS",
}

// refuseLocal keeps them off every other stage, also where a function would not look at them: no
// setting can lead mail or keys astray.
func (e *Env) refuseLocal() {
	for _, name := range localOnly {
		if _, ok := e.lookup(name); ok && !e.local() {
			e.fault("%s is for the local stage only", name)
		}
	}
}

// endpoint gives the loopback address of a service on the local stage, where it must be there, and nil
// on AWS.
func (e *Env) endpoint(name string) *string {
	if !e.local() {
		return nil
	}
	v, ok := e.lookup(name)
	if !ok {
		e.fault("%s is missing on the local stage: nothing local may reach AWS", name)
	} else if u, err := url.Parse(v); err != nil || !loopback(u) {
		e.fault("%s is no loopback URL (http://127.0.0.1:port): %q", name, v)
	}
	return &v
}

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && u.User == nil && ip != nil && ip.IsLoopback()
}

// Err is every fault in one message; nil if there is none.
func (e *Env) Err() error {
	if len(e.faults) == 0 {
		return nil
	}
	return fmt.Errorf("settings: %s", strings.Join(e.faults, "; "))
}

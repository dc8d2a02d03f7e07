package setup

import (
	"net/url"
	"strconv"

	"mailbind/shared/password"
)

// Passwords are the settings of a function that judges passwords and hashes them. recover has none, so that
// neither argon2id nor the list of common passwords is linked into it.
type Passwords struct {
	Policy password.Policy
	params password.Params
}

// Passwords reads the settings: the platform's name and host, which are no passwords, and the work of a hash,
// below whose floor the function does not start.
func (f *Function) Passwords(platform, baseURL string) Passwords {
	p := Passwords{
		Policy: password.Policy{Platform: platform},
		params: password.Params{Memory: f.uint32("MAILBIND_PASSWORD_MEMORY"), Time: f.uint32("MAILBIND_PASSWORD_PASSES"), Threads: 1},
	}
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		p.Policy.Hosts = []string{u.Hostname()}
	}
	if p.params.Memory > 0 && p.params.Time > 0 { // else it is told already
		if err := p.params.Check(); err != nil {
			f.fault("MAILBIND_PASSWORD_MEMORY, MAILBIND_PASSWORD_PASSES: %v", err)
		}
	}
	return p
}

// Hasher makes hashes under the data key's pepper, once the core is connected.
func (p Passwords) Hasher(c *Core) password.Hasher {
	return password.Hasher{Pepper: c.Names.Data.Pepper, KeyID: c.Names.Data.ID().String(), Params: p.params}
}

// uint32 gives a whole number above 0; 0 is a fault that is told.
func (e *Env) uint32(name string) uint32 {
	v := e.Text(name)
	n, err := strconv.ParseUint(v, 10, 32)
	if v != "" && (err != nil || n == 0) {
		e.fault("%s is no whole number above 0: %q", name, v)
		return 0
	}
	return uint32(n)
}

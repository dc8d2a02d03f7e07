package setup

import "net/netip"

// DNS gives the name server that the function asks, host:port on loopback, on the local stage, where it must be there; on AWS it
// is empty: those of the system.
func (e *Env) DNS() string {
	const name = "MAILBIND_DNS"
	if !e.local() {
		return ""
	}
	v, ok := e.lookup(name)
	if !ok {
		e.fault("%s is missing on the local stage: nothing local may reach AWS", name)
		return ""
	}
	if at, err := netip.ParseAddrPort(v); err != nil || !at.Addr().IsLoopback() || at.Port() == 0 {
		e.fault("%s is no loopback address and port (127.0.0.1:port): %q", name, v)
	}
	return v
}

// Package address parses email addresses.
package address

// Address is a parsed address; the zero value is no address.
type Address struct{ local, domain string }

// String gives the form mail is sent to.
func (a Address) String() string { return a.local + "@" + a.domain }

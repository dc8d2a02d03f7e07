package recovery

import "strconv"

// A Fact is a type of event that a write of recovery makes true. What a row holds in ev is the fact and the
// request that made it, so that each has a name of its own.
type Fact string

// The facts. The first three lie in the row of an address, and are told of its owner; a row without an owner
// has them too, and there they are told of nobody.
const (
	Started  Fact = "recovery.started"   // a mail with code and link is on its way to the owner
	Held     Fact = "recovery.held"      // somebody wants back in, and recovery is paused or the mailbox in doubt
	Finished Fact = "recovery.finished"  // a new password is set, or the platform redeemed the grant
	Changed  Fact = "credential.changed" // the account's password was changed; with its version
)

func (f Fact) fact(request string) string { return string(f) + "/" + request }

// changed names a change of a password, with the version that sessions are held against.
func changed(request string, version int64) string {
	return Changed.fact(request) + "/" + strconv.FormatInt(version, 10)
}

// Package platform is a platform that uses mailbind, as small as one can be: what a platform engineer writes, to read and to copy. It
// names accounts by its own ids, keeps sessions, asks function credential about passwords, and acts on mailbind's events. It never
// learns an address. What a real one would keep in a database is in memory here.
//
// # The rules it shows
//
// Calls (mailbind.go). Function credential has no route: the platform invokes it with its own AWS role and waits for the answer. An
// answer that says refused is a no, for the person or for this program; a function error, a timeout and anything else is an outage, and
// an outage signs nobody in.
//
// Sign-in (sessions.go). The device has a random name, as in a long-lived cookie, that goes along as client: a device on which the
// password was right before has a meter of its own, so that strangers who guess cannot keep the owner out. A check that says
// retry_after compared nothing; the person is told to wait, not that the password is wrong.
//
// Sessions (sessions.go). A session carries the version that the credential had when it began, and lives as long as no higher version is
// known. That is compared when the session is used, so it does not matter in which order answers and events come, nor how often. The
// session in which a password is changed goes on under the new version. A password is changed only after the present one (check) or a
// fresh sign-in: the change ends what recovery mailed, and a stolen session must not be enough to keep its owner out by changing it again
// and again. The demo compares the present password where it is given; ask for it always.
//
// Events (events.go). They come at least once and in no promised order: an id that was seen is dropped, a version only ever rises. What
// concerns the holder (somebody wants back in, the mailbox's owner says that this account is not theirs) is shown in their sessions.
//
// Host mode (own.go, back.go). Where the platform keeps the passwords itself, recovery brings people back to it with a grant, by a form
// post from mailbind's page. The platform redeems it under a random key, which makes asking again safe when an answer is lost, shows a
// form of its own, keeps the password in its own way and ends the sessions. Forms are sent twice, by a double click or a reload: one
// grant is one visit, and the second post waits for the first and is told the same. A visit replaces the password that there was when it
// began: an open form of before a change is over, and so is a grant whose mailbox was proved before it. After every change of a password
// of its own the platform has mailbind end what recovery has out (hold.go), by hold and release at once.
//
// # What it answers
//
// JSON, below /_local/platform in the local stack. A refusal is {"message", "refused"?, "reasons"?, "retry_after"?}: 400 malformed, 401
// not signed in or a wrong password, 403 from another site, 409 not-bound or version-changed, 422 password-refused, 503 unavailable.
//
//	POST /sign-in   {"account","password","client"?}   {"session"}; 401 without a word on what was wrong, with retry_after if nothing was
//	                                                   compared
//	GET  /session   Authorization: Bearer SESSION      {"account","version","state":"alive|ended","ended_by"?,"ended_version"?,"notices":
//	                                                   [{"type","at"}]}; ended_by: credential.changed, or own-password in host mode
//	POST /password  {"session" or "token","password",  {"session","version"}; the token of a signed-in person, who has no password yet;
//	                 "present"?,"client"?}             401 too if present, which is the password so far, is wrong
//	POST /hold      {"account","seconds"}              {"version","until"}: recovery is paused; for the fraud team
//	POST /release   {"account"}                        {"version"}
//	POST /return    grant=GRANT, a form (host mode)    the page with the form for a new password, which posts to /new-password
package platform

// Function credential answers the platform's own backend about its accounts' passwords and recoveries. It has
// no route: the backend invokes it, synchronously (RequestResponse), with permission to lambda:InvokeFunction
// and no other. Whoever may invoke it is trusted with every account, so that permission is the key.
//
// # Calls
//
// The payload is one JSON object. op says what is wanted, account is the account as the platform names it
// (claim sub of its tokens, 1 to 255 bytes). An op has the members that are shown here and no others; all are
// required but client, if_version.
//
//	{"op":"check","account":"u-1029","password":"seven lamps over the harbour","client":"device-41"}
//	{"ok":true,"version":1773489600000}
//
// check asks whether a password is right. client is the platform's opaque word for where the try comes from,
// at most 255 bytes, such as a long-lived cookie of the device: each has 10 tries and gains one every 6
// minutes. Clients on which no password was right yet draw from 50 that they share as well (100 in the quarter of
// an hour after a recovery), one back every 72 seconds; so does a try without client. Strangers who guess on and on
// can keep these empty, and with them a device that is new; never one that is known. So send client always, and
// limit guessing networks before you call. End the sessions that began under a lower version: the password was
// changed since.
//
//	{"op":"check","account":"u-1029","password":"a guess"}
//	{"ok":false,"version":1773489600000,"retry_after":72}
//
// With retry_after (seconds) nothing was compared, since there were too many wrong tries. Without it the
// password is wrong. version 0 is an account without a password, for which every one is wrong.
//
//	{"op":"set","account":"u-1029","password":"seven lamps over the harbour","if_version":1773400000000}
//	{"version":1773489600000}
//
// set keeps a password that the account holder chose while signed in; ask for the present one (check) or a fresh
// sign-in first, or a stolen session can end its owner's ways back in again and again. if_version sets it only if the
// credential is still of that version, 0 only if there is none yet; a call that is repeated within a minute
// is then the same success. Without it each call is a change of its own. The session in which it was chosen goes
// on under the new version, or it ends with the others. What recovery mailed before ends. The owner of a bound
// account is told by mail, the platform by the event credential.changed; for an account that is not bound there
// is neither.
//
//	{"op":"hold","account":"u-1029","until":"2026-03-21T12:00:00Z"}
//	{"version":1773489600000}
//	{"op":"release","account":"u-1029"}
//	{"version":1773489600000}
//
// hold pauses recovery of a bound account until then, at most 30 days from now; release ends that. Mails that
// are asked for meanwhile say so. Codes, links and grants that were out when the pause began end for good. hold
// and release at once end them without a pause, for platforms whose own password was changed; where a pause runs
// already, leave it alone: nothing is out. Holding again moves the end, and releasing what is not held does nothing.
//
//	{"op":"redeem","grant":"AQPEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU","key":"recovery-7f3a"}
//	{"account":"u-1029","issuer":"https://login.example.com/","ref":"7QK2","proved_at":"2026-03-14T12:00:00Z"}
//
// redeem is for platforms that keep passwords themselves (PasswordMode host): it takes the grant that a
// browser posted to the platform, once, and tells whose it is. key is the platform's own name of this
// redemption, 1 to 255 bytes: with the same key the call may be repeated, for its answer may have been lost.
//
// In PasswordMode managed there is no redeem, in host no check and no set.
//
// # Refusals
//
// A refusal is an answer with the member refused.
//
//	{"refused":"password-refused","reasons":["too-short"]}
//	{"refused":"malformed","reason":"until"}
//	{"refused":"unavailable","retry_after":2}
//
// password-refused: the password breaks rules, which reasons names (the words of openapi.yaml's
// PasswordReason). malformed: the call cannot be read, and reason names the part of it: json, op (there is no
// such op, or not in this PasswordMode), account, password, client, until, key. recovery-refused: the grant is
// wrong, expired or used, or the account's recovery is paused. not-bound: the account has no address, and so no
// recovery to pause. version-changed: the credential is of another version than if_version. unavailable:
// ask again after retry_after seconds.
//
// An outage is no answer but a function error (FunctionError in the answer of Invoke): its message is always
// the same, and the function's log has the cause. Every call may be repeated, set with if_version; a wrong
// password costs a try each time.
//
// # What is logged
//
// One line a call: op, outcome, milliseconds. Never account, password, client, grant or key.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"mailbind/shared/recovery"
	"mailbind/shared/setup"
)

func main() {
	f := setup.New("credential")
	core := f.Core(setup.Accounts, setup.Recoveries, setup.Credentials, setup.Limits)
	passwords := f.Passwords(f.Text("MAILBIND_PLATFORM"), f.BaseURL())
	host := f.Host()
	f.Connect(core)

	platform := &recovery.Platform{Store: core.Store, Names: core.Names, Keys: core.Keys, Policy: passwords.Policy, Hasher: passwords.Hasher(core)}
	lambda.Start(caller{platform: platform, host: host, report: f.Report}.handle)
}

// Package binding is the domain of mailbind: how an account of a platform comes to have one email
// address, proven and for ever. It holds the rules and the use cases, one file each, and knows neither
// AWS nor HTTP. What it needs of the world it names as interfaces: Store, Outbox and Reports (tables), Keys
// (token keys), Sender (mail), Domains (name servers).
//
// # From a wish to a binding
//
// An account holder, signed in at the platform, asks to bind an address ([Service.Bind]). That opens a
// claim: the account's row says pending and names a challenge, and a mail is due. Nothing is bound and
// the address is kept from nobody, so any number of accounts may claim one address at the same time.
// The mail brings a code and a link to the mailbox. Whoever brings the mailbox and the session together
// first is bound, by one transaction ([Proofs] Bind): the account's row turns to bound, and two rows
// that no function can change are put, one naming the address and one naming the account.
//
//	none    -> pending   by bind
//	pending -> pending   by bind with another address: the old challenge is superseded
//	pending -> bound     by the code, by link and number, or by the link's token in the session
//	pending -> denied    by "not me"
//	denied  -> pending   by undo within a day, or by bind: another address, or when the denial is over
//	bound   -> nothing   "not me" marks it as disputed and tells the platform; a confirmation proves it anew
//
// A pending claim whose day is over is shown as expired; that is no state of its own.
//
// # Why a code, a link and a number
//
// Binding is for ever, so it takes both sides at once: the mailbox alone may be a stranger's, because
// addresses get mistyped, and the session alone may be a thief's. The code of the mail, typed in the
// session, joins them ([Service.VerifyCode]). A link is easier to follow but opens anywhere, without a
// session; it therefore asks for the check number, four digits that only the session shows
// ([Service.VerifyLink]). A stranger with the whole mail has no number, and a scanner that presses every
// button has none either. An app that catches the link sends its token with the session's own
// credentials and needs no number ([Service.VerifyToken]).
//
// Three wrong numbers close the link for who has no session; the code and the app go on. Five wrong
// codes spend a code, and the next mail carries a new one under the same link. So nobody who guesses at
// one way closes the others.
//
// # Why charges come before comparisons
//
// A guess is paid for in one conditional write, and only then compared. Were it compared first, a
// hundred guesses at once would all be compared before the first was counted. The charge carries the
// request's name (op), so that a write whose answer was lost is recognised and not paid twice; what an
// outage of ours swallows is given back (GiveBack), also a charge whose own answer was lost, for a right
// code at the last try must bind once the outage is over.
//
// # How refusals are told
//
// A store method is one atomic step with all of its conditions in the write. Refused, it gives the row
// that refused it, and the use case explains why from that row (the functions explain): one round trip
// is enough for the answer and its reason. A row that is already as the step wanted it is no refusal:
// its own answer was lost, or somebody presses again, and success is told again. A refusal that no
// rule explains is an outage and never a verdict. Every answer in the session is the same [Status], so
// that a repeated request ends where the first one did.
//
// # The outbox
//
// A request that mails first and writes after mails twice when the process dies in between; one that
// writes first loses the mail. Therefore the write that makes a mail necessary makes it due, in the same
// row: due_<kind> = the id of this send. The table's stream shows the row to [Mailer], which
// takes only names from the record, reads the row as it is now, and sends if this very send is still due
// and still wanted. Only then does it take the mark off, and only this mark: a newer order that came
// meanwhile stays. Killed in between it sends twice, the same code and link. While the provider is down
// the mark stays; past LateAfter the person is told so and may order again, uncharged.
//
// Where the address is bound to another account, a notice to its owner goes out in place of the verify
// mail, under the same tag and budget. The asker sees the same answers, the same fate and the same waits
// as for a free address.
//
// # What became of the mail
//
// The provider reports of each mail: taken, delayed, delivered, came back, marked as spam. A sealed [Tag] rode
// with the mail and says whose row it is for; of the address that a remote server names nothing is read, for
// anybody can write one into a bounce. [Feedback] takes the reports in any order and any number of times.
//
// A mail that an account asked for has a fate ([Fate]), which only rises, and the account holder reads it with
// a reason in our words and one thing to do (next). It never decides anything but whether it makes sense to
// mail again: a code that did arrive is typed whatever the reports say.
//
// What comes back from a bound mailbox is a [Sign] of how it stands. Signs are kept for a while and read in
// the order in which they happened ([Judge]), so that reports which overtake each other come to the same; the
// one that adds a sign then writes what all of them come to. A mailbox that does not exist twice, a day apart,
// is broken and stays so however well it delivers afterwards: providers give abandoned names to others. That,
// a mailbox of another owner, and a person's "not me" hold recovery until the account holder types a code in
// the session ([Service.Reconfirm], then VerifyCode); the platform is told while its user can still sign in.
//
// # Before the mail
//
// Whether a domain takes mail, how many mails a mailbox had today, and whether the operator holds them, is
// looked at by the mailer and not by the request: none of it depends on who holds the address, and all of it
// shows in the fate alone, the same for a free address and a taken one. None of it is asked for an owner's mail.
//
// # What is not stored
//
// No code, number or token: package token computes them from the challenge's id when they are needed.
// No address in clear: rows are named by keyed hashes, and the address and the words of the account
// ([Who]) lie encrypted. Passwords never come here.
//
// # The promises
//
// Each has its tests; explorer_test.go checks those of the domain after every step of a small world.
//
//	P1  Only deliverable addresses are taken: package address; acceptable in bind.go.
//	P2  One address an account, one account an address: the transaction Proofs.Bind.
//	P3  A binding is permanent: Proofs.Bind alone puts its rows, and only where none stand; the
//	    functions' permissions allow no more.
//	P4  Nothing is bound without mailbox and session: verify.go, whose three ways are the only callers
//	    of bind.
//	P5  Consent: the pages tell what is bound and that it is for ever; deny.go is "not me".
//	P6  A mail that is due is sent or told as late: Open and Requeue (store.go), Deliver (outbox.go).
//	P7  The holder sees what became of the mail and what to do: mail and next in service.go.
//	P8  Nobody without the mailbox learns whether an address is bound: Bind never looks, Mailer.write
//	    sends the notice, and ErrAddressTaken is told only after a proof (Binding.explain).
//	P9  Guesses are charged before they are compared, and the day's are never refilled: ChargeNumber,
//	    ChargeCode.
//	P10 A link or code works once, and the same success again is success: the functions explain.
//	P11 Machines bind nothing: no method is called for GET, and VerifyLink asks for the number.
//	P12 A copy of the tables shows nothing: keys.go, tag.go, package token; package store seals.
//	P13 Calls are cheap: each use case tells its round trips; a link that is none costs none
//	    (OpenLink).
//	P14 No stranger keeps a recovery mail from the owner: package recovery.
//
// # Words
//
//	account        the platform's, by an opaque id; AccountKey is its keyed hash
//	address        a parsed email address; its email key names the row, its inbox key the mailbox's budget
//	claim          an account's wish to bind one address, and what became of it: the account's row
//	challenge      one open request to prove control of an address (cid)
//	send           one mail of a challenge (sid)
//	code           eight symbols in the mail, typed in the session
//	check number   four digits in the session, typed at the link
//	token          what a link carries, sealed
//	try            one guess, charged
//	binding        an address and an account, for ever
//	holder         the account that an address is bound to; in quarantine nobody
//	quarantine     the time until released_at of a binding that an operator took away with rights that no function has
//	due            a mail that must go out; an order is the stream record that says so
//	held           a mail not sent because its mailbox has had enough for the day, or the operator says so
//	fate           what became of a send, as a rank that only rises
//	report         what the mail provider says became of one mail
//	sign           what a report says about a bound mailbox
//	standing       what the signs come to: a risk and since when, or none
//	risk           a doubt about a bound mailbox; some hold recovery
//	confirmation   a code mailed to a bound mailbox and typed in the session: it is proved anew
//	denial         "not me": the account is kept away from the address for a while
//	dispute        "not me" about a binding: noted, and nothing is unbound
//	refusal        an error that the caller is told; any other error is an outage
package binding

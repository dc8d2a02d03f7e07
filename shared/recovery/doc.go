// Package recovery is the way back into an account through its bound address, and what the platform asks
// about passwords. Like binding, whose words and keys it shares, it holds rules and use cases, one file each,
// and knows neither AWS nor HTTP. It is a package of its own because nothing of it touches the permanent
// rows, and nothing of binding reads a password: each can be read, and changed, without the other.
//
// # From "forgot" to a new password
//
// Somebody types an address ([Service.Ask]). That rings a bell in the row of the address, whatever address it
// is: a mail is due, and nothing is read. The table's stream shows the row to [Mailer], which finds out whose
// the address is, opens a challenge and mails a code and a link to the address as it was bound. For an
// address that is nobody's it writes the same and mails nobody.
//
// The code, typed beside the address ([Service.ProveCode]), becomes a grant: sealed, for ten minutes, good for
// one new password. The link's page asks for the address again and needs no grant ([Service.SetPassword]). The new
// password ends the challenge, raises the credential's version, and makes the mail to the owner and the
// events due, in one transaction. Where the platform keeps passwords itself, it redeems the grant instead
// ([Platform.Redeem]) and learns which account's owner is there.
//
//	ask     bell                       the same write for every address
//	mailer  open or extend, mail, book the same writes for every address
//	code    charge, compare            a grant, or the one refusal
//	set     present, hash, change      a new password, or the one refusal
//
// # Nobody learns anything
//
// Whether an address is bound is looked at by the mailer alone, after the answer; by ProveCode only after the
// comparison, and by SetPassword only for who holds a sealed proof. So the answers, writes and times of a request
// do not depend on it (P8). Wrong, expired, used, used up and paused are one refusal ([ErrRefused]).
//
// # Nobody keeps the owner out (P14)
//
// Anybody may ask for anybody's mail, so asking must not be a weapon. Mails are spaced by 1, 5, 30 and then 120
// minutes, at most 16 a day, and each keeps working until ten minutes after the next may be sent: the mail
// that a stranger caused is itself the owner's way in. The spacing is booked when the provider took a mail and
// not before, so that an outage costs nothing. A challenge lives through all its mails, for a day at most, so
// that a newer mail never kills an older one that the owner is just reading; when it is replaced, the link
// before goes on for its ten minutes ([Challenge].Previous). Where the mails that were sent hold no way in any
// more, because a password was set, a grant redeemed or a pause ended, the bell is heard at once. What is left:
// an address that strangers asked for before it was bound may wait two hours for its first mail, because the
// bell must not tell who is bound; and so may an owner whose doubted mailbox was mailed, or a broken one was not, which
// was then taken back. Wrong codes, five a code and twenty a day, are the
// strangers' to spend; the link does not mind them. Only a pause stops the owner: the platform's ([Platform.Hold]),
// or a doubt about the mailbox (binding.Risk.Holds).
//
// # What is charged, and when
//
// A code is charged before it is compared, a proof is counted before it is hashed: three times for a challenge,
// so that a link replayed for ever costs three hashes. What costs nothing comes before both: a token is opened,
// and a password judged, without a table. What an outage of ours swallows is given back. Who set the password
// that the challenge brought, and asks again, is told success again.
//
// Renew and Extend are conditional on the challenge that was read and on the mail that is due, and on nothing
// else: the new password takes the due mail off its row in its own transaction, so a challenge that was used
// meanwhile is neither extended nor carried over. (The expressions tried first repeated the conditions under which
// a challenge is over; with these the rule stands once, in [Challenge].)
//
// # Wrong passwords
//
// The platform asks [Platform.Check] at each sign-in. A try is taken before the comparison, from the client's own
// meter and, while no password was right on that client yet, first from one that all such clients share.
// Strangers who guess on and on keep the shared one empty, and with it new devices; a device that is known has
// tries of its own and never waits for them. A changed password starts all meters anew, after a recovery with twice
// as many tries for a quarter of an hour, for its owner to get in. More cannot be done here: who is who at a new
// device, only the platform sees (networks, a second factor).
//
// # A thief in the mailbox
//
// What somebody read there must be worth nothing once the owner or the platform acts. A password that is set in a
// session ends every code, link and grant that is out, in its own transaction ([Platform.Set]), and so does a pause
// ([Platform.Hold]), which does not bring them back when it ends. A code is carried on by the mails of half an hour
// and no longer, or strangers who go on asking would keep alive what a thief once saw; a link carries its own end.
//
// # Words
//
//	bell         the one write of a request
//	rung         the step of the spacing that a mail stands on
//	challenge    what a mail's code and link answer; the row of an address has one at a time
//	grant        sealed, for whoever showed a right code or link
//	presented    how often a proof of the challenge came with a password (attribute claims)
//	held         recovery is paused, by the platform or by a doubt
//	fact         an event in the row that makes it true
//	meter        tries that refill with time
//	version      of a credential, in milliseconds; sessions of lower versions end
package recovery

// Package mx says whether a domain takes mail, before a mail goes there: a mail that must bounce costs the sender's
// reputation, and whoever mistyped the domain is told at once. It fails open: what is not known for sure takes mail.
//
// # What a domain's answers mean
//
//	one MX, ".", preference 0           takes none (null MX, RFC 7505, section 3)
//	MX otherwise, also "." among others takes mail (section 3: such a domain is set up wrongly; its hosts are not looked at)
//	no MX, but an A or AAAA             takes mail (the implicit MX of RFC 5321, section 5.1)
//	no MX, no A and no AAAA             takes none, whether the name is there (NODATA) or not (NXDOMAIN)
//	anything else                       not known: no answer, SERVFAIL, REFUSED, cut off, not readable
//
// NXDOMAIN for the MX is asked again as A and AAAA: some servers say it for every type that they do not know (RFC 4074,
// section 4.2). A CNAME that leads nowhere is answered as what it leads to (RFC 6604, section 3).
//
// # Why package net, and what it hides
//
// net.Resolver has what a client needs: the system's servers, random ports and ids, EDNS, TCP where an answer
// is cut off. By its source (Go 1.26) and the tests here, it hides this:
//
//   - IsNotFound is NXDOMAIN and NODATA alike. For mail they are the same.
//   - Asked for both kinds of address, it gives one error: SERVFAIL for the AAAA vanishes behind NODATA for the A. So
//     each is asked for by itself.
//   - IsNotFound is also what no server said: a name that it does not take for one, .onion (RFC 7686), a system whose
//     nsswitch.conf has files alone. So nothing is taken for an answer unless a server was asked.
//   - What is asked for an address lives on when the caller's time is over, up to 5 seconds (singleflight). So
//     connections are closed with the question.
//   - An answer that is cut off over TCP too is taken as it is. Nobody's answer is: it may have 64 KB.
//
// # Servers that never answer
//
// Lambda handles the records of a lane in batches of ten, and the next batch waits for the slowest mail of this one. With a
// second for every batch, somebody with a zone whose server never answers holds up everybody's mail by a second for each ten
// of his. So an instance waits out of savings (see savings): three seconds in all, then a tenth of a second for a batch, which
// is still enough for most servers that do answer. What was learned is kept for minutes, not longer than a person who mends
// a domain would wait; domains are in memory only, and in no log: one may be somebody's name.
package mx

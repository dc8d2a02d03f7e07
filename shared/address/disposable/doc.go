// Package disposable knows the domains of mailboxes that are thrown away after minutes, or that anybody may read.
// A binding is for ever and recovers an account: an address that nobody keeps, or that a stranger gets next, must not
// be bound. It is for the moment of binding only; recovery takes every address that was ever bound.
//
// data/list.txt is made of the PyPI package disposable-email-domains under the MIT License; data/LICENSE says whose
// work it is and what was changed, data/origin.json has the version and the checksums. go generate
// ./shared/address/disposable makes it again, with pip. It is a file of lines on purpose: whoever is asked why an
// address was refused can search it, and what a newer version adds is seen in a change.
//
// It is searched by halves in the binary as it lies there: nothing is unpacked, and no answer is a guess. A set of
// hashes, as package password has, would refuse an honest domain now and then, for ever, and nobody could say why.
// The same 10,178 domains in other forms:
//
//	                                      in the binary   in memory    before the first look
//	lines, sorted                         147,510 B       none         none
//	front-coded in blocks of 16           119,739 B       none         none
//	the same from the last label on       93,201 B        none         none
//	deflated                              57,061 B        147,510 B    1.0 ms
//	hashes of 40 bits, in buckets         100,166 B       none         none; 1 wrong in 10^8
//
// Only function bind links it.
package disposable

//go:generate go run ./gen

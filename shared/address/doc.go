// Package address parses email addresses and says which of them are one.
//
// # What is taken
//
// Parse takes the addresses that a standard mail system can deliver to: one unquoted local part, one
// @, one domain name. It is a small subset of what RFC 5322 allows, on purpose. Quoted local parts,
// comments, folding white space, groups, routes, display names and address literals are refused:
// nobody signs up with them, and each of them is a second way to write an address, so that two
// programs in one chain may disagree on who receives the mail. Refused for the same reason are %, !
// and the backtick in a local part (old routing syntax, shells) and =? (the start of an encoded word,
// which RFC 2047 section 5 forbids here, but which some mail software decodes all the same).
// Nothing is trimmed, nothing is repaired: what Parse takes is what was given.
//
// net/mail is not used. It parses header fields, so it takes groups, comments and quoted strings by
// design, and several of its faults were found by sending it hostile addresses.
//
// A local part outside ASCII needs SMTPUTF8 (RFC 6531), which SES does not offer
// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html): it has a reason of
// its own, so that it can be lifted. A domain outside ASCII is turned into A-labels (RFC 5890), by a
// profile that never maps one spelling to another: golang.org/x/net/idna drops soft hyphens, narrows
// full-width letters and reads an ideographic full stop as a dot. Here all of these are refused,
// because the result must be what the person sees. Letter case and Unicode's composed and decomposed
// forms are the only spellings that meet. idna returns a usable looking value beside an error;
// that value is never used.
//
// # Which addresses are one
//
// Canonical is the identity: bytes A-Z of the local part in lower case, and the domain's A-labels in
// lower case. RFC 5321 section 2.4 leaves the case of a local part to the receiving host, but no
// provider of any size gives Bob@ and bob@ to two people, and people do not remember which they typed.
// Case goes by ASCII bytes only, never by Unicode's rules, under which the Kelvin sign is a k and the
// mail of one person can reach another.
//
// Dots and +tags are kept in the identity. That a.b@gmail.com and ab@gmail.com are one mailbox is a
// habit of one provider; elsewhere they are two people, and folding them would let one take the
// other's place. A binding is for ever, so the identity may depend on nothing that a provider can
// change. Budgets are another matter: they count mails per mailbox and may err towards too few, so
// Folded folds what providers say they fold.
//
// The canonical form is versioned (CanonVersion), as rows are found by a keyed hash of it, and
// testdata/golden-keys.txt holds it fixed. A newer Go brings newer Unicode tables. They take more
// names; they give no name that was taken another form, since that is the Punycode of the name after
// case folding and NFC, both of which Unicode keeps stable, and idna's own mapping has no say in it.
//
// # What else is known of an address
//
// SpecialUse, Within, Suggest and Repair, and package disposable beside this one, are for the moment of binding
// only. Recovery must take every address that was ever bound, so it uses none of them.
package address

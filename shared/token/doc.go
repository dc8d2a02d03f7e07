// Package token makes and checks every secret of mailbind from two root secrets, and nothing else.
// It is pure: no table, no clock, no network; who loads the secrets is told to Keyring as a function.
//
// # Two secrets
//
// DataKey is never rotated: it names rows (keyed hashes of addresses and accounts), seals what lies
// at rest and seals the tag of a mail. Two accounts could bind one address if it changed unseen, so
// its Fingerprint is kept in the tables and compared when a function starts.
//
// Key is one token key. A Keyring holds up to three of them: current seals, previous and pending only
// open, so a rotation never meets an instance that cannot read what another one just sealed. Every
// secret of one challenge is made with the key that the challenge's row names (its key id), and a
// sealed token leads with that id: no key is ever guessed, so a rotation does not double the odds of
// a guess either.
//
// # What is not stored
//
// Codes, check numbers and tokens are computed again when they are needed. A copy of the tables
// shows none of them, a mail that is sent twice carries the same code, and a forged token costs no
// read of any table. Codes are a pseudorandom function of a 128-bit random challenge id, which is
// where their randomness comes from (NIST SP 800-63B-4 section 3.1.3.3 asks for an approved random
// bit generator: the id is drawn from crypto/rand).
//
// Stage and epoch are part of every token key's derivation rather than of each token's additional
// data: one place binds tokens, codes and check numbers alike, and raising the epoch after a
// point-in-time restore ends all that is outstanding.
//
// Every hash takes its parts length-prefixed, so no two lists of parts read the same.
package token

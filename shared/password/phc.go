package password

import (
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// A record is what a PHC string says.
type record struct {
	Params
	key       string
	salt, tag []byte
}

// b64 is base64 as PHC strings have it: no padding, one spelling only.
var b64 = base64.RawStdEncoding.Strict()

// String writes the PHC string: $argon2id$v=19$m=19456,t=2,p=1,keyid=0a1b2c3d$salt$tag, in the order that
// the format's specification gives for argon2 (https://github.com/P-H-C/phc-string-format). tag is what
// the pepper gave, and keyid names the pepper's key as it is, not in base64.
func (r record) String() string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("m=" + strconv.FormatUint(uint64(r.Memory), 10))
	b.WriteString(",t=" + strconv.FormatUint(uint64(r.Time), 10))
	b.WriteString(",p=" + strconv.FormatUint(uint64(r.Threads), 10))
	b.WriteString(",keyid=" + r.key)
	b.WriteString("$" + b64.EncodeToString(r.salt) + "$" + b64.EncodeToString(r.tag))
	return b.String()
}

// head leads every PHC string of ours: the function and its version, 0x13.
var head = "$argon2id$v=" + strconv.Itoa(argon2.Version) + "$"

// maxPHC is longer than every PHC string of ours, in bytes.
const maxPHC = 160

// parse reads what String wrote, and nothing that merely means the same: it writes what it has read and
// compares. ErrHash for anything else, and for work above the bounds.
func parse(phc string) (record, error) {
	rest, found := strings.CutPrefix(phc, head)
	fields := strings.Split(rest, "$")
	if len(phc) > maxPHC || !found || len(fields) != 3 {
		return record{}, ErrHash
	}
	settings := strings.Split(fields[0], ",")
	if len(settings) != 4 {
		return record{}, ErrHash
	}
	r := record{key: strings.TrimPrefix(settings[3], "keyid=")}
	memory, err1 := strconv.ParseUint(strings.TrimPrefix(settings[0], "m="), 10, 32)
	passes, err2 := strconv.ParseUint(strings.TrimPrefix(settings[1], "t="), 10, 32)
	lanes, err3 := strconv.ParseUint(strings.TrimPrefix(settings[2], "p="), 10, 8)
	var err4, err5 error
	r.salt, err4 = b64.DecodeString(fields[1])
	r.tag, err5 = b64.DecodeString(fields[2])
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return record{}, ErrHash
		}
	}
	r.Params = Params{Memory: uint32(memory), Time: uint32(passes), Threads: uint8(lanes)}
	lean := r.Time < 1 || r.Threads < 1 || r.Memory < 8*uint32(r.Threads) // RFC 9106 section 3.1: m is at least 8p
	if lean || r.heavy() || !isKeyID(r.key) || len(r.salt) != saltLen || len(r.tag) != tagLen || r.String() != phc {
		return record{}, ErrHash
	}
	return r, nil
}

func isKeyID(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return 1 <= len(s) && len(s) <= 16
}

// Package list keeps a set of strings in the least space that a function can search without unpacking it.
package list

import (
	"encoding/binary"
	"errors"
	"slices"
)

// A Set holds 40 bits of the hash of each string, sorted: the first 16 choose a bucket, the other 24
// are stored. A string that is not in a set of n is taken for a member with odds of n to 2^40.
//
// The bytes are: the magic of 8 bytes, n in 4, how many strings lie before each of 1024 groups of 64
// buckets in 4 each, how many lie in each of 65536 buckets in 1, then 3 bytes for each string. All
// numbers are big-endian.
type Set struct{ data string }

const (
	magic   = "mbwords1"
	buckets = 1 << 16
	group   = 64
	starts  = len(magic) + 4
	counts  = starts + 4*buckets/group
	body    = counts + buckets
	width   = 3
)

// Open reads what Build made, which stays as it is.
func Open(data string) (Set, error) {
	if len(data) < body || data[:len(magic)] != magic || len(data) != body+width*be32(data, len(magic)) {
		return Set{}, errors.New("list: not a set")
	}
	return Set{data}, nil
}

// Len is the number of hashes held.
func (s Set) Len() int { return be32(s.data, len(magic)) }

// Has says whether the string whose hash this is belongs to the set.
func (s Set) Has(h Hash) bool {
	v := h.mix()
	bucket, want := int(v>>48), v>>24&(1<<24-1)
	at := be32(s.data, starts+4*(bucket/group))
	for i := bucket - bucket%group; i < bucket; i++ {
		at += int(s.data[counts+i])
	}
	for i := range int(s.data[counts+bucket]) {
		p := body + width*(at+i)
		if got := uint64(s.data[p])<<16 | uint64(s.data[p+1])<<8 | uint64(s.data[p+2]); got >= want {
			return got == want
		}
	}
	return false
}

// Build makes the bytes of a set. Strings whose 40 bits are equal are kept once.
func Build(hashes []Hash) []byte {
	values := make([]uint64, len(hashes))
	for i, h := range hashes {
		values[i] = h.mix() >> 24
	}
	slices.Sort(values)
	values = slices.Compact(values)
	data := make([]byte, body, body+width*len(values))
	copy(data, magic)
	binary.BigEndian.PutUint32(data[len(magic):], uint32(len(values)))
	for _, v := range values {
		bucket := v >> 24
		if data[counts+int(bucket)]++; data[counts+int(bucket)] == 0 {
			panic("list: more than 255 strings in a bucket")
		}
		data = append(data, byte(v>>16), byte(v>>8), byte(v))
	}
	total := uint32(0)
	for i := range buckets {
		if i%group == 0 {
			binary.BigEndian.PutUint32(data[starts+4*(i/group):], total)
		}
		total += uint32(data[counts+i])
	}
	return data
}

func be32(s string, at int) int {
	return int(s[at])<<24 | int(s[at+1])<<16 | int(s[at+2])<<8 | int(s[at+3])
}

// A Hash is that of the letters added so far (FNV-1a of 64 bits): the prefixes of a word cost one pass.
// Nobody gains by a collision, which can only refuse a password, so it needs no key.
type Hash uint64

// NewHash is the hash of no letters.
func NewHash() Hash { return 14695981039346656037 }

// Add gives the hash of one folded letter more, in its plain form.
func (h Hash) Add(r rune) Hash {
	for r = Plain(r); r >= 1<<7; r >>= 7 {
		h = (h ^ Hash(r&0x7f|0x80)) * 1099511628211
	}
	return (h ^ Hash(r)) * 1099511628211
}

// Of is the hash of a whole folded word.
func Of(word []rune) Hash {
	h := NewHash()
	for _, r := range word {
		h = h.Add(r)
	}
	return h
}

// mix spreads the hash over its first bits (the finaliser of MurmurHash3).
func (h Hash) mix() uint64 {
	v := uint64(h)
	v ^= v >> 33
	v *= 0xff51afd7ed558ccd
	v ^= v >> 33
	v *= 0xc4ceb9fe1a85ec53
	return v ^ v>>33
}

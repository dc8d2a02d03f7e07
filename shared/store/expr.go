package store

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

type (
	item   = map[string]types.AttributeValue
	values = map[string]types.AttributeValue
	names  = map[string]string
)

// expression holds an update and its condition with all that they may name. DynamoDB refuses a name
// or value that no expression uses, so what each of them uses is picked out when it is sent.
type expression struct {
	update, condition string
	names             names
	values            values
}

// reserved are the attributes whose names DynamoDB reserves.
var reserved = names{"#state": "state", "#ttl": "ttl", "#owner": "owner", "#hash": "hash", "#hold": "hold"}

// use gives the placeholders of both expressions. One that has no meaning is a mistake in this
// package and not of a request.
func (e expression) use() (n names, v values) {
	text := e.update + " " + e.condition
	for i := 0; i < len(text); i++ {
		if text[i] != '#' && text[i] != ':' {
			continue
		}
		j := i + 1
		for j < len(text) && isWord(text[j]) {
			j++
		}
		word := text[i:j]
		i = j - 1
		if word[0] == ':' {
			if e.values[word] == nil {
				panic("store: internal error: no value " + word)
			}
			v = put(v, word, e.values[word])
			continue
		}
		name, ok := e.names[word]
		if !ok {
			if name, ok = reserved[word]; !ok {
				panic("store: internal error: no name " + word)
			}
		}
		n = put(n, word, name)
	}
	return n, v
}

func put[V any](m map[string]V, k string, v V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[k] = v
	return m
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
func at(t time.Time) types.AttributeValue    { return num(t.Unix()) }
func text(s string) types.AttributeValue     { return &types.AttributeValueMemberS{Value: s} }
func blob(b []byte) types.AttributeValue     { return &types.AttributeValueMemberB{Value: b} }
func blobs(b ...[]byte) types.AttributeValue { return &types.AttributeValueMemberBS{Value: b} }

// signSet writes signs as a set of texts: adding one that is there changes nothing.
func signSet(signs ...binding.Sign) types.AttributeValue {
	set := &types.AttributeValueMemberSS{}
	for _, s := range signs {
		set.Value = append(set.Value, signText(s))
	}
	return set
}

// signText is second/kind/mail.
func signText(s binding.Sign) string { return fmt.Sprintf("%d/%s/%s", s.At.Unix(), s.Kind, s.Mail) }

func key(pk string) item                    { return item{"pk": text(pk)} }
func accountPK(k binding.AccountKey) string { return k.String() }
func emailPK(k address.EmailKey) string     { return "e#" + k.String() }
func recoveryPK(k address.EmailKey) string  { return k.String() }
func boundPK(k binding.AccountKey) string   { return "b#" + k.String() }
func deniedName(k address.EmailKey) string  { return "denied_" + hex.EncodeToString(k[:]) }
func dueName(k binding.Kind) string         { return "due_" + string(k) }
func sendsName(day int64) string            { return fmt.Sprintf("sends_%d", day) }
func triesName(day int64) string            { return fmt.Sprintf("tries_%d", day) }
func inboxPK(b binding.Booking) string      { return fmt.Sprintf("m#%s#%d", b.Inbox, binding.Day(b.Now)) }
func meterPK(m recovery.Meter) string       { return "c#" + m.Name }
func shareName(k binding.AccountKey) string { return "by_" + hex.EncodeToString(k[:]) }

// callerPK names the row of a network's hour, and the counter of its minute in it.
func callerPK(k recovery.CallerKey, now time.Time) (pk, minute string) {
	m := now.Unix() / 60
	return fmt.Sprintf("l#%s#%d", k, m/60), fmt.Sprintf("m%d", m%60)
}

// today gives the names of the day's counters, and the part of a REMOVE that drops those of the
// seven days before.
func today(now time.Time) (n names, old7 string) {
	day := binding.Day(now)
	n = names{"#s0": sendsName(day), "#t0": triesName(day)}
	var drop []string
	for i := int64(1); i <= 7; i++ {
		s, t := fmt.Sprintf("#s%d", i), fmt.Sprintf("#t%d", i)
		n[s], n[t] = sendsName(day-i), triesName(day-i)
		drop = append(drop, s, t)
	}
	return n, strings.Join(drop, ", ")
}

// triesToday is today for rows that count tries and no sends.
func triesToday(now time.Time) (n names, old7 string) {
	n, _ = today(now)
	return n, "#t1, #t2, #t3, #t4, #t5, #t6, #t7"
}

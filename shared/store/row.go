package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

// errUnreadable is a row that this package did not write; errRow the same where no step names it.
var (
	errUnreadable = errors.New("row not readable")
	errRow        = fmt.Errorf("store: %w", errUnreadable)
)

// claim reads an accounts row as a step at that time sees it; nil is no row.
func (s *Store) claim(k binding.AccountKey, row item, now time.Time) (binding.Claim, error) {
	if len(row) == 0 {
		return binding.Claim{}, nil
	}
	r := reader{row: row}
	c := binding.Claim{
		Account: k, State: binding.State(r.text("state")), Canon: r.count("canon"),
		EmailKey: r.key("ek"), Challenge: r.key("cid"), Key: r.keyID("kid"), CodesUsed: r.count("cn"),
		Opened: r.time("opened"), Expires: r.time("expires"), ResendAt: r.time("resend_at"),
		SendsToday: r.count(sendsName(binding.Day(now))), TriesToday: r.count(triesName(binding.Day(now))),
		Tries: r.count("tries"), LinkTries: r.count("link_tries"), Op: r.text("op"),
		Send: r.key("sid"), AcceptedAt: r.time("accepted_at"), Fate: binding.Fate(r.count("fate")),
		FateAt: r.time("fate_at"), Why: binding.Why(r.text("why")),
		BoundAt: r.time("bound_at"), ProvedAt: r.time("proved_at"), Confirming: r.key("rcid"),
		DisputedAt: r.time("disputed_at"), UndoneAt: r.time("undone_at"), Undone: r.key("undone_ek"),
		Risk: binding.Risk(r.text("risk")), RiskSince: r.time("risk_since"), Signs: r.signs("signs"),
		Hold: r.time("hold"), ChangedAt: r.time("changed_at"), Event: r.text("ev"), TTL: r.time("ttl"),
		Denied: map[address.EmailKey]time.Time{}, Due: map[binding.Kind]binding.SendID{},
	}
	switch c.State {
	case binding.Pending, binding.Bound, binding.Denied:
	default:
		r.fail("state")
	}
	for name := range row {
		if hexed, ok := strings.CutPrefix(name, "denied_"); ok {
			ek, err := hex.DecodeString(hexed)
			if err != nil || len(ek) != len(address.EmailKey{}) {
				r.fail(name)
				continue
			}
			c.Denied[address.EmailKey(ek)] = r.time(name)
		}
		if kind, ok := strings.CutPrefix(name, "due_"); ok {
			c.Due[binding.Kind(kind)] = r.key(name)
		}
	}
	c.Address = s.openAddress(&r, token.Place{Table: "accounts", Key: accountPK(k), Attribute: "addr"})
	c.Who = s.openWho(&r, token.Place{Table: "accounts", Key: accountPK(k), Attribute: "who"})
	return c, r.err
}

// challenge reads a recoveries row as a step at that time sees it; nil is no row.
func challenge(ek address.EmailKey, row item, now time.Time) (recovery.Challenge, error) {
	if len(row) == 0 {
		return recovery.Challenge{}, nil
	}
	r := reader{row: row}
	c := recovery.Challenge{
		EmailKey: ek, Due: r.key("due_recover"), AskedAt: r.time("asked_at"), MailedAt: r.time("mailed_at"), Rung: r.count("rung"),
		ResendAt: r.time("resend_at"), ID: r.key("cid"), Previous: r.key("pcid"), Key: r.keyID("kid"), CodesUsed: r.count("cn"),
		CodedAt: r.time("coded_at"), Opened: r.time("opened"), Expires: r.time("expires"), Owner: r.key("owner"),
		Tries: r.count("tries"), TriesToday: r.count(triesName(binding.Day(now))), Presented: r.count("claims"), Op: r.text("op"), PresentOp: r.text("pop"),
		UsedAt: r.time("used_at"), UsedBy: r.key("used_by"), Event: r.text("ev"), TTL: r.time("ttl"),
	}
	return c, r.err
}

// sealed gives a row's address and who at rest.
func (s *Store) sealed(k binding.AccountKey, a address.Address, w binding.Who) (addr, who types.AttributeValue) {
	return blob(s.data.SealAtRest(token.Place{Table: "accounts", Key: accountPK(k), Attribute: "addr"}, []byte(a.String()))),
		blob(s.data.SealAtRest(token.Place{Table: "accounts", Key: accountPK(k), Attribute: "who"}, packWho(w)))
}

func (s *Store) openAddress(r *reader, p token.Place) (a address.Address) {
	if r.row["addr"] == nil {
		return a
	}
	b := r.blob("addr")
	plain, err := s.data.OpenAtRest(p, b)
	if err != nil {
		r.fail("addr")
		return a
	}
	if a, err = address.Parse(string(plain)); err != nil {
		r.fail("addr")
	}
	return a
}

func (s *Store) openWho(r *reader, p token.Place) (w binding.Who) {
	if r.row["who"] == nil {
		return w
	}
	b := r.blob("who")
	plain, err := s.data.OpenAtRest(p, b)
	if err != nil || !unpackWho(plain, &w) {
		r.fail("who")
	}
	return w
}

// packWho writes the four texts, each led by its length in two bytes.
func packWho(w binding.Who) []byte {
	var b []byte
	for _, s := range []string{w.Issuer, w.Subject, w.Label, w.Locale} {
		b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
		b = append(b, s...)
	}
	return b
}

func unpackWho(b []byte, w *binding.Who) bool {
	for _, s := range []*string{&w.Issuer, &w.Subject, &w.Label, &w.Locale} {
		if len(b) < 2 {
			return false
		}
		n := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+n {
			return false
		}
		*s, b = string(b[2:2+n]), b[2+n:]
	}
	return len(b) == 0
}

// reader takes attributes out of a row and remembers the first that is not of its type.
type reader struct {
	row item
	err error
}

func (r *reader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: attribute %s", errUnreadable, attributeWord(name))
	}
}

// attributeWord names an attribute without the email key that a denial's name carries.
func attributeWord(name string) string {
	if strings.HasPrefix(name, "denied_") {
		return "denied"
	}
	return name
}

func (r *reader) text(name string) string {
	switch v := r.row[name].(type) {
	case nil:
		return ""
	case *types.AttributeValueMemberS:
		return v.Value
	}
	r.fail(name)
	return ""
}

func (r *reader) number(name string) int64 {
	switch v := r.row[name].(type) {
	case nil:
		return 0
	case *types.AttributeValueMemberN:
		if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil {
			return n
		}
	}
	r.fail(name)
	return 0
}

func (r *reader) count(name string) int { return int(r.number(name)) }

func (r *reader) time(name string) time.Time {
	if n := r.number(name); n != 0 {
		return time.Unix(n, 0).UTC()
	}
	return time.Time{}
}

func (r *reader) keyID(name string) (k token.KeyID) {
	if text := r.text(name); text != "" {
		var err error
		if k, err = token.ParseKeyID(text); err != nil {
			r.fail(name)
		}
	}
	return k
}

func (r *reader) blob(name string) []byte {
	switch v := r.row[name].(type) {
	case nil:
		return nil
	case *types.AttributeValueMemberB:
		return v.Value
	}
	r.fail(name)
	return nil
}

// signs reads what signSet writes.
func (r *reader) signs(name string) (signs []binding.Sign) {
	set, ok := r.row[name].(*types.AttributeValueMemberSS)
	if !ok && r.row[name] != nil {
		r.fail(name)
	}
	if !ok {
		return nil
	}
	for _, text := range set.Value {
		parts := strings.Split(text, "/")
		if len(parts) != 3 {
			r.fail(name)
			return nil
		}
		n, err := strconv.ParseInt(parts[0], 10, 64)
		s := binding.Sign{At: time.Unix(n, 0).UTC(), Kind: binding.SignKind(parts[1]), Mail: parts[2]}
		if err != nil || !s.Kind.Known() || s.Mail == "" || signText(s) != text { // what we would write otherwise, no verdict would find again
			r.fail(name)
			return nil
		}
		signs = append(signs, s)
	}
	binding.SortSigns(signs)
	return signs
}

func (r *reader) key(name string) (k [16]byte) {
	if r.row[name] == nil {
		return k
	}
	b := r.blob(name)
	if len(b) != len(k) {
		r.fail(name)
		return k
	}
	return [16]byte(b)
}

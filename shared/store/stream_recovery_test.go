package store_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// rowOf is the key of an address's row.
func rowOf(b byte) string { return `"pk":{"S":"` + address.EmailKey(sixteen(b)).String() + `"}` }

func TestARecoveryOrderIsABellThatRang(t *testing.T) {
	pk := rowOf('e')
	all := func(attributes ...string) string { return strings.Join(append(attributes, pk), ",") }
	order := func(sid byte) []recovery.Order {
		return []recovery.Order{{EmailKey: address.EmailKey(sixteen('e')), Send: sixteen(sid)}}
	}
	none := []recovery.Order{}
	for name, c := range map[string]struct {
		event, keys, before, after string
		want                       []recovery.Order // nil: an error
	}{
		"rung first":                  {"INSERT", pk, "", all(b16("due_recover", 1)), order(1)},
		"rung again":                  {"MODIFY", pk, all(), all(b16("due_recover", 2)), order(2)},
		"rung anew while due":         {"MODIFY", pk, all(b16("due_recover", 1)), all(b16("due_recover", 2)), order(2)},
		"opened, still due":           {"MODIFY", pk, all(b16("due_recover", 1)), all(b16("due_recover", 1), b16("cid", 5)), none},
		"ended while due":             {"MODIFY", pk, all(b16("due_recover", 1)), all(`"used_at":{"N":"1"}`), none},
		"ended before any was asked":  {"INSERT", pk, "", all(`"used_at":{"N":"1"}`, `"ttl":{"N":"2"}`), none},
		"settled":                     {"MODIFY", pk, all(b16("due_recover", 1)), all(), none},
		"a mail of another kind":      {"MODIFY", pk, all(), all(b16("due_verify", 1), b16("due", 1), b16("overdue_recover", 1)), none},
		"removed":                     {"REMOVE", pk, all(b16("due_recover", 1)), "", none},
		"removed, with an image":      {"REMOVE", pk, "", all(b16("due_recover", 1)), none},
		"keys alone":                  {"MODIFY", pk, "", "", none},
		"old image of another type":   {"MODIFY", pk, all(`"due_recover":{"S":"x"}`), all(b16("due_recover", 1)), order(1)},
		"old image too short":         {"MODIFY", pk, all(`"due_recover":{"B":"AQ=="}`), all(b16("due_recover", 1)), order(1)},
		"no key":                      {"MODIFY", "", "", all(b16("due_recover", 1)), nil},
		"key of another type":         {"MODIFY", `"pk":{"B":"AQ=="}`, "", all(b16("due_recover", 1)), nil},
		"key too short":               {"MODIFY", `"pk":{"S":"YQ"}`, "", all(b16("due_recover", 1)), nil},
		"key of a row of bindings":    {"MODIFY", `"pk":{"S":"e#` + strings.Repeat("a", 20) + `"}`, "", all(b16("due_recover", 1)), nil},
		"order of another type":       {"MODIFY", pk, all(), all(`"due_recover":{"S":"canary"}`), nil},
		"order too short":             {"MODIFY", pk, all(), all(`"due_recover":{"B":"AQ=="}`), nil},
		"order that is null":          {"MODIFY", pk, all(), all(`"due_recover":{"NULL":true}`), nil},
		"order too long, not changed": {"MODIFY", pk, all(`"due_recover":{"B":"AQ=="}`), all(`"due_recover":{"B":"AQ=="}`), nil},
	} {
		got, err := store.RecoveryOrders(streamRecord(t, c.event, c.keys, c.before, c.after))
		if (err == nil) != (c.want != nil) || len(got) != len(c.want) || !slices.Equal(got, c.want) && len(got) > 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "attribute ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A mark is a fact of an owner's; the same row is written for an address that is nobody's, and says nothing.
func TestAMarkIsAChangedEvOfAnOwners(t *testing.T) {
	pk, owner := rowOf('e'), b16("owner", 'a')
	nobody := `"owner":{"B":"` + base64.StdEncoding.EncodeToString(make([]byte, 16)) + `"}`
	started, finished := `"ev":{"S":"recovery.started/r1"}`, `"ev":{"S":"recovery.finished/r2"}`
	all := func(attributes ...string) string { return strings.Join(append(attributes, pk), ",") }
	const none, broken = "none", "broken"
	for name, c := range map[string]struct{ event, keys, before, after, want string }{
		"opened":                        {"MODIFY", pk, all(), all(owner, started), "recovery.started/r1"},
		"opened, a row made whole":      {"INSERT", pk, "", all(owner, started), "recovery.started/r1"},
		"finished":                      {"MODIFY", pk, all(owner, started), all(owner, finished), "recovery.finished/r2"},
		"another owner, a fact of his":  {"MODIFY", pk, all(b16("owner", 'b'), started), all(owner, finished), "recovery.finished/r2"},
		"opened for nobody":             {"MODIFY", pk, all(), all(nobody, started), none},
		"nobody's by now":               {"MODIFY", pk, all(owner, started), all(nobody, finished), none},
		"another owner, no fact of his": {"MODIFY", pk, all(nobody, started), all(owner, started), none},
		"rung":                          {"MODIFY", pk, all(owner, started), all(owner, started, b16("due_recover", 1)), none},
		"rung first":                    {"INSERT", pk, "", all(b16("due_recover", 1)), none},
		"ended, no fact":                {"MODIFY", pk, all(owner, started), all(owner, started, `"used_at":{"N":"1"}`), none},
		"ended before any was asked":    {"INSERT", pk, "", all(`"used_at":{"N":"1"}`, `"ttl":{"N":"2"}`), none},
		"fact taken away":               {"MODIFY", pk, all(owner, started), all(owner), none},
		"removed":                       {"REMOVE", pk, all(owner, started), "", none},
		"removed, with an image":        {"REMOVE", pk, "", all(owner, started), none},
		"keys alone":                    {"MODIFY", pk, "", "", none},
		"the same fact, no owner":       {"MODIFY", pk, all(started), all(started), none},
		"ev was of another type":        {"MODIFY", pk, all(owner, `"ev":{"N":"1"}`), all(owner, started), "recovery.started/r1"},
		"ev of another type":            {"MODIFY", pk, all(), all(owner, `"ev":{"B":"AQ=="}`), broken},
		"ev is null":                    {"MODIFY", pk, all(), all(owner, `"ev":{"NULL":true}`), broken},
		"no owner":                      {"MODIFY", pk, all(), all(started), broken},
		"owner of another type":         {"MODIFY", pk, all(), all(started, `"owner":{"S":"canary"}`), broken},
		"owner is null":                 {"MODIFY", pk, all(), all(started, `"owner":{"NULL":true}`), broken},
		"owner too short":               {"MODIFY", pk, all(), all(started, `"owner":{"B":"AQ=="}`), broken},
	} {
		m, is, err := store.NewMark(at(streamRecord(t, c.event, c.keys, c.before, c.after), 1764000001))
		got := none
		switch {
		case err != nil:
			got = broken
			if strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "attribute ") || is {
				t.Errorf("%s: %v", name, err)
			}
		case is:
			got = m.Event
			if m != (store.Mark{Owner: binding.AccountKey(sixteen('a')), Event: got, At: time.Unix(1764000001, 0).UTC()}) {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s: %v", name, got, c.want, err)
		}
	}
	if _, is, err := store.NewMark(streamRecord(t, "MODIFY", pk, pk, all(owner, started))); err == nil || is {
		t.Error("a record without a time made a mark")
	}
}

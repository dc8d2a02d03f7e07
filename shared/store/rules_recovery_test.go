package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// sets gives the attributes that an update writes, by their real names, and removes those that it drops.
func (w write) sets() (set, removed []string) {
	before, after, _ := strings.Cut(" "+w.update, " REMOVE ")
	for i, part := range []string{before, after} {
		for _, word := range wordsRE.FindAllString(part, -1) {
			if real, ok := w.names[word]; ok {
				word = real
			} else if placeholder(word) || slices.Contains(notNames, word) {
				continue
			}
			if i == 0 {
				set = append(set, word)
			} else {
				removed = append(removed, word)
			}
		}
	}
	return set, removed
}

// TestRowsThatEndAreGivenTheirLifeWhenTheyAreMade: rows of recoveries and of limits always have a ttl, for whoever
// can make one sets it and nobody takes it off. A credential never has one: TTL deletes whatever any condition says.
func TestRowsThatEndAreGivenTheirLifeWhenTheyAreMade(t *testing.T) {
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			set, removed := w.sets()
			has := slices.Contains(set, "ttl")
			switch w.table {
			case physical.Recoveries, physical.Limits:
				if slices.Contains(removed, "ttl") {
					t.Errorf("%s takes the life off: %s", name, w.update)
				}
				makes := slices.Contains(makers[name], w.table)
				if makes && !has {
					t.Errorf("%s makes a row of %s for ever: %s", name, w.table, w.update)
				}
				if w.table == physical.Recoveries && has != makes {
					t.Errorf("%s sets a ttl: %v; the bell and Put alone do", name, has)
				}
			case physical.Credentials:
				if has {
					t.Errorf("%s lets a password end: %s", name, w.update)
				}
			}
		}
	}
}

// TestOnlyAChangeOrThePlatformSetsAPassword: a hash is written by the two transactions, with a version that rises,
// and by whoever saw the password it belongs to, over that very one.
func TestOnlyAChangeOrThePlatformSetsAPassword(t *testing.T) {
	seen := map[string]bool{}
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			set, removed := w.sets()
			if slices.Contains(removed, "hash") || slices.Contains(removed, "version") {
				t.Errorf("%s takes a password away: %s", name, w.update)
			}
			if w.table != physical.Credentials && !slices.Contains(set, "hash") {
				continue
			}
			method := step{name: name}.method()
			seen[method] = true
			all := conjuncts(w.condition)
			switch {
			case w.table != physical.Credentials:
				t.Errorf("%s writes a hash into %s", name, w.table)
			case (method == "Change" || method == "Put") && w.inTransaction:
				rises := []string{"(attribute_not_exists(version) OR version<:version)", "version<:version", "attribute_not_exists(version)"}
				if !slices.Contains(set, "version") || !slices.ContainsFunc(rises, func(c string) bool {
					return slices.Contains(all, c) || w.condition == strings.Trim(c, "()")
				}) {
					t.Errorf("%s sets a password IF %s: %s", name, w.condition, w.update)
				}
			case method == "Touch":
				if slices.Contains(set, "version") || !slices.Contains(all, "#hash=:old") || !slices.Contains(all, "version=:version") {
					t.Errorf("%s writes a hash IF %s: %s", name, w.condition, w.update)
				}
			default:
				t.Errorf("%s writes credentials: %s", name, w.update)
			}
		}
	}
	if !maps.Equal(seen, map[string]bool{"Change": true, "Put": true, "Touch": true}) {
		t.Errorf("credentials are written by %v", seen)
	}
}

// TestAChallengeIsTakenByOneRule: whatever uses a link or grant asks for the same challenge and time.
func TestAChallengeIsTakenByOneRule(t *testing.T) {
	const rule = "(cid=:cid OR (pcid=:cid AND opened>:grant)) AND expires>:grant AND "
	n := 0
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			uses := w.table == physical.Recoveries && slices.Contains([]string{"Present", "Change", "Redeem"}, step{name: name}.method())
			if strings.HasPrefix(w.condition, rule) != uses {
				t.Errorf("%s asks IF %s", name, w.condition)
			}
			if uses {
				n++
			}
			if set, _ := w.sets(); uses && slices.Contains(set, "used_at") && !slices.Contains(conjuncts(w.condition), "attribute_not_exists(used_at)") {
				t.Errorf("%s uses a challenge twice: IF %s", name, w.condition)
			}
		}
	}
	if n != 4 {
		t.Errorf("%d requests use a challenge, want 4", n)
	}
}

// TestWhatEndsAChallengeLetsTheBellBeHeard: whoever writes used_at takes the mail that is due off the row, and how
// long the bell is deaf. Who uses a challenge says what for; who ends whatever is there says nothing more, so that
// nothing of it can become a way in; and only the mail that begins the next one takes the end back.
func TestWhatEndsAChallengeLetsTheBellBeHeard(t *testing.T) {
	uses, ends := map[string]bool{}, map[string]bool{}
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			if w.table != physical.Recoveries {
				continue
			}
			set, removed := w.sets()
			method := step{name: name}.method()
			if slices.Contains(removed, "used_at") != (method == "Renew") || slices.Contains(removed, "resend_at") && !slices.Contains(set, "used_at") {
				t.Errorf("%s takes an end back: %s", name, w.update)
			}
			if !slices.Contains(set, "used_at") {
				continue
			}
			off := []string{"due_recover", "resend_at"}
			if slices.Sort(set); slices.Contains(set, "ev") {
				uses[method] = true
			} else {
				ends[method], off = true, append(off, "used_by") // by nobody: not even who redeemed it has it again
			}
			if slices.Sort(removed); !slices.Equal(removed, off) {
				t.Errorf("%s removes %v: %s", name, removed, w.update)
			}
			if uses[method] {
				continue
			}
			want := map[string]struct {
				condition string
				set       []string
			}{"Put": {"", []string{"ttl", "used_at"}}, "Void": {"attribute_exists(pk)", []string{"used_at"}}}[method]
			if w.condition != want.condition || !slices.Equal(set, want.set) {
				t.Errorf("%s writes %v IF %q", name, set, w.condition)
			}
		}
	}
	if !maps.Equal(uses, map[string]bool{"Change": true, "Redeem": true}) || !maps.Equal(ends, map[string]bool{"Put": true, "Void": true}) {
		t.Errorf("challenges are used by %v and ended by %v", uses, ends)
	}
}

// TestGuessesAndPresentationsHaveOpsOfTheirOwn: who guesses codes keeps no presentation from being given back.
func TestGuessesAndPresentationsHaveOpsOfTheirOwn(t *testing.T) {
	touched := map[string][]string{}
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			if w.table != physical.Recoveries {
				continue
			}
			set, removed := w.sets()
			all := append(append(set, removed...), attributesOf(w.condition)...)
			for _, op := range []string{"op", "pop"} {
				if slices.Contains(all, op) {
					touched[op] = append(touched[op], step{name: name}.method())
				}
			}
		}
	}
	for op, want := range map[string][]string{"op": {"ChargeGuess", "GiveBackGuess", "Renew"}, "pop": {"GiveBackPresented", "Present", "Renew"}} {
		slices.Sort(touched[op])
		if got := slices.Compact(touched[op]); !slices.Equal(got, want) {
			t.Errorf("%s is asked for or written by %v, want %v", op, got, want)
		}
	}
}

// TestTheBellIsOneShape: whatever state the row is in, asking is one write, byte for byte, and its answer is
// the same; who times it or counts it learns nothing about the address (P8).
func TestTheBellIsOneShape(t *testing.T) {
	without := func(names ...string) item {
		row := askedRow()
		for _, name := range names {
			delete(row, name)
		}
		return row
	}
	nobody := without("used_at", "used_by")
	nobody["owner"] = bin(make([]byte, 16))
	bell := recovery.Bell{EmailKey: emailKey, Send: sid, Now: noon}
	var first any
	for what, answer := range map[string]func() (*dynamodb.UpdateItemOutput, error){
		"rings, a new row": func() (*dynamodb.UpdateItemOutput, error) { return &dynamodb.UpdateItemOutput{}, nil },
		"rings, a known row": func() (*dynamodb.UpdateItemOutput, error) {
			return &dynamodb.UpdateItemOutput{Attributes: askedRow()}, nil
		},
		"deaf, an owner":     func() (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(without("used_at", "used_by")) },
		"deaf, nobody":       func() (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(nobody) },
		"deaf, used":         func() (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(askedRow()) },
		"deaf, no row shown": func() (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(nil) },
		"deaf, unreadable":   func() (*dynamodb.UpdateItemOutput, error) { return nil, failedCondition(item{"owner": str("x")}) },
	} {
		n := 0
		st := store.New(double{update: func(in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
			if n++; first == nil {
				first = in
			} else if flat(in) != flat(first) {
				t.Errorf("%s: the bell asks otherwise", what)
			}
			return answer()
		}}, physical, dataKey(t))
		if err := st.Ring(t.Context(), bell); err != nil || n != 1 {
			t.Errorf("%s: %v after %d calls", what, err, n)
		}
	}
	asked := []string{"asked_at", "due_recover", "resend_at"}
	w := writesOf(t, first)[0]
	got := slices.Sorted(slices.Values(attributesOf(w.condition)))
	if got = slices.Compact(got); !slices.Equal(got, asked) {
		t.Errorf("the bell asks for %v, want %v: when, and never whose", got, asked)
	}
}

// TestAMeterLivesUntilItIsFull: a row that TTL takes before is a meter that is full too early.
func TestAMeterLivesUntilItIsFull(t *testing.T) {
	for _, m := range []recovery.Meter{oneMeter, {Burst: 50, Every: 72 * time.Second}, {Burst: 500, Every: 72 * time.Second}, {Burst: 1, Every: time.Second}, {Burst: 100, Every: time.Hour}} {
		var seen []any
		st := store.New(answers(nil, &seen), physical, dataKey(t))
		if wait, err := st.Spend(t.Context(), m, noon); wait != 0 || err != nil {
			t.Fatal(wait, err)
		}
		ends, err := strconv.ParseInt(seen[0].(*dynamodb.UpdateItemInput).ExpressionAttributeValues[":ttl"].(*types.AttributeValueMemberN).Value, 10, 64)
		if fullest := noon.Add(time.Duration(m.Burst) * m.Every).Unix(); err != nil || ends <= fullest {
			t.Errorf("%+v ends at %d and may be full only at %d", m, ends, fullest)
		}
	}
}

// TestAMeterThatMovesOnAndOnIsBusy: each turn finds the other form right, and nothing is known to be wrong.
func TestAMeterThatMovesOnAndOnIsBusy(t *testing.T) {
	var forms []string
	st := store.New(double{update: func(in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
		forms = append(forms, *in.UpdateExpression)
		if len(forms)%2 == 1 { // asked as a full one, and somebody just spent
			return nil, failedCondition(item{"full_at": num(fmt.Sprint(noon.Unix() + 1))})
		}
		return nil, failedCondition(item{"ttl": num("1")}) // asked as a running one, and it was just refilled
	}}, physical, dataKey(t))
	wait, err := st.Spend(t.Context(), oneMeter, noon)
	if _, busy := errors.AsType[*binding.Conflict](err); !busy || wait != 0 || len(forms) != 4 {
		t.Errorf("%v, %v after %d turns", wait, err, len(forms))
	}
	isNamed(t, step{name: "Spend"}, err)
	if forms[0] != forms[2] || forms[1] != forms[3] || forms[0] == forms[1] {
		t.Errorf("the turns were %q", forms)
	}
}

package store_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// write is one part of a request that may change a row.
type write struct {
	table, update, condition string
	put                      item // nil for an update
	inTransaction            bool
	showsOld                 bool
	names                    map[string]string
	values                   item
}

func (w write) expression() string { return w.update + " ; " + w.condition }

// writesOf takes a request apart. A kind of request or part that is not known here fails: a new one
// needs rules.
func writesOf(t testing.TB, request any) []write {
	t.Helper()
	const allOld = types.ReturnValuesOnConditionCheckFailureAllOld
	switch r := request.(type) {
	case *dynamodb.GetItemInput, *dynamodb.BatchGetItemInput:
		return nil
	case *dynamodb.UpdateItemInput:
		return []write{{table: *r.TableName, update: aws.ToString(r.UpdateExpression), condition: aws.ToString(r.ConditionExpression),
			names: r.ExpressionAttributeNames, values: r.ExpressionAttributeValues, showsOld: r.ReturnValuesOnConditionCheckFailure == allOld}}
	case *dynamodb.TransactWriteItemsInput:
		var out []write
		for _, part := range r.TransactItems {
			switch {
			case part.Update != nil && part.Put == nil && part.Delete == nil && part.ConditionCheck == nil:
				u := part.Update
				out = append(out, write{table: *u.TableName, update: aws.ToString(u.UpdateExpression), condition: aws.ToString(u.ConditionExpression),
					names: u.ExpressionAttributeNames, values: u.ExpressionAttributeValues, inTransaction: true, showsOld: u.ReturnValuesOnConditionCheckFailure == allOld})
			case part.Put != nil && part.Delete == nil && part.ConditionCheck == nil:
				p := part.Put
				out = append(out, write{table: *p.TableName, put: p.Item, condition: aws.ToString(p.ConditionExpression),
					names: p.ExpressionAttributeNames, values: p.ExpressionAttributeValues, inTransaction: true, showsOld: p.ReturnValuesOnConditionCheckFailure == allOld})
			default:
				t.Fatalf("a transaction has a part of an unknown kind: %+v", part)
			}
		}
		return out
	}
	t.Fatalf("unknown request %T", request)
	return nil
}

var (
	wordsRE     = regexp.MustCompile(`[#:]?[A-Za-z_][A-Za-z0-9_]*`)
	notNames    = []string{"SET", "ADD", "REMOVE", "DELETE", "AND", "OR", "NOT", "IN", "attribute_exists", "attribute_not_exists", "size", "contains"}
	placeholder = func(w string) bool { return w[0] == '#' || w[0] == ':' }
)

// attributesOf gives the attribute names that stand bare in expressions.
func attributesOf(expression string) []string {
	return slices.DeleteFunc(wordsRE.FindAllString(expression, -1), func(w string) bool {
		return placeholder(w) || slices.Contains(notNames, w)
	})
}

// TestStepsNameWhatTheyUse: DynamoDB refuses a name or value that no expression uses, and one that is
// used and not given.
func TestStepsNameWhatTheyUse(t *testing.T) {
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			used := map[string]bool{}
			for _, word := range wordsRE.FindAllString(w.expression(), -1) {
				if placeholder(word) {
					used[word] = true
				}
			}
			given := map[string]bool{}
			for p := range w.names {
				given[p] = true
			}
			for p := range w.values {
				given[p] = true
			}
			if !maps.Equal(used, given) {
				t.Errorf("%s uses %v and gives %v", name, slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(given)))
			}
		}
	}
}

// TestOnlyBindWritesBindings holds P3 over all methods: rows of bindings are put, in a transaction, if
// absent or released; nothing else touches them with a write, and nothing deletes.
func TestOnlyBindWritesBindings(t *testing.T) {
	for name, r := range requests(t) {
		n := 0
		for _, w := range writesOf(t, r) {
			if w.table != physical.Bindings {
				continue
			}
			n++
			want := map[string]string{
				"Bind":             "attribute_not_exists(pk) OR released_at<=:now",
				"LeaveFingerprint": "attribute_not_exists(pk)",
			}[name]
			if w.put == nil || !w.inTransaction || want == "" || w.condition != want || !w.showsOld {
				t.Errorf("%s writes bindings with %+v", name, w)
			}
			if w.put["ttl"] != nil || w.put["released_at"] != nil {
				t.Errorf("%s puts a row that ends: %+v", name, w.put)
			}
		}
		if want := map[string]int{"Bind": 2, "LeaveFingerprint": 1}[name]; n != want {
			t.Errorf("%s writes %d rows of bindings, want %d", name, n, want)
		}
	}
}

// conjuncts gives the parts of a condition that all have to be true.
func conjuncts(condition string) []string {
	var out []string
	depth, from := 0, 0
	for i := range condition {
		switch {
		case condition[i] == '(':
			depth++
		case condition[i] == ')':
			depth--
		case depth == 0 && strings.HasPrefix(condition[i:], " OR "):
			return nil
		case depth == 0 && strings.HasPrefix(condition[i:], " AND "):
			out = append(out, condition[from:i])
			from = i + len(" AND ")
		}
	}
	return append(out, condition[from:])
}

// TestOnlyUnboundRowsAreGivenALife: TTL deletes a row whatever any condition says, so a step that sets
// one demands that the row is not bound; and the transaction takes it off.
func TestOnlyUnboundRowsAreGivenALife(t *testing.T) {
	n := 0
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			if w.table != physical.Accounts {
				continue
			}
			if s, ok := w.values[":pending"].(*types.AttributeValueMemberS); ok && s.Value != "pending" {
				t.Errorf("%s calls %q pending", name, s.Value)
			}
			set, removed, _ := strings.Cut(w.update, " REMOVE ")
			if strings.Contains(set, "#ttl") || strings.Contains(set, ":ttl") {
				n++
				all := conjuncts(w.condition)
				if !slices.Contains(all, "attribute_not_exists(bound_at)") && !slices.Contains(all, "#state=:pending") {
					t.Errorf("%s sets a ttl IF %s", name, w.condition)
				}
			}
			if name == "Bind" && !slices.Contains(strings.Split(removed, ", "), "#ttl") {
				t.Errorf("Bind leaves a ttl: %s", w.update)
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d steps set a ttl: the expressions are misread", n)
	}
}

// TestWhatIsOfTheBoundIsOnlyTheirs: signs, risks, disputes and confirmations are of bound rows, so each step that
// writes one says so itself, whatever else of its condition implies it.
func TestWhatIsOfTheBoundIsOnlyTheirs(t *testing.T) {
	theirs, n := []string{"signs", "risk", "risk_since", "disputed_at", "rcid", "due_reconfirm", "proved_at"}, 0
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			if w.table != physical.Accounts || name == "Bind" || !slices.ContainsFunc(attributesOf(w.update), func(a string) bool { return slices.Contains(theirs, a) }) {
				continue
			}
			if n++; !slices.Contains(conjuncts(w.condition), "attribute_exists(bound_at)") {
				t.Errorf("%s writes %q IF %s", name, w.update, w.condition)
			}
		}
	}
	if n < 17 {
		t.Errorf("only %d steps write what is of bound rows: the expressions are misread", n)
	}
}

// makers are the steps that may make a row, each with its tables. A binding is put, and nothing else is.
var makers = map[string][]string{
	"Open": {physical.Accounts}, "Ring": {physical.Recoveries}, "Change-First": {physical.Credentials},
	"Put": {physical.Credentials, physical.Recoveries}, "Put-If": {physical.Recoveries}, "Put-IfNone": {physical.Credentials, physical.Recoveries},
	"Put-Unbound": {physical.Credentials}, "Book": {physical.Limits}, "CountCaller": {physical.Limits}, "Spend": {physical.Limits},
}

// TestNoStepMakesAGhostRow: a comparison with what is missing is false, but <> and NOT are true. Every
// update but the makers' carries an equality or a plain existence, so that it cannot make a row. And every
// refusal brings the old row back. One write has no condition of its own and cannot be refused: what a bound
// account's new password ends.
func TestNoStepMakesAGhostRow(t *testing.T) {
	solid := regexp.MustCompile(`^([#a-z_]+(=|<|>|<=|>=):[a-z_]+|attribute_exists\([#a-z_]+\))$`)
	made, free := map[string][]string{}, []string{}
	for name, r := range requests(t) {
		for _, w := range writesOf(t, r) {
			if w.condition == "" {
				if free = append(free, name); w.table != physical.Recoveries || !w.inTransaction {
					t.Errorf("%s writes %s whatever is there: %s", name, w.table, w.update)
				}
			}
			if w.showsOld != (w.condition != "") {
				t.Errorf("%s does not ask why it is refused", name)
			}
			if w.put != nil || slices.ContainsFunc(conjuncts(w.condition), solid.MatchString) {
				continue
			}
			made[name] = append(made[name], w.table)
		}
	}
	for name := range requests(t) {
		if slices.Sort(made[name]); !slices.Equal(made[name], slices.Sorted(slices.Values(makers[name]))) {
			t.Errorf("%s can make rows of %v, want %v", name, made[name], makers[name])
		}
	}
	if slices.Sort(free); !slices.Equal(free, []string{"Put", "Put-If", "Put-IfNone"}) {
		t.Errorf("%v write without a condition", free)
	}
}

// TestReadsAreConsistent: a stale read would show a claim that moved on, or an address as free.
func TestReadsAreConsistent(t *testing.T) {
	for name, r := range requests(t) {
		switch r := r.(type) {
		case *dynamodb.GetItemInput:
			if !aws.ToBool(r.ConsistentRead) {
				t.Errorf("%s reads what may be stale", name)
			}
		case *dynamodb.BatchGetItemInput:
			for table, keys := range r.RequestItems {
				if !aws.ToBool(keys.ConsistentRead) {
					t.Errorf("%s reads what may be stale of %s", name, table)
				}
			}
		}
	}
}

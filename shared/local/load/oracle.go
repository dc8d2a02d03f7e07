package load

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compare claims addresses that are bound already and free ones, each for an account of its own, and compares what bind answers, and what
// the status says once the mails are reported: the verify mail, or the notice to the owner in its place (P8: nobody without the mailbox
// learns whether an address is bound). It gives the accounts whose claims are on free addresses.
func (d *driver) compare(ctx context.Context, crews []crew) ([]person, error) {
	var taken []person
	for _, c := range crews {
		for i := range proofs {
			taken = append(taken, c.group(i)...)
		}
	}
	pairs := min(d.plan.Pairs, len(taken))
	if pairs == 0 {
		return nil, nil
	}
	free, err := d.people(ctx, "free", pairs)
	if err != nil {
		return nil, err
	}
	rivals, err := d.people(ctx, "takn", pairs)
	if err != nil {
		return nil, err
	}
	for i := range rivals {
		rivals[i].address = taken[i].address
	}
	seen := func(got reply, counts Counts) string { return shape(got) + counts.names("bind", 1) }
	if err := d.alike(ctx, bind, claimed, [][]person{free, rivals}, seen); err != nil {
		return nil, err
	}
	seen = func(got reply, counts Counts) string { return shape(got) + counts.names("status", 1) }
	told := statusOf
	told.name = "status, mails reported"
	if err := d.alike(ctx, told, claimed, [][]person{free, rivals}, seen); err != nil {
		return nil, err
	}
	if last := d.likenesses[len(d.likenesses)-1]; !strings.Contains(last.first, `"fate":"delivered"`) {
		return nil, fmt.Errorf("load: a status without the report of its mail: %s", last.first)
	}
	return free, nil
}

// ownValues are members whose value is another one for every claim; their length is compared, and of times nothing, as one
// without a fraction is shorter.
var ownValues = map[string]bool{"address": true, "check": true, "ref": true, "support": true}

// shape is all of an answer that could tell one kind of address from another: status, names of header fields, length, and the
// body with each value that is the claim's own replaced by its length.
func shape(got reply) string {
	headers := slices.Sorted(maps.Keys(got.header))
	var body any
	if err := json.Unmarshal(got.body, &body); err != nil {
		return fmt.Sprintf("%d [%s] no JSON, %d bytes", got.status, strings.Join(headers, " "), len(got.body))
	}
	text, err := json.Marshal(blank("", body))
	if err != nil {
		panic("load: JSON that is no JSON: " + err.Error())
	}
	return fmt.Sprintf("%d [%s] %s", got.status, strings.Join(headers, " "), text)
}

func blank(name string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for member, inner := range value {
			out[member] = blank(member, inner)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = blank(name, inner)
		}
		return out
	case string:
		if name == "at" || strings.HasSuffix(name, "_at") {
			return "time"
		}
		if ownValues[name] {
			return fmt.Sprintf("%d characters", len([]rune(value)))
		}
	}
	return value
}

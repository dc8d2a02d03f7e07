package load

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// oracle compares what bind answers for an address that is bound to somebody else with what it answers for a free one, and how
// fast (P8: nobody without the mailbox learns whether an address is bound).
type oracle struct {
	free, bound []time.Duration
	unlike      string // the first pair of answers whose shapes differ, in words
}

// fairP is where P is expected; a source without information leaves it by noise alone in one run of thirty with 300 pairs.
const fairLow, fairHigh = 0.45, 0.55

// tells says whether the timings give the answer away: P is outside of what is expected, and by more than noise explains
// (4 standard deviations: once in 15,000 runs).
func (o *oracle) tells() bool {
	p := slower(o.bound, o.free)
	off := max(p-0.5, 0.5-p)
	return (p < fairLow || p > fairHigh) && off > 4*slowerNoise(len(o.bound))
}

// compare binds in pairs, one client: an address that is bound already and a free one, each for an account of its own. The order
// alternates, so that each kind follows each kind equally often and meets the same work of the mailer behind it.
func (d *driver) compare(ctx context.Context, crews []crew) error {
	var taken []person
	for _, c := range crews {
		for i := range proofs {
			taken = append(taken, c.group(i)...)
		}
	}
	pairs := min(d.plan.Pairs, len(taken))
	if pairs == 0 {
		return nil
	}
	free, err := d.people(ctx, "free", pairs)
	if err != nil {
		return err
	}
	rivals, err := d.people(ctx, "takn", pairs)
	if err != nil {
		return err
	}
	o := &oracle{}
	d.oracle = o
	timed := func(p *person, address string) (reply, time.Duration, error) {
		began := time.Now()
		got, err := d.claim(ctx, p, address)
		return got, got.ended.Sub(began), err
	}
	for i := range pairs {
		var answers [2]reply
		var took [2]time.Duration
		for turn := range 2 {
			kind := (turn + i) % 2 // 0: free, 1: bound
			who, address := &free[i], free[i].address
			if kind == 1 {
				who, address = &rivals[i], taken[i].address
			}
			if answers[kind], took[kind], err = timed(who, address); err != nil {
				return fmt.Errorf("load: bind for a free or bound address: %w", err)
			}
		}
		o.free, o.bound = append(o.free, took[0]), append(o.bound, took[1])
		if a, b := shape(answers[0]), shape(answers[1]); a != b && o.unlike == "" {
			o.unlike = fmt.Sprintf("free %s, bound %s", a, b)
		}
	}
	return d.rest(ctx)
}

// ownValues are members whose value is another one for every claim; their length is compared, and of times nothing, as one
// without a fraction is shorter.
var ownValues = map[string]bool{"address": true, "check": true, "ref": true}

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
		if strings.HasSuffix(name, "_at") {
			return "time"
		}
		if ownValues[name] {
			return fmt.Sprintf("%d characters", len([]rune(value)))
		}
	}
	return value
}

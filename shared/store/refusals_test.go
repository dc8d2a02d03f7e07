package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/store"
)

// TestARefusalShowsTheRow, and the zero Claim or Challenge where there is none.
func TestARefusalShowsTheRow(t *testing.T) {
	for _, s := range steps() {
		switch s.method() {
		case "Claim", "Load", "Credential", "Recall", "Owner", "Bind", "Change", "Put": // no single conditional write
			continue
		}
		for what, old := range map[string]item{"a row": refusingRow(t, s), "no row": nil, "an empty row": {}} {
			var seen []any
			err := s.run(t.Context(), store.New(answers(failedCondition(old), &seen), physical, dataKey(t)))
			tries := 1
			switch s.method() {
			case "GiveBack", "Book", "Finish", "Ring", "GiveBackGuess", "GiveBackPresented", "Refill", "Touch", "Hold", "Void", "Settle": // a false condition is an answer
				if err != nil {
					t.Errorf("%s, %s: %v", s.name, what, err)
				}
			case "CountCaller": // an answer too, if the row explains it
				if (err == nil) != (what == "a row") {
					t.Errorf("%s, %s: %v", s.name, what, err)
				}
			case "Spend":
				if tries = 4; what == "a row" {
					tries = 1 // it tells how long to wait
				}
				if _, busy := errors.AsType[*binding.Conflict](err); busy != (tries == 4) {
					t.Errorf("%s, %s: %v", s.name, what, err)
				}
			case "ChargeGuess", "Present", "Redeem", "Renew", "Extend":
				refused, ok := errors.AsType[*recovery.Refused](err)
				if !ok {
					t.Errorf("%s, %s: %v, want a refusal", s.name, what, err)
				} else if (refused.Old.EmailKey == emailKey && refused.Old.ID == cid) != (len(old) > 0) {
					t.Errorf("%s, %s: the refusal shows %+v", s.name, what, refused.Old)
				}
			default:
				refused, ok := errors.AsType[*binding.Refused](err)
				if !ok {
					t.Errorf("%s, %s: %v, want a refusal", s.name, what, err)
				} else if (refused.Old.State == binding.Bound && refused.Old.Address == wang) != (len(old) > 0) {
					t.Errorf("%s, %s: the refusal shows %+v", s.name, what, refused.Old)
				}
			}
			if len(seen) != tries {
				t.Errorf("%s, %s: tried %d times, want %d", s.name, what, len(seen), tries)
			}
		}
	}
}

// refusingRow is a row of the step's table.
func refusingRow(t *testing.T, s step) item {
	switch s.method() {
	case "CountCaller":
		return item{"m7": num("60"), "h": num("60")}
	case "Spend":
		return item{"full_at": num(fmt.Sprint(noon.Add(time.Hour).Unix()))}
	case "ChargeGuess", "Present", "Redeem", "Renew", "Extend":
		return askedRow()
	}
	return boundRow(t)
}

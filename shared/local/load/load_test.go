package load

import (
	"errors"
	"testing"
	"time"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	var values []time.Duration
	for i := range 100 {
		values = append(values, time.Duration(100-i))
	}
	for p, want := range map[int]time.Duration{0: 1, 1: 1, 50: 50, 99: 99, 100: 100} {
		if got := percentile(values, p); got != want {
			t.Errorf("percentile %d of 1 to 100 is %d, want %d", p, got, want)
		}
	}
	if got := percentile([]time.Duration{7}, 99); got != 7 {
		t.Errorf("of one value: %d", got)
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("of none: %d", got)
	}
}

func TestAPhaseCountsWrongAnswersAndEndsAtAnError(t *testing.T) {
	d := &driver{}
	r, err := d.phase("x", Plan{Clients: 4, N: 100}, 200, func(i int) (int, error) {
		if i%10 == 0 {
			return 500, nil
		}
		return 200, nil
	})
	if err != nil || r.wrong != 10 || len(r.took) != 100 {
		t.Errorf("%d wrong of %d, %v", r.wrong, len(r.took), err)
	}
	broken := errors.New("broken")
	if _, err := d.phase("x", Plan{Clients: 1, N: 100}, 200, func(i int) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

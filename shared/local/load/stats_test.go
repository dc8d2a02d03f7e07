package load

import (
	"math"
	"testing"
	"time"
)

func durations(values ...int) []time.Duration {
	var out []time.Duration
	for _, value := range values {
		out = append(out, time.Duration(value))
	}
	return out
}

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
	for _, c := range []struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{{nil, 50, 0}, {durations(7), 1, 7}, {durations(7), 99, 7}, {durations(3, 1, 2), 50, 2}, {durations(4, 1, 3, 2), 50, 2}, {durations(2, 1), 99, 2}} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("percentile %d of %v is %d, want %d", c.p, c.values, got, c.want)
		}
	}
}

func TestSlowerIsTheShareOfPairsInWhichTheFirstIsSlower(t *testing.T) {
	for _, c := range []struct {
		a, b []time.Duration
		want float64
	}{
		{durations(2, 3), durations(0, 1), 1},
		{durations(0, 1), durations(2, 3), 0},
		{durations(1, 2, 3), durations(3, 2, 1), 0.5},
		{durations(5, 5), durations(5, 5, 5), 0.5},
		{durations(1, 4), durations(2, 3), 0.5},
		{durations(2, 4), durations(1, 3), 0.75},
		{durations(1, 2), durations(1), 0.75}, // a tie counts half
		{nil, durations(1), 0.5},
		{durations(1), nil, 0.5},
	} {
		if got := slower(c.a, c.b); got != c.want {
			t.Errorf("slower(%v, %v) is %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestNoiseIsThatOfTheStatistic compares with all 20 ways to deal six values into two hands of three.
func TestNoiseIsThatOfTheStatistic(t *testing.T) {
	sum, ways := 0.0, 0
	for deal := range 1 << 6 {
		var a, b []time.Duration
		for i := range 6 {
			if deal&(1<<i) != 0 {
				a = append(a, time.Duration(i))
			} else {
				b = append(b, time.Duration(i))
			}
		}
		if len(a) == 3 {
			off := slower(a, b) - 0.5
			sum += off * off
			ways++
		}
	}
	if want := math.Sqrt(sum / float64(ways)); ways != 20 || math.Abs(slowerNoise(3)-want) > 1e-12 {
		t.Errorf("the noise of 3 is %v, want %v", slowerNoise(3), want)
	}
	if got := slowerNoise(300); got < 0.0235 || got > 0.0237 {
		t.Errorf("the noise of 300 is %v", got)
	}
}

func TestTimingTellsOnlyWhatNoiseDoesNotExplain(t *testing.T) {
	spread := func(from, n int) (out []time.Duration) {
		for i := range n {
			out = append(out, time.Duration(from+i))
		}
		return out
	}
	for _, c := range []struct {
		name        string
		free, bound []time.Duration
		want        bool
	}{
		{"the same", spread(0, 300), spread(0, 300), false},
		{"a shift of a tenth", spread(0, 300), spread(30, 300), true},
		{"the other way", spread(30, 300), spread(0, 300), true},
		{"too few to say", spread(0, 4), spread(4, 4), false},
		{"a shift within what is expected", spread(0, 5000), spread(200, 5000), false},
	} {
		l := likeness{kinds: claimed, took: [][]time.Duration{c.free, c.bound}}
		if got := l.tells(); (len(got) > 0) != c.want {
			t.Errorf("%s: %v, P %v, noise %v", c.name, got, slower(c.bound, c.free), slowerNoise(len(c.bound)))
		}
	}
}

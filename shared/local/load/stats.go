package load

import (
	"math"
	"slices"
	"time"
)

// percentile is the smallest value that p per cent of the values do not exceed (nearest rank); 0 of none.
func percentile(values []time.Duration, p int) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// slower is the chance that a value taken at random from a exceeds one taken at random from b; ties count half. 0.5 tells
// nothing about which of the two a value is from. It is the Mann-Whitney U statistic over len(a)*len(b); 0.5 when one is empty.
func slower(a, b []time.Duration) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0.5
	}
	sorted := slices.Sorted(slices.Values(b))
	halves := 0
	for _, value := range a {
		below, _ := slices.BinarySearch(sorted, value)
		notAbove, _ := slices.BinarySearch(sorted, value+1)
		halves += below + notAbove
	}
	return float64(halves) / 2 / float64(len(a)*len(b))
}

// slowerNoise is the standard deviation of slower when a and b, of n values each, come from one and the same source.
func slowerNoise(n int) float64 {
	if n == 0 {
		return math.Inf(1)
	}
	return math.Sqrt(float64(2*n+1) / (12 * float64(n) * float64(n)))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

package load

import "math/rand/v2"

// lots gives the order in which n of each of so many kinds are asked for, drawn by lot. What one request leaves to be done behind it, a
// mail and the reports of it, comes up to a second later, among dozens of others; a fixed order, however balanced, may let it meet
// one kind more than another. By lot it meets all alike, and P of kinds that are alike is off by chance alone, as slowerNoise has it.
func lots(kinds, n int) []int {
	order := make([]int, 0, kinds*n)
	for range n {
		for kind := range kinds {
			order = append(order, kind)
		}
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

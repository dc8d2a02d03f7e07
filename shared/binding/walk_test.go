package binding_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// path is the names of the actions taken, for telling how a promise was broken.
type path []string

func (p path) String() string { return strings.Join(p, ", ") }

// randomWalk takes steps at random from a seed and gives where it came, the way, and the first promise
// that broke.
func randomWalk(t *testing.T, seed uint64, steps int, prepare func(*world)) (*explorer, path, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	e := explore(t, r.IntN)
	if prepare != nil {
		prepare(e.world)
	}
	var taken path
	for range steps {
		a := actions[r.IntN(len(actions))]
		taken = append(taken, a.name)
		if err := e.step(a); err != nil {
			return e, taken, err
		}
	}
	return e, taken, nil
}

// TestRandomWalksBreakNoPromise: a seed is a walk, so a failure can be walked again. The walks must
// come to the edges that the promises name, or they would see too little of the world.
func TestRandomWalksBreakNoPromise(t *testing.T) {
	const walks = 1000
	var bound, perCode, perDay, perLink int
	doubts := map[binding.Risk]int{}
	for seed := range uint64(walks) {
		e, taken, err := randomWalk(t, seed, 110, nil)
		if err != nil {
			t.Fatalf("seed %d: %v\nafter %s", seed, err, taken)
		}
		bound += len(e.bound)
		for _, sub := range walkers {
			doubts[e.doubt[sub]]++
		}
		perCode, perDay, perLink = max(perCode, most(e.byCode)), max(perDay, most(e.byDay)), max(perLink, most(e.byLink))
	}
	for _, risk := range []binding.Risk{binding.MailBounced, binding.MailboxFull, binding.MailComplained, binding.Broken, binding.OwnerChanged, binding.Disowned} {
		if doubts[risk] == 0 {
			t.Errorf("%d walks came to %v alone", walks, doubts)
			break
		}
	}
	if bound < walks/4 || perCode < binding.TriesPerCode || perDay < binding.TriesPerDay || perLink < binding.LinkTries {
		t.Errorf("%d walks made %d bindings and at most %d guesses at a code, %d in a day, %d at a link", walks, bound, perCode, perDay, perLink)
	}
}

func most[K comparable](book map[K]int) int {
	n := 0
	for _, v := range book {
		n = max(n, v)
	}
	return n
}

// TestEveryShortPathBreaksNoPromise takes every sequence of actions up to a length, from an empty world
// and from one where both accounts claim one address and have their mail. Letters are the newest ones.
func TestEveryShortPathBreaksNoPromise(t *testing.T) {
	length := 3
	if testing.Short() {
		length = 2
	}
	newest := func(n int) int { return n - 1 }
	for name, start := range map[string][]action{
		"empty":                   nil,
		"both claim one address":  {bind("li", 0), bind("wang", 0), deliver, deliver},
		"the second is too late":  {bind("li", 0), bind("wang", 0), deliver, deliver, codeRight("li"), deliver},
		"not me and on to others": {bind("li", 0), deliver, deny, clock(time.Minute), bind("li", 1), bind("wang", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			var at [3]int
			for done := false; !done; done = next(at[:], len(shortActions)) {
				e := explore(t, newest)
				taken := path{}
				for _, a := range start {
					if err := e.step(a); err != nil {
						t.Fatal(err)
					}
				}
				for _, i := range at[:length] {
					taken = append(taken, shortActions[i].name)
					if err := e.step(shortActions[i]); err != nil {
						t.Fatalf("%v\nafter %s", err, taken)
					}
				}
			}
		})
	}
}

// next counts up in base n; true when it is round.
func next(at []int, n int) bool {
	for i := range at {
		if at[i]++; at[i] < n {
			return false
		}
		at[i] = 0
	}
	return true
}

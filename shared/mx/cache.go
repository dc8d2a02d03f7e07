package mx

import "time"

// generation is how many domains one half of a cache holds; whole, it takes some 200 KB.
const generation = 512

// A cache holds answers in two halves. What is new goes into the young one; when that is full it becomes the old one, and what
// the old one held is forgotten, unless it was asked for meanwhile: a flood of domains that nobody else uses does not wash out the
// large providers.
type cache struct {
	young, old map[string]entry
}

type entry struct {
	answer Answer
	until  time.Time
}

// get gives an answer that is still good.
func (c *cache) get(domain string, now time.Time) (Answer, bool) {
	e, ok := c.young[domain]
	if !ok {
		if e, ok = c.old[domain]; ok && now.Before(e.until) {
			c.keep(domain, e)
		}
	}
	if !ok || !now.Before(e.until) {
		return Unknown, false
	}
	return e.answer, true
}

// put keeps an answer for the time that it is good for, by the wall clock: the monotonic one may stand still while an instance
// is frozen between two invocations.
func (c *cache) put(domain string, answer Answer, now time.Time) {
	good := keepUnknown
	switch answer {
	case Takes:
		good = keepTakes
	case None:
		good = keepNone
	}
	c.keep(domain, entry{answer, now.Add(good).Round(0)})
}

func (c *cache) keep(domain string, e entry) {
	if _, there := c.young[domain]; !there && len(c.young) >= generation {
		c.old, c.young = c.young, nil
	}
	if c.young == nil {
		c.young = make(map[string]entry)
	}
	c.young[domain] = e
}

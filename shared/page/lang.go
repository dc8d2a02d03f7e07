package page

import (
	"strconv"
	"strings"
)

// A Lang is a language that the pages are written in, as a BCP 47 tag. The zero value is English.
type Lang string

const (
	English Lang = "en"
	Chinese Lang = "zh-CN"
)

// languages maps each language range that is served (RFC 4647, section 3.4), in lower case, to its
// words. It is filled while the package's variables are initialised and never changed after.
var languages = map[string]*words{}

func register(w *words) *words {
	for _, r := range w.Serves {
		if languages[r] != nil {
			panic("page: two languages serve " + r)
		}
		languages[r] = w
	}
	return w
}

func lookup(tag string) *words {
	tag = strings.ToLower(tag)
	for tag != "" {
		if w := languages[tag]; w != nil {
			return w
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return nil
}

func (l Lang) words() *words {
	if w := lookup(string(l)); w != nil {
		return w
	}
	return english
}

// maxRanges bounds the work on a header that anybody can write; browsers send fewer than ten.
const maxRanges = 32

// Negotiate chooses a language by the value of an Accept-Language header (RFC 9110, section 12.5.4):
// the served language of the highest weight, the first of equals. Nothing served, a wildcard or no
// header: English.
func Negotiate(acceptLanguage string) Lang {
	best, bestWeight := English, 0.0
	for i, item := range strings.SplitN(acceptLanguage, ",", maxRanges+1) {
		if i == maxRanges {
			break
		}
		tag, parameters, _ := strings.Cut(item, ";")
		w := lookup(strings.TrimSpace(tag))
		if w == nil {
			continue
		}
		if q := weight(parameters); q > bestWeight {
			best, bestWeight = w.Lang, q
		}
	}
	return best
}

// weight reads "q=0.8"; no weight is 1, and one that cannot be read is 0: not wanted.
func weight(parameters string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(parameters), "=")
	if !ok && name == "" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

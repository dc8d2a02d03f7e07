package address

import (
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
)

// largest are the domains of testdata/largest.txt.
func largest(t *testing.T) (domains []string) {
	t.Helper()
	for _, l := range allLines(readCorpus(t, "largest.txt")) {
		domains = append(domains, l.fields[0])
	}
	return domains
}

func TestNoSuggestionForTheLargestMailDomains(t *testing.T) {
	domains, seen := largest(t), map[string]bool{}
	for _, d := range domains {
		if seen[d] {
			t.Errorf("%s is there twice", d)
		}
		seen[d] = true
		if !KnownDomain(d) {
			t.Errorf("%s is not known", d)
		}
		if meant, ok := Suggest(mustParse(t, "a@"+d)); ok {
			t.Errorf("%s: suggests %s", d, meant.Domain())
		}
	}
	if len(domains) != 200 {
		t.Errorf("%d domains", len(domains))
	}
}

// oneLetterSlips are all domains that one character missing or typed twice, or two neighbours transposed, make of one.
func oneLetterSlips(domain string) map[string]bool {
	all := map[string]bool{}
	for i := range len(domain) {
		all[domain[:i]+domain[i+1:]] = true
		all[domain[:i+1]+domain[i:]] = true
		if i+1 < len(domain) {
			all[domain[:i]+domain[i+1:i+2]+domain[i:i+1]+domain[i+2:]] = true
		}
	}
	delete(all, domain)
	return all
}

func TestOneLetterSlipsOfTheLargestAreNeverTakenForAnother(t *testing.T) {
	// From every domain; the share that is found from those with the most mailboxes, and of the longer ones among them.
	var tried, found, long, foundLong int
	for i, want := range largest(t) {
		for typed := range oneLetterSlips(want) {
			a, err := Parse("a@" + typed)
			if err != nil || KnownDomain(a.domain) {
				continue
			}
			meant, ok := Suggest(a)
			if ok && meant.domain != want && !oneLetterSlips(meant.domain)[typed] {
				t.Errorf("%s, a slip of %s: suggests %s", typed, want, meant.domain)
			}
			if i >= 36 {
				continue
			}
			name, _, _ := strings.Cut(want, ".")
			hit := 0
			if ok && meant.domain == want {
				hit = 1
			} else if ok {
				t.Errorf("%s, a slip of %s: suggests %s", typed, want, meant.domain)
			}
			tried, found = tried+1, found+hit
			if len(name) >= 5 {
				long, foundLong = long+1, foundLong+hit
			}
		}
	}
	t.Logf("found %d of %d; of names with 5 letters and more %d of %d", found, tried, foundLong, long)
	if tried < 700 || found*100 < tried*80 || foundLong*100 < long*95 {
		t.Errorf("found %d of %d; of names with 5 letters and more %d of %d", found, tried, foundLong, long)
	}
}

func TestTopLevelDomainsAreTheRegistrys(t *testing.T) {
	exists := func(ending string) bool {
		_, registry := publicsuffix.PublicSuffix("a." + ending)
		return registry
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for _, a := range letters {
		for _, b := range letters {
			if s := string(a) + string(b); topLevel(s) != exists(s) {
				t.Errorf("%s: %v, in the registry %v", s, topLevel(s), exists(s))
			}
		}
	}
	tried := 0
	for _, p := range providers {
		for _, want := range p.endings {
			if strings.Contains(want, ".") {
				continue
			}
			for at := range len(want) + 1 {
				for _, c := range letters {
					near := []string{want[:at] + string(c) + want[at:]}
					if at < len(want) {
						near = append(near, want[:at]+string(c)+want[at+1:])
					}
					for _, ending := range near {
						if tried++; ending != want && exists(ending) && slipOfEnding(ending, want) {
							t.Errorf("%s exists and is taken for a slip of %s", ending, want)
						}
					}
				}
			}
		}
	}
	if tried < 10_000 {
		t.Errorf("only %d tried", tried)
	}
}

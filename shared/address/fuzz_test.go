package address

import (
	"strings"
	"testing"
)

func seeds(t testing.TB) (all []string) {
	for _, file := range []string{"accept.txt", "reject.txt", "collide.txt", "apart.txt"} {
		for _, l := range allLines(readCorpus(t, file)) {
			all = append(all, l.fields[0])
		}
	}
	return all
}

// FuzzParse holds what every taken address promises to the code behind it: the mailer, SES, the keys.
func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(checkPromises)
}

func TestPromisesHoldOnTheCorpus(t *testing.T) {
	for _, s := range seeds(t) {
		checkPromises(t, s)
	}
}

func checkPromises(t *testing.T, s string) {
	if reason(t, s) != "" {
		if a, ok := Repair(s); ok && mustParse(t, a.String()) != a {
			t.Fatalf("Repair(%+q) = %q", s, a)
		}
		return
	}
	a := mustParse(t, s)
	sent, canon := a.String(), a.Canonical()
	for _, form := range []string{sent, canon, a.Folded()} {
		if strings.Count(form, "@") != 1 || len(form) > 254 || strings.IndexFunc(form, func(r rune) bool { return r < '!' || r > '~' }) >= 0 {
			t.Fatalf("Parse(%+q): the form %+q is not safe to send to", s, form)
		}
	}
	if len(a.Local()) < 1 || len(a.Local()) > 64 || len(a.Domain()) > 253 || !strings.Contains(a.Domain(), ".") || !strings.HasPrefix(s, a.Local()+"@") {
		t.Fatalf("Parse(%+q) = %q @ %q", s, a.Local(), a.Domain())
	}
	if lower(canon) != canon {
		t.Fatalf("%+q: the canonical form %q is not in lower case", s, canon)
	}
	if again := mustParse(t, sent); again != a {
		t.Fatalf("%+q is sent to as %q, which is read as %q", s, sent, again)
	}
	c := mustParse(t, canon)
	if c.String() != canon || c.Canonical() != canon || c.EmailKey(index) != a.EmailKey(index) || c.InboxKey(index) != a.InboxKey(index) {
		t.Fatalf("%+q: the canonical form %q is not stable", s, canon)
	}
	if f, err := Parse(a.Folded()); err == nil && f.Folded() != a.Folded() { // a.+x@ folds to a.@, no address
		t.Fatalf("%+q: the folded form %q folds again to %q", s, a.Folded(), f.Folded())
	}
	if !isASCII(s) && !strings.Contains(canon, "@") {
		t.Fatalf("%+q has the canonical form %q", s, canon)
	}
	if shown := mustParse(t, a.Display()); shown != a {
		t.Fatalf("%+q is shown as %+q, which is %q", s, a.Display(), shown)
	}
	if local, domain, _ := strings.Cut(a.Masked(), "@"); !strings.HasSuffix(local, mask) || strings.Contains(local, a.Local()) || domain == "" {
		t.Fatalf("%+q is masked as %q", s, a.Masked())
	}
	if meant, ok := Suggest(a); ok && (meant.Local() != a.Local() || !KnownDomain(meant.Domain()) || meant == a) {
		t.Fatalf("%+q: the suggestion is %q", s, meant)
	}
}

// The domain alone, so that the fuzzer finds its way into the A-labels.
func FuzzParseDomain(f *testing.F) {
	for _, s := range seeds(f) {
		if _, domain, ok := strings.Cut(s, "@"); ok {
			f.Add(domain)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		domain, err := ParseDomain(s)
		if err != nil {
			if domain != "" {
				t.Fatalf("ParseDomain(%+q) refuses and gives %q", s, domain)
			}
			return
		}
		if again, err := ParseDomain(domain); err != nil || again != domain {
			t.Fatalf("ParseDomain(%+q) = %q, of which it makes %q, %v", s, domain, again, err)
		}
		if isASCII(s) && lower(s) != domain {
			t.Fatalf("ParseDomain(%+q) = %q", s, domain)
		}
		if len(domain) <= 252 {
			checkPromises(t, "a@"+s)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"plain":   "Some.Body+tag@mail.example.com",
		"short":   "10001@qq.com",
		"idn":     "jeff@臺網中心.tw",
		"alabel":  "jeff@xn--fiqq24b10vi0d.tw",
		"refused": "Bob <bob@example.com>",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Parse(s)
			}
		})
	}
}

func BenchmarkEmailKey(b *testing.B) {
	a, err := Parse("Some.Body+tag@mail.example.com")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a.EmailKey(index)
	}
}

func BenchmarkSuggest(b *testing.B) {
	a, err := Parse("somebody@example.com")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Suggest(a)
	}
}

package disposable

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"mailbind/shared/address"
)

func at(t testing.TB, domain string) address.Address {
	t.Helper()
	a, err := address.Parse("lena@" + domain)
	if err != nil {
		t.Fatalf("%s: %v", domain, err)
	}
	return a
}

func lines(t testing.TB, file string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

func TestTheListIsWhatItsRecordSays(t *testing.T) {
	var origin struct {
		Package, Version, Licence, SHA256 string
		Read, Kept                        int
		Dropped                           []string
	}
	record, err := os.ReadFile("data/origin.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(record, &origin); err != nil {
		t.Fatal(err)
	}
	s := sha256.Sum256([]byte(list))
	if got := hex.EncodeToString(s[:]); got != origin.SHA256 {
		t.Errorf("list.txt is %s, recorded is %s: go generate ./shared/address/disposable", got, origin.SHA256)
	}
	if n := strings.Count(list, "\n"); n != origin.Kept || n < 10_000 || origin.Read < n || len(origin.Dropped) > origin.Read-n {
		t.Errorf("%d domains; the record says %d read, %d dropped, %d kept", n, origin.Read, len(origin.Dropped), origin.Kept)
	}
	licence, err := os.ReadFile("data/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{origin.Package + " " + origin.Version, "(" + origin.Licence + ")"} {
		if !strings.Contains(string(licence), s) {
			t.Errorf("data/LICENSE does not name %s", s)
		}
	}
}

// The search rests on the order, and Has on the form of address.Domain.
func TestEveryLineIsFoundAndIsADomain(t *testing.T) {
	all := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("the list is not sorted, or has a line twice")
	}
	var d Domains
	for _, domain := range all {
		if form, err := address.ParseDomain(domain); err != nil || form != domain {
			t.Errorf("%q is no domain as address.Domain gives it: %q, %v", domain, form, err)
		} else if !d.Has(at(t, domain)) || !d.Has(at(t, "x."+domain)) {
			t.Errorf("%s is not found", domain)
		}
	}
}

func TestNothingElseIsFound(t *testing.T) {
	whole := map[string]bool{}
	for line := range strings.Lines(list) {
		whole[strings.TrimSuffix(line, "\n")] = true
	}
	tried := 0
	for domain := range whole {
		for _, other := range []string{"x" + domain, domain + "x", domain[1:], domain[:len(domain)-1], domain + ".example", ""} {
			if !whole[other] && listed(other) {
				t.Errorf("%q is found", other)
			}
			tried++
		}
	}
	if tried < 60_000 {
		t.Errorf("only %d tried", tried)
	}
}

func TestTheListHasWhatIsThrownAway(t *testing.T) {
	var d Domains
	for _, domain := range []string{
		"mailinator.com", "Mailinator.COM", "team.mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "temp-mail.org", "trashmail.com",
		"sharklasers.com", "getnada.com", "maildrop.cc", "a.b.c.yopmail.fr",
	} {
		if !d.Has(at(t, domain)) {
			t.Errorf("%s is not on the list", domain)
		}
	}
	for _, domain := range []string{
		"example.com", "gmail.com", "my-mailinator.example", "mailinator.com.example", "mailinator.example", "com.example", "pku.edu.cn", "mit.edu", "bücher.example",
	} {
		if d.Has(at(t, domain)) {
			t.Errorf("%s is taken for disposable", domain)
		}
	}
	if d.Has(address.Address{}) {
		t.Error("no address is disposable")
	}
}

func TestNoLargeMailDomainIsOnTheList(t *testing.T) {
	largest := lines(t, "../testdata/largest.txt")
	if len(largest) != 200 {
		t.Errorf("%d domains", len(largest))
	}
	var d Domains
	for _, domain := range largest {
		if d.Has(at(t, domain)) {
			t.Errorf("%s is taken for disposable", domain)
		}
	}
	for line := range strings.Lines(list) {
		domain := strings.TrimSuffix(line, "\n")
		if address.KnownDomain(domain) {
			t.Errorf("%s is a large provider: go generate ./shared/address/disposable", domain)
		}
		if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
			t.Errorf("%s is a public suffix: everybody beneath would be refused", domain)
		}
	}
}

// Recovery of no provider's users rests on what an upstream list says tomorrow; the operator's own word is another thing.
func TestExtraExtendsTheListAndNamesAProviderOnlyByItself(t *testing.T) {
	d := Domains{Extra: []string{"throwaway.example", "xn--bcher-kva.example", "appleid.com", "mozmail.com"}}
	for domain, want := range map[string]bool{
		"throwaway.example": true, "x.throwaway.example": true, "bücher.example": true, "appleid.com": true, "x.appleid.com": true, "mozmail.com": true,
		"mailinator.com":            true,
		"notthrowaway.example":      false,
		"privaterelay.appleid.com":  false, // a provider under a domain that is listed
		"gmail.com":                 false,
		"throwaway.example.invalid": false,
	} {
		if got := d.Has(at(t, domain)); got != want {
			t.Errorf("%s: %v, want %v", domain, got, want)
		}
	}
	if (Domains{}).Has(at(t, "throwaway.example")) {
		t.Error("nobody listed it")
	}
}

func TestTheListIsSearchedWhereItLies(t *testing.T) {
	d := Domains{Extra: []string{"throwaway.example"}}
	for _, a := range []address.Address{at(t, "mailinator.com"), at(t, "mail.example.com"), at(t, "gmail.com")} {
		if n := testing.AllocsPerRun(100, func() { d.Has(a) }); n != 0 {
			t.Errorf("%s: %v allocations", a.Domain(), n)
		}
	}
}

func BenchmarkHas(b *testing.B) {
	d := Domains{Extra: []string{"throwaway.example"}}
	for _, c := range []struct{ name, domain string }{
		{"provider", "qq.com"}, {"own", "mail.example.com"}, {"listed", "mailinator.com"}, {"longest", strings.Repeat("a.", 122) + "com"},
	} {
		a := at(b, c.domain)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Has(a)
			}
		})
	}
}

// What binding does to an address before the first look at a table.
func BenchmarkAcceptable(b *testing.B) {
	d := Domains{Extra: []string{"throwaway.example"}}
	own := []string{"account.example.com"}
	for _, typed := range []string{"10001@qq.com", "Some.Body+tag@mail.example.com", "10001@qq.con", "some.body@gmial.com", "x@mailinator.com"} {
		b.Run(typed, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a, err := address.Parse(typed)
				if err != nil || address.SpecialUse(a) || address.Within(a, own) || d.Has(a) {
					continue
				}
				address.Suggest(a)
			}
		})
	}
}

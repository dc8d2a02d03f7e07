package address

import (
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

// name makes a domain of exactly n bytes out of labels of at most 63.
func name(n int) string {
	const ending = ".example"
	rest := n - len(ending)
	var labels []string
	for rest > 0 {
		size := min(rest, 63)
		if rest-size == 1 {
			size-- // leave room for a dot and a letter
		}
		labels = append(labels, strings.Repeat("d", size))
		rest -= size + 1
	}
	return strings.Join(labels, ".") + ending
}

func TestLengthsEndWhereTheRFCsSay(t *testing.T) {
	for n := 20; n < 256; n++ {
		if got := name(n); len(got) != n {
			t.Fatalf("name(%d) has %d bytes", n, len(got))
		}
	}
	l := strings.Repeat
	for _, c := range []struct {
		what, text string
		want       Reason
	}{
		{"local 64", l("a", 64) + "@example.com", ""},
		{"local 65", l("a", 65) + "@example.com", LocalTooLong},
		{"local 64 in 2-byte letters", l("é", 32) + "@example.com", SMTPUTF8Unsupported},
		{"local 66 in 2-byte letters", l("é", 33) + "@example.com", LocalTooLong},
		{"label 63", "a@" + l("b", 63) + ".com", ""},
		{"label 64", "a@" + l("b", 64) + ".com", DomainTooLong},
		{"last label 63", "a@example." + l("b", 63), ""},
		{"last label 64", "a@example." + l("b", 64), DomainTooLong},
		{"whole 254", l("a", 64) + "@" + name(189), ""},
		{"whole 255", l("a", 64) + "@" + name(190), TooLong},
		{"whole 254, local 1", "a@" + name(252), ""},
		{"domain 253", "a@" + name(253), TooLong},
		{"domain 254", "a@" + name(254), DomainTooLong},
		{"input 512", "a@" + name(510), DomainTooLong},
		{"input 513", "a@" + name(511), TooLong},
		{"input 513, another rule broken too", l("a", 513), TooLong},

		// xn--, a few bytes for the first ü, then one for each more.
		{"A-label 63", "a@" + l("ü", 57) + ".com", ""},
		{"A-label 64", "a@" + l("ü", 58) + ".com", DomainTooLong},
		{"A-label 63 of letters in 4 bytes", "a@" + l("𠀀", 56) + ".com", ""},
		{"A-label 64 of letters in 4 bytes", "a@" + l("𠀀", 57) + ".com", DomainTooLong},
		// Shorter than 254 in U-labels, longer in A-labels.
		{"whole 254 as A-labels", l("a", 64) + "@" + l("ü", 57) + "." + name(189-64), ""},
		{"whole 255 as A-labels", l("a", 64) + "@" + l("ü", 57) + "." + name(190-64), TooLong},
		{"domain 254 as A-labels", "a@" + l("ü", 57) + "." + name(254-64), DomainTooLong},
		// Longer than 254 bytes in U-labels, shorter in A-labels.
		{"whole 271 bytes as given, 96 as sent", "a@" + l("𠀀", 56) + "." + l("é", 20) + ".com", ""},
	} {
		if got := reason(t, c.text); got != c.want {
			t.Errorf("%s: reason %q, want %q", c.what, got, c.want)
		}
	}
}

// Up to golang.org/x/net v0.56 idna gives "example.com" and no error for xn--example-.com, so that two
// spellings would be one domain (GO-2026-5026). Parse does not rest on that check alone, but a
// dependency that lacks it is not to be shipped.
func TestIDNAModuleRefusesALabelsThatAreASCII(t *testing.T) {
	for _, s := range []string{"xn--example-.com", "xn--a-.com", "www.xn--paypal-.com"} {
		if got, err := idna.Lookup.ToASCII(s); err == nil {
			t.Errorf("idna.Lookup.ToASCII(%q) = %q: golang.org/x/net is older than v0.57.0", s, got)
		}
		if got := reason(t, "a@"+s); got != IDNSyntax {
			t.Errorf("%s: reason %q", s, got)
		}
	}
}

// The rules of this package hold even where idna sees no fault.
func TestWhatIDNAMapsSilentlyIsRefused(t *testing.T) {
	silent := 0
	for _, s := range []string{
		"xn--.com", "exam\u00adple.com", "①②.com", "ｅxample.com", "example。com", "\u212a.com", "exam\u2014ple.com",
		"\u017f.com", "℀.com", "example..com", "example.com.", "ex\ufe0fample.com", "ﬁ.com",
	} {
		if _, err := idna.Lookup.ToASCII(s); err == nil {
			silent++
		}
		if reason(t, "a@"+s) == "" {
			t.Errorf("%+q is taken", s)
		}
	}
	if silent == 0 {
		t.Error("idna refuses all of these by itself: the list shows nothing any more")
	}
}

// Whatever idna answers, these two keep a label from becoming another's.
func TestALabelStandsForTheGivenOneOnly(t *testing.T) {
	for _, c := range []struct {
		given, label string
		want         bool
	}{
		{"example", "example", true}, {"Example", "example", true}, {"bücher", "xn--bcher-kva", true}, {"XN--BCHER-KVA", "xn--bcher-kva", true},
		{"example", "exbmple", false}, {"xn--example-", "example", false}, {"xn--example-", "xn--example-", false}, {"", "example", false},
		{"\u212aelvin", "kelvin", false}, {"ex\u00adample", "example", false}, {"bucher", "xn--bcher-kva", false}, {"ｂücher", "xn--bcher-kva", false},
		{"xn--", "xn--", false}, {"xn--a", "xn--a", false},
	} {
		if got := faithful(c.given, c.label); got != c.want {
			t.Errorf("faithful(%+q, %q) = %v", c.given, c.label, got)
		}
	}
	for s, want := range map[string]bool{"a": true, "1": true, "a-b": true, "": false, "-": false, "-a": false, "a-": false, "a_b": false, "A": false, "ü": false} {
		if got := letterDigitHyphen(s); got != want {
			t.Errorf("letterDigitHyphen(%+q) = %v", s, got)
		}
	}
}

func TestConfiguredDomainsAreReadLikeThoseOfAddresses(t *testing.T) {
	for given, want := range map[string]string{
		"Example.COM": "example.com", "bücher.example": "xn--bcher-kva.example", "mail.example.co.uk": "mail.example.co.uk",
	} {
		if got, err := ParseDomain(given); err != nil || got != want {
			t.Errorf("ParseDomain(%q) = %q, %v, want %q", given, got, err, want)
		}
	}
	for _, s := range []string{"", "example", "example.com.", "*.example.com", "a@example.com", " example.com", "\xff.com", "1.2.3.4", strings.Repeat("a.", 300) + "com"} {
		if got, err := ParseDomain(s); err == nil {
			t.Errorf("ParseDomain(%q) = %q, want a refusal", s, got)
		}
	}
}

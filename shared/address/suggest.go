package address

import "strings"

// Suggest gives the address that was most likely meant when the domain is a slip of the keyboard away
// from one of a large provider: gmial.com, qq.con, hotmail.cmo. It is a question to ask, never a
// correction to make: every suggestion can be wrong. There is none for a domain that is itself a
// provider's, and none where two providers are equally near.
func Suggest(a Address) (Address, bool) {
	if a.IsZero() || KnownDomain(a.domain) {
		return Address{}, false
	}
	for _, slip := range []func(provider, string) string{misspelt, inFront, wrongEnding, wrongName, wrongBoth} {
		meant := ""
		for _, p := range providers {
			switch d := slip(p, a.domain); {
			case d == "" || d == meant:
			case meant != "":
				return Address{}, false
			default:
				meant = d
			}
		}
		if meant != "" {
			return Address{a.local, meant}, true
		}
	}
	return Address{}, false
}

// misspelt are slips of more than one stroke that are common all the same.
func misspelt(p provider, domain string) string {
	return owned(p, common[domain])
}

var common = map[string]string{
	"icould.com": "icloud.com", "gmailcom.com": "gmail.com", "hotmailcom.com": "hotmail.com",
	"l63.com": "163.com", "i63.com": "163.com", "l26.com": "126.com", "i26.com": "126.com",
}

// inFront finds the host name of a web mail or web site in place of the mail domain: mail.qq.com.
func inFront(p provider, domain string) string {
	first, rest, _ := strings.Cut(domain, ".")
	if first != "www" && first != "mail" {
		return ""
	}
	return owned(p, rest)
}

// owned is domain if it is one of the provider's.
func owned(p provider, domain string) string {
	name, ending, _ := strings.Cut(domain, ".")
	if name == p.name && p.has(ending) {
		return domain
	}
	return ""
}

// wrongEnding finds the right name under an ending that the provider does not have.
func wrongEnding(p provider, domain string) string {
	name, ending, _ := strings.Cut(domain, ".")
	if name != p.name {
		return ""
	}
	if want := p.endingMeant(ending); want != "" {
		return name + "." + want
	}
	main := p.endings[0]
	switch {
	case p.care == sole && isEnding(ending),
		main == "com" && p.care >= likely && (ending == "co" || ending == "cm" || ending == "om"),
		main == "com" && p.china && (ending == "cn" || ending == "com.cn"),
		main == "com" && p.care == brand && (ending == "net" || ending == "org"):
		return name + "." + main
	}
	return ""
}

// isEnding tells gmail.fr and gmail.com.cn from gmail.example.com, the host of somebody else.
func isEnding(s string) bool {
	head, country, deep := strings.Cut(s, ".")
	return !deep || len(country) == 2 && (head == "com" || head == "co" || head == "net" || head == "org")
}

// wrongName finds a name one slip away under an ending that the provider has.
func wrongName(p provider, domain string) string {
	name, ending, _ := strings.Cut(domain, ".")
	if p.has(ending) && p.near(name) {
		return p.name + "." + ending
	}
	return ""
}

// wrongBoth finds a name one slip away under an ending that is no ending at all: gmial.con.
func wrongBoth(p provider, domain string) string {
	name, ending, _ := strings.Cut(domain, ".")
	if want := p.endingMeant(ending); want != "" && p.near(name) {
		return p.name + "." + want
	}
	return ""
}

func (p provider) has(ending string) bool {
	for _, e := range p.endings {
		if e == ending {
			return true
		}
	}
	return false
}

// endingMeant is the one of the provider's endings that ending is a slip of, if there is just one.
func (p provider) endingMeant(ending string) string {
	meant := ""
	for _, want := range p.endings {
		if !slipOfEnding(ending, want) {
			continue
		}
		if meant != "" {
			return ""
		}
		meant = want
	}
	return meant
}

// slipOfEnding reports whether ending is one slip from want and cannot be meant as it stands, since no
// such top-level domain or, behind a country's ending, no such second level exists. Endings of two
// letters are countries: one slip leads from any of them to others, so they are never corrected.
func slipOfEnding(ending, want string) bool {
	head, country, deep := strings.Cut(want, ".")
	if !deep {
		return len(want) > 2 && len(ending) > 2 && !topLevel[ending] && oneSlip(ending, want) != none
	}
	if h, c, ok := strings.Cut(ending, "."); ok && c == country && head == "com" {
		return oneSlip(h, head) != none // con.br, co.br
	}
	switch oneSlip(ending, want) { // couk, co.k, co.ku
	case dropped, added, swapped:
		return true
	}
	return false
}

// topLevel are the top-level domains of three letters and more that are one slip from com or net.
var topLevel = map[string]bool{
	"cam": true, "mom": true, "bet": true, "pet": true, "vet": true, "new": true, "next": true, "nec": true,
}

// near reports whether a name is one slip from the provider's. Short names are near to too many
// others, so they count only when exact; so does a slip of the first letter, which people see, unless
// the name is long.
func (p provider) near(name string) bool {
	if p.care < distinct || len(p.name) < 5 {
		return false
	}
	switch kind, at := slip(name, p.name); kind {
	case swapped:
		return true
	case dropped:
		return at > 0 || len(p.name) >= 7
	case added:
		return at > 0
	case replaced:
		return at > 0 && (len(p.name) >= 7 || confusable(name[at], p.name[at]) || doubledInstead(p.name, name[at], at))
	}
	return false
}

// doubledInstead is the wrong one of two letters typed twice: yahho.
func doubledInstead(name string, typed byte, at int) bool {
	return typed == name[at-1] || at+1 < len(name) && typed == name[at+1]
}

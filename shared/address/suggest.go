package address

import "strings"

// Suggest gives the address that was most likely meant when the domain is a slip of the keyboard away
// from one of a large provider: gmial.com, qq.con, hotmail.cmo. It is a question to ask, never a
// correction to make: every suggestion can be wrong. There is none for a domain that is itself a
// provider's, and none where two providers are equally near.
//
// Of the words that one letter transposed, missing or typed twice makes of the 36 largest domains it
// finds four in five, and takes none for another's (TestOneLetterSlipsOfTheLargestAreNeverTakenForAnother).
// What it leaves alone are short names, of which one letter makes somebody else's: 136.com, shou.com.
func Suggest(a Address) (Address, bool) {
	if a.IsZero() || KnownDomain(a.domain) {
		return Address{}, false
	}
	d := ""
	if rest, paid := strings.CutPrefix(a.domain, "vip."); paid { // vip.qq.con: some have them for paid mailboxes
		d = "vip." + meant(rest)
	} else {
		d = meant(a.domain)
	}
	if !KnownDomain(d) {
		return Address{}, false
	}
	return Address{a.local, d}, true
}

// typed is a domain as it was typed, cut at its first dot.
type typed struct{ domain, name, ending string }

// meant is the provider's domain that a domain is a slip of, by the first rule that finds just one.
func meant(domain string) string {
	if d, ok := habits[domain]; ok {
		return d
	}
	t := typed{domain: domain}
	t.name, t.ending, _ = strings.Cut(domain, ".")
	for _, rule := range [...]func(*provider, typed) string{inFront, movedDot, wrongEnding, wrongName, wrongBoth} {
		found := ""
		for i := range providers {
			switch d := rule(&providers[i], t); {
			case d == "" || d == found:
			case found != "":
				return ""
			default:
				found = d
			}
		}
		if found != "" {
			return found
		}
	}
	return ""
}

// habits are slips of more than one stroke that are common all the same.
var habits = map[string]string{
	"l63.com": "163.com", "i63.com": "163.com", "l26.com": "126.com", "i26.com": "126.com",
	"webde.de": "web.de", "gmxde.de": "gmx.de", "t.online.de": "t-online.de",
}

// namesMeant are names, under any ending of the provider, that are no single slip or one of the first letter.
var namesMeant = map[string]string{"icould": "icloud", "ahoo": "yahoo", "andex": "yandex", "gimal": "gmail"}

// inFront finds the host name of a web mail or web site in place of the mail domain: mail.qq.com.
func inFront(p *provider, t typed) string {
	if t.name != "www" && t.name != "mail" {
		return ""
	}
	if name, ending, _ := strings.Cut(t.ending, "."); name == p.name && p.has(ending) {
		return t.ending
	}
	return ""
}

// movedDot finds the right letters with a dot too early, too late, too many or too few: gmailc.om,
// yahooco.uk, hot.mail.com. A short name with a dot in it is somebody's host (m.ail.ru), and a word
// without the dot behind it is somebody's name (liveco.uk).
func movedDot(p *provider, t typed) string {
	if t.domain[0] != p.name[0] {
		return ""
	}
	for _, ending := range p.endings {
		if !sameLetters(t.domain, p.name, ending) {
			continue
		}
		switch more := strings.Count(t.domain, ".") - strings.Count(ending, ".") - 1; {
		case more > 0 && len(p.name) < 5, more < 0 && p.care == exact:
		default:
			return p.name + "." + ending
		}
	}
	return ""
}

// sameLetters reports whether domain is name and ending but for dots.
func sameLetters(domain, name, ending string) bool {
	i := 0
	for _, part := range [...]string{name, ending} {
		for j := range len(part) {
			if part[j] == '.' {
				continue
			}
			for i < len(domain) && domain[i] == '.' {
				i++
			}
			if i == len(domain) || domain[i] != part[j] {
				return false
			}
			i++
		}
	}
	return i == len(domain)
}

// wrongEnding finds the right name under an ending that the provider does not have, and the ending typed
// twice: qqcom.com, qq.com.com.
func wrongEnding(p *provider, t typed) string {
	if t.name != p.name {
		if rest, ok := strings.CutPrefix(t.name, p.name); ok && rest == t.ending && p.care > exact && p.has(rest) {
			return p.name + "." + t.ending
		}
		return ""
	}
	if once, ok := strings.CutSuffix(t.ending, ".com"); ok && p.has(once) {
		return p.name + "." + once
	}
	if want := p.endingMeant(t.ending); want != "" {
		return p.name + "." + want
	}
	main := p.endings[0]
	switch {
	case p.care == sole && isEnding(t.ending),
		main == "com" && p.care >= likely && (t.ending == "co" || t.ending == "cm" || t.ending == "om"),
		main == "net" && p.care >= distinct && (t.ending == "ne" || t.ending == "et"),
		main == "com" && p.china && (t.ending == "cn" || t.ending == "com.cn"),
		main == "com" && p.care == brand && (t.ending == "net" || t.ending == "org"):
		return p.name + "." + main
	}
	return ""
}

// wrongName finds a name one slip away under an ending that the provider has.
func wrongName(p *provider, t typed) string {
	if p.near(t.name) && p.has(t.ending) {
		return p.name + "." + t.ending
	}
	return ""
}

// wrongBoth finds a name one slip away under an ending that is no ending at all: gmial.con.
func wrongBoth(p *provider, t typed) string {
	if !p.near(t.name) {
		return ""
	}
	if want := p.endingMeant(t.ending); want != "" {
		return p.name + "." + want
	}
	return ""
}

// near reports whether a name is one slip from the provider's. A letter typed twice and two that changed
// places make no words, unless the name is short; other slips do, so they count for distinct names only.
// A slip of the first letter people see, so there a missing one counts in long names alone.
func (p *provider) near(name string) bool {
	if d := len(name) - len(p.name); d < -1 || d > 1 || len(p.name) < 4 {
		return false
	}
	kind, at := slip(name, p.name)
	if kind == none {
		return namesMeant[name] == p.name
	}
	long := len(p.name) >= 5
	switch {
	case kind == added && at > 0 && name[at] == name[at-1]:
		return long || at > 1
	case kind == swapped && long:
		return true
	case p.care < distinct || !long:
		return false
	}
	switch kind {
	case dropped:
		return at > 0 || len(p.name) >= 7 || namesMeant[name] == p.name
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

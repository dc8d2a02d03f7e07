package address

import (
	"strings"
	"sync"
)

// A house is one provider whose domains are names of the same mailboxes.
type house struct {
	domain  string   // the one that stands for all
	aliases []string // the others
	ignored string   // the characters that its mailbox names ignore
	hyphen  bool     // a dot in a mailbox name is a hyphen
}

// houses lists only what the provider itself says. What matters is what a stranger can write to: each
// spelling that reaches a mailbox without its owner having made it is one more budget to fill it with.
//
// Not in it, since the same name at two of their domains is two people: hotmail.com, outlook.com and
// live.com; qq.com and foxmail.com; 163.com and 126.com; mail.ru and its siblings; gmx.net and web.de; the
// domains of Tuta. Not folded either, as their owners must make them first and their number is limited:
// Yahoo's disposable addresses (a name of its own before the hyphen,
// http://help.yahoo.com/help/uk/bt/tutorials/mail/addressguard2.html; folded, jean-paul@yahoo.fr and jean-luc@yahoo.fr
// would be one), and the aliases chosen freely at QQ, 163,
// Foxmail or iCloud. A catch-all domain, where every address is one mailbox, cannot be told from the address.
var houses = []house{
	// Dots do not matter: https://support.google.com/mail/answer/7436150. googlemail.com is the name of
	// Gmail in countries where the other was taken: https://support.google.com/mail/answer/10313.
	// At a company's own domain on Google Workspace dots do matter.
	{domain: "gmail.com", aliases: []string{"googlemail.com"}, ignored: "."},
	// Older accounts hold the same name at all three: https://support.apple.com/118230.
	{domain: "icloud.com", aliases: []string{"me.com", "mac.com"}},
	// The short and the older endings belong to the owner of the name:
	// https://proton.me/support/addresses-and-aliases. Dot, hyphen and underscore are left out when
	// names are compared: Proton's own web client, ProtonMail/WebClients, removeEmailAlias.
	{domain: "proton.me", aliases: []string{"protonmail.com", "protonmail.ch", "pm.me"}, ignored: ".-_"},
	// "Addresses using your username on all Yandex domains are linked to you when you register":
	// https://yandex.com/support/id/authorization/email.html. Its programs compare logins with hyphens for dots.
	{domain: "yandex.ru", hyphen: true, aliases: []string{
		"ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "yandex.uz", "yandex.com.tr", "yandex.com.am", "yandex.com.ge", "yandex.com.ru",
		"yandex.com.ua", "yandex.co.il", "yandex.az", "yandex.ee", "yandex.fr", "yandex.kg", "yandex.lt", "yandex.lv", "yandex.md", "yandex.tj",
		"yandex.tm",
	}},
}

var houseOf = sync.OnceValue(func() map[string]*house {
	m := map[string]*house{}
	for i := range houses {
		h := &houses[i]
		m[h.domain] = h
		for _, alias := range h.aliases {
			m[alias] = h
		}
	}
	return m
})

// atFastmail gives the address that whatever@name.fastmail.com is another form of: name@fastmail.com, at
// each of its domains and without anybody's doing (https://www.fastmail.help/hc/en-us/articles/360060591053).
func atFastmail(local, domain string) (string, string) {
	name, host, _ := strings.Cut(domain, ".")
	if !strings.Contains(host, ".") || !strings.Contains(fastmail, host) {
		return local, domain
	}
	for d := range strings.FieldsSeq(fastmail) {
		if d == host {
			return name, host
		}
	}
	return local, domain
}

// Folded is the form under which addresses most likely lead to one mailbox. It is for budgets and for
// nothing else: it is wrong for some providers, and it may change at any time.
//
// A +tag is cut off at every domain (RFC 5233 names the custom; Gmail, Outlook, iCloud, Fastmail,
// Proton, Zoho and most others follow it). Where a provider does not, two mailboxes share a budget.
// That gives a stranger nothing: he can spend the budget of any address by naming it.
func (a Address) Folded() string {
	if a.IsZero() {
		return ""
	}
	local, domain := lower(a.local), a.domain
	if tag := strings.IndexByte(local, '+'); tag > 0 {
		local = local[:tag]
	}
	local, domain = atFastmail(local, domain)
	h := houseOf()[domain]
	if h == nil {
		return local + "@" + domain
	}
	bare := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(h.ignored, r):
			return -1
		case h.hyphen && r == '.':
			return '-'
		}
		return r
	}, local)
	if bare != "" {
		local = bare
	}
	return local + "@" + h.domain
}

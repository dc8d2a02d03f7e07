package address

import "testing"

func TestBudgetsFoldWhatProvidersFold(t *testing.T) {
	for given, want := range map[string]string{
		"v.i.c+1@googlemail.com": "vic@gmail.com", "VIC@gmail.com": "vic@gmail.com", "v.ic@Gmail.com": "vic@gmail.com",
		"vic+a+b@gmail.com": "vic@gmail.com",
		"lena@me.com":       "lena@icloud.com", "lena+x@mac.com": "lena@icloud.com", "le.na@icloud.com": "le.na@icloud.com",
		"lena@pm.me": "lena@proton.me", "le.na@protonmail.com": "lena@proton.me", "le-n_a+x@protonmail.ch": "lena@proton.me",
		"lena@ya.ru": "lena@yandex.ru", "lena@yandex.com": "lena@yandex.ru", "Lena+1@yandex.kz": "lena@yandex.ru",
		"iv.an-ov@yandex.ru": "iv-an-ov@yandex.ru", "iv-an.ov+x@ya.ru": "iv-an-ov@yandex.ru", "iv.an.ov@yandex.co.il": "iv-an-ov@yandex.ru",
		"x@lena.fastmail.com": "lena@fastmail.com", "y+z@LENA.fastmail.com": "lena@fastmail.com", "x@lena.fastmail.co.uk": "lena@fastmail.co.uk",
		"x@lena.sent.com": "lena@sent.com", "lena+x@fastmail.fm": "lena@fastmail.fm",
		"Lena+a@outlook.com": "lena@outlook.com", "lena+a@hotmail.co.uk": "lena@hotmail.co.uk", "lena+a@live.com": "lena@live.com",
		"lena+a@icloud.com": "lena@icloud.com", "lena+a@proton.me": "lena@proton.me", "le_na@pm.me": "lena@proton.me", "lena+a@zoho.com": "lena@zoho.com",
		"lena+a@mailbox.org": "lena@mailbox.org", "lena+a@posteo.de": "lena@posteo.de", "lena+a@mail.ru": "lena@mail.ru", "10001+a@qq.com": "10001@qq.com",
		"l.e.n.a+a+b@googlemail.com": "lena@gmail.com",

		// Not one mailbox, or not known to be.
		"le.na@fastmail.com": "le.na@fastmail.com", "lena@fastmail.com": "lena@fastmail.com", "lena@sent.com": "lena@sent.com", "x@a.lena.fastmail.com": "x@a.lena.fastmail.com",
		"x@lena.example.com": "x@lena.example.com", "x@lena.gmail.com": "x@lena.gmail.com", "lena@vip.qq.com": "lena@vip.qq.com", "lena@126.com": "lena@126.com",
		"jean-paul@yahoo.fr": "jean-paul@yahoo.fr", "le.na@yahoo.com": "le.na@yahoo.com", "le-na@gmail.com": "le-na@gmail.com", "le.na@mail.ru": "le.na@mail.ru",
		"lena@gmx.de": "lena@gmx.de", "lena@gmx.net": "lena@gmx.net", "le.na@qq.com": "le.na@qq.com",
		"lena@hotmail.com": "lena@hotmail.com", "lena@outlook.com": "lena@outlook.com", "lena@live.com": "lena@live.com",
		"lena@qq.com": "lena@qq.com", "lena@foxmail.com": "lena@foxmail.com", "le.na@outlook.com": "le.na@outlook.com",
		"le.na@example.com": "le.na@example.com", "lena-shop@yahoo.com": "lena-shop@yahoo.com",
		"lena@mail.ru": "lena@mail.ru", "lena@inbox.ru": "lena@inbox.ru",
		"le.na@mail.gmail.com": "le.na@mail.gmail.com",

		// Tags are cut everywhere, but never the whole name.
		"Lena+shop@Example.com": "lena@example.com", "lena+@example.com": "lena@example.com", "+@example.com": "+@example.com",
		"+lena@example.com": "+lena@example.com", "++x@example.com": "++x@example.com", "-_-@proton.me": "-_-@proton.me",
		"a+b@bücher.example": "a@xn--bcher-kva.example",
	} {
		a := mustParse(t, given)
		if got := a.Folded(); got != want {
			t.Errorf("Folded of %s = %s, want %s", given, got, want)
		}
		if a.InboxKey(index) != mustParse(t, want).InboxKey(index) {
			t.Errorf("%s and %s have different inbox keys", given, want)
		}
	}
}

// The folded form is the input of a hash: it need not be an address.
func TestFoldingMayLeaveNoAddress(t *testing.T) {
	a := mustParse(t, "lena.+x@example.com")
	if got := a.Folded(); got != "lena.@example.com" || a.InboxKey(index) != mustParse(t, "lena.+y@example.com").InboxKey(index) {
		t.Error(got)
	}
}

func TestFoldingIsNotIdentity(t *testing.T) {
	for _, pair := range [][2]string{
		{"v.i.c@gmail.com", "vic@gmail.com"}, {"vic+1@outlook.com", "vic@outlook.com"}, {"vic@me.com", "vic@icloud.com"}, {"vic@pm.me", "vic@proton.me"},
		{"v.ic@yandex.ru", "v-ic@yandex.ru"}, {"vic@ya.ru", "vic@yandex.ru"}, {"x@vic.fastmail.com", "vic@fastmail.com"},
	} {
		a, b := mustParse(t, pair[0]), mustParse(t, pair[1])
		if a.InboxKey(index) != b.InboxKey(index) || a.EmailKey(index) == b.EmailKey(index) || a.Canonical() != pair[0] {
			t.Errorf("%s and %s share a budget, not an identity", pair[0], pair[1])
		}
	}
	a, b := mustParse(t, "v.i.c+1@googlemail.com"), mustParse(t, "vic@gmail.com")
	if a.InboxKey(index) != b.InboxKey(index) || a.EmailKey(index) == b.EmailKey(index) {
		t.Error("the two share a budget, not an identity")
	}
	if [16]byte(b.EmailKey(index)) == [16]byte(b.InboxKey(index)) {
		t.Error("the two keys of one address are equal: their labels are not part of the hash")
	}
}

func TestHousesHaveNoDomainTwiceAndAreKnown(t *testing.T) {
	n := 0
	for _, h := range houses {
		for _, d := range append([]string{h.domain}, h.aliases...) {
			n++
			if !KnownDomain(d) {
				t.Errorf("%s is not a known domain", d)
			}
		}
	}
	if n != len(houseOf()) {
		t.Errorf("%d domains in %d names", n, len(houseOf()))
	}
}

func TestNobodyHasAMailboxAtSpecialUseDomains(t *testing.T) {
	for domain, want := range map[string]bool{
		"a.test": true, "www.a.test": true, "a.invalid": true, "foo.localhost": true, "printer.local": true, "abc.onion": true,
		"home.arpa": true, "4.3.2.1.in-addr.arpa": true, "x.internal": true, "x.alt": true, "x.corp": true, "x.home": true, "x.lan": true,
		"simulator.amazonses.com": true, "x.simulator.amazonses.com": true, "SIMULATOR.AmazonSES.com": true,

		"example.com": false, "example.net": false, "example.org": false, "x.example": false, "gmail.com": false,
		"test.com": false, "local.de": false, "mail.com": false, "contest.com": false, "a.contest": false, "xtest.de": false,
		"amazonses.com": false, "mysimulator.amazonses.com": false, "simulator.amazonses.com.example": false, "test.x.com": false,
		"alt.com": false, "internal.example.com": false,
	} {
		if got := SpecialUse(mustParse(t, "a@"+domain)); got != want {
			t.Errorf("%s: %v, want %v", domain, got, want)
		}
	}
}

func TestWithinIsTheDomainOrASubdomain(t *testing.T) {
	own := []string{"account.example.com", "xn--bcher-kva.example"}
	for domain, want := range map[string]bool{
		"account.example.com": true, "Account.Example.COM": true, "mail.account.example.com": true, "a.b.account.example.com": true,
		"bücher.example": true, "news.BÜCHER.example": true,
		"example.com": false, "myaccount.example.com": false, "account.example.com.evil.example": false, "account-example.com": false,
	} {
		if got := Within(mustParse(t, "a@"+domain), own); got != want {
			t.Errorf("%s: %v, want %v", domain, got, want)
		}
	}
	if Within(mustParse(t, "a@example.com"), []string{""}) || Within(mustParse(t, "a@example.com"), nil) || Within(Address{}, own) {
		t.Error("an empty setting holds a domain")
	}
}

package address

import "testing"

func TestBudgetsFoldWhatProvidersFold(t *testing.T) {
	for given, want := range map[string]string{
		"v.i.c+1@googlemail.com": "vic@gmail.com", "VIC@gmail.com": "vic@gmail.com", "v.ic@Gmail.com": "vic@gmail.com",
		"vic+a+b@gmail.com": "vic@gmail.com",
		"lena@me.com":       "lena@icloud.com", "lena+x@mac.com": "lena@icloud.com", "le.na@icloud.com": "le.na@icloud.com",
		"lena@pm.me": "lena@proton.me", "le.na@protonmail.com": "lena@proton.me", "le-n_a+x@protonmail.ch": "lena@proton.me",
		"lena@ya.ru": "lena@yandex.ru", "lena@yandex.com": "lena@yandex.ru", "Lena+1@yandex.kz": "lena@yandex.ru",

		// Not one mailbox, or not known to be.
		"lena@hotmail.com": "lena@hotmail.com", "lena@outlook.com": "lena@outlook.com", "lena@live.com": "lena@live.com",
		"lena@qq.com": "lena@qq.com", "lena@foxmail.com": "lena@foxmail.com", "le.na@outlook.com": "le.na@outlook.com",
		"le.na@example.com": "le.na@example.com", "lena-shop@yahoo.com": "lena-shop@yahoo.com",
		"x@lena.fastmail.com": "x@lena.fastmail.com", "lena@mail.ru": "lena@mail.ru", "lena@inbox.ru": "lena@inbox.ru",
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
	if n != len(houseOf) {
		t.Errorf("%d domains in %d names", n, len(houseOf))
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

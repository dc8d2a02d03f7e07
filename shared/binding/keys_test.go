package binding_test

import (
	"errors"
	"regexp"
	"testing"

	"mailbind/shared/binding"
	"mailbind/shared/token"
)

func TestAccountsOfTwoNamespacesAreTwo(t *testing.T) {
	w := newWorld(t)
	other := binding.Names{Data: w.names.Data, Namespace: "other"}
	if w.names.Account("li") == other.Account("li") || w.names.Account("li") == w.names.Account("Li") {
		t.Error("two accounts share a key")
	}
	if w.names.Account("li") != (binding.Names{Data: w.names.Data, Namespace: "main"}).Account("li") {
		t.Error("an account has two keys")
	}
}

func TestSpellingsOfOneAddressShareItsKey(t *testing.T) {
	w := newWorld(t)
	want := w.emailKey("li@bücher.de")
	for _, spelling := range []string{"LI@bücher.de", "li@xn--bcher-kva.de", "Li@XN--BCHER-KVA.DE"} {
		if w.emailKey(spelling) != want {
			t.Errorf("%s has another key", spelling)
		}
	}
	if w.emailKey("l.i@gmail.com") == w.emailKey("li@gmail.com") {
		t.Error("identity folds dots: that is for budgets alone")
	}
	if w.names.Inbox(w.address("l.i+x@gmail.com")) != w.names.Inbox(w.address("li@gmail.com")) {
		t.Error("one mailbox has two budgets")
	}
}

func TestRefsAreFourSymbolsAndDiffer(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}$`)
	seen := map[string]bool{}
	for i := range 1000 {
		ref := binding.AccountKey{byte(i), byte(i >> 8)}.Ref()
		if !form.MatchString(ref) {
			t.Fatalf("ref %q", ref)
		}
		seen[ref] = true
	}
	if len(seen) < 990 { // of 2^20
		t.Errorf("1000 accounts have %d refs", len(seen))
	}
	if got := (binding.AccountKey{1, 2, 3}).Ref(); got != (binding.AccountKey{1, 2, 3}).Ref() {
		t.Errorf("a ref changes: %s", got)
	}
}

func TestNewRequestFitsATransactionToken(t *testing.T) {
	a, b := binding.NewRequest(), binding.NewRequest()
	if a == b || len(a) < 16 || len(a) > 36 {
		t.Errorf("requests %q and %q", a, b)
	}
}

func TestTagsComeBackAsTheyWere(t *testing.T) {
	w := newWorld(t)
	w.ok(w.bind("li", "li@qq.com"))
	order := w.stream[0]
	letter := w.mail(binding.KindVerify)
	got, err := binding.OpenTag(w.names.Data, letter.Tag)
	want := binding.Tag{Kind: binding.KindVerify, Account: order.Account, EmailKey: order.EmailKey, Send: order.Send}
	if err != nil || got != want {
		t.Errorf("the tag says %+v, %v, want %+v", got, err, want)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`).MatchString(letter.Tag) {
		t.Errorf("tag %q", letter.Tag)
	}
	short := w.names.Data.SealTag(make([]byte, 48))
	for _, bad := range []string{"", "x", letter.Tag[1:], letter.Tag + "A", short} {
		if _, err := binding.OpenTag(w.names.Data, bad); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("OpenTag(%q) = %v", bad, err)
		}
	}
}

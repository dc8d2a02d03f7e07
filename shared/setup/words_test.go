package setup_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/mail"
	"mailbind/shared/page"
	"mailbind/shared/password"
	"mailbind/shared/recovery"
)

// Mails and pages say numbers of the rules, in words of their own: they are leaves and cannot ask for them. Here they
// are held to them.
func TestWordsSayTheNumbersOfTheRules(t *testing.T) {
	to, err := address.Parse("li@shop.example")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	words := mail.Words{BaseURL: "https://id.example.com", Platform: "Lantern Market", Support: "https://help.example.com"}
	site := page.Site{Platform: words.Platform, Support: words.Support}
	spacing := recovery.Spacing()
	first, longest := spacing[0], slices.Max(spacing)
	for _, l := range []page.Lang{page.English, page.Chinese} {
		content, err := words.Render(binding.Letter{Kind: binding.KindRecover, To: to, Locale: string(l), Ref: "7QK2", Code: "ABCD-EFGH", Token: "token",
			Expires: now.Add(time.Hour), At: now, Tag: "tag"})
		if err != nil {
			t.Fatal(err)
		}
		says(t, l, "the recovery mail", content.Text, strconv.Itoa(recovery.MailsPerDay))
		says(t, l, "the page after asking", string(site.Asked(l, page.AskedView{Email: "li@shop.example"})),
			strconv.Itoa(int(first.Minutes())), strconv.Itoa(int(longest.Hours())))
		form := site.NewPassword(l, page.NewPasswordView{Grant: "grant", Email: "li@shop.example", Reasons: []string{string(password.TooShort), string(password.TooLong)}})
		says(t, l, "the page of a new password", string(form), strconv.Itoa(password.MinLen), strconv.Itoa(password.MaxLen))
	}
}

// markup is what nobody reads of a page.
var markup = regexp.MustCompile(`(?s)^.*<body|<[^>]*>`)

// says wants each number as a word of its own in what is read.
func says(t *testing.T, l page.Lang, what, text string, numbers ...string) {
	t.Helper()
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	words := strings.FieldsFunc(markup.ReplaceAllString(text, " "), func(r rune) bool { return !digit(r) })
	for _, n := range numbers {
		if !slices.Contains(words, n) {
			t.Errorf("%s in %s does not say %s", what, l, n)
		}
	}
}

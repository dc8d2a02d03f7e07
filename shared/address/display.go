package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Display is what a person may be shown. Each label of the domain is a U-label where it can hardly be
// taken for another, else an A-label: pаypal.com with a Cyrillic а is shown as xn--pypal-4ve.com. The
// local part is ASCII in any case.
func (a Address) Display() string {
	if a.IsZero() {
		return ""
	}
	return a.local + "@" + displayDomain(a.domain)
}

func displayDomain(domain string) string {
	if !strings.Contains(domain, acePrefix) {
		return domain
	}
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		if !strings.HasPrefix(label, acePrefix) {
			continue
		}
		if u, err := profile.ToUnicode(label); err == nil && plain(u) {
			labels[i] = u
		}
	}
	shown := strings.Join(labels, ".")
	if KnownDomain(bare(shown)) {
		return domain // gmаil.com in all but an accent
	}
	return shown
}

// writings are the sets of scripts that one label may be written in. Chinese, Japanese and Korean
// write several scripts together (UTS 39 section 5.1, augmented script sets); everybody else writes
// one. Digits and the hyphen go with all. Scripts that are not here are shown as A-labels: those
// written from right to left, because they would turn the address around, and those whose look-alikes
// have not been studied here.
var writings = [][]*unicode.RangeTable{
	{unicode.Latin},
	{unicode.Greek},
	{unicode.Cyrillic},
	{unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Han, unicode.Bopomofo},
	{unicode.Han, unicode.Hangul},
}

// lookalikes are letters that pass for an ASCII letter or digit. A Cyrillic or Greek label of nothing
// else is a disguise; one with any letter of its own is seen for what it is.
const lookalikes = "асԁеԍһіјӏкмопрԛѕԝхуъыьбзӡгґѵѡҽ" + "αγικνορτυωη"

// strange are Latin letters that pass for an ASCII letter.
const strange = "ıȷĸɑɡɩɪʀɴʜɢʙʟʏꜱᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꞁ"

// plain reports whether a U-label can be shown as it is.
func plain(label string) bool {
	for _, scripts := range writings {
		if !writtenIn(label, scripts) {
			continue
		}
		switch scripts[0] {
		case unicode.Latin:
			return !strings.ContainsAny(label, strange)
		case unicode.Greek, unicode.Cyrillic:
			return strings.Trim(label, lookalikes+"0123456789-") != ""
		default:
			return strings.Trim(label, "一丨丶ノーㄧㅡㅣ〇ㅇエニハロ口二八工0123456789-") != ""
		}
	}
	return false
}

func writtenIn(label string, scripts []*unicode.RangeTable) bool {
	for _, r := range label {
		switch {
		case r < utf8.RuneSelf && !unicode.IsLetter(r):
		case r == 'ー' && scripts[len(scripts)-1] == unicode.Katakana: // Common, but of kana only
		case !unicode.IsOneOf(scripts, r) || !unicode.IsLetter(r):
			return false // also combining marks that NFC left over
		}
	}
	return true
}

// strokes are the Latin letters whose mark is part of the letter.
var strokes = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ħ", "h", "ŧ", "t", "ƀ", "b", "ɨ", "i")

// bare takes accents and strokes off.
func bare(s string) string {
	return strokes.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// mask stands for any number of characters, so that it does not tell how many.
const mask = "•••"

// Masked is a hint by which the owner recognises an address and nobody else learns it, for pages and
// for the status of a bound account: l•••@gmail.com, l•••@e•••.com. Names of one or two characters
// are masked whole. The domain of a large provider is shown, as it is that of millions of people and
// tells the owner which of his mailboxes to open; of any other domain, which may be a family's or a
// firm's name, only the first character and the ending.
func (a Address) Masked() string {
	if a.IsZero() {
		return ""
	}
	return maskName(a.local) + "@" + maskDomain(a.domain)
}

func maskName(s string) string {
	if utf8.RuneCountInString(s) < 3 {
		return mask
	}
	first, _ := utf8.DecodeRuneInString(s)
	return string(first) + mask
}

func maskDomain(domain string) string {
	if KnownDomain(domain) {
		return domain
	}
	shown := displayDomain(domain)
	end := strings.LastIndexByte(shown, '.')
	return maskName(shown[:end]) + shown[end:]
}

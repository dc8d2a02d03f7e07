package address

import "testing"

// mistyped domains and what was meant.
var mistyped = map[string]string{
	// wrong letters, missing, doubled, transposed
	"gmial.com": "gmail.com", "gamil.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com",
	"gmil.com": "gmail.com", "gmaill.com": "gmail.com", "gmaiil.com": "gmail.com", "ggmail.com": "gmail.com",
	"gmmail.com": "gmail.com", "gnail.com": "gmail.com", "gmaul.com": "gmail.com", "gmsil.com": "gmail.com",
	"gmali.com": "gmail.com", "gmails.com": "gmail.com", "mgail.com": "gmail.com", "gmeil.com": "gmail.com",
	"gmaik.com": "gmail.com", "gail.com": "gmail.com", "goglemail.com": "googlemail.com",
	"hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com", "hotmil.com": "hotmail.com", "homail.com": "hotmail.com",
	"hotmaill.com": "hotmail.com", "hotnail.com": "hotmail.com", "hitmail.com": "hotmail.com", "otmail.com": "hotmail.com",
	"hotamil.com": "hotmail.com", "hotmial.fr": "hotmail.fr", "hotmal.co.uk": "hotmail.co.uk",
	"outlok.com": "outlook.com", "oulook.com": "outlook.com", "outloook.com": "outlook.com", "outllok.com": "outlook.com",
	"ourlook.com": "outlook.com", "outlook.cm": "outlook.com", "utlook.com": "outlook.com", "outlock.com": "outlook.com",
	"yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "yhaoo.com": "yahoo.com", "yhoo.com": "yahoo.com",
	"yahho.com": "yahoo.com", "yshoo.com": "yahoo.com", "yaho.co.jp": "yahoo.co.jp", "yahooo.com.tw": "yahoo.com.tw",
	"iclud.com": "icloud.com", "icoud.com": "icloud.com", "iclould.com": "icloud.com", "icould.com": "icloud.com",
	"icluod.com": "icloud.com", "protonmial.com": "protonmail.com", "protonmal.com": "protonmail.com", "porton.me": "proton.me",
	"foxmial.com": "foxmail.com", "foxmai.com": "foxmail.com", "fomail.com": "foxmail.com", "foxmaill.com": "foxmail.com",
	"aliyu.com": "aliyun.com", "hanmial.net": "hanmail.net", "yandx.ru": "yandex.ru", "comcat.net": "comcast.net",
	"verzon.net": "verizon.net", "t-onlin.de": "t-online.de", "tonline.de": "t-online.de", "wanado.fr": "wanadoo.fr",
	"btinernet.com": "btinternet.com", "redifmail.com": "rediffmail.com",

	// endings that do not exist
	"gmail.con": "gmail.com", "gmail.cmo": "gmail.com", "gmail.comm": "gmail.com", "gmail.ocm": "gmail.com",
	"gmail.cim": "gmail.com", "gmail.vom": "gmail.com", "gmail.xom": "gmail.com", "gmail.c0m": "gmail.com",
	"gmail.coom": "gmail.com", "gmail.c.om": "gmail.com", "hotmail.con": "hotmail.com", "hotmail.con.br": "hotmail.com.br",
	"qq.con": "qq.com", "qq.cmo": "qq.com", "qq.comm": "qq.com", "qq.vom": "qq.com", "qq.ccom": "qq.com", "qq.c0m": "qq.com",
	"163.con": "163.com", "163.cmo": "163.com", "126.con": "126.com", "139.con": "139.com", "foxmail.con": "foxmail.com",
	"sina.con": "sina.com", "sohu.cmo": "sohu.com", "yeah.nte": "yeah.net", "aol.con": "aol.com", "msn.cpm": "msn.com",
	"live.con": "live.com", "me.con": "me.com", "gmx.nett": "gmx.net", "att.nte": "att.net", "comcast.met": "comcast.net",
	"yahoo.couk": "yahoo.co.uk", "yahoo.co.ku": "yahoo.co.uk", "yahoo.comtw": "yahoo.com.tw",
	"yahoo.co.br": "yahoo.com.br", "uol.con.br": "uol.com.br",

	// endings that exist, but not for this name
	"gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.om": "gmail.com", "gmail.net": "gmail.com", "gmail.fr": "gmail.com",
	"gmail.cn": "gmail.com", "gmail.com.cn": "gmail.com", "gmail.co.uk": "gmail.com", "gmail.cam": "gmail.com",
	"qq.co": "qq.com", "qq.cm": "qq.com", "qq.cn": "qq.com", "qq.com.cn": "qq.com", "163.co": "163.com", "163.cn": "163.com",
	"163.com.cn": "163.com", "126.cn": "126.com", "foxmail.cn": "foxmail.com", "sina.co": "sina.com", "hotmail.co": "hotmail.com",
	"hotmail.net": "hotmail.com", "yahoo.co": "yahoo.com", "yahoo.cm": "yahoo.com", "icloud.net": "icloud.com",
	"icloud.com.cn": "icloud.com", "outlook.org": "outlook.com", "protonmail.co": "protonmail.com",

	// both
	"gmial.con": "gmail.com", "hotmial.cmo": "hotmail.com", "yaho.con": "yahoo.com", "outlok.comm": "outlook.com",

	// words and short names: letters twice or transposed
	"ornage.fr": "orange.fr", "orrange.fr": "orange.fr", "orangee.fr": "orange.fr", "roange.fr": "orange.fr",
	"freee.fr": "free.fr", "frree.fr": "free.fr", "libreo.it": "libero.it", "liberro.it": "libero.it", "ilbero.it": "libero.it",
	"sinaa.com": "sina.com", "siina.com": "sina.com", "sohuu.com": "sohu.com", "sohhu.com": "sohu.com", "livve.com": "live.com",
	"navre.com": "naver.com", "naverr.com": "naver.com", "nvaer.com": "naver.com", "daumm.net": "daum.net", "dauum.net": "daum.net",
	"maill.ru": "mail.ru", "maiil.ru": "mail.ru", "intreia.pl": "interia.pl", "arcorr.de": "arcor.de", "freemial.hu": "freemail.hu",
	"kakoa.com": "kakao.com", "ahoo.com": "yahoo.com", "ahoo.co.jp": "yahoo.co.jp", "icould.con": "icloud.com", "gimal.com": "gmail.com",

	// countries that do not exist
	"web.ed": "web.de", "web.dw": "web.de", "web.dde": "web.de", "gmx.ed": "gmx.de", "gmx.dee": "gmx.de", "mail.ur": "mail.ru", "mail.ruu": "mail.ru",
	"mail.ri": "mail.ru", "mail.tu": "mail.ru", "yandex.ur": "yandex.ru", "orange.ft": "orange.fr", "free.rf": "free.fr", "libero.ti": "libero.it",
	"libero.ut": "libero.it", "seznam.zc": "seznam.cz", "wp.ppl": "wp.pl", "daum.nt": "daum.net", "hanmail.ne": "hanmail.net", "comcast.et": "comcast.net",

	// dots
	"gmailc.om": "gmail.com", "gmai.lcom": "gmail.com", "g.mail.com": "gmail.com", "hot.mail.com": "hotmail.com", "qqc.om": "qq.com", "q.qcom": "qq.com",
	"163c.om": "163.com", "12.6com": "126.com", "mai.lru": "mail.ru", "we.bde": "web.de", "gm.xde": "gmx.de", "yahooco.uk": "yahoo.co.uk",
	"yahooco.jp": "yahoo.co.jp", "hotmailcom.br": "hotmail.com.br", "uolcom.br": "uol.com.br", "uolc.om.br": "uol.com.br", "t.online.de": "t-online.de",

	// the ending twice
	"qqcom.com": "qq.com", "yahoocom.com": "yahoo.com", "163com.com": "163.com", "qq.com.com": "qq.com", "webde.de": "web.de",

	// paid mailboxes under a name of their own
	"vip.qq.con": "vip.qq.com", "vip.163.cmo": "vip.163.com", "vip.126.con": "vip.126.com", "vip.sina.con": "vip.sina.com",
	"vip.sohu.co": "vip.sohu.com",

	// more than one stroke, and other habits
	"gmailcom.com": "gmail.com", "l63.com": "163.com", "l26.com": "126.com", "mail.qq.com": "qq.com", "www.qq.com": "qq.com",
	"www.gmail.com": "gmail.com", "mail.163.com": "163.com", "mail.yahoo.co.jp": "yahoo.co.jp", "www.mail.ru": "mail.ru",
}

// wellTyped are domains that lie near a provider's and are somebody's own.
var wellTyped = []string{
	"example.com", "example.co.uk", "mailbind.example", "company.de", "acme.co", "acme.cn", "startup.io", "my.name",
	"qa.com", "aq.com", "q1.com", "qqq.com", "oq.com", "pq.com", "qw.com", "wq.com", "xx.com", "qqs.com", "qq.net", "qq.org", "qq.de", "qqmail.example",
	"136.com", "162.com", "164.com", "173.com", "263.com", "1163.com", "127.com", "1261.com", "138.com", "163.net", "126.net", "163.de",
	"cloud.com", "hail.com", "bmail.com", "fmail.com", "zmail.com", "tmail.com", "kmail.com", "webmail.com", "gmail.example.com",
	"love.net", "five.com", "life.com", "give.com", "olive.com", "lives.com", "liv.com", "live.net", "mails.com", "mail.io", "mail.co", "maily.com",
	"mac.co", "mc.com", "mex.com", "ms.com", "man.com", "mae.com", "me.co", "aon.com", "apl.com", "gms.com", "gmx.io", "web.com", "web.dev",
	"sins.com", "sinai.com", "siena.com", "sony.com", "soho.com", "never.com", "waver.com", "navier.com", "date.com", "nate.net",
	"sky.net", "sly.com", "comcast.com", "verizon.com", "att.com", "cox.com", "charter.com", "bellsouth.com", "naver.net",
	"outlook-group.com", "yahoo-inc.com", "hotmail.dev", "icloud-support.de", "gmai.de", "gmial.de", "tahoo.com", "photon.me", "protean.me",
	"foxmail.de", "boxmail.com", "gotmail.com", "coxmail.com", "libro.it", "telnet.be", "orage.fr", "fee.fr", "free.net",
	"yandex.net", "aliyuncs.com", "tencent.com", "netease.com", "alibaba-inc.com", "mail.example.com", "www.example.com",
	"mail.com", "email.com", "ymail.com", "gmx.com", "gmx.net", "gmx.us", "gmx.at", "gmx.ch", "gmx.fr", "gmx.co.uk", "mail.de", "mail.ua", "mail.ee", "mail.bg",
	"inbox.lv", "inbox.ru", "list.ru", "bk.ru", "live.cn", "vip.qq.com", "vip.163.com", "sina.cn", "sina.com.cn", "earthling.net", "yahoo.com.ua",
	"shou.com", "sian.com", "oshu.com", "sou.com", "sinai.org", "webb.de", "weber.de", "wb.de", "gm.de", "freee.co.jp", "free.de", "freed.fr", "fere.net", "reef.fr",
	"range.fr", "orang.fr", "orange.com", "orange.es", "liber.it", "libero.fr", "ibero.it", "liveco.uk", "live.me", "live.org", "livecom.com", "skycom.com",
	"m.ail.ru", "w.eb.de", "mail.ru.example", "aver.com", "nave.com", "dam.net", "daum.com", "damu.net", "mmail.ru", "mal.ru", "vip.com", "vip.example.com", "vip.qqq.com",
	"interio.pl", "bluewine.ch", "arco.de", "kakao.me", "ahoo.net", "me.om", "att.ne", "qq.bom", "hotmail.ntt", "web.dev", "web.der", "mail.run",
	"xn--bcher-kva.example", "xn--gmil-6na.com", "pku.edu.cn", "sjtu.edu.cn", "mit.edu", "gov.uk", "abc.com.cn",
}

// asked are the providers of which the table must have slips.
var asked = []string{
	"gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com.tw", "yahoo.com.br", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "outlook.com",
	"live.com", "msn.com", "icloud.com", "aol.com", "protonmail.com", "proton.me", "qq.com", "vip.qq.com", "163.com", "126.com", "139.com", "foxmail.com", "sina.com",
	"sohu.com", "aliyun.com", "yeah.net", "naver.com", "daum.net", "hanmail.net", "mail.ru", "yandex.ru", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr",
	"free.fr", "wanadoo.fr", "libero.it", "uol.com.br", "comcast.net", "verizon.net", "rediffmail.com", "seznam.cz", "wp.pl",
}

func TestMistypedDomainsAreSuggested(t *testing.T) {
	has := map[string]bool{}
	for typed, want := range mistyped {
		a := mustParse(t, "Some.Body+x@"+typed)
		meant, ok := Suggest(a)
		if !ok || meant.String() != "Some.Body+x@"+want {
			t.Errorf("%s: suggests %q, want %s", typed, meant, want)
		}
		has[want] = true
	}
	for _, domain := range asked {
		if !has[domain] {
			t.Errorf("no slip of %s is tried", domain)
		}
	}
	if len(mistyped) < 60 {
		t.Errorf("only %d", len(mistyped))
	}
}

func TestWellTypedDomainsAreLeftAlone(t *testing.T) {
	for _, typed := range wellTyped {
		if meant, ok := Suggest(mustParse(t, "a@"+typed)); ok {
			t.Errorf("%s: suggests %s", typed, meant.Domain())
		}
	}
	if len(wellTyped) < 60 {
		t.Errorf("only %d", len(wellTyped))
	}
}

func TestNoSuggestionForAnyLargeProvider(t *testing.T) {
	for domain := range knownDomains() {
		if meant, ok := Suggest(mustParse(t, "a@"+domain)); ok {
			t.Errorf("%s: suggests %s", domain, meant.Domain())
		}
	}
	if n := len(knownDomains()); n < 200 {
		t.Errorf("only %d domains", n)
	}
}

func TestAllThatIsSuggestedIsALargeProvider(t *testing.T) {
	for _, p := range providers {
		for _, ending := range p.endings {
			if d := p.name + "." + ending; !KnownDomain(d) {
				t.Errorf("%s is not in the list", d)
			}
		}
	}
	for _, d := range habits {
		if !KnownDomain(d) {
			t.Errorf("%s is not in the list", d)
		}
	}
}

// A short name is near to a large part of all short names, so it is suggested for none of them.
func TestShortNamesAreNotSuggestedForTheirNeighbours(t *testing.T) {
	const symbols = "abcdefghijklmnopqrstuvwxyz0123456789"
	for _, x := range symbols {
		for _, y := range symbols {
			if meant, ok := Suggest(mustParse(t, "a@"+string(x)+string(y)+".com")); ok {
				t.Errorf("%c%c.com: suggests %s", x, y, meant.Domain())
			}
			for _, z := range symbols {
				d := string([]rune{x, y, z}) + ".com"
				if meant, ok := Suggest(mustParse(t, "a@"+d)); ok && habits[d] == "" {
					t.Errorf("%s: suggests %s", d, meant.Domain())
				}
			}
		}
	}
}

func TestNoEndingIsMeantWhereTwoAreEquallyNear(t *testing.T) {
	p := provider{name: "yahoo", care: brand, endings: []string{"com", "co.in", "co.id", "com.tr", "com.tw"}}
	for ending, want := range map[string]string{"co.i": "", "com.t": "", "com.w": "com.tw", "con.tr": "com.tr", "co.di": "co.id"} {
		if got := p.endingMeant(ending); got != want {
			t.Errorf("%s: %q, want %q", ending, got, want)
		}
	}
	if meant, ok := Suggest(mustParse(t, "a@gmxx.com")); ok {
		t.Errorf("gmxx.com: suggests %s", meant)
	}
}

func TestSlipsAreOneStroke(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		kind        slipKind
		at          int
	}{
		{"gmail", "gmail", none, 0}, {"", "", none, 0}, {"", "ab", none, 0},
		{"gmal", "gmail", dropped, 3}, {"mail", "gmail", dropped, 0}, {"gmai", "gmail", dropped, 4}, {"", "a", dropped, 0},
		{"ggmail", "gmail", added, 1}, {"gmaill", "gmail", added, 5}, {"xgmail", "gmail", added, 0}, {"a", "", added, 0},
		{"gmaul", "gmail", replaced, 3}, {"fmail", "gmail", replaced, 0}, {"a", "b", replaced, 0},
		{"gmial", "gmail", swapped, 2}, {"mgail", "gmail", swapped, 0}, {"gmali", "gmail", swapped, 3},
		{"gimal", "gmail", none, 0}, {"gm", "gmail", none, 0}, {"gmailll", "gmail", none, 0}, {"hmali", "gmail", none, 0},
	} {
		kind, at := slip(c.typed, c.want)
		if kind != c.kind || kind != none && at != c.at {
			t.Errorf("slip(%q, %q) = %d at %d, want %d at %d", c.typed, c.want, kind, at, c.kind, c.at)
		}
	}
}

func TestConfusableIsSymmetricAndNarrow(t *testing.T) {
	const symbols = "abcdefghijklmnopqrstuvwxyz0123456789-"
	pairs := 0
	for _, a := range []byte(symbols) {
		for _, b := range []byte(symbols) {
			if confusable(a, b) != confusable(b, a) {
				t.Errorf("%c and %c", a, b)
			}
			if a < b && confusable(a, b) {
				pairs++
			}
		}
	}
	for _, p := range []string{"gh", "io", "mn", "sa", "sw", "sz", "sx", "sd", "l1", "0o", "p0", "ae"} {
		if !confusable(p[0], p[1]) {
			t.Errorf("%s is not confusable", p)
		}
	}
	for _, p := range []string{"gz", "qp", "al", "mp", "t-"} {
		if confusable(p[0], p[1]) {
			t.Errorf("%s is confusable", p)
		}
	}
	if pairs > 120 {
		t.Errorf("%d of 666 pairs are confusable", pairs)
	}
}

package address

// A provider is one whose domains Suggest may suggest: large enough that a near miss of its name is
// more likely a slip than a mailbox elsewhere.
type provider struct {
	name    string // the first label
	care    care
	china   bool     // its users also try .cn
	endings []string // what follows the first label, the main one first
}

// care says how far a domain may be from the provider's.
type care int

const (
	exact    care = iota // the very name under an impossible ending, or with a letter twice or two transposed
	likely               // also the very name under .co, .cm, .om instead of .com, or a dot that is missing
	distinct             // also a name one other slip away: nobody else's name or word is
	brand                // also the very name under .net, .org
	sole                 // also the very name under any other ending: the provider has no other
)

var providers = []provider{
	{"gmail", sole, true, []string{"com"}},
	{"googlemail", sole, false, []string{"com"}},
	{"icloud", sole, true, []string{"com"}},
	{"hotmail", brand, false, []string{"com", "co.uk", "fr", "it", "de", "es", "be", "nl", "se", "ca", "ch", "no", "dk",
		"fi", "co.jp", "co.th", "com.br", "com.ar", "com.mx", "com.tr", "com.au", "com.tw", "com.hk"}},
	{"outlook", brand, false, []string{"com", "de", "fr", "es", "it", "pt", "jp", "kr", "in", "ie", "com.br", "com.ar",
		"com.au", "com.tr", "co.id", "co.th"}},
	{"yahoo", brand, false, []string{"com", "co.jp", "co.uk", "fr", "de", "it", "es", "in", "ca", "ie", "gr", "ro", "pl", "se",
		"com.tw", "com.hk", "com.sg", "com.my", "com.ph", "com.vn", "com.br", "com.ar", "com.mx", "com.au", "com.tr",
		"co.in", "co.id", "co.kr", "co.th", "co.nz", "co.za"}},
	{"live", exact, false, []string{"com", "co.uk", "com.au", "com.mx", "com.ar", "com.my", "com.sg", "com.pt", "co.za"}},
	{"msn", likely, false, []string{"com"}},
	{"aol", likely, false, []string{"com", "co.uk"}},
	{"ymail", likely, false, []string{"com"}},
	{"rocketmail", distinct, false, []string{"com"}},
	{"me", exact, false, []string{"com"}},
	{"mac", exact, false, []string{"com"}},
	{"protonmail", brand, false, []string{"com", "ch"}},
	{"proton", distinct, false, []string{"me"}},
	{"tutanota", distinct, false, []string{"com", "de"}},
	{"fastmail", distinct, false, []string{"com", "fm"}},

	{"qq", likely, true, []string{"com"}},
	{"foxmail", brand, true, []string{"com"}},
	{"163", likely, true, []string{"com"}},
	{"126", likely, true, []string{"com"}},
	{"139", likely, false, []string{"com"}},
	{"yeah", exact, false, []string{"net"}},
	{"sina", likely, false, []string{"com", "cn"}},
	{"sohu", likely, false, []string{"com"}},
	{"aliyun", distinct, false, []string{"com"}},
	{"21cn", likely, false, []string{"com"}},
	{"pchome", distinct, false, []string{"com.tw"}},
	{"naver", likely, false, []string{"com"}},
	{"hanmail", distinct, false, []string{"net"}},
	{"daum", exact, false, []string{"net"}},
	{"nate", exact, false, []string{"com"}},
	{"kakao", likely, false, []string{"com"}},
	{"docomo", distinct, false, []string{"ne.jp"}},
	{"ezweb", distinct, false, []string{"ne.jp"}},
	{"softbank", distinct, false, []string{"ne.jp"}},

	{"yandex", distinct, false, []string{"ru", "com", "by", "kz"}},
	{"rambler", distinct, false, []string{"ru"}},
	{"ukr", exact, false, []string{"net"}},
	{"mail", exact, false, []string{"com", "ru"}},
	{"inbox", exact, false, []string{"ru"}},
	{"list", exact, false, []string{"ru"}},
	{"bk", exact, false, []string{"ru"}},
	{"wp", exact, false, []string{"pl"}},
	{"onet", exact, false, []string{"pl"}},
	{"o2", exact, false, []string{"pl"}},
	{"interia", exact, false, []string{"pl"}},
	{"centrum", exact, false, []string{"cz"}},
	{"freemail", exact, false, []string{"hu"}},
	{"citromail", distinct, false, []string{"hu"}},
	{"abv", exact, false, []string{"bg"}},
	{"gmx", exact, false, []string{"de", "net", "com", "at", "ch"}},
	{"web", exact, false, []string{"de"}},
	{"freenet", distinct, false, []string{"de"}},
	{"t-online", distinct, false, []string{"de"}},
	{"arcor", exact, false, []string{"de"}},
	{"bluewin", exact, false, []string{"ch"}},
	{"orange", exact, false, []string{"fr"}},
	{"free", exact, false, []string{"fr"}},
	{"sfr", exact, false, []string{"fr"}},
	{"neuf", exact, false, []string{"fr"}},
	{"wanadoo", distinct, false, []string{"fr"}},
	{"laposte", distinct, false, []string{"net"}},
	{"libero", exact, false, []string{"it"}},
	{"alice", exact, false, []string{"it"}},
	{"virgilio", distinct, false, []string{"it"}},
	{"tiscali", distinct, false, []string{"it", "co.uk"}},
	{"btinternet", distinct, false, []string{"com"}},
	{"virginmedia", distinct, false, []string{"com"}},
	{"ntlworld", distinct, false, []string{"com"}},
	{"sky", exact, false, []string{"com"}},
	{"talktalk", distinct, false, []string{"net"}},
	{"seznam", distinct, false, []string{"cz"}},

	{"comcast", distinct, false, []string{"net"}},
	{"verizon", distinct, false, []string{"net"}},
	{"sbcglobal", distinct, false, []string{"net"}},
	{"bellsouth", distinct, false, []string{"net"}},
	{"earthlink", distinct, false, []string{"net"}},
	{"optonline", distinct, false, []string{"net"}},
	{"att", exact, false, []string{"net"}},
	{"cox", exact, false, []string{"net"}},
	{"charter", exact, false, []string{"net"}},
	{"juno", exact, false, []string{"com"}},
	{"sympatico", distinct, false, []string{"ca"}},
	{"videotron", distinct, false, []string{"ca"}},
	{"uol", likely, false, []string{"com.br"}},
	{"bol", likely, false, []string{"com.br"}},
	{"terra", exact, false, []string{"com.br", "es"}},
	{"globo", exact, false, []string{"com"}},
	{"bigpond", distinct, false, []string{"com", "net.au"}},
	{"optusnet", distinct, false, []string{"com.au"}},
	{"rediffmail", distinct, false, []string{"com"}},
}

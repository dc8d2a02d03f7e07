package address

import "strings"

func (p *provider) has(ending string) bool {
	for _, e := range p.endings {
		if e == ending {
			return true
		}
	}
	return false
}

// endingMeant is the one of the provider's endings that ending is a slip of, if there is just one.
func (p *provider) endingMeant(ending string) string {
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

// isEnding tells gmail.fr and gmail.com.cn from gmail.example.com, the host of somebody else.
func isEnding(s string) bool {
	head, country, deep := strings.Cut(s, ".")
	return !deep || len(country) == 2 && (head == "com" || head == "co" || head == "net" || head == "org")
}

// slipOfEnding reports whether ending is one slip from want and cannot be meant as it stands, since no
// such top-level domain or, behind a country's ending, no such second level exists. To an ending of two
// letters a third one is a slip only where it is typed twice.
func slipOfEnding(ending, want string) bool {
	if d := len(ending) - len(want); d < -1 || d > 1 {
		return false
	}
	kind, at := slip(ending, want)
	if kind == none {
		return false
	}
	head, country, deep := strings.Cut(want, ".")
	switch {
	case deep:
		if h, c, ok := strings.Cut(ending, "."); ok && c == country && head == "com" {
			return oneSlip(h, head) != none // con.br, co.br
		}
		return kind != replaced // couk, co.k, co.ku
	case topLevel(ending):
		return false
	case len(want) == 2 && kind == added:
		return at > 0 && ending[at] == ending[at-1]
	}
	return true
}

// topLevel reports whether ending is a top-level domain: any country's, or one of more letters that is one
// slip from an ending of a provider. TestTopLevelDomainsAreTheRegistrys holds both.
func topLevel(ending string) bool {
	if len(ending) != 2 {
		return longer[ending]
	}
	for at := 0; ; at++ {
		next := strings.Index(countries[at:], ending)
		if next < 0 {
			return false
		}
		if at += next; at%3 == 0 {
			return true
		}
	}
}

// longer are the top-level domains of three letters and more that are one slip from com or net.
var longer = map[string]bool{
	"bom": true, "cam": true, "mom": true, "bet": true, "nec": true, "new": true, "next": true, "ntt": true, "pet": true, "vet": true,
}

// countries are the top-level domains of two letters, three bytes for each
// (https://data.iana.org/TLD/tlds-alpha-by-domain.txt).
const countries = "" +
	"ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt " +
	"bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg " +
	"er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn " +
	"hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li " +
	"lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne " +
	"nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb " +
	"sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr " +
	"tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw "

package address

import (
	"strings"
	"sync"
)

// KnownDomain reports whether domain, as A-labels in lower case, is one of the large providers, at
// which people have mailboxes who have nothing else in common.
func KnownDomain(domain string) bool {
	_, ok := knownDomains()[domain]
	return ok
}

// knownDomains is made at the first look, which most functions never take.
var knownDomains = sync.OnceValue(func() map[string]struct{} {
	m := map[string]struct{}{}
	for d := range strings.FieldsSeq(known + fastmail) {
		m[d] = struct{}{}
	}
	return m
})

// known are domains at which the public has, or had, mailboxes: free mail and Internet providers with
// many customers. A domain in it is never taken for a slip of the keyboard.
const known = `
gmail.com googlemail.com

outlook.com outlook.at outlook.be outlook.cl outlook.cz outlook.de outlook.dk outlook.es outlook.fr
outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph
outlook.pt outlook.sa outlook.sg outlook.sk outlook.co.id outlook.co.il outlook.co.nz outlook.co.th outlook.com.ar
outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn
hotmail.com hotmail.at hotmail.be hotmail.ca hotmail.ch hotmail.cl hotmail.cz hotmail.de hotmail.dk hotmail.es
hotmail.fi hotmail.fr hotmail.gr hotmail.hu hotmail.it hotmail.lt hotmail.lv hotmail.my hotmail.nl
hotmail.no hotmail.ph hotmail.rs hotmail.se hotmail.sg hotmail.sk hotmail.co.id hotmail.co.il hotmail.co.in
hotmail.co.jp hotmail.co.kr hotmail.co.nz hotmail.co.th hotmail.co.uk hotmail.co.za hotmail.com.ar
hotmail.com.au hotmail.com.br hotmail.com.hk hotmail.com.mx hotmail.com.tr hotmail.com.tw hotmail.com.vn
live.com live.at live.be live.ca live.cl live.cn live.co.kr live.co.nz live.co.uk live.co.za live.com.ar
live.com.au live.com.mx live.com.my live.com.ph live.com.pt live.com.sg live.de live.dk live.fi live.fr
live.hk live.ie live.in live.it live.jp live.nl live.no live.ru live.se msn.com msn.cn windowslive.com
passport.com

yahoo.com yahoo.at yahoo.be yahoo.bg yahoo.ca yahoo.cl yahoo.cn yahoo.co.hu yahoo.co.id yahoo.co.il yahoo.co.in yahoo.co.jp yahoo.co.kr
yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.cn
yahoo.com.co yahoo.com.hk yahoo.com.hr yahoo.com.mx yahoo.com.my yahoo.com.pe yahoo.com.ph yahoo.com.sg yahoo.com.tr
yahoo.com.tw yahoo.com.ua yahoo.com.ve yahoo.com.vn yahoo.cz yahoo.de yahoo.dk yahoo.ee yahoo.es yahoo.fi yahoo.fr yahoo.gr
yahoo.hu yahoo.ie yahoo.in yahoo.it yahoo.lt yahoo.lv yahoo.ne.jp yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.rs
yahoo.se yahoo.si yahoo.sk y7mail.com
ymail.com ymail.ne.jp rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aim.com love.com
games.com netscape.net cs.com

icloud.com me.com mac.com privaterelay.appleid.com
proton.me protonmail.com protonmail.ch pm.me tuta.com tuta.io tutanota.com tutanota.de tutamail.com
keemail.me zoho.com zohomail.com zohomail.eu zohomail.in hey.com hushmail.com
posteo.de mailbox.org mailfence.com runbox.com startmail.com disroot.org riseup.net duck.com
mozmail.com inbox.com lycos.com excite.com mail.com email.com usa.com post.com europe.com asia.com
iname.com consultant.com engineer.com dr.com myself.com earthling.net techie.com writeme.com accountant.com
cheerful.com lawyer.com doctor.com

qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com vip.126.com yeah.net 188.com 139.com 189.cn
wo.cn 21cn.com 263.net sina.com sina.cn sina.com.cn vip.sina.com sohu.com vip.sohu.com tom.com aliyun.com eyou.com
2980.com 88.com
pchome.com.tw seed.net.tw msa.hinet.net hinet.net netvigator.com
naver.com daum.net hanmail.net nate.com kakao.com
docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp ocn.ne.jp
plala.or.jp excite.co.jp

mail.ru inbox.ru list.ru bk.ru internet.ru yandex.ru yandex.com yandex.by yandex.kz yandex.ua yandex.uz
yandex.com.tr yandex.com.am yandex.com.ge yandex.com.ru yandex.com.ua yandex.co.il yandex.az yandex.ee yandex.fr yandex.kg yandex.lt
yandex.lv yandex.md yandex.tj yandex.tm ya.ru rambler.ru lenta.ru ro.ru myrambler.ru autorambler.ru mail.ua ukr.net i.ua meta.ua
bigmir.net tut.by

gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.fr gmx.co.uk gmx.us web.de email.de mail.de freenet.de t-online.de
arcor.de online.de kabelmail.de bluewin.ch hispeed.ch sunrise.ch aon.at chello.at
orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr neuf.fr numericable.fr club-internet.fr voila.fr
aliceadsl.fr cegetel.net
libero.it virgilio.it tin.it alice.it tiscali.it inwind.it iol.it tim.it fastwebnet.it poste.it
btinternet.com btopenworld.com sky.com virginmedia.com ntlworld.com blueyonder.co.uk talktalk.net
tiscali.co.uk virgin.net eircom.net
ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl hetnet.nl upcmail.nl zonnet.nl chello.nl telenet.be skynet.be proximus.be
scarlet.be telia.com comhem.se bredband.net spray.se online.no luukku.com kolumbus.fi
telefonica.net terra.es movistar.es sapo.pt
wp.pl onet.pl onet.eu op.pl vp.pl o2.pl tlen.pl interia.pl interia.eu poczta.fm poczta.onet.pl gazeta.pl
seznam.cz email.cz centrum.cz post.cz volny.cz atlas.cz centrum.sk azet.sk zoznam.sk post.sk freemail.hu
citromail.hu indamail.hu abv.bg mail.bg inbox.lv inbox.lt one.lt mail.ee otenet.gr mynet.com

comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net
swbell.net prodigy.net cox.net charter.net spectrum.net rr.com roadrunner.com optonline.net
optimum.net earthlink.net mindspring.com juno.com netzero.net netzero.com frontier.com frontiernet.net
windstream.net centurylink.net centurytel.net q.com embarqmail.com suddenlink.net
rogers.com shaw.ca bell.net sympatico.ca telus.net videotron.ca cogeco.ca
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com prodigy.net.mx
fibertel.com.ar
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au ozemail.com.au xtra.co.nz
rediffmail.com sify.com indiatimes.com singnet.com.sg streamyx.com mweb.co.za telkomsa.net vodamail.co.za
webmail.co.za walla.co.il walla.com bezeqint.net netvision.net.il emirates.net.ae
`

// fastmail are the domains of Fastmail, one provider under many names: who signs up picks one of them.
const fastmail = `
fastmail.com fastmail.fm fastmail.cn fastmail.co.uk fastmail.com.au fastmail.es fastmail.im fastmail.in fastmail.jp
fastmail.mx fastmail.net fastmail.nl fastmail.org fastmail.se fastmail.to fastmail.tw fastmail.uk fastmail.us
123mail.org 150mail.com 150ml.com 16mail.com 2-mail.com 4email.net 50mail.com airpost.net allmail.net bestmail.us
cluemail.com elitemail.org emailcorner.net emailengine.net emailengine.org emailgroups.net emailplus.org emailuser.net
eml.cc f-m.fm fast-email.com fast-mail.org fastem.com fastemail.us fastemailer.com fastest.cc fastimap.com
fastmailbox.net fastmessaging.com fea.st fmail.co.uk fmailbox.com fmgirl.com fmguy.com ftml.net h-mail.us hailmail.net
imap-mail.com imap.cc imapmail.org inoutbox.com internet-e-mail.com internet-mail.org internetemails.net
internetmailing.net jetemail.net justemail.net letterboxes.org mail-central.com mail-page.com mailandftp.com
mailas.com mailbolt.com mailc.net mailcan.com mailforce.net mailftp.com mailhaven.com mailingaddress.org mailite.com
mailmight.com mailnew.com mailsent.net mailservice.ms mailup.net mailworks.org ml1.net mm.st myfastmail.com
mymacmail.com nospammail.net ownmail.net petml.com postinbox.com postpro.net proinbox.com promessage.com realemail.net
reallyfast.biz reallyfast.info rushpost.com sent.as sent.at sent.com speedpost.net speedymail.org ssl-mail.com
swift-mail.com the-fastest.net the-quickest.com theinternetemail.com veryfast.biz veryspeedy.net warpmail.net
xsmail.com yepmail.net your-mail.com
`

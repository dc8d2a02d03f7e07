package password

import (
	"slices"
	"strings"
	"testing"
)

// bad are passwords of the right length that must be refused, one a line, by the reason that must be given.
var bad = map[Reason]string{
	// padded, front and back
	Common: `
password1234567
Password1234567
PASSWORD!!!!!!!
password2026!!!!
password20252026
passwordpassword
PasswordPassword1
password password
password-password
1234567password
!!!password!!!!!
123password12345
p@ssw0rd12345678
P@$$w0rd20262026
pa55word!!!!!!!!
passwordaaaaaaaa
passwordqwerty12
passwordabcdefgh
qwertypassword12
drowssapdrowssap
drowssap12345678
passworddrowssap
p.a.s.s.w.o.r.d.
p a s s w o r d 1
ｐａｓｓｗｏｒｄ１２３４５６７
pässwörd12345678
` + "pass\u200bword1234567" + `
letmein123456789
correct horse battery staple
correcthorsebatterystaple
Letmein!Letmein!
letmeinletmein12
iloveyou20242025
iloveyouiloveyou
ILoveYou3000!!!!
ilovey0u!!!!!!!!
dragon83917301749
monkey1234567890
sunshine1999!!!!
sunshine19991231
princess00000000
football12121212
superman!@#$%^&*
trustno1trustno1
trustno112345678
Welcome123456789
Welcome2026!!!!!
changeme12345678
admin12345678901
adminadminadmin
@dm1n@dm1n@dm1n
administrator123
secretsecretsecret
starwars20252026
michael199012345
charliecharlie1!
basketball12345
jennifer13812345
qwerty123qwerty123
abc123abc123abc123
1q2w3e4r1q2w3e4r
a123456789a123456789
woaini5201314520
woaini1314520131
woainiwoaini1314
Woaini1314!!!!!!
WOAINI123456789
woaini520woaini520
5201314520131452013
5201314123456789
1314520131452013
7758521123456789
caonima123456789
nihao20252026!!!
taobao8888888888
taobao1234567890
alibaba123456789
zhang13812345678
zhangwei19900101
wangwei123456789
wangfang88888888
liwei13900139000
buzhidao12345678
woaiwojia8888888
tiantian12345678
gongxifacai88888
yifanfengshun888
haohaoxuexitiantianxiangshang
xiaomingxiaoming
qq5201314qq5201314
aptx4869aptx4869
111222tianya1234
147258369woaini1
我爱你5201314520131
我爱你一生一世52013141
恭喜发财8888888888888
好好学习天天向上20252026
密码密码密码密码密码密码密码密码
床前明月光疑是地上霜举头望明月低头思故乡
may the force be with you
maytheforcebewithyou
thequickbrownfox
to be or not to be
To-Be-Or-Not-To-Be
iloveyousomuch12
Mailcreated5240
polniypizdec0211
sergeyt08980898
passwordstandard`,
	Pattern: `
aaaaaaaaaaaaaaa
kvqnwtxzxtwnqvk
AAAAAAAAAAAAAAAAAAAAAAAA
111111111111111
               
。。。。。。。。。。。。。。。
我我我我我我我我我我我我我我我
abababababababab
xkqvzxkqvzxkqvz
xK4!qxK4!qxK4!q
zebra9zebra9zebra9z
我爱你我爱你我爱你我爱你我爱你
🐳🌵🐳🌵🐳🌵🐳🌵🐳🌵🐳🌵🐳🌵🐳
123456789012345
1234567890123456
987654321098765
0123456789012345
543210987654321
12345678987654321
abcdefghijklmno
abcdefghijklmnopqrstuvwxyz
zyxwvutsrqponml
ABCDEFGabcdefg1
abc123def456ghi
abcdefg12345678
a123456789012345
123456789012345a
ab1234567890123!
aaabbbcccdddeee
111222333444555
112233445566778
a1b2c3d4e5f6g7h8
1a2b3c4d5e6f7g8h
24682468246813579
13579135791357913
qwertyuiopasdfg
qwertyuiopasdfghjkl
poiuytrewqlkjhg
qwertyuiop12345
QWERTYUIOP!@#$%
asdfghjklzxcvbnm
zxcvbnmasdfghjkl
1qaz2wsx3edc4rfv
!QAZ@WSX#EDC$RFV
1QAZ2wsx#edc4RFV
zaq12wsxcde34rfv
qazwsxedcrfvtgb
1q2w3e4r5t6y7u8i
1q2w3e4r5t6y7u8i9o0p
q1w2e3r4t5y6u7i8
qwe123asd456zxc
qweasdzxcqweasdzxc
123qwe456rty789u
qqwweerrttyyuui
147258369147258369
1472583690147258
159357159357159357
789456123789456
963852741963852
!@#$%^&*()!@#$%
!@#$%^&*()_+!@#
azertyuiopqsdfgh
qwertzuiopyxcvbnm
йцукенгшщзфывапр
19900101199012312
20252026202720282
1990199119921993
199001012000010120100101`,
	Personal: `
examplemarket123
ExampleMarket2026
Example Market 26
example-market-!!
marketmarketmarket
MarketMarket2026
market1234567890
m@rk3t1234567890
mail.market.example
market839173017492
wang.alice88@shop.example
wangalice88wangalice88
alice88888888888
alicealicealice
Alice.Alice.Alice
alice19900101!!!
aliceaWang202612
wangalice1234567
AliceWang2026!!!
w@ng4lice2026!!!
alicewang13812345678
ecilaecilaecila1
gnawecila1234567
alicesshop123456
Alice's shop 2026
shopalice2026!!!
alicepassword123
passwordalice123
marketpassword12
alicedragon12345
marketalice!!!!!
123456alice88!!!`,
}

func TestBadPasswordsAreRefusedWithTheirReason(t *testing.T) {
	n := 0
	for reason, list := range bad {
		for _, s := range strings.Split(strings.TrimPrefix(list, "\n"), "\n") {
			n++
			if _, reasons := deployment.Check(s, person...); !slices.Contains(reasons, reason) {
				t.Errorf("%q: %v, not %s", s, reasons, reason)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d passwords", n)
	}
}

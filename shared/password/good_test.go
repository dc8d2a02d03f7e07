package password

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// deployment is the policy that the tests judge by, person what they know of its owner.
var (
	deployment = Policy{Platform: "Example Market", Hosts: []string{"mail.market.example"}}
	person     = []string{"wang.alice88@shop.example", "Alice's shop"}
)

// dice is a word list for phrases, as people draw them by dice.
var dice = strings.Fields(`anchor basil canyon dolphin ember falcon garden hammer island jacket kettle lantern meadow needle orchid
	pepper quarry ribbon saddle timber umbrella velvet walnut yonder zigzag copper blanket feather glacier harvest
	puzzle thunder violin whistle cactus pretzel compass marble trumpet biscuit`)

// phrases in Chinese, Japanese, Korean and Russian, each of 15 code points or more.
var phrases = []string{
	"昨天晚上我在楼下捡到一只黄色的猫", "奶奶做的红烧肉比饭店里的好吃得多", "下雨的时候仓库门口总有一把破伞", "三只蓝色大象在屋顶上打麻将到天亮", "冰箱里的西瓜和隔壁老王的自行车都不见了",
	"这家店的货比三年前便宜但是包装难看", "我家楼顶种了七棵番茄和两棵辣椒", "火车晚点了四个小时所以我们吃了两碗面", "去年冬天的快递员骑着一头骆驼来送货", "明天别忘记给阳台上的仙人掌唱歌",
	"紫色的雨伞忘在三号线地铁的最后一节", "每个星期四我的打印机都会想念大海", "昨日の夜に公園で青い傘を三本見つけた", "祖母の味噌汁には秘密の材料が入っている", "電車の中で眠る猫は切符を持っていない",
	"冷蔵庫のスイカが月曜日に逃げ出した", "어제 저녁에 노란 고양이가 창문을 열었다", "할머니의 김치에는 비밀 재료가 들어 있다", "вчера синий слон играл в шахматы", "на крыше растут семь помидоров и перец",
}

// good gives passwords that nobody should be refused: drawn by managers and by dice, or made up.
func good() (all []string) {
	draw := rand.New(rand.NewPCG(1, 2)) // the same in every run
	const letters = "abcdefghijklmnopqrstuvwxyz"
	small, mixed := letters, letters+strings.ToUpper(letters)+"0123456789"
	marked := mixed + "!@#$%^&*()-_=+[]{};:,.?/~"
	for range 30 {
		for _, kind := range []struct {
			from string
			n    int
		}{{small, 15}, {mixed, 15}, {mixed, 32}, {marked, 15}, {marked, 20}, {"0123456789abcdef", 32}} {
			b := make([]byte, kind.n)
			for i := range b {
				b[i] = kind.from[draw.IntN(len(kind.from))]
			}
			all = append(all, string(b))
		}
		words := make([]string, 6)
		for i, k := range draw.Perm(len(dice))[:6] {
			words[i] = dice[k]
		}
		all = append(all, strings.Join(words[:4], " "), strings.Join(words[:3], "-"), strings.Join(words, ""),
			fmt.Sprintf("%s.%s.%s.%d", strings.ToUpper(words[0]), words[1], words[2], draw.IntN(1000)))
	}
	all = append(all, phrases...)
	return append(all,
		"copper horse battery stapler", "a long unique phrase containing password", "my password is not the word you think",
		"qwerty was typed by a walrus at noon", "in 1987 the goat ate 14 letters", "Alice's shop sells purple umbrellas",
		"example market closes when geese sing", "wang and the seven broken printers", "tree were free pool weed",
		"   fifteen wide geese   ", "🐳🌵🎈🍕🚲🎻🦔🌋🧦🪁🍋🛶🎲🦩🧊", "ne jamais nourrir le pélican", "vier Äpfel, drei Brötchen und Öl", "x-ray 7 under the 3rd oak",
	)
}

func TestGoodPasswordsAreTaken(t *testing.T) {
	all := good()
	if len(all) < 200 {
		t.Fatalf("only %d passwords", len(all))
	}
	for _, s := range all {
		if _, reasons := deployment.Check(s, person...); reasons != nil {
			t.Errorf("%q is refused: %v", s, reasons)
		}
	}
}

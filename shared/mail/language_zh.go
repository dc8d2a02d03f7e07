package mail

import (
	"fmt"
	"time"
)

// beijing is fixed at UTC+8: China has had no daylight saving time since 1991, and a function on
// Lambda need not carry a time zone database for it.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// chinese is Simplified Chinese. It also answers Traditional readers until they have a file of their
// own that serves zh-hant, zh-tw, zh-hk and zh-mo: lookup prefers the longer range.
//
// Times are given in Beijing time and say so: readers of this language count in it, wherever they
// are, and a bare UTC time is read as local time.
var chinese = register(&language{
	Tag:    "zh-CN",
	Serves: []string{"zh"},

	Time: func(t time.Time) string { return t.In(beijing).Format("2006年1月2日 15:04") + "（北京时间）" },
	Day:  func(t time.Time) string { return t.In(beijing).Format("2006年1月2日") },
	Life: func(d time.Duration) string {
		if n := hours(d); n > 0 {
			return fmt.Sprintf("%d 小时", n)
		}
		return fmt.Sprintf("%d 分钟", minutes(d))
	},

	HeadingOpen:  "【",
	HeadingClose: "】",
	Colon:        "：",

	Account:        "账号",
	AccountLabel:   "{label}，编号 {ref}",
	AccountNoLabel: "编号 {ref}",
	Automatic:      "此邮件由 {platform} 系统自动发出，请勿直接回复。",
	Help:           "帮助：",

	Verify: verifyWords{
		Subject:        "{platform} 邮箱绑定验证",
		Preheader:      "有人申请将此邮箱绑定到一个 {platform} 账号。是您本人操作吗？",
		Title:          "请确认是否绑定此邮箱",
		Intro:          "有人在 {platform} 登录后，申请将此邮箱绑定到以下账号：",
		IfYou:          "如果是您本人操作",
		EnterCode:      "请在 {platform} 的绑定页面输入验证码：",
		OrOpen:         "也可以打开下面的网页完成绑定。网页会要求填写 {platform} 绑定页面上显示的 4 位数字，这组数字不在本邮件中。",
		ValidFor:       "验证码和链接 {life}内有效，截止时间为{time}。",
		ValidUntil:     "验证码和链接的有效期至{time}。",
		ForEver:        "绑定后不可更改。此邮箱将永久绑定该账号，不能更换，也不能解绑；今后找回账号也要靠它。请只绑定您会长期使用的邮箱。",
		IfNotYou:       "如果不是您本人操作",
		NothingHappens: "您可以不予理会：没有您的确认，邮箱不会被绑定。如果不希望该账号再使用此邮箱，请打开下面的网页，并点击页面上的按钮：",
		NeverTell:      "请勿将验证码告诉任何人。{platform} 的工作人员不会通过电话、聊天或邮件向您索要验证码。",
		Spam:           "如果您是在垃圾邮件中找到这封邮件的，请将它标记为“非垃圾邮件”，以免错过今后的账号邮件。",
	},
	Notice: noticeWords{
		Subject:     "您的邮箱仍绑定在您的 {platform} 账号上",
		Preheader:   "有人尝试将您的邮箱绑定到另一个账号，没有成功，您的账号没有任何变化。",
		Title:       "一切照旧，无需处理",
		Intro:       "有人在 {platform} 登录后，尝试将此邮箱绑定到另一个账号。此邮箱已绑定在您的账号上，因此对方无法绑定：",
		StaysYours:  "此邮箱将永久绑定在您的账号上，任何人都无法通过申请夺走。",
		AskedAt:     "尝试时间",
		NothingToDo: "您无需进行任何操作，也不需要点击任何内容。",
		IfYou:       "如果是您本人操作",
		SignIn:      "您已经有一个绑定了此邮箱的账号，请直接登录该账号。如果忘记了密码，请在 {platform} 的登录页面选择“忘记密码”。",
		IfNotYou:    "如果不是您本人操作",
		Ignore:      "删除本邮件即可，可能只是有人输错了邮箱地址。",
		NoLink:      "本邮件特意不含任何链接和验证码。如果有邮件以此为由让您点击链接或提供验证码，请不要相信。",

		UnnamedSubject: "您的邮箱没有在 {platform} 被绑定",
		UnnamedIntro:   "有人在 {platform} 登录后，尝试将此邮箱绑定到自己的账号。此邮箱已被使用，或不久前仍在使用，因此无法绑定。",
		UnnamedSignIn:  "如果您已有绑定此邮箱的账号，请直接登录该账号；否则请暂时换用其他邮箱。",
	},
	Bound: boundWords{
		Subject:     "此邮箱已绑定您的 {platform} 账号",
		Preheader:   "请保留本邮件作为绑定凭证。",
		Title:       "邮箱绑定成功",
		Intro:       "此邮箱现已绑定以下 {platform} 账号：",
		BoundAt:     "绑定时间",
		ForEver:     "绑定后不可更改：此邮箱永久绑定该账号，不能更换，也不能解绑。",
		KeepMailbox: "如果忘记密码，需要通过此邮箱找回账号。请确保您能一直使用这个邮箱。",
		IfNotYou:    "如果不是您本人操作",
		TellUs:      "请在{until}前告诉我们：打开下面的网页，并点击页面上的按钮，{platform} 将进行核实：",
		NeverTell:   "{platform} 的工作人员不会通过电话、聊天或邮件向您索要验证码或密码。",
	},
})

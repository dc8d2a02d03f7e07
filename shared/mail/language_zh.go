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
	Spam:           "如果您是在垃圾邮件中找到这封邮件的，请将它标记为“非垃圾邮件”，以免错过今后的账号邮件。",
	OnlySupport:    "除客服链接外，本邮件特意不含其他链接，也不含验证码。如果有邮件以此为由让您点击其他链接，或提供验证码、密码，请不要相信。",

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
	Reconfirm: reconfirmWords{
		Subject:    "{platform} 邮箱重新确认",
		Preheader:  "有人登录您的 {platform} 账号后，申请重新确认此邮箱。是您本人操作吗？",
		Title:      "您仍在使用此邮箱吗？",
		Intro:      "此邮箱已绑定一个 {platform} 账号。有人登录该账号后，申请重新确认此邮箱仍由本人使用：",
		IfYou:      "如果是您本人操作",
		EnterCode:  "请回到 {platform} 中申请确认的页面，输入验证码：",
		ValidFor:   "验证码 {life}内有效，截止时间为{time}。",
		ValidUntil: "验证码的有效期至{time}。",
		Ignored:    "如果不输入验证码，一切照旧：邮箱绑定不变；如果通过邮件找回账号已暂停，则仍然暂停。",
		NotAsked:   "如果账号是您的，但不是您申请的",
		SomebodyIn: "可能有其他人登录了您的账号。没有验证码，对方无法完成这次确认，因此请勿将它告诉任何人。如需让对方退出登录，请在您已登录的 {platform} 中修改密码，或联系客服。",
		NotYours:   "如果账号不是您的",
		TellUs:     "请打开下面的网页，并点击页面上的按钮。我们会告知 {platform}；在账号所有者处理之前，任何人都不能通过您的邮箱找回该账号：",
		NeverTell:  "请勿将验证码告诉任何人，也不要转发本邮件。{platform} 的工作人员不会通过电话、聊天或邮件向您索要验证码。",
	},
	Recover: recoverWords{
		Subject:        "找回您的 {platform} 账号",
		Preheader:      "有人申请找回您的 {platform} 账号。是您本人操作吗？",
		Title:          "找回您的账号",
		Intro:          "有人在 {platform} 填写了此邮箱，申请找回以下账号：",
		IfYou:          "如果是您本人操作",
		EnterCode:      "请回到申请找回的页面，输入验证码：",
		OrOpen:         "也可以打开下面的网页继续找回。网页会要求再次填写此邮箱：",
		ValidFor:       "验证码和链接 {life}内有效，截止时间为{time}。",
		ValidUntil:     "验证码和链接的有效期至{time}。",
		Newest:         "如果收到多封这样的邮件，请使用最新的一封。",
		IfNotYou:       "如果不是您本人操作",
		NothingHappens: "您无需进行任何操作，一切照旧：密码不变，账号不变，邮箱绑定也不变。没有本邮件中的验证码或链接，任何人都无法凭这次申请进入您的账号。",
		Mistyped:       "可能只是有人输错了邮箱地址。如果对方再次尝试，您可能还会收到这样的邮件，每天最多 {mails} 封。这些邮件不影响账号安全，直接删除即可，也无需告知我们。",
		NeverTell:      "请勿将验证码告诉任何人，也不要转发本邮件。{platform} 的工作人员不会通过电话、聊天或邮件向您索要验证码。",
	},
	Held: heldWords{
		Subject:    "您的 {platform} 账号暂时无法自助找回",
		Preheader:  "有人申请找回您的账号。如果是您本人操作，请联系客服。",
		Title:      "账号找回已暂停",
		Paused:     "{platform} 已暂停该账号的找回，因此本邮件不含验证码，也不含找回链接。本次申请没有改动您的密码。",
		IfYou:      "如果是您本人操作",
		AskSupport: "请联系 {platform} 客服，由客服协助您处理：",
		IfNotYou:   "如果不是您本人操作",
		Ignore:     "您无需进行任何操作，删除本邮件即可。可能只是有人输错了邮箱地址。",
	},
	Doubted: doubtedWords{
		Subject:      "暂时无法通过此邮箱找回 {platform} 账号",
		Preheader:    "有人申请通过此邮箱找回账号。本邮件说明为何暂时无法找回，以及如何恢复。",
		Title:        "暂时无法通过此邮箱找回账号",
		Intro:        "有人在 {platform} 填写了此邮箱，申请找回绑定该邮箱的账号。",
		Paused:       "{platform} 无法确定此邮箱目前是否仍由账号所有者本人使用。为保护账号安全，本邮件不含验证码，也不含找回链接。本次申请没有改动账号密码。",
		Why:          "原因可能是：发往此邮箱的邮件曾被退回，邮箱已更换使用者，或者有人表示绑定此邮箱并非本人操作。",
		IfYours:      "如果这是您的账号",
		SignIn:       "请照常登录 {platform}，并在登录后重新确认此邮箱，之后即可恢复通过邮件找回账号。如果您在其他手机或电脑上仍处于登录状态，也可以在那里确认。",
		CannotSignIn: "如果所有设备都无法登录，请联系 {platform} 客服：",
		IfNotYours:   "如果这不是您的账号",
		Ignore:       "您无需进行任何操作，删除本邮件即可。可能是此邮箱以前的使用者用它绑定过账号，也可能只是有人输错了邮箱地址。",
	},
	Changed: changedWords{
		Subject:      "您的 {platform} 账号密码已修改",
		Preheader:    "如果是您本人操作，则无需处理；如果不是，请立即按邮件中的步骤操作。",
		Title:        "密码已修改",
		Intro:        "以下 {platform} 账号的密码已修改：",
		ChangedAt:    "修改时间",
		IfYou:        "如果是您本人操作",
		NothingToDo:  "您无需进行任何操作。{platform} 会让其他设备退出登录，请在那些设备上用新密码重新登录。",
		IfNotYou:     "如果不是您本人操作",
		ActNow:       "请立即按以下顺序操作。修改密码的人可能看得到此邮箱中的邮件，也可能用过您已登录的设备。",
		MailboxFirst: "1. 首先，修改此邮箱自身的登录密码（在邮箱服务商的网站或应用中修改）。否则，能看到邮件的人可以再次修改您的账号密码。",
		ThenRecover:  "2. 然后，在 {platform} 的登录页面选择“忘记密码”，设置新密码。对方的登录状态也会随之失效。",
		TellSupport:  "3. 最后，将情况告知 {platform} 客服：",
	},
})

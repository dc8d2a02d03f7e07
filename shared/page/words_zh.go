package page

import (
	"fmt"
	"time"
)

// beijing is fixed at UTC+8, as in the mails.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// Simplified Chinese; it also answers Traditional readers until they have their own file.
var _ = register(&words{
	Lang:   Chinese,
	Serves: []string{"zh"},

	Time: func(t time.Time) string { return t.In(beijing).Format("2006年1月2日 15:04") + "（北京时间）" },
	Wait: func(d time.Duration) string {
		if d > 90*time.Second {
			return fmt.Sprintf("%d 分钟", int((d+time.Minute-1)/time.Minute))
		}
		return fmt.Sprintf("%d 秒", max(2, int((d+time.Second-1)/time.Second)))
	},

	Address:   "邮箱",
	Account:   "账号",
	Reference: "编号 {ref}",
	NotMe:     "不是我操作的",
	OpenAgain: "重新打开页面",
	AskNew:    "重新获取邮件",
	Help:      "帮助：",

	Confirm: confirmWords{
		Title:         "绑定这个邮箱？",
		Intro:         "有人在 {platform} 登录后，申请将您的邮箱绑定到以下账号。请确认是您本人操作，再进行绑定。在本页无需登录。",
		ForEver:       "绑定后不可更改。此邮箱不能更换，也不能解绑，今后找回该账号也要靠它。",
		Number:        "{platform} 绑定页面上显示的 4 位数字",
		NumberHint:    "在您填写邮箱的页面上可以看到，不在邮件里。",
		NumberFormat:  "请输入 4 位数字，例如 0123",
		Bind:          "确认绑定",
		WrongOneLeft:  "数字不正确，还可以再试 1 次。",
		WrongManyLeft: "数字不正确，还可以再试 {n} 次。",
		NotNumber:     "请输入 4 位数字。本次不计入次数。",
		ValidUntil:    "本页有效期至{time}。",
		NoNumber:      "找不到这组数字？请在已登录的任意设备上打开 {platform}，绑定完成前页面会一直显示。也可以直接在那里输入邮件中的验证码。",
		NotYou:        "没有申请过绑定，或者不认识这个账号？",
	},
	Deny: denyWords{
		Title:   "不是您本人操作？",
		Intro:   "有人在 {platform} 登录后，申请将您的邮箱绑定到以下账号，或者已经绑定。",
		Effect:  "如果邮箱还没有绑定：点击下面的按钮后，本次申请随即作废；30 天内，该账号不能使用您的邮箱，也不能再让我们给您发送此类邮件。",
		IfBound: "如果邮箱已经绑定：绑定不会解除，但我们会告知 {platform}；在账号所有者登录并重新确认此邮箱之前，任何人都不能通过此邮箱收到的邮件找回该账号。",
		Button:  "不是我操作的",
		IfYou:   "如果是您本人操作，或者账号是您的，关闭本页即可，目前没有任何变化。",
	},
	Denied: outcome{
		Title: "已为您阻止该账号",
		What:  "{address} 没有绑定该账号，该账号 30 天内不能再次申请绑定此邮箱。",
		Next:  "您无需再做任何操作，可以关闭本页。",
	},
	Disputed: outcome{
		Title: "已告知 {platform}",
		What:  "{address} 此前已绑定该账号。绑定是永久的，因此没有解除。我们已记录不是您本人操作，并告知 {platform}。",
		Next:  "通过邮件找回该账号已暂停，直到登录该账号的人输入发送到此邮箱的验证码为止：请勿将这样的验证码告诉他人。如有更多情况需要说明，请通过下方链接联系客服。",
	},
	Undo: undoWords{
		Offer:  "点错了？24 小时内可以撤销。",
		Button: "撤销",
	},
	Done: map[Result]outcome{
		ResultBound: {
			Title: "邮箱绑定成功",
			What:  "此邮箱已永久绑定您的 {platform} 账号，绑定凭证将发送到您的邮箱。",
			Next:  "您可以关闭本页，返回 {platform}。",
		},
		ResultDenied: {
			Title: "已为您阻止该账号",
			What:  "您的邮箱没有绑定该账号，该账号 30 天内不能再次申请绑定此邮箱。",
			Next:  "您无需再做任何操作，可以关闭本页。",
		},
		ResultUndone: {
			Title: "已撤销",
			What:  "您之前点击的“不是我操作的”已撤销。",
			Next:  "如果邮箱已经绑定，可以直接关闭本页。如果还没有绑定并且需要绑定，请回到 {platform} 重新获取邮件。",
		},
		ResultChanged: {
			Title: "密码已修改",
			What:  "原密码已失效，其他设备需要重新登录。确认邮件将发送到您的邮箱。",
			Next:  "请返回 {platform}，使用新密码登录。",
		},
	},
	Refused: map[string]outcome{
		"": {
			Title: "操作没有完成",
			What:  "您的请求没有成功，邮箱没有被绑定。",
			Next:  "请重新打开邮件中的链接。如果仍然不行，请在 {platform} 输入邮件中的验证码。",
		},
		"expired": {
			Title: "链接已过期",
			What:  "这个链接已超过有效期，没有绑定邮箱，也没有撤销任何操作。",
			Next:  "如需绑定，请在 {platform} 重新获取邮件。如需在 24 小时之后撤销“不是我操作的”，请通过下方链接联系客服。如果不是您申请的，无需理会。",
		},
		"superseded": {
			Title: "请使用最新的邮件",
			What:  "这封邮件发出后，该账号又重新申请过，只有最新一次申请有效。",
			Next:  "请打开最新的邮件。如果没有找到，请查看垃圾邮件，或在 {platform} 重新获取。",
		},
		"address-taken": {
			Title: "此邮箱属于另一个账号",
			What:  "此邮箱已绑定另一个 {platform} 账号。一个邮箱只能永久绑定一个账号。",
			Next:  "请登录那个账号；如果忘记了密码，请在 {platform} 选择“忘记密码”。当前账号请换用其他邮箱。",
		},
		"already-bound": {
			Title: "此账号已绑定邮箱",
			What:  "该账号已绑定另一个邮箱，绑定后不可更改。",
			Next:  "您无需再做任何操作，可以关闭本页。",
		},
		"address-denied": {
			Title: "此邮箱的使用者拒绝了绑定",
			What:  "有人在此邮箱中点击了“不是我操作的”，或将我们的邮件标记为垃圾邮件，因此该账号 30 天内不能使用此邮箱。",
			Next:  "请换用其他邮箱，或等待期满。如果是误点，24 小时内可以撤销：打开邮件中“不是我操作的”页面，点击按钮，然后点击“撤销”。",
		},
		"tries-exhausted": {
			Title: "数字输错次数过多",
			What:  "为防止他人猜测，这个链接已不能用于绑定。邮箱没有被绑定。",
			Next:  "同一封邮件中的验证码仍然有效，请在 {platform} 输入验证码。",
		},
		"invalid-token": {
			Title: "链接不完整",
			What:  "链接缺少一部分，或者被改动过。有些邮箱会截断较长的链接。",
			Next:  "请从邮件中复制完整的链接，或在 {platform} 输入邮件中的验证码。",
		},
		"nothing-pending": {
			Title: "没有需要确认的申请",
			What:  "这封邮件对应的申请已经结束，本次没有绑定邮箱。",
			Next:  "如需绑定，请在 {platform} 重新获取邮件。",
		},
		"cross-site": {
			Title: "请求来自其他网站",
			What:  "为了您的安全，本页只接受从本页提交的内容。邮箱没有被绑定。",
			Next:  "请重新打开邮件中的链接，并在打开的页面上操作。",
		},
		"malformed": {
			Title: "提交的内容不完整",
			What:  "浏览器没有发送所需的内容，邮箱没有被绑定。",
			Next:  "请重新打开邮件中的链接，建议使用手机自带的浏览器；也可以在 {platform} 输入邮件中的验证码。",
		},
		"not-found": {
			Title: "页面不存在",
			What:  "您打开的网址不正确。",
			Next:  "请重新打开邮件中的链接。有些邮箱会截断较长的链接，这时请复制完整的链接。",
		},
		"unavailable": {
			Title: "请稍后再试",
			What:  "服务繁忙，暂时无法确认您的请求是否完成。重试不会有任何影响。",
			Next:  "请等待 {wait}后重新打开邮件中的链接。",
		},
	},

	Ask: askWords{
		Title:    "找回您的账号",
		Intro:    "请输入您的 {platform} 账号绑定的邮箱。我们会向该邮箱发送一封邮件，您可以通过其中的链接或验证码设置新密码。",
		Button:   "发送邮件",
		NoChange: "在您设置新密码之前，原密码不受影响。",
		Problems: map[string]string{
			"":                "操作没有完成，请重试。",
			"invalid-address": "无法向该邮箱发送邮件，请检查是否填写正确，例如 name@example.com。",
			"caller-limit":    "您所在的网络请求过于频繁，同一网络下其他人的请求也会计入。请等待 {wait}后重试，或换用其他网络，例如手机流量。",
			"cross-site":      "请求来自其他网站，邮件没有发送。请在本页重新提交。",
			"malformed":       "浏览器没有发送所需的内容，请重试。",
			"unavailable":     "服务繁忙，请等待 {wait}后再次点击按钮。重试不会有任何影响。",
		},
	},
	Asked: askedWords{
		Title:    "请查收邮件",
		Sent:     "如果此邮箱已绑定 {platform} 账号，您很快会收到一封邮件。为保护隐私，本页不会显示邮箱是否已绑定账号。",
		How:      "您可以在任意设备上打开邮件中的链接，也可以在下面输入邮件中的验证码。",
		Code:     "邮件中的验证码",
		CodeHint: "共 8 位字母和数字，例如 ABCD\u2011EFGH，不区分大小写。",
		Button:   "下一步",
		Refused:  "验证码无效：可能输入有误、已过期、已使用，或尝试次数过多。请与最新的邮件核对，或直接打开该邮件中的链接：即使验证码失效，链接也可能仍然可用。",
		NotCode:  "验证码为 8 位字母和数字，例如 ABCD\u2011EFGH，请按邮件中的内容输入。本次不计入次数。",
		NoMail:   "没有收到邮件？",
		Wait:     "请稍等一两分钟，有些邮箱需要更长时间。",
		Spam:     "请查看垃圾邮件。",
		Right:    "请确认上面的邮箱填写无误，并且是您绑定的邮箱。",
		Spacing:  "1 分钟后可以重新发送。之后每发送一次，需要等待的时间会延长，最长 2 小时。未到时间不会发送新邮件，最新的一封仍然有效。",
		Support:  "如果仍未解决，请通过下方链接联系客服。",
		Again:    "重新发送",
		Another:  "换一个邮箱",
	},
	Reset: resetWords{
		Title:      "设置新密码",
		Intro:      "请输入收到邮件的邮箱，并为您的 {platform} 账号设置新密码。",
		HostTitle:  "确认邮箱",
		HostIntro:  "请输入收到邮件的邮箱，下一步将前往 {platform} 设置新密码。",
		HostButton: "下一步",
		Why:        "填写邮箱是为了确保他人仅凭链接无法修改您的密码。",
		Refused:    "操作没有完成：邮件不是发送到这个邮箱的，或者链接已过期、已使用。请检查邮箱，或重新获取邮件。",
		Old:        "链接已过期或已使用？",
		NotYou:     "如果不是您申请的，关闭本页即可，密码不会改变。",
	},
	NewPassword: newPasswordWords{
		Title: "设置新密码",
		Intro: "验证码正确。请尽快为您的 {platform} 账号设置新密码，本页几分钟后失效。",
	},
	Password: passwordWords{
		Label:   "新密码",
		Rule:    "至少 15 个字符。建议把几个单词或拼音连在一起，可以包含空格；也可以粘贴，或由密码管理器生成。",
		Show:    "显示密码",
		Effect:  "设置后，原密码将失效，其他设备需要重新登录。",
		Button:  "确认设置",
		Refused: "这个密码不能使用：",
		Advice:  "建议把四五个互不相关的单词或拼音连在一起，或由密码管理器生成。",
		Reasons: map[string]string{
			"":          "该密码不符合要求。",
			"too-short": "密码太短，至少需要 15 个字符。",
			"too-long":  "密码太长，最多 256 个字符。",
			"not-text":  "密码中有一部分在传输中损坏，无法识别，请重新输入。",
			"common":    "该密码曾在其他网站泄露，或者只是把常见密码加长。",
			"pattern":   "该密码是键盘上的连续按键，或重复的内容。",
			"personal":  "该密码由您的邮箱或 {platform} 的名称组成。",
		},
	},
	NoPassword: outcome{
		Title: "此账号没有密码",
		What:  "此账号通过其他方式登录，没有可以重置的密码。账号没有任何变化。",
		Next:  "请按原来的方式登录 {platform}，例如使用第三方账号。如果无法登录，请通过下方链接联系客服。",
	},
	Return: returnWords{
		Title:  "邮箱已确认",
		What:   "请前往 {platform} 设置新密码。",
		Button: "前往 {platform}",
		Soon:   "请尽快操作，本页几分钟后失效，且只能使用一次。",
	},
	RecoveryRefused: map[string]outcome{
		"": {
			Title: "操作没有完成",
			What:  "您的请求没有成功，账号没有任何变化。",
			Next:  "请重新获取邮件，并使用新邮件中的链接或验证码。如果仍然不行，请通过下方链接联系客服。",
		},
		"recovery-refused": {
			Title: "链接或验证码无效",
			What:  "可能输入有误或不完整、已过期、已使用，或已被更新的邮件取代。本次没有修改密码。",
			Next:  "请使用最新的邮件；也可以重新获取，并尽快使用其中的链接或验证码。",
		},
		"password-refused": {
			Title: "这个密码不能使用",
			What:  "该密码不能用于此账号，密码没有修改。",
			Next:  "请重新打开邮件中的链接，或重新获取邮件，然后换一个密码：建议把四五个互不相关的单词或拼音连在一起，或由密码管理器生成。",
		},
		"expired": {
			Title: "链接已过期",
			What:  "为了您的安全，链接只在短时间内有效。密码没有修改。",
			Next:  "如需设置新密码，请重新获取邮件，并尽快打开其中的链接。如果不是您申请的，无需理会。",
		},
		"invalid-token": {
			Title: "链接不完整",
			What:  "链接缺少一部分，或者被改动过。有些邮箱会截断较长的链接。",
			Next:  "请从邮件中复制完整的链接，或重新获取邮件。",
		},
		"invalid-address": {
			Title: "邮箱填写有误",
			What:  "无法向您填写的邮箱发送邮件，账号没有任何变化。",
			Next:  "请重新填写，并检查邮箱是否正确。",
		},
		"caller-limit": {
			Title: "您所在的网络请求过于频繁",
			What:  "同一网络下其他人的请求也会计入。账号没有任何变化。",
			Next:  "请等待 {wait}后重试，或换用其他网络，例如手机流量。",
		},
		"cross-site": {
			Title: "请求来自其他网站",
			What:  "为了您的安全，本页只接受从本页提交的内容。账号没有任何变化。",
			Next:  "请重新打开邮件中的链接并在打开的页面上操作，或重新获取邮件。",
		},
		"malformed": {
			Title: "提交的内容不完整",
			What:  "浏览器没有发送所需的内容，账号没有任何变化。",
			Next:  "请重新打开邮件中的链接，建议使用手机自带的浏览器；也可以重新获取邮件。",
		},
		"unavailable": {
			Title: "请稍后再试",
			What:  "服务繁忙，暂时无法确认您的请求是否完成。重试不会有任何影响。",
			Next:  "请等待 {wait}后返回上一页再次点击按钮，或重新打开邮件中的链接。",
		},
	},
})

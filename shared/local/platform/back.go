package platform

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"
)

// visit is somebody who came back with a grant that was redeemed: they may choose a new password, once.
type visit struct {
	account string
	until   time.Time
	done    bool
}

// visitLimit is how long after the proof of the mailbox the form may be sent: as long as mailbind's own.
const visitLimit = 10 * time.Minute

//go:embed page.html style.css
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// pages adds what people see in host mode.
func (p *Platform) pages(mux *http.ServeMux) {
	mux.HandleFunc("POST /return", p.postReturn)
	mux.HandleFunc("POST /new-password", p.postNewPassword)
	mux.HandleFunc("GET /changed", func(w http.ResponseWriter, r *http.Request) { p.show(w, r, http.StatusOK, view{Kind: "changed"}) })
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "style.css") })
}

// postReturn is behind the template's HostReturnURL: a browser comes from mailbind's page with a grant. It answers with a page and does
// not redirect to another origin, which the policy of mailbind's page forbids.
func (p *Platform) postReturn(w http.ResponseWriter, r *http.Request) {
	grant, key, ok := posted(w, r, "grant", "key")
	if !ok || grant == "" {
		p.show(w, r, http.StatusBadRequest, view{Kind: "over"})
		return
	}
	if key == "" { // mailbind's page knows none; our own, which asks again, does
		key = rand.Text()
	}
	found, err := p.config.Mailbind.redeem(r.Context(), grant, key)
	refused, no := errors.AsType[*Refused](err)
	if no && refused.Name != "unavailable" { // used, old, or the account's recovery is paused: told in one sentence
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	}
	if err != nil { // nothing is lost: the same grant under the same key
		p.show(w, r, http.StatusServiceUnavailable, view{Kind: "busy", Grant: grant, Key: key})
		return
	}
	until := found.ProvedAt.Add(visitLimit)
	id := p.memory.admit(visit{account: found.Account, until: until}, p.now())
	p.show(w, r, http.StatusOK, view{Kind: "form", Visit: id, Account: found.Account})
}

// postNewPassword keeps the password where the platform keeps them, and ends the account's sessions.
func (p *Platform) postNewPassword(w http.ResponseWriter, r *http.Request) {
	id, typed, ok := posted(w, r, "visit", "password")
	now := p.now()
	came, there := p.memory.leave(id)
	switch {
	case !ok || !there || !came.until.After(now):
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	case came.done: // sent twice: the first did it
		p.memory.back(id, came)
		sendOn(w)
		return
	}
	version, err := p.passwords.set(r.Context(), came.account, typed, nil)
	if err != nil {
		p.memory.back(id, came)
		p.show(w, r, http.StatusUnprocessableEntity, view{Kind: "form", Visit: id, Account: came.account, Short: true})
		return
	}
	p.memory.learn(came.account, version, ownPassword)
	came.done = true
	p.memory.back(id, came)
	sendOn(w)
}

// sendOn leads to a page without secrets, so that neither reloading nor going back sends anything again.
func sendOn(w http.ResponseWriter) {
	w.Header().Set("Location", "changed")
	w.WriteHeader(http.StatusSeeOther)
}

// admit names a visit, and forgets those that are over.
func (m *memory) admit(one visit, now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, old := range m.visits {
		if !old.until.After(now) {
			delete(m.visits, id)
		}
	}
	id := rand.Text()
	m.visits[id] = one
	return id
}

// leave takes a visit out, so that no second post has it at the same time; back puts it there again.
func (m *memory) leave(id string) (visit, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one, there := m.visits[id]
	delete(m.visits, id)
	return one, there
}

func (m *memory) back(id string, one visit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.visits[id] = one
}

// posted reads two fields of a form.
func posted(w http.ResponseWriter, r *http.Request, first, second string) (string, string, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return "", "", false
	}
	return r.PostForm.Get(first), r.PostForm.Get(second), true
}

// view is what one page shows.
type view struct {
	Kind       string // form, changed, over, busy
	Visit      string // form
	Account    string // form
	Short      bool   // form: the password just sent was too short
	Grant, Key string // busy

	Name, Recover string
	Words         words
}

func (p *Platform) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	v.Name, v.Recover, v.Words = p.config.Name, p.config.Pages+"/recover", wordsFor(r.Header.Get("Accept-Language"))
	var body bytes.Buffer
	if err := page.Execute(&body, v); err != nil {
		panic("platform: " + err.Error())
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", v.Words.Lang)
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// words are those of the pages, in one language.
type words struct {
	Lang, Form, Account, Password, Rule, Short, Save, Changed, ChangedText, Over, OverText, Ask, Busy, BusyText, Again string
}

var english = words{
	Lang: "en", Form: "Choose a new password", Account: "Account", Password: "New password",
	Rule: "At least 15 characters. Several words are easy to remember.", Short: "This password is too short.", Save: "Save the password",
	Changed: "Your new password is set", ChangedText: "Sign in with it. All other sessions of the account have ended.",
	Over: "This way back is over", OverText: "It was used already, or it is too old. Nothing was changed.", Ask: "Ask for a new mail",
	Busy: "One moment", BusyText: "The service does not answer right now. Nothing is lost.", Again: "Try again",
}

var chinese = words{
	Lang: "zh-CN", Form: "设置新密码", Account: "账号", Password: "新密码",
	Rule: "至少 15 个字符。用几个词组成的密码更好记。", Short: "这个密码太短。", Save: "保存密码",
	Changed: "新密码已生效", ChangedText: "请用新密码登录。这个账号在其他地方的登录都已退出。",
	Over: "这个入口已失效", OverText: "它已被使用，或时间太久。没有任何更改。", Ask: "重新获取邮件",
	Busy: "请稍候", BusyText: "服务暂时没有响应。没有丢失任何内容。", Again: "重试",
}

// wordsFor takes the first language that there is, in the order of the header: browsers write the one they want most first.
func wordsFor(header string) words {
	for language := range strings.SplitSeq(header, ",") {
		switch tag, _, _ := strings.Cut(strings.TrimSpace(language), ";"); strings.ToLower(strings.SplitN(tag, "-", 2)[0]) {
		case "zh":
			return chinese
		case "en":
			return english
		}
	}
	return english
}

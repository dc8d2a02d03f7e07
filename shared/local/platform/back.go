package platform

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"
)

// visit is somebody who comes back with a grant: they may choose a new password, once.
type visit struct {
	id    string // the form's, random
	grant [sha256.Size]byte
	key   string // under which the grant is redeemed
	came  time.Time

	// The lock is held while the grant is redeemed and while a password is saved: whoever clicks twice sees the answer to the second
	// click alone, which so waits for the first and is the same.
	mu      sync.Mutex
	account string // empty until the grant was redeemed
	version int64  // of the password that may be replaced, or that was set: another one ends the visit
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
	now := p.now()
	one := p.memory.arrive(sha256.Sum256([]byte(grant)), key, now)
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.account == "" {
		// A second click ends the first request, but not what it asked for.
		found, err := p.config.Mailbind.redeem(context.WithoutCancel(r.Context()), grant, one.key)
		refused, no := errors.AsType[*Refused](err)
		switch {
		case no && refused.Name != "unavailable": // used, old, or the account's recovery is paused: told in one sentence
			p.memory.leave(one)
			p.show(w, r, http.StatusGone, view{Kind: "over"})
			return
		case err != nil: // nothing is lost: the visit stays, and with it the key, which mailbind's page does not bring when it posts again
			p.show(w, r, http.StatusServiceUnavailable, view{Kind: "busy", Grant: grant, Key: one.key})
			return
		}
		one.account, one.version = found.Account, p.own.version(found.Account)
		if one.version/1000 <= found.ProvedAt.Unix() { // else the password is newer than the proof (whole seconds): over from the start
			one.until = found.ProvedAt.Add(visitLimit)
		}
		p.memory.admit(one)
	}
	if p.over(one, now) {
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	}
	p.show(w, r, http.StatusOK, view{Kind: "form", Visit: one.id, Account: one.account})
}

// over says that a visit may set no password, or no more: it is used or old, or the password is another by now. Who came with a grant and
// left the form open must not undo what the owner chose since. The caller holds the visit's lock.
func (p *Platform) over(one *visit, now time.Time) bool {
	return one.done || !one.until.After(now) || one.version != p.own.version(one.account)
}

// postNewPassword keeps the password where the platform keeps them, and ends the account's sessions.
func (p *Platform) postNewPassword(w http.ResponseWriter, r *http.Request) {
	id, typed, ok := posted(w, r, "visit", "password")
	now := p.now()
	one := p.memory.visit(id)
	if !ok || one == nil {
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.done { // sent twice: the first did it, unless this is another password; one that was set elsewhere since is none to guess at here
		if found, err := p.passwords.check(r.Context(), one.account, typed, ""); err == nil && found.ok && found.version == one.version {
			sendOn(w)
			return
		}
	}
	if p.over(one, now) {
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	}
	version, err := p.passwords.set(r.Context(), one.account, typed, &one.version)
	refused, no := errors.AsType[*Refused](err)
	switch {
	case no && refused.Name == "version-changed": // just now
		p.show(w, r, http.StatusGone, view{Kind: "over"})
		return
	case no && refused.Name == "password-refused":
		p.show(w, r, http.StatusUnprocessableEntity, view{Kind: "form", Visit: id, Account: one.account, Short: true})
		return
	case err != nil: // the same form can be sent again
		p.show(w, r, http.StatusServiceUnavailable, view{Kind: "form", Visit: id, Account: one.account, Late: true})
		return
	}
	p.memory.learn(one.account, version, ownPassword)
	one.done, one.version = true, version
	p.endRecoveries(r.Context(), one.account) // others', and what was mailed since this grant
	sendOn(w)
}

// sendOn leads to a page without secrets, so that neither reloading nor going back sends anything again.
func sendOn(w http.ResponseWriter) {
	w.Header().Set("Location", "changed")
	w.WriteHeader(http.StatusSeeOther)
}

// arrive gives the visit of a grant, the same to everybody who brings it, and forgets those that are over. A new one has the key, or a
// random one in place of none: mailbind's page knows none, and our own, which asks again, does.
func (m *memory) arrive(grant [sha256.Size]byte, key string, now time.Time) *visit {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, old := range m.grants {
		if !old.came.Add(visitLimit).After(now) {
			delete(m.grants, old.grant)
			delete(m.visits, old.id)
		}
	}
	one := m.grants[grant]
	if one == nil {
		if key == "" {
			key = rand.Text()
		}
		one = &visit{id: rand.Text(), grant: grant, key: key, came: now}
		m.grants[grant] = one
	}
	return one
}

// admit lets the form of a visit be sent; leave forgets one whose grant is refused.
func (m *memory) admit(one *visit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants[one.grant], m.visits[one.id] = one, one
}

func (m *memory) leave(one *visit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.grants[one.grant] == one {
		delete(m.grants, one.grant)
	}
}

// visit finds the visit of a form; nil: there is none.
func (m *memory) visit(id string) *visit {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.visits[id]
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
	Late       bool   // form: the password just sent could not be kept
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

package main

import (
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
)

// holds and lacks look for texts in a page.
func holds(t *testing.T, r httpapi.Response, status int, texts ...string) {
	t.Helper()
	if r.StatusCode != status || !strings.HasPrefix(r.Headers["Content-Type"], "text/html") {
		t.Errorf("%d %v", r.StatusCode, r.Headers)
	}
	for _, s := range texts {
		if !strings.Contains(r.Body, s) {
			t.Errorf("the page lacks %q:\n%s", s, r.Body[strings.Index(r.Body, "<main>"):])
		}
	}
}

func lacks(t *testing.T, r httpapi.Response, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(r.Body, s) {
			t.Errorf("the page holds %q:\n%s", s, r.Body[strings.Index(r.Body, "<main>"):])
		}
	}
}

const numberField = `name="check"`

func tokenField(link string) string { return `name="token" value="` + link + `"` }

func TestTheRightNumberBindsAndSendsOn(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", "seller@mail.example.net", time.Minute)
	press := fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
	for range 2 { // pressed twice, it is the same success
		r := w.post(press)
		if r.StatusCode != 303 || r.Headers["location"] != "/done?r=bound" || r.Body != "" || r.Headers["referrer-policy"] != "same-origin" {
			t.Errorf("%+v", r)
		}
	}
	if c := w.claim("u-1"); c.State != binding.Bound {
		t.Errorf("the account is %s", c.State)
	}
}

func TestAWrongNumberLeavesThePersonAtTheForm(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", "seller@mail.example.net", time.Minute)
	press := fields{"token": w.link(c), "decision": "bind", "check": w.wrong(c)}
	holds(t, w.post(press), 422, tokenField(press["token"]), numberField, "You have 2 tries left", "seller@mail.example.net", "李记茶铺", c.Account.Ref())
	holds(t, w.post(press), 422, tokenField(press["token"]), numberField, "You have 1 try left")
	third := w.post(press)
	holds(t, third, 422, "Too many wrong numbers", "/deny?t="+press["token"])
	lacks(t, third, numberField)
	press["check"] = w.number(c)
	fourth := w.post(press)
	holds(t, fourth, 422, "Too many wrong numbers")
	lacks(t, fourth, numberField)
	if c := w.claim("u-1"); c.State != binding.Pending || c.LinkTries != binding.LinkTries {
		t.Errorf("%s after %d tries", c.State, c.LinkTries)
	}
}

// What is no number costs no try, and a button without a decision does nothing.
func TestNothingIsChargedForWhatIsNoAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		press fields
		again bool // the form is shown again
		text  string
	}{
		"bind without number":    {fields{"decision": "bind"}, true, "No try was used up"},
		"bind with empty number": {fields{"decision": "bind", "check": ""}, true, "No try was used up"},
		"bind with letters":      {fields{"decision": "bind", "check": "abcd"}, true, "No try was used up"},
		"three digits":           {fields{"decision": "bind", "check": "123"}, true, "No try was used up"},
		"no decision":            {fields{"check": "RIGHT"}, false, "Something was missing"},
		"empty decision":         {fields{"decision": "", "check": "RIGHT"}, false, "Something was missing"},
		"unknown decision":       {fields{"decision": "yes", "check": "RIGHT"}, false, "Something was missing"},
		"decision in capitals":   {fields{"decision": "BIND", "check": "RIGHT"}, false, "Something was missing"},
		"deny with a number":     {fields{"decision": "deny", "check": "RIGHT"}, false, "Something was missing"},
		"undo with a number":     {fields{"decision": "undo", "check": ""}, false, "Something was missing"},
	} {
		w := newWorld(t)
		before := w.ask("u-1", "seller@mail.example.net", time.Minute)
		c.press["token"] = w.link(before)
		if c.press["check"] == "RIGHT" {
			c.press["check"] = w.number(before)
		}
		form, program := w.post(c.press), w.json(c.press)
		holds(t, form, 400, c.text)
		if strings.Contains(form.Body, numberField) != c.again {
			t.Errorf("%s: the form is shown: %v", name, !c.again)
		}
		if program.StatusCode != 400 || !strings.Contains(program.Body, "/problems/malformed") {
			t.Errorf("%s: %d %s", name, program.StatusCode, program.Body)
		}
		if after := w.claim("u-1"); after.LinkTries != 0 || after.State != binding.Pending || len(after.Denied) != 0 {
			t.Errorf("%s: %+v", name, after)
		}
	}
}

func TestNotMeOffersUndoAndUndoSendsOn(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", "seller@mail.example.net", time.Minute)
	link := w.link(c)
	for range 2 {
		r := w.post(fields{"token": link, "decision": "deny"})
		holds(t, r, 200, tokenField(link), `value="undo"`, "seller@mail.example.net", "kept away")
		if c := w.claim("u-1"); c.State != binding.Denied {
			t.Errorf("the account is %s", c.State)
		}
	}
	holds(t, w.post(fields{"token": link, "decision": "bind", "check": w.number(c)}), 409, "This wasn’t me")
	for range 2 {
		r := w.post(fields{"token": link, "decision": "undo"})
		if r.StatusCode != 303 || r.Headers["location"] != "/done?r=undone" || r.Body != "" {
			t.Errorf("%+v", r)
		}
		if c := w.claim("u-1"); c.State != binding.Pending || len(c.Denied) != 0 {
			t.Errorf("the account is %s, denied %v", c.State, c.Denied)
		}
	}
}

func TestNotMeOnABoundAddressTellsThePlatform(t *testing.T) {
	w := newWorld(t)
	c := w.ask("u-1", "seller@mail.example.net", time.Minute)
	link := w.link(c)
	w.post(fields{"token": link, "decision": "bind", "check": w.number(c)})
	holds(t, w.post(fields{"token": link, "decision": "deny"}), 200, "Teahouse has been told", "nothing was unbound", `value="undo"`)
	if r := w.json(fields{"token": link, "decision": "deny"}); r.StatusCode != 200 || r.Body != `{"state":"denied","bound":true}` {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	if r := w.json(fields{"token": link, "decision": "undo"}); r.StatusCode != 200 || r.Body != `{"state":"undone","bound":true}` {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	if c := w.claim("u-1"); c.State != binding.Bound {
		t.Errorf("the account is %s", c.State)
	}
}

func TestRefusalsArePages(t *testing.T) {
	expired := func(w *world) fields {
		c := w.ask("u-1", "seller@mail.example.net", 25*time.Hour)
		return fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
	}
	for name, c := range map[string]struct {
		press  func(*world) fields
		status int
		text   string
		way    string // the way on that the page offers, before the token
	}{
		"garbage":              {func(*world) fields { return fields{"token": "garbage", "decision": "bind", "check": "1234"} }, 422, "This link is not complete", ""},
		"nothing":              {func(*world) fields { return fields{} }, 400, "Something was missing", ""},
		"no token":             {func(*world) fields { return fields{"decision": "bind", "check": "1234"} }, 422, "This link is not complete", ""},
		"garbage, no decision": {func(*world) fields { return fields{"token": "garbage", "decision": "?"} }, 400, "Something was missing", ""},
		"cut off": {func(w *world) fields {
			link := w.link(w.ask("u-1", "seller@mail.example.net", 0))
			return fields{"token": link[:len(link)-2], "decision": "deny"}
		}, 422, "This link is not complete", ""},
		"expired": {expired, 410, "This link has expired", "/deny?t="},
		"undone late": {func(w *world) fields {
			c := w.ask("u-1", "seller@mail.example.net", 26*time.Hour)
			if _, err := w.service.Deny(w.Context(), w.link(c), binding.NewRequest(), w.now.Add(-25*time.Hour)); err != nil {
				w.Fatal(err)
			}
			return fields{"token": w.link(c), "decision": "undo"}
		}, 410, "This link has expired", "/deny?t="},
		"superseded": {func(w *world) fields {
			c := w.ask("u-1", "seller@mail.example.net", time.Hour)
			w.ask("u-1", "other@mail.example.net", time.Minute)
			return fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
		}, 410, "There is a newer mail", "/deny?t="},
		"taken": {func(w *world) fields {
			c := w.ask("u-1", "seller@mail.example.net", time.Hour)
			d := w.ask("u-2", "seller@mail.example.net", time.Hour)
			w.post(fields{"token": w.link(d), "decision": "bind", "check": w.number(d)})
			return fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
		}, 409, "This address belongs to another account", ""},
		"unavailable": {func(w *world) fields {
			c := w.ask("u-1", "seller@mail.example.net", time.Hour)
			w.service.Store = away{w.memory}
			return fields{"token": w.link(c), "decision": "bind", "check": w.number(c)}
		}, 503, "Please try again in a moment", "/verify?t="},
	} {
		w := newWorld(t)
		press := c.press(w)
		r := w.post(press)
		holds(t, r, c.status, c.text)
		if c.way != "" {
			holds(t, r, c.status, `href="`+c.way+press["token"]+`"`)
		} else if press["token"] != "" {
			lacks(t, r, press["token"])
		}
		lacks(t, r, numberField)
		if (r.Headers["Retry-After"] != "") != (c.status == 503) {
			t.Errorf("%s: Retry-After %q", name, r.Headers["Retry-After"])
		}
	}
}

func TestFormsOfOtherSitesAndStrangeFormsAreRefusedAsPages(t *testing.T) {
	const kind = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		kind, more, site string
		status           int
		text             string
	}{
		"cross-site":       {kind, "", "cross-site", 403, "This came from another website"},
		"same-site":        {kind, "", "same-site", 403, "This came from another website"},
		"twice":            {kind, "&decision=deny", "same-origin", 400, "Something was missing"},
		"unknown field":    {kind, "&next=x", "same-origin", 400, "Something was missing"},
		"percent encoding": {kind, "&check=%zz", "same-origin", 400, "Something was missing"},
		"too large":        {kind, "&check=" + strings.Repeat("1", 4096), "same-origin", 413, "That did not work"},
		"no type":          {"", "", "same-origin", 415, "That did not work"},
	} {
		w := newWorld(t)
		w.ask("u-1", "seller@mail.example.net", time.Minute)
		r := w.send(c.kind, "token="+w.link(w.claim("u-1"))+"&decision=deny"+c.more, map[string]string{"sec-fetch-site": c.site, "accept": "text/html"})
		holds(t, r, c.status, c.text)
		if s := w.claim("u-1").State; s != binding.Pending {
			t.Errorf("%s: the account is %s", name, s)
		}
	}
}

func TestPagesSpeakThePersonsLanguage(t *testing.T) {
	for accept, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9,en;q=0.6": "zh-CN", "de": "en", "en-GB": "en"} {
		w := newWorld(t)
		c := w.ask("u-1", "seller@mail.example.net", time.Minute)
		for _, body := range []string{"token=" + w.link(c) + "&decision=bind&check=" + w.wrong(c), "token=" + w.link(c) + "&decision=deny", "token=x&decision=deny"} {
			r := w.send("application/x-www-form-urlencoded", body, map[string]string{"accept-language": accept})
			if r.Headers["Content-Language"] != want || !strings.Contains(r.Body, `<html lang="`+want+`"`) {
				t.Errorf("%q: %d in %s", accept, r.StatusCode, r.Headers["Content-Language"])
			}
		}
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	"mailbind/shared/httpapi/apitest"
	"mailbind/shared/page"
	"mailbind/shared/recovery"
)

const (
	kind                       = "application/x-www-form-urlencoded"
	passwordField, grantField  = `name="password"`, `name="grant" value="`
	tokenField, action         = `name="token" value="`, `action="/v1/recovery/password"`
	stale, weak, strange, busy = "This link or code does not work", "This password was not taken:", "Something was missing", "Please try again in a moment"
)

// Either proof sets the password and sends on to a page without a secret; pressed twice, it is the same success.
func TestAProofAndAPasswordSendOn(t *testing.T) {
	for name, proof := range map[string]func(*world) fields{"link": (*world).linked, "grant": (*world).granted} {
		w := newWorld(t)
		f := proof(w)
		for range 2 {
			r := w.post(f)
			if r.StatusCode != 303 || r.Body != "" || r.Headers["referrer-policy"] != "same-origin" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if w.signsIn(oldPassword) || !w.signsIn(newPassword) {
			t.Errorf("%s: the password is not changed", name)
		}
		// Used is used: nobody sets another one with it.
		r := w.post(f.with("password", "nine kettles under the bridge"))
		apitest.Holds(w, r, 422)
		if w.signsIn("nine kettles under the bridge") {
			t.Errorf("%s: the proof was taken twice", name)
		}
	}
}

// A password that breaks rules is sent back for another one: the rules in words, the proof in the form, the password nowhere.
func TestAWeakPasswordLeavesThePersonAtTheForm(t *testing.T) {
	for _, typed := range []string{"", "short", "password password", "seller@mail.example.net", "Teahouse Teahouse", "aaaaaaaaaaaaaaaaaaaa"} {
		w := newWorld(t)
		r := w.post(w.linked().with("password", typed))
		apitest.Holds(w, r, 422, weak, action, tokenField+w.letter.Token+`"`, `value="`+mine+`"`, passwordField)
		apitest.Headed(w, r, page.HeadersForPassword(page.English))
		f := w.granted().with("password", typed)
		g := w.post(f)
		apitest.Holds(w, g, 422, weak, action, grantField+f["grant"]+`"`, `value="`+mine+`"`, passwordField)
		apitest.Headed(w, g, page.HeadersForPassword(page.English))
		if typed != "" && typed != mine {
			apitest.Lacks(w, r, `value="`+typed)
			apitest.Lacks(w, g, `value="`+typed)
		}
		if *w.hashes != 0 {
			t.Errorf("%q: %d hashes", typed, *w.hashes)
		}
	}
}

func TestALinkNeedsItsAddress(t *testing.T) {
	w := newWorld(t)
	for _, email := range []string{others, "", "seller", `"><script>alert(1)</script>`} {
		r := w.post(w.linked().with("email", email))
		apitest.Holds(w, r, 422, "the mail was sent to another address", action, tokenField+w.letter.Token+`"`, passwordField)
		apitest.Headed(w, r, page.HeadersForPassword(page.English))
		apitest.Lacks(w, r, mine, newPassword, "<script>alert")
	}
	if *w.hashes != 0 || !w.signsIn(oldPassword) {
		t.Errorf("%d hashes", *w.hashes)
	}
	if r := w.post(w.linked().with("email", " SELLER@mail.example.net ")); r.StatusCode != 303 {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// What no other password or address could help is told without a form, and costs no hash.
func TestAProofThatIsNoneIsNoWayOn(t *testing.T) {
	for name, make := range map[string]func(*world) fields{
		"garbage":           func(w *world) fields { return w.linked().with("token", "garbage") },
		"cut off":           func(w *world) fields { return w.linked().with("token", w.letter.Token[:len(w.letter.Token)-2]) },
		"empty token":       func(w *world) fields { return w.linked().with("token", "") },
		"a grant for it":    func(w *world) fields { return w.linked().with("token", w.grant()) },
		"garbage grant":     func(w *world) fields { return w.granted().with("grant", "garbage") },
		"a link as a grant": func(w *world) fields { return w.granted().with("grant", w.letter.Token) },
		"an old grant": func(w *world) fields {
			l, err := recovery.OpenLink(w.Context(), w.service.Keys, w.letter.Token, w.now)
			if err != nil {
				w.Fatal(err)
			}
			g, err := w.service.ProveLink(w.Context(), w.letter.Token, l.Address.String(), w.now.Add(-recovery.GrantLife-time.Second))
			if err != nil {
				w.Fatal(err)
			}
			return fields{"grant": g.Text, "password": newPassword}
		},
	} {
		w := newWorld(t)
		f := make(w)
		r := w.post(f)
		apitest.Holds(w, r, 422, stale, `href="/recover"`)
		apitest.Headed(w, r, page.Headers(page.English))
		apitest.Lacks(w, r, passwordField, mine)
		if *w.hashes != 0 || !w.signsIn(oldPassword) {
			t.Errorf("%s: %d hashes", name, *w.hashes)
		}
	}
}

func TestAHeldRecoveryIsRefusedInTheSameWords(t *testing.T) {
	w := newWorld(t)
	f := w.granted()
	if _, err := w.platform.Hold(w.Context(), sub, w.now.Add(time.Hour), w.now); err != nil {
		t.Fatal(err)
	}
	apitest.Holds(w, w.post(f), 422, stale)
	apitest.Holds(w, w.post(w.linked()), 422, "the mail was sent to another address")
	if !w.signsIn(oldPassword) {
		t.Error("the password was changed")
	}
}

// An account that never had a password gets none, unless the deployment says so; no form offers another try.
func TestAFirstPasswordIsTheDeploymentsChoice(t *testing.T) {
	for _, first := range []bool{false, true} {
		w := newWorld(t)
		w.service.FirstPassword = first
		w.service.Store = bare{w.memory, first}
		r := w.post(w.linked())
		if first {
			if r.StatusCode != 303 {
				t.Errorf("%d %s", r.StatusCode, r.Body)
			}
			continue
		}
		apitest.Holds(w, r, 422, "<h1>")
		apitest.Lacks(w, r, passwordField, tokenField)
		if r := w.json(w.linked()); r.StatusCode != 422 || !strings.Contains(r.Body, `"reasons":["no-password"]`) {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
	}
}

func TestStrangeFormsAreRefusedAsPages(t *testing.T) {
	for name, c := range map[string]struct {
		kind, more, site string
		status           int
		text             string
	}{
		"cross-site":       {kind, "", "cross-site", 403, "This came from another website"},
		"same-site":        {kind, "", "same-site", 403, "This came from another website"},
		"twice":            {kind, "&password=x", "same-origin", 400, strange},
		"unknown field":    {kind, "&next=x", "same-origin", 400, strange},
		"both proofs":      {kind, "&grant=x", "same-origin", 400, strange},
		"percent encoding": {kind, "&grant=%zz", "same-origin", 400, strange},
		"too large":        {kind, "&grant=" + strings.Repeat("1", 8192), "same-origin", 413, "<h1>"},
		"no type":          {"", "", "same-origin", 415, "<h1>"},
	} {
		w := newWorld(t)
		r := w.send(c.kind, "token="+w.letter.Token+"&email="+mine+"&password=seven+lamps+over+the+harbour"+c.more, map[string]string{"sec-fetch-site": c.site, "accept": "text/html"})
		apitest.Holds(w, r, c.status, c.text)
		apitest.Lacks(w, r, "seven lamps", w.letter.Token)
		apitest.Headed(w, r, page.Headers(page.English))
		if *w.hashes != 0 || !w.signsIn(oldPassword) {
			t.Errorf("%s: the password was changed", name)
		}
	}
	w := newWorld(t)
	for _, f := range []fields{{}, w.linked().with("password", "-"), w.linked().with("email", "-"), w.linked().with("token", "-"), w.granted().with("email", mine), w.granted().with("grant", ""), {"password": newPassword}} {
		apitest.Holds(w, w.post(f), 400, strange)
	}
}

func TestOutagesArePages(t *testing.T) {
	w := newWorld(t)
	w.service.Store = away{w.memory}
	r := w.post(w.linked())
	apitest.Holds(w, r, 503, busy)
	apitest.Lacks(w, r, "dynamo", newPassword, w.letter.Token)
	if r.Headers["Retry-After"] != "5" || *w.hashes != 0 {
		t.Errorf("%v, %d hashes", r.Headers, *w.hashes)
	}
}

// Where the platform keeps the passwords there is no such operation, whatever is sent.
func TestAHostSetsNoPasswordHere(t *testing.T) {
	w := makeWorld(t, setting{site: site, host: true})
	for _, f := range []fields{w.linked(), w.granted(), {}} {
		apitest.Holds(w, w.post(f), 404, "There is no such page")
		if r := w.json(f); r.StatusCode != 404 || !strings.Contains(r.Body, "/problems/not-found") {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
	}
	if *w.hashes != 0 || !w.signsIn(oldPassword) {
		t.Error("a password was set")
	}
}

func TestPagesSpeakThePersonsLanguage(t *testing.T) {
	for accept, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9,en;q=0.6": "zh-CN", "de": "en"} {
		w := newWorld(t)
		for _, body := range []string{"token=" + w.letter.Token + "&email=x&password=x", "grant=" + w.grant() + "&password=x", "grant=x&password=x", ""} {
			r := w.send(kind, body, map[string]string{"accept-language": accept})
			if r.Headers["Content-Language"] != want || !strings.Contains(r.Body, `<html lang="`+want+`"`) {
				t.Errorf("%q: %q: %d in %s", accept, body, r.StatusCode, r.Headers["Content-Language"])
			}
		}
	}
}

// The longest password there may be is taken from a form.
func TestTheLongestPasswordIsTaken(t *testing.T) {
	w := newWorld(t)
	var long strings.Builder
	for i := range 256 {
		long.WriteRune(rune(0x1f300 + i*7%256))
	}
	if r := w.post(w.linked().with("password", long.String())); r.StatusCode != 303 || !w.signsIn(long.String()) {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	w = newWorld(t)
	apitest.Holds(w, w.post(w.linked().with("password", long.String()+"x")), 422, weak)
}

package recovery_test

import (
	"strconv"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestTheOwnerGetsBackInByCode(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	before := w.credential("li")
	w.after(time.Hour)
	letter := w.mail("LI@QQ.com") // any spelling of it
	if letter.Kind != binding.KindRecover || letter.To.String() != "li@qq.com" || letter.Locale != "zh-CN" || letter.Label != "shop li" ||
		letter.Ref != w.account("li").Ref() || letter.Paused != binding.NotPaused || !letter.Since.Equal(noon) || !letter.At.Equal(w.now) {
		t.Errorf("%+v", letter)
	}
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	if !grant.Expires.Equal(w.now.Add(10*time.Minute)) || grant.Address.String() != "li@qq.com" {
		t.Errorf("%+v", grant)
	}
	done, err := w.set(recovery.Proof{Grant: grant.Text}, newPassword)
	w.ok(err)

	// What must have come of it.
	after, row := w.credential("li"), w.row("li")
	if done.Version != w.now.UnixMilli() || after.Version != done.Version || after.Version <= before.Version || !after.ChangedAt.Equal(w.now) {
		t.Errorf("version %d, credential %+v before %+v", done.Version, after, before)
	}
	if w.check("li", oldPassword, "phone").OK || !w.check("li", newPassword, "phone").OK {
		t.Error("the old password still opens, or the new one does not")
	}
	if _, due := row.Due[binding.KindChanged]; !due || !row.ChangedAt.Equal(w.now) || row.Event != "credential.changed/request-4/"+itoa(done.Version) {
		t.Errorf("the owner and the platform are not told: %+v", row)
	}
	if c := w.challenge("li@qq.com"); c.UsedAt.IsZero() || c.Event != "recovery.finished/request-4" {
		t.Errorf("%+v", c)
	}
	// Code and link are dead now, for everybody else.
	w.refused(errOf(w.code("li@qq.com", letter.Code)), theOne)
	w.refused(errOf(w.set(link(letter), "another phrase of a stranger")), theOne)
}

func TestTheOwnerGetsBackInByLink(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	w.calls = nil
	done, err := w.set(link(letter), newPassword)
	w.ok(err)
	w.same("round trips", w.calls, []string{"present", "change"})
	if done.Address.String() != "li@qq.com" || !w.check("li", newPassword, "").OK {
		t.Errorf("%+v", done)
	}
}

// The mail tells the owner, under the tag and address of the account.
func TestTheOwnerIsToldOfANewPassword(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	w.ok(errOf(w.set(link(w.mail("li@qq.com")), newPassword)))
	row := w.row("li")
	w.after(time.Minute)
	w.secrets.Current = secretTwo // a key that was withdrawn does not silence it
	w.receipts.Keys = w.keyring()
	order := binding.Order{Account: row.Account, EmailKey: row.EmailKey, Kind: binding.KindChanged, Send: row.Due[binding.KindChanged]}
	out, err := w.receipts.Deliver(w.ctx, order, w.now)
	l := w.post.letters[len(w.post.letters)-1]
	if err != nil || out != binding.OutcomeSent || l.Kind != binding.KindChanged || l.To.String() != "li@qq.com" || !l.At.Equal(noon.Add(time.Minute)) || l.Code+l.Token != "" {
		t.Errorf("%s, %v: %+v", out, err, l)
	}
	if _, due := w.row("li").Due[binding.KindChanged]; due {
		t.Error("still due")
	}
}

func TestALinkAloneDoesNotReset(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	w.calls = nil
	w.refused(errOf(w.set(recovery.Proof{Token: letter.Token, Email: "someone@qq.com"}, newPassword)), theOne)
	w.refused(errOf(w.service.ProveLink(w.ctx, letter.Token, "someone@qq.com", w.now)), theOne)
	w.refused(errOf(w.set(recovery.Proof{Token: letter.Token, Email: "no address"}, newPassword)), binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "no-at-sign"})
	w.refused(errOf(w.set(recovery.Proof{}, newPassword)), binding.Refusal{Reason: binding.ErrInvalidAddress, Detail: "empty"})
	if len(w.calls) != 0 || w.hasher.work != 0 {
		t.Errorf("%v, %d hashes", w.calls, w.hasher.work)
	}
}

// A proof that is none costs no table and no hash, whatever the password.
func TestForgedForeignAndExpiredProofsCostNothing(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	verify := w.pending("other", "other@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	changed := []byte(grant.Text)
	changed[len(changed)/2] ^= 1
	w.calls = nil
	for name, p := range map[string]recovery.Proof{
		"nonsense as grant": {Grant: "nonsense"}, "a changed grant": {Grant: string(changed)}, "the link as grant": {Grant: letter.Token},
		"the grant as link": {Token: grant.Text, Email: "li@qq.com"}, "a verify link as grant": {Grant: verify.Token},
		"a verify link as link": {Token: verify.Token, Email: "other@qq.com"}, "nonsense as link": {Token: "nonsense", Email: "li@qq.com"},
	} {
		w.refused(errOf(w.set(p, newPassword)), theOne)
		if len(w.calls) != 0 || w.hasher.work != 0 {
			t.Fatalf("%s: %v, %d hashes", name, w.calls, w.hasher.work)
		}
	}
	w.after(10*time.Minute - time.Second)
	w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, "short")), binding.Refusal{Reason: recovery.ErrPassword, Reasons: []string{"too-short"}})
	w.after(time.Second)
	w.refused(errOf(w.set(recovery.Proof{Grant: grant.Text}, newPassword)), theOne)
	w.after(time.Hour)
	w.refused(errOf(w.set(link(letter), newPassword)), theOne)
	if len(w.calls) != 0 || w.hasher.work != 0 {
		t.Errorf("expired: %v, %d hashes", w.calls, w.hasher.work)
	}
}

// Every pair of purposes crossed, at every door that takes a token.
func TestATokenOpensForItsOwnPurposeOnly(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	letter := w.mail("li@qq.com")
	grant, err := w.code("li@qq.com", letter.Code)
	w.ok(err)
	verify := w.pending("other", "li@qq.com.example")
	tokens := map[string]string{"verify": verify.Token, "recover": letter.Token, "grant": grant.Text}
	invalid := binding.Refusal{Reason: binding.ErrInvalidToken}
	doors := map[string]func(text string) (binding.Refusal, error){
		"verify": func(text string) (binding.Refusal, error) {
			return invalid, errOf(binding.OpenDenyLink(w.ctx, w.service.Keys, text, w.now))
		},
		"recover": func(text string) (binding.Refusal, error) {
			return theOne, errOf(recovery.OpenLink(w.ctx, w.service.Keys, text, w.now))
		},
		"grant": func(text string) (binding.Refusal, error) {
			return theOne, errOf(w.platform.Redeem(w.ctx, text, "key", w.request(), w.now))
		},
	}
	for door, open := range doors {
		for purpose, text := range tokens {
			refusal, err := open(text)
			if door == purpose {
				w.ok(err)
			} else {
				w.refused(err, refusal)
			}
		}
	}
}

func TestARepeatedSuccessIsSuccess(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	p := link(w.mail("li@qq.com"))
	first, err := w.set(p, newPassword)
	w.ok(err)
	w.after(time.Second)
	w.calls = nil
	again, err := w.set(p, newPassword)
	w.ok(err)
	w.same("the repeated answer", again, first)
	w.same("its round trips", w.calls, []string{"present", "credential"})
	w.refused(errOf(w.set(p, "another phrase of a stranger")), theOne)
	w.refused(errOf(w.set(p, newPassword)), theOne) // the fourth time: no more hashes for this link
	// Changed by the platform since: the recovery is not what brought it.
	w = newWorld(t)
	w.bound("li", "li@qq.com")
	p = link(w.mail("li@qq.com"))
	w.ok(errOf(w.set(p, newPassword)))
	w.after(time.Second)
	w.ok(errOf(w.platform.Set(w.ctx, "li", newPassword+"!", nil, w.request(), w.now)))
	w.refused(errOf(w.set(p, newPassword+"!")), theOne)
}

func TestAReplayedProofCostsThreeHashes(t *testing.T) {
	for _, used := range []bool{true, false} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		letter := w.mail("li@qq.com")
		grant, err := w.code("li@qq.com", letter.Code)
		w.ok(err)
		if used {
			w.ok(errOf(w.set(link(letter), newPassword)))
		} else { // presented in vain, so that it is never used
			w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)))
		}
		w.hasher.work, w.calls = 0, nil
		for range 500 {
			w.set(link(letter), "another phrase of a stranger")
			w.set(recovery.Proof{Grant: grant.Text}, "a third phrase of a stranger")
		}
		if w.hasher.work > recovery.Presentations {
			t.Errorf("used %t: %d hashes", used, w.hasher.work)
		}
	}
}

// Two that set a password at once: one wins, and the same password twice is told as success twice.
func TestOneRecoveryBringsOnePassword(t *testing.T) {
	for _, second := range []string{newPassword, "another phrase of a stranger"} {
		w := newWorld(t)
		w.bound("li", "li@qq.com")
		p := link(w.mail("li@qq.com"))
		var inner error
		w.tap = func(step string, call func() error) error {
			if step == "change" {
				w.tap = nil
				_, inner = w.set(p, second)
			}
			return call()
		}
		_, err := w.set(p, newPassword)
		w.ok(inner)
		if second == newPassword {
			w.ok(err)
		} else {
			w.refused(err, theOne)
		}
		if !w.check("li", second, "").OK {
			t.Error("who was told so did not win")
		}
	}
}

func TestAVersionOnlyRises(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	old := w.credential("li").Version
	letter := w.mail("li@qq.com")
	w.after(-time.Hour) // the clock of this instance is behind
	done, err := w.set(link(letter), newPassword)
	w.ok(err)
	if done.Version != old+1 || w.row("li").Event != "credential.changed/request-3/"+itoa(old+1) {
		t.Errorf("version %d after %d, event %s", done.Version, old, w.row("li").Event)
	}
}

func TestAFirstPasswordIsTheOperatorsChoice(t *testing.T) {
	w := newWorld(t)
	letter := w.pending("li", "li@qq.com")
	w.ok(errOf(w.binds.VerifyCode(w.ctx, binding.Session{Who: binding.Who{Subject: "li"}}, letter.Code, w.request(), w.now)))
	p := link(w.mail("li@qq.com"))
	w.refused(errOf(w.set(p, newPassword)), binding.Refusal{Reason: recovery.ErrPassword, Reasons: []string{recovery.NoPassword}})
	w.service.FirstPassword = true
	w.ok(errOf(w.set(p, newPassword)))
}

func TestRotatedKeysDoNotFailARecovery(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	stale := *w.service // an instance that knows the old key alone
	stale.Keys = w.keyring()
	letter := w.mail("li@qq.com")
	w.secrets = token.Secrets{Current: secretTwo, Previous: secretOne}
	fresh := *w.service
	fresh.Keys = w.keyring()
	grant, err := fresh.ProveCode(w.ctx, "li@qq.com", letter.Code, w.request(), w.now) // the code of the old key
	w.ok(err)
	w.ok(errOf(stale.SetPassword(w.ctx, recovery.Proof{Grant: grant.Text}, newPassword, w.request(), w.now)))
	// A challenge of the new key, met by the stale instance: it reads the secrets again, at most once a minute.
	w.mailer.Keys = w.keyring()
	w.after(time.Hour)
	letter = w.mail("li@qq.com")
	grant, err = stale.ProveCode(w.ctx, "li@qq.com", letter.Code, w.request(), w.now)
	w.ok(err)
	w.ok(errOf(fresh.SetPassword(w.ctx, recovery.Proof{Grant: grant.Text}, "another phrase that li made", w.request(), w.now)))
}

// Within the minute the stale instance asks to come back, and charges nothing.
func TestAnUnknownKeyIsHeldOffUncharged(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	stale := *w.service
	stale.Keys = w.keyring()
	w.secrets = token.Secrets{Current: secretTwo, Previous: secretOne}
	w.mailer.Keys = w.keyring()
	letter := w.mail("li@qq.com")
	w.refused(errOf(stale.ProveCode(w.ctx, "li@qq.com", letter.Code, w.request(), w.now)), binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: time.Minute})
	w.refused(errOf(stale.SetPassword(w.ctx, link(letter), newPassword, w.request(), w.now)), binding.Refusal{Reason: binding.ErrUnavailable, RetryAfter: time.Minute})
	if c := w.challenge("li@qq.com"); c.Tries != 0 || c.Presented != 0 {
		t.Errorf("charged: %+v", c)
	}
	w.after(time.Minute)
	w.ok(errOf(stale.ProveCode(w.ctx, "li@qq.com", letter.Code, w.request(), w.now)))
}

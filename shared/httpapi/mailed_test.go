package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/timeline"
)

// office is a mail provider that keeps what it took.
type office struct {
	letters []binding.Letter
	err     error // what it answers
}

func (o *office) Send(_ context.Context, l binding.Letter) error {
	if o.err == nil {
		o.letters = append(o.letters, l)
	}
	return o.err
}

// deliver has the mailer end what is due to an account, what it asked for last, and gives the letter that went
// out last, of whomever.
func (w *world) deliver(sub string) binding.Letter {
	w.Helper()
	c := w.claim(sub)
	for _, kind := range []binding.Kind{binding.KindBound, binding.KindVerify, binding.KindReconfirm} {
		send, due := c.Due[kind]
		if !due {
			continue
		}
		o := binding.Order{Account: c.Account, EmailKey: c.EmailKey, Kind: kind, Send: send}
		if _, err := w.mailer.Deliver(w.Context(), o, w.now); err != nil && !errors.Is(err, binding.ErrSend) {
			w.Fatal(err)
		}
	}
	if len(w.office.letters) == 0 {
		return binding.Letter{}
	}
	return w.office.letters[len(w.office.letters)-1]
}

// reported has the provider tell what became of a letter, just now.
func (w *world) reported(l binding.Letter, fate binding.Fate, why binding.Why) {
	w.Helper()
	tag, err := binding.OpenTag(w.service.Names.Data, l.Tag)
	if err != nil {
		w.Fatal(err)
	}
	feedback := binding.Feedback{Store: w.memory}
	if _, err := feedback.Take(w.Context(), binding.Report{Tag: tag, Fate: fate, Why: why, At: w.now}); err != nil {
		w.Fatal(err)
	}
}

// another is a letter as the given one, sent anew.
func (w *world) another(l binding.Letter) binding.Letter {
	w.Helper()
	tag, err := binding.OpenTag(w.service.Names.Data, l.Tag)
	if err != nil {
		w.Fatal(err)
	}
	tag.Send = binding.NewSend()
	l.Tag = tag.Seal(w.service.Names.Data)
	return l
}

// status is what GET /v1/binding tells an account, held against the description.
func (w *world) status(sub string) StatusBody {
	w.Helper()
	r := w.call(sub, statusRoute, "")
	d := description(w.T)
	d.check(statusRoute, r)
	return w.read(r, 200)
}

func (w *world) read(r Response, code int) (b StatusBody) {
	w.Helper()
	if err := json.Unmarshal([]byte(r.Body), &b); err != nil || r.StatusCode != code {
		w.Fatalf("%d %s: %v", r.StatusCode, r.Body, err)
	}
	return b
}

// A confirmation is asked for, its mail tells what became of it, and it ends by the code: typed wrong, typed
// right, and typed again.
func TestTheCodeOfAConfirmationProvesTheMailboxAnew(t *testing.T) {
	w, d := newWorld(t), description(t)
	w.bind("u-1", "a@example.net", 0)
	letter := w.deliver("u-1")
	w.prove("u-1")
	w.now = noon.Add(24 * time.Hour)
	w.reported(letter, binding.Complained, binding.WhyNone)
	r := w.call("u-1", reconfirmRoute, "")
	d.check(reconfirmRoute, r)
	b := w.read(r, 202)
	if b.State != "bound" || b.Health != "disputed" || b.Advice.Next != "confirm" || b.Mail == nil || b.Mail.Fate != "queued" || b.Check != "" ||
		!b.ExpiresAt.Equal(w.now.Add(binding.ChallengeLife)) || !b.ResendAt.Equal(w.now.Add(binding.CooldownSame)) || !b.ProvedAt.Equal(noon) {
		t.Errorf("asked: %s", r.Body)
	}
	w.reported(w.deliver("u-1"), binding.Delivered, binding.WhyNone)
	if b := w.status("u-1"); b.Mail.Fate != "delivered" || b.Mail.Next != "check-spam" || b.Health != "disputed" {
		t.Errorf("delivered: %+v", b)
	}
	if wrong := w.call("u-1", verifyRoute, wantedCode); problemOf(t, wrong).Type != "/problems/wrong-code" {
		t.Errorf("a wrong code: %s", wrong.Body)
	}
	code := `{"code":` + quoted(w.code(w.claim("u-1"))) + `}`
	for range 2 {
		r := w.call("u-1", verifyRoute, code)
		d.check(verifyRoute, r)
		b := w.read(r, 200)
		if b.State != "bound" || b.Health != "ok" || b.Advice.Next != "" || b.Mail != nil || b.ExpiresAt != nil || b.ResendAt != nil ||
			!b.ProvedAt.Equal(w.now) || !b.BoundAt.Equal(noon) {
			t.Errorf("proved: %s", r.Body)
		}
	}
}

// A bound account has no other address to be sent to, whatever its confirmation's mail came to.
func TestNobodyWhoIsBoundIsSentToAnotherAddress(t *testing.T) {
	for _, fate := range fatesOfReports {
		for _, why := range whysOfReports(t) {
			w := newWorld(t)
			confirming(time.Minute)(w)
			w.now = noon.Add(time.Hour)
			w.read(w.call("u-1", reconfirmRoute, ""), 202)
			w.reported(w.deliver("u-1"), fate, why)
			if b := w.status("u-1"); b.Mail.Next == "other-address" || b.Mail.Next == "bind-again" || b.Mail.Reason != string(why) {
				t.Errorf("%s, %q: %+v", fate, why, b.Mail)
			}
		}
	}
}

// The words for people are in the language of the session; where that is none that is served, in English.
func TestPeopleReadTheWordsOfTheirLanguage(t *testing.T) {
	for locale, language := range map[string]string{"zh-CN": "zh-CN", "zh_TW": "zh-CN", "en-GB": "en", "tlh": "en", "": "en", "not a tag": "en"} {
		w := newWorld(t)
		w.locale = locale
		w.bind("u-1", "a@example.net", 0)
		letter := w.deliver("u-1")
		w.reported(letter, binding.Bounced, binding.WhyFull)
		m := w.status("u-1").Mail
		want := timeline.Mail(language, timeline.MailFacts{Fate: "bounced", Reason: "mailbox-full", Next: "resend"})
		if m == nil || m.What != want.What || m.Do != want.Do {
			t.Errorf("%q: of the mail is said %+v, want %+v", locale, m, want)
		}
		if b := w.read(w.call("u-1", bindRoute, wanted), 202); b.Mail.What != want.What {
			t.Errorf("%q: bind says %+v", locale, b.Mail)
		}
		w.prove("u-1")
		want = timeline.Health(language, "ok", "")
		if a := w.status("u-1").Advice; a == nil || a.What != want.What || a.Do != want.Do || a.Next != "" {
			t.Errorf("%q: of the mailbox is said %+v, want %+v", locale, a, want)
		}
		want = timeline.Mail(language, timeline.MailFacts{Fate: "queued", Next: "wait"})
		if b := w.read(w.call("u-1", reconfirmRoute, "{}"), 202); b.Mail.What != want.What {
			t.Errorf("%q: reconfirm says %+v", locale, b.Mail)
		}
	}
}

// Once the claim's time is over, nobody is sent to a code that works no more.
func TestAMailOfAnExpiredClaimIsOver(t *testing.T) {
	for _, fate := range fatesOfReports {
		w := newWorld(t)
		w.bind("u-1", "a@example.net", 0)
		w.reported(w.deliver("u-1"), fate, binding.WhyNone)
		w.now = noon.Add(binding.ChallengeLife)
		b := w.status("u-1")
		if fate == binding.Complained {
			if b.State != "denied" || b.Mail != nil {
				t.Errorf("%s: %+v", fate, b)
			}
			continue
		}
		want := timeline.Mail("en", timeline.MailFacts{Fate: fate.String(), Next: "bind-again", Over: true})
		if b.State != "expired" || b.Mail.Next != "bind-again" || b.Mail.What != want.What || b.Mail.Do != want.Do {
			t.Errorf("%s: %+v", fate, b.Mail)
		}
	}
}

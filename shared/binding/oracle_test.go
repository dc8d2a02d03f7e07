package binding_test

import (
	"errors"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// probe is one thing that an account may do or wait for after it claimed an address, and what it sees.
type probe struct {
	name string
	do   func(w *world) (binding.Status, error)
}

// probes cover every answer and the whole timeline: the mail on its way, late, taken, held, refused,
// reported on, asked for again, expired.
var probes = []probe{
	{"bind", func(w *world) (binding.Status, error) { return w.bind("asker", "target@qq.com") }},
	{"bind again", func(w *world) (binding.Status, error) { return w.bind("asker", "TARGET@qq.com") }},
	{"status while queued", func(w *world) (binding.Status, error) { return w.status("asker") }},
	{"resend while queued", func(w *world) (binding.Status, error) { return w.resend("asker") }},
	{"an outage of the provider", func(w *world) (binding.Status, error) {
		w.post.err = errors.New("down")
		defer func() { w.post.err = nil }()
		_, err := w.mailer.Deliver(w.ctx, w.stream[0], w.now)
		if err == nil {
			w.t.Error("an outage of the provider is a success")
		}
		return w.status("asker")
	}},
	{"late", func(w *world) (binding.Status, error) { w.after(15 * time.Minute); return w.status("asker") }},
	{"resend when late", func(w *world) (binding.Status, error) { return w.resend("asker") }},
	{"sent", func(w *world) (binding.Status, error) { w.deliver(); return w.status("asker") }},
	{"delayed", func(w *world) (binding.Status, error) {
		w.reported(w.post.letters[len(w.post.letters)-1], binding.Delayed, binding.WhyTemporary)
		return w.status("asker")
	}},
	{"delivered", func(w *world) (binding.Status, error) {
		w.reported(w.post.letters[len(w.post.letters)-1], binding.Delivered, binding.WhyNone)
		return w.status("asker")
	}},
	{"resend too soon", func(w *world) (binding.Status, error) { return w.resend("asker") }},
	{"wrong code", func(w *world) (binding.Status, error) { return w.code("asker", "0000-0000") }},
	{"refused by the provider", func(w *world) (binding.Status, error) {
		w.after(time.Minute)
		if _, err := w.resend("asker"); err != nil {
			return binding.Status{}, err
		}
		w.post.err = binding.ErrMailRefused
		defer func() { w.post.err = nil }()
		w.deliver()
		return w.status("asker")
	}},
	{"sent again", func(w *world) (binding.Status, error) {
		w.after(time.Minute)
		if _, err := w.resend("asker"); err != nil {
			return binding.Status{}, err
		}
		w.deliver()
		return w.status("asker")
	}},
	{"held: the mailbox has had its share", func(w *world) (binding.Status, error) {
		w.after(time.Minute)
		if _, err := w.resend("asker"); err != nil {
			return binding.Status{}, err
		}
		w.deliver()
		return w.status("asker")
	}},
	{"another address", func(w *world) (binding.Status, error) { w.after(time.Minute); return w.bind("asker", "own@qq.com") }},
	{"and back, over the day's sends", func(w *world) (binding.Status, error) { w.after(time.Minute); return w.bind("asker", "target@qq.com") }},
	{"the next day", func(w *world) (binding.Status, error) {
		w.after(24 * time.Hour)
		w.stream = nil // the other address's mail is of no interest
		if _, err := w.bind("asker", "target@qq.com"); err != nil {
			return binding.Status{}, err
		}
		w.deliver()
		return w.status("asker")
	}},
	{"bounced", func(w *world) (binding.Status, error) {
		w.after(time.Minute)
		if _, err := w.resend("asker"); err != nil {
			return binding.Status{}, err
		}
		w.deliver()
		w.reported(w.post.letters[len(w.post.letters)-1], binding.Bounced, binding.WhyUnknown)
		return w.status("asker")
	}},
	{"resend to a dead mailbox", func(w *world) (binding.Status, error) { w.after(time.Minute); return w.resend("asker") }},
	{"expired", func(w *world) (binding.Status, error) { w.after(24 * time.Hour); return w.status("asker") }},
}

// Whether the address is bound to another account shows in nothing that the asker can see (P8). The
// check number is the one thing that differs: it is drawn anew for each challenge.
func TestNothingTellsWhetherAnAddressIsBoundElsewhere(t *testing.T) {
	worlds := map[string]*world{"free": newWorld(t), "bound": newWorld(t), "quarantine": newWorld(t)}
	worlds["bound"].bound("owner", "target@qq.com")
	q := worlds["quarantine"]
	q.bound("owner", "target@qq.com")
	q.memory.Release(t, q.account("owner"), q.emailKey("target@qq.com"), noon.Add(90*24*time.Hour))
	// The owner's own mails spent a part of the mailbox's day; give the free one the same.
	worlds["free"].book(t, "target@qq.com")

	for _, w := range worlds {
		w.post.letters, w.calls = nil, nil
	}
	for _, p := range probes {
		want, wantErr := p.do(worlds["free"])
		mask(&want)
		for _, name := range []string{"bound", "quarantine"} {
			w := worlds[name]
			got, err := p.do(w)
			mask(&got)
			w.same(p.name+": answer for a "+name+" address", got, want)
			w.same(p.name+": refusal for a "+name+" address", refusalOf(err), refusalOf(wantErr))
			w.same(p.name+": letters for a "+name+" address", len(w.post.letters), len(worlds["free"].post.letters))
		}
	}
	for name, w := range worlds {
		if len(w.post.letters) == 0 {
			t.Fatalf("%s: no letter went out, so nothing was compared", name)
		}
		for _, l := range w.post.letters {
			if verify := l.Kind == binding.KindVerify; verify != (name == "free") || !verify && (l.Code != "" || l.Token != "") {
				t.Errorf("%s: a letter of kind %s, code %q", name, l.Kind, l.Code)
			}
		}
	}
}

// mask takes out what is drawn anew for each challenge and send.
func mask(st *binding.Status) {
	st.Check = ""
	if st.Mail != nil && st.Mail.Support != "" {
		st.Mail.Support = st.Ref + "-"
	}
}

// book spends one mail of a mailbox's day for another account.
func (w *world) book(t *testing.T, email string) {
	t.Helper()
	b := binding.Booking{Inbox: w.names.Inbox(w.address(email)), Account: w.account("owner"), Send: binding.SendID{1}, Now: w.now}
	if ok, err := w.memory.Book(w.ctx, b); !ok || err != nil {
		t.Fatal(ok, err)
	}
}

func refusalOf(err error) binding.Refusal {
	if r, ok := errors.AsType[*binding.Refusal](err); ok {
		return *r
	}
	if err != nil {
		return binding.Refusal{Reason: "outage"}
	}
	return binding.Refusal{}
}

// The calls of the store are the same in number and order as well: time and cost tell nothing.
func TestTheAskersCallsAreTheSameForABoundAddress(t *testing.T) {
	free, taken := newWorld(t), newWorld(t)
	taken.bound("owner", "target@qq.com")
	for _, w := range []*world{free, taken} {
		w.calls = nil
		w.ok(w.bind("asker", "target@qq.com"))
		w.ok(w.status("asker"))
		w.after(20 * time.Minute)
		w.ok(w.resend("asker"))
	}
	free.same("store calls", taken.calls, free.calls)
}

// A mailer whose keys are stale makes the asker of a taken address wait as it does that of a free one.
func TestANoticeWaitsForTheKeyAsAVerifyMailDoes(t *testing.T) {
	for _, keys := range []binding.Keys{brokenKeys{}, brokenKeys{hold: time.Second}, withdrawnKeys{}} {
		free, taken := newWorld(t), newWorld(t)
		taken.bound("owner", "target@qq.com")
		var outcomes [2]binding.Outcome
		var errs [2]bool
		for i, w := range []*world{free, taken} {
			w.ok(w.bind("asker", "target@qq.com"))
			w.mailer.Keys = keys
			out, err := w.mailer.Deliver(w.ctx, w.stream[0], w.now)
			outcomes[i], errs[i] = out, err != nil
		}
		if outcomes[0] != outcomes[1] || errs[0] != errs[1] {
			t.Errorf("%T: free %q (outage %t), taken %q (outage %t)", keys, outcomes[0], errs[0], outcomes[1], errs[1])
		}
	}
}

package binding_test

import (
	"errors"
	"time"

	"mailbind/shared/binding"
)

// scenarios are every operation in every state that makes it take another way through the store.
var scenarios = []scenario{
	{name: "bind", prepare: func(w *world) func() error {
		return func() error { return errOf(w.bind("li", "li@qq.com")) }
	}},
	{name: "bind another address", prepare: func(w *world) func() error {
		w.pending("li", "old@qq.com")
		w.after(time.Minute)
		return func() error { return errOf(w.bind("li", "li@qq.com")) }
	}},
	{name: "bind the same address", prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		return func() error { return errOf(w.bind("li", "li@qq.com")) }
	}},
	{name: "bind after expiry", prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		w.after(24 * time.Hour)
		return func() error { return errOf(w.bind("li", "li@qq.com")) }
	}},
	{name: "bind a denied address", want: binding.ErrAddressDenied, prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		w.okDeny(w.deny(letter.Token))
		return func() error { return errOf(w.bind("li", "li@qq.com")) }
	}},
	{name: "status", prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		return func() error { return errOf(w.status("li")) }
	}},
	{name: "resend", prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		w.after(time.Minute)
		return func() error { return errOf(w.resend("li")) }
	}},
	{name: "resend with a new code", prepare: func(w *world) func() error {
		spend(w, "li", 5)
		w.after(time.Minute)
		return func() error { return errOf(w.resend("li")) }
	}},
	{name: "resend what is late", prepare: func(w *world) func() error {
		w.ok(w.bind("li", "li@qq.com"))
		w.after(time.Hour)
		return func() error { return errOf(w.resend("li")) }
	}},
	{name: "resend too soon", want: binding.ErrCooldown, prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		return func() error { return errOf(w.resend("li")) }
	}},
	{name: "link", prepare: func(w *world) func() error {
		st, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.link(letter.Token, st.Check)) }
	}},
	{name: "link with a wrong number", want: binding.ErrCheckMismatch, prepare: func(w *world) func() error {
		st, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.link(letter.Token, wrong(st.Check))) }
	}},
	{name: "link at the last try", prepare: func(w *world) func() error {
		st, letter := w.pending("li", "li@qq.com")
		for range binding.LinkTries - 1 {
			w.link(letter.Token, wrong(st.Check))
		}
		return func() error { return errOf(w.link(letter.Token, st.Check)) }
	}, lastTry: func(w *world) { w.ok(w.code("li", w.post.letters[0].Code)) }},
	{name: "code", prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.code("li", letter.Code)) }
	}},
	{name: "wrong code", want: binding.ErrWrongCode, prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.code("li", wrong(letter.Code))) }
	}},
	{name: "code at the last try", prepare: func(w *world) func() error {
		letter := spend(w, "li", 4)
		return func() error { return errOf(w.code("li", letter.Code)) }
	}, lastTry: func(w *world) {
		w.after(time.Minute)
		w.ok(w.resend("li"))
		w.ok(w.code("li", w.mail(binding.KindVerify).Code))
	}},
	{name: "code for an address that was lost to another", want: binding.ErrAddressTaken, prepare: func(w *world) func() error {
		_, letter := w.pending("li", "target@qq.com")
		w.bound("owner", "target@qq.com")
		return func() error { return errOf(w.code("li", letter.Code)) }
	}},
	{name: "token in the session", prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.token("li", letter.Token)) }
	}},
	{name: "not me", prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		return func() error { return errOf(w.deny(letter.Token)) }
	}},
	{name: "not me about a claim that moved on", prepare: func(w *world) func() error {
		letter := moved(w)
		return func() error { return errOf(w.deny(letter.Token)) }
	}},
	{name: "not me about a binding", prepare: func(w *world) func() error {
		_, receipt := w.bound("li", "li@qq.com")
		return func() error { return errOf(w.deny(receipt.Token)) }
	}},
	{name: "undo", prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		w.okDeny(w.deny(letter.Token))
		return func() error { return errOf(w.undo(letter.Token)) }
	}},
	{name: "undo about a claim that moved on", prepare: func(w *world) func() error {
		letter := moved(w)
		w.okDeny(w.deny(letter.Token))
		return func() error { return errOf(w.undo(letter.Token)) }
	}},
	{name: "undo about a binding", prepare: func(w *world) func() error {
		_, receipt := w.bound("li", "li@qq.com")
		w.okDeny(w.deny(receipt.Token))
		return func() error { return errOf(w.undo(receipt.Token)) }
	}},
	{name: "deliver a verify mail", prepare: func(w *world) func() error {
		w.ok(w.bind("li", "li@qq.com"))
		return delivery(w)
	}},
	{name: "deliver a verify mail whose provider's answer was lost", prepare: func(w *world) func() error {
		w.ok(w.bind("li", "li@qq.com"))
		w.post.err, w.post.lost = errFault, true
		if _, err := w.mailer.Deliver(w.ctx, w.stream[0], w.now); !errors.Is(err, binding.ErrSend) {
			w.t.Fatal(err)
		}
		w.post.err = nil
		return delivery(w)
	}},
	{name: "deliver a receipt", prepare: func(w *world) func() error {
		_, letter := w.pending("li", "li@qq.com")
		w.ok(w.code("li", letter.Code))
		return delivery(w)
	}},
	{name: "deliver a notice", prepare: func(w *world) func() error {
		w.bound("owner", "target@qq.com")
		w.ok(w.bind("li", "target@qq.com"))
		return delivery(w)
	}},
	{name: "deliver what the mailbox has no room for", prepare: func(w *world) func() error {
		w.pending("li", "li@qq.com")
		for range binding.InboxPerAccount {
			w.after(time.Minute)
			w.deliver()
			w.ok(w.resend("li"))
		}
		return delivery(w)
	}},
	{name: "deliver what the provider refuses", prepare: func(w *world) func() error {
		w.ok(w.bind("li", "li@qq.com"))
		w.post.err = binding.ErrMailRefused
		return delivery(w)
	}},
}

// delivery is the order that came last, delivered as the stream does.
func delivery(w *world) func() error {
	order := w.stream[len(w.stream)-1]
	return func() error { return errOf(w.mailer.Deliver(w.ctx, order, w.now)) }
}

// spend types wrong codes.
func spend(w *world, sub string, wrongs int) binding.Letter {
	_, letter := w.pending(sub, sub+"@qq.com")
	for range wrongs {
		w.code(sub, wrong(letter.Code))
	}
	return letter
}

// moved is a mail about an address that its account claims no longer.
func moved(w *world) binding.Letter {
	_, letter := w.pending("li", "victim@qq.com")
	w.after(time.Minute)
	w.pending("li", "li@qq.com")
	return letter
}

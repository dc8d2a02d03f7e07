package storetest

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

// everyReport is every fate of a mail of that kind, with every reason that matters.
func everyReport(tag binding.Tag, at time.Time) (out []binding.Report) {
	for fate := binding.NotSent; fate <= binding.Complained; fate++ {
		for _, why := range []binding.Why{binding.WhyNone, binding.WhyUnknown, binding.WhyNoMail, binding.WhyFull, binding.WhySpam, binding.WhyOwnerChanged} {
			out = append(out, binding.Report{Tag: tag, Fate: fate, Why: why, At: at})
		}
	}
	return out
}

// strangers: a report goes by its tag. One whose account, address or send is not the row's own changes nothing of
// the row, but for this: a complaint about an address that the account claimed once keeps it away from that one.
func strangers(t *testing.T, w *world) {
	f := &binding.Feedback{Store: w}
	for state, o := range w.inEachState() {
		other := w.boundTo()
		want, others := w.read(o.Account), w.read(other.Account)
		ghost := w.account()
		for what, tag := range map[string]binding.Tag{
			"another address": {Account: o.Account, EmailKey: id(), Send: id()},
			"no account":      {Account: ghost, EmailKey: o.EmailKey, Send: o.Send},
		} {
			for _, tag.Kind = range []binding.Kind{binding.KindVerify, binding.KindBound, binding.KindReconfirm, binding.KindRecover, binding.KindChanged} {
				for _, r := range everyReport(tag, w.now.Add(time.Minute)) {
					heard, err := f.Take(w.ctx, r)
					if err != nil || heard != binding.HeardNobody && heard != binding.HeardStale && heard != binding.HeardDenied {
						t.Fatalf("%s, %s, %+v: %s, %v", state, what, r, heard, err)
					}
					if away := heard == binding.HeardDenied; away {
						if tag.Kind != binding.KindVerify || r.Fate != binding.Complained || state == binding.Bound || what != "another address" {
							t.Fatalf("%s, %s, %+v: denied", state, what, r)
						}
						want.Denied[tag.EmailKey], want.TTL = r.At.Add(binding.DeniedFor), r.At.Add(binding.RowLife)
					}
					w.whole(string(state)+", "+what, o.Account, want)
				}
			}
		}
		w.whole("nobody", ghost, binding.Claim{})
		w.whole("another account", other.Account, others)
	}
}

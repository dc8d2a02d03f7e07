package recovery_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

var errFault = errors.New("injected fault")

// faults are the ways in which one call of the store can fail. The client library repeats a call whose
// answer was lost: the second one meets what the first one wrote.
var faults = []struct {
	name string
	fail func(call func() error) error
}{
	{"error before", func(func() error) error { return errFault }},
	{"answer lost", func(call func() error) error { call(); return errFault }},
	{"answer lost and repeated by the client library", func(call func() error) error { call(); return call() }},
	{"conflict", func(func() error) error { return &binding.Conflict{Cause: errFault} }},
}

// scenario is one request. prepare brings the world to where it is made; the request is repeated as a client
// repeats it: with the same content and a new request id. want is what it must come to in the end.
type scenario struct {
	name    string
	prepare func(w *world) func() error
	want    binding.Reason // "": success
	after   func(w *world) // what must be true then
}

var scenarios = []scenario{
	{name: "ask", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		return func() error { return w.service.Ask(w.ctx, "li@qq.com", home, w.now) }
	}, after: func(w *world) { w.deliver("li@qq.com") }},
	{name: "code", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		letter := w.mail("li@qq.com")
		return func() error { return errOf(w.code("li@qq.com", letter.Code)) }
	}},
	{name: "code at the last try", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		letter := w.mail("li@qq.com")
		for range binding.TriesPerCode - 1 {
			w.code("li@qq.com", wrong(letter.Code))
		}
		return func() error { return errOf(w.code("li@qq.com", letter.Code)) }
	}},
	{name: "wrong code", want: recovery.ErrRefused, prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		letter := w.mail("li@qq.com")
		return func() error { return errOf(w.code("li@qq.com", wrong(letter.Code))) }
	}},
	{name: "set by link", prepare: setting(0), after: opensNew},
	{name: "set at the last presentation", prepare: setting(recovery.Presentations - 1), after: opensNew},
	{name: "set while held", want: recovery.ErrRefused, prepare: func(w *world) func() error {
		set := setting(0)(w)
		w.ok(errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)))
		return set
	}, after: func(w *world) {
		if w.check("li", newPassword, "").OK {
			w.t.Error("set while held")
		}
	}},
	{name: "deliver", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		w.ask("li@qq.com")
		return func() error {
			o := recovery.Order{EmailKey: w.emailKey("li@qq.com")}
			return errOf(w.mailer.Deliver(w.ctx, o, w.now))
		}
	}, after: func(w *world) {
		w.same("letters have one code", w.post.letters[0].Code, w.post.letters[len(w.post.letters)-1].Code)
		w.ok(errOf(w.set(link(w.post.letters[0]), newPassword)))
	}},
	{name: "deliver again", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		w.mail("li@qq.com")
		w.after(time.Hour - 25*time.Minute)
		w.ask("li@qq.com")
		return func() error {
			o := recovery.Order{EmailKey: w.emailKey("li@qq.com")}
			return errOf(w.mailer.Deliver(w.ctx, o, w.now))
		}
	}, after: func(w *world) { w.ok(errOf(w.set(link(w.post.letters[len(w.post.letters)-1]), newPassword))) }},
	{name: "redeem for the platform", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		grant, err := w.code("li@qq.com", w.mail("li@qq.com").Code)
		w.ok(err)
		return func() error { return errOf(w.platform.Redeem(w.ctx, grant.Text, "key", w.request(), w.now)) }
	}},
	{name: "check", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		return func() error {
			c, err := w.platform.Check(w.ctx, "li", oldPassword, "phone", w.now)
			if err == nil && !c.OK {
				err = errors.New("refused")
			}
			return err
		}
	}},
	{name: "platform sets", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		version := w.credential("li").Version
		return func() error {
			return errOf(w.platform.Set(w.ctx, "li", newPassword, &version, w.request(), w.now))
		}
	}, after: opensNew},
	{name: "hold", prepare: func(w *world) func() error {
		w.bound("li", "li@qq.com")
		return func() error { return errOf(w.platform.Hold(w.ctx, "li", w.now.Add(time.Hour), w.now)) }
	}, after: func(w *world) {
		if w.row("li").Hold.IsZero() {
			w.t.Error("not held")
		}
	}},
}

// setting is a new password by link, after so many presentations in vain.
func setting(before int) func(w *world) func() error {
	return func(w *world) func() error {
		w.bound("li", "li@qq.com")
		p := link(w.mail("li@qq.com"))
		for i := range before {
			t := recovery.Try{EmailKey: w.emailKey("li@qq.com"), Challenge: w.challenge("li@qq.com").ID, Op: itoa(int64(i)), Now: w.now}
			w.ok(errOf(w.memory.Present(w.ctx, t)))
		}
		return func() error { return errOf(w.set(p, newPassword)) }
	}
}

func opensNew(w *world) {
	w.t.Helper()
	if !w.check("li", newPassword, "").OK || w.check("li", oldPassword, "").OK {
		w.t.Error("the new password does not open, or the old one does")
	}
	if _, due := w.row("li").Due[binding.KindChanged]; !due {
		w.t.Error("the owner is not told")
	}
}

// Every call of every request fails in every way, once; the client repeats. Nothing is lost, nobody is told a
// verdict that is not true, and what was given back is there again.
func TestAnyFaultIsOverWhenTheRequestIsRepeated(t *testing.T) {
	for _, sc := range scenarios {
		clean := newWorld(t)
		request := sc.prepare(clean)
		clean.calls = nil
		request()
		steps := len(clean.calls)
		for _, fault := range faults {
			for at := range steps {
				t.Run(fmt.Sprintf("%s/%s/call %d", sc.name, fault.name, at+1), func(t *testing.T) { runFaulty(t, sc, fault.fail, at) })
			}
		}
	}
}

func runFaulty(t *testing.T, sc scenario, fail func(func() error) error, at int) {
	w := newWorld(t)
	request := sc.prepare(w)
	n := 0
	w.tap = func(_ string, call func() error) error {
		n++
		if n == at+1 {
			return fail(call)
		}
		return call()
	}
	var err error
	for try := range 4 {
		if err = request(); try == 0 && n <= at {
			t.Fatal("the fault did not happen")
		}
		refusal, told := errors.AsType[*binding.Refusal](err)
		if err == nil || told && refusal.Reason != binding.ErrUnavailable {
			break
		}
		if !told && !errors.Is(err, errFault) {
			t.Fatalf("an outage of another kind: %v", err)
		}
		w.after(time.Second)
	}
	w.tap = nil
	if refusal, told := errors.AsType[*binding.Refusal](err); sc.want == "" && err != nil || sc.want != "" && (!told || refusal.Reason != sc.want) {
		t.Fatalf("ended with %v, want %q", err, sc.want)
	}
	if sc.after != nil {
		sc.after(w)
	}
}

// A fault is an outage and never one of the reasons that callers are told.
func TestOutagesAreNeverVerdicts(t *testing.T) {
	for _, sc := range scenarios {
		w := newWorld(t)
		request := sc.prepare(w)
		w.calls = nil
		w.tap = func(string, func() error) error { return errFault }
		err := request()
		if _, told := errors.AsType[*binding.Refusal](err); told || !errors.Is(err, errFault) {
			t.Errorf("%s: %v", sc.name, err)
		}
		if len(w.calls) == 0 || slices.Contains(w.calls, "") {
			t.Errorf("%s: %v", sc.name, w.calls)
		}
	}
}

// The request is cancelled between the presentation and the transaction: it is given back all the same.
func TestWhatIsGivenBackSurvivesTheRequestsEnd(t *testing.T) {
	w := newWorld(t)
	w.bound("li", "li@qq.com")
	p := link(w.mail("li@qq.com"))
	ctx, cancel := context.WithCancel(w.ctx)
	w.tap = func(step string, call func() error) error {
		if step == "change" {
			cancel()
			return ctx.Err()
		}
		return call()
	}
	if _, err := w.service.SetPassword(ctx, p, newPassword, w.request(), w.now); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if c := w.challenge("li@qq.com"); c.Presented != 0 {
		t.Errorf("%d presentations", c.Presented)
	}
}

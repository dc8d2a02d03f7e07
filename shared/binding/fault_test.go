package binding_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailbind/shared/binding"
)

var errFault = errors.New("injected fault")

// faults are the ways in which one call of the store can fail. The client library repeats a call whose
// answer was lost: the second one meets what the first one wrote, and is refused with it.
var faults = []struct {
	name string
	fail func(call func() error) error
}{
	{"error before", func(func() error) error { return errFault }},
	{"answer lost", func(call func() error) error { call(); return errFault }},
	{"answer lost and repeated by the client library", func(call func() error) error { call(); return call() }},
	{"conflict", func(func() error) error { return &binding.Conflict{Cause: errFault} }},
}

// scenario is one request. prepare brings the world to where it is made; the request is repeated as a
// client repeats it: with the same content and a new request id.
type scenario struct {
	name    string
	prepare func(w *world) (request func() error)
	want    error // nil: success
	// lastTry: one lost try costs the person the proof itself. If charge and refund both fail, they are
	// told so, and this is their way on.
	lastTry func(w *world)
}

// TestOneFaultAtAnyCallOfAnyOperationBreaksNoPromise fails each call of each operation in each way,
// alone and together with all that follow in the same request, lets the client try again, and wants
// the world that a faultless run leaves: nothing lost, nothing charged twice, success told as success.
func TestOneFaultAtAnyCallOfAnyOperationBreaksNoPromise(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			calls, want := sc.faultless(t)
			if calls == 0 {
				t.Fatal("the request calls no store, so nothing was tried")
			}
			for at := range calls {
				for _, f := range faults {
					for _, down := range []bool{false, true} {
						t.Run(fmt.Sprintf("call %d, %s, down %t", at, f.name, down), func(t *testing.T) {
							sc.faulted(t, at, down, f.fail, want)
						})
					}
				}
			}
		})
	}
}

func (sc scenario) faultless(t *testing.T) (calls int, _ left) {
	w := newWorld(t)
	request := sc.prepare(w)
	w.calls = nil
	if err := request(); !errors.Is(err, sc.want) {
		t.Fatalf("without a fault: %v, want %v", err, sc.want)
	}
	calls = len(w.calls)
	sc.again(w, request)
	return calls, w.left()
}

// again is the client whose answer was lost on its own way: a success repeated is a success.
func (sc scenario) again(w *world, request func() error) {
	w.t.Helper()
	if sc.want != nil {
		return
	}
	if err := request(); err != nil {
		w.t.Errorf("repeated after success: %v", err)
	}
}

func (sc scenario) faulted(t *testing.T, at int, down bool, fail func(func() error) error, want left) {
	w := newWorld(t)
	request := sc.prepare(w)
	n := -1
	w.tap = func(_ string, call func() error) error {
		n++
		if n == at || down && n > at {
			return fail(call)
		}
		return call()
	}
	err := request()
	w.tap = nil
	if n < at {
		t.Fatal("the fault was never injected")
	}
	if told, ok := errors.AsType[*binding.Refusal](err); ok && told.Reason != binding.ErrUnavailable && !errors.Is(err, sc.want) {
		t.Fatalf("the outage is told as a verdict: %v", err)
	}
	if err != nil && (sc.want == nil || !errors.Is(err, sc.want)) {
		err = request()
	}
	if down && sc.lastTry != nil && errors.Is(err, binding.ErrTriesExhausted) {
		sc.lastTry(w)
		w.state("li", binding.Bound)
		return
	}
	if !errors.Is(err, sc.want) {
		t.Fatalf("the client's second try: %v, want %v", err, sc.want)
	}
	sc.again(w, request)
	got := w.left()
	if down && got.sameButForOneTry(want) {
		return // charge and refund failed both: one try is lost, and no more
	}
	if got != want {
		t.Errorf("left behind:\n%+v\nwant:\n%+v", got, want)
	}
}

// left is what a request leaves in the world, without random ids.
type left struct {
	text                 string
	tries, today, number int
}

func (l left) sameButForOneTry(want left) bool {
	one := func(got, want int) bool { return got == want || got == want+1 }
	return l.text == want.text && one(l.tries, want.tries) && one(l.today, want.today) && one(l.number, want.number)
}

func (w *world) left() left {
	w.look(w.accounts...)
	var b strings.Builder
	for _, sub := range []string{"li", "owner"} {
		c := w.row(sub)
		_, holder, err := w.memory.Load(w.ctx, c.Account, c.EmailKey, w.now)
		if err != nil {
			w.t.Fatal(err)
		}
		fact, _, _ := strings.Cut(c.Event, "/")
		var denied []string
		for ek, until := range c.Denied {
			denied = append(denied, fmt.Sprint(ek == c.EmailKey, until.Sub(w.now)))
		}
		slices.Sort(denied)
		_, verify := c.Due[binding.KindVerify]
		_, receipt := c.Due[binding.KindBound]
		fmt.Fprintf(&b, "%s: %q %s codes %d, expires %v, resend %v, sends %d, denied %v, due %t %t, accepted %t, fate %d %q, bound %v, disputed %v, risk %q, fact %q, held by itself %t\n",
			sub, c.State, c.Address.String(), c.CodesUsed, c.Expires, c.ResendAt, c.SendsToday, denied, verify, receipt, !c.AcceptedAt.IsZero(),
			c.Fate, c.Why, c.BoundAt, c.DisputedAt, c.Risk, fact, holder.Bound && holder.Owner == c.Account)
	}
	letters := map[string]bool{} // a mail may go out twice
	for _, l := range w.post.letters {
		tag, err := binding.OpenTag(w.names.Data, l.Tag)
		if err != nil {
			w.t.Fatal(err)
		}
		letters[fmt.Sprintf("%s %x", l.Kind, tag.Send)] = true
	}
	fmt.Fprintf(&b, "%d mails", len(letters))
	li := w.row("li")
	return left{text: b.String(), tries: li.Tries, today: li.TriesToday, number: li.LinkTries}
}

// The request's own time may be over when a charge is to be given back.
func TestAChargeIsGivenBackWhenTheRequestIsOver(t *testing.T) {
	w := newWorld(t)
	_, letter := w.pending("li", "li@qq.com")
	ctx, cancel := context.WithCancel(w.ctx)
	w.tap = func(step string, call func() error) error {
		if step == "Bind" {
			cancel()
			return ctx.Err()
		}
		return call()
	}
	if _, err := w.service.VerifyCode(ctx, w.session("li"), letter.Code, w.request(), w.now); !errors.Is(err, context.Canceled) {
		t.Fatalf("the outage is %v", err)
	}
	if row := w.row("li"); row.Tries != 0 || row.TriesToday != 0 {
		t.Errorf("charged: %d of the code, %d of the day", row.Tries, row.TriesToday)
	}
}

package platform

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

const proved = `{"account":"u-1","proved_at":"2026-03-14T12:00:00Z"}`

// ops are what was asked, in order.
func ops(calls []map[string]any) []any {
	var all []any
	for _, call := range calls {
		all = append(all, call["op"])
	}
	return all
}

// opens brings a grant and gives its form with a password in it.
func (w *world) opens(grant, password string) map[string]string {
	w.t.Helper()
	fields := fieldsOf(w.t, w.form("/return", map[string]string{"grant": grant}))
	fields["password"] = password
	return fields
}

// over wants a form to be told that it is over.
func (w *world) over(what, path string, fields map[string]string) {
	w.t.Helper()
	if got := w.form(path, fields); got.status != 410 {
		w.t.Errorf("%s: %d %s", what, got.status, got.text)
	}
}

const thiefs = "a thief's lamps over the harbour"

func TestAnOpenFormEndsWhenTheOwnerComesBack(t *testing.T) {
	w := newWorld(t, true, always(proved))
	w.clock = w.clock.Add(time.Minute)
	thief, owner := w.opens("AQPE", thiefs), w.opens("AQPF", fresh)
	for range 2 {
		if got := w.form("/new-password", owner); got.status != 303 {
			t.Fatalf("the owner: %d %s", got.status, got.text)
		}
	}
	w.over("the thief", "/new-password", thief)
	w.over("the thief, too short", "/new-password", map[string]string{"visit": thief["visit"], "password": "lamps"})
	w.over("the thief's guess at the owner's", "/new-password", map[string]string{"visit": thief["visit"], "password": fresh})
	w.over("the thief's grant again", "/return", map[string]string{"grant": "AQPE"})
	w.post("/sign-in", `{"account":"u-1","password":"`+thiefs+`"}`, 401)
	w.signIn("u-1", fresh)
}

func TestAFormThatWasSentIsNoWayToGuessALaterPassword(t *testing.T) {
	w := newWorld(t, true, always(proved))
	thief := w.opens("AQPE", thiefs)
	if got := w.form("/new-password", thief); got.status != 303 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	w.post("/password", `{"session":"`+w.signIn("u-1", thiefs)+`","password":"`+fresh+`"}`, 200)
	thief["password"] = fresh
	w.over("a right guess", "/new-password", thief)
}

func TestAnOpenFormEndsWhenThePasswordChangesInASession(t *testing.T) {
	w := newWorld(t, true, always(proved))
	here := w.post("/password", `{"token":"of-u-1","password":"seven lamps over the harbour"}`, 200)["session"].(string)
	thief := w.opens("AQPE", thiefs)
	w.post("/password", `{"session":"`+here+`","password":"`+fresh+`"}`, 200)
	w.over("the thief", "/new-password", thief)
	w.signIn("u-1", fresh)
}

func TestAChangeWhileTheFormIsBeingKeptWins(t *testing.T) {
	w := newWorld(t, true, always(proved))
	thief := w.opens("AQPE", thiefs)
	slowly := slow{w.platform.passwords, make(chan string, 1), make(chan bool)}
	w.platform.passwords = slowly
	told := make(chan int)
	go func() { told <- w.form("/new-password", thief).status }()
	<-slowly.sets
	if _, err := w.platform.own.set(t.Context(), "u-1", fresh, nil); err != nil {
		t.Fatal(err)
	}
	close(slowly.let)
	if status := <-told; status != 410 {
		t.Errorf("the thief: %d", status)
	}
	w.signIn("u-1", fresh)
}

// However late mailbind hears of a change, a mailbox that was proved before it leads nowhere.
func TestAProofOlderThanThePasswordIsOver(t *testing.T) {
	for _, test := range []struct {
		proved time.Duration // after the change
		want   int
	}{{-time.Minute, 410}, {-time.Second, 410}, {0, 200}, {time.Second, 200}} {
		var at time.Time
		w := newWorld(t, true, func(q map[string]any) string {
			return fmt.Sprintf(`{"account":"u-1","proved_at":%q}`, at.Format(time.RFC3339))
		})
		at = w.clock.Add(test.proved)
		w.clock = w.clock.Add(900 * time.Millisecond) // proved_at tells whole seconds
		w.post("/password", `{"token":"of-u-1","password":"`+fresh+`"}`, 200)
		w.clock = w.clock.Add(time.Minute)
		if got := w.form("/return", map[string]string{"grant": "AQPE"}); got.status != test.want {
			t.Errorf("proved %v after the change: %d", test.proved, got.status)
		}
	}
}

func TestAnOutageKeepsTheVisitAndItsKey(t *testing.T) {
	for _, no := range []string{"", `{"refused":"unavailable","retry_after":1}`} {
		text := no
		w := newWorld(t, true, func(map[string]any) string { return text })
		fromMailbind := map[string]string{"grant": "AQPE"} // without a key, each time
		for range 2 {
			if got := w.form("/return", fromMailbind); got.status != 503 {
				t.Fatalf("%d %s", got.status, got.text)
			}
		}
		text = proved
		if got := w.form("/return", fromMailbind); got.status != 200 {
			t.Errorf("%d %s", got.status, got.text)
		}
		for _, call := range w.lambda.calls() {
			if first := w.lambda.calls()[0]; !maps.Equal(call, first) {
				t.Errorf("asked %v, then %v", first, call)
			}
		}
	}
}

// failing keeps no password as long as it has an error.
type failing struct {
	passwords
	err error
}

func (f *failing) set(ctx context.Context, account, typed string, seen *int64) (int64, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.passwords.set(ctx, account, typed, seen)
}

func TestAPasswordThatCouldNotBeKeptCanBeSentAgain(t *testing.T) {
	w := newWorld(t, true, always(proved))
	kept := &failing{passwords: w.platform.passwords}
	w.platform.passwords = kept
	fields := w.opens("AQPE", fresh)
	for _, kept.err = range []error{ErrOutage, &Refused{Name: "unavailable"}} {
		if got := w.form("/new-password", fields); got.status != 503 || fieldsOf(t, got)["visit"] != fields["visit"] {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	if calls := w.lambda.calls(); !slices.Equal(ops(calls), []any{"redeem"}) {
		t.Errorf("nothing was kept, and asked was %v", calls)
	}
	kept.err = nil
	if got := w.form("/new-password", fields); got.status != 303 {
		t.Errorf("%d %s", got.status, got.text)
	}
	w.signIn("u-1", fresh)
}

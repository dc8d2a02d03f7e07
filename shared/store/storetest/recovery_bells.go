package storetest

import (
	"reflect"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func bell(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	if c := w.row(ek); !reflect.DeepEqual(c, recovery.Challenge{}) {
		t.Errorf("an address that nobody asked for reads as %+v", c)
	}
	b := w.rung(ek)
	want := recovery.Challenge{EmailKey: ek, Due: b.Send, AskedAt: w.now, TTL: w.now.Add(40 * 24 * time.Hour)}
	if c := w.row(ek); !reflect.DeepEqual(c, want) {
		t.Errorf("the row is\n%+v, want\n%+v", c, want)
	}
	o := w.opened(w.boundTo().EmailKey, w.account())
	w.settled(o, 0)
	before := w.row(o.EmailKey)
	w.now = w.now.Add(time.Hour)
	b = w.rung(o.EmailKey)
	want = before
	want.Due, want.AskedAt, want.TTL = b.Send, w.now, w.now.Add(40*24*time.Hour)
	if c := w.row(o.EmailKey); !reflect.DeepEqual(c, want) {
		t.Errorf("a bell leaves the rest of the row: it is\n%+v, want\n%+v", c, want)
	}
}

func bellDue(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	first := w.rung(ek)
	ring := func() recovery.Challenge {
		t.Helper()
		w.ok(w.Ring(w.ctx, recovery.Bell{EmailKey: ek, Send: id(), Now: w.now}))
		return w.row(ek)
	}
	w.now = first.Now.Add(recovery.FreshFor - time.Second)
	if c := ring(); c.Due != first.Send || !c.AskedAt.Equal(first.Now) || !c.TTL.Equal(first.Now.Add(binding.RowLife)) {
		t.Errorf("the bell rang while a mail is due: %+v", c)
	}
	w.now = first.Now.Add(recovery.FreshFor)
	if c := ring(); c.Due == first.Send || !c.AskedAt.Equal(w.now) {
		t.Errorf("the bell is deaf although the mail is late: %+v", c)
	}
}

func bellSpaced(t *testing.T, w *recoveries) {
	_, ek := w.mailbox()
	o := w.opened(ek, w.account())
	w.settled(o, 5*time.Minute)
	w.now = o.Now.Add(5*time.Minute - time.Second)
	w.ok(w.Ring(w.ctx, recovery.Bell{EmailKey: ek, Send: id(), Now: w.now}))
	if c := w.row(ek); c.Due != (binding.SendID{}) || !c.AskedAt.Equal(o.Now) {
		t.Errorf("the bell rang before the next mail may be sent: %+v", c)
	}
	w.now = o.Now.Add(5 * time.Minute)
	w.rung(ek)
}

func callers(t *testing.T, w *recoveries) {
	caller := recovery.CallerKey(id())
	count := func(k recovery.CallerKey, at time.Time) (recovery.Usage, bool) {
		t.Helper()
		u, ok, err := w.CountCaller(w.ctx, k, at)
		if err != nil {
			t.Fatal(err)
		}
		return u, ok
	}
	hour := w.now.Truncate(time.Hour)
	n := 0
	for minute := range recovery.CallerPerHour / recovery.CallerPerMinute {
		for i := range recovery.CallerPerMinute {
			n++
			u, ok := count(caller, hour.Add(time.Duration(minute)*time.Minute+time.Duration(i%60)*time.Second))
			if want := (recovery.Usage{Minute: i + 1, Hour: n}); !ok || u != want {
				t.Fatalf("request %d: %+v, %v, want %+v", n, u, ok, want)
			}
		}
		for range 2 {
			u, ok := count(caller, hour.Add(time.Duration(minute)*time.Minute+59*time.Second))
			if want := (recovery.Usage{Minute: recovery.CallerPerMinute, Hour: n}); ok || u != want {
				t.Errorf("a request over the minute's: %+v, %v, want %+v, and it is not counted", u, ok, want)
			}
		}
	}
	if u, ok := count(caller, hour.Add(59*time.Minute)); ok || u != (recovery.Usage{Hour: recovery.CallerPerHour}) {
		t.Errorf("a request over the hour's: %+v, %v", u, ok)
	}
	if u, ok := count(recovery.CallerKey(id()), hour.Add(59*time.Minute)); !ok || u != (recovery.Usage{Minute: 1, Hour: 1}) {
		t.Errorf("another network: %+v, %v", u, ok)
	}
	if u, ok := count(caller, hour.Add(time.Hour)); !ok || u != (recovery.Usage{Minute: 1, Hour: 1}) {
		t.Errorf("the next hour: %+v, %v", u, ok)
	}
}

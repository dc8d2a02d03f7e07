package storetest

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// again takes a report until the table is not busy.
func again(t *testing.T, w *world, f *binding.Feedback, r binding.Report) (busy int64) {
	for ; busy < 50; busy++ {
		if _, err := f.Take(w.ctx, r); err == nil {
			return busy
		}
	}
	t.Error("a report is told for ever")
	return busy
}

// RaceReports tells what happened to a mail, or to a bound mailbox, by five calls at once, as often as given for
// each history. Subject prepares the rows and reads them; reports takes the calls, and may fail: what is an
// outage is told again.
func RaceReports(t *testing.T, s Subject, reports binding.Reports, rounds int) {
	f := &binding.Feedback{Store: reports}
	for _, h := range slices.Concat(mailHistories, signHistories) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel() // most of a busy table's time is waiting
			w := newWorld(t, s)
			var busy atomic.Int64
			for round := range rounds {
				o := h.start(w)
				want := w.end(h, o)
				var wg sync.WaitGroup
				for _, r := range h.reports(o, w.now) {
					wg.Go(func() { busy.Add(again(t, w, f, r)) })
				}
				wg.Wait()
				w.ended(h, o, want, round)
			}
			t.Logf("%d reports were told, %d times more than once", 5*rounds, busy.Load())
		})
	}
}

// RaceConfirming confirms a mailbox while five reports of the time before it come in.
func RaceConfirming(t *testing.T, s Subject, proofs binding.Proofs, reports binding.Reports, rounds int) {
	w := newWorld(t, s)
	f := &binding.Feedback{Store: reports}
	start := w.now
	doubted := 0
	for round := range rounds {
		w.now = start
		o := w.confirming()
		want := w.read(o.Account)
		w.now = start.Add(3 * time.Hour) // the confirmation is alive, and what is told is of before
		c := w.confirmation(o, false)
		told := make(chan bool, len(signHistories[0].events))
		var wg sync.WaitGroup
		for _, r := range signHistories[0].reports(o, start) {
			r.At = start.Add(r.At.Sub(start) / 20)
			wg.Go(func() {
				again(t, w, f, r)
				told <- true
			})
		}
		wg.Go(func() {
			for range round % (len(signHistories[0].events) + 1) { // before all of them, after all, and between
				<-told
			}
			for range 200 { // as the service does, which sees by a refusal how the row stands
				_, err := proofs.Confirm(w.ctx, c)
				refused, is := errors.AsType[*binding.Refused](err)
				switch {
				case err == nil:
					return
				case is:
					c.Doubted = refused.Old.Risk != binding.NoRisk || !refused.Old.DisputedAt.IsZero()
				}
			}
			t.Error("it is never confirmed")
		})
		wg.Wait()
		if c.Doubted {
			doubted++
		}
		want.ProvedAt = w.now
		want.Expires, want.ResendAt, want.Tries = time.Time{}, time.Time{}, 0
		delete(want.Due, binding.KindReconfirm)
		got := w.read(o.Account)
		if c.Doubted {
			want.Event = c.Event // it was the last word, over whatever was told of before
		} else if strings.HasPrefix(got.Event, "binding.well/delivered/") {
			want.Event = got.Event
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("the row is\n%+v, want\n%+v", got, want)
		}
	}
	if doubted == 0 || doubted == rounds {
		t.Errorf("%d of %d were confirmed while in doubt: the two did not meet", doubted, rounds)
	}
}

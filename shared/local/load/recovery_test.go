package load

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEachKindComesEquallyOftenAndByLot(t *testing.T) {
	const n = 400
	order := lots(4, n)
	var count [4]int
	follows := map[[2]int]int{} // at the distance of a mail's reports
	for i, kind := range order {
		count[kind]++
		if i >= 100 {
			follows[[2]int{order[i-100], kind}]++
		}
	}
	for kind, times := range count {
		if times != n {
			t.Errorf("kind %d comes %d times, want %d", kind, times, n)
		}
	}
	for a := range 4 {
		for b := range 4 {
			if times := follows[[2]int{a, b}]; times < 40 || times > 150 { // 94, give or take 8
				t.Errorf("%d comes %d times 100 after %d", b, times, a)
			}
		}
	}
	if slices.Equal(order, lots(4, n)) {
		t.Error("the order is always the same")
	}
}

func TestAnswersAreComparedByteByByteButForTheirTimeAndRequest(t *testing.T) {
	answer := func(change func(*reply)) string {
		r := reply{status: 202, body: []byte(`{"state":"asked"}`), header: http.Header{
			"Date": {"a"}, "Apigw-Requestid": {"b"}, "Content-Type": {"application/json"}}}
		change(&r)
		return whole(r)
	}
	same := answer(func(*reply) {})
	for name, change := range map[string]func(*reply){
		"time":    func(r *reply) { r.header.Set("Date", "c") },
		"request": func(r *reply) { r.header.Set("Apigw-Requestid", "d") },
	} {
		if answer(change) != same {
			t.Errorf("another %s is a difference", name)
		}
	}
	for name, change := range map[string]func(*reply){
		"status": func(r *reply) { r.status = 200 },
		"field":  func(r *reply) { r.header.Set("Retry-After", "1") },
		"value":  func(r *reply) { r.header.Set("Content-Type", "text/html") },
		"body":   func(r *reply) { r.body = []byte(`{"state":"Asked"}`) },
	} {
		if answer(change) == same {
			t.Errorf("another %s is no difference", name)
		}
	}
}

func TestTheVerdictNamesWhatRecoveryTells(t *testing.T) {
	l := newLikeness("recover", addresses)
	for i := range 100 {
		for kind := range addresses {
			took := time.Duration(i)
			if kind == 2 {
				took += 100
			}
			l.took[kind] = append(l.took[kind], took)
		}
	}
	l.beside[3] = 50
	for _, one := range []struct {
		kind   int
		answer string
	}{{0, "a"}, {2, "a"}, {3, "b"}, {1, "c"}, {0, "a"}} {
		l.note(one.kind, one.answer)
	}
	d := measured(1, Counts{{"status", Database, "GetItem"}: 1})
	d.likenesses = []*likeness{l}
	told := d.verdict()
	if told == nil {
		t.Fatal("nothing was told")
	}
	for _, want := range []string{`answers of recover differ: unknown "a", bound and held "b"`, "timing of recover tells addresses apart: bound: P 1.000 of 100"} {
		if !strings.Contains(told.Error(), want) {
			t.Errorf("got %v, want %q", told, want)
		}
	}
	for _, mistaken := range []string{"pending", "held: P"} {
		if strings.Contains(told.Error(), mistaken) {
			t.Errorf("got %v", told)
		}
	}
	if table := d.likes(); strings.Count(table, "| NO ") != len(addresses) || strings.Count(table, "1.000") != 1 || strings.Count(table, " 0.50 |") != 1 {
		t.Errorf("got\n%s", table)
	}
}

func TestMailsOfOtherRoundTripsAreAnError(t *testing.T) {
	for trips, right := range map[int]bool{6: true, 5: false, 7: false} {
		d := measured(1, Counts{{"status", Database, "GetItem"}: 1})
		d.mails = []*mailing{{cause: recoverUnknown, n: 2, counts: Counts{{sender, Database, "UpdateItem"}: trips}}}
		if err := d.verdict(); (err == nil) != right {
			t.Errorf("%d round trips for two orders: %v", trips, err)
		}
		if strings.Contains(d.deliveries(), "DIFFERS") == right {
			t.Errorf("%d round trips:\n%s", trips, d.deliveries())
		}
	}
}

func TestNoNetworkAsksMoreThanItMay(t *testing.T) {
	c := newCrowd("http://127.0.0.1:8080")
	defer c.close()
	asked := map[*http.Client]int{}
	for range perNetwork * 5 / 2 {
		asked[c.next(1)]++
	}
	if len(asked) != 3 {
		t.Errorf("%d networks asked, want 3", len(asked))
	}
	for _, n := range asked {
		if n > perNetwork {
			t.Errorf("one asked %d times", n)
		}
	}
	if asked[c.alone()] > 0 {
		t.Error("one that is to be alone is not")
	}
}

func TestEachNetworkHasAnAddressOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, first := range []uint32{0, 1<<16 - 500, 1<<23 - 1000} {
		for n := range uint32(1000) {
			address := loopback(first + n)
			if !address.IsLoopback() || address.To4()[1] == 0 || seen[address.String()] {
				t.Fatalf("network %d is %s", first+n, address)
			}
			seen[address.String()] = true
		}
	}
}

func TestTheCallersMinuteIsWaitedForOnlyWhenItEnds(t *testing.T) {
	if err := untilTheMinute(t.Context(), 0); err != nil {
		t.Error(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := untilTheMinute(ended, time.Minute+time.Second); err == nil {
		t.Error("a minute that cannot have that much left was not waited for")
	}
}

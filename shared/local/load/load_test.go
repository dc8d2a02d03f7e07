package load

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

var looking = operation{name: "status", function: "status", status: 200, trips: 1}

func TestDriveCountsWrongAnswersAndEndsAtAnError(t *testing.T) {
	r, err := drive(looking, 4, 100, func(i int) (reply, error) {
		if i%10 == 0 {
			return reply{status: 500, body: []byte("broken")}, nil
		}
		return reply{status: 200}, nil
	})
	if err != nil || r.wrong != 10 || len(r.took) != 100 || !strings.Contains(r.example, "status 500, want 200: broken") {
		t.Errorf("%d wrong of %d, %v: %s", r.wrong, len(r.took), err, r.example)
	}
	broken, calls := errors.New("broken"), 0
	if _, err := drive(looking, 1, 100, func(int) (reply, error) { calls++; return reply{}, broken }); !errors.Is(err, broken) || calls != 1 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestParallelCallsEachOnceAndGivesTheFirstError(t *testing.T) {
	seen := make([]int, 100)
	if err := parallel(len(seen), func(i int) error { seen[i]++; return nil }); err != nil {
		t.Error(err)
	}
	for i, n := range seen {
		if n != 1 {
			t.Errorf("%d was called %d times", i, n)
		}
	}
	broken := errors.New("broken")
	if err := parallel(10, func(i int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := parallel(0, func(i int) error { return broken }); err != nil {
		t.Errorf("none: %v", err)
	}
}

// measured is a driver after one phase with these counts.
func measured(n int, counts Counts) *driver {
	r := &result{operation: looking, clients: 1, took: make([]time.Duration, n), wall: time.Second, counts: counts}
	return &driver{results: []*result{r}, stack: Stack{Tally: &Tally{}, Functions: func() []Function { return nil }}}
}

func TestRoundTripsThatAreNotPromisedAreAnError(t *testing.T) {
	get := Call{"status", Database, "GetItem"}
	for _, c := range []struct {
		name   string
		n      int
		counts Counts
		right  bool
	}{
		{"as promised", 100, Counts{get: 100}, true},
		{"as promised, and instances started", 100, Counts{get: 100, {"status", Start, "GetItem"}: 3}, true},
		{"as promised, and another function's", 100, Counts{get: 100, {"mailer", Database, "UpdateItem"}: 9}, true},
		{"one more", 100, Counts{get: 101}, false},
		{"one more, of another kind", 100, Counts{get: 100, {"status", Database, "UpdateItem"}: 1}, false},
		{"one less", 100, Counts{get: 99}, false},
		{"none", 100, Counts{}, false},
	} {
		d := measured(c.n, c.counts)
		if err := d.verdict(); (err == nil) != c.right {
			t.Errorf("%s: %v", c.name, err)
		}
		if differs := strings.Contains(d.operations(), "DIFFERS"); differs == c.right {
			t.Errorf("%s:\n%s", c.name, d.operations())
		}
	}
}

func TestTheVerdictNamesWhatIsWrong(t *testing.T) {
	get := Counts{{"status", Database, "GetItem"}: 1}
	for _, c := range []struct {
		want   string
		damage func(*driver)
	}{
		{"1 of 1 answers", func(d *driver) { d.results[0].wrong = 1 }},
		{"2 requests to the mail service for 1 mails", func(d *driver) {
			d.mails = []*mailing{{cause: bind, delays: make([]time.Duration, 1), counts: Counts{{sender, Mail, "SendEmail"}: 2}}}
		}},
		{"does not name its function", func(d *driver) { d.stack.Tally.Trip("curl", "x.Scan", nil) }},
		{"status failed on 1 of 7 events", func(d *driver) {
			d.stack.Functions = func() []Function { return []Function{{Name: "status", Calls: 7, Errors: 1}} }
		}},
		{"answers of bind differ", func(d *driver) { d.likenesses = []*likeness{{name: "bind", unlike: "x"}} }},
		{"timing of bind tells addresses apart: bound: P 1.000 of 100", func(d *driver) {
			l := newLikeness("bind", claimed)
			for i := range 100 {
				l.took[0], l.took[1] = append(l.took[0], time.Duration(i)), append(l.took[1], time.Duration(i+100))
			}
			d.likenesses = []*likeness{l}
		}},
		{"2 reports are missing", func(d *driver) { d.stack.Tally.Sent("app/mailbind-mailer") }},
		{"-1 reports are missing", func(d *driver) {
			d.stack.Functions = func() []Function { return []Function{{Name: feedback, Calls: 1}} }
		}},
	} {
		d := measured(1, get)
		if err := d.verdict(); err != nil {
			t.Fatalf("before: %v", err)
		}
		c.damage(d)
		if err := d.verdict(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestShapeHidesTheClaimsOwnValuesAndNothingElse(t *testing.T) {
	header := http.Header{"Content-Type": {"application/json"}, "Content-Length": {"93"}}
	one := reply{status: 202, header: header, body: []byte(`{"state":"pending","ref":"7QK2","address":"ann@x.example","check":"4821","expires_at":"2026-01-01T00:00:00Z","mail":{"fate":"queued","at":"2026-01-01T00:00:00Z","support":"7QK2-0000"}}`)}
	for _, c := range []struct {
		name string
		old  string
		new  string
		same bool
	}{
		{"another claim", `"7QK2","address":"ann@x.example","check":"4821"`, `"AAAA","address":"bob@x.example","check":"0000"`, true},
		{"another time", `2026-01-01`, `2026-12-31`, true},
		{"a longer address", `ann@`, `anna@`, false},
		{"another state", `pending`, `bound`, false},
		{"another fate", `queued`, `sent`, false},
		{"another reference for support", `7QK2-0000`, `7QK2-1111`, true},
		{"another time of a report", `"at":"2026`, `"at":"2027`, true},
		{"a report without a time", `,"at":"2026-01-01T00:00:00Z"`, ``, false},
		{"another type", `"4821"`, `4821`, false},
		{"a member more", `{"fate"`, `{"late":true,"fate"`, false},
		{"no JSON", `{"state"`, `"state"`, false},
	} {
		other := one
		other.body = []byte(strings.Replace(string(one.body), c.old, c.new, 1))
		if string(other.body) == string(one.body) {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		if (shape(one) == shape(other)) != c.same {
			t.Errorf("%s:\n%s\n%s", c.name, shape(one), shape(other))
		}
	}
	other := one
	other.status = 200
	if shape(other) == shape(one) {
		t.Error("the status is not compared")
	}
	other = one
	other.header = http.Header{"Content-Type": {"application/json"}}
	if shape(other) == shape(one) {
		t.Error("the header's fields are not compared")
	}
}

func TestRoundsAreReadOrRefused(t *testing.T) {
	got, err := ParseRounds("1x300,8x1000")
	if want := []Round{{1, 300}, {8, 1000}}; err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := ParseRounds(Default); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "8", "x", "8x", "x8", "0x8", "8x0", "-1x8", "33x10", "1x10,", "1x2x3", "1 x 2", "1x25001", "1x9223372036854775807"} {
		if got, err := ParseRounds(text); err == nil {
			t.Errorf("%q was taken as %v", text, got)
		}
	}
}

func TestATableIsMarkdown(t *testing.T) {
	got := table([][]string{{"name", "n", "note"}, {"老李", "7", "a"}, {"b", "-", "x y"}})
	want := "| name |   n | note |\n|------|----:|------|\n| 老李   |   7 | a    |\n| b    |   - | x y  |\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEachShowsThatANumberIsNotWhole(t *testing.T) {
	for _, c := range []struct {
		count, n int
		want     string
	}{{600, 300, "2"}, {0, 300, "0"}, {601, 300, "2.0033"}, {1, 0, "-"}} {
		if got := each(c.count, c.n); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.count, c.n, got, c.want)
		}
	}
}

func TestAForgedTokenKeepsItsLengthAndIsAnother(t *testing.T) {
	for _, token := range []string{"abcdefghijklmnopqrst", "abcdefghijklAAAAAAAA", "abc"} {
		got := forged(token)
		if got == token || (len(token) >= 8 && len(got) != len(token)) {
			t.Errorf("%s became %s", token, got)
		}
	}
}

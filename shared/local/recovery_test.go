package main_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/local/dynamolocal"
)

// TestNobodyKeepsTheOwnerOut lets strangers do what they can to the way back in, and time do what it does: the
// rows are moved into the past where a test would have to wait for hours.
func TestNobodyKeepsTheOwnerOut(t *testing.T) {
	t.Parallel()
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s := start(t, "-dynamodb", endpoint)
	b := &bells{
		stack: s, seen: map[string]bool{},
		client: dynamodb.New(dynamodb.Options{Region: "local-1", BaseEndpoint: &endpoint, Credentials: anyone}),
	}
	t.Run("two hundred wrong codes at once", b.guessed)
	t.Run("a hundred bells a second", b.besieged)
	t.Run("a mail replaced by a newer challenge", b.replaced)
	t.Run("a mail after its time", b.expired)
	t.Run("a bell that nobody waits for any more", b.late)
}

// guessed: five of two hundred are charged, and the link of the same mail does not mind.
func (b *bells) guessed(t *testing.T) {
	s := b.stack
	o := bound(t, s, "guessed")
	o.asks(t, s)
	m := mailTo(t, s, o.address, 4)
	pk := b.fresh(t)
	statuses := make([]int, 200)
	var guessing sync.WaitGroup
	for i := range statuses {
		guessing.Go(func() {
			a, err := s.call("", "POST", "/v1/recovery/verify", fmt.Sprintf(`{"email":%q,"code":"0000-%04d"}`, o.address, i))
			if err == nil {
				statuses[i] = a.status
			}
		})
	}
	guessing.Wait()
	for i, status := range statuses {
		if status != 422 {
			t.Errorf("guess %d: status %d", i, status)
		}
	}
	today := fmt.Sprintf("tries_%d", time.Now().Unix()/86400)
	if code, day := b.number(t, pk, "tries"), b.number(t, pk, today); code != 5 || day != 5 {
		t.Errorf("of the code %d tries are charged, of the day %d; want 5", code, day)
	}
	o.types(t, s, 422, m.code)
	if n := b.number(t, pk, "tries"); n != 5 {
		t.Errorf("a spent code was charged once more: %d", n)
	}
	o.opens(t, s, 200, m.token)
	if !o.signsIn(t, s, nextPassword) {
		t.Error("the new password does not sign in")
	}
}

// besieged: strangers ask for the victim's mail a hundred times a second, the spacing lets one through now and
// then, and whatever the victim does with whichever mail succeeds.
func (b *bells) besieged(t *testing.T) {
	s := b.stack
	o := bound(t, s, "besieged")
	siege := lay(s, o.address)
	pk := ""
	for round := range 6 {
		password := fmt.Sprintf("nine boats below bridge %d", round)
		set := func(proof string) {
			t.Helper()
			want(t, s, "", 200, "POST", "/v1/recovery/password", `{`+proof+`,"password":"`+password+`"}`)
			if !o.signsIn(t, s, password) {
				t.Errorf("round %d: the new password does not sign in", round)
			}
		}
		m := o.mailed(t, s, true, 1+2*round) // the first bell after a change is heard
		if round == 0 {
			pk = b.fresh(t)
		}
		b.booked(t, pk)
		b.move(t, pk, "resend_at", -time.Second) // the next bell is heard
		newer := o.mailed(t, s, true, 2+2*round)
		if newer.code != m.code {
			t.Errorf("round %d: the newer mail has another code", round)
		}
		b.booked(t, pk)
		switch round % 3 {
		case 0: // the older mail's code
			set(`"grant":"` + o.types(t, s, 200, m.code) + `"`)
		case 1: // its link
			set(`"token":"` + m.token + `","email":"` + o.address + `"`)
		case 2:
			set(`"token":"` + newer.token + `","email":"` + o.address + `"`)
		}
		o.mailed(t, s, false, 4+round) // that the password was changed
	}
	asked, refused, lasted := siege()
	if rate := float64(asked) / lasted.Seconds(); rate < 50 || refused != "" {
		t.Errorf("%d bells in %v (%.0f a second); one that was not answered 202: %s", asked, lasted, rate, refused)
	}
	t.Logf("%d bells in %v", asked, lasted)
}

// lay lets networks ask for an address, together a hundred times a second, until the function is called. It gives
// how often they asked, and an answer that was not the one they should get.
func lay(s *stack, address string) func() (asked int, unlike string, lasted time.Duration) {
	var (
		asking  sync.WaitGroup
		mu      sync.Mutex
		asked   int
		unlike  string
		end     = make(chan bool)
		began   = time.Now()
		network *http.Client
	)
	asking.Go(func() {
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			select {
			case <-end:
				tick.Stop()
				return
			case <-tick.C:
			}
			mu.Lock()
			if asked%50 == 0 { // of the sixty a minute that one may ask
				network = from(fmt.Sprintf("127.3.%d.%d", asked/50/250, asked/50%250+1))
			}
			asked++
			by := network
			mu.Unlock()
			asking.Go(func() {
				body := `{"email":"` + address + `"}`
				a, err := s.ask(by, "POST", "/v1/recovery", fields("", body), body)
				if err != nil || a.status != 202 {
					mu.Lock()
					unlike = fmt.Sprintf("%d %s %v", a.status, a.body, err)
					mu.Unlock()
				}
			})
		}
	})
	return func() (int, string, time.Duration) {
		close(end)
		asking.Wait()
		return asked, unlike, time.Since(began)
	}
}

// replaced: a day old, a challenge is replaced by the next mail's; its link goes on for ten minutes, its code does not.
func (b *bells) replaced(t *testing.T) {
	s := b.stack
	for name, link := range map[string]struct {
		since time.Duration
		older int
	}{"replaced-now": {0, 200}, "replaced-long-ago": {-11 * time.Minute, 422}} {
		o := bound(t, s, name)
		o.asks(t, s)
		older := mailTo(t, s, o.address, 4)
		pk := b.fresh(t)
		b.booked(t, pk)
		b.move(t, pk, "opened", -25*time.Hour)
		b.move(t, pk, "resend_at", -time.Second)
		o.asks(t, s)
		newer := mailTo(t, s, o.address, 5)
		b.booked(t, pk)
		if newer.code == older.code {
			t.Errorf("%s: the new challenge has the old one's code", name)
		}
		o.types(t, s, 422, older.code)
		if link.since < 0 {
			b.move(t, pk, "opened", link.since)
		}
		o.opens(t, s, link.older, older.token)
		if link.older == 422 {
			grant := o.types(t, s, 200, newer.code)
			want(t, s, "", 200, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
		}
		if !o.signsIn(t, s, nextPassword) || o.signsIn(t, s, firstPassword) {
			t.Errorf("%s: not the new password signs in", name)
		}
	}
}

// expired: code, link and grant end with the challenge, the grant ten minutes later; a new mail brings a new one.
func (b *bells) expired(t *testing.T) {
	s := b.stack
	o := bound(t, s, "expired")
	o.asks(t, s)
	m := mailTo(t, s, o.address, 4)
	pk := b.fresh(t)
	b.booked(t, pk)
	grant := o.types(t, s, 200, m.code)
	b.move(t, pk, "expires", -time.Second)
	o.types(t, s, 422, m.code)
	b.move(t, pk, "expires", -11*time.Minute)
	o.opens(t, s, 422, m.token)
	want(t, s, "", 422, "POST", "/v1/recovery/password", `{"grant":"`+grant+`","password":"`+nextPassword+`"}`)
	if !o.signsIn(t, s, firstPassword) {
		t.Error("the password changed")
	}
	b.move(t, pk, "resend_at", -time.Second)
	o.asks(t, s)
	next := mailTo(t, s, o.address, 5)
	if next.code == m.code {
		t.Error("the code that is over was mailed again")
	}
	o.opens(t, s, 200, next.token)
}

// late: what SES could not take within a quarter of an hour is not sent any more, and asking again brings a mail.
func (b *bells) late(t *testing.T) {
	s := b.stack
	o := bound(t, s, "late")
	want(t, s, "", 200, "POST", "/_local/ses", `{"mode":"down"}`)
	t.Cleanup(func() { want(t, s, "", 200, "POST", "/_local/ses", `{"mode":"ok"}`) })
	o.asks(t, s)
	time.Sleep(time.Second)
	pk := b.fresh(t)
	b.move(t, pk, "asked_at", -16*time.Minute)
	want(t, s, "", 200, "POST", "/_local/ses", `{"mode":"ok"}`)
	b.booked(t, pk)
	if all, err := s.mails(o.address); err != nil || len(all) != 3 {
		t.Fatalf("%d mails came, want 3: %v", len(all), err)
	}
	o.asks(t, s)
	o.opens(t, s, 200, mailTo(t, s, o.address, 4).token)
}

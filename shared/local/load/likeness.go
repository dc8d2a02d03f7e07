package load

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

// The kinds of addresses that nobody without the mailbox may tell apart (P8). The first is what the others are compared with.
var kinds = [...]string{"unknown", "pending", "bound", "bound and held"}

// turns are the orders in which the kinds are asked for. Each kind comes at each place once, and follows each other one once (a
// Williams square), so that none meets more of the work that another one left behind.
var turns = [...][len(kinds)]int{{0, 1, 3, 2}, {1, 2, 0, 3}, {2, 3, 1, 0}, {3, 0, 2, 1}}

// likeness is how one request of recovery was answered for addresses of each kind.
type likeness struct {
	name   string
	took   [len(kinds)][]time.Duration
	unlike string // the first answers that differ, in words
}

// strangers are what somebody asks who holds no secret. They come in this order, as code and password follow a mail.
func (d *driver) strangers() []operation {
	by := func(client func() *http.Client, path string, body func(*person) map[string]string) func(context.Context, *driver, *person) (reply, error) {
		return func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.askBy(ctx, client(), "POST", path, "", asJSON(body(p)))
		}
	}
	own := func() *http.Client { return d.client }
	network := func() *http.Client { return d.crowd.next(1) }
	ask := func(p *person) map[string]string { return map[string]string{"email": p.address} }
	ops := []operation{
		{name: "recover", function: "recover", ask: by(network, "/v1/recovery", ask)},
		{name: "recover, too soon", function: "recover", ask: by(network, "/v1/recovery", ask)},
		{name: "prove, wrong code", function: "recover", ask: by(own, "/v1/recovery/verify", func(p *person) map[string]string {
			return map[string]string{"email": p.address, "code": "ABCD-EFGH"}
		})},
	}
	if d.stack.Host {
		return ops
	}
	return append(ops, operation{name: "set password, forged link", function: reset,
		ask: by(own, "/v1/recovery/password", func(p *person) map[string]string {
			return map[string]string{"email": p.address, "token": forged(p.token), "password": p.next}
		})})
}

// liken asks for addresses of each kind in turn, one client, and compares everything that comes back, and how fast, and which requests
// to the database it took.
func (d *driver) liken(ctx context.Context, crews []crew) error {
	asked, err := d.ofEachKind(ctx, crews)
	if err != nil || len(asked[0]) == 0 {
		return err
	}
	for _, op := range d.strangers() {
		l := &likeness{name: op.name}
		d.likenesses = append(d.likenesses, l)
		for i := range asked[0] {
			var answers [len(kinds)]string
			for _, kind := range turns[i%len(turns)] {
				before, began := d.stack.Tally.Counts(), time.Now()
				got, err := op.ask(ctx, d, &asked[kind][i])
				if err != nil {
					return fmt.Errorf("load: %s for an address that is %s: %w", op.name, kinds[kind], err)
				}
				l.took[kind] = append(l.took[kind], got.ended.Sub(began))
				answers[kind] = whole(got) + d.stack.Tally.Counts().since(before).names(op.function, 1)
			}
			l.note(answers)
		}
		if err := d.rest(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *likeness) note(answers [len(kinds)]string) {
	for kind, answer := range answers {
		if answer != answers[0] && l.unlike == "" {
			l.unlike = fmt.Sprintf("%s %q, %s %q", kinds[0], answers[0], kinds[kind], answer)
		}
	}
}

// whole is an answer byte by byte, without what is another one for every request: its time and its id.
func whole(got reply) string {
	header := got.header.Clone()
	for _, own := range []string{"Date", "Apigw-Requestid"} {
		header.Del(own)
	}
	var text bytes.Buffer
	fmt.Fprintln(&text, got.status)
	header.Write(&text) // a buffer takes everything
	text.Write(got.body)
	return text.String()
}

// ofEachKind finds as many addresses of each kind as the plan has pairs, or as there are; nobody asked for recovery of them before.
func (d *driver) ofEachKind(ctx context.Context, crews []crew) (asked [len(kinds)][]person, err error) {
	var pending, bound []person
	for _, c := range crews {
		pending = append(pending, c.group(groups-1)...)
		for group := 1; group <= 2; group++ {
			bound = append(bound, c.group(group)[c.some():]...)
		}
	}
	n := min(d.plan.Pairs, len(pending), len(bound)/2)
	unknown, err := d.people(ctx, "unkn", n)
	if err != nil {
		return asked, err
	}
	for i := range unknown {
		unknown[i].token = bound[i].token // one that somebody else's mail had, to be forged
	}
	held := bound[n : 2*n]
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	err = parallel(n, func(i int) error {
		got, err := d.credential(ctx, map[string]string{"op": "hold", "account": held[i].name, "until": until})
		if err == nil && got.status != http.StatusOK {
			err = fmt.Errorf("load: hold: %s", got.body)
		}
		return err
	})
	return [len(kinds)][]person{unknown, pending[:n], bound[:n], held}, err
}

// tells gives the kinds that timing tells from the first.
func (l *likeness) tells() (told []string) {
	for kind := 1; kind < len(kinds); kind++ {
		if one := (oracle{free: l.took[0], bound: l.took[kind]}); one.tells() {
			told = append(told, fmt.Sprintf("%s: P %.3f of %d", kinds[kind], slower(one.bound, one.free), len(one.bound)))
		}
	}
	return told
}

package load

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

// addresses are the kinds that nobody without the mailbox may tell apart by asking for recovery (P8). Of all lists of kinds, the first is
// what the others are compared with.
var addresses = []string{"unknown", "pending", "bound", "bound and held"}

// claimed are the kinds that nobody may tell apart by a claim of his own: his address is free, or bound to somebody else (P8).
var claimed = []string{"free", "bound"}

// likeness is how one request was answered for addresses of each kind.
type likeness struct {
	name   string
	kinds  []string
	took   [][]time.Duration
	beside []int  // requests of other functions to services while the answers were on their way
	first  string // the first answer
	of     int    // the kind that it was for
	unlike string // the first answer that differs, in words
}

func newLikeness(name string, kinds []string) *likeness {
	return &likeness{name: name, kinds: kinds, took: make([][]time.Duration, len(kinds)), beside: make([]int, len(kinds)), of: -1}
}

// note compares an answer, in words, with the first one.
func (l *likeness) note(kind int, answer string) {
	if l.of < 0 {
		l.first, l.of = answer, kind
	}
	if answer != l.first && l.unlike == "" {
		l.unlike = fmt.Sprintf("%s %q, %s %q", l.kinds[l.of], l.first, l.kinds[kind], answer)
	}
}

// fairLow and fairHigh are where P is expected; a source without information leaves it by noise alone in one run of thirty with 300 of
// each kind.
const fairLow, fairHigh = 0.45, 0.55

// tells gives the kinds that timing tells from the first: P is outside of what is expected, and by more than noise explains (4 standard
// deviations: once in 15,000 runs).
func (l *likeness) tells() (told []string) {
	for kind := 1; kind < len(l.kinds); kind++ {
		took := l.took[kind]
		p := slower(took, l.took[0])
		off := max(p-0.5, 0.5-p)
		if (p < fairLow || p > fairHigh) && off > 4*slowerNoise(len(took)) {
			told = append(told, fmt.Sprintf("%s: P %.3f of %d", l.kinds[kind], p, len(took)))
		}
	}
	return told
}

// alike makes one request for each of the people of each kind, in an order drawn by lot, one client, and compares how fast they are
// answered and what with: seen puts an answer, and what it took to give it, into words.
func (d *driver) alike(ctx context.Context, op operation, kinds []string, who [][]person, seen func(reply, Counts) string) error {
	l := newLikeness(op.name, kinds)
	d.likenesses = append(d.likenesses, l)
	heard := d.listen(op)
	next := make([]int, len(kinds))
	for _, kind := range lots(len(kinds), len(who[0])) {
		p := &who[kind][next[kind]]
		next[kind]++
		before, began := d.stack.Tally.Counts(), time.Now()
		got, err := op.ask(ctx, d, p)
		if err == nil && got.status != op.status {
			err = fmt.Errorf("status %d, want %d: %.300s", got.status, op.status, got.body)
		}
		if err != nil {
			return fmt.Errorf("load: %s for an address that is %s: %w", op.name, kinds[kind], err)
		}
		counts := d.stack.Tally.Counts().since(before)
		l.took[kind] = append(l.took[kind], got.ended.Sub(began))
		l.beside[kind] += counts.beside(op.function)
		l.note(kind, seen(got, counts))
	}
	err := d.rest(ctx)
	heard()
	return err
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
		{name: "recover", function: "recover", status: 202, letter: ownersMail, ask: by(network, "/v1/recovery", ask)},
		{name: "recover, too soon", function: "recover", status: 202, ask: by(network, "/v1/recovery", ask)},
		{name: "prove, wrong code", function: "recover", status: 422, ask: by(own, "/v1/recovery/verify", func(p *person) map[string]string {
			return map[string]string{"email": p.address, "code": "ABCD-EFGH"}
		})},
	}
	if d.stack.Host {
		return ops
	}
	return append(ops, operation{name: "set password, forged link", function: reset, status: 422,
		ask: by(own, "/v1/recovery/password", func(p *person) map[string]string {
			return map[string]string{"email": p.address, "token": forged(p.token), "password": p.next}
		})})
}

// liken asks for addresses of each kind, and compares everything that comes back, and how fast, and which requests to the database it
// took.
func (d *driver) liken(ctx context.Context, crews []crew) error {
	asked, err := d.ofEachKind(ctx, crews)
	if err != nil || len(asked[0]) == 0 {
		return err
	}
	for _, op := range d.strangers() {
		seen := func(got reply, counts Counts) string { return whole(got) + counts.names(op.function, 1) }
		if err := d.alike(ctx, op, addresses, asked, seen); err != nil {
			return err
		}
	}
	return nil
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
func (d *driver) ofEachKind(ctx context.Context, crews []crew) ([][]person, error) {
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
		return nil, err
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
	return [][]person{unknown, pending[:n], bound[:n], held}, err
}

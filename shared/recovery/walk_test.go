package recovery_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/password"
	"mailbind/shared/recovery"
)

// walker does things at random to two accounts and an address of nobody's, by strangers, owners, the platform, a
// slow mailer and a failing table, and remembers what must stay true.
type walker struct {
	*world
	r        *rand.Rand
	orders   []recovery.Order
	proofs   []proof
	password map[string]string // of each account, as the last success said
	version  map[string]int64
	trail    []string
	faults   []string // promises that were seen broken
}

// proof is a link or grant that was mailed or given, with its account.
type proof struct {
	recovery.Proof
	sub  string
	used bool // a success of it was told
	with string
	keys map[string]bool // that redeemed it
}

var addresses = map[string]string{"li": "li@qq.com", "wu": "wu@163.com", "": "nobody@qq.com"}

func newWalker(t *testing.T, seed uint64) *walker {
	w := &walker{world: newWorld(t), r: rand.New(rand.NewPCG(seed, 7)), password: map[string]string{}, version: map[string]int64{}}
	for _, sub := range []string{"li", "wu"} {
		w.bound(sub, addresses[sub])
		w.password[sub], w.version[sub] = oldPassword, w.credential(sub).Version
	}
	w.tap = func(_ string, call func() error) error {
		switch w.r.IntN(40) {
		case 0:
			return errFault
		case 1:
			call()
			return errFault
		case 2:
			return &binding.Conflict{Cause: errFault}
		}
		return call()
	}
	return w
}

func (w *walker) some() string { return []string{"li", "wu", ""}[w.r.IntN(3)] }

func (w *walker) note(format string, args ...any) {
	w.trail = append(w.trail, w.now.Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (w *walker) broken(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// walk ends at the first promise that is broken.
func (w *walker) walk(steps int) {
	for range steps {
		switch w.r.IntN(10) {
		case 0, 1:
			w.stranger()
		case 2, 3, 4:
			w.mailerRuns()
		case 5:
			w.guess()
		case 6:
			w.redeem()
		case 7:
			w.present()
		case 8:
			w.platformActs()
		case 9:
			w.after([]time.Duration{time.Second, time.Minute, 7 * time.Minute, time.Hour, 5 * time.Hour}[w.r.IntN(5)])
		}
		w.promises()
		if len(w.faults) > 0 {
			return
		}
	}
}

func (w *walker) stranger() {
	sub := w.some()
	before, _ := w.due(addresses[sub])
	err := w.service.Ask(w.ctx, addresses[sub], netip.AddrFrom4([4]byte{10, byte(w.r.Uint32()), byte(w.r.Uint32()), 1}), w.now)
	w.note("ask for %q: %v", sub, err)
	if o, due := w.due(addresses[sub]); due && o != before {
		w.orders = append(w.orders, o)
	}
}

func (w *walker) mailerRuns() {
	if len(w.orders) == 0 {
		return
	}
	before := len(w.post.letters)
	w.post.err, w.post.lost = nil, false
	if w.r.IntN(8) == 0 {
		w.post.err, w.post.lost = errors.New("down"), w.r.IntN(2) == 0
	}
	out, err := w.mailer.Deliver(w.ctx, w.orders[0], w.now)
	w.note("deliver: %s %v", out, err)
	if err == nil && w.r.IntN(10) > 0 { // else the record comes again
		w.orders = w.orders[1:]
	}
	for _, l := range w.post.letters[before:] {
		sub := map[string]string{"li@qq.com": "li", "wu@163.com": "wu"}[l.To.String()]
		if sub == "" {
			w.broken("a mail to %s", l.To)
		}
		if l.Paused == binding.NotPaused {
			w.proofs = append(w.proofs, proof{Proof: link(l), sub: sub})
			grant, err := w.service.ProveCode(w.ctx, l.To.String(), l.Code, w.request(), w.now)
			w.note("code of %s: %v", sub, err)
			if err == nil {
				w.proofs = append(w.proofs, proof{Proof: recovery.Proof{Grant: grant.Text}, sub: sub})
			}
		}
	}
}

func (w *walker) guess() {
	sub := w.some()
	_, err := w.code(addresses[sub], "0000-0000")
	w.note("guess %q: %v", sub, err)
	if err == nil {
		w.broken("a guess was taken")
	}
}

func (w *walker) redeem() {
	if len(w.proofs) == 0 {
		return
	}
	p := &w.proofs[w.r.IntN(len(w.proofs))]
	if p.Grant == "" {
		return
	}
	key := "key " + itoa(int64(w.r.IntN(2)))
	got, err := w.platform.Redeem(w.ctx, p.Grant, key, w.request(), w.now)
	w.note("redeem %s: %+v %v", p.sub, got, err)
	if err == nil && got.Subject != p.sub {
		w.broken("the grant of %s is redeemed as %s", p.sub, got.Subject)
	}
	if err != nil {
		return
	}
	if w.paused(p.sub) {
		w.broken("redeemed while paused")
	}
	if p.keys == nil {
		p.keys = map[string]bool{}
	}
	if p.keys[key] = true; len(p.keys) > 1 {
		w.broken("redeemed twice")
	}
}

func (w *walker) present() {
	if len(w.proofs) == 0 {
		return
	}
	p := &w.proofs[max(0, len(w.proofs)-1-w.r.IntN(6))]
	typed := fmt.Sprintf("phrase number %d of somebody", w.r.IntN(3))
	done, err := w.set(p.Proof, typed)
	w.note("set %s to %s: %+v %v", p.sub, typed, done, err)
	if err != nil {
		return
	}
	if w.paused(p.sub) && !(p.used && p.with == typed) && w.password[p.sub] != typed {
		w.broken("set while paused")
	}
	if done.Version < w.version[p.sub] {
		w.broken("version %d after %d", done.Version, w.version[p.sub])
	}
	if p.used && p.with != typed {
		w.broken("one proof brought two passwords")
	}
	p.used, p.with = true, typed
	w.password[p.sub], w.version[p.sub] = typed, done.Version
}

func (w *walker) paused(sub string) bool {
	row := w.row(sub)
	return row.Hold.After(w.now) || row.Risk.Holds()
}

func (w *walker) platformActs() {
	sub := []string{"li", "wu"}[w.r.IntN(2)]
	switch w.r.IntN(3) {
	case 0:
		_, err := w.platform.Hold(w.ctx, sub, w.now.Add(time.Hour), w.now)
		w.note("hold %s: %v", sub, err)
	case 1:
		_, err := w.platform.Release(w.ctx, sub, w.now)
		w.note("release %s: %v", sub, err)
	case 2:
		typed := fmt.Sprintf("phrase number %d of the session", w.r.IntN(3))
		version, err := w.platform.Set(w.ctx, sub, typed, nil, w.request(), w.now)
		w.note("the session of %s sets %s: %d %v", sub, typed, version, err)
		if err == nil {
			w.password[sub], w.version[sub] = typed, version
		}
	}
}

// promises are what must hold after every step.
func (w *walker) promises() {
	for sub, email := range addresses {
		c := w.challenge(email)
		if c.Tries > binding.TriesPerCode || c.TriesToday > binding.TriesPerDay || c.Presented > recovery.Presentations || c.Tries < 0 || c.Presented < 0 {
			w.broken("%s: counters beyond their caps: %+v", email, c)
		}
		if sub == "" {
			if c.Owner != (binding.AccountKey{}) {
				w.broken("%s has an owner", email)
			}
			continue
		}
		k := w.credential(sub)
		if k.Version < w.version[sub] {
			w.broken("%s: version %d after %d", sub, k.Version, w.version[sub])
		}
		// A success that was told is what opens, unless a later one took its place, told or not.
		if normal, _ := password.Normal(w.password[sub]); k.Version == w.version[sub] {
			if ok, _, err := w.hasher.Verify(k.Hash, normal); err != nil || !ok {
				w.broken("%s: the password that was told does not open: %v", sub, err)
			}
		}
	}
}

func TestRandomWalksKeepThePromises(t *testing.T) {
	changed := 0
	for seed := range uint64(150) {
		w := newWalker(t, seed)
		w.walk(400)
		if len(w.faults) > 0 {
			t.Fatalf("seed %d: %s\n%s", seed, strings.Join(w.faults, "\n"), strings.Join(w.trail[max(0, len(w.trail)-40):], "\n"))
		}
		for _, sub := range []string{"li", "wu"} {
			if w.password[sub] != oldPassword {
				changed++
			}
		}
	}
	if changed < 100 {
		t.Errorf("only %d of 300 passwords were ever changed: the walks see nothing", changed)
	}
}

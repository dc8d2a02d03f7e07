package binding_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mailbind/shared/binding"
)

// The small world that is explored: two accounts, two addresses, every operation, the mailer with late,
// repeated and reordered records, and the clock. After each step the promises are checked against a
// ledger of our own, which knows nothing of the rules but what was shown, mailed and proven.
var (
	walkers   = []string{"li", "wang"}
	mailboxes = []string{"x@qq.com", "y@qq.com"}
)

// A pair is an account and an address.
type pair struct{ sub, email string }

type dayOf struct {
	sub string
	day int64
}

type codeOf struct {
	cid   binding.ChallengeID
	codes int
}

// seen is a letter as its mailbox got it.
type seen struct {
	binding.Letter
	pair
	cid binding.ChallengeID
}

// explorer is a world with its ledger.
type explorer struct {
	*world
	pick func(n int) int
	done []binding.Order // records that were delivered, for coming again
	mail []seen

	bound     map[pair]binding.Claim // every binding ever seen, as first seen
	denied    map[pair]time.Time
	byCode    map[codeOf]int
	byDay     map[dayOf]int
	byLink    map[binding.ChallengeID]int
	toMailbox map[string]map[binding.SendID]bool
	posted    map[binding.SendID]bool // went out
	ended     map[binding.SendID]bool // ended by a verdict or by not me
	receipts  map[string]binding.SendID
	doubt     map[string]binding.Risk // of each account, when last looked at
	undone    bool                    // this step took a "not me" back
	back      map[binding.SendID]bool // came back, so its server never took it
}

func explore(t *testing.T, pick func(n int) int) *explorer {
	return &explorer{world: newWorld(t), pick: pick, bound: map[pair]binding.Claim{}, denied: map[pair]time.Time{},
		byCode: map[codeOf]int{}, byDay: map[dayOf]int{}, byLink: map[binding.ChallengeID]int{}, toMailbox: map[string]map[binding.SendID]bool{},
		posted: map[binding.SendID]bool{}, ended: map[binding.SendID]bool{}, receipts: map[string]binding.SendID{},
		doubt: map[string]binding.Risk{}, back: map[binding.SendID]bool{}}
}

// step takes one action and checks every promise. proof is the pair that mailbox and session proved
// together in this action, if they did.
func (e *explorer) step(a action) error {
	e.undone = false
	proof, err := a.do(e)
	if err != nil {
		return err
	}
	e.look(walkers...)
	if err := e.read(); err != nil {
		return err
	}
	for _, sub := range walkers {
		row := e.row(sub)
		if err := e.permanent(sub, row, proof); err != nil {
			return err
		}
		if err := e.watched(sub, row, proof); err != nil {
			return err
		}
		if err := e.outstanding(sub, row); err != nil {
			return err
		}
	}
	return e.one()
}

// answered lets only answers and refusals pass: nothing fails in this world, so an outage is a rule
// that the code does not know.
func answered(what string, err error) error {
	if _, told := errors.AsType[*binding.Refusal](err); err == nil || told && !errors.Is(err, binding.ErrUnavailable) {
		return nil
	}
	return fmt.Errorf("%s: an outage where nothing failed: %w", what, err)
}

// read takes in the letters that went out since.
func (e *explorer) read() error {
	for _, l := range e.post.letters[len(e.mail):] {
		tag, err := binding.OpenTag(e.names.Data, l.Tag)
		if err != nil {
			return err
		}
		s := seen{Letter: l, pair: pair{email: l.To.Canonical()}}
		for _, sub := range walkers {
			if e.account(sub) == tag.Account {
				s.sub = sub
			}
		}
		if l.Token != "" {
			link, err := binding.OpenLink(e.ctx, e.service.Keys, l.Token, e.now)
			if l.Kind == binding.KindVerify && err != nil {
				return fmt.Errorf("a verify mail carries a dead link: %w", err)
			}
			s.cid = link.Challenge
		}
		e.mail = append(e.mail, s)
		e.posted[tag.Send] = true
		if l.Kind == binding.KindBound || l.Kind == binding.KindReconfirm {
			continue
		}
		box := fmt.Sprint(s.email, binding.Day(e.now))
		for _, budget := range []struct {
			name string
			most int
		}{{box, binding.InboxPerDay}, {box + s.sub, binding.InboxPerAccount}} {
			if e.toMailbox[budget.name] == nil {
				e.toMailbox[budget.name] = map[binding.SendID]bool{}
			}
			e.toMailbox[budget.name][tag.Send] = true
			if n := len(e.toMailbox[budget.name]); n > budget.most {
				return fmt.Errorf("%d mails to one mailbox in a day, allowed are %d", n, budget.most)
			}
		}
	}
	return nil
}

// permanent checks P3 to P5 for one account: what was bound stays, and what is newly bound was proven
// by both just now, by somebody whom the mailbox owner did not send away.
func (e *explorer) permanent(sub string, row binding.Claim, proof *pair) error {
	for p, first := range e.bound {
		if p.sub == sub && (row.State != binding.Bound || row.EmailKey != first.EmailKey || !row.BoundAt.Equal(first.BoundAt) || row.Address != first.Address) {
			return fmt.Errorf("P3: the binding of %v changed to %q %v", p, row.State, row.Address.String())
		}
	}
	if row.State != binding.Bound {
		return nil
	}
	p := pair{sub, row.Address.Canonical()}
	if _, known := e.bound[p]; known {
		return nil
	}
	if proof == nil || *proof != p {
		return fmt.Errorf("P4: %v was bound with proof of %v", p, proof)
	}
	if e.denied[p].After(e.now) {
		return fmt.Errorf("P5: %v was bound although its mailbox said no", p)
	}
	e.bound[p] = row
	e.receipts[sub] = row.Due[binding.KindBound]
	return nil
}

// watched checks that a doubt which holds recovery ends by the owner's proof in the session alone, or by
// taking back the "not me" that made it.
func (e *explorer) watched(sub string, row binding.Claim, proof *pair) error {
	before := e.doubt[sub]
	e.doubt[sub] = row.Risk
	switch {
	case !before.Holds() || row.Risk.Holds(), proof != nil && proof.sub == sub, e.undone && before == binding.Disowned:
		return nil
	}
	return fmt.Errorf("P3, watched: %s was %s and is %q without a proof", sub, before, row.Risk)
}

// outstanding checks P6: a mail that is due and still wanted has a record that will come, and one that
// is not due went out or was ended for a reason.
func (e *explorer) outstanding(sub string, row binding.Claim) error {
	kind, send := binding.KindVerify, row.Send
	switch {
	case row.State == binding.Bound:
		kind, send = binding.KindBound, e.receipts[sub]
		if due, ok := row.Due[binding.KindReconfirm]; ok && row.Alive(e.now) && !e.ordered(binding.Order{Account: row.Account, Kind: binding.KindReconfirm, Send: due}) {
			return fmt.Errorf("P6: the confirmation mail of %s is due and no record is left", sub)
		}
	case row.State != binding.Pending || !row.Alive(e.now):
		return nil
	}
	if due, ok := row.Due[kind]; !ok {
		if !e.posted[send] && !e.ended[send] {
			return fmt.Errorf("P6: the %s mail %x of %s is neither due nor sent nor ended", kind, send[:2], sub)
		}
		return nil
	} else if due != send {
		return fmt.Errorf("P6: %s waits for another mail than its newest", sub)
	}
	if e.ordered(binding.Order{Account: row.Account, Kind: kind, Send: send}) {
		return nil
	}
	return fmt.Errorf("P6: the %s mail %x of %s is due and no record is left", kind, send[:2], sub)
}

// ordered says whether a record of that order is still to come.
func (e *explorer) ordered(want binding.Order) bool {
	return slices.ContainsFunc(e.stream, func(o binding.Order) bool {
		return o.Account == want.Account && o.Kind == want.Kind && o.Send == want.Send
	})
}

// one checks P2 by the table of bindings and by every binding ever seen.
func (e *explorer) one() error {
	accounts, addresses := map[string]string{}, map[string]string{}
	for p := range e.bound {
		if other := accounts[p.sub] + addresses[p.email]; other != "" {
			return fmt.Errorf("P2: %v is bound beside %s", p, other)
		}
		accounts[p.sub], addresses[p.email] = p.email, p.sub
	}
	for _, email := range mailboxes {
		_, holder, err := e.memory.Load(e.ctx, binding.AccountKey{}, e.emailKey(email), e.now)
		if err != nil {
			return err
		}
		var want binding.AccountKey
		if sub, ok := addresses[email]; ok {
			want = e.account(sub)
		}
		if holder.Owner != want || holder.Bound != (want != binding.AccountKey{}) || !holder.Released.IsZero() {
			return fmt.Errorf("P2, P3: %s is held by %+v, but was bound to %q", email, holder, addresses[email])
		}
	}
	return nil
}

// compared books a secret that was compared, and checks P9: five a code, twenty a day, three a link.
func compared[K comparable](book map[K]int, key K, most int, err error) error {
	if err != nil && !errors.Is(err, binding.ErrWrongCode) && !errors.Is(err, binding.ErrCheckMismatch) && !errors.Is(err, binding.ErrAddressTaken) {
		return nil
	}
	if book[key]++; book[key] > most {
		return fmt.Errorf("P9: %d guesses were compared, allowed are %d", book[key], most)
	}
	return nil
}

// again checks P10: what succeeded succeeds again and changes nothing.
func (e *explorer) again(sub string, op func() (binding.Status, error)) error {
	before := e.row(sub)
	if st, err := op(); err != nil || st.State != binding.Bound {
		return fmt.Errorf("P10: repeated after success: %q, %v", st.State, err)
	}
	if after := e.row(sub); fmt.Sprint(after) != fmt.Sprint(before) {
		return fmt.Errorf("P10: a repeated success changed the row")
	}
	return nil
}

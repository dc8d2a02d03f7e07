package load

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// spare instances let each of several clients find one that waits, also while the one it used is not back yet. The first call of a
// spare one is among what is measured.
const spare = 2

// crew are the accounts of one round.
type crew struct {
	name   string // two digits
	round  Round
	people []person
}

// group gives the accounts of one use, 0 to groups-1.
func (c crew) group(i int) []person { return c.people[i*c.round.N : (i+1)*c.round.N] }

// play runs every phase. The rounds come one after the other; resend comes last of all, when a minute has passed since the binds,
// and "this wasn't me" after it, on the same accounts. What compares addresses meets the mail service's own reports; else they are played,
// each for itself.
func (d *driver) play(ctx context.Context) error {
	var crews []crew
	for i, round := range d.plan.Rounds {
		name := fmt.Sprintf("%02d", i)
		people, err := d.people(ctx, "lo"+name, groups*round.N)
		if err != nil {
			return err
		}
		crews = append(crews, crew{name, round, people})
	}
	if err := d.mute(ctx); err != nil {
		return err
	}
	for _, c := range crews {
		if err := d.round(ctx, c); err != nil {
			return err
		}
	}
	for _, c := range crews {
		if err := d.recovery(ctx, c); err != nil {
			return err
		}
	}
	if err := d.unmute(ctx); err != nil {
		return err
	}
	free, err := d.compare(ctx, crews)
	if err != nil {
		return err
	}
	if err := d.liken(ctx, crews); err != nil {
		return err
	}
	if err := d.mute(ctx); err != nil {
		return err
	}
	for _, c := range crews {
		last := c.group(groups - 1)
		if d.plan.Resend {
			if err := d.cooldown(ctx, last); err != nil {
				return err
			}
			if err := d.mailing(ctx, resend, c.round.Clients, last, 2); err != nil {
				return err
			}
		}
		if err := d.phases(ctx, []operation{deny}, c.round.Clients, last); err != nil {
			return err
		}
	}
	return d.unwanted(ctx, crews, free)
}

// round binds for all accounts, tries what leaves claims pending, and ends the claims of three groups by a proof each. Some of
// these mailboxes come into doubt, and are confirmed.
func (d *driver) round(ctx context.Context, c crew) error {
	instances := c.round.Clients
	if instances > 1 {
		instances += spare
	}
	grown, err := d.stack.Grow(ctx, instances)
	if err != nil {
		return err
	}
	for name, took := range grown {
		d.inits[name] = append(d.inits[name], took...)
	}
	if err := d.mailing(ctx, bind, c.round.Clients, c.people, 1); err != nil {
		return err
	}
	if err := d.opened(ctx, c.people, 1, (*person).open); err != nil {
		return err
	}
	first := c.group(0)
	if err := d.phases(ctx, beforeProof, c.round.Clients, first); err != nil {
		return err
	}
	if err := d.phases(ctx, []operation{reportPending}, c.round.Clients, first[:min(mostWatched, len(first))]); err != nil {
		return err
	}
	for i, op := range proofs {
		if err := d.mailing(ctx, op, c.round.Clients, c.group(i), 2); err != nil {
			return err
		}
	}
	return d.watched(ctx, c.round.Clients, c.doubted())
}

// phase measures an operation. Reports of one kind are one result of a round, whatever their mails were due after.
func (d *driver) phase(ctx context.Context, op operation, clients int, who []person) error {
	r, err := d.measure(ctx, op, clients, who)
	if err != nil {
		return err // half a phase is no number
	}
	for _, earlier := range d.results {
		if r.operation.function == feedback && earlier.operation.name == r.operation.name && earlier.clients == clients {
			earlier.add(r)
			return nil
		}
	}
	d.results = append(d.results, r)
	return nil
}

// warm lets the instances make their first calls before they are measured, where an operation may be repeated. Nobody is charged twice.
func (d *driver) warm(ctx context.Context, op operation, clients int, who []person) error {
	if op.once {
		return nil
	}
	_, err := drive(op, clients, min(2*len(d.processes(op.function)), len(who)), func(i int) (reply, error) { return op.ask(ctx, d, &who[i]) })
	return err
}

// mailing is what the mails took that a phase made due.
type mailing struct {
	cause    operation
	clients  int
	n        int             // orders
	delays   []time.Duration // from the answer to the mail's arrival at the mail service
	counts   Counts
	cpu      time.Duration // of the sender's processes
	cpuKnown bool
}

// sender is the function that sends mails.
const sender = "mailer"

// none is the number of the mail that does not come: the order is for nobody.
const none = 0

// trips are the round trips to the database that the sender made.
func (m *mailing) trips() int { return m.counts.of(sender, Database) }

// asPromised says whether each order made the round trips that the README promises.
func (m *mailing) asPromised() bool { return m.trips() == m.cause.mailed*m.n }

// mailing measures an operation that makes a mail due for each account, its nth, and waits until all have come. Then it plays what the
// mail service would report of them.
func (d *driver) mailing(ctx context.Context, op operation, clients int, who []person, nth int) error {
	used := d.meter(sender)
	before := d.stack.Tally.Counts()
	if err := d.phase(ctx, op, clients, who); err != nil {
		return err
	}
	if d.results[len(d.results)-1].wrong > 0 {
		return fmt.Errorf("load: broken off after %s: mails that did not fall due would be waited for", op.name)
	}
	if err := d.rest(ctx); err != nil {
		return err
	}
	m := &mailing{cause: op, clients: clients, n: len(who), counts: d.stack.Tally.Counts().since(before)}
	m.cpu, m.cpuKnown = used()
	d.mails = append(d.mails, m)
	if nth == none {
		return nil
	}
	m.delays = make([]time.Duration, len(who))
	err := parallel(len(who), func(i int) error {
		got, err := d.nth(ctx, &who[i], nth)
		m.delays[i] = got.SentAt.Sub(who[i].answered)
		who[i].tag = got.Tags["t"]
		return err
	})
	if err != nil {
		return err
	}
	return d.told(ctx, op.letter, clients, who)
}

// cooldown waits until everybody may be sent another mail, by the clock of this machine, which is the functions' too.
func (d *driver) cooldown(ctx context.Context, who []person) error {
	last := slices.MaxFunc(who, func(a, b person) int { return a.resendAt.Compare(b.resendAt) })
	wait := time.Until(last.resendAt) + time.Second // the answer has whole seconds
	if wait > mostWait {
		return errCooldown
	}
	return pause(ctx, wait)
}

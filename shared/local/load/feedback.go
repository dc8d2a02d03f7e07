package load

import (
	"context"
	"time"
)

// feedback is the function that the bus hands the mail service's reports.
const feedback = "feedback"

// reportsPerMail: that it was sent, and that it was delivered.
const reportsPerMail = 2

// A letter is a class of mails by what feedback does for the two reports of each, in round trips.
type letter struct {
	name            string
	sent, delivered int
}

// The classes. Only the account holder who waits for a mail is told that it was sent; what is delivered to a bound mailbox speaks of it.
var (
	verifyMail   = letter{"verify mail", 1, 1} // and the notice in its place
	ownersMail   = letter{"owner's mail", 0, 1}
	confirmation = letter{"confirmation", 1, 2}
)

func (l letter) noted() int { return l.sent + l.delivered }

// missing is how many reports are still to come: of all mails that the mail service reports, and of those that are played.
func (d *driver) missing() int64 {
	mails := d.stack.Tally.Counts().mails()
	if d.muted {
		mails = d.mutedAt
	}
	return int64(reportsPerMail*(mails-d.unreported)) + d.played.Load() - d.calls(feedback)
}

// mute has the mail service report nothing of the mails to come: reports that come while others make requests blur what is measured of
// these. They are played then, which measures them too.
func (d *driver) mute(ctx context.Context) error {
	d.muted, d.mutedAt = true, d.stack.Tally.Counts().mails()
	return d.local(ctx, "POST", "/_local/ses", `{"events":"off"}`, &struct{}{})
}

// unmute has it report each mail again, twice and by way of the bus.
func (d *driver) unmute(ctx context.Context) error {
	d.unreported += d.stack.Tally.Counts().mails() - d.mutedAt
	d.muted = false
	return d.local(ctx, "POST", "/_local/ses", `{"events":"prompt"}`, &struct{}{})
}

// told plays the two reports of each person's newest mail.
func (d *driver) told(ctx context.Context, of letter, clients int, who []person) error {
	err := d.phases(ctx, []operation{report(of.name+" sent", sent, of.sent), report(of.name+" delivered", delivered, of.delivered)}, clients, who)
	if err != nil {
		return err
	}
	return d.rest(ctx) // each write of a bound row is an event for the function that tells the platform
}

// live is what the mail service reported itself of the mails after an operation.
type live struct {
	cause    operation
	mails    int
	reports  int // that feedback was handed
	counts   Counts
	cpu      time.Duration // of feedback's processes
	cpuKnown bool
}

// asPromised says whether each mail was reported as often as it has to be, and that noted in the round trips that are promised.
func (l *live) asPromised() bool {
	return l.reports == reportsPerMail*l.mails && l.noted() == l.cause.letter.noted()*l.mails
}

// noted are the round trips to the database that feedback made.
func (l *live) noted() int { return l.counts.of(feedback, Database) }

// listen begins to count what is reported of the mails of an operation; its function, once all is at rest, ends it.
func (d *driver) listen(cause operation) func() {
	used, before, calls := d.meter(feedback), d.stack.Tally.Counts(), d.calls(feedback)
	return func() {
		l := &live{cause: cause, counts: d.stack.Tally.Counts().since(before), reports: int(d.calls(feedback) - calls)}
		l.mails = l.counts.mails()
		if l.cpu, l.cpuKnown = used(); l.mails > 0 || l.reports > 0 {
			d.lives = append(d.lives, l)
		}
	}
}

// calls are the events that a function ended so far.
func (d *driver) calls(function string) int64 {
	for _, f := range d.stack.Functions() {
		if f.Name == function {
			return f.Calls
		}
	}
	return 0
}

// Reports as the rules of template.yaml hand them on, without what is of one mail alone.
var (
	sent        = map[string]string{"event": "Email Sent"}
	delivered   = map[string]string{"event": "Email Delivered"}
	complained  = map[string]string{"event": "Email Complaint Received", "type": "abuse", "sub_type": ""}
	bouncedFull = map[string]string{"event": "Email Bounced", "type": "Permanent", "sub_type": "General", "status": "5.2.2"}
)

// report is the operation that a report of the mail whose tag a person has now makes. The bus would invoke the function without
// waiting; here the answer is waited for.
func report(name string, what map[string]string, trips int) operation {
	return operation{name: "report, " + name, function: feedback, status: 200, trips: trips, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		now := time.Now().UTC().Format(time.RFC3339)
		event := map[string]string{"tag": p.tag, "told": now, "mailed": now, "at": now}
		for member, value := range what {
			event[member] = value
		}
		d.played.Add(1)
		return d.invoke(ctx, feedback, asJSON(event))
	}}
}

// turning is a report that changes what the account's row says of it, and of which the platform is told.
func turning(op operation) operation {
	op.once, op.eventful = true, true
	return op
}

// reportPending is of a verify mail whose claim is pending. A bounce ends nothing: the code may still be typed.
var reportPending = report("verify mail bounced", bouncedFull, 1)

// These are of mails to the owner of a bound mailbox: it is full, it takes mail again, and its reader has had enough of them.
var (
	reportFull      = turning(report("owner's mail bounced", bouncedFull, 2))
	reportTaken     = turning(report("owner's mail delivered after a bounce", delivered, 2))
	reportOfProof   = turning(report("verify mail of a bound mailbox marked as spam", complained, 3))
	reportConfirmed = turning(report("confirmation marked as spam", complained, 3))
)

// reportUnwanted is of a verify mail that its reader did not want: the claim is over.
var reportUnwanted = turning(report("verify mail marked as spam", complained, 2))

// takeTag remembers a mail, to play reports of it.
func (who *person) takeTag(m mail) error {
	who.tag = m.Tags["t"]
	return nil
}

// unwanted shares people with a pending claim out among the rounds, and has their mails marked as spam.
func (d *driver) unwanted(ctx context.Context, crews []crew, who []person) error {
	if err := d.opened(ctx, who, 1, (*person).takeTag); err != nil {
		return err
	}
	for i, c := range crews {
		share := who[i*len(who)/len(crews) : (i+1)*len(who)/len(crews)]
		if len(share) == 0 {
			continue
		}
		if err := d.phases(ctx, []operation{reportUnwanted}, c.round.Clients, share[:min(mostWatched, len(share))]); err != nil {
			return err
		}
	}
	return nil
}

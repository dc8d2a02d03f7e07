package load

import (
	"context"
	"time"
)

// feedback is the function that the bus hands the mail service's reports.
const feedback = "feedback"

// reportsPerMail: that it was sent, and that it was delivered.
const reportsPerMail = 2

// missing is how many reports are still to come, of all mails until now.
func (d *driver) missing() int64 {
	return int64(reportsPerMail*d.stack.Tally.Counts().mails()) + d.played.Load() - d.calls(feedback)
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
	ownerChange = map[string]string{"event": "Email Bounced", "type": "Permanent", "sub_type": "General", "status": "5.7.17"}
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

// reportsPending are of a verify mail whose claim is pending. A bounce ends nothing: the code may still be typed.
var reportsPending = []operation{
	report("verify mail delivered", delivered, 1),
	report("verify mail bounced", bouncedFull, 1),
}

// reportsOwner are of a mail to the owner of a bound mailbox: the mailbox is full, it takes mail again, and its reader has had enough.
var (
	reportsOwner = []operation{
		report("owner's mail sent", sent, 0),
		report("owner's mail delivered", delivered, 1),
		turning(report("owner's mail bounced", bouncedFull, 2)),
	}
	reportsOwnerLater = []operation{
		turning(report("owner's mail delivered again", delivered, 2)),
		turning(report("owner's mail marked as spam", complained, 2)),
	}
	reportOfProof = turning(report("verify mail of a bound mailbox marked as spam", complained, 3))
)

// reportsConfirming are of the mail that asks to confirm it: the account holder waits for it, and it tells of the mailbox too.
var reportsConfirming = []operation{
	report("confirmation delivered", delivered, 2),
	turning(report("confirmation bounced, another's mailbox", ownerChange, 3)),
}

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
		if err := d.phases(ctx, []operation{reportUnwanted}, c.round.Clients, share); err != nil {
			return err
		}
	}
	return nil
}

package load

import (
	"context"
	"time"
)

var (
	reconfirm = operation{name: "reconfirm", function: "resend", status: 202, trips: 1, once: true, mailed: 2, letter: confirmation, ask: askReconfirm}

	// whileConfirming are done once a confirmation is open; the last ends it, and every doubt. A wrong code is charged, warming included.
	whileConfirming = []operation{
		{name: "reconfirm, refused by the cooldown", function: "resend", status: 429, trips: 2, ask: askReconfirm},
		{name: "confirmation's code, wrong", function: "verify", status: 422, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.verify(ctx, p, "code", otherCode(p.code))
		}},
		reportConfirmed,
		{name: "confirmation's code, right", function: "verify", status: 200, trips: 2, once: true, eventful: true,
			ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
				return d.verify(ctx, p, "code", p.code)
			}},
	}
)

func askReconfirm(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.ask(ctx, "POST", "/v1/binding/reconfirm", p.session, "")
}

// mostWatched is how many people of a round have their mailboxes watched: what feedback writes for them calls other functions too.
const mostWatched = 100

// doubted are those of the last group who are bound and keep their password.
func (c crew) doubted() []person {
	rest := c.group(len(proofs) - 1)[c.some():]
	return rest[:min(mostWatched, len(rest))]
}

// watched brings bound mailboxes into doubt by reports of their mails (verify mail, receipt), until their owners confirm them by the code
// of a third mail.
func (d *driver) watched(ctx context.Context, clients int, who []person) error {
	if len(who) == 0 {
		return nil
	}
	if err := d.phases(ctx, []operation{reportFull}, clients, who); err != nil {
		return err
	}
	if err := pause(ctx, time.Second); err != nil { // what happens in one second has no order but that trouble is last
		return err
	}
	if err := d.phases(ctx, []operation{reportTaken}, clients, who); err != nil {
		return err
	}
	if err := d.opened(ctx, who, 1, (*person).takeTag); err != nil {
		return err
	}
	if err := d.phases(ctx, []operation{reportOfProof}, clients, who); err != nil {
		return err
	}
	if err := d.mailing(ctx, reconfirm, clients, who, 3); err != nil {
		return err
	}
	if err := d.opened(ctx, who, 3, (*person).openCode); err != nil {
		return err
	}
	return d.phases(ctx, whileConfirming, clients, who)
}

package load

import (
	"context"
	"time"
)

var (
	reconfirm = operation{name: "reconfirm", function: "resend", status: 202, trips: 1, once: true, mailed: 2, reported: 3, ask: askReconfirm}

	// whileConfirming are done once a confirmation is open. A wrong code is charged, warming included.
	whileConfirming = []operation{
		{name: "reconfirm, refused by the cooldown", function: "resend", status: 429, trips: 2, ask: askReconfirm},
		{name: "confirmation's code, wrong", function: "verify", status: 422, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.verify(ctx, p, "code", otherCode(p.code))
		}},
	}
	confirm = operation{name: "confirmation's code, right", function: "verify", status: 200, trips: 2, once: true, eventful: true,
		ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.verify(ctx, p, "code", p.code)
		}}
)

func askReconfirm(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.ask(ctx, "POST", "/v1/binding/reconfirm", p.session, "")
}

// watched brings bound mailboxes into doubt by reports of their mails (verify mail, receipt), until their owners confirm them by the code
// of a third mail.
func (d *driver) watched(ctx context.Context, clients int, who []person) error {
	if err := d.opened(ctx, who, 2, (*person).takeTag); err != nil {
		return err
	}
	if err := d.phases(ctx, reportsOwner, clients, who); err != nil {
		return err
	}
	if err := pause(ctx, time.Second); err != nil { // what happens in one second has no order but that trouble is last
		return err
	}
	if err := d.phases(ctx, reportsOwnerLater, clients, who); err != nil {
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
	err := d.opened(ctx, who, 3, func(p *person, m mail) error {
		if err := p.takeTag(m); err != nil {
			return err
		}
		return p.openCode(m)
	})
	if err != nil {
		return err
	}
	for _, ops := range [][]operation{whileConfirming, reportsConfirming, {confirm}} {
		if err := d.phases(ctx, ops, clients, who); err != nil {
			return err
		}
	}
	return nil
}

package load

import "context"

// recovery has the first group of a round, whose addresses are bound, find their way back in as far as that costs no hash, and some of
// the next two groups to the end: by code and grant, and by the link.
func (d *driver) recovery(ctx context.Context, c crew) error {
	clients, first := c.round.Clients, c.group(0)
	unknown, err := d.people(ctx, "no"+c.name, len(first))
	if err != nil {
		return err
	}
	if err := d.bells(ctx, clients, first, unknown); err != nil {
		return err
	}
	if err := d.phases(ctx, afterMail, clients, first); err != nil {
		return err
	}
	if d.stack.Host {
		return d.phases(ctx, redemptions, clients, first)
	}
	if err := d.phases(ctx, refusedPasswords, clients, first); err != nil {
		return err
	}
	return d.passwords(ctx, clients, c.forgetful(1), c.forgetful(2))
}

// forgetful are those of a group who have a password and lose it; the others' addresses stay unasked for, see likeness.
func (c crew) forgetful(group int) []person { return c.group(group)[:c.some()] }

func (c crew) some() int { return min(mostHashes, (c.round.N+1)/2) }

// bells measures asking: for people with an address, for addresses that nobody knows, too soon, and too often.
func (d *driver) bells(ctx context.Context, clients int, who, unknown []person) error {
	if err := d.mailedRecovery(ctx, clients, who, 3); err != nil {
		return err
	}
	if err := d.mailing(ctx, recoverUnknown, clients, unknown, none); err != nil {
		return err
	}
	if err := d.phases(ctx, []operation{recoverAgain}, clients, who); err != nil {
		return err
	}
	return d.limited(ctx, clients, who)
}

// mailedRecovery asks for these people and opens their mails, the nth of each.
func (d *driver) mailedRecovery(ctx context.Context, clients int, who []person, nth int) error {
	if err := d.mailing(ctx, recoverKnown, clients, who, nth); err != nil {
		return err
	}
	return d.opened(ctx, who, nth, (*person).openRecovery)
}

// passwords measures what has a hash in it. The mails before are those of binding (code, receipt); each password brings one.
func (d *driver) passwords(ctx context.Context, clients int, byCode, byLink []person) error {
	for _, who := range [][]person{byCode, byLink} {
		if err := d.mailing(ctx, platformSets, clients, who, 3); err != nil {
			return err
		}
	}
	if err := d.phases(ctx, checks, clients, byCode); err != nil {
		return err
	}
	for _, who := range [][]person{byCode, byLink} {
		if err := d.mailedRecovery(ctx, clients, who, 4); err != nil {
			return err
		}
	}
	if err := d.phases(ctx, afterMail[len(afterMail)-1:], clients, byCode); err != nil {
		return err
	}
	if err := d.mailing(ctx, setByGrant, clients, byCode, 5); err != nil {
		return err
	}
	if err := d.phase(ctx, repeatedPassword, clients, byCode); err != nil {
		return err
	}
	return d.mailing(ctx, setByLink, clients, byLink, 5)
}

// phases measures one operation after the other, each warmed. None begins while the platform is still being told of the one before.
func (d *driver) phases(ctx context.Context, ops []operation, clients int, who []person) error {
	for _, op := range ops {
		if err := d.warm(ctx, op, clients, who); err != nil {
			return err
		}
		if err := d.phase(ctx, op, clients, who); err != nil {
			return err
		}
		if !op.eventful {
			continue
		}
		if err := d.rest(ctx); err != nil {
			return err
		}
	}
	return nil
}

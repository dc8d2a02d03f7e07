package recovery

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"mailbind/shared/binding"
)

// Ask is somebody's wish to get back into the account that an address is bound to. It rings the bell in the
// row of that address, bound or not, and asks nothing: who the owner is, the mailer finds out later. So
// the answer is the same for every address, and so are its writes and its time (P8). What was typed is not
// kept; the mail goes to the address that was bound.
//
// The network that asks is counted first, the same for every address. Round trips: 2, always; 1 when the
// network asks too often; none for what is no address.
func (s *Service) Ask(ctx context.Context, email string, from netip.Addr, now time.Time) error {
	addr, err := parse(email)
	if err != nil {
		return err
	}
	usage, ok, err := s.Store.CountCaller(ctx, s.callerKey(from), now)
	// A table of counters that a flood keeps busy must not keep the owner from asking: the bell bounds itself.
	if _, busy := errors.AsType[*binding.Conflict](err); err != nil && !busy {
		return outage("count caller", err)
	}
	if err == nil && !ok {
		return &binding.Refusal{Reason: ErrCallerLimit, RetryAfter: usage.wait(now)}
	}
	if err := s.Store.Ring(ctx, Bell{EmailKey: s.Names.Email(addr), Send: binding.NewSend(), Now: now}); err != nil {
		return outage("ring", err)
	}
	return nil
}

// wait is how long a network that was refused stays so.
func (u Usage) wait(now time.Time) time.Duration {
	every := time.Minute
	if u.Hour >= CallerPerHour {
		every = time.Hour
	}
	return now.Truncate(every).Add(every).Sub(now)
}

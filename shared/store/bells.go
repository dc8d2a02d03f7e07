package store

import (
	"context"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// CountCaller counts a request of a network. See recovery.Bells. The counters of the sixty minutes lie
// beside that of their hour, so both are one write. A request whose answer was lost is counted twice.
func (s *Store) CountCaller(ctx context.Context, k recovery.CallerKey, now time.Time) (recovery.Usage, bool, error) {
	pk, minute := callerPK(k, now)
	row, full, err := s.write(ctx, "count caller", s.tables.Limits, pk, expression{
		names:     names{"#m": minute},
		update:    "SET #ttl=:ttl ADD #m :one, h :one",
		condition: "(attribute_not_exists(#m) OR #m<:per_minute) AND (attribute_not_exists(h) OR h<:per_hour)",
		values: values{
			":one": num(1), ":per_minute": num(recovery.CallerPerMinute), ":per_hour": num(recovery.CallerPerHour),
			":ttl": at(now.Add(recovery.CallerLife)),
		},
	})
	if err != nil {
		return recovery.Usage{}, false, err
	}
	r := reader{row: row}
	u := recovery.Usage{Minute: r.count(minute), Hour: r.count("h")}
	if r.err == nil && full && u.Minute < recovery.CallerPerMinute && u.Hour < recovery.CallerPerHour {
		r.err = errUnexplained
	}
	if r.err != nil {
		return recovery.Usage{}, false, named("count caller", r.err)
	}
	return u, !full, nil
}

// Ring makes a recovery mail due. See recovery.Bells. What is asked of the row is when it was asked for and
// mailed, which strangers know anyway, and never whose it is: one shape of write, and one of refusal. It
// makes rows of recoveries and gives them their life; so does Put, and every other step finds one or writes
// nothing.
func (s *Store) Ring(ctx context.Context, b recovery.Bell) error {
	_, _, err := s.write(ctx, "ring", s.tables.Recoveries, recoveryPK(b.EmailKey), expression{
		update: "SET due_recover=:sid, asked_at=:now, #ttl=:ttl",
		condition: "(attribute_not_exists(resend_at) OR resend_at<=:now) " +
			"AND (attribute_not_exists(due_recover) OR asked_at<=:late)",
		values: values{
			":sid": blob(b.Send[:]), ":now": at(b.Now), ":late": at(b.Now.Add(-recovery.FreshFor)), ":ttl": at(b.Now.Add(binding.RowLife)),
		},
	})
	return err
}

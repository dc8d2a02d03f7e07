package store

import (
	"context"
	"errors"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// A meter's row holds the second at which the meter is full again; absent or past, it is full. Each try
// that is taken puts it off by Every, and there is one to take while that leaves it within Burst of them.
// So nothing is counted and nothing has to be reset
// (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm, the virtual scheduling form).

// errMoving is a meter that others spend and refill faster than its row can be followed.
var errMoving = errors.New("the meter moves on and on")

// Spend takes one try from a meter. See recovery.Passwords.
//
// An expression cannot take the later of two times, so a full meter and a running one are two forms. The
// full one comes first: it is what the owner finds. The row that refuses a form tells whether to wait or
// which form is right by now; others spend and refill at the same time, so only a few turns are tried.
func (s *Store) Spend(ctx context.Context, m recovery.Meter, now time.Time) (time.Duration, error) {
	every := int64(m.Every / time.Second)
	line := now.Unix() + int64(m.Burst-1)*every
	v := values{
		":now": at(now), ":next": num(now.Unix() + every), ":every": num(every), ":line": num(line),
		":ttl": at(now.Add(max(recovery.MeterLife, time.Duration(m.Burst+1)*m.Every))), // later than it can be full
	}
	full := expression{
		update:    "SET full_at=:next, #ttl=:ttl",
		condition: "attribute_not_exists(full_at) OR full_at<=:now",
		values:    v,
	}
	running := expression{
		update:    "SET full_at=full_at+:every, #ttl=:ttl",
		condition: "full_at>:now AND full_at<=:line",
		values:    v,
	}
	form := full
	for range 4 {
		row, refused, err := s.write(ctx, "spend", s.tables.Limits, meterPK(m), form)
		if err != nil || !refused {
			return 0, err
		}
		r := reader{row: row}
		fullAt := r.number("full_at")
		switch {
		case r.err != nil:
			return 0, named("spend", r.err)
		case fullAt > line:
			return time.Duration(min(fullAt-line, int64(m.Burst)*every)) * time.Second, nil // never longer than from empty to full
		case fullAt > now.Unix():
			form = running
		default:
			form = full
		}
	}
	return 0, &binding.Conflict{Cause: named("spend", errMoving)}
}

// Refill gives one try back to a meter, or all of them. See recovery.Passwords. Giving back to a full meter
// changes nothing, and a meter that has no row gets none.
func (s *Store) Refill(ctx context.Context, m recovery.Meter, full bool, now time.Time) error {
	e := expression{
		update: "SET full_at=full_at-:every", condition: "full_at>:now",
		values: values{":now": at(now), ":every": num(int64(m.Every / time.Second))},
	}
	if full {
		e = expression{update: "REMOVE full_at", condition: "attribute_exists(full_at)"}
	}
	_, _, err := s.write(ctx, "refill", s.tables.Limits, meterPK(m), e)
	return err
}

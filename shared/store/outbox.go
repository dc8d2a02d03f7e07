package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
)

// Load reads an account's row and who holds the address. See binding.Outbox.
func (s *Store) Load(ctx context.Context, k binding.AccountKey, ek address.EmailKey, now time.Time) (binding.Claim, binding.Holder, error) {
	rows, err := s.gather(ctx, "load", map[string]string{s.tables.Accounts: accountPK(k), s.tables.Bindings: emailPK(ek)})
	if err != nil {
		return binding.Claim{}, binding.Holder{}, err
	}
	claim, err := s.claim(k, rows[s.tables.Accounts], now)
	if err != nil {
		return binding.Claim{}, binding.Holder{}, named("load", err)
	}
	holder, err := holder(rows[s.tables.Bindings])
	if err != nil {
		return binding.Claim{}, binding.Holder{}, named("load", err)
	}
	return claim, holder, nil
}

// Book counts a mail against its mailbox's day. See binding.Outbox. The row holds the sends
// themselves, so a retry finds its own and counts nothing.
func (s *Store) Book(ctx context.Context, b binding.Booking) (bool, error) {
	_, full, err := s.write(ctx, "book", s.tables.Limits, inboxPK(b), expression{
		names:  names{"#mine": shareName(b.Account)},
		update: "SET #ttl=:ttl ADD sids :set, #mine :set",
		condition: "contains(sids, :sid) OR ((attribute_not_exists(sids) OR size(sids)<:cap) " +
			"AND (attribute_not_exists(#mine) OR size(#mine)<:each))",
		values: values{
			":set": blobs(b.Send[:]), ":sid": blob(b.Send[:]), ":cap": num(binding.InboxPerDay), ":each": num(binding.InboxPerAccount),
			":ttl": at(b.Now.Add(binding.InboxLife)),
		},
	})
	return err == nil && !full, err
}

// Finish takes an order off the row. See binding.Outbox.
//
// It tries at most three forms, and the old row says which: a higher fate that stands keeps the
// verdict out, and a denial that was renewed meanwhile keeps the ended ones in.
func (s *Store) Finish(ctx context.Context, f binding.Finish) error {
	f.Ended = f.Ended[:min(len(f.Ended), maxEnded)]
	for range 3 {
		_, err := s.update(ctx, "finish", f.Order.Account, finish(f), f.Now)
		refused, ok := errors.AsType[*binding.Refused](err)
		if !ok {
			return err
		}
		old := refused.Old
		if due, ok := old.Due[f.Order.Kind]; !ok || due != f.Order.Send {
			return nil // a newer order stands, or this one is done
		}
		if f.Fate != binding.Queued && old.Fate >= f.Fate {
			f.Fate = keepFate
		}
		f.Ended = nil
	}
	return named("finish", errUnexplained)
}

// maxEnded is how many ended denials one finish forgets; the next one goes on. Each has a part in both
// expressions, and an expression longer than 4 KB is refused for ever: the mail would stay due, and go
// out again and again (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
const maxEnded = 20

// keepFate takes the order off and says nothing of the mail.
const keepFate binding.Fate = -1

func finish(f binding.Finish) expression {
	e := expression{
		names:     names{"#due": dueName(f.Order.Kind)},
		values:    values{":sid": blob(f.Order.Send[:]), ":now": at(f.Now)},
		condition: "#due=:sid",
	}
	remove := " REMOVE #due"
	for i, ek := range f.Ended {
		name := fmt.Sprintf("#e%d", i)
		e.names[name] = deniedName(ek)
		remove += ", " + name
		e.condition += " AND (attribute_not_exists(" + name + ") OR " + name + "<=:now)"
	}
	switch {
	case f.Order.Kind != binding.KindVerify && f.Order.Kind != binding.KindReconfirm: // a receipt tells nothing of the verify mail
	case f.Fate == keepFate:
	case f.Fate == binding.Queued:
		e.update = "SET accepted_at=:now"
	default:
		e.update = "SET fate=:fate, fate_at=:now, why=:why"
		e.condition += " AND (attribute_not_exists(fate) OR fate<:fate)"
		e.values[":fate"], e.values[":why"] = num(int64(f.Fate)), text(string(f.Why))
	}
	e.update += remove
	return e
}

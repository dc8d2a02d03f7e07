package binding

import (
	"context"
	"time"
)

// Status tells an account holder where the own claim stands. It changes nothing and costs one
// consistent read.
func (s *Service) Status(ctx context.Context, who Session, now time.Time) (Status, error) {
	account := s.Names.Account(who.Subject)
	claim, err := s.Store.Claim(ctx, account, now)
	if err != nil {
		return Status{}, outage("claim", err)
	}
	return s.status(ctx, account, claim, now)
}

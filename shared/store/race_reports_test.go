package store_test

import (
	"testing"

	"mailbind/shared/store"
	"mailbind/shared/store/storetest"
)

// TestReportsAtOnceEndAsInAnyOrder: five reports of one row at the same time, 50 times for each history of the
// contract. A busy table only has them told again.
func TestReportsAtOnceEndAsInAnyOrder(t *testing.T) {
	const rounds = 50
	m := &storetest.Memory{}
	t.Run("in memory", func(t *testing.T) {
		storetest.RaceReports(t, storetest.Subject{Store: m, Outbox: m, Reports: m}, m, rounds)
	})
	withConflicts(t, func(t *testing.T, s *site) {
		calm := store.New(client(t), s.tables, s.data)
		storetest.RaceReports(t, storetest.Subject{Store: calm, Outbox: calm, Reports: calm}, s.store, rounds)
	})
}

// TestTellingRacesConfirming: while an owner confirms the mailbox, reports of the time before come in. What was
// before says nothing after, and no doubt of before is left, whichever comes first.
func TestTellingRacesConfirming(t *testing.T) {
	withConflicts(t, func(t *testing.T, s *site) {
		storetest.RaceConfirming(t, storetest.Subject{Store: store.New(client(t), s.tables, s.data)}, s.store, s.store, 50)
	})
}

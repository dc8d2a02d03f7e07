package store_test

import (
	"testing"

	"mailbind/shared/store/storetest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	m := &storetest.Memory{}
	storetest.Run(t, storetest.Subject{Store: m, Outbox: m, Reports: m, Release: m.Release})
}

func TestMemoryKeepsTheContractOfRecovery(t *testing.T) {
	m := &storetest.Memory{}
	storetest.RunRecovery(t, storetest.RecoverySubject{RecoveryStore: m, Doubt: m.Doubt})
}

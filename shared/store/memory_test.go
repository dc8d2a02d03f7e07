package store_test

import (
	"testing"

	"mailbind/shared/store/storetest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	m := &storetest.Memory{}
	storetest.Run(t, storetest.Subject{Store: m, Outbox: m, Release: m.Release})
}

package storetest

import (
	"testing"

	"mailbind/shared/binding"
)

// Doubt plays the reports of the provider for tests: the bound account's row holds that risk.
func (m *Memory) Doubt(_ *testing.T, k binding.AccountKey, risk binding.Risk) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.accounts[k]; r != nil {
		r.Risk, r.RiskSince = risk, r.BoundAt
	}
}

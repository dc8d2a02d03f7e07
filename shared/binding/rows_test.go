package binding_test

import (
	"testing"
	"time"

	"mailbind/shared/binding"
)

func TestBindWaitsOutTheCooldownOfAClaimThatJustEnded(t *testing.T) {
	w := newWorld(t)
	w.pending("li", "li@qq.com")
	w.after(24*time.Hour - 30*time.Second)
	w.ok(w.resend("li"))
	w.deliver()
	w.after(30 * time.Second)
	w.refused(errOf(w.bind("li", "li@qq.com")), binding.Refusal{Reason: binding.ErrCooldown, RetryAfter: 30 * time.Second})
}

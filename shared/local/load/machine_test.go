package load

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestTheMachinesTimeIsReadFromItsFirstLine(t *testing.T) {
	before := machineIn("cpu  100 0 50 1000 10 0 0 5 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
	after := machineIn("cpu  160 5 80 1080 20 2 3 15 40 0\n")
	used := after.since(before)
	want := machine{all: 2 * time.Second, busy: time.Second, stolen: 100 * time.Millisecond, known: true}
	if used != want {
		t.Errorf("got %+v, want %+v", used, want)
	}
	used.own = 600 * time.Millisecond
	if got := used.String(); !strings.Contains(got, "other programs had 20 %") || !strings.Contains(got, "hypervisor 5 %") || !strings.Contains(got, "45 % were idle") {
		t.Errorf("got %q", got)
	}
	for _, text := range []string{"", "cpu 1 2 3\n", "cpu a b c d e f g h\n", "intr 1 2 3 4 5 6 7 8 9\n"} {
		if got := machineIn(text); got.known || got.String() != "" {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestWhatIsBelowThisProcessIsItsOwn(t *testing.T) {
	parents := map[int]int{10: 1, 20: 10, 30: 20, 40: 1, 50: 60, 60: 50}
	for id, want := range map[int]bool{10: true, 20: true, 30: true, 40: false, 1: false, 50: false} {
		if got := below(id, 10, parents); got != want {
			t.Errorf("%d below 10: %v", id, got)
		}
	}
	now := machineNow()
	if now.known != (runtime.GOOS == "linux") {
		t.Fatalf("got %+v", now)
	}
	if now.known && (now.own > now.busy || now.busy <= 0 || now.all < now.busy+now.stolen) {
		t.Errorf("got %+v", now)
	}
}

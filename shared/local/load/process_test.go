package load

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestProcessorTimeIsUserAndSystemWhateverTheName(t *testing.T) {
	stat := []byte("4711 (a ) b (c) S 1 4711 4711 0 -1 4194560 500 0 0 0 37 5 0 0 20 0 8 0 100 200 300")
	if got, ok := cpuIn(stat); !ok || got != 420*time.Millisecond {
		t.Errorf("got %v, %v", got, ok)
	}
	for _, text := range []string{"", "4711 (x) S 1", "4711 (x) S 1 4711 4711 0 -1 4194560 500 0 0 0 a 5 0"} {
		if got, ok := cpuIn([]byte(text)); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMemoryIsReadInKibibytes(t *testing.T) {
	status := "Name:\tbootstrap\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t8\n"
	if got, ok := memoryIn(status, "VmRSS"); !ok || got != 10<<20 {
		t.Errorf("VmRSS %d, %v", got, ok)
	}
	if got, ok := memoryIn(status, "VmHWM"); !ok || got != 20<<20 {
		t.Errorf("VmHWM %d, %v", got, ok)
	}
	if got, ok := memoryIn(status, "Threads"); ok {
		t.Errorf("Threads %d", got)
	}
}

func TestThisProcessIsSeen(t *testing.T) {
	self := []int{os.Getpid()}
	before, known := cpu(self)
	size, knownSize := memory(self, "VmRSS")
	if known != knownSize || known != (runtime.GOOS == "linux") {
		t.Fatalf("processor time known: %v, memory: %v", known, knownSize)
	}
	if !known {
		return
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if after, _ := cpu(self); after > before {
			if size < 1<<20 || size > 1<<34 {
				t.Errorf("this process has %d bytes", size)
			}
			return
		}
	}
	t.Error("ten seconds of work are no processor time")
}

func TestAProcessThatIsGoneIsNotKnown(t *testing.T) {
	if got, known := cpu([]int{1 << 30}); known {
		t.Errorf("processor time %v", got)
	}
	if got, known := memory(nil, "VmRSS"); known {
		t.Errorf("memory of none: %d", got)
	}
}

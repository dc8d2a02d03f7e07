package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// machine is how the processors' time was spent. known is false where there is no /proc of Linux.
type machine struct {
	all, busy, stolen time.Duration // of all processors; busy is without stolen
	own               time.Duration // of busy: this process and all below it
	known             bool
}

// machineNow sums since the start of the machine, and own over the processes that run.
func machineNow() machine {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return machine{}
	}
	m := machineIn(string(text))
	parents, used := map[int]int{}, map[int]time.Duration{}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return machine{}
	}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		id, err1 := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, err2 := parentIn(stat)
		time, ok := cpuIn(stat)
		if err1 == nil && err2 == nil && ok {
			parents[id], used[id] = parent, time
		}
	}
	self := os.Getpid()
	for id, time := range used {
		if below(id, self, parents) {
			m.own += time
		}
	}
	return m
}

func below(id, ancestor int, parents map[int]int) bool {
	for steps := 0; id > 0 && steps < 1000; steps++ {
		if id == ancestor {
			return true
		}
		id = parents[id]
	}
	return false
}

// parentIn reads field 4 of a stat line.
func parentIn(stat []byte) (int, error) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 2 {
		return 0, fmt.Errorf("load: no stat line: %q", stat)
	}
	return strconv.Atoi(fields[1])
}

// machineIn reads the first line of /proc/stat: user nice system idle iowait irq softirq steal, then times that user holds already.
func machineIn(stat string) machine {
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return machine{}
	}
	m := machine{known: true}
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return machine{}
		}
		time := time.Duration(ticks) * tick
		m.all += time
		switch i {
		case 3, 4: // idle, iowait
		case 7:
			m.stolen += time
		default:
			m.busy += time
		}
	}
	return m
}

func (m machine) since(earlier machine) machine {
	return machine{m.all - earlier.all, m.busy - earlier.busy, m.stolen - earlier.stolen, m.own - earlier.own, m.known && earlier.known}
}

// String says how quiet the machine was; it is "" when that is not known.
func (m machine) String() string {
	if !m.known || m.all <= 0 {
		return ""
	}
	share := func(part time.Duration) string { return decimals(100*max(0, part.Seconds())/m.all.Seconds(), 0) }
	return fmt.Sprintf(", in which other programs had %s %% of the processors' time, the hypervisor %s %%, and %s %% were idle",
		share(m.busy-m.own), share(m.stolen), share(m.all-m.busy-m.stolen))
}

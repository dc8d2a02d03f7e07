package load

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every Linux that Go runs on (proc(5), time(7)).
const tick = 10 * time.Millisecond

// cpu sums the processor time, user and system, of processes. false where there is no /proc of Linux, or one of them is gone.
func cpu(processes []int) (time.Duration, bool) {
	var sum time.Duration
	for _, id := range processes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
		if err != nil {
			return 0, false
		}
		used, ok := cpuIn(text)
		if !ok {
			return 0, false
		}
		sum += used
	}
	return sum, len(processes) > 0
}

// cpuIn reads fields 14 and 15 of a stat line; the name, field 2, stands in brackets and may hold anything.
func cpuIn(stat []byte) (time.Duration, bool) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}

// memory gives the most of a line of /proc/PID/status (VmRSS: now; VmHWM: the peak) among the processes, in bytes.
func memory(processes []int, line string) (int64, bool) {
	var most int64
	for _, id := range processes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
		if err != nil {
			return 0, false
		}
		size, ok := memoryIn(string(text), line)
		if !ok {
			return 0, false
		}
		most = max(most, size)
	}
	return most, len(processes) > 0
}

func memoryIn(status, line string) (int64, bool) {
	for text := range strings.Lines(status) {
		name, value, _ := strings.Cut(text, ":")
		if fields := strings.Fields(value); name == line && len(fields) == 2 && fields[1] == "kB" {
			size, err := strconv.ParseInt(fields[0], 10, 64)
			return size << 10, err == nil
		}
	}
	return 0, false
}

// Package telemetrytest lets tests read what a function logs and counts.
package telemetrytest

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"mailbind/shared/telemetry"
)

// Recorded makes a reporter and gives what it logged and counted so far, line by line. A reporter writes to
// what standard output is while it is made, which is a file meanwhile.
func Recorded(t testing.TB) (*telemetry.Reporter, func() []string) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	stdout := os.Stdout
	os.Stdout = f
	report := telemetry.New()
	os.Stdout = stdout
	return report, func() []string {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return strings.FieldsFunc(string(all), func(r rune) bool { return r == '\n' })
	}
}

// Counted gives how often each counter was counted in lines of output.
func Counted(lines []string) map[string]int {
	out := map[string]int{}
	for _, l := range lines {
		var line struct {
			AWS struct {
				CloudWatchMetrics []struct{ Metrics []struct{ Name string } }
			} `json:"_aws"`
		}
		if json.Unmarshal([]byte(l), &line) == nil && len(line.AWS.CloudWatchMetrics) > 0 {
			out[line.AWS.CloudWatchMetrics[0].Metrics[0].Name]++
		}
	}
	return out
}

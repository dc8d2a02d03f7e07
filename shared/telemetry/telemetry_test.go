package telemetry

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestCountWritesOneEmbeddedMetricLine(t *testing.T) {
	var out bytes.Buffer
	r := &Reporter{function: "bind", out: &out}
	r.Count(Outage)
	var line struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		Function string
		Outage   int
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("not one line of JSON: %q, %v", out.String(), err)
	}
	m := line.AWS.CloudWatchMetrics
	if len(m) != 1 || m[0].Namespace != Namespace || len(m[0].Dimensions) != 1 || m[0].Dimensions[0][0] != "Function" ||
		m[0].Metrics[0].Name != Outage || m[0].Metrics[0].Unit != "Count" {
		t.Errorf("the directive is %+v", m)
	}
	if line.Function != "bind" || line.Outage != 1 || line.AWS.Timestamp == 0 {
		t.Errorf("the line is %s", out.String())
	}
}

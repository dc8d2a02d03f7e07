package dynamo

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

func TestRecordsTellTheSecondTheyWereMade(t *testing.T) {
	minute := time.Date(2026, 3, 14, 12, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct{ told, read, want time.Duration }{
		"the minute alone":        {0, 41*time.Second + 7, 41 * time.Second},
		"the second":              {40 * time.Second, 41 * time.Second, 40 * time.Second},
		"read in the next minute": {0, 60*time.Second + 300*time.Millisecond, 59 * time.Second},
		"long ago":                {0, time.Hour, 0},
	} {
		now := minute.Add(c.read)
		r, err := convert(types.Record{Dynamodb: &types.StreamRecord{ApproximateCreationDateTime: aws.Time(minute.Add(c.told))}}, "arn:source", "local-1", now)
		if err != nil || !r.created.Equal(minute.Add(c.want)) {
			t.Errorf("%s: %v, %v", name, r.created, err)
		}
	}
}

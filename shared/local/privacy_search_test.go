package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// search looks for the secrets everywhere, once events of these types are there.
func (l *life) search(t *testing.T, s *stack, endpoint string, wanted map[string]int) {
	t.Helper()
	place := map[string][][]byte{"events": {l.events(t, s, wanted)}, "tables": tables(t, endpoint), "streams": streams(t, endpoint), "logs": {[]byte(s.logged())}}
	if len(place["tables"]) < 10 || len(place["streams"]) < 20 || !strings.Contains(s.logged(), "POST /v1/binding") || !strings.Contains(s.logged(), "POST /v1/recovery/verify") {
		t.Fatalf("too little to search: %d attributes in tables, %d in streams, %d bytes of logs",
			len(place["tables"]), len(place["streams"]), len(s.logged()))
	}
	for where, hay := range place {
		for what, secret := range l.secrets {
			if where == "events" && strings.HasSuffix(what, "account") {
				continue // the platform is told of its accounts by its own ids
			}
			if in := find(hay, secret); in != nil {
				t.Errorf("%s: %s is there: %.200q", where, what, in)
			}
			if find(append(hay, []byte("x"+secret+"y")), secret) == nil {
				t.Errorf("%s: a planted %s is not found", where, what)
			}
		}
	}
	for what, secret := range l.secrets {
		if what == "address" || what == "domain" {
			continue // a mail's own To
		}
		if in := find(l.envelope, secret); in != nil {
			t.Errorf("mail: %s is in a subject, header or tag: %.200q", what, in)
		}
		if in := find(l.locations, secret); in != nil {
			t.Errorf("pages: %s is in the address of a result: %.200q", what, in)
		}
	}
}

// events waits for so many of each type and gives them all.
func (l *life) events(t *testing.T, s *stack, wanted map[string]int) []byte {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := s.do("GET", "/_local/events", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		short := ""
		for kind, n := range wanted {
			if strings.Count(all.body, `"detail-type":"`+kind+`"`) < n {
				short = kind
			}
		}
		if short == "" {
			return []byte(all.body)
		}
		if time.Now().After(limit) {
			t.Fatalf("too few events %s: %s", short, all.body)
		}
	}
}

// find gives the first place that holds the secret: as it is, in lower case, in hex, or in base64 at any
// alignment.
func find(hay [][]byte, secret string) []byte {
	needles := [][]byte{[]byte(secret), []byte(strings.ToLower(secret)), []byte(hex.EncodeToString([]byte(secret)))}
	for lead := range 3 {
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			coded := e.EncodeToString(append(make([]byte, lead), secret...))
			// The first and last symbols also hold bits of what stands beside it.
			if first, last := []int{0, 2, 3}[lead], len(coded)-1; last-first >= 8 {
				needles = append(needles, []byte(coded[first:last]))
			}
		}
	}
	for _, h := range hay {
		for _, n := range needles {
			if bytes.Contains(h, n) {
				return h
			}
		}
	}
	return nil
}

var anyone = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
})

// tables gives every attribute of every row, its name included; the stack's own table of keys is left out.
func tables(t *testing.T, endpoint string) (out [][]byte) {
	t.Helper()
	c := dynamodb.New(dynamodb.Options{Region: "local-1", BaseEndpoint: &endpoint, Credentials: anyone})
	list, err := c.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list.TableNames {
		if name == "mailbind-local-keys" {
			continue
		}
		rows, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows.Items {
			for attribute, v := range row {
				out = append(out, []byte(attribute))
				switch v := v.(type) {
				case *types.AttributeValueMemberS:
					out = append(out, []byte(v.Value))
				case *types.AttributeValueMemberN:
					out = append(out, []byte(v.Value))
				case *types.AttributeValueMemberB:
					out = append(out, v.Value)
				case *types.AttributeValueMemberBS:
					out = append(out, v.Value...)
				case *types.AttributeValueMemberSS:
					out = append(out, []byte(strings.Join(v.Value, "\n")))
				default:
					t.Fatalf("an attribute of type %T is not searched", v)
				}
			}
		}
	}
	return out
}

// streams gives the same of every image of every stream record.
func streams(t *testing.T, endpoint string) (out [][]byte) {
	t.Helper()
	c := dynamodbstreams.New(dynamodbstreams.Options{Region: "local-1", BaseEndpoint: &endpoint, Credentials: anyone})
	list, err := c.ListStreams(t.Context(), &dynamodbstreams.ListStreamsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range list.Streams {
		d, err := c.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: stream.StreamArn})
		if err != nil {
			t.Fatal(err)
		}
		for _, shard := range d.StreamDescription.Shards {
			it, err := c.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
				StreamArn: stream.StreamArn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
			if err != nil {
				t.Fatal(err)
			}
			for at := it.ShardIterator; at != nil; {
				page, err := c.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: at})
				if err != nil {
					t.Fatal(err)
				}
				if len(page.Records) == 0 {
					break
				}
				for _, r := range page.Records {
					out = append(append(out, images(t, r.Dynamodb.NewImage)...), images(t, r.Dynamodb.OldImage)...)
				}
				at = page.NextShardIterator
			}
		}
	}
	return out
}

func images(t *testing.T, image map[string]streamtypes.AttributeValue) (out [][]byte) {
	t.Helper()
	for attribute, v := range image {
		out = append(out, []byte(attribute))
		switch v := v.(type) {
		case *streamtypes.AttributeValueMemberS:
			out = append(out, []byte(v.Value))
		case *streamtypes.AttributeValueMemberN:
			out = append(out, []byte(v.Value))
		case *streamtypes.AttributeValueMemberB:
			out = append(out, v.Value)
		case *streamtypes.AttributeValueMemberSS:
			out = append(out, []byte(strings.Join(v.Value, "\n")))
		default:
			t.Fatalf("an attribute of type %T is not searched", v)
		}
	}
	return out
}

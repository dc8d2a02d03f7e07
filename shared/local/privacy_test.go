package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"mailbind/shared/local/dynamolocal"
)

// TestNothingPersonalIsAtRestOrToldToOperators holds P12 over a whole life: what is in the tables, in
// their streams, in the functions' logs, and in those parts of a mail that SES's events repeat.
func TestNothingPersonalIsAtRestOrToldToOperators(t *testing.T) {
	t.Parallel()
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s := start(t, "-dynamodb", endpoint)
	life := live(t, s)
	life.recover(t, s)
	life.seen(t, s, "Canary.Ming@geheim.example", "link.canary@geheim.example")
	if len(life.envelope) < 9 || len(life.locations) < 4 {
		t.Errorf("%d envelopes and %d locations were seen", len(life.envelope), len(life.locations))
	}
	life.search(t, s, endpoint, map[string]int{"binding.bound": 2, "recovery.finished": 2, "credential.changed": 4})
}

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

// life is what one account and its neighbours went through, and what must not be found afterwards.
type life struct {
	secrets   map[string]string
	envelope  [][]byte
	locations [][]byte
}

// live plays every operation of this stage with words that occur nowhere else.
func live(t *testing.T, s *stack) life {
	t.Helper()
	const address, domain = "Canary.Ming@geheim.example", "geheim.example"
	l := life{secrets: map[string]string{
		"address": "Canary.Ming", "domain": domain, "label": "金丝雀小店", "account": "canary-account-77",
		"rival's account": "canary-rival-78", "wrong code": "WR0NG-C0DE-99", "malformed address": "broken..canary@geheim.example",
	}}
	jwt := signIn(t, s, "canary-account-77", "金丝雀小店")
	rival := signIn(t, s, "canary-rival-78", "金丝雀小店")
	l.secrets["session"], l.secrets["rival's session"] = jwt, rival

	want(t, s, jwt, 422, "POST", "/v1/binding", `{"email":"broken..canary@geheim.example"}`)
	want(t, s, jwt, 400, "POST", "/v1/binding", `{"email":"`+address+`","Email":"x"}`)
	want(t, s, jwt, 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	want(t, s, jwt, 202, "POST", "/v1/binding", `{"email":"`+address+`"}`)
	first := mailTo(t, s, address, 1)
	l.secrets["code"], l.secrets["token"] = first.code, first.token
	want(t, s, jwt, 400, "POST", "/v1/binding/verify", `{"code":"WR0NG-C0DE-99"}`)
	want(t, s, jwt, 422, "POST", "/v1/binding/verify", `{"code":"ABCD-EFGH"}`)
	want(t, s, "", 422, "GET", "/verify?t="+first.token+"x", "")
	want(t, s, "", 200, "GET", "/verify?t="+first.token, "")
	want(t, s, "", 200, "GET", "/deny?t="+first.token, "")
	l.press(t, s, first.token, "deny")
	l.press(t, s, first.token, "undo")
	want(t, s, jwt, 200, "POST", "/v1/binding/verify", `{"code":"`+first.code+`"}`)
	receipt := mailTo(t, s, address, 2)
	l.secrets["receipt's token"] = receipt.token
	l.press(t, s, receipt.token, "deny")
	l.press(t, s, receipt.token, "undo")

	want(t, s, rival, 202, "POST", "/v1/binding", `{"email":"`+strings.ToLower(address)+`"}`)
	mailTo(t, s, address, 3)
	refused := signIn(t, s, "canary-refused-79", "")
	want(t, s, refused, 202, "POST", "/v1/binding", `{"email":"reject@simulator.amazonses.com"}`)

	linked := signIn(t, s, "canary-linked-80", "金丝雀小店")
	st := want(t, s, linked, 202, "POST", "/v1/binding", `{"email":"link.canary@geheim.example"}`)
	m := mailTo(t, s, "link.canary@geheim.example", 1)
	a, err := s.do("POST", "/verify", map[string]string{"content-type": "application/x-www-form-urlencoded"},
		"decision=bind&token="+m.token+"&check="+st["check"].(string))
	if err != nil || a.status != 303 {
		t.Fatalf("bind by link: %d %v", a.status, err)
	}
	l.locations = append(l.locations, []byte(a.header.Get("location")))
	want(t, s, linked, 200, "GET", "/v1/binding", "")
	mailTo(t, s, "link.canary@geheim.example", 2)

	return l
}

// seen keeps what SES's events repeat of the mails to these addresses.
func (l *life) seen(t *testing.T, s *stack, addresses ...string) {
	t.Helper()
	for _, to := range addresses {
		all, err := s.do("GET", "/_local/mails?to="+to, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		var kept []struct {
			Subject       string
			Headers, Tags map[string]any
		}
		if err := json.Unmarshal([]byte(all.body), &kept); err != nil {
			t.Fatal(err)
		}
		for _, k := range kept {
			l.envelope = append(l.envelope, fmt.Appendf(nil, "%s %v %v", k.Subject, k.Headers, k.Tags))
		}
	}
}

// press posts a button's form and keeps where it sends the browser.
func (l *life) press(t *testing.T, s *stack, token, decision string) {
	t.Helper()
	a, err := s.do("POST", "/verify", map[string]string{"content-type": "application/x-www-form-urlencoded"}, "decision="+decision+"&token="+token)
	if err != nil || a.status >= 400 {
		t.Fatalf("%s: %d %s %v", decision, a.status, a.body, err)
	}
	if to := a.header.Get("location"); to != "" {
		l.locations = append(l.locations, []byte(to))
	}
}

func signIn(t *testing.T, s *stack, account, label string) string {
	t.Helper()
	token, err := s.token(account, label, "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func want(t *testing.T, s *stack, token string, status int, method, path, body string) map[string]any {
	t.Helper()
	a, err := s.call(token, method, path, body)
	if err != nil || a.status != status {
		t.Fatalf("%s %.20s: %d, want %d: %.300s %v", method, path, a.status, status, a.body, err)
	}
	if !strings.HasPrefix(a.body, "{") {
		return nil
	}
	return a.json(t)
}

type letter struct{ code, token string }

func mailTo(t *testing.T, s *stack, to string, n int) letter {
	t.Helper()
	m, err := s.arrived(to, n)
	if err != nil {
		t.Fatal(err)
	}
	var l letter
	if found := codeLine.FindStringSubmatch(m.Text); found != nil {
		l.code = found[1]
	}
	if found := linked(m.Text); found != nil {
		l.token = found[2]
	}
	return l
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
		default:
			t.Fatalf("an attribute of type %T is not searched", v)
		}
	}
	return out
}

package iam

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbind/shared/local/relay"
)

const database = "DATABASEDATABASE2026"

// answering is a database that answers with what it was asked.
func answering(t testing.TB) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, accessKeyID(r.Header.Get("Authorization")), " ", r.Header.Get("X-Amz-Target"), " ", string(body))
	}))
	t.Cleanup(server.Close)
	return server
}

// behind starts a relay in front of a database.
func behind(t testing.TB, server *httptest.Server, policy Policy) (judged *relay.Relay, client *http.Client, words *said) {
	t.Helper()
	guard, words := guarded(t, policy)
	judged, err := guard.NewRelay(strings.TrimPrefix(server.URL, "http://"), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(judged.Close)
	client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 10 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	return judged, client, words
}

func send(client *http.Client, url, authorization, operation, body string) (string, error) {
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return fmt.Sprint(res.StatusCode, " ", string(text)), err
}

// get reads row k, or another.
func get(pk string) string { return `{"TableName":"shop-bindings","Key":{"pk":{"S":"` + pk + `"}}}` }

// TestTheRelayLetsThroughWhatIsAllowedAndAnswersTheRest sends both by turns on the same connections.
func TestTheRelayLetsThroughWhatIsAllowedAndAnswersTheRest(t *testing.T) {
	relay, client, words := behind(t, answering(t), only)
	var working sync.WaitGroup
	for range 8 {
		working.Go(func() {
			for i := range 50 {
				body := fmt.Sprintf(`{"TableName":"shop-accounts","Key":{"pk":{"S":"a"}},"Fill":%q}`, strings.Repeat("x", i*2000))
				got, err := send(client, relay.URL(), signed("shop-clerk"), "UpdateItem", body)
				if want := "418 " + database + " DynamoDB_20120810.UpdateItem " + body; err != nil || got != want {
					t.Errorf("got %.120s, %v", got, err)
				}
				got, err = send(client, relay.URL(), signed("shop-clerk"), "GetItem", get("e#1"))
				want := `400 {"__type":"com.amazon.coral.service#AccessDeniedException","message":"User: arn:aws:sts::000000000000:assumed-role/shop-ClerkRole/shop-clerk ` +
					`is not authorized to perform: dynamodb:GetItem on resource: ` + bindings + ` because no identity-based policy allows the dynamodb:GetItem action"}`
				if err != nil || got != want {
					t.Errorf("got %s, %v\nwant %s", got, err, want)
				}
			}
		})
	}
	working.Wait()
	line := "denied: clerk may not dynamodb:GetItem on " + bindings + ": the statement Fingerprint of its role allows it on conditions that are not met\n"
	if words.String() != strings.Repeat(line, 400) {
		t.Errorf("said %.300s", words)
	}
}

func TestTheRelayKnowsNobodyButTheFunctions(t *testing.T) {
	relay, client, words := behind(t, answering(t), only)
	for _, authorization := range []string{"", signed("shop-porter"), "AWS4-HMAC-SHA256 Credential=" + database + "/x"} {
		got, err := send(client, relay.URL(), authorization, "GetItem", get("k"))
		if err != nil || !strings.HasPrefix(got, `400 {"__type":"com.amazon.coral.service#UnrecognizedClientException"`) {
			t.Errorf("%q: got %s, %v", authorization, got, err)
		}
	}
	if strings.Count(words.String(), "denied: a request is signed by none of the functions") != 3 {
		t.Errorf("said %q", words)
	}
}

// TestASecondRequestOnTheHeelsOfTheFirstIsNotLetThrough: bytes that came with the first would reach the database unread.
func TestASecondRequestOnTheHeelsOfTheFirstIsNotLetThrough(t *testing.T) {
	relay, _, _ := behind(t, answering(t), only)
	conn, err := net.Dial("tcp4", strings.TrimPrefix(relay.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var both bytes.Buffer
	for _, pk := range []string{"k", "e#1"} {
		fmt.Fprintf(&both, "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\nContent-Length: %d\r\n\r\n%s",
			signed("shop-clerk"), len(get(pk)), get(pk))
	}
	if _, err := conn.Write(both.Bytes()); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if answer, _ := io.ReadAll(conn); len(answer) > 0 {
		t.Errorf("answered %s", answer)
	}
}

func TestAKeyOfAnotherLengthIsNotTaken(t *testing.T) {
	guard, _ := guarded(t, only)
	if _, err := guard.NewRelay("127.0.0.1:1", "short"); err == nil {
		t.Error("a key of another length was taken")
	}
}

// transaction is as long as the one that binds: an update of an account's row and two rows of bindings.
var transaction = `{"ClientRequestToken":"0123456789abcdef0123456789abcdef","TransactItems":[` +
	`{"Update":{"TableName":"shop-accounts","Key":{"pk":{"S":"a"}},"UpdateExpression":"` + strings.Repeat("SET #a = :a, ", 60) + `"}},` +
	`{"Put":{"TableName":"shop-bindings","Item":{"pk":{"S":"b"},"v":{"B":"` + strings.Repeat("A", 400) + `"}}}},` +
	`{"Put":{"TableName":"shop-bindings","Item":{"pk":{"S":"c"},"v":{"B":"` + strings.Repeat("A", 400) + `"}}}}]}`

// BenchmarkJudge is what the guard thinks about a request; BenchmarkRoundTrip what a round trip takes past the relay and through it.
func BenchmarkJudge(b *testing.B) {
	guard, _ := guarded(b, only)
	authorization := signed("shop-clerk")
	for operation, body := range map[string]string{"GetItem": get("k"), "TransactWriteItems": transaction} {
		b.Run(operation, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				calls, unread := guard.dynamodb("DynamoDB_20120810."+operation, []byte(body))
				if refused := guard.judge(authorization, calls, unread); refused != nil {
					b.Fatal(refused.message)
				}
			}
		})
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	server := answering(b)
	relay, client, _ := behind(b, server, only)
	for _, way := range []struct{ name, url string }{{"past", server.URL}, {"through", relay.URL()}} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				if got, err := send(client, way.url, signed("shop-clerk"), "GetItem", get("k")); err != nil || !strings.HasPrefix(got, "418") {
					b.Fatal(got, err)
				}
			}
		})
	}
}

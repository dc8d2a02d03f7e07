package load

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbind/shared/local/relay"
)

// behind starts a server that answers with what it was asked, and a relay in front of it.
func behind(t *testing.T, tally *Tally) (counted *relay.Relay, client *http.Client) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Target", r.Header.Get("X-Amz-Target"))
		w.WriteHeader(http.StatusTeapot)
		w.Write(append([]byte("re: "), body...))
	}))
	t.Cleanup(server.Close)
	counted, err := NewRelay(strings.TrimPrefix(server.URL, "http://"), tally)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(counted.Close)
	client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 10 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	return counted, client
}

func send(client *http.Client, url, agent, operation, body string) (string, error) {
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return fmt.Sprint(res.StatusCode, " ", res.Header.Get("X-Target"), " ", string(text)), err
}

func TestTheRelayChangesNothingAndCountsEachRequest(t *testing.T) {
	tally := &Tally{}
	relay, client := behind(t, tally)
	const clients, each = 8, 50
	big := strings.Repeat("x", 100_000)
	var working sync.WaitGroup
	for c := range clients {
		working.Go(func() {
			function := []string{"bind", "verify"}[c%2]
			for i := range each {
				body := fmt.Sprintf(`{"client":%d,"turn":%d,"fill":%q}`, c, i, big[:i*2000])
				got, err := send(client, relay.URL(), "aws-sdk-go-v2/1.41 os/linux app/mailbind-"+function+" m/E", "UpdateItem", body)
				if want := "418 DynamoDB_20120810.UpdateItem re: " + body; err != nil || got != want {
					t.Errorf("got %.80s, %v", got, err)
				}
			}
		})
	}
	working.Wait()
	want := Counts{{"bind", Database, "UpdateItem"}: clients / 2 * each, {"verify", Database, "UpdateItem"}: clients / 2 * each}
	if got := tally.Counts(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestARequestIsCountedBeforeItsAnswerIsThere(t *testing.T) {
	tally := &Tally{}
	relay, client := behind(t, tally)
	for i := range 300 {
		if _, err := send(client, relay.URL(), "app/mailbind-status", "GetItem", "{}"); err != nil {
			t.Fatal(err)
		}
		if got := tally.Counts().of("status", Database); got != i+1 {
			t.Fatalf("%d answers, %d requests counted", i+1, got)
		}
	}
}

func TestTheRelayReadsBodiesOfUnknownLength(t *testing.T) {
	tally := &Tally{}
	relay, client := behind(t, tally)
	for range 2 {
		req, err := http.NewRequest("POST", relay.URL(), io.MultiReader(bytes.NewBufferString(`{"Key":{"pk"`), bytes.NewBufferString(`:{"S":"k"}}}`)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "app/mailbind-bind")
		req.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if want := `re: {"Key":{"pk":{"S":"k"}}}`; err != nil || string(body) != want {
			t.Errorf("got %q, %v", body, err)
		}
	}
	if got := tally.Counts(); got.of("bind", Start) != 2 || got.of("bind", Database) != 0 {
		t.Errorf("counted %v", got)
	}
}

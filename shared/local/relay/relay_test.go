package relay

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func passing(Request) ([]byte, bool) { return nil, true }

func TestADatabaseThatIsNotThereBreaksTheConnection(t *testing.T) {
	gone, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := gone.Addr().String()
	gone.Close()
	relay, err := New(address, passing)
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	client := &http.Client{Timeout: 10 * time.Second}
	if got, err := client.Post(relay.URL(), "application/json", strings.NewReader("{}")); err == nil {
		got.Body.Close()
		t.Errorf("got %s", got.Status)
	}
}

func TestCloseEndsOpenConnections(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	relay, err := New(strings.TrimPrefix(server.URL, "http://"), passing)
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	conn, err := net.Dial("tcp4", strings.TrimPrefix(relay.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"); err != nil { // and no more: it waits
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		relay.Close()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for a client that says nothing")
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
}

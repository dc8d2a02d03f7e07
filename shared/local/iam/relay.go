package iam

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// Relay stands in front of a database and lets through what the guard allows. Each connection has one of its own behind it, and
// bytes pass unchanged but for the access key id: a DynamoDB Local that was started without -sharedDb has tables for each.
type Relay struct {
	guard    *Guard
	listener net.Listener
	upstream string // HOST:PORT
	key      []byte // the access key id that the database knows

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
	work   sync.WaitGroup
}

// NewRelay starts one on a free port of 127.0.0.1, in front of HOST:PORT. key is the access key id under which the tables are: of 20
// letters and digits.
func (g *Guard) NewRelay(upstream, key string) (*Relay, error) {
	if len(key) != keyLength {
		return nil, fmt.Errorf("iam: an access key id of %d symbols; want %d", len(key), keyLength)
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{guard: g, listener: listener, upstream: upstream, key: []byte(key), open: map[net.Conn]bool{}}
	r.work.Go(r.accept)
	return r, nil
}

// URL is the endpoint to be used in place of the database's.
func (r *Relay) URL() string { return "http://" + r.listener.Addr().String() }

// Close breaks all connections off and waits until nothing of it runs.
func (r *Relay) Close() {
	r.mu.Lock()
	r.closed = true
	for conn := range r.open {
		conn.Close()
	}
	r.mu.Unlock()
	r.listener.Close()
	r.work.Wait()
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the client was gone before
		}
		r.work.Go(func() { r.serve(client) })
	}
}

// keep notes a connection for Close; false: it came too late.
func (r *Relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.open[conn] = true
	return true
}

func (r *Relay) drop(conn net.Conn) {
	conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, conn)
}

func (r *Relay) serve(client net.Conn) {
	defer r.drop(client)
	if !r.keep(client) {
		return
	}
	upstream, err := net.Dial("tcp4", r.upstream)
	if err != nil {
		return // the client sees what it would see of a database that is not there: a broken connection
	}
	defer r.drop(upstream)
	if !r.keep(upstream) {
		return
	}
	r.work.Go(func() {
		io.Copy(client, upstream)
		client.Close() // the database ended the connection: so does this
	})
	r.pass(client, upstream)
}

// pass hands on each request that is allowed and answers the others itself, until one side ends. A client sends a request when it has
// the answer to the one before: so nothing of the database is under way when the relay answers, and one that sends two at once is not
// listened to.
func (r *Relay) pass(client io.ReadWriter, upstream io.Writer) {
	var seen bytes.Buffer
	reader := bufio.NewReader(io.TeeReader(client, &seen))
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil || reader.Buffered() > 0 {
			return
		}
		authorization := request.Header.Get("Authorization")
		calls, unread := r.guard.dynamodb(request.Header.Get("X-Amz-Target"), body)
		if refused := r.guard.judge(authorization, calls, unread); refused != nil {
			err = answer(client, refused)
		} else {
			r.rename(seen.Bytes(), accessKeyID(authorization))
			_, err = upstream.Write(seen.Bytes())
		}
		if err != nil {
			return
		}
		seen.Reset()
	}
}

// rename puts the database's access key id in the place of the caller's, which is as long.
func (r *Relay) rename(request []byte, caller string) {
	if at := bytes.Index(request, []byte("Credential="+caller+"/")); at >= 0 {
		copy(request[at+len("Credential="):], r.key)
	}
}

// answer is DynamoDB's to what it refuses.
func answer(client io.Writer, refused *refusal) error {
	body, err := json.Marshal(map[string]string{"__type": "com.amazon.coral.service#" + refused.kind, "message": refused.message})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(client, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

package load

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// Relay stands in front of a database and counts the requests that go through. Each connection has one of its own behind it and
// bytes pass unchanged, so that what it adds to a round trip is little and the same for all. A request is counted before it is
// passed on: who has the answer finds it counted.
type Relay struct {
	listener net.Listener
	upstream string // HOST:PORT
	tally    *Tally

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
	work   sync.WaitGroup
}

// NewRelay starts one on a free port of 127.0.0.1, in front of HOST:PORT.
func NewRelay(upstream string, tally *Tally) (*Relay, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: listener, upstream: upstream, tally: tally, open: map[net.Conn]bool{}}
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

// pass counts requests and hands each on, byte for byte, until one side ends.
func (r *Relay) pass(client io.Reader, upstream io.Writer) {
	var seen bytes.Buffer
	reader := bufio.NewReader(io.TeeReader(client, &seen))
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		r.tally.Trip(request.Header.Get("User-Agent"), request.Header.Get("X-Amz-Target"), body)
		if _, err := upstream.Write(seen.Bytes()); err != nil {
			return
		}
		seen.Reset()
	}
}

// Package relay stands between the functions and a database, for those who count or judge what is asked of it.
package relay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// Relay stands in front of a database and shows each request before it is passed on. Each connection has one of its own behind it, so
// that what it adds to a round trip is little and the same for all.
type Relay struct {
	listener net.Listener
	upstream string // HOST:PORT
	look     Look

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
	work   sync.WaitGroup
}

// A Request is one as it came. Raw is all of it, byte for byte, and is what is passed on.
type Request struct {
	Header http.Header
	Body   []byte
	Raw    []byte
	Hasty  bool // more had come already: the client did not wait for the answer
}

// Look sees a request before the database does. A nil answer passes Raw on, as Look has left it; another is sent in the database's
// place. false breaks the connection off.
type Look func(Request) (answer []byte, ok bool)

// New starts one on a free port of 127.0.0.1, in front of HOST:PORT.
func New(upstream string, look Look) (*Relay, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: listener, upstream: upstream, look: look, open: map[net.Conn]bool{}}
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

// pass shows each request and hands it on, or answers it, until one side ends.
func (r *Relay) pass(client io.ReadWriter, upstream io.Writer) {
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
		answer, ok := r.look(Request{Header: request.Header, Body: body, Raw: seen.Bytes(), Hasty: reader.Buffered() > 0})
		if !ok {
			return
		}
		to, text := upstream, seen.Bytes()
		if answer != nil {
			to, text = client, answer
		}
		if _, err := to.Write(text); err != nil {
			return
		}
		seen.Reset()
	}
}

// Package dns answers questions for MX and addresses as the mail domains of the local stack have it, over UDP and TCP on 127.0.0.1.
//
// The first label of a domain says how it behaves: null-mx takes no mail and says so (RFC 7505), nxdomain does not exist, no-mail
// has neither a mail server nor an address, a-only has an address alone (RFC 5321, section 5.1: mail goes there), servfail is in
// trouble and says so, slow-dns answers after five seconds, dead-dns never; every other domain has a mail server and no address.
package dns

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// slowness is longer than a resolver waits by default.
const slowness = 5 * time.Second

// Server answers until it is closed.
type Server struct {
	packets net.PacketConn
	streams net.Listener
	closing chan struct{}
	running sync.WaitGroup
}

// Start listens on one free port for both protocols.
func Start() (*Server, error) {
	// The port that is free for TCP may be taken for UDP: try a few.
	var lastErr error
	for range 10 {
		streams, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		packets, err := net.ListenPacket("udp4", streams.Addr().String())
		if err != nil {
			lastErr = errors.Join(err, streams.Close())
			continue
		}
		s := &Server{packets: packets, streams: streams, closing: make(chan struct{})}
		s.running.Go(s.servePackets)
		s.running.Go(s.serveStreams)
		return s, nil
	}
	return nil, lastErr
}

// Address is host:port.
func (s *Server) Address() string { return s.streams.Addr().String() }

// Close ends the answering, also of questions that wait.
func (s *Server) Close() {
	close(s.closing)
	s.packets.Close()
	s.streams.Close()
	s.running.Wait()
}

func (s *Server) servePackets() {
	buffer := make([]byte, 4096)
	for {
		size, from, err := s.packets.ReadFrom(buffer)
		if err != nil {
			return // closed
		}
		question := append([]byte(nil), buffer[:size]...)
		s.running.Go(func() {
			if answer, ok := s.answer(question); ok {
				s.packets.WriteTo(answer, from)
			}
		})
	}
}

func (s *Server) serveStreams() {
	for {
		connection, err := s.streams.Accept()
		if err != nil {
			return // closed
		}
		s.running.Go(func() {
			defer connection.Close()
			served := make(chan struct{})
			defer close(served)
			go func() { // a caller that keeps its connection must not keep Close
				select {
				case <-s.closing:
					connection.Close()
				case <-served:
				}
			}()
			connection.SetDeadline(time.Now().Add(2 * slowness))
			s.serveStream(connection)
		})
	}
}

// serveStream answers messages, each after its length in two bytes (RFC 1035, section 4.2.2).
func (s *Server) serveStream(connection net.Conn) {
	for {
		var size [2]byte
		if _, err := io.ReadFull(connection, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(connection, question); err != nil {
			return
		}
		answer, ok := s.answer(question)
		if !ok {
			return
		}
		if _, err := connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answer gives false for what is no question, and once the server is closed.
func (s *Server) answer(packet []byte) ([]byte, bool) {
	var query dnsmessage.Message
	if err := query.Unpack(packet); err != nil || query.Response || len(query.Questions) != 1 {
		return nil, false
	}
	question := query.Questions[0]
	label, _, _ := strings.Cut(strings.ToLower(question.Name.String()), ".")
	switch label {
	case "dead-dns":
		return nil, false
	case "slow-dns":
		select {
		case <-time.After(slowness):
		case <-s.closing:
			return nil, false
		}
	}
	reply := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: query.ID, Response: true, Authoritative: true, RecursionDesired: query.RecursionDesired, RecursionAvailable: true,
		},
		Questions: query.Questions,
	}
	if question.Class == dnsmessage.ClassINET {
		reply.RCode, reply.Answers = records(label, question)
	}
	packed, err := reply.Pack()
	return packed, err == nil
}

// records are what a domain has of what is asked for.
func records(label string, question dnsmessage.Question) (dnsmessage.RCode, []dnsmessage.Resource) {
	header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: dnsmessage.ClassINET, TTL: 60}
	switch {
	case label == "nxdomain":
		return dnsmessage.RCodeNameError, nil
	case label == "servfail":
		return dnsmessage.RCodeServerFailure, nil
	case label == "a-only" && question.Type == dnsmessage.TypeA:
		return dnsmessage.RCodeSuccess, []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 25}}}}
	case label == "a-only" || label == "no-mail" || question.Type != dnsmessage.TypeMX:
		return dnsmessage.RCodeSuccess, nil
	}
	server := dnsmessage.MXResource{Pref: 10, MX: dnsmessage.MustNewName("mx.mail.example.")}
	if label == "null-mx" {
		server = dnsmessage.MXResource{Pref: 0, MX: dnsmessage.MustNewName(".")}
	}
	return dnsmessage.RCodeSuccess, []dnsmessage.Resource{{Header: header, Body: &server}}
}

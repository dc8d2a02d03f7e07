package mx

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
)

// An Answer is what a domain's name servers say about mail.
type Answer int

// The answers.
const (
	Unknown Answer = iota // no answer, or none that can be relied on
	Takes                 // it takes mail
	None                  // it surely takes none
)

// A Resolver asks name servers.
type Resolver struct {
	Server string // the one that is asked, host:port; empty: those of the system
}

// Ask asks for a domain, in A-labels without a dot at the end. It ends with ctx, which needs a deadline: package net waits
// for each server for five seconds, twice.
func (r Resolver) Ask(ctx context.Context, domain string) Answer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	name := domain + "." // else the system's search domains are tried too
	var servers []*net.MX
	switch r.look(ctx, func(ask *net.Resolver) (err error) {
		servers, err = ask.LookupMX(ctx, name)
		return err
	}) {
	case Unknown:
		return Unknown
	case Takes:
		if len(servers) == 1 && servers[0].Host == "." && servers[0].Pref == 0 {
			return None
		}
		return Takes
	}
	families := []string{"ip4", "ip6"}
	answers := make(chan Answer, len(families))
	for _, family := range families {
		go func() {
			answers <- r.look(ctx, func(ask *net.Resolver) error {
				_, err := ask.LookupNetIP(ctx, family, name)
				return err
			})
		}()
	}
	all := None
	for range families {
		switch <-answers {
		case Takes:
			return Takes
		case Unknown:
			all = Unknown
		}
	}
	return all
}

// look makes one look-up: Takes if it found what it asked for, None if a server says that it is not there.
func (r Resolver) look(ctx context.Context, up func(*net.Resolver) error) Answer {
	var asked atomic.Bool
	err := up(&net.Resolver{PreferGo: true, Dial: func(dialing context.Context, network, server string) (net.Conn, error) {
		if r.Server != "" {
			server = r.Server
		}
		conn, err := new(net.Dialer).DialContext(dialing, network, server)
		if err != nil {
			return nil, err
		}
		asked.Store(true)
		context.AfterFunc(ctx, func() { conn.Close() })
		return conn, nil
	}})
	if err == nil {
		return Takes
	}
	if fault, ok := errors.AsType[*net.DNSError](err); ok && fault.IsNotFound && asked.Load() {
		return None
	}
	return Unknown
}

package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// crowd are networks that ask for recovery: one alone may do so only 60 times a minute. To the gateway each address of 127.0.0.0/8 is
// a network of its own.
type crowd struct {
	base string // URL that the requests are for

	mu      sync.Mutex
	network uint32 // the newest one
	asked   int    // by it
	client  *http.Client
	before  *http.Client // of the network before, which may still be used
}

// perNetwork is how often one network asks, whatever minute it is.
const perNetwork = 40

// newCrowd begins with a random network: runs on the same tables do not meet.
func newCrowd(base string) *crowd { return &crowd{base: base, network: rand.Uint32N(1 << 23)} }

// next gives a client of a network that may ask n times more.
func (c *crowd) next(n int) *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked += n; c.client != nil && c.asked <= perNetwork {
		return c.client
	}
	if c.before != nil {
		c.before.CloseIdleConnections()
	}
	c.before, c.client, c.asked = c.client, c.another(), n
	return c.client
}

// alone gives a client of a network that nobody else has.
func (c *crowd) alone() *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.another()
}

func (c *crowd) another() *http.Client {
	c.network++
	address := loopback(c.network)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: address}}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DialContext: dialer.DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: 10 * time.Second}}
}

// loopback is the address of a network: one of 127.1.0.0 to 127.128.255.255.
func loopback(network uint32) net.IP {
	return net.IPv4(127, 1+byte(network>>16)&0x7f, byte(network>>8), byte(network))
}

func (c *crowd) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, client := range []*http.Client{c.before, c.client} {
		if client != nil {
			client.CloseIdleConnections()
		}
	}
}

// there says whether this machine has these networks: Linux has them all without further ado, other systems need an alias for each.
func (c *crowd) there(ctx context.Context) error {
	client := c.alone()
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/recover", nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("load: recovery is asked for from many addresses of 127.0.0.0/8, and this machine does not let it: %w", err)
	}
	return res.Body.Close()
}

package dns

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

func resolver(t *testing.T, network string) *net.Resolver {
	t.Helper()
	server, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, asked, _ string) (net.Conn, error) {
		if network == "" {
			network = asked
		}
		return new(net.Dialer).DialContext(ctx, network, server.Address())
	}}
}

func TestDomainsBehaveAsTheirFirstLabelSays(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		asks := resolver(t, network)
		found, err := asks.LookupMX(context.Background(), "lantern-lane.cn.")
		if err != nil || len(found) != 1 || found[0].Host != "mx.mail.example." {
			t.Errorf("%s: ordinary: %v, %v", network, found, err)
		}
		found, err = asks.LookupMX(context.Background(), "Null-MX.lantern-lane.cn.")
		if err != nil || len(found) != 1 || found[0].Host != "." {
			t.Errorf("%s: null MX: %v, %v", network, found, err)
		}
		_, err = asks.LookupMX(context.Background(), "nxdomain.lantern-lane.cn.")
		var failed *net.DNSError
		if !errors.As(err, &failed) || !failed.IsNotFound {
			t.Errorf("%s: nxdomain: %v", network, err)
		}
	}
}

func TestASlowDomainOutlastsTheCallersPatience(t *testing.T) {
	asks := resolver(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := asks.LookupMX(ctx, "slow-dns.lantern-lane.cn.")
	var failed *net.DNSError
	if !errors.As(err, &failed) || !failed.IsTimeout {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoQuestionGetsNoAnswer(t *testing.T) {
	server, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, packet := range [][]byte{nil, {1, 2, 3}, make([]byte, 12)} {
		if _, ok := server.answer(packet); ok {
			t.Errorf("%v was answered", packet)
		}
	}
}

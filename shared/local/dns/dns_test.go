package dns

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
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
		for _, label := range []string{"nxdomain", "no-mail", "a-only"} {
			_, err = asks.LookupMX(context.Background(), label+".lantern-lane.cn.")
			var failed *net.DNSError
			if !errors.As(err, &failed) || !failed.IsNotFound {
				t.Errorf("%s: %s: %v", network, label, err)
			}
		}
		for label, address := range map[string]string{"nxdomain": "", "no-mail": "", "a-only": "192.0.2.25", "null-mx": "", "www": ""} {
			found, err := asks.LookupNetIP(context.Background(), "ip", label+".lantern-lane.cn.")
			var failed *net.DNSError
			none := address == "" && errors.As(err, &failed) && failed.IsNotFound
			if !none && (err != nil || len(found) != 1 || found[0].String() != address) {
				t.Errorf("%s: addresses of %s: %v, %v", network, label, found, err)
			}
		}
		_, err = asks.LookupMX(context.Background(), "servfail.lantern-lane.cn.")
		var failed *net.DNSError
		if !errors.As(err, &failed) || failed.IsNotFound || !failed.IsTemporary {
			t.Errorf("%s: servfail: %v", network, err)
		}
	}
}

func TestASlowOrDeadDomainOutlastsTheCallersPatience(t *testing.T) {
	asks := resolver(t, "")
	for _, label := range []string{"slow-dns", "dead-dns"} {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_, err := asks.LookupMX(ctx, label+".lantern-lane.cn.")
		var failed *net.DNSError
		if !errors.As(err, &failed) || !failed.IsTimeout {
			t.Errorf("%s: got %v", label, err)
		}
	}
}

func TestWhatIsNoQuestionGetsNoAnswer(t *testing.T) {
	server, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dead := dnsmessage.Message{Questions: []dnsmessage.Question{{
		Name: dnsmessage.MustNewName("dead-dns.lantern-lane.cn."), Type: dnsmessage.TypeMX, Class: dnsmessage.ClassINET,
	}}}
	unanswered, err := dead.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, packet := range [][]byte{nil, {1, 2, 3}, make([]byte, 12), unanswered} {
		if _, ok := server.answer(packet); ok {
			t.Errorf("%v was answered", packet)
		}
	}
}

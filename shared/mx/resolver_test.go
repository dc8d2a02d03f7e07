package mx

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"mailbind/shared/local/dns"
)

// A zone answers a question over UDP or TCP with a message; nil: not at all.
type zone func(q dnsmessage.Question, tcp bool) *reply

// A reply is a message, or bytes that are none.
type reply struct {
	dnsmessage.Message
	raw []byte
}

// server is a name server of one zone, which keeps what it was asked.
type server struct {
	zone  zone
	mu    sync.Mutex
	asked []string
}

// serve starts it on a port that is free for both protocols.
func serve(t *testing.T, z zone) (*server, Resolver) {
	t.Helper()
	s := &server{zone: z}
	for {
		streams, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		packets, err := net.ListenPacket("udp4", streams.Addr().String())
		if err != nil {
			streams.Close()
			continue
		}
		t.Cleanup(func() { streams.Close(); packets.Close() })
		go func() {
			buffer := make([]byte, 4096)
			for {
				n, from, err := packets.ReadFrom(buffer)
				if err != nil {
					return
				}
				if answer := s.answer(buffer[:n], false); answer != nil {
					packets.WriteTo(answer, from)
				}
			}
		}()
		go func() {
			for {
				conn, err := streams.Accept()
				if err != nil {
					return
				}
				var size [2]byte
				if _, err := io.ReadFull(conn, size[:]); err == nil {
					question := make([]byte, binary.BigEndian.Uint16(size[:]))
					io.ReadFull(conn, question)
					if answer := s.answer(question, true); answer != nil {
						conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
					}
				}
				conn.Close()
			}
		}()
		return s, Resolver{Server: streams.Addr().String()}
	}
}

// questions are what it was asked so far.
func (s *server) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *server) answer(packet []byte, tcp bool) []byte {
	var query dnsmessage.Message
	if query.Unpack(packet) != nil || len(query.Questions) != 1 {
		return nil
	}
	q := query.Questions[0]
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimPrefix(q.Type.String(), "Type")+" "+q.Name.String())
	s.mu.Unlock()
	answer := s.zone(q, tcp)
	switch {
	case answer == nil:
		return nil
	case answer.raw != nil:
		return append(slices.Clone(packet[:2]), answer.raw...)
	}
	answer.ID, answer.Response = query.ID, true
	if answer.Questions == nil {
		answer.Questions = query.Questions
	}
	packed, err := answer.Pack()
	if err != nil {
		panic(err)
	}
	return packed
}

// code is an answer without records.
func code(c dnsmessage.RCode) *reply {
	return &reply{Message: dnsmessage.Message{Header: dnsmessage.Header{RCode: c, RecursionAvailable: true}}}
}

// with is an answer of records; they belong to what is asked for.
func with(q dnsmessage.Question, bodies ...dnsmessage.ResourceBody) *reply {
	out := code(dnsmessage.RCodeSuccess)
	for _, body := range bodies {
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: body})
	}
	return out
}

func server4(last byte) *dnsmessage.AResource {
	return &dnsmessage.AResource{A: [4]byte{192, 0, 2, last}}
}

func server6() *dnsmessage.AAAAResource {
	return &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr("2001:db8::25").As16()}
}

func exchange(pref uint16, host string) *dnsmessage.MXResource {
	return &dnsmessage.MXResource{Pref: pref, MX: dnsmessage.MustNewName(host)}
}

func alias(host string) *dnsmessage.CNAMEResource {
	return &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(host)}
}

// by answers by type; a type that is not there has no records.
func by(answers map[dnsmessage.Type]func(dnsmessage.Question) *reply) zone {
	return func(q dnsmessage.Question, _ bool) *reply {
		if f, ok := answers[q.Type]; ok {
			return f(q)
		}
		return code(dnsmessage.RCodeSuccess)
	}
}

func have(bodies ...dnsmessage.ResourceBody) func(dnsmessage.Question) *reply {
	return func(q dnsmessage.Question) *reply { return with(q, bodies...) }
}

func say(c dnsmessage.RCode) func(dnsmessage.Question) *reply {
	return func(dnsmessage.Question) *reply { return code(c) }
}

type types = map[dnsmessage.Type]func(dnsmessage.Question) *reply

const (
	mx, a, aaaa = dnsmessage.TypeMX, dnsmessage.TypeA, dnsmessage.TypeAAAA
	success     = dnsmessage.RCodeSuccess
	nothing     = dnsmessage.RCodeNameError
	trouble     = dnsmessage.RCodeServerFailure
	refused     = dnsmessage.RCodeRefused
)

// readable are answers that say something. RFC 5321 section 5.1, RFC 7505 section 3.
var readable = map[string]struct {
	zone zone
	want Answer
}{
	"a mail server":                   {by(types{mx: have(exchange(10, "mx.example."))}), Takes},
	"several":                         {by(types{mx: have(exchange(10, "mx1.example."), exchange(20, "mx2.example."))}), Takes},
	"one of preference 0":             {by(types{mx: have(exchange(0, "mx.example."))}), Takes},
	"null MX":                         {by(types{mx: have(exchange(0, "."))}), None},
	"null MX beside an address":       {by(types{mx: have(exchange(0, ".")), a: have(server4(25))}), None},
	"no null MX: others beside it":    {by(types{mx: have(exchange(0, "."), exchange(10, "mx.example."))}), Takes},
	"no null MX: its preference":      {by(types{mx: have(exchange(10, "."))}), Takes},
	"no MX, an A":                     {by(types{a: have(server4(25))}), Takes},
	"no MX, an AAAA":                  {by(types{aaaa: have(server6())}), Takes},
	"no MX, both addresses":           {by(types{a: have(server4(25), server4(26)), aaaa: have(server6())}), Takes},
	"nothing at all":                  {by(types{}), None},
	"NXDOMAIN":                        {by(types{mx: say(nothing), a: say(nothing), aaaa: say(nothing)}), None},
	"NXDOMAIN for types it knows not": {by(types{mx: say(nothing), a: have(server4(25)), aaaa: say(nothing)}), Takes},
	"NXDOMAIN and NODATA":             {by(types{mx: say(success), a: say(success), aaaa: say(nothing)}), None},
	"an alias of a mail domain":       {by(types{mx: have(alias("b.example."), exchange(10, "mx.example."))}), Takes},
	"an alias of null MX":             {by(types{mx: have(alias("b.example."), exchange(0, "."))}), None},
	"an alias of a host":              {by(types{mx: have(alias("b.example.")), a: have(alias("b.example."), server4(25)), aaaa: have(alias("b.example."))}), Takes},
	"an alias of a name without mail": {by(types{mx: have(alias("b.example.")), a: have(alias("b.example.")), aaaa: have(alias("b.example."))}), None},
	"an alias of nothing": {func(q dnsmessage.Question, _ bool) *reply { // RFC 6604
		out := with(q, alias("gone.example."))
		out.RCode = nothing
		return out
	}, None},
	"cut off, and whole over TCP": {func(q dnsmessage.Question, tcp bool) *reply {
		out := with(q, exchange(0, "."))
		if !tcp {
			out = code(success)
			out.Truncated = true
		}
		return out
	}, None},
}

func lame(dnsmessage.Question) *reply {
	out := code(success)
	out.RecursionAvailable = false
	return out
}

// unreadable are answers, and silences, that say nothing of mail.
var unreadable = map[string]zone{
	"SERVFAIL":                    by(types{mx: say(trouble), a: say(trouble), aaaa: say(trouble)}),
	"REFUSED":                     by(types{mx: say(refused), a: say(refused), aaaa: say(refused)}),
	"NOTIMP":                      by(types{mx: say(dnsmessage.RCodeNotImplemented), a: say(success)}),
	"FORMERR":                     by(types{mx: say(dnsmessage.RCodeFormatError), a: say(nothing)}),
	"SERVFAIL for the MX alone":   by(types{mx: say(trouble)}),
	"SERVFAIL for the A alone":    by(types{a: say(trouble)}),
	"SERVFAIL for the AAAA alone": by(types{mx: say(nothing), a: say(nothing), aaaa: say(trouble)}),
	"REFUSED for the A alone":     by(types{a: say(refused)}),
	"REFUSED for the AAAA alone":  by(types{aaaa: say(refused)}),
	"a lame referral":             by(types{mx: lame, a: lame, aaaa: lame}),
	"a lame referral at last":     by(types{a: lame}),
	"no answer":                   func(dnsmessage.Question, bool) *reply { return nil },
	"no answer for addresses":     by(types{a: func(dnsmessage.Question) *reply { return nil }}),
	"an answer to something else": func(q dnsmessage.Question, _ bool) *reply {
		out := code(nothing)
		q.Name = dnsmessage.MustNewName("b.example.")
		out.Questions = []dnsmessage.Question{q}
		return out
	},
	"no message": func(dnsmessage.Question, bool) *reply { return &reply{raw: []byte("220 smtp.example ESMTP")} },
	"a header that promises more": func(q dnsmessage.Question, _ bool) *reply {
		out := code(success)
		out.Response, out.Questions = true, []dnsmessage.Question{q}
		packed, err := out.Pack()
		if err != nil {
			panic(err)
		}
		packed[7] = 1 // answers
		return &reply{raw: packed[2:]}
	},
	"an MX without a host": func(q dnsmessage.Question, _ bool) *reply {
		return with(q, &dnsmessage.UnknownResource{Type: mx, Data: []byte{0}})
	},
	"a host that is no name": by(types{mx: have(exchange(0, "."), exchange(10, `<no name>.`))}),
	"cut off, and refused over TCP": func(q dnsmessage.Question, tcp bool) *reply {
		if tcp {
			return nil
		}
		out := code(success)
		out.Truncated = true
		return out
	},
}

func TestAnswersMeanWhatTheStandardsSay(t *testing.T) {
	for name, c := range readable {
		s, r := serve(t, c.zone)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if got := r.Ask(ctx, "lantern-lane.example"); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		cancel()
		asked := s.questions()
		for _, q := range asked {
			if !strings.HasSuffix(q, " lantern-lane.example.") {
				t.Errorf("%s: asked for %q", name, q)
			}
		}
		if asked[0] != "MX lantern-lane.example." {
			t.Errorf("%s: asked for %q first", name, asked)
		}
	}
}

func TestNoAnswerIsNoVerdict(t *testing.T) {
	for name, z := range unreadable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := serve(t, z)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if got := r.Ask(ctx, "lantern-lane.example"); got != Unknown {
				t.Errorf("%v", got)
			}
		})
	}
}

// Nobody is there: the port was free a moment ago.
func TestAServerThatIsAwayIsNoVerdict(t *testing.T) {
	gone, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if got := (Resolver{Server: gone.LocalAddr().String()}).Ask(ctx, "lantern-lane.example"); got != Unknown {
		t.Errorf("%v", got)
	}
}

// Package net answers some names itself, as if they were not there.
func TestWhatNoServerSaidIsNoVerdict(t *testing.T) {
	s, r := serve(t, by(types{}))
	for _, domain := range []string{
		"shop.onion", "lantern..example", "-lantern.example", "192.0.2.25", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 130) + "example",
	} {
		if got := r.Ask(t.Context(), domain); got != Unknown {
			t.Errorf("%q: %v", domain, got)
		}
	}
	if asked := s.questions(); len(asked) != 0 {
		t.Errorf("asked for %q", asked)
	}
}

// What is asked for an address would live on for five seconds.
func TestNothingIsLeftRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	_, r := serve(t, by(types{a: func(dnsmessage.Question) *reply { return nil }, aaaa: func(dnsmessage.Question) *reply { return nil }}))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if got := r.Ask(ctx, "lantern-lane.example"); got != Unknown {
		t.Errorf("%v", got)
	}
	for end := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// The domains of the local stack, by its own server.
func TestLocalDomainsBehaveAsTheirFirstLabelSays(t *testing.T) {
	s, err := dns.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for label, want := range map[string]Answer{
		"www": Takes, "null-mx": None, "nxdomain": None, "no-mail": None, "a-only": Takes, "servfail": Unknown, "slow-dns": Unknown, "dead-dns": Unknown,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		if got := (Resolver{Server: s.Address()}).Ask(ctx, label+".lantern-lane.cn"); got != want {
			t.Errorf("%s: %v, want %v", label, got, want)
		}
		cancel()
	}
}

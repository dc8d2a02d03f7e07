package address

import "strings"

// Simulator is the domain of the SES mailbox simulator
// (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator).
// It takes mail, but nobody reads it.
const Simulator = "simulator.amazonses.com"

// specialUse are names that no mail can be delivered to from the public Internet, by the registry
// https://www.iana.org/assignments/special-use-domain-names. The names that are kept for
// documentation (example, example.com, example.net, example.org; RFC 2606, RFC 6761 section 6.5) are
// left out: they are in every manual and test, and the look-up of their MX says that they take no mail
// (RFC 7505).
var specialUse = []string{
	"test",      // RFC 6761 section 6.2
	"localhost", // RFC 6761 section 6.3
	"invalid",   // RFC 6761 section 6.4
	"local",     // RFC 6762 section 3: multicast DNS
	"onion",     // RFC 7686: Tor
	"alt",       // RFC 9476: names outside the DNS
	"arpa",      // RFC 3172: infrastructure; home.arpa (RFC 8375), resolver.arpa (RFC 9462) and others are in it
	"internal",  // kept for private use (ICANN board, 2024-07-29)
	"home",      // not to be delegated (ICANN board, 2018-02-04), since private networks use it
	"corp",      // the same
	"mail",      // the same
	"lan",       // RFC 6762 appendix G: private networks use it
	"intranet",  // the same
	"private",   // the same
	Simulator,
}

// SpecialUse reports whether the domain of a is one that nobody has a mailbox at: a special-use name
// or the SES mailbox simulator. For the moment of binding only.
func SpecialUse(a Address) bool { return Within(a, specialUse) }

// Within reports whether the domain of a is one of domains or a subdomain of one. The domains are
// A-labels in lower case, as ParseDomain gives them.
func Within(a Address, domains []string) bool {
	for _, d := range domains {
		if rest, ok := strings.CutSuffix(a.domain, d); ok && d != "" && (rest == "" || rest[len(rest)-1] == '.') {
			return true
		}
	}
	return false
}
